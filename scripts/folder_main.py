"""What the program in the folder of make_folder.py runs: lanchat, or what lanchat asks Python for.

There `sys.executable` is that program itself, so it takes `-m MODULE` and `-c CODE` as Python does:
multicast DNS and the browser are started so, each in a process of its own.
"""

from __future__ import annotations

import runpy
import sys


def main() -> None:
    """Do as Python does, or hand over to the command line."""
    option, value = [*sys.argv[1:3], "", ""][:2]
    if option == "-m":
        del sys.argv[1:3]
        runpy.run_module(value, run_name="__main__", alter_sys=True)
    elif option == "-c":
        del sys.argv[1:3]
        exec(value, {"__name__": "__main__"})  # noqa: S102 (whoever types it can run it anyway)
    else:
        from lanchat.cli import main as command_line

        command_line()


if __name__ == "__main__":
    main()
