"""The claims ledger: grades from counts, and counts that notice when the coding changes."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_findings import words_of

from compendium.coding import grading, wrong_codes
from compendium.coding.grading import Answer, Coding
from compendium.printed.ledger import read_ledger
from compendium.printed.tables import read_table
from partnership import findings, propositions

EVIDENCE = pd.DataFrame(
    {
        "line": [10, 11, 12, 13],
        "actor": ["Trusts", "Trusts", "PCG", "PCG"],
        "subfactor": ["1.funds"] * 4,
        "direction": ["+", "+", "-", "+/-"],
        "confidence": ["certain", "contested", "certain", "likely"],
    }
)
INVOLVEMENT = pd.DataFrame(
    {
        "line": [20, 21, 22],
        "measure": "involvement",
        "actor": ["Trusts", "PCG", "PCG"],
        "site": ["Dalesville", "Greenshire", "all"],
        "code": [3, 1, 2],
        "code_min": [2, 0, 1],
        "code_max": [3, 1, 2],
        "confidence": "certain",
    }
)

ORDERINGS = pd.DataFrame(
    {
        "line": [30, 31],
        "more": ["Trusts", "PCG"],
        "less": ["PCG", "Trusts"],
        "stage_more": "general",
        "stage_less": "general",
        "measure": "involvement",
        "confidence": "certain",
    }
)
SITES = frozenset(["Dalesville", "Greenshire"])
SMALL = Coding(EVIDENCE, INVOLVEMENT, ORDERINGS, sites=SITES)


@pytest.fixture(scope="module")
def coding():
    """The shipped coding, as the report asks it."""
    return grading.read_coding()


def give(coding, n_shuffles=0):
    """The ledger of a coding, without the shuffles unless asked for."""
    table = read_table("coding/propositions")
    return grading.give_grades(table, propositions.RULES, coding, n_shuffles, seed=1)


@pytest.fixture(scope="module")
def graded(coding):
    """The ledger as coded, by number."""
    return give(coding).set_index("number")


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ((0, 0, 0), "not testable here"),
        ((2, 2, 2), "contradicted by the coding"),
        ((2, 1, 0), "author's claim restated"),
        ((2, 1, 1), "consistent with the coding"),
        # A computed claim is a fact only if it holds.
        ((1, 0, 0, True), "arithmetic fact"),
        ((0, 1, 0, True), "contradicted by the coding"),
    ],
)
def test_a_grade_follows_from_its_counts(counts, grade):
    """Nothing counted, as many against, only the cited lines, or lines of its own."""
    assert grading.grade(Answer("", *counts)) == grade


TRUSTS, PCG = {"actor": "Trusts"}, {"actor": "PCG"}
FUNDS = grading.signs("+", subfactor="1.funds")
ALONG = SMALL._replace(
    evidence=EVIDENCE.assign(direction=["+", "-", "+", "-"], state=["more", None, "less", "less"])
)


@pytest.mark.parametrize(
    ("rule", "coding", "counts"),
    [
        # Either way counts for neither; one of two stands on a line of its own.
        (FUNDS, SMALL, (2, 1, 1)),
        (FUNDS, grading.drop_contested(SMALL), (1, 1)),
        # "No effect" counts against an effect.
        (FUNDS, SMALL._replace(evidence=EVIDENCE.iloc[:2].assign(direction=["+", "0"])), (1, 1)),
        # Less of it, less of that speaks for the link.
        (grading.signs("+", along="state"), ALONG, (2, 2)),
        (grading.signs("+", along="state", actor="PCG"), ALONG, (1, 1)),
        # Of 3 (2-3), 1 (0-1) and 2 (1-2), only the first two cannot both be 1 or 2.
        (grading.degrees(least=1, most=1), SMALL, (1, 1)),
        # One sentence each way.
        (grading.more(TRUSTS, PCG), SMALL, (1, 1)),
        # Trusts 2-3 are above PCGs, whose medians are 0.5 and 1.5: that they meet is a tie.
        (grading.compare(TRUSTS, PCG), SMALL, (1, 0)),
        (grading.compare(PCG, TRUSTS), SMALL, (0, 1)),
    ],
)
def test_rows_are_counted_for_and_against(rule, coding, counts):
    """And, of those for it, those on lines of their own: line 10 is cited."""
    assert rule(coding, {10})[1 : 1 + len(counts)] == counts


def test_a_contrast_of_sites_needs_sites():
    """PCGs are coded at one named site: not testable, and the answer says how many there are."""
    asked = grading.within_sites(2, {"actor": "PCG"}, grading.signs("+"))
    answer = asked(SMALL, set())

    assert grading.grade(answer) == "not testable here"
    assert answer.value == "named sites with a coded degree: 1; needed: 2"


def test_all_52_propositions_are_asked():
    """Neither one too few nor one too many, and each rests on lines of chapters 4 and 5."""
    table = read_table("coding/propositions")

    assert list(propositions.RULES) == table.number.tolist()
    assert len(table) == 52
    for lines in table.lines:
        assert grading.cited_lines(lines) <= set(range(1520, 2717))


def test_every_proposition_that_cannot_be_tested_says_what_it_would_take(graded):
    """Not testable is never the end of the sentence."""
    ledger = graded
    open_ones = ledger[ledger.grade == "not testable here"]

    assert len(ledger) == 52
    assert set(ledger.grade) <= set(grading.GRADES)
    assert open_ones.needed.notna().all()
    assert (open_ones.needed != "").all()


def test_no_proposition_counts_rows_that_do_not_exist(coding):
    """Every filter of every rule names something the coding holds: no rule is empty by a typo."""
    known = {
        *coding.evidence.actor, *coding.evidence.subfactor, *coding.evidence.site,
        *coding.evidence.stage, *coding.evidence.partnership, *coding.evidence.target,
        *coding.orderings.more, *coding.orderings.less, *coding.involvement.actor,
        *coding.involvement.stage,
    }  # fmt: skip
    rules, sectors = propositions.TABLE["rules"], {"actor": propositions.TABLE["sectors"]}
    words = (words_of(key, [rules, sectors]) for key in ("actor", "subfactor", "stage"))

    assert set().union(*words) <= known | {"narrow-view actors"}


TURNED = {"+": "-", "-": "+"}


def test_turning_every_statement_costs_every_grade_that_rests_on_statements(coding, graded):
    """Were each statement coded the other way, nothing that counts statements alone would stand.

    Propositions that ask for "no effect" (the value says "or 0") keep their zeros, and are left
    out.
    """
    evidence = coding.evidence.assign(direction=coding.evidence.direction.replace(TURNED))
    after = give(coding._replace(evidence=evidence)).set_index("number")
    alone = graded[graded.value.str.fullmatch(r"(statements [+-]: \d+, otherwise: \d+(; )?)+")]
    stood = alone[alone.n_for > alone.n_against].index

    assert len(stood) >= 9
    assert (after.grade[stood] == "contradicted by the coding").all()


def test_turning_every_ordering_is_noticed(coding, graded):
    """Were each ordering the other way round, the propositions on orderings would fall."""
    turned = coding._replace(orderings=grading.reverse(coding.orderings))
    after = give(turned).set_index("number")

    for number in ("H28", "H36", "H38", "H44"):
        assert after.n_for[number] < graded.n_for[number]
        assert after.n_against[number] > graded.n_against[number]
        assert after.grade[number] == "contradicted by the coding"


def test_a_proposition_is_as_good_as_its_worst_part():
    """Ten statements for it do not make up for an ordering against."""
    parts = (Answer("", 10, 0, 10), Answer("", 0, 1))
    answer = Answer("", 10, 1, 10, parts=parts)

    assert grading.grade(answer) == "contradicted by the coding"
    assert grading.grade(answer._replace(parts=(parts[0], Answer("")))) == "not testable here"


def test_a_code_whose_name_holds_the_direction_speaks_for_nothing_of_its_own():
    """Five narrow views, all against: they are counted, and not as rows of their own."""
    evidence = pd.DataFrame(
        {"line": range(5), "subfactor": "3.narrow", "direction": "-", "confidence": "certain"}
    )
    small = SMALL._replace(evidence=evidence)
    small = small._replace(one_way=frozenset(["3.narrow"]))
    answer = grading.signs("-", subfactor="3.narrow")(small, set())

    assert answer[1:4] == (5, 0, 0)
    assert grading.grade(answer) == "author's claim restated"


def test_what_shuffled_coding_gives_as_well_is_not_called_consistent():
    """A claim that holds whatever is coded falls; one that holds of these codes stays."""
    evidence = pd.DataFrame(
        {
            "line": range(40),
            "actor": ["Trusts"] * 8 + ["PCG"] * 32,
            "subfactor": ["1.funds"] * 40,
            "direction": ["+"] * 8 + ["-"] * 32,
            "confidence": "certain",
        }
    )
    rules = {
        "stays": grading.signs("+", actor="Trusts"),
        "always": lambda *_: Answer("", 1, 0, 1),
        "restated": lambda *_: Answer("", 1, 0, 0),
        "never": lambda *_: Answer("", 0, 1, 0),
    }
    claims = pd.DataFrame({"number": list(rules), "proposition": "", "lines": "99", "needed": ""})
    small = SMALL._replace(evidence=evidence, sides=pd.Series(["left"]))
    found = grading.give_grades(claims, rules, small, 60, seed=3).set_index("number")

    assert found.by_chance.to_dict() == pytest.approx(
        {"stays": 0.0164, "always": 1.0, "restated": 1.0, "never": np.nan}, nan_ok=True
    )
    assert found.grade.tolist() == [
        "consistent with the coding", "not testable here", "author's claim restated",
        "contradicted by the coding",
    ]  # fmt: skip
    assert found.needed["always"] == "an asking that shuffled codes fail (100.0% of them pass)"


counts = st.tuples(*[st.integers(0, 4)] * 3).map(lambda n: Answer("", n[0], n[1], min(n[0], n[2])))


@given(st.lists(counts, min_size=1, max_size=3), st.integers(0, 2), st.booleans())
def test_no_row_against_improves_a_grade(parts, place, arithmetic):
    """Whatever was counted before, of a whole or of one of its parts: best stays first."""
    parts = [part._replace(is_arithmetic=arithmetic) for part in parts]
    place %= len(parts)
    worse = [*parts]
    worse[place] = parts[place]._replace(n_against=parts[place].n_against + 1)
    best_first = ["arithmetic fact", "consistent with the coding", "author's claim restated"]
    best_first += ["not testable here", "contradicted by the coding"]
    before, after = (
        best_first.index(grading.grade(Answer("", parts=tuple(each)))) for each in (parts, worse)
    )

    assert after >= before


def test_shuffling_deals_out_the_same_codes(coding):
    """No code is lost, the rows stay, and the same seed gives the same deals."""
    first, again = (grading.shuffle(coding, 3, np.random.default_rng(4)) for _ in range(2))
    said, measures = coding.said("evidence"), coding.involvement.measure
    codes = coding.degrees("code")

    assert first.evidence is coding.evidence
    for dealt, other, degrees in zip(
        first.said("evidence"), again.said("evidence"), first.degrees("code"), strict=True
    ):
        assert sorted(dealt) == sorted(said)
        assert (dealt == other).all()
        assert (dealt != said).any()
        by_measure = pd.Series(degrees).groupby(measures.to_numpy()).sum()
        assert by_measure.equals(pd.Series(codes).groupby(measures.to_numpy()).sum())


def test_many_codings_are_asked_as_one_is(coding):
    """Each rule of each claim counts in an array of deals what it counts in a deal of its own."""
    many, cited = grading.shuffle(coding, 4, np.random.default_rng(8)), {1600, 2000}
    counts = {number: rule(many, cited)[1:4] for number, rule in propositions.RULES.items()}
    for place in range(4):
        dealt = {name: codes[place] for name, codes in many.dealt.items()}
        order = dealt.pop("involvement")
        evidence = coding.evidence.assign(direction=dealt["evidence"])
        codes = ["code", "code_min", "code_max"]
        involvement = coding.involvement.copy()
        involvement[codes] = coding.involvement[codes].to_numpy()[order]
        turned = grading.reverse(coding.orderings)
        kept = pd.Series(dealt["orderings"], coding.orderings.index)
        one = coding._replace(
            evidence=evidence,
            involvement=involvement,
            sides=pd.Series(dealt["sides"], coding.sides.index),
            orderings=coding.orderings.where(kept, turned, axis=0),
        )
        for number, rule in propositions.RULES.items():
            found = [np.broadcast_to(n, 4)[place] for n in counts[number]]
            assert found == [*rule(one, cited)[1:4]], number


def test_a_chance_counts_the_coding_itself_and_says_how_sure_it_is():
    """None of 99 does as well: 1 in 100, with an interval; a grade within reach of another says."""
    rules = {"few": grading.signs("+", actor="Trusts")}
    claims = pd.DataFrame({"number": ["few"], "proposition": "", "lines": "99", "needed": ""})
    evidence = pd.DataFrame(
        {"line": range(44), "actor": ["Trusts"] * 4 + ["PCG"] * 40, "subfactor": "1.funds",
         "direction": ["+"] * 22 + ["-"] * 22, "confidence": "certain"}
    )  # fmt: skip
    small = SMALL._replace(evidence=evidence, sides=pd.Series(["left"]))
    (row,) = grading.give_grades(claims, rules, small, 99, seed=1).itertuples()
    # Four of 22 and none of the other 22: 22 * 21 * 20 * 19 of 44 * 43 * 42 * 41.
    assert row.chance_low < 0.0539 < row.chance_high
    assert row.by_chance * 100 == pytest.approx(round(row.by_chance * 100))
    other = {"consistent with the coding": "not testable here"}
    assert row.grade_could_be == other.get(row.grade, "consistent with the coding")
    (sure,) = grading.give_grades(claims, rules, small, 40_000, seed=1).itertuples()
    assert sure.by_chance == pytest.approx(0.0539, abs=0.003)
    assert sure.chance_high - sure.chance_low < 0.005


WORST_FIRST = ["contradicted by the coding", "not testable here", "author's claim restated"]
WORST_FIRST += ["consistent with the coding", "arithmetic fact"]
POLES = {"integration": "no integration", "no integration": "integration",
         "accepted": "refused", "neither": "both"}  # fmt: skip
# What a row says, the other way.
CONTRARY = {"evidence": TURNED, "process": TURNED, "cultures": POLES}


def pick(answer, place):
    """One coding's answer out of those of many."""
    counts = (int(np.broadcast_to(n, (place + 1,))[place]) if np.ndim(n) == 0 else int(n[place])
              for n in answer[1:4])  # fmt: skip
    parts = tuple(pick(part, place) for part in answer.parts)
    return Answer("", *counts, answer.is_arithmetic, parts)


def gains(before, after):
    """Whether more speaks against, no more for it, and the grade is better all the same."""
    contrary = after.n_against > before.n_against and after.n_for <= before.n_for
    ranks = [WORST_FIRST.index(grading.grade(answer)) for answer in (before, after)]
    return contrary, contrary and ranks[1] > ranks[0]


def add_each(coding, name):
    """Each row of a table turned round and added, one at a time: as many codings at once."""
    table = getattr(coding, name)
    column = grading._CODED[name][0]
    turned = table.assign(**{column: table[column].map(CONTRARY[name])}, line=1).dropna(
        subset=column
    )
    both = pd.concat([table, turned.astype(table.dtypes)], ignore_index=True)
    said = np.tile(both[column].fillna("").to_numpy(dtype=str), (len(turned), 1))
    said[:, len(table) :] = np.where(np.eye(len(turned)), said[:, len(table) :], "")
    return len(turned), coding._replace(**{name: both}, dealt={name: said})


def add_one_by_one(coding, name):
    """Orderings reversed, or degrees at the other end, each added to a coding of its own."""
    table = getattr(coding, name)
    if name == "orderings":
        turned = grading.reverse(table.drop_duplicates(["more", "less", "measure"]))
    else:
        turned = table.drop_duplicates(["actor", "measure", "level"])
        other = 3 - turned.code
        turned = turned.assign(code=other, code_min=other, code_max=other)
    turned = turned.assign(line=1).astype(table.dtypes)
    for place in range(len(turned)):
        both = pd.concat([table, turned.iloc[[place]]], ignore_index=True)
        yield coding._replace(**{name: both})


@pytest.fixture(scope="module")
def asked(coding):
    """All 52 propositions and 32 findings, with their lines; and the coding with verdicts."""
    ledger = read_ledger()[["value_id"]].assign(verdict="exact")
    rules = propositions.RULES | findings.RULES
    tables = (read_table(f"coding/{name}") for name in ("propositions", "findings"))
    lines = {r.number: grading.cited_lines(r.lines) for each in tables for r in each.itertuples()}
    assert len(rules) == len(lines) == 84
    return coding._replace(verdicts=ledger), rules, lines


@pytest.mark.parametrize("name", CONTRARY)
def test_no_contrary_statement_of_the_study_improves_a_grade(asked, name):
    """Every directed row of every table, turned round and added: no claim gains by it."""
    coding, rules, lines = asked
    n, changed = add_each(coding, name)
    met = set()
    for number, rule in rules.items():
        before, after = (rule(each, lines[number]) for each in (coding, changed))
        if np.ndim(after.n_against):
            found = [gains(pick(before, 0), pick(after, place)) for place in range(n)]
            met |= {number} & {number for contrary, _ in found if contrary}
            assert not any(gained for _, gained in found), number
    assert {"evidence": {"H09", "H11", "H18", "H22", "H42", "F01", "F05"},
            "process": {"F10", "F12"}, "cultures": {"F26", "F27"}}[name] <= met  # fmt: skip


@pytest.mark.parametrize("name", ["orderings", "involvement"])
def test_no_contrary_ordering_or_degree_improves_a_grade(asked, name):
    """The same of who stands above whom, and of how much."""
    coding, rules, lines = asked
    readers = wrong_codes._find_readers(coding, rules, lines)[name]
    before = {number: rules[number](coding, lines[number]) for number in readers}
    met = set()
    for changed in add_one_by_one(coding, name):
        for number in readers:
            contrary, gained = gains(before[number], rules[number](changed, lines[number]))
            met |= {number} if contrary else set()
            assert not gained, number
    assert {"orderings": {"H28", "H36", "F19"}, "involvement": {"H13", "H52", "F15"}}[name] <= met


def test_a_contrary_row_leaves_no_claim_to_chance_more_seldom(asked):
    """One row more against on targets and sanctions: shuffled codings do as well more often."""
    coding, rules, lines = asked
    row = coding.evidence[coding.evidence.subfactor == "1.perfmgt"].iloc[[0]]
    against = row.assign(direction="+", line=1)
    both = pd.concat([coding.evidence, against], ignore_index=True)
    ask = partial(grading._ask, rules["H11"], lines["H11"])
    first, second = (
        grading._rate_by_chance({"H11": ask(each)}, {"H11": ask}, each, 400, seed=3)["H11"][0]
        for each in (coding, coding._replace(evidence=both))
    )
    assert second >= first


def test_the_codes_whose_name_holds_the_direction_are_declared(coding):
    """Every code with five directed rows or more, all one way, is among them."""
    for table, name in (("evidence", "subfactor"), ("process", "theme")):
        rows = getattr(coding, table)
        said = pd.crosstab(rows[name], rows.direction)[["+", "-"]]
        alike = said.index[(said.min(axis=1) == 0) & (said.max(axis=1) >= 5)]
        assert {*alike} <= coding.one_way


def test_lack_of_inputs_and_little_say_speak_for_inputs_and_say(coding):
    """No money, no equal footing: that is the claim; much money, no say would be its contrary."""
    answer = propositions.RULES["H42"](coding, set())
    mine = coding.evidence.subfactor.eq("5.inputs") & coding.evidence.target.eq("influence")
    turned = coding.evidence.assign(factor_state="more")
    other = propositions.RULES["H42"](coding._replace(evidence=turned), set())

    assert answer.parts[0][1:3] == (6, 0)
    assert other.parts[0][1:3] == (4, 2)
    assert coding.evidence.factor_state[mine].notna().all()
