"""A document is a list of blocks; Markdown and HTML are two ways to write the same list.

Whoever writes a certificate or a self-check says once what stands in it. The page asks nothing of
the network, and reads on a phone, in print and by ear: real headings, captions and row headers,
and wide tables in a region that the keyboard can scroll.

What a certificate rests on: read from the checkout, the records and the results, never typed.

Whatever is not as it should be is refused here, before anything is written: a folder that is not
its commit, results of another state of the files, verdicts that the audit does not give today, a
register that is not what the audit finds.

What the certificate says, section by section, from the facts alone.

Each section is a function from facts to blocks. What was not run, and what cannot be reproduced,
gets as much room as what was.

A folder that a journal or a codechecker can take: what was run, what came out, what did not.

Everything in it is generated, nothing typed. It holds the files of one commit with the results of
their runs, so that it stands alone; a certificate as a page and as text; and the forms that
others ask for, filled in as far as files can fill them. The same state gives the same bytes.
"""

import html
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import audit, ledger, tables
from compendium.publish import checkout, crate, forms
from compendium.runs import records

STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.3rem; margin-top: 2.2rem; border-bottom: 1px solid #767676; }
h3 { font-size: 1.1rem; }
a { color: #0b4f8a; }
code { font-size: .92em; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible { outline: 3px solid #0b4f8a; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border-bottom: 1px solid #c8c8c8; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid #1a1a1a; }
tbody th { font-weight: 400; }
.wide table { min-width: 48rem; }
.wide td:last-child:not(.number) { min-width: 18rem; }
td code { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  th, td { padding: .3rem .35rem; }
  table { font-size: .82rem; }
}
@media print {
  @page { size: A4; margin: 15mm; }
  body { font-size: 9.5pt; max-width: none; padding: 0; }
  table { font-size: 8pt; }
  .scroll { overflow: visible; }
  tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .wide table, .wide td:last-child:not(.number) { min-width: 0; }
  td, tbody th { overflow-wrap: anywhere; }
}
"""
NUMBER = r"-?[\d,]*\.?\d*"
# A table of words in more columns than these scrolls on a phone, rather than squeeze them.
NARROW = 3


class Heading(NamedTuple):
    """A title; level 1 is the document's own."""

    text: str
    level: int = 2


class Text(NamedTuple):
    """A paragraph. In all blocks ``[words](file)`` is a link, and backticks hold code."""

    text: str


class Points(NamedTuple):
    """A list, one sentence or so to a point."""

    points: list[str]


class Table(NamedTuple):
    """A table whose first column names its rows."""

    caption: str
    frame: pd.DataFrame


Block = Heading | Text | Points | Table


def to_markdown(blocks: list[Block]) -> str:
    """The document as Markdown.

    Examples
    --------
    >>> print(to_markdown([Heading("Runs"), Text("All of them."), Points(["one", "two"])]), end="")
    ## Runs
    <BLANKLINE>
    All of them.
    <BLANKLINE>
    - one
    - two
    """
    return "\n\n".join(_mark_down(block) for block in blocks) + "\n"


def _mark_down(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    if isinstance(block, Text):
        return block.text
    if isinstance(block, Points):
        return "\n".join(f"- {point}" for point in block.points)
    cells = block.frame.astype(str).map(lambda cell: cell.replace("|", r"\|"))
    return f"*{block.caption}*\n\n" + cells.to_markdown(index=False, disable_numparse=True)


def to_html(blocks: list[Block]) -> str:
    """The document as one page that loads nothing; its title is the first heading's text.

    Examples
    --------
    >>> page = to_html([Heading("Who & when", 1), Text("See [the list](list.md), `2 < 3`.")])
    >>> "<title>Who &amp; when</title>" in page
    True
    >>> '<p>See <a href="list.md">the list</a>, <code>2 &lt; 3</code>.</p>' in page
    True
    """
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = "\n".join(_mark_up(block) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _mark_up(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{_inline(block.text)}</p>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{_inline(point)}</li>" for point in block.points) + "</ul>"
    frame = block.frame.astype(str)
    is_number = [bool(len(frame)) and frame[n].str.fullmatch(NUMBER).all() for n in frame]
    kinds = [' class="number"' if number else "" for number in is_number]
    head = "".join(
        f'<th scope="col"{kind}>{_inline(name)}</th>' for name, kind in zip(frame.columns, kinds)
    )
    rows = "\n".join(_row(list(row), kinds) for row in frame.to_numpy())
    wide = " wide" if len(kinds) > NARROW and "" in kinds[1:] else ""
    # A region that scrolls must be reachable by keyboard, and a region must have a name.
    return (
        f'<div class="scroll{wide}" role="region" tabindex="0" '
        f'aria-label="{html.escape(block.caption)}">'
        f"<table><caption>{_inline(block.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(cells: list[str], kinds: list[str]) -> str:
    data = [f"<td{kind}>{_inline(cell)}</td>" for cell, kind in zip(cells[1:], kinds[1:])]
    # An id breaks after a stroke, not in the middle of a word.
    named = _inline(cells[0]).replace("/", "/<wbr>")
    return f'<tr><th scope="row">{named}</th>{"".join(data)}</tr>'


def _inline(text: str) -> str:
    """Escaped text with its links and code."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', marked)


UNSIGNED = "generated by the command; no person has signed it"
AGAIN = "run `compendium reproduce`"
AS_TEXT = {"dtype": str, "keep_default_na": False}
SEVERAL = 3
LEDGERS = {
    "claims.csv": "chapters 4 and 5 of the thesis",
    "claims-further.csv": "other chapters, Appendix J and the article",
}


@dataclass(frozen=True)
class Facts:
    """Everything a certificate says, as tables and plain values."""

    about: dict[str, Any]  # commit, date, version, citation
    machine: dict[str, str]  # python, platform, conda
    environment: pd.DataFrame  # each locked package beside what is installed
    lock: dict[str, Any]  # sha256 and number of packages
    n_tables: int  # of raw data
    tracked: list[str]
    records: list[dict[str, Any]]
    seconds: dict[str, float]
    sources: pd.DataFrame
    items: pd.DataFrame
    verdicts: pd.DataFrame
    register: pd.DataFrame
    claims: pd.DataFrame
    levels: pd.DataFrame  # ACRe
    programs: pd.DataFrame  # tables and programs
    checked: pd.DataFrame  # RAP
    results: list[str]  # every file below results/, also what no run made


def gather() -> Facts:
    """The facts of a clean checkout with current results.

    Raises
    ------
    DataError
        In one line, if the project is no clean git checkout, or its results are missing, of
        another version, changed since, or not what the audit gives today.
    """
    return look_up(checkout.read_commit())


def look_up(commit: dict[str, str]) -> Facts:
    """The facts of the files as they are here, under the name of a commit.

    Raises
    ------
    DataError
        As `gather`, but for git; or if raw data breaks its schema or its checksums.
    """
    kept = records.read_records()
    records.check_current(kept)
    tables.check_package()
    verdicts = check_verdicts(pd.read_csv(paths.RESULTS / "verdicts.csv", **AS_TEXT))
    check_register(ledger.compare_register(audit.find(ledger.read_ledger(), tables.cells())))
    items, tracked = tables.read_table("items"), checkout.list_tracked()
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    pins = checkout.read_pins(paths.LOCK.read_text(encoding="utf-8"))
    return Facts(
        about=commit | {"citation": citation},
        machine=checkout.describe_machine(),
        environment=checkout.compare_environment(pins),
        lock={"sha256": records.hash_file(paths.LOCK), "packages": pins.package.nunique()},
        n_tables=len(tables.read_descriptor()["resources"]),
        tracked=tracked,
        records=kept,
        seconds={record["run"]: records.read_seconds(record["run"]) for record in kept},
        sources=tables.read_table("sources").fillna(""),
        items=items,
        verdicts=verdicts,
        register=tables.read_table("discrepancies"),
        claims=read_claims(),
        levels=forms.give_levels(items, verdicts),
        programs=forms.list_programs(items, verdicts, kept),
        checked=forms.check_levels(forms.look(tracked, kept)),
        results=list_results(),
    )


def check_verdicts(kept: pd.DataFrame) -> pd.DataFrame:
    """The verdicts of the results, once they are those the audit gives now.

    Raises
    ------
    DataError
        With the first values whose verdict, or computed value, is another.
    """
    today = audit.give_verdicts(ledger.read_ledger(), tables.cells())
    columns = ["printed", "role", "computed", "verdict"]
    now, then = (table.set_index("value_id")[columns] for table in (today, kept))
    known = now.index.intersection(then.index)
    stale = [*now.index.symmetric_difference(then.index)]
    stale += [*known[(now.loc[known] != then.loc[known]).any(axis=1)]]
    if stale:
        raise DataError(f"results/verdicts.csv is stale for {shorten(stale)}; {AGAIN}")
    return kept


def check_register(outcome: dict[str, list[str]]) -> None:
    """Refuse a register that is not what the audit finds.

    Raises
    ------
    DataError
        With the first that are new, vanished or changed.
    """
    found = [f"{kind}: {sentence}" for kind, list_ in outcome.items() for sentence in list_]
    if found:
        raise DataError(f"data/raw/discrepancies.csv is not what the audit finds: {shorten(found)}")


def shorten(names: Iterable[str]) -> str:
    """The first few, and how many more there are.

    >>> shorten(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    names = list(names)
    more = f" and {len(names) - SEVERAL} more" if len(names) > SEVERAL else ""
    return ", ".join(names[:SEVERAL]) + more


def read_claims() -> pd.DataFrame:
    """The claims ledgers: ``ledger`` (whose claims), ``number``, ``proposition``, ``grade``."""
    parts = [
        pd.read_csv(paths.RESULTS / file, **AS_TEXT).assign(ledger=whose)
        for file, whose in LEDGERS.items()
    ]
    return pd.concat(parts, ignore_index=True)[["ledger", "number", "proposition", "grade"]]


def list_results() -> list[str]:
    """Every file below ``results``, relative to the project's root."""
    found = (path for path in paths.RESULTS.rglob("*") if path.is_file())
    return sorted(path.relative_to(paths.ROOT).as_posix() for path in found)


def summarise(facts: Facts) -> list[str]:
    """The certificate in a dozen lines."""
    about, verdicts = facts.about, facts.verdicts
    checked = verdicts[verdicts.role != "input"]
    told = count(checked.verdict, ledger.VERDICTS)
    levels = count(
        "at " + facts.levels.with_this_compendium.replace("", "none"),
        ["at 5", "at 4", "at 3", "at none"],
    )
    met = facts.checked[facts.checked.status == forms.MET].level.value_counts()
    whole = facts.checked.level.value_counts()
    rap = ", ".join(f"{name} {met.get(name, 0)} of {whole[name]}" for name in forms.LEVELS)
    open_items = facts.items[facts.items.completeness != "complete"]
    return [
        f"compendium {about['version']}, commit {about['commit'][:12]} of {about['date'][:10]}; "
        f"{facts.machine['python']}, {facts.machine['platform']}",
        f"environment: {say_environment(facts)}",
        f"{len(facts.records)} runs, {sum(facts.seconds.values()):.0f} seconds of notebooks",
        f"{len(verdicts)} printed values in {verdicts.item_id.nunique()} items; "
        f"{len(verdicts) - len(checked)} are inputs, taken as given and not counted",
        f"the other {len(checked)}: {told}",
        f"{len(facts.register)} discrepancies, as registered: {count(facts.register.cause)}",
        f"{len(facts.claims)} claims: {count(facts.claims.grade)}",
        f"{len(facts.levels)} display items, ACRe level: {levels}; as published, all at 1",
        f"NHS RAP criteria met: {rap}; level reached: {forms.find_reached(facts.checked)}",
        f"{len(open_items)} items held in part or missing",
        f"signed by nobody: {UNSIGNED}",
    ]


def count(values: pd.Series, order: Iterable[str] = ()) -> str:
    """How often each value occurs: in the order given, else the most frequent first.

    >>> count(pd.Series(["misprint", "rounding", "misprint"]))
    '2 misprint, 1 rounding'
    """
    counts = values.value_counts()
    known = [name for name in order if name in counts] or sorted(
        counts.index, key=lambda n: (-counts[n], n)
    )
    return ", ".join(f"{counts[name]} {name}" for name in known)


def say_environment(facts: Facts) -> str:
    """How many of the locked packages are installed as locked."""
    here = facts.environment
    same = (here.pinned == here.installed).sum()
    return (
        f"{same} of the {len(here)} packages locked for this machine are installed at that version"
    )


BLANK = "____________________"
ROLES = ["derived", "repeated", "claim", "input"]
# What a run may leave among the results, and what it means when no file's name says so.
TRACES = {
    "drift": "Latest versions (`compendium verify --latest`): no report of it is among the "
    "results.",
    "perturbation": "Each raw value changed in turn (`compendium perturb`): no report of it is "
    "among the results.",
    "second-coder": "A second human coder (`compendium second-coder`): no comparison is among the "
    "results, and no reliability is claimed for the coding.",
    "double-entry": "A second transcription (`compendium audit --second`): no comparison is among "
    "the results.",
}
NEVER = [
    "The tests, those in a browser included, are not part of a run: nothing among the results "
    "says whether they passed.",
    "One machine only: another kind of machine may give other last digits.",
]
DOES_NOT_SAY = [
    "It does not say that inputs are right. They were typed in from print and are not reproduced.",
    "It does not say that the studies' findings hold. It says which printed numbers follow from "
    "other printed numbers, by which rule.",
    "It does not speak of interviews, field notes or documents: none is held.",
    "It does not say that print is wrong where a value differs: the register gives the likely "
    "cause, and whether the PDF could settle it.",
    "It does not replace a check by a person on another machine.",
]


def compose(facts: Facts, unmet: list[str]) -> list[Block]:
    """The whole certificate.

    Parameters
    ----------
    facts : Facts
        As `certificate.gather` returns.
    unmet : list of str
        What ``forms.yml`` leaves to a person, as `forms.find_unmet` returns.
    """
    sections = [
        *(_opening, _environment, _times, _verdicts, _discrepancies, _claims, _levels, _maturity),
        *(_not_run, _folder),
    ]
    blocks = [block for section in sections for block in section(facts)]
    return [*blocks, *_signature(unmet), *_annexes(facts)]


def _opening(facts: Facts) -> list[Block]:
    about = facts.about
    what = {
        "Title": about["citation"]["title"],
        "Version": about["version"],
        "Git commit": f"`{about['commit']}`",
        "Date of the commit": about["date"],
        "Files in the commit": str(len(facts.tracked)),
        "Raw tables, each as its schema and checksum say": str(facts.n_tables),
        "Runs": str(len(facts.records)),
    }
    works = facts.sources[["source_id", "doi", "licence", "citation"]].replace("", "none known")
    return [
        Heading("Certificate of reproduction", 1),
        Text(
            f"For commit `{about['commit'][:12]}` of {about['date'][:10]}. This certificate was "
            f"{UNSIGNED}. What it says was read from files, from git and from the machine; "
            "nothing was typed."
        ),
        Heading("In short"),
        Points(summarise(facts)[:-1]),
        Heading("What was certified"),
        Table("The compendium", pd.DataFrame(what.items(), columns=["what", "value"])),
        Table("The works it re-examines", works),
    ]


def _environment(facts: Facts) -> list[Block]:
    here = facts.environment
    what = {
        "Python": facts.machine["python"],
        "Kind of machine": facts.machine["platform"],
        "Packages in the lock": str(facts.lock["packages"]),
        "SHA-256 of requirements.lock": f"`{facts.lock['sha256']}`",
    }
    direct = here[here.is_direct].drop(columns="is_direct")
    direct = direct.assign(same=(direct.pinned == direct.installed).map({True: "yes", False: "no"}))
    others = here[(here.pinned != here.installed) & ~here.is_direct]
    names = [f"{row.package} {row.installed or 'missing'}" for row in others.itertuples()]
    return [
        Heading("Environment"),
        Table("Where this command ran", pd.DataFrame(what.items(), columns=["what", "value"])),
        Text(
            f"Here {say_environment(facts)}. Not as locked, beside those in the table: "
            f"{', '.join(names) or 'none'}. A run's record holds the lock's checksum, not the "
            "installed versions: that the runs had these is inferred, not recorded."
        ),
        Table("Direct dependencies, locked and installed", direct),
    ]


def _times(facts: Facts) -> list[Block]:
    rows = [(run, f"{seconds:.1f}") for run, seconds in sorted(facts.seconds.items())]
    return [
        Heading("Times"),
        Text(
            f"{len(rows)} runs took {sum(facts.seconds.values()):.0f} seconds in all, wall clock, "
            "each with the start of its kernel. Runs side by side take less."
        ),
        Table("Seconds by run", pd.DataFrame(rows, columns=["run", "seconds"])),
    ]


def _verdicts(facts: Facts) -> list[Block]:
    verdicts = facts.verdicts.merge(facts.items[["item_id", "source_id"]], on="item_id")
    counted = verdicts[verdicts.role != "input"]
    by_role = ledger.summarise(verdicts, ["role"]).reindex(ROLES).dropna().astype(int)
    by_source = ledger.summarise(counted, ["source_id"]).drop(columns="transcribed")
    return [
        Heading("Verdicts"),
        Text(
            "`exact`: the same at the printed precision. `rounds`: cut off instead of rounded, or "
            "within what the rounding of the printed inputs leaves open. `differs`: neither. "
            "`not-derivable`: print does not hold the inputs. "
            "`not-recoverable`: the figure's image is missing. `transcribed`: an input, typed in "
            "and never counted as reproduced."
        ),
        Table("Printed values by role and verdict", by_role.reset_index()),
        Table("Printed values by source, inputs left out", by_source.reset_index()),
    ]


def _discrepancies(facts: Facts) -> list[Block]:
    register = facts.register
    counts = pd.crosstab(register.cause, register.pdf_could_settle).reset_index()
    return [
        Heading("Discrepancies"),
        Text(
            f"{len(register)} places where print does not bear itself out. They are those the "
            "audit finds today: none is new, none has vanished. Each stands in Annex A."
        ),
        Table("Likely cause, and whether the PDF could settle it", counts),
    ]


def _claims(facts: Facts) -> list[Block]:
    counts = pd.crosstab(facts.claims.grade, facts.claims.ledger).reset_index()
    return [
        Heading("Claims"),
        Text(
            "Propositions of the works, graded by rule. `consistent with the coding` says that the "
            "text bears out itself, not that the proposition is true."
        ),
        Table("Claims by grade", counts),
    ]


def _levels(facts: Facts) -> list[Block]:
    levels = facts.levels.assign(level=facts.levels.with_this_compendium.replace("", "none"))
    counts = levels.groupby("level").agg(
        items=("item_id", "size"), printed=("printed", "sum"), computed=("computed", "sum")
    )
    columns = ["ACRe level", "display items", "printed values", "of them computed"]
    return [
        Heading("Level of computational reproducibility"),
        Text(
            "ACRe levels, 1 to 10 (BITSS, Guide for Accelerating Computational Reproducibility), "
            "for each table, figure, box and appendix. As published all are at level 1: no data "
            "and no code came with the works. With this compendium none passes 5: its analysis "
            "data are printed inputs, and raw material is not held. A level speaks of the computed "
            "values alone; an item that was only typed in has none. Annex B has each with its "
            "reason, [acre-levels.csv](acre-levels.csv) the same for a program."
        ),
        Table("Display items by level", counts.reset_index().set_axis(columns, axis=1)),
    ]


def _maturity(facts: Facts) -> list[Block]:
    counts = pd.crosstab(facts.checked.level, facts.checked.status)
    counts = counts.reindex(index=forms.LEVELS, columns=forms.STATUSES, fill_value=0)
    return [
        Heading("Maturity of the pipeline"),
        Text(
            "A self-check against the NHS levels of a reproducible analytical pipeline. Level "
            f"reached: {forms.find_reached(facts.checked)}. The evidence for each criterion is "
            "in [rap-self-check.md](rap-self-check.md)."
        ),
        Table("Criteria by level", counts.reset_index()),
    ]


def _not_run(facts: Facts) -> list[Block]:
    verdicts, items = facts.verdicts, facts.items
    gaps = verdicts[verdicts.verdict.isin(["not-derivable", "not-recoverable"])]
    by_item = pd.crosstab(gaps.item_id, gaps.verdict).reset_index()
    partial = items[items.completeness != "complete"][["item_id", "label", "completeness"]]
    return [
        Heading("What was not run, or cannot be"),
        Points([*_missing_traces(facts), *NEVER]),
        Text(
            f"Items held in part: {(items.completeness == 'partial').sum()}; "
            f"missing: {(items.completeness == 'missing').sum()}."
        ),
        Table("Items that are not held whole", partial),
        Table("Values that cannot be computed, by item", by_item),
    ]


def _missing_traces(facts: Facts) -> list[str]:
    conda = (
        []
        if facts.machine["conda"] == "yes"
        else ["The conda route of `environment.yml`: this Python is not conda's."]
    )
    names = [name.rsplit("/", 1)[-1] for name in facts.results]
    return conda + [text for word, text in TRACES.items() if not any(word in n for n in names)]


def _folder(facts: Facts) -> list[Block]:
    del facts
    return [
        Heading("What this certificate does not say"),
        Points(DOES_NOT_SAY),
        Heading("This folder"),
        Points(
            [
                "`compendium/`: the files of the commit, with the results of the runs; every path "
                "in the lists below starts there",
                "[list-of-tables-and-programs.md](list-of-tables-and-programs.md): which cell "
                "makes which table, figure and number",
                "[codecheck.yml](codecheck.yml): for a CODECHECK, to be completed by a person",
                "[ro-crate-metadata.json](ro-crate-metadata.json): files and runs for a program",
                "[SHA256SUMS](SHA256SUMS): check with `sha256sum -c SHA256SUMS`",
            ]
        ),
    ]


def _signature(unmet: list[str]) -> list[Block]:
    fields = ["Name", "ORCID", "Machine and date of the check", "Certificate number", "Signature"]
    lines = pd.DataFrame({"to be filled in by hand": fields, "by a codechecker": BLANK})
    return [
        Heading("Who checked"),
        Text(f"Nobody yet: {UNSIGNED}."),
        Table("Signature of a codechecker", lines),
        Text(
            f"`forms.yml` follows [the specification]({forms.SPECIFICATION}), version 2.0, "
            "and leaves open what only a person can say:"
        ),
        Points(unmet),
    ]


def _annexes(facts: Facts) -> list[Block]:
    register = {
        "discrepancy_id": "where",
        "printed": "printed",
        "computed": "computed",
        "cause": "likely cause",
        "pdf_could_settle": "PDF settles it",
        "what": "what",
    }
    levels = {
        "item_id": "where",
        "item": "item",
        "printed": "values",
        "computed": "computed",
        "as_published": "level as published",
        "with_this_compendium": "level here",
        "reason": "reason",
    }
    shown = facts.levels.replace({"with_this_compendium": {"": "none"}})
    return [
        Heading("Annex A: every discrepancy"),
        Table("The discrepancy register", facts.register[list(register)].rename(columns=register)),
        Heading("Annex B: the level of each display item"),
        Table("ACRe levels", shown[list(levels)].rename(columns=levels)),
    ]


# Where the project's own files lie in the folder; and what a run leaves beside its products.
FOLDER = "compendium"
SUMMARY = "summary.txt"
SUMS = "SHA256SUMS"


def certify(out: Path) -> Path:
    """Write the certificate's folder.

    Parameters
    ----------
    out : Path
        A new or an empty folder.

    Returns
    -------
    Path
        `out`. Nothing half-written is ever seen there: it is put together beside, then renamed.

    Raises
    ------
    SettingError
        If `out` is there and not empty.
    DataError
        As `certificate.gather` does: no clean git checkout, or results that are not current.
    """
    check_empty(out)
    return write(gather(), out)


def check_empty(out: Path) -> None:
    """Refuse a place that holds something.

    Raises
    ------
    SettingError
        If there is a file, or a folder with something in it.
    """
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() or out.is_symlink():
        kind = "a folder that is not empty" if out.is_dir() else "a file"
        raise SettingError(f"{out.name}: found {kind}; allowed: a new or an empty folder")


def summary(out: Path) -> str:
    """The dozen lines of a certificate that was written."""
    return (out / SUMMARY).read_text(encoding="utf-8")


def write(found: Facts, out: Path) -> Path:
    """Put the folder together beside its place, then move it there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        copy_project(found, work / FOLDER)
        write_documents(found, work)
        write_crate(found, work)
        lines = [f"{sha}  {name}\n" for name, (sha, _) in hash_files(work).items()]
        write_text(work / SUMS, "".join(lines))
        work.chmod(0o755)
        if out.exists():
            out.rmdir()
        work.rename(out)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return out


def copy_project(found: Facts, folder: Path) -> None:
    """Copy the files of the commit, what the runs made, and the runs' records."""
    made = {name for record in found.records for name in record["made"]}
    runs = [f"results/records/{record['run']}" for record in found.records]
    kept = {f"{run}{ending}" for run in runs for ending in (".json", ".seconds")}
    for name in sorted({*found.tracked, *made, *kept}):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(paths.ROOT / name, target)


def write_documents(found: Facts, work: Path) -> None:
    """Write the certificate, the forms and the tables."""
    lines = summarise(found)
    about = found.about
    configuration = forms.configure(
        about["citation"], about["commit"], found.programs, FOLDER, ". ".join(lines) + "."
    )
    page = compose(found, forms.find_unmet(configuration))
    check = [Heading("For the codechecker"), Text("Files made while checking go here.")]
    texts = {
        "certificate.md": to_markdown(page),
        "certificate.html": to_html(page),
        "codecheck.yml": forms.write(configuration),
        "codecheck/README.md": to_markdown(check),
        "list-of-tables-and-programs.md": to_markdown(describe_programs(found)),
        "rap-self-check.md": to_markdown(describe_maturity(found)),
        SUMMARY: "\n".join(lines) + "\n",
    }
    for name, text in texts.items():
        write_text(work / name, text)
    write_csv(work / "list-of-tables-and-programs.csv", found.programs)
    write_csv(work / "acre-levels.csv", found.levels)
    write_csv(work / "rap-self-check.csv", found.checked)


def describe_programs(found: Facts) -> list[Block]:
    """The data editors' section: what the code reproduces, and a table for each work."""
    counted = forms.count_values(found.items, found.verdicts)
    is_text = counted.kind == "text"
    whole = counted.computed.eq(counted.printed) & counted.differs.eq(0)
    ticks = {
        "All numbers provided in text": whole[is_text].all(),
        "All tables and figures": whole[~is_text].all(),
    }
    ticks["Selected tables, figures and numbers, as the notes explain"] = not all(ticks.values())
    boxes = [f"- [{'x' if ticked else ' '}] {text}" for text, ticked in ticks.items()]
    blocks: list[Block] = [
        Heading("List of tables and programs", 1),
        Text(
            f"Programs and output files lie in `{FOLDER}/`. A program is a notebook with the "
            "parameters of its run; a line number is the n of `In [n]` in its executed copy, in "
            "`results/notebooks`. The notes count verdicts; inputs are taken as given."
        ),
        Text("The provided code reproduces:"),
        Text("\n".join(boxes)),
    ]
    columns = ["Figure/Table #", "Program", "Line Number", "Output file", "Note"]
    citations = found.sources.set_index("source_id").citation
    for source, rows in found.programs.groupby("source_id", sort=False):
        blocks += [Heading(source), Text(citations.get(source, source))]
        for kind, part in (("Tables and figures", False), ("Numbers in text", True)):
            here = rows[rows.kind.eq("text") == part]
            blocks += [Table(f"{kind} of {source}", here[columns])] if len(here) else []
    return blocks


def describe_maturity(found: Facts) -> list[Block]:
    """The self-check as a document."""
    return [
        Heading("NHS RAP self-check", 1),
        Text(
            "Criteria of the RAP community of practice of NHS England, in our own words; evidence "
            "from the files and from git. What they cannot show counts as not met. A level is "
            f"reached when all its criteria are met, and all below: "
            f"{forms.find_reached(found.checked)}."
        ),
        Table("Criteria, status and evidence", found.checked),
    ]


def write_crate(found: Facts, work: Path) -> None:
    """Describe every file so far as an RO-Crate."""
    text = crate.describe_crate(hash_files(work), found.records, found.about, FOLDER)
    write_text(work / crate.METADATA, text)


def hash_files(folder: Path) -> dict[str, tuple[str, int]]:
    """SHA-256 and size of every file below a folder, by its path there, sorted."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (records.hash_file(path), path.stat().st_size)
        for path in files
    }


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with plain line ends, on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV with plain line ends."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))
