"""``python -m lanchat`` is the ``lanchat`` command."""

from lanchat.cli import main

if __name__ == "__main__":
    main()
