"""What a slip in our own coding would change.

The coded tables hold no printed value, so no verdict rests on them; the claims ledger does. Here
one coded row at a time is dropped, or its code is turned, and every proposition that reads its
table is asked again: does a grade move, or at least a count? The leans of the printed balances and
the attitudes are held, and nothing is shuffled: what is seen is the counting alone.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from compendium.coding import cases, grading
from compendium.coding.grading import Coding, Rule
from compendium.printed import wrong_values
from compendium.printed.tables import read_table
from compendium.settings import read_study

OUTCOMES = ["a grade moves", "a count moves", "nothing moves"]
IDS = {
    "evidence": "evidence_id",
    "involvement": "involvement_id",
    "orderings": "ordering_id",
}
OPPOSITE = {"+": "-", "-": "+", "+/-": "+", "0": "+"}
DEGREES = ["code", "code_min", "code_max"]


class Slip(NamedTuple):
    """One row of one coded table, dropped or with another code."""

    table: str
    place: int  # the row's label in the index of its table
    kind: str


def perturb_codes(
    coding: Coding,
    propositions: pd.DataFrame,
    rules: dict[str, Rule],
    sample: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Turn or drop each coded row and see which propositions notice.

    Parameters
    ----------
    coding : Coding
        As `read_coding` returns: its evidence, involvement and orderings are changed in turn.
    propositions : DataFrame
        ``number`` and ``lines``, as ``coding/propositions``.
    sample : int, optional
        Draw so many of all slips, by `seed`. All of them take some minutes.

    Returns
    -------
    DataFrame
        One row for each slip: ``table``, ``row`` (its id), ``kind`` (``dropped row``,
        ``direction``, ``degree``, ``order``), ``outcome`` and ``noticed_by`` (the numbers of the
        propositions whose count moves, those whose grade moves first).
    """
    cited = {row.number: grading.cited_lines(row.lines) for row in propositions.itertuples()}
    readers = _find_readers(coding, rules, cited)
    before = {number: rules[number](coding, lines) for number, lines in cited.items()}
    found = []
    for slip in wrong_values.draw(list(_list_slips(coding)), sample, seed):
        changed = make_slip(coding, slip)
        now = {number: rules[number](changed, cited[number]) for number in readers[slip.table]}
        moved = [number for number, answer in now.items() if answer != before[number]]
        graded = [n for n in moved if grading.grade(now[n]) != grading.grade(before[n])]
        outcome = OUTCOMES[0 if graded else 1 if moved else 2]
        row = getattr(coding, slip.table).loc[slip.place, IDS[slip.table]]
        others = [number for number in moved if number not in graded]
        found.append((slip.table, row, slip.kind, outcome, " ; ".join([*graded, *others])))
    return pd.DataFrame(found, columns=["table", "row", "kind", "outcome", "noticed_by"])


def make_slip(coding: Coding, slip: Slip) -> Coding:
    """The coding with one row dropped, or turned: its direction, its degree or its order."""
    table = getattr(coding, slip.table)
    if slip.kind == "dropped row":
        changed = table.drop(index=slip.place)
    else:
        changed = table.copy()
        changed.loc[slip.place] = _turn(table.loc[[slip.place]], slip.kind).loc[slip.place]
    coding = coding._replace(**{slip.table: changed})
    if slip.table != "evidence":
        return coding
    return coding._replace(one_way=grading.find_one_way(changed))


def _turn(row: pd.DataFrame, kind: str) -> pd.DataFrame:
    if kind == "direction":
        return row.assign(direction=row.direction.map(OPPOSITE))
    if kind == "order":
        return grading.turn(row)
    # The next degree down, or up from the lowest; its bounds go along.
    step = -1 if (row.code > 0).all() else 1
    return row.assign(**{column: row[column] + step for column in DEGREES})


def _list_slips(coding: Coding) -> Iterator[Slip]:
    """Each row dropped, and turned where it has a code that can be."""
    for table, kind in [
        ("evidence", "direction"),
        ("involvement", "degree"),
        ("orderings", "order"),
    ]:
        rows = getattr(coding, table)
        coded = {"direction": rows.get("direction"), "degree": rows.get("code")}.get(kind)
        for place in rows.index:
            yield Slip(table, place, "dropped row")
            if coded is None or pd.notna(coded[place]):
                yield Slip(table, place, kind)


def _find_readers(
    coding: Coding, rules: dict[str, Rule], cited: dict[str, set[int]]
) -> dict[str, list[str]]:
    """Which propositions read which table, from what their rules in fact look at."""
    readers: dict[str, list[str]] = {table: [] for table in IDS}

    class Watched(Coding):
        """A coding that remembers which of its tables were looked at."""

        def __getattribute__(self, name: str) -> object:
            looked_at.add(name)
            return super().__getattribute__(name)

    watched = Watched(*coding)
    for number, lines in cited.items():
        looked_at: set[str] = set()
        rules[number](watched, lines)
        # What is coded in one direction only is worked out from the evidence.
        looked_at |= {"evidence"} if "one_way" in looked_at else set()
        for table in looked_at & readers.keys():
            readers[table].append(number)
    return readers


def read_coding() -> Coding:
    """The coded tables without repetitions, and what the propositions take from elsewhere."""
    tables = [read_table(f"coding/{name}") for name in IDS]
    rows = read_table("coding/cases")
    drawn = rows[rows.figure.notna()]
    sides = cases.gather_sides(drawn, read_table("coding/tilts"), tables[1]).dropna()
    codings = cases.gather_codings(drawn, read_table("coding/leanings"), tables[0])
    leans = pd.DataFrame(cases.as_array(codings, "lean"), drawn.case, list(read_study().factors))
    attitudes = cases.attitudes_of(rows, read_table("elston2005/appendix-m"))
    long_stay = read_table("elston2005/table-4.4").set_index("site").adjustment_gbp_m
    firsts = [table[table.is_restatement == "no"] for table in tables]
    one_way = grading.find_one_way(firsts[0])
    stated, stay = leans.loc[sides.index], long_stay.astype(float)
    return Coding(*firsts, attitudes, stated, sides, stay, one_way)
