"""The documents agree with the program, and with each other."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import lanchat as package
from tests.world.command_line import all_commands

PROJECT = Path(__file__).parents[1]
MANUAL = (PROJECT / "docs" / "options.md").read_text("utf-8")
PACKAGE = PROJECT / "src" / "lanchat"
ARCHITECTURE = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
DEPLOYED = (file for file in (PROJECT / "deploy").rglob("*") if file.is_file())
DEPLOYMENT = [PROJECT / "docs" / "deployment.md", *sorted(DEPLOYED)]
# Variables that are no option's: for reports of errors, and for the tests of this project.
OTHER_VARIABLES = {
    *("LANCHAT_DEBUG", "LANCHAT_CHROMIUM", "LANCHAT_CHROMEDRIVER", "LANCHAT_FIREFOX"),
    *("LANCHAT_NGINX", "LANCHAT_HAPROXY", "LANCHAT_PGBOUNCER", "LANCHAT_POSTGRES"),
}
LARGEST_PICTURE, LARGEST_FILM = 300_000, 1_500_000  # bytes
IN_TWO_LANGUAGES = (PROJECT / "README.md", PROJECT / "README.pt-BR.md")


COMMANDS = {
    context.command_path: {param for param in context.command.params if param.name}
    for context in all_commands()
}
OPTIONS = {path: {name for p in params for name in p.opts} for path, params in COMMANDS.items()}
VARIABLES = {str(param.envvar) for params in COMMANDS.values() for param in params if param.envvar}


def test_the_tables_of_options_are_up_to_date():
    """They are made from the command line's own words; `make docs` writes them anew."""
    script = [sys.executable, "scripts/option_tables.py", "--check"]
    done = subprocess.run(script, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_and_option_is_in_the_manual():
    """Nothing can be added to the command line in secret."""
    assert [path for path in COMMANDS if f"`{path}" not in MANUAL] == []
    written = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", MANUAL))
    there = {name for names in OPTIONS.values() for name in names if name.startswith("-")}
    assert there - written == set()


def test_examples_use_options_that_exist():
    """A reader can type what is written after a command of lanchat."""
    wrong = [
        (file.name, line)
        for file in [*DOCUMENTS, *DEPLOYMENT]
        for path, options in OPTIONS.items()
        for line in re.findall(rf"{path}(?!\w)([^\n`|]*)", file.read_text("utf-8"))
        if not set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", line)) <= options | {"--help"}
    ]
    assert wrong == []


def test_variables_that_are_named_exist():
    """A setting that nobody reads would be worse than none."""
    texts = (file.read_text("utf-8") for file in [*DOCUMENTS, *DEPLOYMENT])
    named = {name for text in texts for name in re.findall(r"LANCHAT_[A-Z_]*[A-Z]", text)}
    assert named - VARIABLES - OTHER_VARIABLES == set()


def test_links_lead_somewhere():
    """Each link within the project meets a file, and where it names one, a heading."""
    dead = [
        (file.name, link) for file in DOCUMENTS for link in links(file) if not leads(file, link)
    ]
    assert dead == []


def links(file: Path) -> list[str]:
    """The links of a document that stay within the project."""
    found = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", file.read_text("utf-8"))
    named = (link for pair in found for link in pair if link)
    return [link for link in named if not re.match(r"[a-z]+:", link)]


def leads(file: Path, link: str) -> bool:
    """Whether there is what a link in this document names."""
    name, _, anchor = link.partition("#")
    target = (file.parent / name).resolve() if name else file
    return target.is_file() and (not anchor or anchor in anchors(target))


def anchors(file: Path) -> set[str]:
    """The headings of a document, as a link names them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def rooms() -> set[str]:
    """The modules in the picture of the house, by their paths below src/lanchat."""
    picture = re.search(r"^src/lanchat/\n(.*?)^```", ARCHITECTURE, re.DOTALL | re.MULTILINE)
    assert picture
    folder, found = "", set()
    for line in picture[1].splitlines():
        if start := re.match(r"  (\w+/|(?=\w))", line):
            folder = room = start[1]
        elif start := re.match(r"    (\w+/|(?=\w))", line):
            folder = room + start[1]
        found |= {folder + name for name in re.findall(r"\w+\.py", line)}
    return found


def test_every_module_is_in_the_picture_of_the_house():
    """And nothing else is; a package without code of its own is its folder."""
    modules = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py")}
    packages = {name for name in modules if name.endswith("/__init__.py")}
    assert rooms() - packages == modules - packages
    assert rooms() <= modules


def test_files_that_are_named_exist():
    """Under the project, the package or what it serves, wherever a path is short for."""
    roots = (PROJECT, PACKAGE, PACKAGE / "web" / "static")
    missing = [
        (file.name, name)
        for file in DOCUMENTS
        for name in re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|js|json))`", file.read_text("utf-8"))
        if not any((root / name).exists() for root in roots)
    ]
    assert missing == []


def test_no_promise_stands_twice():
    """Two versions of one side by side would say different things before long."""
    text = (PROJECT / "docs" / "reliability.md").read_text("utf-8")
    promises = re.findall(r"^\| (\w.+?) \|", text.replace("| Promise |", ""), re.MULTILINE)
    assert sorted(set(promises)) == sorted(promises)


def test_nothing_stands_twice_in_the_changelog():
    """Nor does half of an entry, as merges leave it."""
    lines = (PROJECT / "CHANGELOG.md").read_text("utf-8").splitlines()
    long = sorted(line for line in lines if len(line) > 60)
    assert [line for line, after in pairwise(long) if line == after] == []


def test_pictures_are_small():
    """The README is read over slow lines, too."""
    pictures = list((PROJECT / "docs" / "images").glob("*.png"))
    assert pictures
    large = [file for file in pictures if file.stat().st_size > LARGEST_PICTURE]
    assert [file.name for file in large if not file.name.startswith("talk-")] == []
    assert [file.name for file in large if file.stat().st_size > LARGEST_FILM] == []


def test_the_readme_says_the_same_in_both_languages():
    """Headings, commands, links and what programs print stand in the same order."""
    english, portuguese = (outline(file) for file in IN_TWO_LANGUAGES)
    assert portuguese == english
    assert [links(file)[0] for file in IN_TWO_LANGUAGES[::-1]] == [
        file.name for file in IN_TWO_LANGUAGES
    ]


def outline(file: Path) -> list[tuple[str, list[str]]]:
    """Each heading's level and what of its section is the same in every language."""
    text = file.read_text("utf-8")
    parts = re.split(r"^(#+) .+$", text, flags=re.MULTILINE)[1:]
    same = r"^```.*?^```|`[^`\n]+`|\]\([^)\s]+\)|src(?:set)?=\"[^\"]+\"|^- |^\| "
    names = [each.name for each in IN_TWO_LANGUAGES]
    found = (re.findall(same, part, re.DOTALL | re.MULTILINE) for part in parts[1::2])
    return [
        (level, [re.sub("/pt-BR/", "/", each) for each in section if each[2:-1] not in names])
        for level, section in zip(parts[::2], found, strict=True)
    ]


def test_the_changelog_begins_with_this_version():
    """What is installed is described on top, with the day of its release."""
    changelog = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", changelog, re.MULTILINE)
    assert newest
    assert newest[1] in (package.__version__, "Unreleased")
