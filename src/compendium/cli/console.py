"""How the command speaks: results on standard output, one clear message on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import Progress

from compendium.errors import CompendiumError

console = Console()
complain = Console(stderr=True)


@contextmanager
def one_message() -> Iterator[None]:
    """Turn an error a reader can mend into its message and exit status 1."""
    try:
        yield
    except CompendiumError as error:
        complain.print(f"[bold]error[/bold]: {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(1) from None


def escape(text: str) -> str:
    """A text with nothing in it that Rich would take for markup."""
    return text.replace("[", r"\[")


def say(text: str) -> None:
    """Print a text as it is: no markup, no colours guessed from numbers, no broken lines."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, moved by calling what this gives with how many of how many."""
    with Progress(console=complain, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
