"""The folder as an RO-Crate: every file with its checksum, every run with what it read and made.

RO-Crate 1.1 (w3id.org/ro/crate/1.1), with the conventions of the Process Run Crate profile 0.5: a
run is a `CreateAction` whose instrument is a notebook, whose objects are the files it read and its
parameters, and whose results are the files it made. What an entity says is in the template. The one
date is the commit's: a crate of the same state is the same bytes. Who ran it, and when, is left
out; the records do not say.
"""

import json
import re
import shlex
from typing import Any

from compendium.publish.cite import name_author
from compendium.runs.markup import render

METADATA = "ro-crate-metadata.json"


def describe_crate(
    files: dict[str, tuple[str, int]],
    records: list[dict[str, Any]],
    about: dict[str, Any],
    folder: str,
) -> str:
    """The crate's metadata file: JSON-LD, the same for the same arguments.

    `files` are SHA-256 and size of each file by its path in the crate; `about` holds ``commit``
    and ``date``, as `checkout.read_commit` gives them, and ``citation``, what ``CITATION.cff``
    says; the project's files lie in `folder`.
    """
    citation = about["citation"]
    works = [
        work | {"people": [_describe_agent(author) for author in work.get("authors", [])]}
        for work in citation.get("references", [])
    ]
    authors = [_describe_agent(author) for author in citation["authors"]]
    said = {"files": files, "records": records, "folder": folder, "works": works}
    text = render("ro-crate.json.j2", **said, about=about, authors=authors, quote=shlex.quote)
    crate, graph = json.loads(text), {}
    # Whoever wrote two works is one person.
    for entity in crate["@graph"]:
        # What a list of one holds, RO-Crate 1.1 would have alone.
        ones = {k: v[0] for k, v in entity.items() if isinstance(v, list) and len(v) == 1}
        graph.setdefault(entity["@id"], entity | ones)
    crate["@graph"] = list(graph.values())
    return json.dumps(crate, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _describe_agent(author: dict[str, str]) -> dict[str, str]:
    """A person, or a body that has only a name, as ``CITATION.cff`` lists them."""
    name, kind = name_author(author), "Organization" if "name" in author else "Person"
    identifier = author.get("orcid", "#" + re.sub(r"\W+", "-", name))
    return {"@id": identifier, "@type": kind, "name": name}
