"""Fixtures: a copy of the raw data that a test may break, and figures closed after each test."""

import gc
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import settings
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from compendium import paths
from compendium.errors import CompendiumError
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger

mpl.use("agg")
# How long an example takes is the machine's business; no test is about time. The same examples
# every time, so that what passes here passes there; --hypothesis-profile=explore draws others.
settings.register_profile("explore", deadline=None)
settings.register_profile("compendium", deadline=None, derandomize=True)
settings.load_profile("compendium")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Check the raw data once: where it holds, no process of any test need check it again."""
    if not hasattr(session.config, "workerinput"):
        with suppress(CompendiumError):  # what is wrong, test_raw says
            tables.check_package()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among what is collected: it stays to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def keep_checks(results: Path) -> None:
    """Let raw data pass that has held as it is: at the session's start, or when all was run."""
    for name in (".raw-checked", ".ledger-checked"):
        if (checked := paths.ROOT / "results" / name).is_file():
            results.mkdir(parents=True, exist_ok=True)
            shutil.copy(checked, results)


class Audited(NamedTuple):
    """The study's print as it is: all values, all cells, and what the audit says of them."""

    ledger: pd.DataFrame
    cells: pd.DataFrame
    verdicts: pd.DataFrame
    findings: pd.DataFrame


@cache
def _audit_once() -> Audited:
    ledger, cells = read_ledger(), tables.cells()
    return Audited(ledger, cells, audit.give_verdicts(ledger, cells), audit.find(ledger, cells))


def audit_print() -> Audited:
    """Worked out once for all tests that change nothing in print; the frames are the caller's."""
    return Audited(*(frame.copy() for frame in _audit_once()))


@pytest.fixture
def raw_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the raw data, read in place of the real one."""
    copy = tmp_path / "raw"
    shutil.copytree(paths.RAW, copy)
    monkeypatch.setattr(paths, "RAW", copy)
    return copy


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the small project, which many read and nobody changes."""
    from certifiable import make_certifiable

    from compendium.publish import certificate

    folder = tmp_path_factory.mktemp("certified")
    with pytest.MonkeyPatch.context() as patch:
        make_certifiable(folder / "project", patch)
        return certificate.certify(folder / "out")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def words(ax: Axes) -> list[str]:
    """Every text on the axes that says something."""
    return [text.get_text() for text in ax.texts if text.get_text()]


def boxes(ax: Axes) -> list[FancyBboxPatch]:
    """The rounded boxes of a drawing."""
    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


def arrows(ax: Axes) -> list:
    """The arrows of a drawing."""
    return [text for text in ax.texts if getattr(text, "arrow_patch", None)]


def labels(ticks: list) -> list[str]:
    """What the labels of an axis or a legend say."""
    return [label.get_text() for label in ticks]


def check_drawing(draw: Callable, frames: list) -> None:
    """A figure is drawn on the axes given, or else on its own, and changes no frame."""
    before = [frame.copy() for frame in frames]
    _, ax = plt.subplots()
    figure, drawn = draw(ax)

    assert (figure, drawn) == (ax.figure, ax)
    assert draw(None)[1] is not ax
    assert all(frame.equals(copy) for frame, copy in zip(frames, before, strict=True))


def change(path: Path, old: str, new: str) -> None:
    """Replace the one place where `old` stands in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
