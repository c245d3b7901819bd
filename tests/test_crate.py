"""The RO-Crate: well-formed JSON-LD, files that exist, references that resolve, fixed bytes."""

import json

import pytest

from compendium.publish import crate

MIT = "https://spdx.org/licenses/MIT"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
FILES = {"c/notebooks/01-a.ipynb": ("aa", 1), "c/data/raw/x.csv": ("bb", 2)}
FILES |= {"c/requirements.lock": ("cc", 3), "c/results/t.csv": ("dd", 4)}
RECORD = {
    "run": "01-a--site",
    "notebook": "notebooks/01-a.ipynb",
    "title": "Count",
    "parameters": {"level": 0.9, "weights": {"culture": 1}, "is_all": True},
    "given": {"level": 0.9},
    "read": [{"cell": 1, "file": "data/raw/x.csv", "how": "table"}] * 2,
    "wrote": [],
    "made": {"results/t.csv": "dd"},
}
ABOUT = {
    "commit": "ab12",
    "date": "2026-01-02T03:04:05+00:00",
    "citation": {"title": "Sites", "version": "1", "authors": [{"name": "The maintainers"}]},
}


def describe():
    """The entities of a crate of four files and one run, by id."""
    text = crate.describe_crate(FILES, [RECORD], ABOUT, "c")
    return {entity["@id"]: entity for entity in json.loads(text)["@graph"]}


def references(value):
    """Every id that a property points at."""
    if isinstance(value, list):
        return [name for part in value for name in references(part)]
    return [value["@id"]] if isinstance(value, dict) else []


def test_a_run_says_what_it_used_and_what_it_made():
    """Process Run Crate: instrument, object (files, lock and parameters), result."""
    run = describe()["#01-a--site"]

    assert run["@type"] == "CreateAction"
    assert run["description"] == "compendium run 01-a -p level=0.9"
    assert references(run["instrument"]) == ["c/notebooks/01-a.ipynb"]
    assert references(run["object"]) == [
        *("c/data/raw/x.csv", "c/requirements.lock"),
        *("#01-a--site/is_all", "#01-a--site/level", "#01-a--site/weights"),
    ]
    assert references(run["result"]) == ["c/results/t.csv"]


def test_parameters_are_property_values():
    """Numbers stay numbers; a table of weights is its JSON."""
    found = describe()

    assert found["#01-a--site/level"]["value"] == 0.9
    assert found["#01-a--site/is_all"]["value"] is True
    assert found["#01-a--site/weights"]["value"] == '{"culture": 1}'


def test_files_carry_checksum_size_and_kind():
    """Raw data under CC BY, code under MIT, each file with its SHA-256."""
    found = describe()
    notebook = found["c/notebooks/01-a.ipynb"]

    assert found["c/data/raw/x.csv"]["sha256"] == "bb"
    assert found["c/data/raw/x.csv"]["contentSize"] == "2"
    assert references(found["c/data/raw/x.csv"]["license"]) == [CC_BY]
    assert notebook["@type"] == ["File", "SoftwareSourceCode"]
    assert references(notebook["license"]) == [MIT]


def test_the_root_names_profile_date_and_runs():
    """RO-Crate 1.1: name, description, date and licence; the profile; the actions it mentions."""
    root = describe()["./"]

    assert root["datePublished"] == ABOUT["date"]
    assert root["name"] == "Sites"
    assert root["description"]
    assert references(root["license"]) == [MIT, CC_BY]
    assert references(root["conformsTo"]) == ["https://w3id.org/ro/wfrun/process/0.5"]
    assert references(root["mentions"]) == ["#01-a--site"]
    assert references(root["hasPart"]) == sorted(FILES)


def test_the_same_arguments_give_the_same_text():
    """No clock and no random id."""
    assert crate.describe_crate(FILES, [RECORD], ABOUT, "c") == crate.describe_crate(
        FILES, [RECORD], ABOUT, "c"
    )


@pytest.fixture(scope="module")
def metadata(certified):
    """Its metadata file."""
    return json.loads((certified / "ro-crate-metadata.json").read_text(encoding="utf-8"))


def test_it_is_json_ld_with_the_context_of_the_specification(metadata):
    """And one term more, for the checksums."""
    context, terms = metadata["@context"]

    assert context == "https://w3id.org/ro/crate/1.1/context"
    assert terms == {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
    assert all({"@id", "@type"} <= entity.keys() for entity in metadata["@graph"])


def test_the_descriptor_points_at_the_root(metadata):
    """RO-Crate 1.1: `ro-crate-metadata.json` is about `./` and conforms to 1.1."""
    (descriptor,) = [e for e in metadata["@graph"] if e["@id"] == "ro-crate-metadata.json"]

    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}


def test_every_id_is_defined_once_and_every_reference_resolves(metadata):
    """But for the specification and the vocabulary, which are not the crate's."""
    ids = [entity["@id"] for entity in metadata["@graph"]]
    asked = {
        name
        for entity in metadata["@graph"]
        for value in entity.values()
        for name in references(value)
    }

    assert len(ids) == len(set(ids))
    assert asked - set(ids) == {"https://w3id.org/ro/crate/1.1"}


def test_what_is_recommended_and_needs_no_person_is_there(metadata):
    """A publisher, versions of code, a status in words, no list of one.

    An agent, an affiliation, an address and a time are a person's to say.
    """
    graph = {entity["@id"]: entity for entity in metadata["@graph"]}
    code = [e for e in graph.values() if "SoftwareSourceCode" in e["@type"]]
    runs = [e for e in graph.values() if e["@type"] == "CreateAction"]

    assert graph[graph["./"]["publisher"]["@id"]]["@type"] == "Organization"
    assert {entity["version"] for entity in code} == {graph["./"]["version"]}
    assert {run["actionStatus"] for run in runs} == {"http://schema.org/CompletedActionStatus"}
    assert not [v for e in graph.values() for v in e.values() if isinstance(v, list) and len(v) < 2]


def test_every_part_is_a_file_and_every_file_a_part(metadata, certified):
    """All but the metadata itself and the checksums, which are written after it."""
    (root,) = [entity for entity in metadata["@graph"] if entity["@id"] == "./"]
    files = {
        path.relative_to(certified).as_posix() for path in certified.rglob("*") if path.is_file()
    }

    assert set(references(root["hasPart"])) == files - {"ro-crate-metadata.json", "SHA256SUMS"}


def test_the_library_reads_it_again(certified):
    """Root, files and runs are what the library finds."""
    from rocrate.rocrate import ROCrate

    found = ROCrate(certified)

    assert found.name == "Two sites, counted"
    assert {action["name"] for action in found.get_by_type("CreateAction")} == {
        "01-audit",
        "02-draw",
    }
    assert found.dereference("compendium/results/verdicts.csv")["encodingFormat"] == "text/csv"
