"""A folder that a journal or a codechecker can take: what was run, what came out, what did not.

Everything in it is generated, nothing typed. It holds the files of one commit with the results of
their runs, so that it stands alone; a certificate as a page and as text; and the forms that
others ask for, filled in as far as files can fill them. The same state gives the same bytes.
"""

import shutil
import tempfile
from pathlib import Path

import pandas as pd

from compendium import (
    certificate_page,
    codecheck,
    crate,
    documents,
    facts,
    maturity,
    paths,
    records,
    standards,
)
from compendium.documents import Block, Heading, Table, Text
from compendium.errors import SettingError
from compendium.facts import Facts

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
        As `facts.gather` does: no clean git checkout, or results that are not current.
    """
    check_empty(out)
    return write(facts.gather(), out)


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
    lines = facts.summarise(found)
    about = found.about
    configuration = codecheck.configure(
        about["citation"], about["commit"], found.programs, FOLDER, ". ".join(lines) + "."
    )
    page = certificate_page.compose(found, codecheck.find_unmet(configuration))
    check = [Heading("For the codechecker"), Text("Files made while checking go here.")]
    texts = {
        "certificate.md": documents.to_markdown(page),
        "certificate.html": documents.to_html(page),
        "codecheck.yml": codecheck.write(configuration),
        "codecheck/README.md": documents.to_markdown(check),
        "list-of-tables-and-programs.md": documents.to_markdown(describe_programs(found)),
        "rap-self-check.md": documents.to_markdown(describe_maturity(found)),
        SUMMARY: "\n".join(lines) + "\n",
    }
    for name, text in texts.items():
        write_text(work / name, text)
    write_csv(work / "list-of-tables-and-programs.csv", found.programs)
    write_csv(work / "acre-levels.csv", found.levels)
    write_csv(work / "rap-self-check.csv", found.checked)


def describe_programs(found: Facts) -> list[Block]:
    """The data editors' section: what the code reproduces, and a table for each work."""
    counted = standards.count_values(found.items, found.verdicts)
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
            f"{maturity.find_reached(found.checked)}."
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
