"""Two runs side by side: what they were given, and what came out differently.

A run is a folder of `results/runs` or of a sweep, or one of the reproduction, by its name. Files
are paired as the notebook declares them, so that the tables of two sites meet. Rows meet by the
first columns that tell them apart, or by their place. What is said is read from what the runs left:
nothing is computed again. Two whole reproductions are held against each other by the same
comparison of tables (`latest`).
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
    """All that differs between two runs of one notebook; others are refused (SettingError).

    Returns
    -------
    DataFrame
        ``kind`` (parameter, answer, verdict, table, figure), ``file``, ``row``, ``column``, and
        what stands there in the ``first`` and in the ``second``; blank where only one has it.
    """
    ran = [run.record["notebook"] for run in (first, second)]
    if ran[0] != ran[1]:
        raise SettingError(f"found runs of {' and of '.join(ran)}; allowed: two runs of one")
    said = [
        {
            **{("parameter", k): str(v) for k, v in spread(run.record["parameters"]).items()},
            **{("answer", one["name"]): str(one["value"]) for one in run.record["answered"]},
        }
        for run in (first, second)
    ]
    words = ((*key, *(each.get(key, "") for each in said)) for key in said[0] | said[1])
    rows = [(kind, "", name, "", *ends) for kind, name, *ends in words if ends[0] != ends[1]]
    source = paths.STUDY / ran[0]
    for names in zip(*(Run(source, run.record["given"]).files for run in (first, second))):
        files = [run.find(name) for run, name in zip((first, second), names)]
        if files[0].suffix == ".csv" and all(file.is_file() for file in files):
            kind = _KINDS[Path(names[0]).parent.name if "/" in names[0] else ""]
            tables = [read_cells(file) for file in files]
            keys = _find_keys(*tables)
            for row, column, *ends in compare_tables(*(name_rows(t, keys) for t in tables)):
                what = "verdict" if row and column == "verdict" else kind
                rows.append((what, Path(names[0]).stem, row, column, *ends))
    return pd.DataFrame(rows, columns=_COLUMNS)


def read_cells(path: Path) -> pd.DataFrame:
    """A table as the text that it is."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return table.rename(columns={"Unnamed: 0": "row"})


def _find_keys(first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    """The first columns that tell the rows of both apart, if so few do."""
    shared = [column for column in first if column in second]
    for n in range(1, _MOST_KEYS + 1):
        if not any(table.duplicated(shared[:n]).any() for table in (first, second)):
            return shared[:n]
    return []


def name_rows(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows called by what stands in some columns, or by their place in the file."""
    places = [f"row {n + 2}" for n in range(len(table))]
    return table.set_axis(table[keys].agg(", ".join, axis=1) if keys else places)


def compare_tables(first: pd.DataFrame, second: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Row, column and both readings of what differs between tables of `name_rows`.

    Of a row or a column that one has alone, that it is there.
    """
    for column in first.columns.symmetric_difference(second.columns, sort=False):
        yield "", column, *("column" if column in table else "" for table in (first, second))
    for row in first.index.symmetric_difference(second.index, sort=False):
        yield row, "", *("row" if row in table.index else "" for table in (first, second))
    one, other = first.align(second, join="inner")
    for row, column in zip(*(one.to_numpy() != other.to_numpy()).nonzero()):
        yield one.index[row], one.columns[column], one.iat[row, column], other.iat[row, column]


def find_changes(found: pd.DataFrame) -> pd.DataFrame:
    """The numbers among what differs: ``file``, ``cell``, ``first``, ``second``, ``change``.

    Of each file the greatest change comes first.
    """
    cells = found[found.kind.isin(["table", "figure", "answer"])]
    ends = cells[["first", "second"]].apply(pd.to_numeric, errors="coerce")
    cells = cells.assign(
        **ends,
        file=cells.file.where(cells.file != "", "answers"),
        cell=(cells.row + ", " + cells.column).str.removesuffix(", "),
        change=ends["second"] - ends["first"],
    ).dropna(subset="change")
    cells = cells.sort_values("change", key=lambda change: -change.abs(), kind="stable")
    order = ["answers", *dict.fromkeys(found.file)]
    cells = cells.sort_values("file", key=lambda file: file.map(order.index), kind="stable")
    return cells[["file", "cell", "first", "second", "change"]].reset_index(drop=True)


def describe(found: pd.DataFrame, first: Kept, second: Kept) -> str:
    """What differs, in lines: word for word, and of each table how much and where the most."""
    lines = [f"first   {first.name}", f"second  {second.name}"]
    for kind in ("parameter", "answer", "verdict"):
        rows = found[found.kind == kind]
        lines += [f"{kind}  {row.row}: {row.first or '-'} -> {row.second or '-'}"
                  for row in rows.itertuples()]  # fmt: skip
    changes = find_changes(found).groupby("file").head(1).set_index("file")
    tables = found[found.kind.isin(["table", "figure"])]
    for (kind, file), rows in tables.groupby(["kind", "file"], sort=False):
        cells = rows[(rows.row != "") & (rows.column != "")]
        words = f"{kind}  {file}: {len(cells)} cells differ"
        if alone := len(rows) - len(cells):
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
