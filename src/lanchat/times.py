"""Durations and moments as people write them: ``90s``, ``12h``, ``30d``, an ISO 8601 time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone, tzinfo

_DURATION = re.compile(r"(\d{1,9})\s*([smhdw])", re.ASCII | re.IGNORECASE)
_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b", re.ASCII)
_CLOCK = re.compile(r"\d?\d:\d\d(:\d\d)?", re.ASCII)
_DAYS = {"today": 0, "yesterday": 1}
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


_LEAP = 60.0
"""Seconds that the clock on the wall may be ahead of what has passed, until it is doubted."""

DOUBT = 3_600.0
"""Seconds until it is believed all the same: time to set it right before anything is gone."""


_QUARTER = 900
"""Seconds: all zones of today change their offset where one begins."""

_REMEMBERED = 1_000


class SteadyWall:
    """The clock on the wall, for what cannot be undone: a leap ahead does not count for an hour.

    ``wall`` gives seconds since the epoch, ``monotonic`` what passes; ``known`` is a moment that
    has certainly come already, where the first look at the clock is not to be believed either.
    """

    def __init__(
        self,
        wall: Callable[[], float],
        monotonic: Callable[[], float],
        known: float | None = None,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        first = wall() if known is None else min(wall(), known)
        self._ahead = first - monotonic()
        self._doubted: float | None = None  # since when, by the monotonic clock

    def __call__(self) -> float:
        wall, now = self._wall(), self._monotonic()
        if wall - now > self._ahead + _LEAP:
            self._doubted = now if self._doubted is None else self._doubted
            if now < self._doubted + DOUBT:
                return now + self._ahead
        self._doubted, self._ahead = None, wall - now
        return wall


class WallClock:
    """Moments as the clock on the wall showed them, here or in ``utc``.

    What the offset is, is asked once for each quarter of an hour: that takes longer than all else.
    """

    def __init__(self, *, utc: bool) -> None:
        self._zone = timezone.utc if utc else None
        self._offsets: dict[int, tuple[timedelta, str]] = {}

    def read(self, moment: datetime) -> tuple[str, str, str]:
        """The day, the time, and what tells it apart, of a moment that is in UTC."""
        quarter = int(moment.timestamp()) // _QUARTER
        known = self._offsets.get(quarter)
        if known is None:
            offset = moment.astimezone(self._zone).utcoffset() or timedelta()
            if len(self._offsets) >= _REMEMBERED:
                self._offsets.clear()
            known = self._offsets[quarter] = offset, told_apart(moment, self._zone)
        text = (moment + known[0]).isoformat(" ", "seconds")
        return text[:10], text[11:19], known[1]


def parse_duration(text: str) -> int:
    """The seconds in ``90s``, ``10m``, ``12h``, ``30d`` or ``2w``. Raises ValueError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a duration such as 90s, 10m, 12h, 30d or 2w")
    return int(found[1]) * _SECONDS[found[2].lower()]


def format_duration(seconds: float) -> str:
    """Whole seconds in the largest unit that needs no fraction: ``30d``."""
    whole = int(seconds)
    unit = next(unit for unit in reversed(_SECONDS) if whole % _SECONDS[unit] == 0)
    return f"{whole // _SECONDS[unit]}{unit}"


def instant(seconds: float) -> str:
    """A moment since the epoch within a text: ``2026-11-23 22:15 UTC``."""
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M} UTC"


def in_own_zone(text: str) -> str:
    """The text with its instants by this machine's clock, on another day with the date."""

    def local(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(f"{found[1]}+00:00").astimezone()
        today = moment.date() == datetime.now().astimezone().date()
        return f"{moment:%H:%M}" if today else f"{moment:%Y-%m-%d %H:%M}"

    return _INSTANT.sub(local, text)


def parse_moment(text: str, now: datetime) -> datetime:
    """When ``10m``, ``2h``, ``1d`` (ago), ``today``, ``yesterday 08:00`` or an ISO 8601 time was.

    ``08:00`` is when it was that time last. ``now`` has the time zone that a time without an offset
    is read in. Raises ValueError.
    """
    text = text.strip()
    try:
        if _DURATION.fullmatch(text):
            return now - timedelta(seconds=parse_duration(text))
        moment = _of_day(text, now) or datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
        if moment.tzinfo is None and now.tzinfo is timezone.utc:
            return moment.replace(tzinfo=timezone.utc)
        # A naive time is local time, by the offset of its own day and not of today.
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(
            "neither 10m, 2h, 1d nor today, yesterday, 08:00 nor a time such as 2026-11-23T08:00"
        ) from error


def _of_day(text: str, now: datetime) -> datetime | None:
    """The time of day, with or without its day, as a naive one; None where it is none."""
    words = text.lower().split()
    back = _DAYS.get(words[0]) if words else None
    clocks = words if back is None else words[1:]
    if not words or len(clocks) > 1 or not all(map(_CLOCK.fullmatch, clocks)):
        return None
    clock = time.fromisoformat(f"{clocks[0]:0>5}") if clocks else time()
    moment = datetime.combine(now.date(), clock)
    if back is None:
        back = int(moment > now.replace(tzinfo=None))
    return moment - timedelta(days=back)


def told_apart(moment: datetime, zone: tzinfo | None) -> str:
    """What has to stand behind a moment's clock time in the zone, so that it is one moment alone.

    That is the offset (``+01:00``) in an hour that comes twice, as where summer time ends, ``Z``
    in UTC, and else nothing. ``zone`` None is this machine's.
    """
    if zone is timezone.utc:
        return "Z"
    local = moment.astimezone(zone)
    readings = {local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)}
    return "" if len(readings) == 1 else local.isoformat(timespec="seconds")[19:]
