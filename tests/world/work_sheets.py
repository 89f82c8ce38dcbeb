"""The work sheets of docs/teaching, read as what they are for: instructions.

A step of a sheet is a few sentences. Those that ask for something begin with words of `ASKS`, the
same few in all sheets; controls are **bold**, by the names that pages give them, and what is typed
or to be found is `code`. Whatever has either has to be understood, and so has the first sentence of
each step. So a sheet is a test, and says nothing that nobody has tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEACHING = Path(__file__).parents[2] / "docs" / "teaching"
FOLDERS = {"en": TEACHING, "pt-BR": TEACHING / "pt-BR"}
PARTS = {
    "en": ["What you need", "What to do", "What you see", "Questions", "Read on"],
    "pt-BR": ["Do que você precisa", "O que fazer", "O que você vê", "Perguntas", "Para ler mais"],
}

# By what is done: with what words it is asked for, in each language. B is a control, C is a text.
_B, _C = r"\*\*([^*]+)\*\*", r"`([^`]+)`"
ASKS = {
    "look": (f"In the chat, press {_B} and {_B}", f"No chat, clique em {_B} e em {_B}"),
    "open": (f"open {_B}", f"abra {_B}"),
    "press": (f"press {_B}", f"cliquem? em {_B}"),
    "say": (f"type {_C} into {_B} and press Enter", f"digite {_C} em {_B} e tecle Enter"),
    "draft": (
        f"type {_C} into {_B}, but do not press Enter yet",
        f"digite {_C} em {_B}, mas ainda não tecle Enter",
    ),
    "enter": ("press Enter", "tecle Enter"),
    "say in the chat": (
        f"type {_C} in the chat and press Enter",
        f"digite {_C} no chat e tecle Enter",
    ),
    "choose": (
        f"in {_B}, choose the (?:last )?line with {_C}",
        f"em {_B}, escolha a (?:última )?linha com {_C}",
    ),
    "work out": (f"in {_B}, work out the bytes", f"em {_B}, calcule os bytes"),
    "wait for": (f"wait in {_B} for the next {_C}", f"espere em {_B} o próximo {_C}"),
    "find": (f"in {_B}, find ", f"em {_B}, encontre "),
    "miss": (f"in {_B}, there is no {_C}", f"em {_B}, não há {_C}"),
    "paper": ("on paper", "no papel"),
    "run": ("in a terminal", "em um terminal"),
    "compare": ("compare", "compare"),
    "Wi-Fi off": ("turn the Wi-Fi off", "desliguem? o Wi-Fi"),
    "Wi-Fi on": ("turn the Wi-Fi on again", "liguem? o Wi-Fi de novo"),
    "pass": ("wait (\\d+) seconds", "espere (\\d+) segundos"),
    "walk": ("walk with", "caminhe com"),
    "another tab": (
        "open the chat in one more tab, and close that tab",
        "abra o chat em mais uma aba e feche essa aba",
    ),
    "wireshark": ("in Wireshark, ", "no Wireshark, "),
    "on the projector": (
        f"on the projector, press {_B}",
        f"no projetor, clique em {_B}",
    ),
    "see": ("see", "veja"),
}
WHO = {
    "en": {"A": "A", "B": "B", "Teacher": "teacher", "Everybody": "all", "Half of you": "half"},
    "pt-BR": {
        "A": "A",
        "B": "B",
        "Quem dá a aula": "teacher",
        "Todos": "all",
        "Metade da turma": "half",
    },
}
_LOOKS = frozenset({"find", "paper", "compare", "see", "wireshark", "run"})
"""What is asked for in free words: the texts among them are to be seen."""

_AND = re.compile(r"(?:,? (?:and|then|e|depois)|,|:) ", re.IGNORECASE)
_SPAN = re.compile(rf"{_B}|{_C}")


@dataclass(frozen=True)
class Deed:
    """One thing that is asked for: who does it, what, with what, and what shall be there then."""

    who: str
    name: str
    values: tuple[str, ...]
    rest: str
    """What stands behind it in its sentence."""
    code: tuple[str, ...] = ()
    """Lines to run."""

    @property
    def controls(self) -> list[str]:
        return [found[1] for found in re.finditer(_B, self.rest)]

    @property
    def texts(self) -> list[str]:
        """What is to be seen."""
        return [found[1] for found in re.finditer(_C, self.rest)]


@dataclass(frozen=True)
class Step:
    """One numbered step."""

    number: int
    text: str
    deeds: tuple[Deed, ...]


def sheets(language: str) -> list[Path]:
    """Those of a language, in their order."""
    return sorted(FOLDERS[language].glob("[1-9]-*.md"))


def part(sheet: Path, language: str, heading: str) -> str:
    """What stands below one of the headings that each sheet has, in their order."""
    text = sheet.read_text("utf-8")
    _, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    assert parts[::2] == PARTS[language], f"{sheet.name} has other headings: {parts[::2]}"
    return parts[1::2][parts[::2].index(heading)]


def steps(sheet: Path, language: str) -> list[Step]:
    """What the sheet asks for. Raises AssertionError where a step is not understood."""
    asked = part(sheet, language, PARTS[language][1])
    _, *numbered = re.split(r"^(\d+)\. ", asked, flags=re.MULTILINE)
    found = []
    for number, text in zip(numbered[::2], numbered[1::2], strict=True):
        where = f"{sheet.name}, step {number}"
        blocks = re.findall(r"```\n(.*?)```", text, re.DOTALL)
        words = " ".join(re.sub(r"```.*?```", "", text, flags=re.DOTALL).split())
        deeds = tuple(_deeds(words, language, tuple(each.strip() for each in blocks), where))
        found.append(Step(int(number), words, deeds))
    assert [step.number for step in found] == list(range(1, len(found) + 1)), sheet.name
    return found


def _deeds(text: str, language: str, blocks: tuple[str, ...], where: str) -> Iterator[Deed]:
    who, first = "A", True
    people = WHO[language]
    prefix = re.compile(f"({'|'.join(people)}): ")
    for sentence in _sentences(text):
        named = prefix.match(sentence)
        who = people[named[1]] if named else who
        asked = sentence[named.end() if named else 0 :]
        understood = list(_understood(asked, language, who, blocks))
        unasked = [deed.rest for deed in understood if deed.name not in _LOOKS]
        assert not any(map(_SPAN.search, unasked)), f"{where} says more than is tried: {unasked}"
        if not understood:
            assert not first, f"{where} does not begin with what to do: {sentence}"
            assert not _SPAN.search(sentence), f"{where} says what no test knows: {sentence}"
        first = False
        yield from understood


def _understood(sentence: str, language: str, who: str, blocks: tuple[str, ...]) -> Iterator[Deed]:
    column = list(FOLDERS).index(language)
    rest = sentence
    while rest:
        matches = {
            name: re.match(patterns[column], rest, re.IGNORECASE) for name, patterns in ASKS.items()
        }
        name, match = max(
            ((name, match) for name, match in matches.items() if match),
            key=lambda found: found[1].end(),
            default=("", None),
        )
        if match is None:
            return
        rest = rest[match.end() :]
        joined = _AND.match(rest)
        goes_on = joined and any(
            re.match(patterns[column], rest[joined.end() :], re.IGNORECASE)
            for patterns in ASKS.values()
        )
        values = tuple(value for value in match.groups() if value)
        yield Deed(who, name, values, "" if goes_on else rest, blocks if name == "run" else ())
        if not (joined and goes_on):
            return
        rest = rest[joined.end() :]


def _sentences(text: str) -> list[str]:
    """Split at the ends of sentences, but not within what is bold or code."""
    spans: list[str] = []

    def keep(found: re.Match[str]) -> str:
        spans.append(found[0])
        return f"\0{len(spans) - 1}\0"

    hidden = _SPAN.sub(keep, text)
    parts = re.split(r"(?<=[.?!]) +(?=\S)", hidden)
    return [re.sub("\0(\\d+)\0", lambda found: spans[int(found[1])], part) for part in parts]
