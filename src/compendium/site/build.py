"""The site: the results of a finished run, as pages to be read without installing anything.

The hand-written pages and the look are in `docs/`; what they show is made here from the results,
the raw data and the records, into a folder that Sphinx then builds. Nothing is computed again and
no number is typed. The site asks the network for nothing and is the same bytes each time.

The hand-written pages are this project's. The site of another study is its report, with its
notebooks and everything to take away.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from compendium import paths
from compendium.errors import CompendiumError, DataError, SettingError
from compendium.runs.records import check_current, read_records
from compendium.site import api, balance, data, ledgers, notebooks, sessions

# What is downloaded from the site, as it lies in the project or the study.
_DOWNLOADS = (
    *("data/raw/**/*.csv", "data/raw/datapackage.json", "results/figures/*.*"),
    *("results/verdicts.csv", "results/claims.csv", "results/claims-further.csv"),
)
# Sphinx copies these from the theme; no page asks for them.
_UNUSED = (
    *("**/*.map", "_static/scripts/fontawesome*", "_static/locales", "_static/vendor"),
    *("_static/*webpack-macros.html", "_static/images", "_static/*.png", "_sources"),
)
# Of another study: its report is the first page.
_OF_STUDY = ("notebooks/*.html", "figures/*", "tables/*", "verdicts.csv", "answers.csv")
# A folder that holds one of these files is a site, and may be replaced by a newer one.
MARK, _MARK_OF_STUDY = "searchindex.js", "site-of-a-study.txt"


class SiteError(CompendiumError):
    """Sphinx could not build the site; the message holds what it said."""


def build_site(target: Path) -> Path:
    """Build the site from the results of the last run, in place of an older one; its folder.

    `target`: new, empty, or a site to be replaced; only touched at the end. A DataError if there
    are no results, or they are of another version of the files; a SettingError if `target` holds
    something that is no site; a SiteError if Sphinx has anything to say: a warning counts.
    """
    records = read_records()
    check_current(records)
    if (
        target.exists()
        and any(target.iterdir())
        and not any((target / mark).exists() for mark in (MARK, _MARK_OF_STUDY))
    ):
        raise SettingError(f"{target} holds something else; allowed: a new folder, or a site")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "site"
        if paths.STUDY == paths.ROOT:
            _assemble(source, records)
            _run_sphinx(source, built)
        else:
            _gather_study(built)
        if target.exists():
            target.rename(Path(scratch) / "old")
        built.rename(target)
    return target


def _gather_study(target: Path) -> None:
    """The report as the first page, the notebooks it leads to, and all that can be taken away."""
    if not (paths.RESULTS / "report.html").is_file():
        raise DataError("results: found no report.html; allowed: a notebook called NN-report")
    paths.write_file(target / "index.html", (paths.RESULTS / "report.html").read_bytes())
    for base, patterns in ((paths.RESULTS, _OF_STUDY), (paths.STUDY, ("data/raw/**/*.*",))):
        for path in (path for pattern in patterns for path in base.glob(pattern)):
            if path.is_file():
                paths.write_file(target / path.relative_to(base), path.read_bytes())
    paths.write_file(target / _MARK_OF_STUDY, "Built by `compendium site`; it may be replaced.\n")


def _run_sphinx(source: Path, target: Path) -> None:
    """Build assembled pages; a warning is an error."""
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
    for pattern in (*_UNUSED, ".buildinfo", "objects.inv"):
        for path in sorted(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _assemble(source: Path, records: list[dict[str, Any]]) -> None:
    """Write what Sphinx builds into a new folder: the hand-written pages, and all they show."""
    shutil.copytree(paths.ROOT / "docs", source, ignore=shutil.ignore_patterns("__pycache__"))
    made = ledgers.make_pages(records) | notebooks.make_pages(records)
    made |= data.make_pages() | api.make_pages() | balance.make_pages() | sessions.make_pages()
    for path in (path for pattern in _DOWNLOADS for path in paths.STUDY.glob(pattern)):
        made[f"downloads/{path.relative_to(paths.STUDY).as_posix()}"] = path.read_bytes()
    for name, content in made.items():
        paths.write_file(source / name, content)
