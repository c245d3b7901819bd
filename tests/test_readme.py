"""The README claims nothing that the data and the command do not show."""

import re

import pytest
import yaml
from conftest import audit_print

from compendium import paths
from compendium.coding import grading
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.ledger import summarise
from compendium.runs import records
from partnership import propositions

README = (paths.ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
VERDICTS = audit_print().verdicts


def test_the_table_of_verdicts_is_what_the_audit_gives():
    """Every number of the README's table."""
    block = re.search(r"<!-- verdicts.*?-->\n(.*?)<!-- /verdicts -->", README, flags=re.DOTALL)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block[1].splitlines()]
    printed = {row[0]: dict(zip(rows[0][1:], map(int, row[1:]))) for row in rows[2:]}

    assert printed == summarise(VERDICTS, ["evidence"]).to_dict("index")


def test_the_table_of_grades_is_what_the_rules_give():
    """Every number of the README's second table, and the changelog's sentence on it."""
    block = re.search(r"<!-- claims.*?-->\n(.*?)<!-- /claims -->", README, flags=re.DOTALL)
    rows = [line.strip("|").split("|") for line in block[1].splitlines()[2:]]
    table = tables.read_table("coding/propositions")
    # As the report asks it.
    ledger = grading.give_grades(table, propositions.RULES, grading.read_coding(), 2000, 52)
    counted = ledger.grade.value_counts().reindex(list(grading.GRADES), fill_value=0)

    assert {grade.strip(): int(number) for grade, number in rows} == counted.to_dict()
    said = re.search(r"52 propositions have a grade by rule: ([^.]*)\.", CHANGELOG)[1]
    assert [int(number) for number in re.findall(r"\d+", said)] == [n for n in counted if n]


def test_the_first_finding_counts_what_the_audit_gives():
    """How many numbers that were worked out again, and facts printed twice, differ."""
    found = re.search(r"\*\*(\d+) of (\d+) numbers .*?\*\*, and (\d+) of (\d+) facts", README)
    counts = summarise(VERDICTS, ["evidence"])

    assert [int(number) for number in found.groups()] == [
        number
        for kind in ("recomputed", "cross-checked")
        for number in (counts.differs[kind], counts.loc[kind].sum())
    ]


@pytest.fixture(scope="module")
def answered():
    """What the runs of this very state answered, and their results."""
    try:
        known = records.read_records()
        records.check_current(known)
    except DataError as error:
        pytest.skip(f"results of this state are needed: {error}")
    return {f"{r['run'][:2]} {s['name']}": s["value"] for r in known for s in r["answered"]}


def test_the_findings_are_what_the_runs_say(answered):
    """Runs, weightings, sides, ties, agreement of the coders, grades that differ."""
    survives, by_either = (
        len(answered[f"09 {name}"].split(",")) for name in ("survives", "survive")
    )
    said = [
        f"executes {len(records.read_records())} notebook runs",
        f"alpha {float(answered['18 factor']):.2f}".replace("0.", "."),
        f"{float(answered['18 unpointed']):.2f}".removeprefix("0") + " (",
        f"{answered['17 moved']} of the 52 grades differ",
    ]

    assert [words for words in said if words not in README] == []
    assert (answered["07 told"], survives, by_either) == ("15", 5, 4)
    assert float(answered["07 stated_share"]) == pytest.approx(0.25, abs=0.01)
    assert (answered["07 stated_forced"], answered["07 kind_forced"]) == (
        "resources over local-structures, resources over culture", "nothing",
    )  # fmt: skip
    assert (answered["05 pairs"], answered["05 as_named"], answered["05 both"]) == ("7", "1", "2")
    assert (answered["09 whole"], answered["10 agreed"], answered["19 decided"]) == ("0", "0", "0")


@pytest.mark.usefixtures("answered")
def test_the_picture_is_the_one_that_the_run_draws():
    """To the byte: a picture of an older state misleads."""
    drawn = paths.RESULTS / "figures/balance-dalesville-social-services-before.png"

    assert (paths.ROOT / "docs/_static/figure-5.1.png").read_bytes() == drawn.read_bytes()


def test_the_changelog_counts_the_coding():
    """Statements, degrees, orderings, dependencies."""
    said = re.search(r"Chapters 4 and 5 are coded: ([^.]*)\.", CHANGELOG)[1]
    names = ("evidence", "involvement", "orderings", "dependencies")

    assert [int(number) for number in re.findall(r"\d+", said)] == [
        len(tables.read_table(f"coding/{name}")) for name in names
    ]


def test_every_notebook_is_listed():
    """The README's list is that of the numbered ones in the folder."""
    listed = re.findall(r"^\| `(\d\d-[a-z-]+)`", README, flags=re.MULTILINE)

    assert listed == sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb"))


def test_make_knows_the_commands_of_the_readme():
    """`make reproduce` and `make test` are targets."""
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")

    for target in re.findall(r"^make (\w+)$", README, flags=re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_the_citation_is_well_formed():
    """It names a title, authors, a version and the works re-examined."""
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["cff-version"] == "1.2.0"
    assert {"title", "authors", "version", "references"} <= citation.keys()
    assert len(citation["references"]) == 3
