"""How much is too much: of messages, and of events.

    a message or event within the limits     it is handled
    one too many of a person's               refused (TooFast); that is a strike
    one too many of all together             refused (TooMuchAtOnce); that is nobody's fault
    the third strike within a minute         the person's connections are closed

A person is known by their device, which a new login or another name does not change. Whoever
deletes its cookie is another device, so what comes from one address is counted together, too; and
whoever has many addresses finds that the room has a limit.

Moving windows rather than fixed ones: at a fixed window's edge twice the limit gets through. They
are measured by the monotonic clock, so that a clock that is set keeps nobody waiting.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil

from lanchat.errors import TooFast, TooMuchAtOnce

BURST_SECONDS = 4
"""What may be said in this time may be said at once: with 5 messages a second, 20."""

ADDRESS_SHARE = 6
"""All behind one address may say so many times what one person may.

Thirty phones behind one router, or behind a proxy that is not trusted, can each say something
every second, and four times as much at once: an answer of a whole class.
"""

ROOM_SHARE = 20
"""All people together may say so many times what one person may."""

STRIKES = 3
"""So many refusals within a minute end a person's connections."""

RENAMES = 5
"""So many times within a minute may somebody change their name, which everybody is told."""

LOGINS = 10
"""So many times within a minute may one browser log in, each time as somebody new."""

FEWEST_LOGINS = 100
"""So many may come in within a minute, however few have room at a time."""
REACTIONS_PER_MESSAGE = 10
"""All people together may react so many times as often as they may say something.

To all behind one address that they react at once, as a class does, the limit of events alone holds:
others are told of many reactions in one piece.
"""

SEARCH_SECONDS = 1.0
"""So often may somebody look for something."""

ROOMS_A_MINUTE = 30
"""So often within a minute may somebody open, enter or leave a room, or see what is in one."""

MARKS = 10
"""So often within MARK_SECONDS may somebody say how far they have read: on several devices, too."""

MARK_SECONDS = 10.0

REPORTS = 5
"""So often within REPORT_SECONDS may somebody report something."""

REPORT_SECONDS = 600.0

CALL_SECONDS = 60.0
"""So often may a host be asked to come to a group."""

HANDS = 10
"""So often within HAND_SECONDS may somebody raise or lower their hand."""

HAND_SECONDS = 10.0

CUE_SECONDS = 5.0
"""So often may hosts ask everybody to send something."""

TYPING_SECONDS = 3.0
"""So often are others told that somebody is typing."""

_EVENTS_PER_MESSAGE = 10
"""All events are limited, too, at so many times the rate of messages."""

_WINDOW_SECONDS = BURST_SECONDS - 0.5
"""In which a burst is counted.

Half a second is left out: otherwise whoever keeps to the rate exactly is refused as soon as
a busy network delivers one message a little late and the next ones in time.
"""

_FEW = 100
"""So many keys of a window may be remembered without a look at who has been quiet."""


class Window:
    """Lets ``most`` through within ``seconds``, for each key; 0 is no limit."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: dict[str, deque[float]] = {}
        self._enough = _FEW

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._times)

    def wait(self, key: str, now: float) -> float:
        """In how many seconds the next one is let through, 0 for now."""
        times = self._times.get(key)
        if not self._most or times is None or len(times) < self._most:
            return 0.0
        return max(0.0, times[0] + self._seconds - now)

    def add(self, key: str, now: float) -> None:
        """Count one that was let through."""
        if not self._most:
            return
        times = self._times.get(key)
        if times is None:
            self._forget(now)
            times = self._times[key] = deque(maxlen=self._most)
        times.append(now)

    def hit(self, key: str, now: float) -> bool:
        """Count one if it is let through; returns whether it is."""
        if self.wait(key, now) > 0:
            return False
        self.add(key, now)
        return True

    def _forget(self, now: float) -> None:
        """Let go of everybody who has been quiet.

        It looks when there are twice as many as it has left, not at everybody for each newcomer.
        """
        if len(self._times) < self._enough:
            return
        since = now - self._seconds
        self._times = {key: times for key, times in self._times.items() if times[-1] > since}
        self._enough = max(_FEW, 2 * len(self._times))


class Limits:
    """What is counted of everybody, in memory; login and sockets share one.

    ``BURST_SECONDS * rate`` messages may come at once, then ``rate`` a second; 0 is no limit.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._limited = rate > 0
        self._messages = _burst(rate)
        self._messages_of_address = _burst(rate * ADDRESS_SHARE)
        self._messages_of_all = _burst(rate * ROOM_SHARE)
        self._events = _burst(rate * _EVENTS_PER_MESSAGE)
        self._events_of_address = _burst(rate * _EVENTS_PER_MESSAGE * ADDRESS_SHARE)
        self._reactions = _burst(rate)
        self._reactions_of_all = _burst(rate * REACTIONS_PER_MESSAGE * ROOM_SHARE)
        self._uploads = _burst(rate)
        self._uploads_of_address = _burst(rate * ADDRESS_SHARE)
        self._uploads_of_all = _burst(rate * ROOM_SHARE)
        self._renames = Window(RENAMES, 60)
        self._renames_of_address = Window(RENAMES * ADDRESS_SHARE, 60)
        self._searches = Window(1, SEARCH_SECONDS)
        self._searches_of_address = Window(ADDRESS_SHARE, SEARCH_SECONDS)
        # Half a second is left out, as with messages.
        self._typings = Window(1, TYPING_SECONDS - 0.5)
        self._rooms = Window(ROOMS_A_MINUTE, 60)
        self._rooms_of_address = Window(ROOMS_A_MINUTE * ADDRESS_SHARE, 60)
        self._marks = Window(MARKS, MARK_SECONDS)
        self._calls = Window(1, CALL_SECONDS)
        self._reports = Window(REPORTS, REPORT_SECONDS)
        self._hands = Window(HANDS, HAND_SECONDS)
        self._cues = Window(1, CUE_SECONDS)
        self._strikes = Window(STRIKES - 1, 60)

    def message(self, person: str, address: str) -> None:
        """Count a message of the person from the address. Raises TooFast or TooMuchAtOnce."""
        together = ((self._messages_of_address, address), (self._messages_of_all, ""))
        self._count(self._messages, person, *together)

    def reaction(self, person: str) -> None:
        """Count a reaction, given or taken back. Raises TooFast or TooMuchAtOnce."""
        self._count(self._reactions, person, (self._reactions_of_all, ""))

    def upload(self, person: str, address: str) -> None:
        """Count a file that somebody begins to send, as ``message``."""
        together = ((self._uploads_of_address, address), (self._uploads_of_all, ""))
        self._count(self._uploads, person, *together)

    def event(self, person: str, address: str) -> None:
        """Count an event, of whatever kind. Raises TooFast or TooMuchAtOnce."""
        self._count(self._events, person, (self._events_of_address, address))

    def rename(self, person: str, address: str) -> None:
        """Count a change of a name. Raises TooFast."""
        now = self._clock()
        counted = ((self._renames, person), (self._renames_of_address, address))
        if wait := max(window.wait(key, now) for window, key in counted):
            raise TooFast(ceil(wait))
        for window, key in counted:
            window.add(key, now)

    def search(self, person: str, address: str) -> None:
        """Count a search. Raises TooMuchAtOnce: a page may look while somebody types."""
        self._count_gently((self._searches, person), (self._searches_of_address, address))

    def room(self, person: str, address: str) -> None:
        """Count what somebody does with a room. Raises TooMuchAtOnce: who clicks does no harm."""
        self._count_gently((self._rooms, person), (self._rooms_of_address, address))

    def marking(self, person: str) -> None:
        """Count how often somebody says how far they have read. Raises TooMuchAtOnce."""
        self._count_gently((self._marks, person))

    def calling(self, group: str) -> None:
        """Count a call for a host from a group. Raises TooMuchAtOnce."""
        self._count_gently((self._calls, group))

    def reporting(self, person: str) -> None:
        """Count a report of the person's. Raises TooMuchAtOnce."""
        self._count_gently((self._reports, person))

    def hand(self, person: str) -> None:
        """Count how often somebody raises or lowers their hand. Raises TooMuchAtOnce."""
        self._count_gently((self._hands, person))

    def cue(self) -> None:
        """Count how often all are asked to send something. Raises TooMuchAtOnce."""
        self._count_gently((self._cues, ""))

    def typing(self, person: str) -> bool:
        """Whether others are to be told again that the person is typing."""
        return not self._limited or self._typings.hit(person, self._clock())

    def strike(self, person: str) -> bool:
        """Count a refusal; returns whether it was one too many."""
        return not self._strikes.hit(person, self._clock())

    def _count_gently(self, *counted: tuple[Window, str]) -> None:
        """Count it everywhere, or refuse it without a strike."""
        if not self._limited:
            return
        now = self._clock()
        if wait := max(window.wait(key, now) for window, key in counted):
            raise TooMuchAtOnce(ceil(wait))
        for window, key in counted:
            window.add(key, now)

    def _count(self, own: Window, person: str, *together: tuple[Window, str]) -> None:
        """Count it everywhere, or nowhere and refuse it."""
        if not self._limited:
            return
        now = self._clock()
        if own.wait(person, now):
            # By then the window is empty again, so that a client which waits and then keeps to
            # the rate is not refused a second time.
            raise TooFast(BURST_SECONDS)
        if wait := max(window.wait(key, now) for window, key in together):
            raise TooMuchAtOnce(ceil(wait))
        for window, key in ((own, person), *together):
            window.add(key, now)


class Logins:
    """How many may come in within a minute: each is a name that is held, and a line of the log.

    ``of_address`` and ``of_all`` are how many connections those may have; 0 is no limit. An address
    may be ADDRESS_SHARE times as many people, and all together as many as there is room for; a
    network of IPv6, in which one laptop has any number of addresses, half of that. Whoever uses up
    what there is for all keeps out nobody who has been in before.
    """

    def __init__(
        self, of_address: int, of_all: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        most = of_all and max(of_all, FEWEST_LOGINS)
        self._devices = Window(LOGINS, 60)
        self._addresses = Window(of_address and max(ADDRESS_SHARE * of_address, FEWEST_LOGINS), 60)
        self._networks = Window(most // 2, 60)
        self._all = Window(most, 60)

    def count(self, device: str, address: str, *, been: bool) -> None:
        """Count a login; ``been`` is a browser in which somebody has been in. Raises TooFast."""
        now, network = self._clock(), network_of(address)
        counted = [(self._devices, device), (self._addresses, address), (self._all, str(been))]
        if network != address:
            counted.append((self._networks, network))
        if wait := max(window.wait(key, now) for window, key in counted):
            raise TooFast(ceil(wait))
        for window, key in counted:
            window.add(key, now)


def network_of(address: str) -> str:
    """The first 64 bits of an IPv6 address; any other address as it is."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:  # behind a Unix socket nobody has an address
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(IPv6Address(int(ip) >> 64 << 64)) + "/64"


def _burst(rate: int) -> Window:
    return Window(BURST_SECONDS * rate, _WINDOW_SECONDS)
