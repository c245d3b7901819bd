"""The reviewer's verbs: each question a reviewer asks has one command that answers it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compendium.cli.console import AsJson, NewFolder, Verbs, console, say, say_json
from compendium.cli.tables import list_all
from compendium.errors import shorten
from compendium.settings import need_package

if TYPE_CHECKING:
    import pandas as pd

review = Verbs()


@review.command(name="audit")
def audit_print(
    text: Annotated[
        list[str] | None,
        typer.Option(help="A source as text, or source_id=FILE; may be repeated."),
    ] = None,
    second: Annotated[
        Path | None,
        typer.Option(
            help="A folder with a second entry: ITEM.csv, a sheet of `second-entry` filled in."
        ),
    ] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, and no more.")] = False,
) -> None:
    """Hold print against itself, and the transcription against the sources or a second entry.

    Prints what the rules find, counted by rule. With --text, looks up each value where it is said
    to stand, and each printed form of the register, and fails where one is not at its line; with
    --second, compares what two have typed, value by value, and fails where they differ; with
    --rules, lists the rules there are.
    """
    from compendium.printed import audit, source_text, tables
    from compendium.printed.ledger import read_ledger

    if second:
        _compare_second(second)
        return
    if rules:
        list_all()
        return
    tables.check_package()
    ledger, cells = read_ledger(), tables.cells()
    found = audit.find(ledger, cells)
    by_rule = found.groupby("rule").size()
    console.print(f"{len(found)} findings: " + ", ".join(f"{n} {r}" for r, n in by_rule.items()))
    if text:
        _look_up(source_text.match_sources(text), ledger)
    else:
        needed = ", ".join(tables.read_table("sources").text_file.dropna().drop_duplicates())
        console.print(f"To check the transcription too, give the sources as --text FILE: {needed}")


def _look_up(texts: dict[str, Path], ledger: "pd.DataFrame") -> None:
    """Print where the values and the register's printed forms are not found; leave if one is."""
    from compendium.printed import source_text, tables

    places = source_text.find_values(ledger, texts)
    counts = places.outcome.value_counts()
    for row in places[places.outcome.isin(source_text.WRONG)].itertuples():
        there = "" if row.outcome != source_text.WRONG[0] else f", found at {row.found_line}"
        say(f"{row.outcome}: {row.value_id}, {row.printed!r}, line {row.line}{there}")
    missing = source_text.find_register(tables.read_table("discrepancies"), texts)
    for row in missing.itertuples():
        say(f"registered, and not in print: {row.discrepancy_id}, {row.printed!r}, {row.lines}")
    asked = len(places) - sum(counts.get(reason, 0) for reason in source_text.APART)
    say(f"{asked} of {len(places)} printed values were looked up, in {', '.join(texts)}; "
        f"{counts.get(source_text.FOUND, 0)} stand at their lines")  # fmt: skip
    for reason, meaning in source_text.APART.items():
        if reason in counts:
            say(f"not looked up: {counts[reason]}, {reason}: {meaning}")
    if len(missing) or counts.reindex(source_text.WRONG).sum():
        raise typer.Exit(1)


def _compare_second(folder: Path) -> None:
    """Print how far a second entry agrees with the first, and every disagreement."""
    from compendium.printed import second_entry

    found = second_entry.compare_entries(folder)
    for row in found[found.outcome == "differs"].itertuples():
        where = f"data/raw/{row.file} row {row.row}"
        say(f"differs: {row.value_id}: first {row.first!r}, second {row.second!r} ({where})")
    absent = list(found.value_id[found.outcome == "absent"])
    if absent:
        say(f"absent: {shorten(absent)}")
    by_file = found.groupby("file", sort=False).outcome.value_counts().unstack(fill_value=0)
    say(by_file.reindex(columns=["agrees", "differs", "absent"], fill_value=0).to_string())
    if (found.outcome == "differs").any():
        raise typer.Exit(1)


@review.command(name="second-entry")
def write_second(
    items: Annotated[list[str], typer.Argument(help="Items of items.csv: report/table-1.")],
    out: NewFolder,
) -> None:
    """Write blank sheets for somebody to type the printed values again, from the source alone.

    Rows are numbered: a value id could give its answer away, so none is on a sheet. What comes back
    is compared with `audit --second`, or at every run from data/raw/second; a sheet whose item asks
    something else by then is refused.
    """
    from compendium.printed import second_entry

    sheets = second_entry.write_sheets(items, out)
    say(f"written: {len(sheets)} sheets in {out}; fill in the column printed")


@review.command(name="trace")
def trace_what(
    what: Annotated[str, typer.Argument(help="A value id, an item id, a figure, a raw file.")],
    as_json: AsJson = False,
) -> None:
    """Say where a value, an item, a figure or a raw file comes from, and what depends on it."""
    from compendium.review import trace

    found = trace.trace(what)
    if as_json:
        say_json(found)
    else:
        say(trace.show_trace(found))


@review.command()
def perturb(
    sample: Annotated[
        int | None, typer.Option(min=1, help="Draw so many of all changes; all if left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which are drawn.")] = 1,
    coding: Annotated[
        bool, typer.Option("--coding", help="Our coding instead; slow, so take a sample.")
    ] = False,
) -> None:
    """Make each printed value wrong in turn, and say which verdicts notice.

    A digit, a sign or a label is changed and each row dropped; what rests on it is judged again.
    Writes every change to results/perturbations.csv.
    """
    from compendium import paths
    from compendium.review import perturb as perturbation
    from compendium.runs import records

    if coding:
        _perturb_coding(sample, seed)
        return
    found = perturbation.perturb(records.read_records(), sample, seed)
    path = paths.RESULTS / "perturbations.csv"
    found.to_csv(path, index=False, lineterminator="\n")
    say(f"{len(found)} changes")
    for by in (["role"], ["kind"]):
        say("\n" + perturbation.summarise(found, by).round(1).to_string())
    rates = perturbation.rate(found).round(1)
    both, once = rates.loc["all three and their cells", ["percent", "percent_once"]]
    said = "of the changes to checked values and to cells they rest on, a run notices"
    say(f"\n{said} {both} % typed in both entries alike, {once} % typed in one")
    if sample is None:
        say(f"\nvalues, and all changes to them\n{rates.to_string()}")
        say("\nchecked values, and cells they rest on, of which a change goes unnoticed:")
        for name, reason in perturbation.list_unnoticed(found).items():
            say(f"  {name}: {reason}")
    say(f"\nwritten: {path}")


def _perturb_coding(sample: int | None, seed: int) -> None:
    """Make our codes wrong and say whether a count or a grade of the claims ledger moves."""
    from compendium.coding import grading, wrong_codes
    from compendium.printed import tables

    rules = need_package("propositions").RULES
    asked, coding = tables.read_table("coding/propositions"), grading.read_coding()
    found = wrong_codes.perturb_codes(coding, asked, rules, sample, seed)
    say(found.groupby(["table", "kind"]).outcome.value_counts().unstack(fill_value=0).to_string())


@review.command()
def certify(out: NewFolder) -> None:
    """Write a folder for a journal or a codechecker: certificate, forms, files, checksums.

    Refuses a tree that is not its commit, and results that are not current.
    """
    from compendium.publish import certificate

    certificate.certify(out)
    say((out / certificate.SUMMARY).read_text(encoding="utf-8"))
    say(f"written: {out}; start with certificate.html")


@review.command()
def site(
    out: Annotated[Path | None, typer.Argument(help="A folder; site/ if left out.")] = None,
) -> None:
    """Build the site from the results: every notebook, value and figure, to read offline."""
    from compendium import paths
    from compendium.site import build

    built = build.build_site(out or paths.STUDY / "site")
    say(f"built: {built / 'index.html'}")
