"""The scripts as people call them, at a size for every day; nothing here looks at times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="they read Linux's /proc"),
]


def run(script, *options):
    """Run a script to its end; returns what it printed.

    It may end with 1, as it does where a figure is worse than on a quiet machine.
    """
    command = [sys.executable, str(BENCHMARKS / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


@pytest.mark.usefixtures("c_compiler")
def test_the_comparison_says_first_how_lanchat_stands():
    """One round of two servers with so few clients that it takes seconds."""
    shown = run(
        *("compare.py", "--quick", "--rounds=1", "--clients=10"),
        *("--only=limit", "--only=lanchat"),
    )
    assert shown.index("deliveries a second       to joined limit ") < shown.index("CPU-µs")


def test_everybody_gets_in_when_a_class_begins():
    """The pages, their files, the login, the room."""
    assert "8 of 8 people are in" in run("storm.py", "--people=8", "--seconds=0.2")


def test_many_reactions_are_few_frames():
    """Everybody learns of all of them, whatever they chose."""
    shown = run("reactions.py", "--people=20", "--seconds=0.5", "--kinds=20")
    assert "20 people reacted; each was told in " in shown


def test_many_hands_are_few_frames():
    """Everybody knows whose are up, also where there are too many for a list."""
    shown = run("hands.py", "--people=25", "--seconds=0.5")
    assert "25 people raised a hand; each was told in " in shown


def test_many_votes_are_few_frames():
    """The same of a poll."""
    shown = run("reactions.py", "--people=20", "--seconds=0.5", "--kinds=3", "--votes")
    assert "20 people reacted; each was told in " in shown
    assert "refused" not in shown


def test_a_thousand_changes_are_caught_up_with():
    """All of them, in one answer."""
    assert "1,000 changes: " in run("catchup.py", "--rounds=1")


@pytest.mark.long
def test_people_are_shared_out_and_come_back():
    """Each is in a group, and hears what is said there; a host finds all of it."""
    shown = run("rooms.py", "sharing", "--people=20", "--groups=4", "--rounds=1")
    assert "20 people were shared out into 4 groups on sqlite" in shown
    assert "a host who was away" in run("rooms.py", "returning", "--groups=4", "--rounds=1")


def test_a_history_is_served_as_it_was_stored():
    """From the database that the script has filled, at each of its sizes."""
    shown = run("growth.py", "--messages=600", "--tries=1")
    assert all(f" {size} " in shown for size in ("10", "600"))


def test_a_database_of_0_1_0_is_taken_over():
    """And rooms are read in another one."""
    shown = run("migration.py", "--messages=1000", "--busy=1000")
    assert " 1,000 " in shown
    assert " quiet " in shown


def test_words_are_looked_for_and_go():
    """Of so few messages each search is a short one."""
    shown = run("search.py", "--messages=1000", "--tries=3")
    assert "two letters of Chinese" in shown
    assert "ms: True" in shown
    assert "with their words" in shown


@pytest.mark.long
def test_files_come_back_as_they_were_sent():
    """Also where they were cut off again and again."""
    shown = run("files.py", "--only=phones", "--only=cuts", "--only=memory", "--size=4")
    assert "30 files are the same" in shown
    assert "every byte is the same" in shown


@pytest.mark.usefixtures("postgres_program")
def test_several_processes_have_one_order():
    """What two of them store through one database, and what a third one hears of it."""
    shown = run("cluster.py", "log", "--processes=2", "--senders=4", "--seconds=0.5", "--rounds=1")
    assert " PostgreSQL " in shown
    assert "another order" not in shown


@pytest.mark.long
@pytest.mark.usefixtures("postgres_program", "c_compiler")
def test_clients_of_two_servers_hear_each_other():
    """Each has every message, wherever it was said."""
    shown = run(
        *("cluster.py", "servers", "--only=PostgreSQL, 2", "--clients=10"),
        *("--seconds=0.5", "--rounds=1"),
    )
    assert " PostgreSQL, 2 " in shown


def test_the_model_of_many_servers_ends_with_what_they_can_do():
    """Without a database."""
    assert "Twenty servers" in run("cluster_model.py", "grow", "--seconds=0.2")


@pytest.mark.long
@pytest.mark.usefixtures("c_compiler")
def test_looking_at_connections_has_its_price():
    """Beside a server that lets nobody look, and of each frame that is seen."""
    shown = run("inspecting.py", "unseen", "--clients=10", "--starts=1", "--rounds=2")
    assert "10 clients, as it is to --no-inspect: " in shown
    shown = run("inspecting.py", "looks", "--clients=10", "--looking=2", "--rounds=2")
    assert "10 clients, 2 look, calm: " in shown
