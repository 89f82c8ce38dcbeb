"""What lanchat is held against: Flask-SocketIO, as its documentation has it.

python stock.py gevent|threading PORT
"""

from __future__ import annotations

import sys

if sys.argv[1] == "gevent":
    from gevent import monkey

    monkey.patch_all()

from collections import deque
from datetime import datetime, timezone
from itertools import count
from typing import Any

from flask import Flask
from flask_socketio import SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app, async_mode=sys.argv[1])
ids = count(100_001)
newest: deque[dict[str, Any]] = deque(maxlen=200)


@socketio.on("new_host")  # type: ignore[untyped-decorator]
def new_host(_payload: dict[str, Any]) -> dict[str, Any]:
    """Nobody is asked who they are."""
    return {"ok": True, "messages": list(newest)}


@socketio.on("new_message")  # type: ignore[untyped-decorator]
def new_message(payload: dict[str, Any]) -> dict[str, Any]:
    """Say it to everybody, and store nothing."""
    number = next(ids)
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {
        "id": number,
        "client_id": payload["client_id"],
        "room": "lobby",
        "user_id": "0123456789abcdef0123456789abcdef",
        "user": "Load",
        "ip": "127.0.0.1",
        "message": payload["message"],
        "time": time,
        "seq": number,
    }
    newest.append(message)
    emit("add_chat_message", message, broadcast=True)
    return {"ok": True, "id": number, "time": time}


if __name__ == "__main__":
    # Only Werkzeug wants to be allowed; gevent's server does not know the word.
    allowed = {"allow_unsafe_werkzeug": True} if sys.argv[1] == "threading" else {}
    socketio.run(app, host="127.0.0.1", port=int(sys.argv[2]), **allowed)
