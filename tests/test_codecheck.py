"""Our codecheck.yml against the rules of CODECHECK's specification 2.0.

Rule ids are those of rules-2.0.yml in the codecheckers' register, for the specification of
11 September 2026. Severity error there is a MUST of the specification.
"""

import re
from pathlib import PurePosixPath

import pandas as pd
import pytest
import yaml

from compendium.publish import certificate, forms

PLACEHOLDER = re.compile(r"FIXME|TODO|XXXX|0000-0000-0000-0000", re.I)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A certificate of the small project."""
    from certifiable import make_certifiable

    folder = tmp_path_factory.mktemp("codecheck")
    with pytest.MonkeyPatch.context() as patch:
        make_certifiable(folder / "project", patch)
        yield certificate.certify(folder / "out")


@pytest.fixture(scope="module")
def told(bundle):
    """What the file says."""
    return yaml.safe_load((bundle / "codecheck.yml").read_text(encoding="utf-8"))


def test_it_parses_as_utf8_yaml_at_the_root(bundle, told):
    """CC-CFG-001 yaml-parses, CC-CFG-003 file-name-and-location."""
    assert isinstance(told, dict)
    assert (bundle / "codecheck.yml").read_bytes().decode("utf-8")


def test_it_starts_with_the_document_marker(bundle):
    """CC-CFG-002 explicit-document: the first line, before any comment."""
    assert (bundle / "codecheck.yml").read_text(encoding="utf-8").startswith("---\n")


def test_the_manifest_names_files_by_relative_path_with_a_comment(told):
    """CC-CFG-004 manifest-present, -005 item-file, -006 path-relative, -007 item-comment."""
    assert told["manifest"]
    for entry in told["manifest"]:
        path = PurePosixPath(entry["file"])
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert entry["comment"]


def test_every_file_of_the_manifest_is_there(bundle, told):
    """CC-BUN-001 manifest-files-exist."""
    assert all((bundle / entry["file"]).is_file() for entry in told["manifest"])


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


def test_there_is_a_folder_for_the_check(bundle):
    """CC-BUN-002 codecheck-directory-present."""
    assert (bundle / "codecheck").is_dir()


def test_what_only_a_person_can_say_is_left_out_and_named(bundle, told):
    """CC-CFG-008, -011, -025 cannot be met before a check, -020 without an ORCID: all are told."""
    assert not {"codechecker", "report", "certificate"} & told.keys()
    assert "ORCID" not in told["paper"]["authors"][0]
    comments = (bundle / "codecheck.yml").read_text(encoding="utf-8").split("version:")[0]
    page = (bundle / "certificate.md").read_text(encoding="utf-8")
    for rule in ("CC-CFG-008", "CC-CFG-011", "CC-CFG-020", "CC-CFG-025"):
        assert rule in comments
        assert rule in page


def test_our_own_nodes_say_whose_they_are(told):
    """Additional content SHOULD be named so that its origin is clear."""
    known = {"version", "manifest", "paper", "source", "summary"}

    assert all(name.startswith("compendium_") for name in told.keys() - known)


def test_an_orcid_of_the_citation_is_used_without_its_address():
    """CC-CFG-020 paper-author-orcid: the plain identifier."""
    author = {"given-names": "J", "family-names": "Carberry"}
    author |= {"orcid": "https://orcid.org/0000-0002-1825-0097"}
    citation = {"title": "T", "version": "1", "authors": [author], "doi": "10.5555/x"}
    paper = forms.describe_paper(citation, "ab12")

    assert paper["authors"] == [{"name": "J Carberry", "ORCID": "0000-0002-1825-0097"}]
    assert paper["reference"] == "https://doi.org/10.5555/x"
    assert not [text for text in forms.find_unmet({"paper": paper}) if "CC-CFG-020" in text]


def test_a_file_that_shows_two_items_is_listed_once():
    """With both in its comment; a file of verdicts or a page is no display item's."""
    columns = ["Figure/Table #", "source_id", "kind", "Output file"]
    rows = [
        ("Table 1", "s", "table", "results/tables/a.csv; data/processed/v.csv"),
        ("Figure 1", "s", "figure", "results/tables/a.csv"),
        ("Section 1", "s", "text", "results/tables/b.csv"),
    ]
    manifest = forms.list_manifest(pd.DataFrame(rows, columns=columns), "c")

    assert manifest[0] == {
        "file": "c/results/tables/a.csv",
        "comment": "Table 1 of s, Figure 1 of s",
    }
    assert len(manifest) == 1 + len(forms.WHOLE)
