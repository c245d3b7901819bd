"""Every figure and table, ready for a manuscript: print size, caption, alt text, data.

A caption is not typed: the heading of the notebook says what is shown, the run's record who made it
and in which cell, and where a printed item is redrawn, the register and the verdicts say how it
came out. A figure whose image is missing from the texts says so first. The folder appears whole or
not at all, and is the same bytes for the same results.
"""

import difflib
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import labels, paths, records
from compendium.citations import name_briefly, read_references
from compendium.errors import SettingError
from compendium.print_figures import fit_picture, set_dots
from compendium.print_tables import write_latex, write_word

AS_TEXT = {"dtype": str, "keep_default_na": False}
# Columns that an alt text names, and columns of numbers that it gives the range of.
NAMED, RANGED = 6, 3
# Columns whose numbers are places.
PLACES = ("line", "row")
KINDS = {"figures": "figure", "tables": "table"}
PRINTED = re.compile(r"(table|figure|box|appendix)-")


class Exhibit(NamedTuple):
    """One figure or table of the results, who made it, and the label of an invented study."""

    kind: str
    name: str
    record: dict[str, Any]
    cell: int
    heading: str
    label: str

    @property
    def words(self) -> str:
        """What it shows: the notebook's title, what its run was given, the heading above it."""
        title = re.sub(r"^\d+ ", "", self.record["title"]).rstrip("?.")
        given = ", ".join(f"{name} {value}" for name, value in self.record["given"].items())
        end = "" if self.heading.endswith(("?", ".", "!")) else "."
        label = f"{self.label}: " if self.label else ""
        return f"{label}{title}{f' ({given})' if given else ''}: {self.heading}{end}"

    @property
    def base(self) -> str:
        """Where its files lie, in the results and in an export, but for their endings."""
        return f"{self.kind}s/{self.name}"


def export(
    out: Path, names: Sequence[str] = (), advance: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Write figures and tables for print into a new folder.

    Parameters
    ----------
    out : Path
        A new or an empty folder.
    names : sequence of str
        Which, by name; ``*`` stands for anything. All of them if empty.
    advance : callable, optional
        Called with the number written and the number of all.

    Returns
    -------
    DataFrame
        What ``captions.csv`` holds: ``kind``, ``name``, ``width_mm``, ``height_mm``, ``caption``,
        ``alt``, ``run``, ``cell``, ``item_id``; one row for each figure and table.

    Raises
    ------
    SettingError
        If the folder is not empty, or a name is none.
    DataError
        If there are no results, or they are not current.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingError(f"{out}: is not empty; allowed: a new or an empty folder")
    runs = records.read_records()
    records.check_current(runs)
    chosen, printed = choose(find_exhibits(runs), names), read_printed()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        draft, rows = Path(folder) / "export", []
        for number, exhibit in enumerate(chosen, start=1):
            rows.append(_write_exhibit(exhibit, printed, draft))
            if advance:
                advance(number, len(chosen))
        table = pd.DataFrame(rows)
        table.to_csv(draft / "captions.csv", index=False, lineterminator="\n")
        (draft / "captions.md").write_text(_list_captions(rows), encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        draft.rename(out)
    return table


def find_exhibits(runs: list[dict[str, Any]]) -> list[Exhibit]:
    """The figures and tables that the runs wrote, figures first, sorted by name."""
    found, label = {}, labels.read_label()
    for record in runs:
        places = [(Path(wrote["file"]), wrote["cell"]) for wrote in record["wrote"]]
        shown = [(path, cell) for path, cell in places if path.parent.name in KINDS]
        executed = paths.find_file(record["executed"]).read_text(encoding="utf-8")
        headings = read_headings(json.loads(executed)) if shown else {}
        for path, cell in shown:
            kind, heading = KINDS[path.parent.name], headings.get(cell) or record["title"]
            found[kind, path.stem] = Exhibit(kind, path.stem, record, cell, heading, label)
    return [found[key] for key in sorted(found)]


def read_headings(notebook: dict[str, Any]) -> dict[int, str]:
    """For each code cell of an executed copy, by its number, the last heading above it.

    Examples
    --------
    >>> cells = [{"cell_type": "markdown", "source": ["## Money"]},
    ...          {"cell_type": "code", "source": [], "execution_count": 3}]
    >>> read_headings({"cells": cells})
    {3: 'Money'}
    """
    heading, found = "", {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found[cell["execution_count"]] = heading
            continue
        lines = re.findall(r"^##+ (.+)$", "".join(cell["source"]), flags=re.MULTILINE)
        heading = lines[-1].replace("`", "") if lines else heading
    return found


def choose(exhibits: list[Exhibit], names: Sequence[str]) -> list[Exhibit]:
    """Those that are named.

    Raises
    ------
    SettingError
        With each name that is none and the closest there are.
    """
    every = sorted({exhibit.name for exhibit in exhibits})
    problems = [
        f"{name}: found no such figure or table; closest: "
        + (", ".join(difflib.get_close_matches(name, every, n=3, cutoff=0.4)) or "none")
        for name in names
        if not any(fnmatchcase(one, name) for one in every)
    ]
    if problems:
        raise SettingError("cannot export:\n  " + "\n  ".join(problems))
    wanted = names or ["*"]
    return [e for e in exhibits if any(fnmatchcase(e.name, name) for name in wanted)]


def read_printed() -> dict[str, str]:
    """For each printed item, what a caption says of it: where it stands and how it came out."""
    sources = {name: name_briefly(record) for name, record in read_references().items()}
    verdicts = pd.read_csv(paths.RESULTS / "verdicts.csv", **AS_TEXT)
    counts = {item: Counter(rows.verdict) for item, rows in verdicts.groupby("item_id")}
    register = pd.read_csv(paths.RAW / "discrepancies.csv", **AS_TEXT)
    differing = Counter(item for items in register["items"] for item in items.split("; "))
    found = {}
    for row in pd.read_csv(paths.RAW / "items.csv", **AS_TEXT).itertuples():
        stem = row.item_id.partition("/")[2].replace("-", " ").title()
        section = f", section {row.section}" if row.section[:1].isdigit() else ""
        words = f"{stem} of {sources[row.source_id]}{section}: {row.label}."
        verdicts_of = sorted(counts.get(row.item_id, Counter()).items())
        came_out = ", ".join(f"{n} {verdict}" for verdict, n in verdicts_of)
        words += f" Its printed values: {came_out}." if came_out else ""
        n = differing[row.item_id]
        words += f" Discrepancies in the register: {n}." if n else ""
        found[row.item_id] = words
    return found


def find_item(name: str, items: Sequence[str]) -> str:
    """The printed item that a figure or table is named after; empty if none, or not one.

    Examples
    --------
    >>> find_item("framework-glasby-figure-2", ["glasby2012/figure-2", "elston2005/figure-2"])
    'glasby2012/figure-2'
    """
    forms: dict[str, set[str]] = {}
    for item in items:
        source, _, stem = item.partition("/")
        alone = [stem] if PRINTED.match(stem) else []
        for form in (*alone, f"{source}-{stem}", f"{source.rstrip('0123456789')}-{stem}"):
            if re.search(rf"(^|-){re.escape(form)}(-|$)", name):
                forms.setdefault(form, set()).add(item)
    best = forms[max(forms, key=len)] if forms else set()
    return best.pop() if len(best) == 1 else ""


def _write_exhibit(exhibit: Exhibit, printed: dict[str, str], draft: Path) -> dict[str, Any]:
    """Write the files of one figure or table; return its row of the captions."""
    source, target = paths.RESULTS / exhibit.base, draft / exhibit.base
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(f"{source}.csv", f"{target}.csv")
    table = pd.read_csv(f"{source}.csv", **AS_TEXT)
    table.columns = [re.sub(r"^Unnamed: \d+$", "", name).replace("_", " ") for name in table]
    drawn = exhibit.kind == "figure"
    picture = Path(f"{source}.svg").read_text(encoding="utf-8") if drawn else ""
    # Text is drawn as outlines; matplotlib keeps what it says in a comment.
    rebuilt = bool(re.search(r"<!-- [^>]*reconstruction", picture, flags=re.IGNORECASE))
    item, size = find_item(exhibit.name, list(printed)), ("", "")
    caption = write_caption(exhibit, printed.get(item, ""), rebuilt)
    alt = describe(exhibit, table, rebuilt)
    if drawn:
        picture, size = fit_picture(picture, exhibit.words, alt)
        Path(f"{target}.svg").write_text(picture, encoding="utf-8", newline="\n")
        Path(f"{target}.png").write_bytes(set_dots(Path(f"{source}.png").read_bytes(), size[0]))
    else:
        Path(f"{target}.docx").write_bytes(write_word(table, exhibit.name, caption, alt))
        text = write_latex(table, exhibit.name, caption, alt)
        Path(f"{target}.tex").write_text(text, encoding="utf-8", newline="\n")
    return {
        **{"kind": exhibit.kind, "name": exhibit.name, "width_mm": size[0], "height_mm": size[1]},
        **{"caption": caption, "alt": alt, "run": exhibit.record["run"], "cell": exhibit.cell},
        "item_id": item,
    }


def write_caption(exhibit: Exhibit, printed: str, rebuilt: bool) -> str:
    """What is shown, what print it follows and how that came out, and which cell made it."""
    parts = ["Reconstruction: the printed image is missing." if rebuilt else "", exhibit.words]
    parts += [f"After {printed}" if printed else ""]
    parts += [f"Made by {exhibit.record['notebook']}, In [{exhibit.cell}]."]
    return " ".join(filter(None, parts))


def describe(exhibit: Exhibit, table: pd.DataFrame, rebuilt: bool) -> str:
    """What a figure or table holds, for a reader who does not see it.

    Parameters
    ----------
    table : DataFrame
        The data, cells as text.
    """
    named = "; ".join(name for name in table.columns[:NAMED] if name)
    more = f"; and {table.shape[1] - NAMED} more" if table.shape[1] > NAMED else ""
    values = table.drop(columns=[name for name in PLACES if name in table])
    numbers = values.replace("", None).apply(pd.to_numeric, errors="coerce")
    whole = (numbers.notna() == (values != "")).all() & (numbers.min() < numbers.max())
    ranges = [
        f"{name} from {numbers[name].min():g} to {numbers[name].max():g}"
        for name in numbers.columns[whole][:RANGED]
    ]
    kind = "Reconstruction" if rebuilt else exhibit.kind.capitalize()
    rows = "1 row" if len(table) == 1 else f"{len(table)} rows"
    spans = f" {'; '.join(ranges)}." if ranges else ""
    return f"{kind}. {exhibit.words} {rows} of {named}{more}.{spans}"


def _list_captions(rows: list[dict[str, Any]]) -> str:
    """The captions and alt texts as a page to copy from."""
    parts = ["# Captions\n"]
    for row in rows:
        size = f"\n\n{row['width_mm']} x {row['height_mm']} mm" if row["width_mm"] else ""
        head = f"## {row['kind']} `{row['name']}`"
        parts.append(f"{head}\n\n{row['caption']}\n\n*Alt text:* {row['alt']}{size}\n")
    return "\n".join(parts)
