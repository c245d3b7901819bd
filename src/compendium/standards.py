"""What two standards of the social sciences ask of each display item.

The ACRe scale (BITSS, *Guide for Accelerating Computational Reproducibility in the Social
Sciences*, chapter Assessment) runs from 1, neither data nor code, to 10, reproducible from raw
data. Here it never passes 5: the analysis data are the printed inputs, and the interviews and
documents behind them are not held. An item that was only typed in gets no level at all.
The social science data editors' README asks which program makes each table, figure and number.
"""

import re
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

# None of the texts came with a data set or a program; the guide's level 1.
AS_PUBLISHED = 1
COMPUTED = ("derived", "claim")
OPEN = ("not-derivable", "not-recoverable")
NUMBERED = re.compile(r"(table|figure|box|appendix|section)-([a-z]?[\d.]*)(?:-(.+))?")


def count_values(items: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """How far each item's printed values were computed.

    Parameters
    ----------
    items : DataFrame
        ``item_id`` and others, as ``items.csv`` has them.
    verdicts : DataFrame
        ``item_id``, ``role`` and ``verdict``, as `audit.give_verdicts` returns.

    Returns
    -------
    DataFrame
        The items with ``printed``, all values; ``inputs``; ``computed``, derived values and
        claims that a rule worked out, as printed or not; ``compared``, the same fact held against
        another place; ``open``, inputs not printed or image missing; and ``differs``.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["a/table-1", "a/table-2"]})
    >>> verdicts = pd.DataFrame({"item_id": "a/table-1", "role": ["input", "derived", "repeated"],
    ...                          "verdict": ["transcribed", "differs", "exact"]})
    >>> count_values(items, verdicts).iloc[:, 1:].values.tolist()
    [[3, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0]]
    """
    known = ~verdicts.verdict.isin([*OPEN, "transcribed"])
    marks = {
        "printed": verdicts.verdict.notna(),
        "inputs": verdicts.role.eq("input"),
        "computed": verdicts.role.isin(COMPUTED) & known,
        "compared": verdicts.role.eq("repeated") & known,
        "open": verdicts.verdict.isin(OPEN),
        "differs": verdicts.verdict.eq("differs"),
    }
    counts = pd.DataFrame(marks).groupby(verdicts.item_id).sum()
    counts = counts.reindex(items.item_id, fill_value=0).astype(int)
    return items.drop(columns="values", errors="ignore").join(counts, on="item_id")


def give_levels(items: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The ACRe level of each table, figure, box and appendix, by rule.

    Returns
    -------
    DataFrame
        ``item``, ``item_id``, ``printed`` and ``computed`` (numbers of values),
        ``as_published``, ``with_this_compendium`` (blank where nothing was computed) and
        ``reason``. The level speaks of the computed values only, which the guide allows.

    Notes
    -----
    5: every computed value comes out as printed. 4: one differs, or a repeated fact does.
    3: some values cannot be computed, or the item is held in part. None: nothing was computed;
    comparing a fact that is printed twice reproduces nothing.
    """
    rows = [
        {
            "item": title_item(item.item_id, item.label),
            "item_id": item.item_id,
            "printed": item.printed,
            "computed": item.computed,
            "as_published": AS_PUBLISHED,
            "with_this_compendium": str(_level(item) or ""),
            "reason": _reason(item),
        }
        for item in count_values(items[items.kind != "text"], verdicts).itertuples()
    ]
    return pd.DataFrame(rows)


def _level(item: Any) -> int | None:
    if not item.computed:
        return None
    if item.open or item.completeness != "complete":
        return 3
    return 4 if item.differs else 5


def _reason(item: Any) -> str:
    share = f"{item.computed} of {item.printed} values computed"
    is_partial = item.completeness != "complete"
    if _level(item) == 5:
        return f"{share}, all as printed; from printed inputs, not from raw material"
    if item.computed:
        gaps = [f"not computable: {item.open}"] if item.open else []
        gaps += ["the item is held in part"] if is_partial else []
        gaps += [f"differ from print, repeated facts included: {item.differs}"] * bool(item.differs)
        return f"{share}; {'; '.join(gaps)}"
    if item.open or is_partial:
        return "nothing computed: the image is missing, or its inputs are not printed"
    if item.compared:
        return f"nothing computed; only compared with another place: {item.compared}"
    return f"only transcribed; taken as given: {item.inputs}" if item.inputs else "words only"


def title_item(item_id: str, label: str = "") -> str:
    """How the work itself calls an item; its label where the work gives it no number.

    Examples
    --------
    >>> title_item("elston2005/table-4.2"), title_item("elston2005/appendix-h-observation")
    ('Table 4.2', 'Appendix H (observation)')
    >>> title_item("elston2005/section-3.3.1"), title_item("glasby2012/text", "Numbers in the text")
    ('In text, section 3.3.1', 'Numbers in the text')
    """
    found = NUMBERED.fullmatch(item_id.split("/", 1)[1])
    if not found:
        return label
    kind, number, part = found.groups()
    name = "In text, section" if kind == "section" else kind.capitalize()
    return f"{name} {number.upper()}" + (f" ({part})" if part else "")


def list_programs(
    items: pd.DataFrame, verdicts: pd.DataFrame, records: list[dict[str, Any]]
) -> pd.DataFrame:
    """The data editors' list of tables and programs: which cell makes what is printed.

    Parameters
    ----------
    items : DataFrame
        As ``items.csv``; display items and numbers in text alike.
    verdicts : DataFrame
        As `audit.give_verdicts` returns.
    records : list of dict
        As `records.read_records` returns: what each run wrote and judged, and in which cell.

    Returns
    -------
    DataFrame
        The template's five columns, then ``item_id``, ``source_id`` and ``kind``. A program is a
        notebook with its parameters, a line number the n of a cell's ``In [n]``.
    """
    rows = []
    for item in count_values(items, verdicts).itertuples():
        mine = set(verdicts.value_id[verdicts.item_id == item.item_id])
        runs = find_runs(item.notebook, mine, records)
        outputs = [place for run in runs for place in find_outputs(item.item_id, mine, run)]
        rows.append(
            {
                "Figure/Table #": title_item(item.item_id, item.label),
                "Program": _join(_program(run) for run in runs),
                "Line Number": _join(f"In [{cell}]" for cell, _ in outputs if cell),
                "Output file": _join(file for _, file in outputs),
                "Note": _note(item, verdicts[verdicts.item_id == item.item_id]),
                "item_id": item.item_id,
                "source_id": item.source_id,
                "kind": item.kind,
            }
        )
    return pd.DataFrame(rows)


def find_runs(notebook: str, values: set[str], records: list[dict]) -> list[dict]:
    """The runs of an item's notebook that judge a value of it; all of them if it has no value."""
    mine = [record for record in records if PurePosixPath(record["notebook"]).stem == notebook]
    return [record for record in mine if values & _judged(record).keys()] or mine


def find_outputs(item_id: str, values: set[str], record: dict) -> list[tuple[int, str]]:
    """Where a run shows an item: the cell, and the file it writes.

    A table or drawing named after the item; or all a run writes that judges this item alone; or
    the table of its verdicts; or, for an item without values, the executed notebook (cell 0).
    """
    name = re.escape(item_id.split("/", 1)[1])
    wrote = [(entry["cell"], entry["file"]) for entry in record["wrote"]]
    shown = [place for place in wrote if place[1].startswith(("results/tables", "results/figures"))]
    named = [
        place
        for place in shown
        if re.fullmatch(f"(.+-)?{name}(-.+)?", PurePosixPath(place[1]).stem)
    ]
    judged = _judged(record)
    if named or (values and judged.keys() <= values):
        return named or shown
    cells = {cell for value, cell in judged.items() if value in values}
    return [place for place in wrote if place[0] in cells] or [(0, record["page"])]


def _judged(record: dict) -> dict[str, int]:
    """The values a run judges, each with its cell."""
    return {value: entry["cell"] for entry in record["judged"] for value in entry["values"]}


def _program(record: dict) -> str:
    given = ", ".join(f"{name}={value}" for name, value in record["given"].items())
    return record["notebook"] + (f" ({given})" if given else "")


def _note(item: Any, verdicts: pd.DataFrame) -> str:
    counts = verdicts.verdict[verdicts.role != "input"].value_counts().sort_index()
    told = [f"{verdict}: {n}" for verdict, n in counts.items()]
    told += [f"taken as given: {item.inputs}"] if item.inputs else []
    told = told or ["no printed value"]
    if item.completeness != "complete":
        told += [
            "image missing, redrawn from the prose" if item.kind == "figure" else "held in part"
        ]
    return "; ".join(told)


def _join(parts: Any) -> str:
    return "; ".join(dict.fromkeys(parts))
