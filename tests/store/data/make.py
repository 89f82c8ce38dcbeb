"""Make a folder of data by a real lanchat: the one that Python finds, which is an old one.

    git worktree add ../old 8f3d9a3
    PYTHONPATH=../old/src:. python tests/store/data/make.py tests/store/data/lanchat-0.1.0

``cookies.json`` holds everybody's session cookie; Davi has been banned, and Eva has logged out.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.world.deadline import wait_for
from tests.world.person import Person
from tests.world.server import ServerProcess

PEOPLE = ("Ana", "Bia 🦊", "Carla", "Davi", "Eva")


def main(target: Path) -> None:
    """Let five people chat, and keep what is left of it."""
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder), "--rate", "0")
        people = [Person(server, name) for name in PEOPLE]
        cookies = {str(person.name): dict(person.http.cookies) for person in people}
        chat(server, *people)
        server.stop()
        target.mkdir(parents=True, exist_ok=True)
        for name in ("messages.db", "secret", "host-secret"):
            shutil.copy(server.data_dir / name, target / name)
    (target / "cookies.json").write_text(json.dumps(cookies, indent=1) + "\n")


def chat(server: ServerProcess, *people: Person) -> None:
    """Everything that leaves something in the database."""
    ana, bia, carla, _davi, eva = people
    secret = (server.data_dir / "host-secret").read_text()
    ana.http.post(server.url + "/host", data={"secret": secret})
    for person in people:
        person.join()
    for number in range(5):
        bia.say(f"so old that it goes: {number}")
    server.stop()
    server._options = ("--no-mdns", "--rate", "0", "--retention-messages", "2")
    server.start()
    ana.join()
    wait_for(lambda: len(ana.join(last_id=0)["messages"]) == 2)
    for person in people[1:]:
        person.join()
    bia.say("what was cleared")
    command(ana, "clear")
    ana.say("Good morning", client_id="00000000-0000-4000-8000-000000000001")
    rude = bia.say("what was deleted", client_id="00000000-0000-4000-8000-000000000002")
    bia.say("Bom dia 🦊\nand a second line", client_id="00000000-0000-4000-8000-000000000003")
    command(ana, "delete", str(rude["id"]))
    command(ana, "topic", "Fractions ½")
    command(ana, "slow", "5s")
    command(ana, "ban", "Davi forever")
    command(ana, "mute", "Carla forever")
    command(ana, "ban", "Troll 7d")
    eva.http.post(server.url + "/logout")
    carla.socket.disconnect()


def command(person: Person, name: str, text: str = "") -> None:
    answer = person.call("host_command", {"name": name, "text": text})
    assert answer["ok"], answer


if __name__ == "__main__":
    main(Path(sys.argv[1]))
