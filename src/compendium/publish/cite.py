"""How to cite the compendium and each work it re-examines, from what the project already states.

``CITATION.cff`` says how to cite the compendium and the works that have a title, a year and a
journal or a school; ``sources.csv`` holds every source as one line of text. Nothing is looked up,
and nothing is typed here: each source is one record in the terms of CSL, written out three ways.
"""

import json
import re
from collections import defaultdict
from typing import Any

import pandas as pd
import yaml

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.runs.markup import render

_OURS, _STUDY, _FILE = "compendium", "study", "CITATION.cff"
_NEEDED = ("title", "authors", "version", "license")
# Of a line of text: authors and year if there are any, the title up to its first stop, the rest.
_LINE = re.compile(
    r"(?:(?P<authors>\S+, .+?) \((?P<year>\d{4})\) )?"
    r"(?P<title>.+?(?:[.?!](?= [A-Z]|$)|$))(?: (?P<rest>.+))?"
)
_FORMS = ("text", "bibtex", "csl")


def cite(source: str = "", form: str = "text") -> str:
    """The citation of one source, or of the compendium and all: as text, BibTeX or CSL's JSON.

    A SettingError if there is no such source or form lists those there are.

    >>> cite("compendium", "bibtex").splitlines()[0]
    '@misc{compendium,'
    """
    records = read_references()
    if source and source not in records:
        raise SettingError(f"found no source {source!r}; allowed: {', '.join(records)}")
    if form not in _FORMS:
        raise SettingError(f"found no format {form!r}; allowed: {', '.join(_FORMS)}")
    asked = [records[source]] if source else list(records.values())
    if form == "csl":
        return json.dumps(asked, indent=1, ensure_ascii=False)
    # A field that is not there is blank, and left out.
    return render(f"citations.{form}.j2", records=[defaultdict(str, r) for r in asked]).rstrip()


def read_citation() -> dict[str, Any]:
    """The content of the study's ``CITATION.cff``: who made it, and what it is called.

    A DataError if there is none, or it lacks a title, authors, a version or a licence.
    """
    path = paths.STUDY / _FILE
    if not path.is_file():
        raise DataError(f"found no {_FILE} in {paths.STUDY}; allowed: one, to say who made this")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise DataError(f"{_FILE} cannot be read: {error}") from None
    missing = [key for key in _NEEDED if not (isinstance(said, dict) and said.get(key))]
    if missing:
        raise DataError(f"{_FILE}: found no {', '.join(missing)}; allowed: each of these")
    return said


def read_references() -> dict[str, dict[str, Any]]:
    """A record for the compendium and for each source, by id, in the terms of CSL-JSON.

    Of a study of one's own there is one too, if it has a ``CITATION.cff``.
    """
    said = {_OURS: yaml.safe_load((paths.ROOT / _FILE).read_text(encoding="utf-8"))}
    if paths.STUDY != paths.ROOT and (paths.STUDY / _FILE).is_file():
        said[_STUDY] = read_citation()
    found = {
        name: _from_cff(name, entry) | {"note": f"Licence: {entry['license']}"}
        for name, entry in said.items()
    }
    if not (paths.RAW / "sources.csv").is_file():
        return found
    known = said.get(_STUDY, said[_OURS]).get("references", [])
    sources = pd.read_csv(paths.RAW / "sources.csv", dtype=str, keep_default_na=False)
    for row in sources.itertuples():
        named = [r for r in known if r["title"].lower() in row.citation.lower()]
        record = _from_cff(row.source_id, named[0]) if named else _from_line(row)
        found[row.source_id] = record | {"annote": row.citation}
    return found


def name_author(author: dict[str, str]) -> str:
    """An author of ``CITATION.cff`` as one name.

    >>> name_author({"family-names": "Poe", "given-names": "E"})
    'E Poe'
    """
    whole = " ".join(author.get(part, "") for part in ("given-names", "family-names")).strip()
    return author.get("name", whole)


def name_briefly(record: dict[str, Any]) -> str:
    """A source in the running text.

    >>> name_briefly({"author": [{"family": "Poe"}], "issued": {"date-parts": [[1845]]}})
    'Poe (1845)'
    """
    names = [name.get("family") or name["literal"] for name in record.get("author", [])]
    if not names:
        return record["title"]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    year = f" ({record['issued']['date-parts'][0][0]})" if "issued" in record else ""
    return f"{who}{year}"


def _from_cff(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A record from an entry of a citation file."""
    released = str(entry.get("date-released") or entry.get("year", "")).split("-")
    record = json.loads(render("csl.json.j2", name=name, entry=entry, released=released))
    return {key: value for key, value in record.items() if value}


def _from_line(row: Any) -> dict[str, Any]:
    """A record from a line of text; what cannot be told apart stays in the title or the note."""
    parts = _LINE.fullmatch(row.citation).groupdict()
    title = parts["title"].removesuffix(".")
    record: dict[str, Any] = {"id": row.source_id, "type": "document", "title": title}
    if parts["authors"]:
        words = parts["authors"].replace(" and ", ", ").split(", ")
        pairs = zip(words[::2], words[1::2], strict=True)
        record["author"] = [{"family": family, "given": given} for family, given in pairs]
        record["issued"] = {"date-parts": [[int(parts["year"])]]}
    if parts["rest"]:
        record["publisher" if parts["authors"] else "note"] = parts["rest"].removesuffix(".")
    return record | ({"DOI": row.doi} if row.doi else {})
