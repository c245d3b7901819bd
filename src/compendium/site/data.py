"""The pages that describe: each raw file field by field, the package, how to cite.

Everything here is read from where it is kept: the data package, the modules, `CITATION.cff` and
the README. Nothing is said twice.
"""

import re
from collections import defaultdict
from typing import Any

import yaml

from compendium import paths
from compendium.errors import DataError
from compendium.runs.markup import code, escape, link, many, table

# Folders of the raw data, as the dictionary's pages are called; the ledger lies at the top.
FOLDERS = {
    "ledger": "The ledger",
    "elston2005": "Elston 2005, thesis",
    "elston-fulop2002": "Elston & Fulop 2002",
    "mannion2011": "Mannion et al. 2011",
    "mannion2011-record": "Mannion et al. 2011, repository record",
    "glasby2012": "Glasby 2012",
    "culture-note": "Note on culture",
    "coding": "Our coding",
}


def group_resources(descriptor: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The files of the data package by folder, those at the top first, as ``ledger``.

    >>> group_resources({"resources": [{"path": "a/b.csv"}, {"path": "c.csv"}]})
    {'ledger': [{'path': 'c.csv'}], 'a': [{'path': 'a/b.csv'}]}
    """
    groups = defaultdict(list)
    for resource in descriptor["resources"]:
        folder, _, _ = resource["path"].rpartition("/")
        groups[folder or "ledger"].append(resource)
    return dict(sorted(groups.items(), key=lambda group: _place(group[0])))


def _place(folder: str) -> tuple[int, str]:
    known = list(FOLDERS)
    return (known.index(folder) if folder in known else len(known), folder)


def show_folder(folder: str, resources: list[dict[str, Any]]) -> str:
    """The page of a folder, in Markdown: every file with all its fields."""
    title = FOLDERS.get(folder, folder)
    return f"# {title}\n\n" + "\n".join(_file(resource) for resource in resources)


def _file(resource: dict[str, Any]) -> str:
    path, schema = resource["path"], resource["schema"]
    lines = (paths.RAW / path).read_text(encoding="utf-8").count("\n")
    about = [f"Key: <code>{escape(', '.join(schema['primaryKey']))}</code>."]
    about += [
        f"<code>{escape(', '.join(key['fields']))}</code> is found in "
        f"<code>{escape(key['reference']['resource'])}</code>."
        for key in schema.get("foreignKeys", [])
    ]
    if "item" in resource:
        item = resource["item"]
        about.append(f"Its {link(f'../values.html?item={item}', 'printed values')}.")
    about.append(f"From {escape(resource['sources'][0]['title'])}.")
    return (
        f"({_anchor(path)})=\n\n## {path.rpartition('/')[2]}\n\n```{{raw}} html\n"
        f"<p>{escape(resource['title'])}. {link(f'../data/raw/{path}', 'Download (CSV)')}, "
        f"{many(lines - 1, 'row')}. {' '.join(about)}</p>\n"
        f"{table(HEAD, map(_field, schema['fields']), f'Fields of {path}', 'fields')}```\n"
    )


def _anchor(path: str) -> str:
    """The address of a file on its page.

    >>> _anchor("elston2005/table-3.4.csv")
    'elston2005-table-3-4'
    """
    return re.sub(r"[^a-z0-9]+", "-", path.removesuffix(".csv").lower())


HEAD = ["Field", "Type", "Unit", "Allowed", "What it is"]


def _field(field: dict[str, Any]) -> list[str]:
    return [
        f"<code>{escape(field['name'])}</code>",
        escape(field["type"]),
        escape(field.get("unit", "")),
        _allowed(field.get("constraints", {})),
        escape(field.get("description", "")),
    ]


def _allowed(rules: dict[str, Any]) -> str:
    """What a field may hold, in words.

    >>> _allowed({"required": True, "minimum": 1})
    'not blank; at least 1'
    """
    words = ["not blank"] if rules.get("required") else []
    words += [f"at least {rules['minimum']}"] if "minimum" in rules else []
    words += [f"at most {rules['maximum']}"] if "maximum" in rules else []
    words += [f"matches {code(rules['pattern'])}"] if "pattern" in rules else []
    if "enum" in rules:
        words.append("one of " + ", ".join(f"<code>{escape(v)}</code>" for v in rules["enum"]))
    return "; ".join(words)


def list_folders(groups: dict[str, list[dict[str, Any]]]) -> str:
    """The dictionary's pages, each with its files, as a table."""
    rows = []
    for folder, resources in groups.items():
        for resource in resources:
            path = resource["path"]
            fields = str(len(resource["schema"]["fields"]))
            where = f'<a href="dictionary/{folder}.html#{_anchor(path)}">{code(path)}</a>'
            rows.append([where, escape(resource["title"]), fields])
    return table(["File", "What it holds", "Fields"], rows, "Every file of the raw data", "files")


def read_section(title: str) -> str:
    """A section of the README, as it stands there, without its heading.

    Raises
    ------
    DataError
        If the README has no such section.
    """
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", readme, flags=re.M | re.S)
    if not found:
        raise DataError(f"README.md: found no section {title!r}; a page of the site is made of it")
    return found[1].strip() + "\n"


def show_citation() -> str:
    """How to cite: the compendium, ready to paste, and the works it re-examines."""
    citation = yaml.safe_load((paths.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = " and ".join(_name(author) for author in citation["authors"])
    year = str(citation["date-released"])[:4]
    text = f"{authors} ({year}). {citation['title']}. Version {citation['version']}."
    entry = (
        f"@software{{partnership_recomputed,\n  author  = {{{{{authors}}}}},\n"
        f"  title   = {{{citation['title']}}},\n  year    = {{{year}}},\n"
        f"  version = {{{citation['version']}}},\n}}"
    )
    works = "".join(f"<li>{_work(work)}</li>\n" for work in citation["references"])
    return (
        f'<p class="citation">{escape(text)}</p>\n<pre>{escape(entry)}</pre>\n'
        f"<p>The works it re-examines; cite them for what they found.</p>\n<ul>\n{works}</ul>\n"
    )


def _name(author: dict[str, str]) -> str:
    return author.get("name") or f"{author['family-names']}, {author['given-names']}"


def _work(work: dict[str, Any]) -> str:
    authors = "; ".join(_name(author) for author in work["authors"])
    place = work.get("journal") or work.get("institution", {}).get("name", "")
    if "volume" in work:
        pages = f", {work['start']}-{work['end']}" if "start" in work else ""
        place += f" {work['volume']}{pages}"
    doi = work.get("doi")
    address = f" {link(f'https://doi.org/{doi}', f'doi:{doi}')}." if doi else ""
    return f"{escape(authors)} ({work['year']}). {escape(work['title'])}. {escape(place)}.{address}"
