"""The executed notebooks as pages, and the figures they draw as a gallery.

A page shows the executed copy as it is, with three helps for the reader: its title names the
parameters of the run, each figure is the file in `results/figures` with its data one click away,
and links that were right in the results folder are right on the site.
"""

import json
import re
from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from compendium import paths
from compendium.publish.export import OPENING
from compendium.runs import outputs
from compendium.runs.markup import render

# From a page in the folder of notebooks to the results beside it.
_UP = "../"
# A point in pixels, by the definition of CSS.
_PIXELS = 96 / 72


class Drawing(NamedTuple):
    """One figure: who drew it, where, and what it shows."""

    name: str
    run: str
    cell: int
    group: str  # the title of its run's page
    words: dict[str, str]  # as `outputs.read_words`
    rows: int
    size: tuple[int, int]


def make_pages(records: list[dict[str, Any]]) -> dict[str, str]:
    """A page for each run, one above the runs of a notebook that has several, and the gallery."""
    notebooks = {record["run"]: _read_notebook(record) for record in records}
    drawings = [drawing for record in records for drawing in _find_drawings(record)]
    groups = groupby(drawings, key=lambda drawing: drawing.group.partition(":")[0])
    gallery = [(title, list(group)) for title, group in groups]
    made = {"made/gallery.html": render("site/gallery.html.j2", groups=gallery)}
    runs = defaultdict(list)
    for record in records:
        page = _adapt_notebook(notebooks[record["run"]], record, drawings, records)
        made[f"notebooks/{record['run']}.ipynb"] = json.dumps(page, indent=1, ensure_ascii=False)
        runs[Path(record["notebook"]).stem].append(record)
    for stem, several in runs.items():
        if len(several) > 1:
            ours = [drawing for drawing in drawings if drawing.run.startswith(f"{stem}--")]
            made[f"notebooks/{stem}.md"] = _show_runs(several, ours)
    menu = [f"notebooks/{stem}" for stem in runs]
    made["made/notebooks.md"] = render("site/menu.md.j2", names=menu, caption="Notebooks")
    return made


def _read_notebook(record: dict[str, Any]) -> dict[str, Any]:
    """The executed copy of a run."""
    return json.loads(paths.find_file(record["executed"]).read_text(encoding="utf-8"))


def _title_run(record: dict[str, Any]) -> str:
    """The title of a run's page: the notebook's, and the values it was given.

    >>> _title_run({"run": "14-x", "title": "14 Place", "given": {"site": "A"}})
    '14 Place: A'
    """
    number, title = record["run"][:2], record["title"]
    title = title if title.startswith(number) else f"{number} {title}"
    return ": ".join([title, *filter(None, [_values(record)])])


def _values(record: dict[str, Any]) -> str:
    return ", ".join(map(str, record["given"].values()))


def _find_drawings(record: dict[str, Any]) -> list[Drawing]:
    """The figures a run drew, in the order it drew them."""
    files = [(entry["cell"], Path(entry["file"])) for entry in record["wrote"]]
    drawn = dict.fromkeys((cell, path.stem) for cell, path in files if path.suffix == ".svg")
    return [_describe(name, record, cell) for cell, name in drawn]


def _describe(name: str, record: dict[str, Any], cell: int) -> Drawing:
    picture, data = (
        (paths.RESULTS / "figures" / f"{name}{ending}").read_text(encoding="utf-8")
        for ending in (".svg", ".csv")
    )
    _, *sides, _ = OPENING.search(picture).groups()
    width, height = (round(float(side) * _PIXELS) for side in sides)
    rows = len(data.splitlines()) - 1
    said = outputs.read_words(name)
    return Drawing(name, record["run"], cell, _title_run(record), said, rows, (width, height))


def _show_runs(several: list[dict[str, Any]], drawings: list[Drawing]) -> str:
    """The page above the runs of one notebook, in Markdown: what each was given and drew."""
    given = {name for record in several for name in record["given"]}
    names = [name for name in several[0]["parameters"] if name in given]
    runs = [record | {"words": _values(record)} for record in several]
    title = several[0]["title"]
    return render("site/runs.md.j2", title=title, names=names, runs=runs, drawings=drawings)


def _adapt_notebook(
    notebook: dict[str, Any],
    record: dict[str, Any],
    drawings: list[Drawing],
    records: list[dict[str, Any]],
) -> dict[str, Any]:
    """An executed copy made ready for the site, with every figure of every run to hand.

    Code is folded: who reads wants the argument, and who checks opens it. A notebook with several
    runs leads from each to the others.
    """
    cells = [dict(cell) for cell in notebook["cells"]]
    beside = [one for one in records if one["notebook"] == record["notebook"]]
    runs = [(one["run"], _values(one)) for one in beside if one["given"]]
    head = render("site/head.md.j2", title=_title_run(record), record=record, runs=runs)
    source = "".join(cells[0]["source"])
    cells[0]["source"] = re.sub(r"^# .+$", lambda _: head, source, count=1, flags=re.M)
    files = r"<details><summary>What it reads and writes</summary>\n\n\1\n\n</details>"
    cells[0]["source"] = re.sub(r"(\*\*Reads:\*\*.*)\Z", files, cells[0]["source"], flags=re.S)
    for cell in cells:
        if "outputs" in cell:
            tags = cell["metadata"].get("tags", [])
            cell["metadata"] = cell["metadata"] | {"tags": [*tags, "hide-input"]}
            place = (record["run"], cell["execution_count"])
            drawn = [drawing for drawing in drawings if (drawing.run, drawing.cell) == place]
            cell["outputs"] = _adapt_outputs(cell["outputs"], drawn, drawings)
    return {**notebook, "cells": cells}


def _adapt_outputs(outputs: list, drawn: list[Drawing], drawings: list[Drawing]) -> list:
    """Pictures become the files they were saved as, where each can be told."""
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    waiting = iter(drawn if pictures == len(drawn) else [])
    adapted = []
    for output in outputs:
        data = dict(output.get("data", {}))
        if "image/png" in data and (figure := next(waiting, None)):
            data = {"text/html": _show_drawing(figure)}
        elif "text/html" in data:
            data = {"text/html": _adapt_html("".join(data["text/html"]), drawings)}
        adapted.append({**output, "data": data} if data else output)
    return adapted


def _show_drawing(figure: Drawing) -> str:
    """A figure with its words, its data and its other forms; no pixel of it is inside the page."""
    return render("site/drawing.html.j2", figure=figure)


def _adapt_html(page: str, drawings: list[Drawing]) -> str:
    """HTML a notebook showed, without styles of its own, its links as seen from the site."""
    page = re.sub(r"<style scoped>.*?</style>\n?", "", page, flags=re.DOTALL)
    page = re.sub(r' (border="\d"|style="text-align: right;")', "", page)
    # The corner above the row names names nothing.
    page = page.replace("<th></th>", "<td></td>")
    if embedded := re.search(r'<figure id="figure-([^"]+)"', page):
        (figure,) = (drawing for drawing in drawings if drawing.name == embedded[1])
        return _show_drawing(figure)
    page = page.replace('href="figures/', f'href="{_UP}results/figures/')
    return page.replace('href="notebooks/', 'href="')
