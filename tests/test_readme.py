"""The README claims nothing that the data and the command do not show."""

import re

import yaml

from compendium import paths
from compendium.coding import grading
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger, summarise
from partnership import propositions

README = (paths.ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
VERDICTS = audit.give_verdicts(read_ledger(), tables.cells())


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
