"""How the command speaks: results on standard output, one clear message on standard error."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import click
import typer
from rich.console import Console
from rich.progress import Progress
from typer.core import TyperGroup

from compendium import paths, settings
from compendium.errors import CompendiumError, StoppedError, explain, is_of_machine

console = Console()
_complaints = Console(stderr=True)
StudyOption = Annotated[
    Path | None,
    typer.Option("--study", metavar="DIR", help="A study; if left out, the nearest around you."),
]
NewFolder = Annotated[Path, typer.Argument(help="A new or an empty folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
_asked: dict[str, Path | None] = {}
# Verbs that work where there is no study, and those whose output is for a program to read.
_WITHOUT_STUDY = ("new_study", "cite", "mark", "scan", "rules")
_FOR_PROGRAMS = ("cite",)


class Guarded(TyperGroup):
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
            Path.cwd()
        except FileNotFoundError:
            gone = "the folder you stand in was removed; go to another and run the command again"
            stop_if([("error", gone)])
        try:
            return super().invoke(ctx)
        except StoppedError as error:
            complain("stopped", str(error))
            raise typer.Exit(130) from None
        except (CompendiumError, OSError) as error:
            if not isinstance(error, CompendiumError) and not is_of_machine(error):
                raise
            complain("error", explain(error))
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            complain("stopped", "interrupted; nothing is half written: run the same command again")
            raise typer.Exit(130) from None


class Verbs(typer.Typer):
    """Verbs that work on a study: each takes `--study`, and says its study's name before all else.

    Those of `_WITHOUT_STUDY` work where there is none. What prints JSON or a citation, for another
    program to read, says the name on standard error.
    """

    def command(self, name: str | None = None, **how: Any) -> Callable[..., Any]:
        """A decorator that makes a function a verb."""
        register = super().command(name, **how)

        def add(verb: Callable[..., Any]) -> Callable[..., Any]:
            register(_in_study(verb, name or verb.__name__))
            return verb

        return add


def _in_study(verb: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(verb)
    def begin(*, study: Path | None = None, **given: Any) -> Any:
        if asked := study or _asked.get("study"):
            paths.work_on(asked)
        if name not in _WITHOUT_STUDY:
            paths.check_study(paths.STUDY)
        if (paths.STUDY / paths.MANIFEST).is_file() and name != "new_study":
            for_programs = given.get("as_json") or name in _FOR_PROGRAMS
            where = _complaints if for_programs else console
            where.print(f"study: {escape(settings.read_study().title)}", highlight=False)
        return verb(**given)

    own = signature(verb)
    option = Parameter("study", Parameter.KEYWORD_ONLY, default=None, annotation=StudyOption)
    begin.__signature__ = own.replace(parameters=[*own.parameters.values(), option])
    begin.__annotations__ = verb.__annotations__ | {"study": StudyOption}
    return begin


def take_study(study: StudyOption = None) -> None:
    """What is said before the verb: `compendium --study DIR audit`."""
    _asked["study"] = study


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


def say_json(answer: dict[str, Any]) -> None:
    """Print JSON, for a program to read."""
    typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, moved by calling what this gives with how many of how many."""
    with Progress(console=_complaints, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
