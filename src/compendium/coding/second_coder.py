"""What a second person needs to code the same statements alone, and what their codes then say.

A pack holds the codebook, the units to code with every code left blank, and how to proceed. It
holds no code of ours and nothing that gives one away: neither our labels nor the words of strength.
Units are given, so what is measured is how statements are coded, not how they are found: those that
line, actor, site and district tell apart, and that the codebook does not use as an example.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.models.agreement import Comparison, compare_codings
from compendium.printed import tables
from compendium.settings import read_study


class Sheet(NamedTuple):
    """One sheet of a pack: which coding it repeats, what it gives and what it asks for."""

    file: str
    table: str
    unit: str
    given: list[str]
    asked: dict[str, str]  # column: the kind of code it holds; "" for a free text
    stratum: str  # the units are spread over its values, which the sheet does not show


_PLACE = ["line", "actor", "site", "district"]
_NOMINAL = ["partnership", "factor", "subfactor", "target", "direction", "channel", "assertion"]
_NOMINAL += ["stage", "evidence_kind"]
EVIDENCE = Sheet("evidence-to-code.csv", "coding/evidence", "evidence_id", given=_PLACE,
                 asked={c: c for c in [*_NOMINAL, "confidence"]}, stratum="factor")  # fmt: skip
INVOLVEMENT = Sheet("involvement-to-code.csv", "coding/involvement", "involvement_id",
                    given=[*_PLACE, "level", "measure", "stage"],
                    asked={"words": "", "code": "involvement_code"}, stratum="code")  # fmt: skip
SHEETS = (EVIDENCE, INVOLVEMENT)
_UNITS = "units.csv"
# Codes as numbers. A direction either way has no place on the order: a gap.
_ORDERS = {
    "direction_code": ("direction", {"-": -1, "0": 0, "+": 1}),
    "confidence_code": ("confidence", {"contested": 1, "likely": 2, "certain": 3}),
    "involvement_code": ("code", {"0": 0, "1": 1, "2": 2, "3": 3}),
}
_GUIDE = paths.PACKAGE / "templates" / "coding" / "second-coder.md"


def write_pack(folder: Path, n_units: int | None = 60, seed: int = 1) -> None:
    """Write the codebook, the blank sheets and how to proceed into a new folder.

    Parameters
    ----------
    folder : Path
        New or empty, else it is left as it is and refused (SettingError).
    n_units : int or None
        How many units each sheet asks for, at most; None for all that can be given.
    seed : int
        Which units are drawn; spread over factors, or degrees, in proportion.
    """
    if n_units is not None and n_units < 1:
        raise SettingError(f"n_units: found {n_units}; allowed: 1 or more, or none given for all")
    with paths.new_folder(folder) as draft:
        for name, text in _make_files(n_units, seed).items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")


def read_return(folder: Path) -> dict[str, pd.DataFrame]:
    """The codes that came back, held to the codebook and to the units that were sent.

    By table of ours: the columns asked for, indexed by unit; a row left blank is missing. Refused
    in one error (DataError): every code the codebook does not allow, row half filled, given cell
    that was changed, and unit that is missing, unknown or there twice.

    >>> read_return(Path("nowhere"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    compendium.errors.DataError: cannot read ...to-code.csv: ...; allowed: CSV in UTF-8, with commas
    """
    files = {s.file: _read(folder / s.file, [s.unit, *s.given, *s.asked]) for s in SHEETS}
    units = _read(folder / _UNITS, ["file", "unit"])
    codebook = tables.read_table("coding/codebook").astype("string")
    problems: list[str] = []
    for sheet in SHEETS:
        sent = set(units.unit[units.file == sheet.file])
        problems += _problems(sheet, files[sheet.file], sent, codebook)
    if problems:
        raise DataError("the returned sheets cannot be used:\n  " + "\n  ".join(problems))
    returned = {s.table: files[s.file].set_index(s.unit)[list(s.asked)] for s in SHEETS}
    return {table: codes.mask(codes == "") for table, codes in returned.items()}


def compare_return(folder: Path, n_draws: int = 2000, seed: int = 1) -> Comparison:
    """How far the codes that came back agree with ours, for each variable.

    Refuses what `read_return` refuses. Ordinal variables end in ``_code``; a direction that goes
    either way is a code of ``direction`` and a gap in ``direction_code``.
    """
    returned = read_return(folder)
    found = []
    for sheet in SHEETS:
        ours = tables.read_table(sheet.table).set_index(sheet.unit)[list(sheet.asked)]
        codings = _score(ours), _score(returned[sheet.table])
        levels = {v: "ordinal" if v in _ORDERS else "nominal" for v in codings[0]}
        found.append(compare_codings(*codings, levels, n_draws, seed))
    table = pd.concat([each.table for each in found], ignore_index=True)
    return Comparison(table, {v: m for each in found for v, m in each.matrices.items()})


def _make_files(n_units: int | None, seed: int) -> dict[str, str]:
    """The text of each file of a pack."""
    codebook = tables.read_table("coding/codebook")
    kinds = {kind for sheet in SHEETS for kind in [*sheet.given, *sheet.asked.values()]}
    codebook = codebook[codebook.kind.isin(kinds)]
    examples = set(codebook.example_line.dropna().astype("string"))
    rng = np.random.default_rng(seed)
    drawn = {sheet.file: _draw(sheet, examples, n_units, rng) for sheet in SHEETS}
    sent = [pd.DataFrame({"file": name, "unit": d.iloc[:, 0]}) for name, d in drawn.items()]
    files = {"codebook.csv": codebook, **drawn, _UNITS: pd.concat(sent)}
    sources = tables.read_table("sources").set_index("source_id")
    source = sources.loc[read_study().coded or sources.index[0]]
    counts = [len(sheet) for sheet in drawn.values()]
    guide = _GUIDE.read_text(encoding="utf-8").format(counts=counts, source=source)
    texts = {n: t.to_csv(index=False, lineterminator="\n") for n, t in files.items()}
    return {"README.md": guide, **texts}


def _draw(
    sheet: Sheet, examples: set[str], n_units: int | None, rng: np.random.Generator
) -> pd.DataFrame:
    """Units in the order of their lines, each column asked for blank."""
    units = tables.read_table(sheet.table)
    alone = ~units.duplicated(sheet.given, keep=False)
    units = units[alone & ~units.line.astype("string").isin(examples)]
    if n_units is not None and n_units < len(units):
        # Sorted by stratum, shuffled within it, then taken at even steps.
        mixed = units.sample(frac=1, random_state=rng).sort_values(sheet.stratum, kind="stable")
        places = (np.arange(n_units) + rng.random()) * len(units) / n_units
        units = mixed.iloc[places.astype(int)].sort_values(["line", sheet.unit])
    return units[[sheet.unit, *sheet.given]].assign(**dict.fromkeys(sheet.asked, ""))


def _read(path: Path, wanted: list[str]) -> pd.DataFrame:
    """A returned sheet without its blank rows."""
    table = tables.read_sheet(path)
    if absent := [column for column in wanted if column not in table]:
        raise DataError(f"{path}: found no {', '.join(absent)}; allowed: {', '.join(wanted)}")
    table = table.apply(lambda column: column.str.strip())
    return table[(table != "").any(axis=1)]


def _problems(
    sheet: Sheet, filled: pd.DataFrame, sent: set[str], codebook: pd.DataFrame
) -> Iterator[str]:
    """All that keeps a filled sheet from being compared, as sentences."""
    ours = tables.read_table(sheet.table).set_index(sheet.unit)[sheet.given]
    ours = ours[ours.index.isin(sent)].astype("string").fillna("")
    for unit in sorted(sent - set(filled[sheet.unit])):
        yield f"{sheet.file}: found no row for {unit!r}; allowed: one for each unit of {_UNITS}"
    again = filled[sheet.unit].duplicated()
    for row, cells in filled.iterrows():
        place, unit = f"{sheet.file} row {row}, column", cells[sheet.unit]
        if again[row] or unit not in ours.index:
            held = f"data/raw/{tables.find_table(sheet.table)['path']}"
            allowed = f"each unit of {_UNITS} that {held} holds, once"
            yield f"{place} {sheet.unit}: found {unit!r}; allowed: {allowed}"
        else:
            sent_as = ours.loc[unit]
            for c in sent_as.index[sent_as != cells[sheet.given]]:
                yield f"{place} {c}: found {cells[c]!r}; allowed: {sent_as[c]!r}, as sent"
        blank = (cells[list(sheet.asked)] == "").all()
        for column, kind in ({} if blank else sheet.asked).items():
            listed = codebook[codebook.kind == kind]
            if kind == "subfactor" and (listed.parent == cells["factor"]).any():
                listed = listed[listed.parent == cells["factor"]]
            if kind and cells[column] not in set(listed.code):
                allowed = ", ".join(listed.code)
                yield f"{place} {column}: found {cells[column]!r}; allowed: {allowed}"


def _score(codes: pd.DataFrame) -> pd.DataFrame:
    """The variables to compare: nominal codes as text, ordinal ones as numbers."""
    scored = codes.reindex(columns=codes.columns.intersection(_NOMINAL, sort=False)).astype(
        "string"
    )
    for variable, (column, order) in _ORDERS.items():
        if column in codes:
            scored[variable] = codes[column].astype("string").map(order).astype(float)
    return scored
