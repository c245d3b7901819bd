"""How to cite: the fields are those of the sources, in each of the three forms."""

import json
import re

import pytest

from compendium.errors import SettingError
from compendium.printed import tables
from compendium.publish import cite


def fields(entry: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, flags=re.MULTILINE))


def test_a_thesis_has_its_school_and_its_doi():
    """The ampersand is written so that LaTeX prints one."""
    entry = cite.cite("elston2005", "bibtex")

    assert entry.startswith("@phdthesis{elston2005,")
    assert fields(entry) == {
        "author": "Elston, J",
        "title": "{An evaluation of partnership in the development of strategic health policy}",
        "doi": "10.17037/PUBS.01366861",
        "school": r"London School of Hygiene \& Tropical Medicine",
        "year": "2005",
    }


def test_an_article_has_its_journal_and_its_pages():
    """Four authors, a volume, an issue and a range of pages; no DOI where none is known."""
    entry = cite.cite("mannion2011", "bibtex")

    assert entry.startswith("@article{mannion2011,")
    assert fields(entry) == {
        "author": " and ".join(["Mannion, R", "Brown, S", "Beck, M", "Lunt, N"]),
        "title": "{Managing cultural diversity in healthcare partnerships: the case of LIFT}",
        "journal": "Journal of Health Organization and Management",
        "volume": "25",
        "number": "6",
        "pages": "645--657",
        "year": "2011",
    }


def test_a_source_known_as_a_line_only_is_not_made_up():
    """An unsigned note has no author and no year."""
    entry = cite.cite("culture-note", "bibtex")

    assert entry.startswith("@misc{culture-note,")
    assert fields(entry) == {
        "title": "{Culture: a barrier to partnership working?}",
        "note": "Unsigned and undated note",
    }


def test_a_title_that_asks_keeps_its_question_mark():
    """Author, year and place are told apart in a line of text."""
    record = json.loads(cite.cite("glasby2012", "csl"))[0]

    assert record["author"] == [{"family": "Glasby", "given": "J"}]
    assert record["issued"] == {"date-parts": [[2012]]}
    assert record["title"].endswith("local government partnerships?")
    assert record["publisher"].endswith("University of Birmingham")


def test_the_compendium_has_its_version_and_licence():
    """From CITATION.cff, as a line."""
    assert cite.cite("compendium") == (
        "The compendium's maintainers (2026) Partnership, recomputed: a reproducible research "
        "compendium on NHS health partnerships. Version 0.1.0. Licence: MIT."
    )


def test_without_a_name_everything_is_cited():
    """The compendium and each source once, in the order of the sources."""
    records = json.loads(cite.cite(form="csl"))
    lines = cite.cite().splitlines()
    sources = tables.read_table("sources")

    assert [record["id"] for record in records] == ["compendium", *sources.source_id]
    assert [line.partition(" doi:")[0] for line in lines[1:]] == list(sources.citation)
    assert cite.cite(form="bibtex").count("\n@") == len(sources)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("elston2005", "Elston (2005)"),
        ("elston-fulop2002", "Elston and Fulop (2002)"),
        ("mannion2011", "Mannion et al. (2011)"),
        ("culture-note", "Culture: a barrier to partnership working?"),
    ],
)
def test_the_name_in_running_text(source, name):
    """One author, two, many, none."""
    assert cite.name_briefly(cite.read_references()[source]) == name


@pytest.mark.parametrize(
    ("source", "form", "message"),
    [
        ("elston", "text", "found no source 'elston'; allowed: compendium, elston2005"),
        ("elston2005", "ris", "found no format 'ris'; allowed: text, bibtex, csl"),
    ],
)
def test_what_is_not_there_is_refused(source, form, message):
    """With what there is."""
    with pytest.raises(SettingError, match=message):
        cite.cite(source, form)
