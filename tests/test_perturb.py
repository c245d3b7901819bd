"""Checks with teeth: each outcome by hand, then the whole of print."""

import pandas as pd
import pytest
from conftest import audit_print

from compendium.errors import DataError
from compendium.printed import audit, tables
from compendium.printed.second_entry import read_second
from compendium.printed.tables import PrintedCell
from compendium.printed.wrong_values import Mutation
from compendium.review import perturb

# Value, text, unit, role, rule; every one in a row of its own of one table.
PRINT = [
    ("a", "10", "n", "input", ""),
    ("b", "20", "n", "input", "at-most total"),
    ("total", "30", "n", "derived", "sum a b"),
    ("staff", "29", "n", "input", ""),
    ("almost", "almost 30", "n", "claim", "sum staff"),
    ("alone", "7", "n", "input", ""),
    ("pears", "two", "n", "claim", "count fruit/*"),
    ("wrong", "9", "n", "repeated", "same alone-too"),
    ("alone-too", "8", "n", "input", ""),
    ("most", "majority", "words", "claim", "not-derivable"),
    ("image", "", "n", "derived", "not-recoverable"),
    ("rank", "42", "rank", "input", ""),
    ("ranks", "99", "n", "input", ""),
    ("decile", "5", "rank", "derived", "decile rank ranks"),
    ("half", "5", "n", "derived", "sum mean"),
    ("mean", "5", "n", "input", ""),
]
LEDGER = pd.DataFrame(PRINT, columns=["value_id", "printed", "unit", "role", "rule"])
LABELS = [("fruit/x", "conference", "label"), ("fruit/y", "williams", "label")]
SAID = [(name, text, unit) for name, text, unit, *_ in PRINT if text] + LABELS
ROWS = {name: row for row, (name, *_) in enumerate(SAID, start=2)}
# One row holds two values: what checks the one is dropped with the other.
ROWS["mean"] = ROWS["half"]
CELLS = pd.DataFrame(
    [(name, "t.csv", ROWS[name], "printed", text, unit) for name, text, unit in SAID],
    columns=["value_id", "file", "row", "column", "text", "unit"],
)
SUPPORT = audit.gather(LEDGER, CELLS)
DROP = "dropped row"


def attempt(name, became, gathered=SUPPORT, column="printed", **beside):
    """The outcome of one mutation, by column; a dropped row if it becomes nothing."""
    kind = "digit" if became else DROP
    file, row = next(place for place, names in gathered.rows.items() if name in names)
    mutation = Mutation(PrintedCell(name, file, row, column, "?", "", "", {}, {}), kind, became)
    found = perturb.try_one(mutation, gathered, perturb.Witnesses(**beside))
    return dict(zip(perturb.COLUMNS, found, strict=True))


@pytest.mark.parametrize(
    ("name", "became", "outcome", "noticed_by", "reason"),
    [
        # 11 and 20 are not 30.
        ("a", "11", "noticed", "total", ""),
        # 35 is more than the total, and 10 and 35 are not 30.
        ("b", "35", "noticed", "b ; total", ""),
        # The value's own rule: 10 and 20 are not 31.
        ("total", "31", "noticed", "total", ""),
        # An operand that is named and gone cannot be added.
        ("a", "", "noticed", "total", ""),
        # 28 is still almost 30: the computed value moves, no verdict does.
        ("staff", "28", "moves only", "", "a computed value moves within what print claims"),
        ("staff", "31", "noticed", "almost", ""),
        ("alone", "6", "unnoticed", "", "unused: no rule rests on it"),
        ("alone", "", "unnoticed", "", "unused: no rule rests on it"),
        ("fruit/x", "williams", "unnoticed", "", "counted, not read"),
        # One pear is not two.
        ("fruit/x", "", "noticed", "pears", ""),
        ("rank", "43", "unnoticed", "", "more than one value satisfies the rule: decile"),
        ("rank", "58", "noticed", "decile", ""),
        ("most", "half", "unnoticed", "", "nothing can be computed: not-derivable"),
        ("image", "", "unnoticed", "", "nothing can be computed: not-recoverable"),
        ("mean", "6", "noticed", "half", ""),
        ("mean", "", "unnoticed", "", "what checks it stands in the same row"),
        # It differs as it is: a registered finding that changes, or goes, fails the run.
        ("wrong", "7", "noticed", "wrong", ""),
        ("alone-too", "6", "noticed", "wrong", ""),
        ("wrong", "", "noticed", "wrong", ""),
    ],
)
def test_each_outcome(name, became, outcome, noticed_by, reason):
    """Who notices, and if nobody, why."""
    found = attempt(name, became)

    assert (found["outcome"], found["noticed_by"]) == (outcome, noticed_by)
    assert found["reason"].startswith(reason)
    assert bool(found["reason"]) == bool(reason)


def test_a_bound_leaves_room():
    """Of at most 30, 20 may be 21; that the bound repeats the printed 21 is no move."""
    ledger = LEDGER.assign(rule=LEDGER.rule.mask(LEDGER.value_id == "total", "sum a twenty"))
    cells = pd.concat([CELLS, CELLS[CELLS.value_id == "b"].assign(value_id="twenty", row=90)])
    found = attempt("b", "21", audit.gather(ledger, cells))

    assert (found["outcome"], found["reason"]) == ("unnoticed", "a bound leaves room: at-most")


def test_what_a_notebook_reads_by_name_is_shown():
    """A value that no rule rests on is shown, if a cell reads its table."""
    found = attempt("alone", "6", shown={"t.csv"})

    assert found["reason"].startswith("shown only: a notebook reads its table")


def test_the_schema_notices_first():
    """A text it refuses, and a row to which another table points."""
    cited = SUPPORT._replace(cited={("t.csv", ROWS["alone"])})

    assert attempt("a", "many", refused={("a", "many")})["noticed_by"] == "schema"
    assert attempt("alone", "", cited)["noticed_by"] == "schema"
    assert attempt("alone", "6", cited)["outcome"] == "unnoticed"


def test_a_count_and_a_second_entry_notice():
    """A row whose cells are counted is missed; what was typed twice, only if wrong in one place."""
    lost = attempt("alone", "", counted={"alone"})
    twice = attempt("alone", "6", twice={"alone"})

    assert (lost["noticed_by"], lost["typed_once"]) == ("items.csv", "noticed")
    assert (twice["outcome"], twice["typed_once"]) == ("unnoticed", "noticed")


def test_a_row_said_again_notices():
    """Rows 1 and 2 say the same and are registered: if one says something else, that vanishes."""
    table = pd.DataFrame({"row": [1, 2], "who": "CHC", "site": "A", "n": [3, 3], "line": [7, 8]})
    cells = pd.DataFrame(
        [("h/1", "h.csv", 2, "n", "3", "n"), ("h/2", "h.csv", 3, "n", "3", "n")],
        columns=CELLS.columns,
    )
    gathered = audit.gather(LEDGER[:0], cells)._replace(repeats={"h.csv": ("h", table)})

    for name, became in [("h/1", "4"), ("h/2", "4"), ("h/1", "")]:
        assert attempt(name, became, gathered, column="n")["noticed_by"] == "h/2"


def test_values_are_rated_by_hand():
    """Of three checked values two are noticed in some way, one of them whatever its text says.

    Of a fourth nothing can be computed, and it has no text; two cells are rested on, one noticed,
    one moving only. Typed once, the others' second entries tell what is wrong with y and z.
    """
    rows = [
        ("x", "claim", "exact", False, "digit", "noticed", "noticed"),
        ("x", "claim", "exact", False, "dropped row", "unnoticed", "unnoticed"),
        ("y", "claim", "exact", False, "digit", "unnoticed", "noticed"),
        ("y", "claim", "exact", False, "dropped row", "noticed", "noticed"),
        ("z", "derived", "rounds", False, "digit", "unnoticed", "noticed"),
        ("u", "claim", "not-derivable", False, "dropped row", "unnoticed", "unnoticed"),
        ("v", "input", "transcribed", True, "digit", "moves only", "moves only"),
        ("w", "label", "", True, "dropped row", "noticed", "noticed"),
    ]
    columns = ["value_id", "role", "verdict", "is_rested_on", "kind", "outcome", "typed_once"]
    tried = pd.DataFrame(rows, columns=columns).assign(was=["7"] * 5 + ["", "7", "7"])
    rates = perturb.rate(tried).round(1)

    assert rates.loc["all three"].tolist() == [3, 66.7, 5, 40, 80]
    assert rates.loc["nothing can be computed"].tolist() == [1, 0, 1, 0, 0]
    assert rates.loc["cells they rest on"].tolist() == [2, 50, 2, 50, 50]
    assert rates.loc["all three and their cells", "values"] == 5


@pytest.fixture(scope="module")
def whole():
    """Every mutation of every printed value."""
    return perturb.perturb([])


def test_a_sample_is_a_part_of_the_whole(whole):
    """The same for a seed."""
    sample = perturb.perturb([], sample=300, seed=4)
    merged = sample.merge(whole, how="left", indicator=True)

    assert sample.equals(perturb.perturb([], sample=300, seed=4))
    assert len(sample) == 300
    assert set(merged["_merge"]) == {"both"}


def test_nearly_every_checked_value_is_noticed_when_it_is_wrong(whole):
    """Of the values that are checked, and of the cells they rest on, all, by some change.

    Of all changes to these, dropped rows with them, 98 in 100 typed in both entries, 99 in one.
    """
    rates = perturb.rate(whole)
    both = rates.loc["all three and their cells"]

    assert rates.loc["all three", "values"] > 1300
    assert rates.loc["cells they rest on", "values"] > 1400
    assert rates.percent_by_some.min() == 100
    assert both.percent >= 98
    assert both.percent_once >= 99
    assert set(whole.outcome[whole.kind == DROP]) == {"noticed"}


def test_whatever_is_unnoticed_has_its_reason(whole):
    """And nobody is named for it."""
    noticed = whole.outcome == "noticed"

    assert ((whole.reason == "") == noticed).all()
    assert ((whole.noticed_by != "") == noticed).all()


def test_every_printed_cell_is_held_by_something(whole):
    """A second entry, a rule, its schema; or its column says how it was read. These are words."""
    support, second = audit.read_support(), read_second()
    twice = set(second.value_id[second.outcome != "absent"])
    is_noticed = (whole.outcome == "noticed").groupby(whole.value_id).all()
    left = [
        cell
        for cell in tables.list_cells()
        if not {cell.value_id} & (twice | support.uses.keys())
        and not (cell.value_id in support.entries and support.entries[cell.value_id].is_checked)
        and not is_noticed[cell.value_id]
    ]

    assert {cell.unit for cell in left} <= {"", "label", "code"}
    assert not [c.value_id for c in left if "typed once" not in c.field.get("description", "")]


LEDGER_READ, CELLS_READ, VERDICTS_READ, FINDINGS_READ = audit_print()


def test_the_support_says_what_the_audit_says():
    """Unchanged, every value has the verdict, the computed value and the findings of a run."""
    standing = audit.gather(LEDGER_READ, CELLS_READ).standing
    verdicts, found = VERDICTS_READ, FINDINGS_READ.query("rule != 'repeated-row'")

    assert verdicts.verdict.tolist() == [standing[name].verdict for name in verdicts.value_id]
    assert verdicts.computed.tolist() == [
        " ; ".join(standing[name].computed) for name in verdicts.value_id
    ]
    assert sorted(found.itertuples(index=False, name=None)) == sorted(
        (name, *finding) for name, now in standing.items() for finding in now.findings
    )


def judge_all(ledger, cells):
    """What a run would say of all of print: the long way round."""
    try:
        verdicts = audit.give_verdicts(ledger, cells).set_index("value_id")
        found = audit.find(ledger, cells)
    except DataError:
        return None
    return verdicts, set(found.itertuples(index=False, name=None))


def differs(before, after):
    """Whether a verdict that is still given, or a finding, is another than before."""
    if after is None:
        return True
    kept = before[0].index.intersection(after[0].index)
    return before[1] != after[1] or not before[0].verdict[kept].equals(after[0].verdict[kept])


@pytest.fixture(scope="module")
def unchanged():
    return judge_all(LEDGER_READ, CELLS_READ)


def rewrite(table, column, one):
    """A table with one value changed, or all values of its row gone."""
    place = CELLS_READ.set_index("value_id").loc[one.value_id]
    in_row = (CELLS_READ.file == place.file) & (CELLS_READ.row == place.row)
    if one.kind == DROP:
        return table[~table.value_id.isin(CELLS_READ.value_id[in_row])]
    return table.assign(**{column: table[column].mask(table.value_id == one.value_id, one.became)})


@pytest.mark.parametrize("is_noticed", [True, False])
@pytest.mark.parametrize("kind", ["digit", "label", DROP])
def test_the_short_way_is_the_long_way(whole, unchanged, kind, is_noticed):
    """The audit of all of print, changed in one place, says what the values asked say."""
    likely = whole[(whole.kind == kind) & (whole.role != perturb.NO_ROLE) & (whole.was != "")]
    # What a schema refuses, or a count misses, the audit need not see.
    by_audit = (likely.outcome == "noticed") & (likely.noticed_by != "items.csv")
    likely = likely[by_audit == is_noticed]
    likely = likely[~likely.reason.str.startswith(("unused", "shown", "nothing"))]
    one = likely[likely.noticed_by != "schema"].sample(1, random_state=5).iloc[0]
    changed = rewrite(LEDGER_READ, "printed", one), rewrite(CELLS_READ, "text", one)

    assert differs(unchanged, judge_all(*changed)) == is_noticed, one
