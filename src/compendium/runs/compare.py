"""Two runs of one notebook side by side: what they were given, and what came out differently.

A run is a folder of `results/runs` or of a sweep, or one of the reproduction, by its name. Files
are paired as the notebook declares them, so that the tables of two sites meet. Rows meet by the
first columns that tell them apart, or by their place. What is said is read from what the runs left:
nothing is computed again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import SettingError
from compendium.runs import outputs, records
from compendium.runs.notebooks import Run, spread

_COLUMNS = ["kind", "file", "row", "column", "first", "second"]
# What the folder of a file says that it is.
_KINDS = {"tables": "table", "figures": "figure", "processed": "table"}
_MOST_KEYS = 4
# How many files, and cells of each, are drawn.
_MOST_FILES, _MOST_CELLS = 6, 10


class Kept(NamedTuple):
    """A run that was kept, and where what it made lies."""

    name: str
    record: dict[str, Any]
    results: Path
    processed: Path

    def find(self, name: str) -> Path:
        """Where a file that the notebook declares lies."""
        place, _, rest = name.removeprefix("data/").partition("/")
        return {"results": self.results, "processed": self.processed}[place] / rest


def find_run(name: str) -> Kept:
    """The run of that name, or in that folder; those there are, if there is none (SettingError)."""
    for folder in (Path(name), paths.RESULTS / "runs" / name):
        found = sorted((folder / "records").glob("*.json"))
        if len(found) == 1:
            return Kept(folder.name, records.read_record(found[0]), folder, folder / "processed")
    record = paths.RESULTS / "records" / f"{name}.json"
    if record.is_file():
        return Kept(name, records.read_record(record), paths.RESULTS, paths.PROCESSED)
    folders = [*paths.RESULTS.glob("runs/*"), *paths.RESULTS.glob("records/*.json")]
    known = ", ".join(sorted(path.name.removesuffix(".json") for path in folders)) or "none yet"
    raise SettingError(f"found no run {name!r}; allowed: a run's folder, or one of {known}")


def compare_runs(first: Kept, second: Kept) -> pd.DataFrame:
    """All that differs between two runs of one notebook.

    Returns
    -------
    DataFrame
        ``kind`` (parameter, answer, verdict, table, figure), ``file``, ``row``, ``column``, and
        what stands there in the ``first`` and in the ``second``; blank where only one has it.

    Raises
    ------
    SettingError
        If they are runs of two notebooks.
    """
    ran = [run.record["notebook"] for run in (first, second)]
    if ran[0] != ran[1]:
        raise SettingError(f"found runs of {' and of '.join(ran)}; allowed: two runs of one")
    given, said = ([_say(read, run.record) for run in (first, second)] for read in (_given, _said))
    rows = [*_compare_words("parameter", *given), *_compare_words("answer", *said)]
    source = paths.STUDY / ran[0]
    declared = (Run(source, run.record["given"]).files for run in (first, second))
    for names in zip(*declared):
        files = [run.find(name) for run, name in zip((first, second), names)]
        if files[0].suffix == ".csv" and all(file.is_file() for file in files):
            kind = _KINDS[Path(names[0]).parent.name if "/" in names[0] else ""]
            rows += _compare_tables(kind, Path(names[0]).stem, *map(_read, files))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _given(record: dict[str, Any]) -> dict[str, Any]:
    return spread(record["parameters"])


def _said(record: dict[str, Any]) -> dict[str, Any]:
    return {said["name"]: said["value"] for said in record["answered"]}


def _say(read: Any, record: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in read(record).items()}


def _read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table.rename(columns={"Unnamed: 0": "row"})


def _compare_words(kind: str, first: dict[str, str], second: dict[str, str]) -> Iterator[tuple]:
    for name in dict.fromkeys([*first, *second]):
        one, other = first.get(name, ""), second.get(name, "")
        if one != other:
            yield kind, "", name, "", one, other


def _compare_tables(
    kind: str, name: str, first: pd.DataFrame, second: pd.DataFrame
) -> Iterator[tuple]:
    shared = [column for column in first if column in second]
    for n in range(1, _MOST_KEYS + 1):
        keys = shared[:n]
        if not any(table.duplicated(keys).any() for table in (first, second)):
            first, second = (
                table.set_index(table[keys].agg(" / ".join, axis=1)) for table in (first, second)
            )
            break
    for column in first.columns.symmetric_difference(second.columns, sort=False):
        yield kind, name, "", column, *("column" if column in t else "" for t in (first, second))
    for row in first.index.symmetric_difference(second.index, sort=False):
        yield kind, name, str(row), "", *("row" if row in t.index else "" for t in (first, second))
    rows = [row for row in first.index if row in second.index]
    one, other = (table.loc[rows, shared] for table in (first, second))
    for place, where in zip(*(one.to_numpy() != other.to_numpy()).nonzero()):
        cells = one.iat[place, where], other.iat[place, where]
        of_verdict = "verdict" if shared[where] == "verdict" else kind
        yield of_verdict, name, str(rows[place]), shared[where], *cells


def find_changes(found: pd.DataFrame) -> pd.DataFrame:
    """The numbers among what differs: ``file``, ``cell``, ``first``, ``second``, ``change``.

    Of each file the greatest change comes first; a figure's data that is a table's too, once.
    """
    cells = found[found.kind.isin(["table", "figure", "answer"])].copy()
    for end in ("first", "second"):
        cells[end] = pd.to_numeric(cells[end], errors="coerce")
    cells = cells.dropna(subset=["first", "second"])
    cells = cells.assign(
        file=cells.file.where(cells.file != "", "answers"),
        cell=(cells.row + ", " + cells.column).str.removesuffix(", "),
        change=cells["second"] - cells["first"],
    )
    cells = cells.sort_values("change", key=lambda change: -change.abs(), kind="stable")
    order = {file: place for place, file in enumerate(["answers", *dict.fromkeys(found.file)])}
    cells = cells.sort_values("file", key=lambda file: file.map(order), kind="stable")
    return cells[["file", "cell", "first", "second", "change"]].reset_index(drop=True)


def describe(found: pd.DataFrame, first: Kept, second: Kept) -> str:
    """What differs, in lines: word for word, and of each table how much and where the most."""
    lines = [f"first   {first.name}", f"second  {second.name}"]
    for kind in ("parameter", "answer", "verdict"):
        rows = found[found.kind == kind]
        lines += [f"{kind}  {row.row}: {row.first or '-'} -> {row.second or '-'}"
                  for row in rows.itertuples()]  # fmt: skip
    changes = find_changes(found).groupby("file").head(1).set_index("file")
    for (kind, file), rows in found.query("kind in ['table', 'figure']").groupby(
        ["kind", "file"], sort=False
    ):
        cells = rows[(rows.row != "") & (rows.column != "")]
        alone = len(rows) - len(cells)
        words = f"{kind}  {file}: {len(cells)} cells differ"
        if alone:
            words += f", {alone} rows or columns are in one run only"
        if len(cells) and file in changes.index:
            most = changes.loc[file]
            words += f"; most at {most.cell}: {most['first']:g} -> {most['second']:g}"
        lines.append(words)
    return "\n".join(lines if len(found) else [*lines, "nothing differs"])


def write_comparison(found: pd.DataFrame, out: Path) -> None:
    """Write what differs into a new folder: ``differences.csv``, and the greatest changes drawn."""
    from compendium.figures.runs import plot_changes  # noqa: PLC0415 - a second, for a figure only

    changes = find_changes(found)
    drawn = changes[changes.file.isin(changes.file.unique()[:_MOST_FILES])]
    drawn = drawn.groupby("file", sort=False).head(_MOST_CELLS)
    with paths.new_folder(out) as draft:
        text = found.to_csv(index=False, lineterminator="\n")
        paths.write_file(draft / "differences.csv", text)
        if len(drawn):
            outputs.draw_apart(draft / "changes", plot_changes, drawn)
