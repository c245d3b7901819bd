"""The pages that describe: each raw file field by field, and what the README and a citation say.

Everything here is read from where it is kept: the data package, the citations and the README.
Nothing is said twice.
"""

import re
from collections import defaultdict
from typing import Any

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.rules import list_rules
from compendium.publish import cite
from compendium.runs.markup import render
from compendium.settings import read_study

# Sections of the README that are pages of the site.
_SECTIONS = {
    "refusals": "What we refuse to conclude",
    "limits": "Limits",
    "licence": "Licence and citation",
}


def make_pages() -> dict[str, str]:
    """The data dictionary, the rules, how to cite, and the README's own words."""
    groups = _group_resources(tables.read_descriptor())
    folders = {f"dictionary/{name}": _show_folder(name, files) for name, files in groups.items()}
    return {
        "made/files.html": render("site/files.html.j2", groups=groups),
        **{f"{name}.md": page for name, page in folders.items()},
        "made/dictionary.md": render("site/menu.md.j2", names=list(folders)),
        **{f"made/{name}.md": _read_section(title) for name, title in _SECTIONS.items()},
        "made/citation.html": _show_citation(),
        "made/rules.md": _show_rules(),
    }


def _show_rules() -> str:
    """Every rule in a table, as `compendium rules` lists them."""
    rules = list_rules().fillna("")
    as_code = {name: rules[name].map(lambda text: f"`{text}`" if text else "")
               for name in ("rule", "takes", "example")}  # fmt: skip
    columns = ["rule", "takes", "meaning", "evidence", "example", "cites"]
    return rules.assign(**as_code)[columns].to_markdown(index=False) + "\n"


def _group_resources(descriptor: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The files of the data package by folder: the ledger at the top, the sources, the rest."""
    groups = defaultdict(list)
    for resource in descriptor["resources"]:
        folder, below, _ = resource["path"].partition("/")
        groups[folder if below else "ledger"].append(resource)
    known = ["ledger", *read_study().sources]
    first = [folder for folder in known if folder in groups]
    return {folder: groups[folder] for folder in [*first, *sorted(groups.keys() - known)]}


def _show_folder(folder: str, resources: list[dict[str, Any]]) -> str:
    """The page of a folder, in Markdown: every file with all its fields."""
    lines = [(paths.RAW / one["path"]).read_text(encoding="utf-8").count("\n") for one in resources]
    files = [one | {"n_rows": n - 1} for one, n in zip(resources, lines)]
    titles = {"ledger": "The ledger", "coding": "Our coding"} | read_study().sources
    return render("site/folder.md.j2", title=titles.get(folder, folder), files=files)


def _read_section(title: str) -> str:
    """A section of the README, as it stands there, without its heading."""
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", readme, flags=re.M | re.S)
    if not found:
        raise DataError(f"README.md: found no section {title!r}; a page of the site is made of it")
    return found[1].strip() + "\n"


def _show_citation() -> str:
    """How to cite: the compendium, ready to paste, and the works it re-examines."""
    ours, *works = cite.cite().splitlines()
    entry, works = cite.cite("compendium", "bibtex"), [w.partition(" doi:")[::2] for w in works]
    return render("site/citation.html.j2", text=ours, entry=entry, works=works)
