"""Two codings of one text: how they are matched, how far they agree, what is settled."""

import numpy as np
import pandas as pd
import pytest
from conftest import change

from compendium.coding import assumptions, compare, weighing
from compendium.coding.cases import read_cases
from compendium.coding.statements import find_coded, read_coded
from compendium.errors import DataError, SettingError
from compendium.models.agreement import bootstrap_alpha
from compendium.models.multiverse import draw_weights
from compendium.printed import descriptor, tables

CODINGS = compare.Codings()
READINGS = compare.read_as(CODINGS)


def rows(*said: tuple) -> pd.DataFrame:
    """Statements: id, line, actor and site."""
    return pd.DataFrame(said, columns=["id", "line", "actor", "site"]).assign(district=None)


def pairs(first: pd.DataFrame, second: pd.DataFrame) -> list[list[str]]:
    """Which ids are matched."""
    return compare.match(first, second, "id")[["id_first", "id_second"]].to_numpy().tolist()


def test_rows_are_matched_one_to_one_by_actor_and_line():
    """As many as can be: b goes to the one two lines off, so that a has a partner too."""
    first = rows(("a", 10, "A", "all"), ("b", 11, "A", "all"), ("c", 11, "B", "all"))
    second = rows(("x", 9, "A", "all"), ("y", 13, "A", "all"), ("z", 20, "B", "all"))

    assert pairs(first, second) == [["a", "x"], ["b", "y"]]


def test_of_several_on_one_line_the_same_site_goes_first_and_then_the_order():
    """The site decides where it can; else the first goes with the first."""
    first = rows(("a", 5, "A", "all"), ("b", 5, "A", "North"))

    assert pairs(first, rows(("x", 5, "A", "North"))) == [["b", "x"]]
    assert pairs(first.assign(site="all"), rows(("x", 5, "A", "all"), ("y", 5, "A", "all"))) == [
        ["a", "x"],
        ["b", "y"],
    ]


def test_matching_does_not_look_at_codes():
    """Whatever the codes say, the same rows are paired."""
    first, second = CODINGS.read("evidence")
    found = compare.match(first, second, "evidence_id")
    mixed = first.assign(**{name: first[name].to_numpy()[::-1] for name in compare.VARIABLES})
    again = compare.match(mixed, second, "evidence_id")

    assert found.evidence_id_second.tolist() == again.evidence_id_second.tolist()
    assert found.evidence_id_first.tolist() == again.evidence_id_first.tolist()


def test_statements_of_a_line_are_drawn_together():
    """Of two lines, one agreed upon and one not: a draw has the one, the other, or one of each."""
    codes = pd.DataFrame({"first": list("++--++--"), "second": list("++----++")})
    lines = pd.Series([1, 1, 1, 1, 2, 2, 2, 2])
    together = bootstrap_alpha(codes, "nominal", 200, 1, lines)
    apart = bootstrap_alpha(codes, "nominal", 200, 1)

    assert together.high == 1
    assert together.low < -0.5 < apart.low + 1


def test_how_far_the_two_agree():
    """The headline: fair where lines were pointed out, poor elsewhere; intervals over lines."""
    table = compare.agree(CODINGS, 200).set_index(["variable", "scope"])
    found = table.alpha

    assert found["factor", "all"] == pytest.approx(0.72, abs=0.03)
    assert found["factor", "not pointed to"] == pytest.approx(0.54, abs=0.08)
    assert found["factor", "chapter 4"] - found["factor", "chapter 5"] > 0.2
    assert table.loc[("factor", "all"), "lines"] < table.loc[("factor", "all"), "pairs"]
    assert table.low.lt(table.alpha).all()


def test_what_both_cover():
    """Most of the second's statements and lines are coded by the first too; not the reverse."""
    table = compare.cover(CODINGS).set_index(["coder", "part"])
    theirs, ours = table.loc[("second-model", "all")], table.loc[("first-model", "all")]

    assert theirs.statements == 549
    assert theirs.matched == ours.matched
    assert theirs["lines of both"] / theirs.lines > 0.9
    assert ours.matched / ours.statements < 0.4
    parts = table.drop("all", level="part").groupby("coder").statements.sum()
    assert parts["second-model"] == theirs.statements


def test_degrees_orderings_and_dependencies_are_told_alike():
    """Nearly all of the second's are found; no ordering is contradicted."""
    table = compare.compare_others(CODINGS, 200)

    assert (table.found / table["second-model"]).min() > 0.75
    assert table.contradicted["orderings"] == 0
    assert table.alpha["degrees of involvement"] > 0.75


def test_an_ordering_the_other_way_round_is_contradicted():
    """And one of other bodies is not found."""
    _, theirs = CODINGS.read("orderings")
    ends = ("", "_district", "_site", "_partnership")
    swap = {f"{a}{e}": f"{b}{e}" for a, b in (("more", "less"), ("less", "more")) for e in ends}
    swap |= {"stage_more": "stage_less", "stage_less": "stage_more"}

    class Turned(compare.Codings):
        def read(self, table):
            first, second = super().read(table)
            turned = second.rename(columns=swap)[second.columns]
            return first, turned if table == "orderings" else second

    table = compare.compare_others(Turned(), 2)
    assert table.contradicted["orderings"] > 30
    assert table.found["orderings"] < len(theirs) - 30


def test_wherever_agreement_is_printed_it_is_said_between_whom():
    """Two language models, no human agreement."""
    assert CODINGS.banner.endswith("two language models, no human agreement; not independent")
    assert (read_coded("coding/coder", "second-model").independent == "no").all()


@pytest.mark.parametrize("names", [("first-model", "first-model"), ("nobody", ""), ("", "nobody")])
def test_two_known_coders_are_needed(names):
    """Those there are are named."""
    with pytest.raises(SettingError, match="allowed: two of first-model, second-model"):
        compare.Codings(*names)


def test_what_a_coder_did_not_read_is_the_headlines():
    """A coding of statements is weighed by the printed leans; who is unknown is refused."""
    assert find_coded("coding/evidence", "second-model") == "coding/second-model/evidence.csv"
    assert find_coded("coding/leanings", "second-model") == "coding/first-model/leanings.csv"
    with pytest.raises(DataError, match="found the coder 'x'; allowed: first-model, second-model"):
        read_coded("coding/evidence", "x")


def test_only_the_headlines_reading_counts_as_printed():
    """Another's tables have no printed values, and their rows refer to their own."""
    described = {one["path"]: one for one in descriptor.read_descriptor()["resources"]}

    assert "values" in described["coding/first-model/tilts.csv"]
    assert not any("values" in one for path, one in described.items() if "second-model" in path)
    assert descriptor.list_coders() == ["first-model", "second-model"]


def test_disagreements_are_counted_as_open_until_they_are_settled(raw_copy):
    """All are settled, each with a reason of few words; without its row one is open again."""
    path = raw_copy / "coding/settled.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    disputes = compare.list_disputes(CODINGS)

    assert disputes.id.is_unique
    assert (disputes.verdict != "open").all()
    assert disputes.reason.str.split().str.len().between(3, 17).all()
    assert (disputes["first"] != disputes["second"]).all()
    counted = compare.count_disputes(disputes)
    assert counted["all"].sum() == len(disputes)
    assert counted.second.sum() == 7
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    assert compare.count_disputes(compare.list_disputes(compare.Codings())).open.sum() == 1


def test_what_cannot_be_settled_is_refused_at_once(raw_copy):
    """An unknown id, an unknown verdict, a missing reason: file, row, column, found, allowed."""
    path = raw_copy / "coding/settled.csv"
    known = path.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    path.write_text(f"id,verdict,reason\n{known},ours,why\ne1a/E999/factor,first,\n", "utf-8")
    with pytest.raises(DataError) as caught:
        compare.list_disputes(compare.Codings())

    message = str(caught.value)
    assert "data/raw/coding/settled.csv row 2, column verdict: found 'ours'" in message
    assert "row 3, column id: found 'e1a/E999/factor'; allowed: the id of a disagr" in message
    assert "row 3, column reason" in message


def test_a_shifted_row_is_noticed(raw_copy):
    """A statement that moves to another line loses its partner, and what was settled of it."""
    path = raw_copy / "coding/second-model/evidence.csv"
    change(path, "E318,2286,", "E318,2600,")
    codings = compare.Codings()

    assert "E318" not in set(codings.statements.evidence_id_second)
    with pytest.raises(DataError, match=r"row \d+, column id: found 'e\w+/E318/factor'"):
        compare.list_disputes(codings)


def test_what_both_agree_on_is_part_of_the_first_coding():
    """And what is settled takes the second's code where it is the better one."""
    first = read_coded("coding/evidence").set_index("evidence_id")
    agreed = READINGS[compare.AGREED].read("coding/evidence")
    settled = READINGS[compare.SETTLED_SO_FAR].read("coding/evidence").set_index("evidence_id")
    disputes = compare.list_disputes(CODINGS)
    disputes = disputes.assign(row=disputes.id.str.split("/").str[0])
    theirs, gone = (disputes[disputes.verdict == verdict] for verdict in ("second", "neither"))
    theirs = theirs[theirs.variable == "factor"].set_index("row").second

    assert {*agreed.evidence_id} < {*first.index}
    assert {*first.index} - {*settled.index} == {*gone.row}
    first = first.loc[settled.index]
    changed = settled.factor[settled.factor != first.factor]
    assert changed.to_dict() == theirs.to_dict()
    # Who is right on the factor may be wrong on the direction.
    assert settled.loc["e2424b", ["factor", "direction"]].tolist() == ["F5", "0"]


def test_all_that_are_told_hang_on_the_reading_and_the_printed_cases_do_not():
    """A quarter of all weightings by either coding, none by what both code alike; sides hold."""
    asked = {name: READINGS[name] for name in (*CODINGS.names, compare.AGREED)}
    table = weighing.compare_readings(asked, draw_weights(5000, 1, 5))
    stated = table["all told: stated"]

    assert table["printed: stated"].nunique() == 1
    assert stated["first-model"] == pytest.approx(0.25, abs=0.02)
    assert stated["second-model"] == stated["first-model"]
    assert stated[compare.AGREED] == 0
    assert (compare.compare_sides(READINGS).same == "yes").all()


def test_the_curve_has_the_coder_as_an_axis():
    """The headline's part of it is the curve without the axis; a side can hang on the coder."""
    setting = assumptions.set_up(read_cases(), {"certain": 0, "likely": 0, "contested": 0}, 1)
    pair = {name: READINGS[name] for name in CODINGS.names}
    curve = assumptions.cross_coders(setting, pair)
    own = curve[curve.coder == "first-model"].drop(columns="coder")
    table = assumptions.conclude_by_coder(setting, assumptions.drop_nulls(curve), {})

    assert np.allclose(own.share, assumptions.cross(setting).share)
    assert list(curve.coder.cat.categories) == list(pair)
    side = table.loc["Social Services comes out left"]
    assert side["first-model"] < 60
    assert side["second-model"] == 100
    assert side["no coder moves"] == ""
    assert table.loc["SS Greenshire comes out left", "no coder moves"] == "survives"
    verdicts = ["first", "second", "both", "neither"]
    assert tables.allowed_values("coding/settled", "verdict") == verdicts
