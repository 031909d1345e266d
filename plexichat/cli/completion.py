"""The verb that teaches a shell to complete what is typed."""

import click
from click.shell_completion import get_completion_class

NAME = "plexichat"
VARIABLE = "_PLEXICHAT_COMPLETE"
SHELLS = "bash", "zsh", "fish"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete verbs and options when Tab is pressed.

    It completes for the command `plexichat`, so that has to be on your PATH: as an installed
    program, the single file, or an alias or a link of that name.

    \b
    Examples:
      source <(plexichat completion bash)       in ~/.bashrc
      source <(plexichat completion zsh)        in ~/.zshrc, after compinit
      plexichat completion fish | source        in ~/.config/fish/config.fish
    """
    root = context.find_root().command
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(root, {}, NAME, VARIABLE).source())
