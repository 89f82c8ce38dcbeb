"""A server of `lanchat.http` alone, whose application streams bodies and answers with files.

python -m tests.world.transfer_app FOLDER SECONDS [CERTIFICATE KEY]

    PATCH /files/all      reads all of it: answers its size and what it was cut short by
    PATCH /files/some     reads 5 bytes of it
    PATCH /files/none     reads nothing
    GET   /NAME           the file of the folder, from the query on: ``?3-10`` has ten bytes

SECONDS stand in for LEAST_SECONDS. Its first line says the port; each further one the end of a body
that was cut short, or of a file by its query.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import hashlib  # noqa: E402  after the patch
import io  # noqa: E402
import ssl  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

from lanchat.errors import CutOff, TooSlow  # noqa: E402
from lanchat.http import progress  # noqa: E402
from lanchat.http.listen import listen  # noqa: E402
from lanchat.http.pace import Pace  # noqa: E402
from lanchat.http.waiting import Waiting  # noqa: E402
from lanchat.http.wsgi_server import make_server  # noqa: E402
from lanchat.web.transfers import streams  # noqa: E402

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def tell(line: str) -> None:
    """Say it to whoever has started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class _File(io.FileIO):
    asked = ""

    def close(self) -> None:
        if not self.closed:
            tell(f"closed {self.asked}")
        super().close()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """See above."""
    if environ["REQUEST_METHOD"] == "GET":
        return _answer_with_file(environ, start_response)
    body: Any = environ["wsgi.input"]
    digest, end = hashlib.sha256(), "whole"
    try:
        if environ["PATH_INFO"] == "/files/all":
            while piece := body.read(256 << 10):
                digest.update(piece)
        elif environ["PATH_INFO"] == "/files/some":
            digest.update(body.read(5))
    except (CutOff, TooSlow) as error:
        end = type(error).__name__
        tell(end)
    text = f"{end} {digest.hexdigest()}".encode()
    start_response("200 OK", [("Content-Length", str(len(text)))])
    return [text]


def _answer_with_file(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    path = Path(sys.argv[1]) / environ["PATH_INFO"].lstrip("/")
    position, _, length = environ["QUERY_STRING"].partition("-")
    file = _File(path)
    file.asked = environ["QUERY_STRING"]
    file.seek(int(position or 0))
    start_response("200 OK", [("Content-Length", length or str(path.stat().st_size))])
    answer: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
    return answer


def main() -> None:
    """Serve until it is killed."""
    progress.LEAST_SECONDS = float(sys.argv[2])
    context = None
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[3:])
    listener = listen("127.0.0.1", 0)
    tell(str(listener.getsockname()[1]))
    make_server(
        listener, application, context, Waiting(100, 100), Pace(0), streams=streams
    ).serve_forever()


if __name__ == "__main__":
    main()
