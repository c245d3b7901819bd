"""The verbs of whoever takes this further: a study of one's own, a seminar, files to take away."""

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli.console import NewFolder, Verbs, progress, say
from compendium.cli.seminar import seminar

own = Verbs()
own.add_typer(seminar, name="seminar")
coding = Verbs(no_args_is_help=True, help="Hold codings of one text against each other.")
own.add_typer(coding, name="coding")


@own.command()
def new_study(
    folder: NewFolder,
    sites: Annotated[str, typer.Option(help="Its sites, commas between them.")] = "",
    actors: Annotated[str, typer.Option(help="Its actors, commas between them.")] = "",
) -> None:
    """Write a study in the format of this project, with a few made-up rows, so that it runs.

    `compendium reproduce --study FOLDER` runs it; its README.md says what to replace first.
    """
    from compendium.study import new

    new.make_study(folder, _listed(sites) or new.SITES, _listed(actors) or new.ACTORS)
    say(f"written: {folder}; start with README.md")


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


@coding.command("compare")
def compare_coders(
    first: Annotated[str, typer.Argument(help="A folder of data/raw/coding.")] = "",
    second: Annotated[str, typer.Argument(help="Another; the next, if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the disagreements: a CSV file.")] = None,
    seed: Annotated[int, typer.Option(help="Which lines the intervals draw.")] = 1,
) -> None:
    """Compare two coders' readings: what both cover, how far codes agree, and what is open.

    Statements are matched without a look at their codes. `settled.csv` says which disagreements
    are settled, and why.
    """
    from compendium.coding import compare as compared

    codings = compared.Codings(first, second)
    disputes = compared.list_disputes(codings)
    for head, table in {
        codings.banner: compared.cover(codings),
        "agreement; intervals over lines": compared.agree(codings, seed=seed).round(3),
        "factors": compared.confuse(codings, "factor"),
        "also coded": compared.compare_others(codings, seed=seed).round(3),
        "disagreements, and how they were settled": compared.count_disputes(disputes),
    }.items():
        say(f"{head}\n{table.to_string(na_rep='')}\n")
    if out:
        disputes.to_csv(out, index=False, lineterminator="\n")
        say(f"written: {out}; {codings.banner}")


@own.command()
def second_coder(
    folder: Annotated[Path, typer.Argument(help="Where the pack goes, or lies filled in.")],
    units: Annotated[int, typer.Option(min=2, help="Places of each sheet.")] = 60,
    seed: Annotated[int, typer.Option(help="Which places are drawn.")] = 1,
    text: Annotated[
        Path | None, typer.Option(help="The text that was coded: its lines go into the pack.")
    ] = None,
    returned: Annotated[
        bool, typer.Option("--return", help="Compare a pack that came back with our coding.")
    ] = False,
) -> None:
    """Write what a second person needs to code the prose, or compare what they coded.

    The pack holds no code of ours. The comparison says who coded, and gives per cent agreement and
    Krippendorff's alpha for each variable, with an interval over rows. A single coder has no alpha.
    """
    from compendium.coding.second_coder import compare_return, write_pack

    if returned:
        found = compare_return(folder, seed=seed)
        say("coded by: " + "; ".join(f"{key} {value}" for key, value in found.coder.items()))
        for table in (found.found, found.table):
            say(table.round(3).to_string(index=False, na_rep=""))
        return
    write_pack(folder, units, seed, text)
    say(f"written: {folder}; start with README.md")


@own.command()
def sweep(
    what: Annotated[str, typer.Argument(help="A notebook's name or number, or a model's name.")],
    grid: Annotated[Path, typer.Option(help="YAML, JSON or CSV: values for its parameters.")],
    workers: Annotated[int, typer.Option("-n", "--workers", min=1, help="Processes here.")] = 1,
    dask: Annotated[str, typer.Option(help="Or a Dask scheduler: tcp://HOST:PORT.")] = "",
    out: Annotated[Path | None, typer.Option(help="results/sweeps/GRID if left out.")] = None,
) -> None:
    """Run a notebook or a model over a grid of parameters, and put its tables together.

    Stopped half-way, the same command makes what is missing.
    """
    from compendium.runs import notebooks, sweeps

    with progress("runs") as advance:
        chosen = what if what in sweeps.MODELS else notebooks.find_notebook(what)
        made = sweeps.run_sweep(chosen, grid, out, workers=workers, dask=dask, advance=advance)
    for name, message in made.failed.items():
        say(f"failed: {name}: {message}")
    say(f"{made.total - len(made.failed)} of {made.total} runs, {made.before} of them from before")
    if made.left:
        say(f"{made.left} runs lie there that this grid does not ask for")
    say(f"tables: {made.folder}")
    if made.failed:
        raise typer.Exit(1)


@own.command()
def compare(
    first: Annotated[str, typer.Argument(help="A run's name, or its folder.")],
    second: Annotated[str, typer.Argument(help="Another run of the same notebook.")],
    out: Annotated[
        Path | None, typer.Option(help="A new folder, for all of it as CSV and a figure.")
    ] = None,
) -> None:
    """Say what differs between two runs: parameters, answers, verdicts, tables, figures."""
    from compendium.runs import compare as comparison

    runs = comparison.find_run(first), comparison.find_run(second)
    found = comparison.compare_runs(*runs)
    say(comparison.describe(found, *runs))
    if out:
        comparison.write_comparison(found, out)
        say(f"written: {out}")


@own.command()
def export(
    out: NewFolder,
    what: Annotated[
        list[str] | None, typer.Option(help="Which, by name; * stands for anything.")
    ] = None,
) -> None:
    """Write figures and tables for print and for Word and LaTeX, with captions and alt texts."""
    from compendium.publish import export as exports

    with progress("figures and tables") as advance:
        made = exports.export(out, what or (), advance)
    say(f"written: {out}; {len(made)} figures and tables, listed in captions.md")


@own.command()
def cite(
    source: Annotated[str, typer.Option(help="One source, or compendium; all if left out.")] = "",
    form: Annotated[str, typer.Option("--format", help="text, bibtex or csl.")] = "text",
) -> None:
    """Print how to cite the compendium and the works it re-examines."""
    from compendium.publish import cite as citations

    say(citations.cite(source, form))
