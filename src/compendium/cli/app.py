"""The ``compendium`` command.

Each verb answers one question of a reader; every failure is one message that says where and why,
and an exit status other than 0.
"""

import ast
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compendium import paths
from compendium.cli.console import complain, console, escape, one_message, say
from compendium.cli.review import review
from compendium.cli.study import own
from compendium.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(review)
app.add_typer(own)

# What may not move when libraries do; pictures and the last digits of figure data may.
SERIOUS = ("verdict", "value", "finding", "grade")
Workers = Annotated[int, typer.Option("-n", "--workers", min=1, help="Notebooks run at once.")]


@app.callback()
def main() -> None:
    """Re-run two studies of NHS partnership and compare every printed number with the print."""


@app.command()
def reproduce(
    workers: Workers = 2,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run everything again.")] = False,
    study: Annotated[
        Path | None, typer.Option(help="A study of your own, as new-study makes it.")
    ] = None,
) -> None:
    """Bring all results up to date and print the verdicts.

    Fails if a notebook fails, or if the discrepancies found are not those registered.
    """
    from compendium.printed import consistency, ledger
    from compendium.runs import graph, outputs
    from compendium.study import new

    if study:
        words = ["reproduce", "-n", str(workers), *(["--fresh"] if fresh else [])]
        with one_message():
            status = new.run_in(study, words)
        raise typer.Exit(status)
    with one_message():
        consistency.check_study()
        stop_on_failure(graph.build(workers, fresh))
        verdicts = read_verdicts()
        register = ledger.compare_register(outputs.read_processed("findings"))
        label = outputs.read_label()
    if label:
        say(f"{label}: a made-up study; nothing here was observed")
    print_verdicts(verdicts)
    console.print(f"report: {paths.RESULTS / 'report.html'}", soft_wrap=True)
    stop_on_register(register)


@app.command()
def verify(
    workers: Workers = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="Also run all of it with the newest libraries.")
    ] = False,
) -> None:
    """Print the verdicts, running only what is not up to date.

    With --latest, build a second environment from the newest version of every library (1 GB, the
    network, ten minutes), run everything there in a copy, and say what moves.
    """
    from compendium.printed import consistency, ledger
    from compendium.runs import graph, outputs

    with one_message():
        consistency.check_study()
        stop_on_failure(graph.build(workers, quiet=True))
        verdicts = read_verdicts()
        findings = outputs.read_processed("findings")
        register = ledger.compare_register(findings)
    if as_json:
        by_role = ledger.summarise(verdicts, ["role"])
        answer = {
            "values": len(verdicts),
            "roles": by_role.to_dict("index"),
            "verdicts": by_role.sum().to_dict(),
            "discrepancies": findings.to_dict("records"),
            "register": register,
        }
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
    else:
        print_verdicts(verdicts)
    stop_on_register(register)
    if latest:
        report_drift(workers)


@app.command()
def run(
    notebook: Annotated[str, typer.Argument(help="A notebook's name, or its number: 06.")],
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="name=value; may be repeated.")
    ] = None,
) -> None:
    """Run one notebook with other parameters, into a folder of its own under results/runs."""
    from compendium.runs.graph import find_notebook
    from compendium.runs.notebooks import check_parameters, name_run

    with one_message():
        source = find_notebook(notebook)
        given = read_parameters(source, parameters or [])
        check_parameters(source, given)
        # Only now: a refusal need not wait for papermill.
        from compendium.runs.execution import run_notebook

        target = paths.RESULTS / "runs" / name_run(source, given)
        run_notebook(source, given, target, target / "processed")
    console.print(f"done: {target}", soft_wrap=True)


@app.command()
def second_coder(
    folder: Annotated[Path, typer.Argument(help="Where the pack goes, or lies filled in.")],
    units: Annotated[int, typer.Option(min=2, help="Units of each sheet.")] = 60,
    seed: Annotated[int, typer.Option(help="Which units are drawn.")] = 1,
    returned: Annotated[
        bool, typer.Option("--return", help="Compare a pack that came back with our coding.")
    ] = False,
) -> None:
    """Write what a second person needs to code chapters 4 and 5, or compare what they coded.

    The pack holds no code of ours. The comparison gives per cent agreement and Krippendorff's
    alpha for each variable, with an interval over units. A single coder has no alpha.
    """
    from compendium.coding.second_coder import compare_return, write_pack

    with one_message():
        if not returned:
            write_pack(folder, units, seed)
            console.print(f"written: {folder}; start with README.md", soft_wrap=True)
            return
        found = compare_return(folder, seed=seed).table
    console.print(found.round(3).to_string(index=False, na_rep=""), soft_wrap=True)


def report_drift(workers: int) -> None:
    """Run everything with the newest libraries; exit status 1 if a verdict or a value moves."""
    from compendium.review.latest import measure_drift, summarise_drift

    console.print("building and running with the newest libraries, in a copy; ten minutes")
    with one_message(), tempfile.TemporaryDirectory() as folder:
        found = measure_drift(Path(folder), workers)
    say(summarise_drift(found))
    if found.failed or not found.moves[found.moves.what.isin(SERIOUS)].empty:
        raise typer.Exit(1)


def read_parameters(source: Path, pairs: list[str]) -> dict[str, Any]:
    """Values given as ``name=value``, read as the notebook's own types want them.

    Raises
    ------
    SettingError
        If a pair has no ``=``.
    """
    from compendium.runs.notebooks import read_declaration

    types = read_declaration(source).types
    given = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise SettingError(f"found parameter {pair!r}; allowed: name=value")
        given[name] = text if types.get(name) is str else _literal(text)
    return given


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def stop_on_failure(messages: list[str]) -> None:
    """Print each message and leave with status 1, if there are any."""
    for message in messages:
        complain.print(f"[bold]failed[/bold]: {escape(message)}", soft_wrap=True)
    if messages:
        raise typer.Exit(1)


def stop_on_register(register: dict[str, list[str]]) -> None:
    """Leave with status 1 if a discrepancy is new, has vanished or has changed."""
    for state, names in register.items():
        for name in names:
            complain.print(f"[bold]{state} discrepancy[/bold]: {escape(name)}", soft_wrap=True)
    if any(register.values()):
        complain.print("data/raw/discrepancies.csv is not what the audit finds")
        raise typer.Exit(1)


def read_verdicts() -> "pd.DataFrame":
    """The verdicts of the last run, one row per printed value."""
    import pandas as pd

    return pd.read_csv(paths.RESULTS / "verdicts.csv", dtype=str, keep_default_na=False)


def print_verdicts(verdicts: "pd.DataFrame") -> None:
    """Print how many values of each role got which verdict."""
    from rich import box
    from rich.table import Table

    from compendium.printed import ledger

    counts = ledger.summarise(verdicts, ["role"])
    order = [role for role in ("derived", "repeated", "claim", "input") if role in counts.index]
    # Narrow enough for 80 columns.
    table = Table(box=box.SIMPLE_HEAD, padding=0)
    table.add_column("role")
    for verdict in counts.columns:
        table.add_column(verdict, justify="right")
    for role in order:
        table.add_row(role, *(str(number) if number else "" for number in counts.loc[role]))
    console.print(f"{len(verdicts)} printed values")
    console.print(table)
    console.print("Inputs are taken as printed; they are not counted as reproduced.")


if __name__ == "__main__":
    app()
