"""The verbs for a paper and an afternoon: a text scanned, a table added, its rules found."""

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli.console import AsJson, Verbs, complain, say, say_json, stop_if
from compendium.errors import DataError

tables = Verbs()


@tables.command()
def scan(
    file: Annotated[Path, typer.Argument(help="Text, Markdown, HTML, XML, CSV or XLSX.")],
    as_json: AsJson = False,
    decimal_mark: Annotated[str, typer.Option(help="Of the text: . or ,")] = ".",
    sheet: Annotated[str, typer.Option(help="Of a workbook with several.")] = "",
) -> None:
    """Hold each result of a test in a text, such as t(28) = 2.20, p = .03, against itself.

    Says of each, with its line, whether statistic, degrees of freedom and p go together at the
    printed precision, and what p would; marks what changes sides at .05. What says too little to be
    checked, or a corrected p, is counted apart. Exit status 0 if nothing is inconsistent, 1 if
    something is, 2 if the file cannot be read.
    """
    from compendium.printed.scan import scan_file, show_counts

    if decimal_mark not in (".", ","):
        raise typer.BadParameter(f"found {decimal_mark!r}; allowed: . or ,")
    try:
        readings = scan_file(file, decimal_mark, sheet)
    except DataError as error:
        complain("error", str(error))
        raise typer.Exit(2) from None
    counts = show_counts(readings)
    if as_json:
        rows = [reading._asdict() for reading in readings]
        say_json({"file": file.name, "counts": counts, "results": rows})
    else:
        for one in readings:
            would_be = f"; consistent: {one.computed}" if one.verdict == "inconsistent" else ""
            turns = " (another side of .05)" * one.is_decision_error
            note = f"; {one.note}" * bool(one.note)
            say(f"line {one.line}: {one.text}: {one.verdict}{turns}{would_be}{note}")
        say(", ".join(f"{number} {name}" for name, number in counts.items()))
    if counts["inconsistent"]:
        raise typer.Exit(1)


@tables.command()
def add_table(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, as a spreadsheet saves it.")],
    *,
    item: Annotated[str, typer.Option(help="SOURCE/ITEM, of a source of sources.csv.")],
    sheet: Annotated[str, typer.Option(help="Of a workbook with several.")] = "",
    heads: Annotated[int, typer.Option(min=1, help="How many rows of heads, to join.")] = 1,
    title: Annotated[str, typer.Option(help="What the table is called, in your words.")] = "",
    section: Annotated[str, typer.Option(help="Where in print it stands.")] = "",
    lines: Annotated[str, typer.Option(help="Of the text: first and last, as 12-30.")] = "",
    unit: Annotated[list[str] | None, typer.Option(help="COLUMN=UNIT; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take a changed file.")] = False,
) -> None:
    """Add a printed table to the study: its cells as text, its columns, its item.

    What the sheet does not say is asked in one list; `?` stands for each answer until you write it,
    and the study is refused while one is open. Run again with a changed file, it shows what
    changed, and takes it with --replace alone.
    """
    from compendium.study import add_table as adding

    units = dict(pair.partition("=")[::2] for pair in unit or [])
    read = adding.read_grid(file, sheet, heads)
    draft = adding.make_draft(
        read, item, heads=heads, title=title, section=section, lines=lines, units=units
    )
    changes = adding.compare(draft)
    if changes is not None:
        say("\n".join(changes) or f"{item}: nothing has changed")
        if not replace or not changes:
            raise typer.Exit(1 if changes else 0)
    if dry_run:
        said = draft.fields.loc[:, ["column", "type", "key", "role", "unit"]]
        say(draft.table.to_string(index=False))
        say("\n" + said.to_string(index=False))
        say("\n" + "\n".join(f"{key}: {value}" for key, value in draft.about.items()))
    for note in [*draft.notes, *adding.find_unreadable(draft)]:
        say(note)
    if draft.questions and changes is None:
        say("open, each a ? until it is filled in:\n  " + "\n  ".join(draft.questions))
    if not dry_run:
        written = adding.write(draft)
        say("written: " + ", ".join(f"data/raw/{name}" for name in written))


@tables.command()
def suggest_rules(
    item: Annotated[str, typer.Option(help="SOURCE/ITEM; all if left out.")] = "",
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="N,N…", help="Write the suggestions of these numbers."),
    ] = None,
) -> None:
    """Suggest rules for values that none checks: sums, percentages, intervals, repeats.

    Near misses come first. Each says how many were tried, and how many of such would match a value
    by chance: choose what print means, and write it with --accept N,N.
    """
    from compendium.study import suggest

    found = suggest.suggest(item)
    if not accept:
        say("\n".join(suggest.show(number, one) for number, one in enumerate(found, start=1)))
        say(f"{len(found)} suggestions, {sum(bool(one.near_misses) for one in found)} near misses")
        return
    by_number = {str(number): one for number, one in enumerate(found, start=1)}
    asked = [number.strip() for numbers in accept for number in numbers.split(",")]
    if wrong := [number for number in asked if number not in by_number]:
        raise typer.BadParameter(f"--accept: found {wrong[0]!r}; allowed: 1 to {len(found)}")
    values = suggest.accept([by_number[number] for number in dict.fromkeys(asked)])
    say(f"written: data/raw/checks.csv; {values} values are checked now")


@tables.command()
def register(
    draft: Annotated[
        bool, typer.Option("--draft", help="Write the rows that are missing.")
    ] = False,
) -> None:
    """Hold the register of discrepancies to what the audit finds; with --draft, write its rows.

    A drafted row says what print says and what the computation gives. Cause and consequence are
    its author's: until both are filled in, the study is refused.
    """
    from compendium.printed import audit, ledger
    from compendium.printed.tables import cells

    if draft:
        from compendium.study import suggest

        added = suggest.draft_register()
        say(f"{len(added)} rows written to data/raw/discrepancies.csv; fill in cause "
            "and consequence" if added else "nothing is missing")  # fmt: skip
        say("\n".join(added))
        return
    states = ledger.compare_register(audit.find(ledger.read_ledger(), cells()))
    say(", ".join(f"{len(names)} {state}" for state, names in states.items()))
    stop_if([(f"{state} discrepancy", name) for state, names in states.items() for name in names])


@tables.command(name="rules")
def list_all() -> None:
    """List every rule: what it takes and gives, an example, whose idea it is."""
    from compendium.printed.rules import list_rules

    for row in list_rules().itertuples():
        example = f"; {row.example}" if row.example else ""
        say(f"{row.rule} {row.takes}\n    {row.meaning}\n    {row.evidence}; {row.cites}{example}")
