"""Forms for others: codecheck.yml by its rules, ACRe levels, the list of tables and programs.

Rule ids are those of rules-2.0.yml in the codecheckers' register, for CODECHECK's specification
2.0 of 11 September 2026. Severity error there is a MUST of the specification. No level says more
than was computed.
"""

import re
from pathlib import PurePosixPath

import pandas as pd
import pytest
import yaml
from conftest import audit_print

from compendium.printed import tables
from compendium.publish import forms

PLACEHOLDER = re.compile(r"FIXME|TODO|XXXX|0000-0000-0000-0000", re.I)


@pytest.fixture(scope="module")
def told(certified):
    """What the file says."""
    return yaml.safe_load((certified / "codecheck.yml").read_text(encoding="utf-8"))


def test_it_parses_as_utf8_yaml_at_the_root(certified, told):
    """CC-CFG-001 yaml-parses, CC-CFG-003 file-name-and-location."""
    assert isinstance(told, dict)
    assert (certified / "codecheck.yml").read_bytes().decode("utf-8")


def test_it_starts_with_the_document_marker(certified):
    """CC-CFG-002 explicit-document: the first line, before any comment."""
    assert (certified / "codecheck.yml").read_text(encoding="utf-8").startswith("---\n")


def test_the_manifest_names_files_by_relative_path_with_a_comment(told):
    """CC-CFG-004 manifest-present, -005 item-file, -006 path-relative, -007 item-comment."""
    assert told["manifest"]
    for entry in told["manifest"]:
        path = PurePosixPath(entry["file"])
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert entry["comment"]


def test_every_file_of_the_manifest_is_there(certified, told):
    """CC-BUN-001 manifest-files-exist."""
    assert all((certified / entry["file"]).is_file() for entry in told["manifest"])


def test_the_version_is_the_published_one(told):
    """CC-CFG-014 version-present, CC-CFG-015 version-known."""
    assert told["version"] == "https://codecheck.org.uk/spec/config/2.0/"


def test_the_paper_has_title_authors_and_reference(told):
    """CC-CFG-016 paper-present, -017 title, -018 authors, -019 author-name, -021 reference."""
    assert told["paper"]["title"] == "Two sites, counted"
    assert [author["name"] for author in told["paper"]["authors"]] == ["The maintainers"]
    assert told["paper"]["reference"].startswith("No publication yet; software, version 0.1.0")


def test_nothing_stands_in_for_what_is_not_known(told):
    """CC-CFG-013 and CC-CFG-023: no placeholder."""
    assert not PLACEHOLDER.search(yaml.safe_dump(told))


def test_there_is_a_summary(told):
    """CC-CFG-024 summary-present; it says that no person has signed."""
    assert told["summary"].endswith("no person has signed it.")


def test_there_is_a_folder_for_the_check(certified):
    """CC-BUN-002 codecheck-directory-present."""
    assert (certified / "codecheck").is_dir()


def test_what_only_a_person_can_say_is_left_out_and_named(certified, told):
    """CC-CFG-008, -011, -025 cannot be met before a check, -020 without an ORCID: all are told."""
    assert not {"codechecker", "report", "certificate"} & told.keys()
    assert "ORCID" not in told["paper"]["authors"][0]
    comments = (certified / "codecheck.yml").read_text(encoding="utf-8").split("version:")[0]
    page = (certified / "certificate.md").read_text(encoding="utf-8")
    for rule in ("CC-CFG-008", "CC-CFG-011", "CC-CFG-020", "CC-CFG-025"):
        assert rule in comments
        assert rule in page


def test_our_own_nodes_say_whose_they_are(told):
    """Additional content SHOULD be named so that its origin is clear."""
    known = {"version", "manifest", "paper", "source", "summary"}

    assert all(name.startswith("compendium_") for name in told.keys() - known)


PROGRAMS = pd.DataFrame(
    [
        ("Table 1", "s", "table", "results/tables/a.csv; data/processed/v.csv"),
        ("Figure 1", "s", "figure", "results/tables/a.csv"),
        ("Section 1", "s", "text", "results/tables/b.csv"),
    ],
    columns=["Figure/Table #", "source_id", "kind", "Output file"],
)


def write(**citation):
    """What the file says of a citation, with three programs."""
    citation = {"title": "T: two", "version": "1", "authors": [{"name": "We"}]} | citation
    return yaml.safe_load(forms.write_codecheck(citation, "ab12", PROGRAMS, "c", ["One", "Two: 2"]))


def test_an_orcid_of_the_citation_is_used_without_its_address():
    """CC-CFG-020 paper-author-orcid: the plain identifier."""
    author = {"given-names": "J", "family-names": "Carberry"}
    author |= {"orcid": "https://orcid.org/0000-0002-1825-0097"}
    paper = write(authors=[author], doi="10.5555/x")["paper"]

    assert paper["authors"] == [{"name": "J Carberry", "ORCID": "0000-0002-1825-0097"}]
    assert paper["reference"] == "https://doi.org/10.5555/x"
    unmet = forms.find_unmet({"authors": [author]})
    assert not [text for text in unmet if "CC-CFG-020" in text]


def test_without_a_publication_the_paper_is_the_software():
    """Its version and its commit; colons in a title or a sentence do no harm; no work, no node."""
    found = write()

    assert found["paper"]["title"] == "T: two"
    assert found["paper"]["reference"] == "No publication yet; software, version 1, commit ab12"
    assert found["summary"] == "One. Two: 2."
    assert found["compendium_works_re_examined"] == []


def test_a_file_that_shows_two_items_is_listed_once(tmp_path, monkeypatch):
    """With both in its comment; a page is no display item's; what is not there is not listed."""
    monkeypatch.setattr(forms.paths, "RESULTS", tmp_path)
    (tmp_path / "claims-more.csv").touch()
    (tmp_path / "verdicts.csv").touch()

    assert write()["manifest"] == [
        {"file": "c/results/tables/a.csv", "comment": "Table 1 of s, Figure 1 of s"},
        {"file": "c/results/verdicts.csv", "comment": "the verdict on every printed value"},
        {"file": "c/results/claims-more.csv", "comment": "the grade of each claim"},
    ]


ITEM = {"source_id": "s", "kind": "table", "label": "Two sites", "completeness": "complete"}
ITEM |= {"item_id": "s/table-1", "notebook": "01-audit"}


def items(**changes):
    """One item, a table held whole."""
    return pd.DataFrame([ITEM | changes])


def verdicts(*rows, item="s/table-1"):
    """Values of an item, each as (role, verdict)."""
    table = pd.DataFrame(rows, columns=["role", "verdict"])
    return table.assign(item_id=item, value_id=[f"{item}/{n}" for n in range(len(table))])


def give_levels(items, verdicts):
    """The ACRe levels of these."""
    return forms.give_levels(forms.count_values(items, verdicts))


INPUT = ("input", "transcribed")
RIGHT, WRONG = ("derived", "exact"), ("claim", "differs")
SAME, OTHER = ("repeated", "exact"), ("repeated", "differs")
IMAGE, UNPRINTED = ("derived", "not-recoverable"), ("claim", "not-derivable")


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ([INPUT, RIGHT], "5"),
        ([INPUT, ("derived", "rounds")], "5"),
        ([INPUT, RIGHT, WRONG], "4"),
        ([INPUT, RIGHT, OTHER], "4"),
        ([RIGHT, UNPRINTED], "3"),
        ([RIGHT, WRONG, IMAGE], "3"),
        ([INPUT, INPUT], ""),
        ([SAME, INPUT], ""),
        ([OTHER], ""),
        ([IMAGE], ""),
        ([UNPRINTED, INPUT], ""),
    ],
)
def test_the_level_follows_from_the_verdicts(rows, level):
    """Five if all came out, four if one differs, three if one is beyond reach, none if typed."""
    found = give_levels(items(), verdicts(*rows))

    assert found.with_this_compendium.tolist() == [level]


def test_an_item_held_in_part_is_at_three_at_most():
    """Its one computed value is right, but the image is missing."""
    found = give_levels(items(completeness="partial"), verdicts(RIGHT))

    assert found.with_this_compendium.tolist() == ["3"]


@pytest.mark.parametrize(
    ("rows", "changes", "reason"),
    [
        ([], {}, "words only"),
        ([INPUT, INPUT], {}, "only transcribed; taken as given: 2"),
        ([SAME, INPUT], {}, "nothing computed; only compared with another place: 1"),
        ([], {"completeness": "partial"}, "nothing computed: the image is missing"),
        ([INPUT, RIGHT], {}, "1 of 2 values computed, all as printed"),
        ([RIGHT, WRONG], {}, "2 of 2 values computed; differ from print"),
        ([RIGHT, UNPRINTED], {"completeness": "partial"}, "not computable: 1; the item is held"),
    ],
)
def test_each_level_has_its_reason(rows, changes, reason):
    """What was computed, out of how much, and what stands in the way."""
    found = give_levels(items(**changes), verdicts(*rows))

    assert reason in found.reason[0]


def test_numbers_in_text_are_no_display_item():
    """The guide's levels are for tables and figures."""
    assert give_levels(items(kind="text"), verdicts(RIGHT)).empty


@pytest.fixture(scope="module")
def real():
    """The real items with the verdicts of the audit."""
    return tables.read_table("items"), audit_print().verdicts


def test_no_real_item_is_said_to_be_more_than_it_is(real):
    """As published all are at 1; with us none passes 5, and none is claimed without computing."""
    levels = give_levels(*real)

    assert set(levels.as_published) == {1}
    assert set(levels.with_this_compendium) == {"", "3", "4", "5"}
    assert levels.computed.eq(0).equals(levels.with_this_compendium.eq(""))
    assert levels.reason.str.len().gt(0).all()


@pytest.mark.parametrize(
    ("item", "printed", "computed", "level"),
    [
        # Four shares of four budgets and allocations.
        ("elston2005/table-4.2", 12, 4, "5"),
        # Amounts, taken as given.
        ("elston2005/table-4.1", 19, 0, ""),
        # Three column totals that the rows do not give.
        ("elston2005/appendix-h", 90, 22, "4"),
        # The side is read off the prose, the image is lost: nothing is held against anything.
        ("elston2005/figure-5.3", 2, 0, ""),
        ("elston2005/figure-1.1", 1, 0, ""),
        # The same fact in a box and in the text.
        ("mannion2011/box-2", 1, 0, ""),
    ],
)
def test_levels_of_items_one_can_look_up(real, item, printed, computed, level):
    """Each can be counted in the ledger."""
    found = give_levels(*real).set_index("item_id").loc[item]

    assert [found.printed, found.computed, found.with_this_compendium] == [printed, computed, level]


RECORD = {
    "run": "01-audit",
    "notebook": "notebooks/01-audit.ipynb",
    "given": {},
    "page": "results/notebooks/01-audit.html",
    "judged": [{"cell": 7, "values": {"s/table-1/0": [], "s/text/0": []}}],
    "wrote": [
        {"cell": 3, "file": "results/tables/table-1.csv"},
        {"cell": 4, "file": "results/figures/table-1-shares.svg"},
        {"cell": 5, "file": "results/tables/table-1.1.csv"},
        {"cell": 7, "file": "data/processed/verdicts-01.csv"},
    ],
}


def list_one(item, rows, *records):
    """The row of one item."""
    listed = forms.list_programs(forms.count_values(item, rows), rows, list(records))
    assert len(listed) == 1
    return listed.iloc[0]


def test_a_table_is_found_where_it_is_shown():
    """Its own table and drawing, not those of Table 1.1."""
    row = list_one(items(), verdicts(RIGHT, INPUT), RECORD)

    assert row["Figure/Table #"] == "Table 1"
    assert row["Program"] == "notebooks/01-audit.ipynb"
    assert row["Line Number"] == "In [3]; In [4]"
    assert row["Output file"] == "results/tables/table-1.csv; results/figures/table-1-shares.svg"
    assert row["Note"] == "exact: 1; taken as given: 1"


def test_a_number_in_text_is_found_where_it_is_judged():
    """It has no table of its own: the table of verdicts, and the cell that writes it."""
    text = items(item_id="s/text", kind="text", label="Numbers in text")
    row = list_one(text, verdicts(WRONG, item="s/text"), RECORD)

    assert row["Figure/Table #"] == "Numbers in text"
    assert row["Line Number"] == "In [7]"
    assert row["Output file"] == "data/processed/verdicts-01.csv"
    assert row["Note"] == "differs: 1"


def test_an_item_without_values_is_found_in_the_executed_notebook():
    """No cell, no file of its own."""
    row = list_one(items(item_id="s/appendix-m"), verdicts(), RECORD)

    assert row["Line Number"] == ""
    assert row["Output file"] == "results/notebooks/01-audit.html"
    assert row["Note"] == "no printed value"


def test_a_run_that_judges_one_item_shows_it_in_all_it_writes():
    """A balance is drawn by a run of its own, named with its parameters."""
    entry = {"cell": 2, "file": "results/figures/balance-one.svg"}
    balance = RECORD | {"given": {"site": "A"}, "wrote": [entry]}
    balance |= {"judged": [{"cell": 3, "values": {"s/figure-5.1/0": []}}]}
    other = balance | {"given": {"site": "B"}, "judged": [{"cell": 3, "values": {}}]}
    figure = items(item_id="s/figure-5.1", kind="figure", completeness="partial")
    row = list_one(figure, verdicts(RIGHT, item="s/figure-5.1"), balance, other)

    assert row["Program"] == "notebooks/01-audit.ipynb (site=A)"
    assert row["Output file"] == "results/figures/balance-one.svg"
    assert row["Note"] == "exact: 1; image missing, redrawn from the prose"
