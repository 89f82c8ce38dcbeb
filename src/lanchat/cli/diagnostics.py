"""Messages to whoever runs the server: one line each on stderr."""

from __future__ import annotations

import logging

from lanchat.terminal import printable

STOCK_LOG = "lanchat.live.stack.stock"
"""The logger of the libraries below lanchat: each packet, for those who want everything."""

LEVELS = (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)
"""From ``-q``, by way of no option, to ``-v`` and ``-vv``."""


class OneLine(logging.Formatter):
    """``lanchat: warning: what happened``; a traceback follows only where everything is wanted.

    What comes from guests cannot paint the terminal, nor pass for a second line.
    """

    def __init__(self, *, tracebacks: bool) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        line = f"lanchat: {record.levelname.lower()}: {printable(record.getMessage())}"
        if not record.exc_info:
            return line
        error = record.exc_info[1]
        line += f": {type(error).__name__}: {printable(str(error))}"
        return f"{line}\n{self.formatException(record.exc_info)}" if self._tracebacks else line


def set_up_logging(*, quiet: bool, verbose: int) -> None:
    """Let the ``logging`` module write to stderr as much as ``-q`` and ``-v`` ask for."""
    level = LEVELS[0] if quiet else LEVELS[min(1 + verbose, len(LEVELS) - 1)]
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(tracebacks=level == logging.DEBUG))
    logging.basicConfig(level=level, handlers=[handler])
    if level == logging.DEBUG:
        logging.getLogger(STOCK_LOG).setLevel(level)
