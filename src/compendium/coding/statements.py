"""What the prose says of each box, row by row, for one actor at one time.

Each row of a coder's ``evidence`` is one statement about one actor: a factor raises or lowers
something. The rows are one reading of a text. A box leans where all its rows go one way and still
do when any one line is left out: it takes two lines, none alone can give a lean. Where rows do
not agree, or do not speak, the lean is missing and its range stays open: the number of sentences an
author spends on a factor is not its weight.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError, refuse
from compendium.models import check
from compendium.printed import tables
from compendium.printed.descriptor import list_coders
from compendium.settings import read_study

# What a coder says to the reader alone.
_WORDS = ("label", "words", "doubt")
# What a box may be where no row speaks of it.
OPEN = (-1, 1)
DIRECTIONS = ("+", "-", "0", "+/-")
LEANS = dict.fromkeys(("lean", "lean_min", "lean_max"), "Int64")  # as they are kept
_AGREED = {"+": 1, "-": -1, "0": 0}
_LEAST_SURE = ("contested", "likely", "certain")


def read_coded(name: str, coder: str = "", *, words: bool = True) -> pd.DataFrame:
    """A raw table; if it is one of those that each coder has, this coder's, or the headline's.

    What a coder did not read is the headline's too: a coding of statements alone is weighed by
    the printed leans that the headline goes by. Without `words` it comes without the columns that
    speak to the reader alone. A DataError if there is no such coder or table.

    >>> read_coded("coding/evidence").equals(read_coded("coding/evidence", list_coders()[0]))
    True
    """
    table = find_coded(name, coder).removesuffix(".csv")
    fields = [field["name"] for field in tables.find_table(table)["schema"]["fields"]]
    kept = [field for field in fields if field not in _WORDS]
    is_whole = words or not name.startswith("coding/") or kept == fields
    return tables.read_table(table, () if is_whole else kept)


def find_coded(name: str, coder: str = "") -> str:
    """Which file of the raw data `read_coded` reads.

    >>> find_coded("coding/cases", list_coders()[0])
    'coding/cases.csv'
    """
    if coder not in (known := ["", *list_coders()]):
        raise DataError(f"found the coder {coder!r}; allowed: {', '.join(known[1:])}")
    own = name.replace("coding/", f"coding/{coder}/") if coder else name
    has_own = (paths.RAW / f"{own}.csv").is_file()
    return tables.find_table(own if has_own else name)["path"]


def list_values(name: str, column: str, *rows: pd.DataFrame) -> list[Any]:
    """What may stand in a column of a coded table: what is listed, or else what does in `rows`.

    Listed by the schema, or the codes of the codebook; ``""`` is a blank, where one may be.

    >>> list_values("coding/orderings", "measure")
    ['involvement', 'influence']
    """
    schema = tables.find_table(name)["schema"]
    rules = next(f.get("constraints", {}) for f in schema["fields"] if f["name"] == column)
    if not (values := rules.get("enum", [])):
        parts = [table[column] for table in rows if column in table]
        for key in schema.get("foreignKeys", []):
            there = dict(zip(key["fields"], key["reference"]["fields"], strict=True))
            if column in there:
                listed = tables.read_table(key["reference"]["resource"])
                parts = [listed.dropna(subset=[*there.values()])[there[column]]]
        values = dict.fromkeys(value for part in parts for value in part.dropna())
    return [*values, *([] if rules.get("required") else [""])]


def select(
    rows: pd.DataFrame, actor: str, *, site: str = "all", partnership: str = "both",
    stages: Sequence[str] = ("general",), district: str | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The rows of a coded table that speak of one actor's involvement, none repeated.

    For the site see `sites_of`. What is said of both partnerships, or of no district, counts in
    each; of both, what is said of any.
    """
    where = {"site": site, "partnership": partnership, "stages": stages, "district": district}
    return rows.iloc[find_places(list_told(rows), actor, **where)]


def list_told(rows: pd.DataFrame) -> list[tuple]:
    """Of whom each row of a coded table tells what, where and when: what `find_places` asks."""
    told = "target" if "target" in rows else "measure"
    names = ["actor", told, "is_restatement", "site", "partnership", "stage", "district"]
    check.columns(rows, names)
    return list(zip(*(rows[name].tolist() for name in names), strict=True))


def find_places(
    told: list[tuple], actor: str, *, site: str, partnership: str, stages: Sequence[str],
    district: str | None,
) -> list[int]:  # fmt: skip
    """The places of the rows that `select` gives."""
    sites, every = sites_of(site, partnership), _list_places(paths.RAW / "fields.csv")[1]
    partnerships = every if partnership == "both" else [partnership, "both"]
    return [
        place
        for place, (who, of, again, there, within, stage, part) in enumerate(told)
        if (who, of, again) == (actor, "involvement", "no")
        and there in sites and within in partnerships and stage in stages
        and (pd.isna(part) or part == district)
    ]  # fmt: skip


def sites_of(site: str, partnership: str) -> set[str]:
    """Which entries of a site column speak of a site, in a partnership.

    Its own, ``all``, and the groups that the study declares for the site and for the partnership;
    ``all`` leaves single sites out. A DataError if there is no such site or partnership.

    >>> sorted(sites_of("all", "both"))
    ['all']
    """
    sites, partnerships = _list_places(paths.RAW / "fields.csv")
    if site not in (sites := dict.fromkeys(["all", *sites])) or partnership not in partnerships:
        found = f"site {site!r} and partnership {partnership!r}"
        allowed = f"{', '.join(sites)}; {', '.join(partnerships)}"
        raise DataError(f"found {found}; allowed: {allowed}")
    groups = read_study().groups
    return {"all", site, *groups.get(site, []), *groups.get(partnership, [])}


@paths.once_a_state
def _list_places(_fields: Path) -> list[list[str]]:
    """The sites and the partnerships that a case may have."""
    return [tables.allowed_values("coding/cases", name) for name in ("site", "partnership")]


def lean_boxes(rows: pd.DataFrame) -> pd.DataFrame:
    """What the rows say of each box: its lean where they agree, its range where they do not.

    Gives a row per factor of the study: ``box``, ``lean`` (missing where rows disagree, none
    speaks, or all stand on one line), ``lean_min``, ``lean_max``, ``confidence`` (the least of the
    rows'), ``n_for``, ``n_against``, ``lines``, and ``hangs_on``: each line without which the rows
    would agree where they do not, or no longer speak. A DataError names every code that is none.

    >>> code = list(read_study().codes.values())[0]
    >>> rows = pd.DataFrame({"factor": code, "direction": ["+", "+"], "code_min": [1, 0],
    ...     "code_max": 1, "confidence": "likely", "line": [1, 2]})
    >>> lean_boxes(rows).astype(object).loc[0, ["lean", "lean_min", "lean_max", "lines"]].tolist()
    [1, 0, 1, '1 2']
    """
    check_statements(rows)
    return pd.DataFrame(list_leans(rows)).astype(LEANS)


def list_leans(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `lean_boxes`, of statements that have been checked."""
    said = rows[["factor", "direction", "code_min", "code_max", "confidence", "line"]]
    said = said.to_dict("records")
    return [
        {"box": box, **_lean([row for row in said if row["factor"] == code])}
        for box, code in _codes().items()
    ]


def check_statements(rows: pd.DataFrame) -> None:
    """Refuse statements that say nothing of a box: every code that is none, every missing line."""
    _check_codes(rows, factor=None, direction=DIRECTIONS, confidence=_LEAST_SURE)
    if len(rows):
        check.numbers(rows[["code_min", "code_max"]], "admissible leans", *OPEN)
        check.numbers(rows[["line"]], "lines", 0)


def _check_codes(rows: pd.DataFrame, **allowed: Sequence[str] | None) -> None:
    """Refuse columns that are not there, and every code that is missing or not allowed."""
    problems = [
        f"found no column {name!r}; allowed: {', '.join(allowed)}"
        for name in allowed
        if name not in rows
    ]
    for name, codes in allowed.items():
        if name in rows:
            wrong = rows[name].isna() if codes is None else ~rows[name].isin(codes)
            words = f"allowed: {'a code' if codes is None else ', '.join(codes)}"
            problems += [f"row {at!r}, {name}: found {rows[name][at]!r}; {words}"
                         for at in rows.index[wrong]]  # fmt: skip
    refuse("statements that say nothing of a box", problems)


def _codes() -> dict[str, str]:
    """The code of each box; a balance without factors is none."""
    if not (codes := read_study().codes):
        raise DataError("study.toml, factors: found none; allowed: one or more, to be weighed")
    return codes


def _lean(rows: list[dict]) -> dict:
    """One box: agreed, contested or silent."""
    said, sure = [row["direction"] for row in rows], {row["confidence"] for row in rows}
    lines = list(dict.fromkeys(row["line"] for row in rows))
    agreed = _agree(rows)
    without = {line: _agree([row for row in rows if row["line"] != line]) for line in lines}
    lean = agreed if {*without.values()} == {agreed} else None
    # Where all rows go one way the most cautious reading of any of them bounds the box.
    low, high = OPEN
    if lean is not None:
        low, high = min(row["code_min"] for row in rows), max(row["code_max"] for row in rows)
    return {
        "lean": lean,
        "lean_min": low,
        "lean_max": high,
        "confidence": next((c for c in _LEAST_SURE if c in sure), "contested"),
        "n_for": said.count("+"),
        "n_against": said.count("-"),
        "lines": " ".join(map(str, lines)),
        "hangs_on": " ".join(str(line) for line in lines if without[line] != agreed),
    }


def _agree(rows: list[dict]) -> int | None:
    """Where all rows lean, if they lean one way."""
    said = {row["direction"] for row in rows}
    return _AGREED.get(said.pop()) if len(said) == 1 else None


def net_direction(rows: pd.DataFrame) -> pd.DataFrame:
    """Another reading of the same rows: a box leans by the balance of its sentences.

    ``box`` and ``lean``: (for - against) / all, -1 to 1; statements either way are left out, and a
    box no other row speaks of is missing. It takes the number of sentences for a weight, which the
    other reading refuses to. A DataError names every code that is none.

    >>> code = list(read_study().codes.values())[0]
    >>> rows = pd.DataFrame({"factor": code, "direction": ["+", "+", "+", "-"]})
    >>> net_direction(rows).lean[0].item()
    0.5
    """
    _check_codes(rows, factor=None, direction=DIRECTIONS)
    return pd.DataFrame(list_nets(rows)).astype({"lean": "Float64"})


def list_nets(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of `net_direction`, of statements that have been checked."""
    signs = [(code, _AGREED[said]) for code, said in zip(rows.factor, rows.direction)
             if said in _AGREED]  # fmt: skip
    boxes = {box: [sign for of, sign in signs if of == code] for box, code in _codes().items()}
    return [{"box": box, "lean": sum(said) / len(said) if said else None}
            for box, said in boxes.items()]  # fmt: skip


def side_of(code_min: float, code_max: float) -> str | None:
    """The side a degree of involvement stands for: left from fair upwards, right up to low.

    None where the admissible range spans both. A DataError if it is no range within 0 to 3.

    >>> side_of(2, 3), side_of(0, 1), side_of(1, 2)
    ('left', 'right', None)
    """
    if not 0 <= code_min <= code_max <= 3:
        found = f"found degrees of involvement from {code_min} to {code_max}"
        raise DataError(f"{found}; allowed: 0 to 3, the least first")
    if code_min >= 2:
        return "left"
    return "right" if code_max <= 1 else None
