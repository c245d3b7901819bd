"""What a second person needs to code the same statements alone, and what their codes then say.

A pack holds the codebook, places to code with every code left blank, and how to proceed. It holds
no code of ours and nothing that gives one away: neither our labels nor the words of strength, nor
how many statements we found at a place. A place is a line and whom it speaks of; it comes once,
and the coder writes as many rows as there are statements. Within a place the first row of ours
meets the first of theirs, and so on down the text: no code decides which rows meet.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError, refuse
from compendium.models.agreement import compare_codings
from compendium.printed import tables
from compendium.settings import read_study


class Sheet(NamedTuple):
    """One sheet of a pack: which coding it repeats, what it gives and what it asks for."""

    table: str
    given: list[str]
    asked: dict[str, str]  # column: the kind of its codes in the codebook; "" for a free text
    stratum: str = ""  # the places are spread over its values, which the sheet does not show
    # Ends of a row that the sheet names in the order of the alphabet, as `first` and `second`.
    ends: tuple[list[str], ...] = ()

    @property
    def file(self) -> str:
        """The sheet's file in a pack."""
        return f"{self.table.removeprefix('coding/')}-to-code.csv"


_PLACE = ["line", "actor", "site", "district"]
_STATEMENT = ["partnership", "factor", "subfactor", "target", "direction", "channel", "assertion"]
_STATEMENT += ["stage", "evidence_kind", "confidence"]
_END = ["{}", "{}_district", "{}_site", "{}_partnership", "stage_{}"]
_FIGURE = ["figure", "state", "site", "actor"]
SHEETS = (
    Sheet("coding/evidence", _PLACE, {c: c for c in _STATEMENT}, "factor"),
    Sheet("coding/involvement", [*_PLACE, "level", "measure", "stage"],
          {"words": "", "code": "involvement_code"}, "code"),
    Sheet("coding/orderings", ["line", "first", "second", "level", "measure"], {"order": "order"},
          "measure", tuple([c.format(end) for c in _END] for end in ("more", "less"))),
    Sheet("coding/dependencies", ["line", "first", "second", "site"],
          {"order": "order", "resource": "resource", "axis": "axis", "strength": "strength"},
          "axis", (["dependent"], ["provider"])),
    Sheet("coding/leanings", [*_FIGURE, "box"], {"lean": "lean"}),
    Sheet("coding/tilts", _FIGURE, {"tilt": "tilt"}),
)  # fmt: skip
_UNITS, _CODER = "units.csv", "coder.csv"
_ASKED_OF_CODER = {"kind": r"human|model", "who": ".+", "date": ".*", "saw_another": "yes|no"}
# What the text may leave open, and how a sheet says so: a blank means that nobody coded it.
_OPEN, _MAY_BE_OPEN = "open", ["lean", "tilt", "strength", "resource"]
# Codes that stand in an order, as numbers. A direction either way has no place in it: a gap.
_ORDERS = {
    "direction": {"-": -1, "0": 0, "+": 1},
    "confidence": {"contested": 1, "likely": 2, "certain": 3},
    "code": {"0": 0, "1": 1, "2": 2, "3": 3},
    "strength": {"1": 1, "2": 2, "3": 3},
    "lean": {"-1": -1, "0": 0, "1": 1},
}
# Below so many rows with both codes an interval is printed and no reading of it. Ours.
LEAST_ROWS = 50
_GUIDE = paths.PACKAGE / "templates" / "coding" / "second-coder.md"


class Return(NamedTuple):
    """What came back: who coded, how far that agrees with our codes, and what only one found."""

    coder: dict[str, str]
    table: pd.DataFrame
    found: pd.DataFrame  # by sheet: places, rows of either and rows that met


def write_pack(
    folder: Path, n_units: int | None = 60, seed: int = 1, text: Path | None = None
) -> None:
    """Write the codebook, the blank sheets and how to proceed into a new folder, or an empty one.

    Each sheet asks for at most `n_units` places, None for all there are; `seed` says which, spread
    over factors, or degrees, in proportion. Of the `text` coded, which the study does not hold, the
    lines of the sheets are cut out, each with the one before. A folder in which something lies is
    left as it is and refused (SettingError), another text than the study's too (DataError).
    """
    if n_units is not None and n_units < 1:
        raise SettingError(f"n_units: found {n_units}; allowed: 1 or more, or none given for all")
    with paths.new_folder(folder) as draft:
        for name, content in _make_files(n_units, seed, text).items():
            (draft / name).write_text(content, encoding="utf-8", newline="\n")


def read_return(folder: Path) -> tuple[dict[str, str], dict[str, pd.DataFrame]]:
    """Who coded, and the rows that came back, held to the codebook and to what was sent.

    By table of ours. Refused in one error (DataError): a coder who is not named, every code the
    codebook does not allow, row half filled, given cell that was changed, and place that is missing
    or unknown.

    >>> read_return(Path("nowhere"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    compendium.errors.DataError: cannot read ...coder.csv: ...; allowed: CSV in UTF-8, with commas
    """
    coder = _read(folder / _CODER, list(_ASKED_OF_CODER))
    units = _read(folder / _UNITS, ["file", "unit", "place"])
    files = {s.table: _read(folder / s.file, ["unit", *s.given, *s.asked]) for s in SHEETS}
    problems = [*_check_coder(coder)]
    for sheet in SHEETS:
        sent = units[units.file == sheet.file].set_index("unit").place
        problems += _check_sheet(sheet, files[sheet.table], sent)
    refuse("the returned sheets cannot be used", problems)
    return coder[[*_ASKED_OF_CODER]].iloc[0].to_dict(), files


def compare_return(folder: Path, n_draws: int = 2000, seed: int = 1) -> Return:
    """Who coded, and how far the codes that came back agree with ours, for each variable.

    Refuses what `read_return` refuses. A direction that goes either way is a code of ``direction``
    and a gap in its order. Of fewer than `LEAST_ROWS` rows nothing is said but the interval.
    """
    coder, returned = read_return(folder)
    compared, found = [], []
    for sheet in SHEETS:
        theirs, ours = returned[sheet.table], _read_ours(sheet)
        theirs = theirs[(theirs[[*sheet.asked]] != "").all(axis=1)]
        ours = ours[ours.place.isin(_name_places(returned[sheet.table], sheet))]
        both = _number(ours.drop(columns="place"), sheet), _number(theirs, sheet)
        met = both[0].index.intersection(both[1].index)
        found.append((sheet.file, ours.place.nunique(), *map(len, both), len(met)))
        scored = [_score(codes.loc[met], sheet) for codes in both]
        levels = {v: "ordinal" if v.endswith(" as order") else "nominal" for v in scored[0]}
        table = compare_codings(*scored, levels, n_draws, seed)
        compared.append(table.assign(variable=sheet.file.split("-")[0] + ": " + table.variable))
    table = pd.concat(compared, ignore_index=True)
    few = table.n_units.between(1, LEAST_ROWS - 1)
    table.loc[few, "reading"] = [f"{n} rows of the {LEAST_ROWS} needed" for n in table.n_units[few]]
    columns = ["sheet", "places", "ours", "theirs", "met"]
    return Return(coder, table, pd.DataFrame(found, columns=columns))


def _read_ours(sheet: Sheet) -> pd.DataFrame:
    """Our rows as a sheet has them, in the order of the text, with their place."""
    rows = tables.read_table(sheet.table).astype("string")
    if sheet.ends:
        one, other = (
            rows[columns].fillna("").agg(lambda cells: ", ".join(filter(None, cells)), axis=1)
            for columns in sheet.ends
        )
        turned = one > other
        rows["first"], rows["second"] = one.mask(turned, other), other.mask(turned, one)
        rows["order"] = turned.map({True: "second", False: "first"}).astype("string")
    unsaid = rows.columns.intersection(_MAY_BE_OPEN)
    rows[unsaid] = rows[unsaid].fillna(_OPEN)
    rows[sheet.given] = rows[sheet.given].fillna("")
    return rows.assign(place=_name_places(rows, sheet))


def _name_places(rows: pd.DataFrame, sheet: Sheet) -> pd.Series:
    """What tells one place from another, in one cell."""
    cells = rows[sheet.given].to_numpy(dtype=str)
    return pd.Series(["|".join(row) for row in cells], rows.index, dtype="string")


def _number(rows: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The rows by place, and by which of its rows they are."""
    places = _name_places(rows, sheet).reset_index(drop=True)
    number = places.groupby(places).cumcount().astype(str)
    return rows[[*sheet.asked]].set_axis(places + " " + number)


def _score(codes: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """The variables to compare: codes as they are, and those in an order as numbers, too."""
    coded = codes[[column for column, kind in sheet.asked.items() if kind]].astype("string")
    for column, order in _ORDERS.items():
        if column in coded:
            coded[f"{column} as order"] = coded[column].map(order).astype(float)
    return coded


def _make_files(n_units: int | None, seed: int, text: Path | None) -> dict[str, str]:
    """The text of each file of a pack."""
    rng = np.random.default_rng(seed)
    drawn = {sheet.file: (sheet, _draw(sheet, n_units, rng)) for sheet in SHEETS}
    kinds = {kind for sheet in SHEETS for kind in [*sheet.given, *sheet.asked.values()]}
    codebook = tables.read_table("coding/codebook").astype("string").fillna({"code": _OPEN})
    codebook = codebook[codebook.kind.isin(kinds | {"statement", "group"})]
    lines = {int(n) for _, units in drawn.values() for n in units.get("line", ())}
    figured = (tables.read_table(s.table).line for s in SHEETS if "line" not in s.given)
    lines |= {int(n) for told in figured for n in told.dropna()}
    # An example says how a line is coded: of a line that is asked for it stays away.
    shown = ["example_line", "example"]
    codebook.loc[codebook.example_line.isin(map(str, lines)), shown] = ""
    sent = [
        pd.DataFrame({"file": file, "unit": units.unit, "place": _name_places(units, sheet)})
        for file, (sheet, units) in drawn.items()
    ]
    blank = pd.DataFrame(columns=list(_ASKED_OF_CODER)).reindex([0])
    csv = {"codebook.csv": codebook, _UNITS: pd.concat(sent), _CODER: blank}
    csv |= {file: units for file, (_, units) in drawn.items()}
    sources = tables.read_table("sources").set_index("source_id")
    source = sources.loc[read_study().coded or sources.index[0]]
    counts = "\n".join(
        f"| `{file}` | {len(units)} | {', '.join(sheet.asked)} |"
        for file, (sheet, units) in drawn.items()
    )
    guide = _GUIDE.read_text(encoding="utf-8").format(counts=counts, source=source)
    cut = {"lines.md": _cut(text, source.sha256, sorted(lines))} if text else {}
    made = {n: t.to_csv(index=False, lineterminator="\n") for n, t in csv.items()}
    return {"README.md": guide, **made, **cut}


def _draw(sheet: Sheet, n_units: int | None, rng: np.random.Generator) -> pd.DataFrame:
    """Places in the order of the text, each column asked for blank."""
    places = _read_ours(sheet).drop_duplicates("place")
    if n_units is not None and n_units < len(places):
        # Sorted by stratum, shuffled within it, then taken at even steps.
        mixed = places.sample(frac=1, random_state=rng)
        mixed = mixed.sort_values(sheet.stratum, kind="stable") if sheet.stratum else mixed
        steps = (np.arange(n_units) + rng.random()) * len(places) / n_units
        places = mixed.iloc[steps.astype(int)]
    # Lines as numbers, so that 999 stands before 1000.
    order = places.assign(line=pd.to_numeric(places.get("line", "0")))
    places = places.loc[order.sort_values(sheet.given).index, sheet.given]
    places.insert(0, "unit", [f"u{number:03}" for number in range(1, len(places) + 1)])
    return places.assign(**dict.fromkeys(sheet.asked, ""))


def _cut(text: Path, sha256: str, lines: list[int]) -> str:
    """The lines asked for, each with the line before that is not blank."""
    try:
        content = text.read_bytes()
    except OSError as error:
        said = f"cannot read {text}: {error}; allowed: the text that was coded"
        raise SettingError(said) from error
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise DataError(f"{text}: found a text of SHA-256 {found}; allowed: {sha256}")
    every = [said.strip() for said in content.decode("utf-8").split("\n")]
    parts = ["The line before stands above each, for what it takes to follow it.\n"]
    for line in lines:
        before = next(filter(None, every[line - 2 :: -1]), "")
        parts.append(f"## {line}\n\n> {before}\n\n{every[line - 1]}\n")
    return "\n".join(parts)


def _read(path: Path, wanted: list[str]) -> pd.DataFrame:
    """A returned sheet without its blank rows."""
    table = tables.read_sheet(path)
    if absent := [column for column in wanted if column not in table]:
        raise DataError(f"{path}: found no {', '.join(absent)}; allowed: {', '.join(wanted)}")
    table = table.apply(lambda column: column.str.strip())
    return table[(table != "").any(axis=1)]


def _check_coder(coder: pd.DataFrame) -> Iterator[str]:
    """Who coded must be said: one row, and a person or a model."""
    if len(coder) != 1:
        yield f"{_CODER}: found {len(coder)} rows filled in; allowed: one, on who coded"
        return
    for column, allowed in _ASKED_OF_CODER.items():
        if not re.fullmatch(allowed, found := coder[column].iloc[0]):
            words = {".+": "a name, or initials"}.get(allowed, allowed.replace("|", ", "))
            yield f"{_CODER} row 2, column {column}: found {found!r}; allowed: {words}"


def _allow(sheet: Sheet, column: str, kind: str, codebook: pd.DataFrame) -> dict[str, list[str]]:
    """The codes of a column, by the factor they belong to: the codebook's, or our table's."""
    if column == "order":
        return {"": ["first", "second"]}
    listed = codebook[codebook.kind == kind].dropna(subset="code")
    codes = listed.code.tolist() or tables.allowed_values(sheet.table, column)
    codes = [*map(str, codes), *([_OPEN] if column in _MAY_BE_OPEN else [])]
    return {"": codes} | listed.groupby("parent").code.agg(list).to_dict()


def _check_sheet(sheet: Sheet, filled: pd.DataFrame, sent: pd.Series) -> Iterator[str]:
    """All that keeps a filled sheet from being compared, as sentences."""
    codebook = tables.read_table("coding/codebook").astype("string")
    allowed = {c: _allow(sheet, c, kind, codebook) for c, kind in sheet.asked.items() if kind}
    twice = sent.index[sent.index.duplicated()]
    parts = sent.str.count(r"\|") + 1 != len(sheet.given)
    for unit in dict.fromkeys([*twice, *sent.index[parts]]):
        yield f"{_UNITS}: found {unit!r} changed; allowed: each unit once, its place as sent"
    sent = sent[~sent.index.isin(twice) & ~parts]
    for unit in sorted({*sent.index} - {*filled.unit}):
        yield f"{sheet.file}: found no row for {unit!r}; allowed: one or more of each in {_UNITS}"
    for row, cells in filled.iterrows():
        place = f"{sheet.file} row {row}, column"
        if cells.unit not in sent:
            yield f"{place} unit: found {cells.unit!r}; allowed: those in {_UNITS}"
        else:
            for column, was in zip(sheet.given, sent[cells.unit].split("|"), strict=True):
                if cells[column] != was:
                    yield f"{place} {column}: found {cells[column]!r}; allowed: {was!r}, as sent"
        if (cells[[*sheet.asked]] == "").all():
            continue
        for column, codes in allowed.items():
            mine = codes.get(cells.get("factor", "") if column == "subfactor" else "", codes[""])
            if cells[column] not in mine:
                yield f"{place} {column}: found {cells[column]!r}; allowed: {', '.join(mine)}"
