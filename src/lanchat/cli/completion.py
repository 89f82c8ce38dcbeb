"""``lanchat completion``: let the shell complete what is typed after lanchat."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from lanchat.cli import lanchat

SHELLS = ("bash", "zsh", "fish")

VARIABLE = "_LANCHAT_COMPLETE"
"""What click looks for when the shell asks."""


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(*, shell: str) -> None:
    """Print a script that lets your shell complete commands, options and values.

    \b
    Add a line to the file that your shell reads when it starts:
    ~/.bashrc                   eval "$(lanchat completion bash)"
    ~/.zshrc, below compinit    eval "$(lanchat completion zsh)"
    ~/.config/fish/config.fish  lanchat completion fish | source
    """  # noqa: D301 (click's own sign, and no backslash)
    script = get_completion_class(shell)
    if script is None:
        raise click.ClickException(f"click has no completion for {shell}")
    click.echo(script(lanchat, {}, "lanchat", VARIABLE).source())
