"""Truth tables, fit, solutions and chance: known answers of the works cited, then laws.

The data of Lipset, crisp and fuzzy: Rihoux and De Meur (2009) and Ragin (2009), 18 countries; the
expected values are those of R's QCA 3.25, as kept with setqca (MIT), and of the books.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.errors import CompendiumError, DataError, SettingError
from compendium.models import qca

FIVE = ["DEV", "URB", "LIT", "IND", "STB"]
FUZZY = """
AU .81 .12 .99 .73 .43 .05
BE .99 .89 .98 1.0 .98 .95
CZ .58 .98 .98 .90 .91 .89
EE .16 .07 .98 .01 .91 .12
FI .58 .03 .99 .08 .58 .77
FR .98 .03 .99 .81 .95 .95
DE .89 .79 .99 .96 .31 .05
GR .04 .09 .13 .36 .43 .06
HU .07 .16 .88 .07 .13 .42
IE .72 .05 .98 .01 .95 .92
IT .34 .10 .41 .47 .58 .05
NL .98 1.0 .99 .94 .99 .95
PL .02 .17 .59 .00 .00 .12
PT .01 .02 .01 .11 .01 .05
RO .01 .03 .17 .00 .84 .21
ES .03 .30 .09 .21 .20 .06
SE .95 .13 .99 .67 .91 .95
UK .98 .99 .99 1.0 .98 .95
"""
CELLS = [line.split() for line in FUZZY.strip().splitlines()]
LF = pd.DataFrame(
    [[float(cell) for cell in row[1:]] for row in CELLS],
    index=[row[0] for row in CELLS],
    columns=[*FIVE, "SURV"],
)
LC = LF.gt(0.5).astype(int)
PRESENT = dict.fromkeys(FIVE, 1)


def solve(cases, outcome, cut, expected=None, conditions=FIVE):
    table = qca.truth_table(cases, conditions, outcome, cut=cut)
    return qca.find_solutions(table, conditions, expected).set_index("kind")


def terms(solution):
    return set(solution.split(" + "))


def test_lipset_crisp():
    """Survival: two conservative terms, DEV*STB with 5 simplifying assumptions (R&DM pp. 57-61)."""
    found = solve(LC, "SURV", 1)

    assert found.model.tolist() == [1, 1, 1]
    assert terms(found.solution["conservative"]) == {"DEV*~URB*LIT*STB", "DEV*LIT*IND*STB"}
    assert found.solution["parsimonious"] == "DEV*STB"
    assert found.assumptions["parsimonious"] == 5


def test_lipset_crisp_absence():
    """Breakdown: ~DEV + ~STB with 18 simplifying assumptions."""
    found = solve(LC, "~SURV", 1)

    assert terms(found.solution["conservative"]) == {"~DEV*~URB*~IND", "DEV*LIT*IND*~STB"}
    assert terms(found.solution["parsimonious"]) == {"~DEV", "~STB"}
    assert found.assumptions["parsimonious"] == 18


def test_lipset_crisp_coverage():
    """Of survival .50 and .75, alone .25 and .50; crisp PRI is consistency."""
    fit = qca.fit_solution(LC, "DEV*~URB*LIT*STB + DEV*LIT*IND*STB", "SURV")

    assert fit.coverage.tolist() == [0.5, 0.75, 1.0]
    assert fit.unique.tolist()[:2] == [0.25, 0.5]
    assert (fit[["consistency", "pri"]] == 1).all(axis=None)


@pytest.mark.parametrize(
    ("row", "n", "consistency", "pri"),
    [
        ("11111", 4, 0.904206, 0.885794),
        ("10101", 2, 0.804270, 0.719388),
        ("10111", 2, 0.708772, 0.634361),
        ("00101", 1, 0.528571, 0.228070),
        ("00100", 2, 0.520900, 0.113095),
        ("11110", 1, 0.445255, 0.05),
        ("10110", 1, 0.378205, 0.039604),
        ("00001", 2, 0.278027, 0),
        ("00000", 3, 0.215976, 0),
    ],
)
def test_lipset_fuzzy_truth_table(row, n, consistency, pri):
    """Every row with a case: cases, consistency and PRI to the sixth digit."""
    found = qca.truth_table(LF, FIVE, "SURV").loc[row]

    assert found.n == n
    assert found.consistency == pytest.approx(consistency, abs=5e-7)
    assert found.pri == pytest.approx(pri, abs=5e-7)


def test_lipset_fuzzy_rows_without_a_case():
    """Twenty-three of 32: no consistency, no outcome."""
    table = qca.truth_table(LF, FIVE, "SURV")
    empty = table[table.n == 0]

    assert len(empty) == 23
    assert empty[["consistency", "pri", "outcome"]].isna().all(axis=None)


def test_lipset_fuzzy_solutions():
    """At .8: conservative, intermediate (1 easy, 11 difficult), parsimonious (12 assumptions)."""
    found = solve(LF, "SURV", 0.8, PRESENT)

    assert found.model.tolist() == [1, 1, 1]
    assert terms(found.solution["conservative"]) == {"DEV*URB*LIT*IND*STB", "DEV*~URB*LIT*~IND*STB"}
    assert terms(found.solution["intermediate"]) == {"DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"}
    assert terms(found.solution["parsimonious"]) == {"DEV*~IND", "URB*STB"}
    assert found.assumptions.tolist() == [0, 1, 12]
    assert found.avoided["intermediate"] == 11


@pytest.mark.parametrize(
    ("solution", "whole", "each"),
    [
        (
            "DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB",
            (0.8698, 0.8430, 0.6585),
            [(0.9042, 0.8858, 0.4542, 0.3932), (0.8043, 0.7194, 0.2653, 0.2042)],
        ),
        (
            "DEV*~IND + URB*STB",
            (0.8503, 0.8186, 0.7136),
            [(0.8148, 0.7208, 0.2840, 0.1937), (0.8738, 0.8454, 0.5200, 0.4296)],
        ),
    ],
)
def test_lipset_fuzzy_fit(solution, whole, each):
    """Consistency, PRI, coverage and unique coverage of each term and the whole."""
    fit = qca.fit_solution(LF, solution, "SURV")

    assert fit.loc["solution", ["consistency", "pri", "coverage"]].tolist() == pytest.approx(
        whole, abs=5e-5
    )
    for row, expected in zip(fit.values.tolist(), each):
        assert row == pytest.approx(expected, abs=5e-5)


def test_lipset_fuzzy_absence():
    """~SURV at .8: ~DEV + ~STB, 18 assumptions, .8488, .8160, .8882."""
    found = solve(LF, "~SURV", 0.8)
    fit = qca.fit_solution(LF, found.solution["parsimonious"], "~SURV").loc["solution"]

    assert terms(found.solution["parsimonious"]) == {"~DEV", "~STB"}
    assert found.assumptions["parsimonious"] == 18
    assert fit.tolist()[:3] == pytest.approx((0.8488, 0.8160, 0.8882), abs=5e-5)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("LIT", (0.990610, 0.642803, 0.509414)),
        ("STB", (0.920188, 0.706943, 0.680118)),
        ("DEV", (0.830986, 0.774617, 0.811355)),
        ("DEV+URB", (0.899061, 0.753937, 0.758221)),
        ("~DEV", (0.285211, 0.274266, 0.587026)),
    ],
)
def test_lipset_necessity(expression, expected):
    """Consistency, coverage and relevance of necessity, to the sixth digit."""
    found = qca.fit_necessity(LF, [expression], "SURV").loc[expression].tolist()

    assert found == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("k", "n", "chance"),
    [(3, 8, 0.1798), (4, 12, 0.1314), (5, 16, 0.1552), (6, 20, 0.2272), (4, 16, 0.028)],
)
def test_random_cases_rarely_contradict_each_other(k, n, chance):
    """Closed form of Marx and Dusa's (2011) question, at even odds."""
    found = qca.chance_of_no_contradiction(n, k)

    assert found == pytest.approx(chance, abs=5e-5 if chance > 0.1 else 5e-4)


@pytest.mark.parametrize(("k", "least"), [(3, 11), (4, 15), (5, 21), (6, 29), (7, 40), (8, 56)])
def test_cases_for_a_contradiction_to_be_due(k, least):
    """The smallest number of random cases of which fewer than 5 % show none."""
    assert qca.chance_of_no_contradiction(least, k) < 0.05
    assert qca.chance_of_no_contradiction(least - 1, k) >= 0.05


@pytest.mark.parametrize("n", [8, 15, 24, 40])
def test_random_cases_nearly_always_have_a_consistent_row(n):
    """In at least .97, to the two digits given: a solution is no evidence."""
    assert round(qca.chance_of_consistent_row(n, 4), 2) >= 0.97


def test_chance_agrees_with_drawn_cases():
    """Ten cases on eight rows, 60 % with the outcome: 20 000 drawn tables."""
    rng = np.random.default_rng(5)
    rows, y = rng.integers(0, 8, (20_000, 10)), rng.random((20_000, 10)) < 0.6
    held = rows[:, :, None] == np.arange(8)
    both = (held & y[:, :, None]).any(axis=1) & (held & ~y[:, :, None]).any(axis=1)

    assert qca.chance_of_no_contradiction(10, 3, 0.6) == pytest.approx(
        (~both.any(axis=1)).mean(), abs=0.015
    )


def test_dealing_out_outcomes_counts_all_ways():
    """Rows of 3 and 1 with two outcomes: of 6 ways none keeps the row of 3 alike."""
    table = pd.DataFrame({"n_with": [2, 0, 0], "n_without": [1, 1, 0]})

    assert qca.chance_as_tidy(table) == 1
    assert qca.chance_as_tidy(table.assign(n_with=[3, 0, 0], n_without=[0, 1, 0])) == 0.25


def test_nine_agreeing_cases_for_one_of_sixteen_rows():
    """Braumoeller (2015): P(Y)^n with Holm, at even odds and four conditions."""
    assert qca.needed_cases(4) == 9
    table = pd.DataFrame({"n_with": [9, 8, 1] + [0] * 13, "n_without": [0, 0, 1] + [0] * 13})
    found = qca.weigh_rows(table, 0.5)

    assert found.holm.tolist() == pytest.approx([0.5**9 * 16, 0.5**8 * 15])


def test_all_smallest_covers_are_found():
    """Rows 000 001 011 111 110 100 in a ring: two ways with three terms each."""
    wanted = np.zeros(8, bool)
    wanted[[0, 1, 3, 7, 6, 4]] = True
    primes = qca.find_primes(wanted, ~wanted)
    covers = qca.find_covers(qca.hold_rows(primes, 3)[:, wanted])

    assert len(primes) == 6
    assert covers.total == 2
    assert {len(model) for model in covers.models} == {3}
    assert not set(covers.models[0]) & set(covers.models[1])


def test_contradictory_rows_are_shown():
    """Alike in all conditions, different in the outcome: neither side has the row."""
    cases = pd.DataFrame({"a": [1, 1, 0], "left": [1, 0, 0]}, index=["before", "after", "other"])
    for side in ("left", "~left"):
        table = qca.truth_table(cases, ["a"], side)
        assert table.loc["1", ["n_with", "n_without", "contradictory", "outcome"]].tolist() == [
            1, 1, True, 0]  # fmt: skip
        assert table.cases["1"] == "before, after"


def test_a_row_below_the_case_cut_counts_as_empty():
    """With two cases needed, rows of one have no outcome."""
    table = qca.truth_table(LC, FIVE, "SURV", n_cut=2)

    assert table.outcome[table.n < 2].isna().all()
    assert table.outcome[table.n >= 2].notna().all()


def test_no_row_with_the_outcome_gives_no_solution():
    """And the sweep says so with an empty solution."""
    cases = pd.DataFrame({"a": [1, 1], "left": [1, 0]}, index=["before", "after"])

    assert qca.find_solutions(qca.truth_table(cases, ["a"], "left"), ["a"]).empty
    swept = qca.vary_cuts({"ours": cases}, ["a"], "left", cuts=(0.8,))
    assert swept[["kind", "solution"]].values.tolist() == [["none", ""]] * 2


def test_cuts_of_both_outcomes():
    """Expectations turn with the outcome: two readings, two sides, two cuts."""
    found = qca.vary_cuts(
        {"fuzzy": LF, "crisp": LC}, FIVE, "SURV", cuts=(0.75, 0.8), expected=PRESENT
    )

    assert found.groupby(["reading", "outcome", "cut"]).ngroups == 8
    crisp = found[(found.reading == "crisp") & (found.kind == "parsimonious")]
    assert set(crisp.solution) == {"DEV*STB", "~DEV + ~STB"}


tables = st.integers(1, 4).flatmap(
    lambda k: st.lists(st.sampled_from([0, 1, None]), min_size=2**k, max_size=2**k)
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_solutions_hold_what_they_must(outcomes):
    """Every row with the outcome, none without; each kind within the next."""
    k = len(outcomes).bit_length() - 1
    names = list("abcd")[:k]
    rows = pd.DataFrame(np.arange(2**k)[:, None] >> np.arange(k)[::-1] & 1, columns=names)
    table = rows.assign(outcome=pd.array(outcomes, dtype="Int64"))
    found = qca.find_solutions(table, names, {"a": 1})
    if 1 not in outcomes:
        assert found.empty
        return
    held = {kind: [] for kind in ("conservative", "intermediate", "parsimonious")}
    for row in found.itertuples():
        held[row.kind].append(qca.membership(rows, row.solution).to_numpy() == 1)
    wanted, barred = (table.outcome.eq(n).fillna(False).to_numpy(bool) for n in (1, 0))
    every = [mask for masks in held.values() for mask in masks]
    assert all((mask >= wanted).all() and not (mask & barred).any() for mask in every)
    assert all((mask == wanted).all() for mask in held["conservative"])
    assert all(any((m <= p).all() for p in held["parsimonious"]) for m in held["intermediate"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.33, 0.67, 1.0])] * 3), min_size=2, max_size=9))
def test_fit_stays_within_bounds(rows):
    """PRI is never above consistency; that of an outcome and its absence add up to 1 or less."""
    cases = pd.DataFrame(rows, columns=["a", "b", "left"])
    if cases.left.nunique() == 1:
        return
    yes, no = (qca.truth_table(cases, ["a", "b"], side) for side in ("left", "~left"))

    assert (yes.pri.dropna() <= yes.consistency[yes.pri.notna()] + 1e-12).all()
    assert ((yes.pri + no.pri).dropna() <= 1 + 1e-9).all()
    assert yes.n.sum() == len(cases)


def test_a_parsimonious_model_may_hold_no_term_of_a_conservative_one():
    """Rows 011 and 100 without the outcome: a ring with many models, and no row is easy."""
    rows = pd.DataFrame(np.arange(8)[:, None] >> np.arange(3)[::-1] & 1, columns=list("abc"))
    found = qca.find_solutions(rows.assign(outcome=[1, 1, 1, 0, 0, 1, 1, 1]), list("abc"), {"a": 1})

    assert set(found.kind) == {"conservative", "intermediate", "parsimonious"}
    assert (found.assumptions == 0).all()


def spoil(**columns):
    cases = pd.DataFrame({"a": [1.0, 0.0], "left": [1, 0]}, index=["x", "y"])
    return cases.assign(**columns)


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        (spoil(a=[1.2, 0]), "a: case 'x' has 1.2; allowed: 0 to 1"),
        (spoil(a=[-0.1, 0]), "a: case 'x' has -0.1"),
        (spoil(a=[np.nan, 0]), "a: case 'x' has nan"),
        (spoil(a=[0.5, 0]), "a: case 'x' has 0.5; allowed: 0 to 1 but .5"),
        (spoil(left=[1, 1]), "left: is 1 in all cases"),
        (spoil(left=[1, 3]), "left: case 'y' has 3"),
        (spoil().set_axis(["x", "x"]), "case 'x': given more than once"),
        (spoil().drop(columns="a"), "a: no such column"),
    ],
)
def test_bad_cases_are_refused(cases, words):
    """With the column, the case, what was found and what is allowed."""
    with pytest.raises(DataError) as refusal:
        qca.truth_table(cases, ["a"], "left")

    assert words in str(refusal.value)


def test_all_breaches_come_at_once():
    """One error for a file."""
    with pytest.raises(DataError, match=r"(?s)more than once.*a: case.*left: is 1"):
        qca.truth_table(spoil(a=[2, 0], left=1).set_axis(["x", "x"]), ["a"], "left")


@pytest.mark.parametrize("names", [[], [f"c{n}" for n in range(11)], ["a", "a"], ["a", "left"]])
def test_conditions_are_limited(names):
    """One to ten, each once, none the outcome."""
    with pytest.raises(SettingError, match="allowed: 1 to 10"):
        qca.truth_table(spoil(), names, "left")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: qca.membership(spoil(), "a*nowhere"),
        lambda: qca.find_solutions(qca.truth_table(spoil(), ["a"], "left"), ["a"], {"b": 1}),
        lambda: qca.find_solutions(qca.truth_table(spoil(), ["a"], "left"), ["a"], {"a": 2}),
        lambda: qca.chance_of_no_contradiction(0, 4),
        lambda: qca.chance_of_no_contradiction(15, 11),
    ],
)
def test_bad_settings_are_refused(ask):
    """Each says what is allowed."""
    with pytest.raises(CompendiumError, match="allowed"):
        ask()
