"""The ``compendium`` command, and its first verbs: run the study, and say what came out."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compendium import paths
from compendium.cli.console import (
    AsJson,
    Guarded,
    Verbs,
    complain,
    console,
    say,
    say_json,
    stop_if,
    take_study,
)
from compendium.cli.review import review
from compendium.cli.study import own
from compendium.cli.tables import tables
from compendium.errors import SettingError

if TYPE_CHECKING:
    import pandas as pd

# One more than there are cores on a small machine: while one run's page is written, others compute.
_AT_ONCE = 3
# What may not move when libraries do; pictures and the last digits of figure data may.
_SERIOUS = ("verdict", "value", "finding", "grade")
Workers = Annotated[int, typer.Option("-n", "--workers", min=1, help="Notebooks run at once.")]


app = Verbs(
    cls=Guarded,
    help="Run a study again, and compare every printed number with the print.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(review)
app.add_typer(own)
app.add_typer(tables)
app.callback()(take_study)


@app.command()
def reproduce(
    workers: Workers = _AT_ONCE,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run everything again.")] = False,
) -> None:
    """Bring all results up to date and print the verdicts.

    Fails if a notebook fails, or if the discrepancies found are not those registered.
    """
    from compendium.runs.outputs import read_label

    verdicts, findings = _bring_up_to_date(workers, fresh=fresh)
    if label := read_label():
        say(f"{label}: a made-up study; nothing here was observed")
    _print_verdicts(verdicts)
    say(f"report: {paths.RESULTS / 'report.html'}")
    _hold_register(verdicts, findings)


@app.command()
def verify(
    workers: Workers = _AT_ONCE,
    as_json: AsJson = False,
    latest: Annotated[
        bool, typer.Option("--latest", help="Also run all of it with the newest libraries.")
    ] = False,
) -> None:
    """Print the verdicts, running only what is not up to date.

    With --latest, build a second environment from the newest version of every library (1 GB, the
    network, ten minutes), run everything there in a copy, and say what moves.
    """
    from compendium.printed import ledger

    if latest and paths.STUDY != paths.ROOT:
        raise SettingError("--latest tries this project with other libraries, not another study")
    verdicts, findings = _bring_up_to_date(workers, quiet=True)
    if as_json:
        by_role, by_kind = (ledger.summarise(verdicts, [by]) for by in ("role", "evidence"))
        say_json(
            {
                "values": len(verdicts),
                "roles": by_role.to_dict("index"),
                "evidence": by_kind.drop(index="", errors="ignore").to_dict("index"),
                "verdicts": by_role.sum().to_dict(),
                "discrepancies": findings.to_dict("records"),
                "register": ledger.compare_register(findings),
            }
        )
    else:
        _print_verdicts(verdicts)
    _hold_register(verdicts, findings)
    if latest:
        from compendium.review.latest import measure_drift, summarise_drift

        console.print("building and running with the newest libraries, in a copy; ten minutes")
        with tempfile.TemporaryDirectory() as folder:
            found = measure_drift(Path(folder), workers)
        say(summarise_drift(found))
        if found.failed or found.moves.what.isin(_SERIOUS).any():
            raise typer.Exit(1)


@app.command()
def run(
    notebook: Annotated[str, typer.Argument(help="A notebook's name, or its number: 06.")],
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", help="name=value; may be repeated.")
    ] = None,
) -> None:
    """Run one notebook with other parameters, into a folder of its own under results/runs."""
    from compendium.runs.notebooks import Run, find_notebook, gather, read_declaration

    source = find_notebook(notebook)
    given = gather(read_parameters(source, parameters or []), read_declaration(source))
    asked = Run(source, given)
    asked.check()
    # Only now: a refusal need not wait for papermill.
    from compendium.runs import kernels

    kernels.warm()
    from compendium.runs.execution import run_notebook

    target = paths.RESULTS / "runs" / asked.name
    run_notebook(asked, target)
    say(f"done: {target}")


def read_parameters(source: Path, pairs: list[str]) -> dict[str, Any]:
    """Values given as ``name=value``, read as the notebook's own types want them."""
    from compendium.runs.notebooks import read_declaration, read_value

    types = read_declaration(source).types
    given = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise SettingError(f"found parameter {pair!r}; allowed: name=value")
        given[name] = read_value(text, types.get(name, object))
    return given


def _bring_up_to_date(
    workers: int, fresh: bool = False, quiet: bool = False
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Run what is not up to date; the verdicts and the findings. Leaves if a notebook fails.

    Where nothing can be written, results that are current do.
    """
    from compendium.printed import consistency
    from compendium.runs import outputs, records

    failed: list[str] = []
    if fresh or not records.is_current():
        inputs, may_write = records.read_inputs(), os.access(paths.STUDY, os.W_OK)
        if may_write:
            from compendium.runs import kernels

            kernels.warm()
        consistency.check_study()
        if may_write:
            from compendium.runs import graph

            failed = graph.build(workers, fresh=fresh, quiet=quiet)
            if not failed:
                records.stamp_current(inputs)
        else:
            records.check_current(records.read_records())
    for notebook, why in records.read_idle().items():
        complain("not run", f"{notebook}: {why}")
    stop_if([("failed", message) for message in failed])
    path = paths.RESULTS / "verdicts.csv"
    if not path.is_file():
        raise SettingError(f"{path}: no notebook writes it; one must call outputs.gather_verdicts")
    return outputs.read_result("verdicts"), outputs.read_processed("findings")


def _hold_register(verdicts: "pd.DataFrame", findings: "pd.DataFrame") -> None:
    """Leave with status 1 if a discrepancy is new, gone or another, or no verdict speaks of it."""
    from compendium.printed import audit, ledger

    states = ledger.compare_register(findings)
    wrong = [(f"{state} discrepancy", name) for state, names in states.items() for name in names]
    told = [("register", "data/raw/discrepancies.csv is not what the audit finds")]
    unlike = [("verdict", said) for said in audit.compare_findings(verdicts, findings)]
    stop_if(unlike + wrong + told if wrong else unlike)


def _print_verdicts(verdicts: "pd.DataFrame") -> None:
    """Print how many values got which verdict, by kind of evidence."""
    from rich import box
    from rich.table import Table

    from compendium.printed import ledger

    counts = ledger.summarise(verdicts, ["evidence"])
    # Narrow enough for 80 columns.
    table = Table("evidence", box=box.SIMPLE_HEAD, padding=0)
    for verdict in counts.columns:
        table.add_column(verdict, justify="right")
    for kind, numbers in counts.iterrows():
        table.add_row(kind, *(str(number or "") for number in numbers))
    console.print(f"{len(verdicts)} printed values")
    console.print(table)
    console.print("Inputs are taken as printed; they are not counted as reproduced.")


if __name__ == "__main__":
    app()
