"""How to cite the compendium and each work it re-examines, from what the project already states.

``CITATION.cff`` says how to cite the compendium and the works that have a title, a year and a
journal or a school; ``sources.csv`` holds every source as one line of text. Nothing is looked up,
and nothing is typed here: each source is one record in the terms of CSL, written out three ways.
"""

import json
import re
from typing import Any

import pandas as pd
import yaml

from compendium import paths
from compendium.errors import SettingError

FORMS = ("text", "bibtex", "csl")
OURS = "compendium"
# Of a line of text: authors and year if there are any, the title up to its first stop, the rest.
LINE = re.compile(
    r"(?:(?P<authors>\S+, .+?) \((?P<year>\d{4})\) )?"
    r"(?P<title>.+?[.?!])(?= [A-Z]|$)(?: (?P<rest>.+))?"
)
TYPES = {"thesis": "thesis", "article": "article-journal", "software": "software"}
ENTRIES = {"thesis": "phdthesis", "article-journal": "article"}
# What BibTeX calls a field of CSL, in the order of an entry.
FIELDS = {
    "title": "title",
    "container-title": "journal",
    "volume": "volume",
    "issue": "number",
    "page": "pages",
    "DOI": "doi",
    "version": "version",
    "note": "note",
}
SPECIAL = re.compile(r"([&%$#_{}])")


def cite(source: str = "", form: str = "text") -> str:
    """The citation of one source, or of the compendium and all sources.

    Parameters
    ----------
    source : str
        A ``source_id``, or ``compendium``; all of them if empty.
    form : str
        One of `FORMS`: a line of text each, BibTeX entries, or a list in CSL's JSON.

    Raises
    ------
    SettingError
        If there is no such source or form; the message lists those there are.

    Examples
    --------
    >>> cite("glasby2012", "bibtex").splitlines()[0]
    '@misc{glasby2012,'
    """
    records = read_references()
    if source and source not in records:
        raise SettingError(f"found no source {source!r}; allowed: {', '.join(records)}")
    if form not in FORMS:
        raise SettingError(f"found no format {form!r}; allowed: {', '.join(FORMS)}")
    chosen = [records[source]] if source else list(records.values())
    if form == "csl":
        return json.dumps(chosen, indent=1, ensure_ascii=False)
    write = _write_bibtex if form == "bibtex" else _write_text
    return ("\n\n" if form == "bibtex" else "\n").join(map(write, chosen))


def read_references() -> dict[str, dict[str, Any]]:
    """A record for the compendium and for each source, by id, in the terms of CSL-JSON."""
    own = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    ours = _from_cff(OURS, own) | {"note": f"Licence: {own['license']}"}
    sources = pd.read_csv(paths.RAW / "sources.csv", dtype=str, keep_default_na=False)
    found = {OURS: ours}
    for row in sources.itertuples():
        known = [r for r in own["references"] if r["title"].lower() in row.citation.lower()]
        record = _from_cff(row.source_id, known[0]) if known else _from_line(row)
        found[row.source_id] = record | {"annote": row.citation}
    return found


def name_briefly(record: dict[str, Any]) -> str:
    """A source in the running text.

    >>> name_briefly(read_references()["mannion2011"])
    'Mannion et al. (2011)'
    """
    names = [name.get("family") or name["literal"] for name in record.get("author", [])]
    if not names:
        return record["title"]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return f"{who} ({record['issued']['date-parts'][0][0]})"


def _from_cff(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A record from an entry of a citation file."""
    people = [
        {"family": one["family-names"], "given": one["given-names"]}
        if "family-names" in one
        else {"literal": one["name"]}
        for one in entry["authors"]
    ]
    released = str(entry.get("date-released") or entry["year"])
    pages = [str(entry[end]) for end in ("start", "end") if end in entry]
    record = {
        "id": name,
        "type": TYPES[entry["type"]],
        "title": entry["title"],
        "author": people,
        "issued": {"date-parts": [[int(part) for part in released.split("-")]]},
        "publisher": entry.get("institution", {}).get("name", ""),
        "container-title": entry.get("journal", ""),
        "volume": str(entry.get("volume", "")),
        "issue": str(entry.get("issue", "")),
        "page": "-".join(pages),
        "DOI": entry.get("doi", ""),
        "version": str(entry.get("version", "")),
    }
    return {key: value for key, value in record.items() if value}


def _from_line(row: Any) -> dict[str, Any]:
    """A record from a line of text; what cannot be told apart stays in the title or the note."""
    parts = LINE.fullmatch(row.citation).groupdict()
    record: dict[str, Any] = {"id": row.source_id, "type": "document"}
    record["title"] = parts["title"].removesuffix(".")
    if parts["authors"]:
        words = parts["authors"].replace(" and ", ", ").split(", ")
        pairs = zip(words[::2], words[1::2], strict=True)
        record["author"] = [{"family": family, "given": given} for family, given in pairs]
        record["issued"] = {"date-parts": [[int(parts["year"])]]}
    if parts["rest"]:
        record["publisher" if parts["authors"] else "note"] = parts["rest"].removesuffix(".")
    return record | ({"DOI": row.doi} if row.doi else {})


def _write_text(record: dict[str, Any]) -> str:
    doi = f" doi:{record['DOI']}" if "DOI" in record else ""
    if "annote" in record:
        return record["annote"] + doi
    who = ", ".join(name["literal"] for name in record["author"])
    year = record["issued"]["date-parts"][0][0]
    return f"{who} ({year}) {record['title']}. Version {record['version']}. {record['note']}.{doi}"


def _write_bibtex(record: dict[str, Any]) -> str:
    people = [
        f"{one['family']}, {one['given']}" if "family" in one else f"{{{_escape(one['literal'])}}}"
        for one in record.get("author", [])
    ]
    entry = ENTRIES.get(record["type"], "misc")
    fields = {"author": " and ".join(people)} if people else {}
    for key, name in FIELDS.items():
        if key in record:
            value = record[key] if key == "DOI" else _escape(record[key])
            # Braces keep a title's capitals; two dashes are a range.
            forms = {"title": f"{{{value}}}", "page": value.replace("-", "--")}
            fields[name] = forms.get(key, value)
    if "publisher" in record:
        place = "school" if entry == "phdthesis" else "howpublished"
        fields[place] = _escape(record["publisher"])
    if "issued" in record:
        fields["year"] = str(record["issued"]["date-parts"][0][0])
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@{entry}{{{record['id']},", *lines, "}"])


def _escape(text: str) -> str:
    """A text in which nothing means anything to LaTeX."""
    return SPECIAL.sub(r"\\\1", text)
