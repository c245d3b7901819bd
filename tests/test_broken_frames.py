"""Whatever comes in is answered or refused: frames with a cell, a column or rows broken, drawn.

One mechanism for cases, weighing, overview and what a second coder sends back: nothing else than a
CompendiumError comes out.
"""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cases import FIGURED, PRINTED, gather

from compendium.coding import overview, second_coder, weighing
from compendium.coding.cases import Cases
from compendium.errors import CompendiumError
from compendium.models import multiverse
from compendium.settings import read_study

JUNK = [None, float("nan"), float("inf"), float("-inf"), -1, 1.5, 10**400, "", "xyz", "9", pd.NA]
BOXES = list(read_study().factors)
few = settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def break_frame(data: st.DataObject, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without a column, or row, with one misnamed or twice, junk in it, or turned round."""
    how = data.draw(
        st.sampled_from(["column", "name", "cell", "cells", "none", "twice", "turn", ""])
    )
    column, junk = data.draw(st.sampled_from(list(frame))), data.draw(st.sampled_from(JUNK))
    row = data.draw(st.integers(0, len(frame) - 1))
    changed = frame.astype(object).reset_index(drop=True)
    match how:
        case "column":
            return changed.drop(columns=column)
        case "name":
            return changed.rename(columns={column: "xyz"})
        case "cell":
            changed.loc[row, column] = junk
        case "cells":
            changed[column] = [junk] * len(changed)
        case "none":
            return changed.head(0)
        case "twice":
            return pd.concat([changed, changed.loc[[row]]])
        case "turn":
            return changed[::-1]
    return changed


def answered(ask) -> None:
    """It answers, or says what is wrong and what is allowed."""
    try:
        ask()
    except CompendiumError as error:
        said = str(error)
    else:
        said = "allowed"
    assert "allowed" in said or "complete" in said


def small() -> dict[str, pd.DataFrame]:
    """Small tables of two cases, one with a figure: statements, degrees, an ordering."""
    cases = gather({"case": "a"}, {**FIGURED, "case": "b"})
    names = ["evidence", "involvement", "leanings", "tilts", "orderings"]
    held = {f"coding/{name}": cases.read(f"coding/{name}") for name in names}
    return {"coding/cases": cases.table} | held | PRINTED


ASKED = {
    name: lambda cases, name=name: getattr(cases, name)
    for name in dir(Cases)
    if isinstance(getattr(Cases, name), property) or hasattr(getattr(Cases, name), "attrname")
} | {
    "fill": lambda cases: cases.fill(kindly=True),
    "say": lambda cases: cases.say_shortfall(),
    "find": lambda cases: cases.find("all", "Housing", "throughout"),
    "keep": lambda cases: cases.keep(["b"]).sides,
    "list": lambda cases: overview.list_cases(cases, contested=True),
}


@few
@given(st.data(), st.sampled_from(sorted(ASKED)))
def test_cases_of_broken_tables_are_worked_out_or_refused(data, name):
    """Every property of cases, whichever of their tables is broken."""
    held = small()
    table = data.draw(st.sampled_from(list(held)))
    held[table] = break_frame(data, held[table])

    answered(lambda: ASKED[name](Cases(held["coding/cases"], held.get)))


WEIGHED = {
    "weigh": lambda cases: weighing.weigh(cases, {}).found,
    "many": lambda cases: weighing.weigh(cases, {"xyz": 1}),
    "structure": lambda cases: weighing.weigh(cases, {}, "xyz"),
    "vary": lambda cases: weighing.vary_weights(weighing.weigh(cases, {})),
    "flips": lambda cases: weighing.find_flips(weighing.weigh(cases, {})),
    "show": lambda cases: weighing.show_balance(weighing.weigh(cases, {})),
    "cases": weighing.show_cases,
    "settled": lambda cases: weighing.find_settled(weighing.compare_cases(cases)),
    "count": weighing.count,
    "shares": weighing.share_weightings,
    "central": lambda cases: weighing.find_central(cases, 10, 1),
    "by lean": lambda cases: weighing.share_by_lean(cases, ["xyz"]),
    "systems": lambda cases: weighing.gather_systems({"one": cases}),
    "structures": lambda cases: weighing.try_structures({"one": cases}),
    "readings": lambda cases: weighing.compare_readings(
        {"one": cases}, multiverse.draw_weights(10, 1, len(BOXES))
    ),
    "orders": lambda cases: weighing.count_orders(weighing.list_orders(cases)),
}


@few
@given(st.data(), st.sampled_from(sorted(WEIGHED)), st.sampled_from([[], ["a"], ["b"], ["a", "b"]]))
def test_broken_cases_are_weighed_or_refused(data, name, kept):
    """None, one or two cases, told or not."""
    held = small()
    table = data.draw(st.sampled_from(list(held)))
    held[table] = break_frame(data, held[table])

    answered(lambda: WEIGHED[name](Cases(held["coding/cases"], held.get).keep(kept)))


@pytest.mark.parametrize("ask", [weighing.summarise, weighing.try_structures])
def test_nothing_to_compare_is_refused(ask):
    """No group, no system."""
    with pytest.raises(CompendiumError, match="allowed"):
        ask({})
    assert weighing.compare_relations({}).empty


FRAMES = {
    overview.span_degrees: "involvement",
    overview.count_statements: "evidence",
    overview.name_ends: "orderings",
    overview.list_statements: "evidence",
    lambda rows: overview.keep_firm(rows, contested=False): "evidence",
}


@few
@given(st.data(), st.sampled_from(range(len(FRAMES))))
def test_broken_rows_are_shown_or_refused(data, at):
    """At a glance, too."""
    show, name = list(FRAMES.items())[at]
    more = {"code": 3, "channel": "cost", "subfactor": "5.size", "label": "it does"}
    rows = small()[f"coding/{name}"].assign(**more)

    answered(lambda: show(break_frame(data, rows)))


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """A pack as it went out, with one place a sheet."""
    folder = tmp_path_factory.mktemp("coder") / "pack"
    second_coder.write_pack(folder, n_units=1)
    (folder / "coder.csv").write_text("kind,who,date,saw_another\nhuman,A. B.,,no\n")
    return folder


@few
@given(st.data())
def test_whatever_comes_back_is_read_or_refused(pack, data):
    """A sheet, the places, or who coded, broken; or no table at all."""
    path = data.draw(st.sampled_from(sorted(pack.glob("*.csv"))))
    whole = path.read_bytes()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    text = break_frame(data, frame).to_csv(index=False).encode("utf-8", "replace")
    path.write_bytes(data.draw(st.sampled_from([text, b"", b"\xff\xfe\x00", b'"', whole[:-9]])))

    try:
        answered(lambda: second_coder.read_return(pack))
    finally:
        path.write_bytes(whole)
