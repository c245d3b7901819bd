"""The folder as an RO-Crate: every file with its checksum, every run with what it read and made.

RO-Crate 1.1 (w3id.org/ro/crate/1.1) by the `rocrate` library, with the conventions of the Process
Run Crate profile 0.5: a run is a `CreateAction` whose instrument is a notebook, whose objects are
the files it read and its parameters, and whose results are the files it made. The one date is the
commit's: a crate of the same state is the same bytes. Who ran it, and when, is left out; the
records do not say.
"""

import json
import re
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from compendium.publish.cite import name_author

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

METADATA = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# RO-Crate 1.1 has no word for a checksum; this one is of the workflow-run terms.
_CHECKSUM = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
COMPLETED = "http://schema.org/CompletedActionStatus"
LICENCES = {
    "https://spdx.org/licenses/MIT": "MIT License",
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Attribution 4.0",
}
CODE_LICENCE, DATA_LICENCE = LICENCES
_FORMATS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_WORKS = {"article": "ScholarlyArticle", "thesis": "Thesis", "report": "Report"}


def describe_crate(
    files: dict[str, tuple[str, int]],
    records: list[dict[str, Any]],
    about: dict[str, Any],
    folder: str,
) -> str:
    """The crate's metadata file, as text.

    Parameters
    ----------
    files : dict
        SHA-256 and size of each file of the crate, by its path in it.
    records : list of dict
        As `records.read_records` returns.
    about : dict
        ``commit`` and ``date``, as `checkout.read_commit` returns, and ``citation``, the content
        of ``CITATION.cff``.
    folder : str
        Where in the crate the project's files lie.

    Returns
    -------
    str
        JSON-LD; the same for the same arguments.
    """
    # Only now: it brings an HTTP client along, which no other verb needs and this one never calls.
    from rocrate.rocrate import ROCrate  # noqa: PLC0415

    crate, citation = ROCrate(version="1.1"), about["citation"]
    crate.metadata.extra_terms |= _CHECKSUM
    works = enumerate(citation.get("references", []), start=1)
    licences = [
        _add(crate, "CreativeWork", url, name=name, description=name)
        for url, name in LICENCES.items()
    ]
    profile = {"name": "Process Run Crate", "version": PurePosixPath(_PROFILE).name}
    root = {
        "name": citation["title"],
        "description": "What `compendium certify` wrote: the project's files at one commit, the "
        "results of its runs, and a certificate of what was and was not reproduced.",
        "datePublished": about["date"],
        "version": f"{citation['version']}, commit {about['commit']}",
        "author": [_add_agent(crate, author) for author in citation["authors"]],
        "license": licences,
        "conformsTo": _add(crate, "CreativeWork", _PROFILE, **profile),
        "citation": [_add_work(crate, number, work) for number, work in works],
    }
    entities = {
        name: crate.add_file(dest_path=name, properties=_describe_file(name, *files[name], folder))
        for name in sorted(files)
    }
    root["mentions"] = [_add_run(crate, record, entities, folder) for record in records]
    for name, value in root.items():
        crate.root_dataset[name] = value
    found = crate.metadata.generate()
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _add(crate: "ROCrate", kind: str, identifier: str, **properties: Any) -> Any:
    """A contextual entity of the crate; the one that is there, if it was named before."""
    known = crate.get(identifier)
    return known or crate.add_jsonld({"@id": identifier, "@type": kind, **properties})


def _describe_file(name: str, sha256: str, size: int, folder: str) -> dict[str, Any]:
    """What the crate says of one file.

    >>> _describe_file("c/data/raw/items.csv", "00ff", 12, "c")["encodingFormat"]
    'text/csv'
    """
    suffix = PurePosixPath(name).suffix
    kind = _FORMATS.get(suffix, "text/plain")
    found: dict[str, Any] = {"name": name, "contentSize": str(size), "encodingFormat": kind}
    found["sha256"] = sha256
    if name.startswith(f"{folder}/data/raw/"):
        found["license"] = {"@id": DATA_LICENCE}
    if suffix in (".py", ".ipynb") and not name.startswith(f"{folder}/results/"):
        found |= {"@type": ["File", "SoftwareSourceCode"], "license": {"@id": CODE_LICENCE}}
    return found


def _add_agent(crate: "ROCrate", author: dict[str, str]) -> Any:
    """A person, or a body that has only a name, as ``CITATION.cff`` lists them."""
    name = name_author(author)
    identifier = author.get("orcid", "#" + re.sub(r"\W+", "-", name))
    return _add(crate, "Organization" if "name" in author else "Person", identifier, name=name)


def _add_work(crate: "ROCrate", number: int, work: dict[str, Any]) -> Any:
    """A work that is re-examined; known by its DOI if it has one."""
    identifier = f"https://doi.org/{work['doi']}" if "doi" in work else f"#work-{number}"
    people = [_add_agent(crate, author) for author in work.get("authors", [])]
    dated = {"datePublished": str(work["year"])} if "year" in work else {}
    kind = _WORKS.get(work.get("type", ""), "CreativeWork")
    return _add(crate, kind, identifier, name=work["title"], author=people, **dated)


def _add_run(
    crate: "ROCrate", record: dict[str, Any], entities: dict[str, Any], folder: str
) -> Any:
    """A run: notebook, files read, lock and parameters, files made."""
    own = f"#{record['run']}"
    read = sorted({entry["file"] for entry in record["read"]} | {"requirements.lock"})
    parameters = [
        _add(crate, "PropertyValue", f"{own}/{name}", name=name, value=_simplify(value))
        for name, value in sorted(record["parameters"].items())
    ]
    given = [f"{name}={_simplify(value)}" for name, value in record["given"].items()]
    options = "".join(f" -p {shlex.quote(setting)}" for setting in given)
    return _add(
        crate,
        "CreateAction",
        own,
        name=record["title"],
        description=f"compendium run {PurePosixPath(record['notebook']).stem}{options}",
        actionStatus={"@id": COMPLETED},
        instrument=entities[f"{folder}/{record['notebook']}"],
        object=[entities[f"{folder}/{name}"] for name in read] + parameters,
        result=[entities[f"{folder}/{name}"] for name in sorted(record["made"])],
    )


def _simplify(value: Any) -> str | int | float | bool:
    """A parameter as JSON-LD takes it: a list or a table of weights becomes its JSON text.

    >>> _simplify(0.9), _simplify({"culture": 1})
    (0.9, '{"culture": 1}')
    """
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)
