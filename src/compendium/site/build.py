"""The site: the results of a finished run, as pages to be read without installing anything.

The hand-written pages and the look are in `docs/`; what they show is made here from the results,
the raw data and the records, into a folder that Sphinx then builds. Nothing is computed again and
no number is typed. The site asks the network for nothing and is the same bytes each time.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import CompendiumError, SettingError
from compendium.printed import tables
from compendium.runs import markup
from compendium.runs.markup import link, prose, table
from compendium.runs.records import check_current, read_records
from compendium.site import api, balance, data, ledgers
from compendium.site.notebooks import (
    adapt_notebook,
    find_drawings,
    read_notebook,
    show_gallery,
    show_runs,
    toctree,
)

# What is downloaded from the site, as it lies in the project or the study.
DOWNLOADS = (
    *("data/raw/**/*.csv", "data/raw/datapackage.json", "results/figures/*.*"),
    *("results/verdicts.csv", "results/claims.csv", "results/claims-further.csv"),
)
# Sphinx copies these from the theme; no page asks for them.
UNUSED = (
    *("**/*.map", "_static/scripts/fontawesome*", "_static/locales", "_static/vendor"),
    *("_static/*webpack-macros.html", "_static/images", "_static/*.png", "_sources"),
)
# A folder that holds this file is a site, and may be replaced by a newer one.
MARK = "searchindex.js"


class SiteError(CompendiumError):
    """Sphinx could not build the site; the message holds what it said."""


def build_site(target: Path) -> Path:
    """Build the site from the results of the last run, in place of an older one.

    Parameters
    ----------
    target : Path
        The site's folder: new, empty, or a site to be replaced. It is only touched at the end.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        If there are no results, or they are of another version of the files.
    SettingError
        If `target` holds something that is no site.
    SiteError
        If Sphinx has anything to say; a warning counts.
    """
    records = read_records()
    check_current(records)
    if target.exists() and any(target.iterdir()) and not (target / MARK).exists():
        raise SettingError(f"{target} holds something else; allowed: a new folder, or a site")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "site"
        assemble(source, records)
        run_sphinx(source, built)
        if target.exists():
            target.rename(Path(scratch) / "old")
        built.rename(target)
    return target


def run_sphinx(source: Path, target: Path) -> None:
    """Build assembled pages; a warning is an error.

    Raises
    ------
    SiteError
        With Sphinx's own words.
    """
    scratch = target.with_name(target.name + "-doctrees")
    options = ["-b", "html", "-q", "-W", "--keep-going", "-j", "2", "-d", str(scratch)]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(source), str(target)],
        # Sets come out in one order, and no library draws on a screen.
        env=os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SiteError(f"the site could not be built; Sphinx says:\n{done.stderr.strip()}")
    for pattern in (*UNUSED, ".buildinfo", "objects.inv"):
        for path in sorted(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def assemble(source: Path, records: list[dict[str, Any]]) -> None:
    """Write what Sphinx builds: the hand-written pages, and all that they show.

    Parameters
    ----------
    source : Path
        A folder that does not exist.
    records : list of dict
        As `records.read_records` returns them.
    """
    shutil.copytree(paths.ROOT / "docs", source, ignore=shutil.ignore_patterns("__pycache__"))
    made = _make_ledgers(records) | _make_notebooks(records) | _make_descriptions()
    for name, text in made.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    for pattern in DOWNLOADS:
        for path in sorted(paths.STUDY.glob(pattern)):
            copy = source / "downloads" / path.relative_to(paths.STUDY)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _read(name: str) -> pd.DataFrame:
    """A result as text, blank where it is blank."""
    return pd.read_csv(paths.RESULTS / name, dtype=str, keep_default_na=False)


def _make_ledgers(records: list[dict[str, Any]]) -> dict[str, str]:
    """Verdicts, register and claims."""
    verdicts, items = _read("verdicts.csv"), tables.read_table("items")
    register = tables.read_table("discrepancies")
    judging = ledgers.find_judging(records, items)
    made = {
        "summary": markup.show_summary(verdicts),
        "bars": ledgers.show_bars(verdicts),
        "legend": ledgers.show_legend(),
        "filters": ledgers.show_filters(items),
        "values": ledgers.show_values(verdicts, items, judging),
        "register": ledgers.show_register(register, set(verdicts.value_id)),
    }
    for name, title in (
        ("claims", "Propositions of chapters 4 and 5"),
        ("claims-further", "Findings of the other chapters and works"),
    ):
        grades = _read(f"tables/{name}-by-grade.csv")
        made[f"{name}-grades"] = ledgers.show_grades(grades, title)
        made[name] = markup.show_claims(_read(f"{name}.csv"), title)
    return {f"made/{name}.html": page for name, page in made.items()}


def _make_notebooks(records: list[dict[str, Any]]) -> dict[str, str]:
    """A page for each run, one above the runs of a notebook that has several, and the gallery."""
    notebooks = {record["run"]: read_notebook(record) for record in records}
    drawings = [
        drawing for record in records for drawing in find_drawings(record, notebooks[record["run"]])
    ]
    known = {drawing.name: drawing for drawing in drawings}
    made = {"made/gallery.html": show_gallery(drawings)}
    runs = defaultdict(list)
    for record in records:
        page = adapt_notebook(notebooks[record["run"]], record, known)
        made[f"notebooks/{record['run']}.ipynb"] = json.dumps(page, indent=1, ensure_ascii=False)
        runs[Path(record["notebook"]).stem].append(record)
    for stem, several in runs.items():
        if len(several) > 1:
            ours = [drawing for drawing in drawings if drawing.run.startswith(f"{stem}--")]
            made[f"notebooks/{stem}.md"] = show_runs(several, ours)
    made["made/notebooks.md"] = toctree([f"notebooks/{stem}" for stem in runs], "Notebooks")
    return made


def _make_descriptions() -> dict[str, str]:
    """Data dictionary, API reference, citation, the balance, and the README's own words."""
    groups = data.group_resources(tables.read_descriptor())
    made = {"made/files.html": data.list_folders(groups)}
    for folder, resources in groups.items():
        made[f"dictionary/{folder}.md"] = data.show_folder(folder, resources)
    made["made/dictionary.md"] = toctree([f"dictionary/{folder}" for folder in groups])
    modules = api.list_modules()
    made |= {f"api/{name}.rst": page for name, page in api.describe_modules().items()}
    rows = [[link(f"api/{name}.html", name), prose(words)] for name, words in modules.items()]
    made["made/modules.html"] = table(["Module", "Its idea"], rows, "The package", "modules")
    made["made/modules.md"] = toctree([f"api/{name}" for name in modules])
    made["made/refusals.md"] = data.read_section("What we refuse to conclude")
    made["made/limits.md"] = data.read_section("Limits")
    made["made/licence.md"] = data.read_section("Licence and citation")
    made["made/citation.html"] = data.show_citation()
    made["made/balance.html"] = balance.show_balance(balance.read_model())
    return made
