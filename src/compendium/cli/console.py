"""How the command speaks: results on standard output, one clear message on standard error."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import typer
from rich.console import Console
from rich.progress import Progress
from typer.core import TyperGroup

from compendium.errors import CompendiumError, StoppedError, explain, is_of_machine

console = Console()
_complaints = Console(stderr=True)


class Verbs(TyperGroup):
    """Commands of which an error that a reader can mend ends in its message and exit status 1.

    What is told to stop, by whatever signal, ends as after Ctrl-C: in a sentence and status 130.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb that is asked for."""
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        try:
            return super().invoke(ctx)
        except StoppedError as error:
            complain("stopped", str(error))
            raise typer.Exit(130) from None
        except CompendiumError as error:
            complain("error", str(error))
            raise typer.Exit(1) from None
        except OSError as error:
            if not is_of_machine(error):
                raise
            complain("error", explain(error))
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            complain("stopped", "interrupted; nothing is half written: run the same command again")
            raise typer.Exit(130) from None


def complain(what: str, message: str) -> None:
    """Say on standard error what is wrong."""
    _complaints.print(f"[bold]{what}[/bold]: {escape(message)}", soft_wrap=True)


def stop_if(complaints: list[tuple[str, str]]) -> None:
    """Say each complaint and leave with exit status 1, if there are any."""
    for what, message in complaints:
        complain(what, message)
    if complaints:
        raise typer.Exit(1)


def escape(text: str) -> str:
    """A text with nothing in it that Rich would take for markup."""
    return text.replace("[", r"\[")


def say(text: str) -> None:
    """Print a text as it is: no markup, no colours guessed from numbers, no broken lines."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, moved by calling what this gives with how many of how many."""
    with Progress(console=_complaints, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
