"""What a wrong code in our own coding would change.

The coded tables hold no printed value, so no verdict rests on them; the claims ledger does. Here
one coded row at a time is dropped, or its code is turned, and every claim that reads its table is
asked again: does a grade move, or at least a count? The leans of the printed balances and what
printed tables say of actors are held, and nothing is shuffled: what is seen is the counting alone.
"""

from typing import NamedTuple

import pandas as pd

from compendium.coding import grading
from compendium.coding.grading import Coding, Rule
from compendium.printed.wrong_values import DROPPED, draw

OUTCOMES = ["a grade moves", "a count moves", "nothing moves"]
_OPPOSITE = {"+": "-", "-": "+", "+/-": "+", "0": "+"}


def _turn_degree(row: pd.DataFrame) -> pd.DataFrame:
    """The next degree down, or up from the lowest; its bounds go along."""
    codes = row[["code", "code_min", "code_max"]]
    return row.assign(**(codes + (-1 if (row.code > 0).all() else 1)))


# Table -> its ids, what of it is turned, the column that holds it, and how.
_TABLES = {
    "evidence": ("evidence_id", "direction", "direction",
                 lambda row: row.assign(direction=row.direction.map(_OPPOSITE))),
    "involvement": ("involvement_id", "degree", "code", _turn_degree),
    "orderings": ("ordering_id", "order", "ordering_id", grading.reverse),
}  # fmt: skip


class WrongCode(NamedTuple):
    """One row of one coded table, dropped or with another code."""

    table: str
    place: int  # the row's label in the index of its table
    kind: str


def perturb_codes(
    coding: Coding,
    claims: pd.DataFrame,
    rules: dict[str, Rule],
    sample: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Turn or drop each coded row and see which claims notice.

    `claims` has ``number`` and ``lines``, as ``coding/propositions``; `sample` draws so many of all
    wrong codes, by `seed`: all of them take some minutes.

    One row for each: ``table``, ``row`` (its id), ``kind`` (``dropped row``, ``direction``,
    ``degree``, ``order``), ``outcome`` and ``noticed_by`` (the numbers of the claims whose count
    moves, those whose grade moves first).
    """
    cited = {row.number: grading.cited_lines(row.lines) for row in claims.itertuples()}
    readers = _find_readers(coding, rules, cited)
    before = {number: rules[number](coding, lines) for number, lines in cited.items()}
    found = []
    every = [
        WrongCode(table, place, how)
        for table, (_, kind, column, _) in _TABLES.items()
        for place, code in getattr(coding, table)[column].items()
        for how in ([DROPPED, kind] if pd.notna(code) else [DROPPED])
    ]
    for wrong in draw(every, sample, seed):
        changed = make_wrong(coding, wrong)
        now = {number: rules[number](changed, cited[number]) for number in readers[wrong.table]}
        moved = [number for number, answer in now.items() if answer != before[number]]
        graded = [n for n in moved if grading.grade(now[n]) != grading.grade(before[n])]
        outcome = OUTCOMES[0 if graded else 1 if moved else 2]
        row = getattr(coding, wrong.table).loc[wrong.place, _TABLES[wrong.table][0]]
        noticed = " ; ".join(dict.fromkeys([*graded, *moved]))
        found.append((wrong.table, row, wrong.kind, outcome, noticed))
    return pd.DataFrame(found, columns=["table", "row", "kind", "outcome", "noticed_by"])


def make_wrong(coding: Coding, wrong: WrongCode) -> Coding:
    """The coding with one row dropped, or turned: its direction, its degree or its order."""
    changed = getattr(coding, wrong.table).copy()
    if wrong.kind == DROPPED:
        changed = changed.drop(index=wrong.place)
    else:
        turn = _TABLES[wrong.table][-1]
        changed.loc[wrong.place] = turn(changed.loc[[wrong.place]]).loc[wrong.place]
    return coding._replace(**{wrong.table: changed})


def _find_readers(
    coding: Coding, rules: dict[str, Rule], cited: dict[str, set[int]]
) -> dict[str, list[str]]:
    """Which claims read which table, from what their rules in fact read."""
    readers: dict[str, list[str]] = {table: [] for table in _TABLES}
    read: set[str] = set()

    class Watched(Coding):
        """A coding that remembers which of its tables were read."""

        def __getattribute__(self, name: str) -> object:
            read.add(name)
            return super().__getattribute__(name)

    for number, lines in cited.items():
        read.clear()
        rules[number](Watched(*coding), lines)
        for table in readers.keys() & read:
            readers[table].append(number)
    return readers
