"""The executed notebooks as pages, and the figures they draw as a gallery.

A page shows the executed copy as it is, with four helps for the reader: the runs of one notebook
are one page with a chooser, what a cell only prepares or checks is out of sight, each figure is the
file in `results/figures` with its data one click away, and links that were right in the results
folder are right on the site.
"""

import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from compendium import paths
from compendium.publish.export import OPENING
from compendium.runs import outputs
from compendium.runs.markup import render, strip_looks

# From a page in the folder of notebooks to the results beside it.
_UP = "../"
# A point in pixels, by the definition of CSS.
_PIXELS = 96 / 72


class Drawing(NamedTuple):
    """One figure: who drew it, where, and what it shows."""

    name: str
    run: str
    cell: int
    words: dict[str, str]  # as `outputs.read_words`
    rows: int
    size: tuple[int, int]


def address(run: str, cell: int = 0) -> str:
    """Where a run, or a cell of it, stands on the site.

    >>> address("04-weigh", 3), address("06-tip--here-now")
    ('notebooks/04-weigh.html#in-3', 'notebooks/06-tip.html#run-here-now')
    """
    stem, _, part = run.partition("--")
    place = "-".join([f"run-{part}"] * bool(part) + [f"in-{cell}"] * bool(cell))
    return f"notebooks/{stem}.html" + f"#{place}" * bool(place)


def make_pages(records: list[dict[str, Any]]) -> dict[str, str]:
    """A page for each notebook, with all its runs, and the gallery."""
    drawings = [drawing for record in records for drawing in _find_drawings(record)]
    made, gallery = {}, []
    for stem, runs in groupby(records, key=lambda record: Path(record["notebook"]).stem):
        several = list(runs)
        number, title = several[0]["run"][:2], several[0]["title"]
        title = title if title.startswith(number) else f"{number} {title}"
        page = _make_page(title, several, drawings)
        made[f"notebooks/{stem}.ipynb"] = json.dumps(page, indent=1, ensure_ascii=False)
        ours = [drawing for drawing in drawings if drawing.run.partition("--")[0] == stem]
        gallery += [(title, ours)] if ours else []
    menu = render("site/menu.md.j2", names=[name[:-6] for name in made], caption="Notebooks")
    shown = render("site/gallery.html.j2", groups=gallery, address=address)
    return made | {"made/notebooks.md": menu, "made/gallery.html": shown}


def _find_drawings(record: dict[str, Any]) -> list[Drawing]:
    """The figures a run drew, in the order it drew them."""
    files = [(entry["cell"], Path(entry["file"])) for entry in record["wrote"]]
    drawn = dict.fromkeys((cell, path.stem) for cell, path in files if path.suffix == ".svg")
    found = []
    for cell, name in drawn:
        picture, data = (
            (paths.RESULTS / "figures" / f"{name}{ending}").read_text(encoding="utf-8")
            for ending in (".svg", ".csv")
        )
        size = tuple(round(float(s) * _PIXELS) for s in OPENING.search(picture).group(2, 3))
        rows, words = len(data.splitlines()) - 1, outputs.read_words(name)
        found.append(Drawing(name, record["run"], cell, words, rows, size))
    return found


def _make_page(
    title: str, records: list[dict[str, Any]], drawings: list[Drawing]
) -> dict[str, Any]:
    """The executed copies of a notebook's runs as one: what all begin with once, then each."""
    copies = [_read_notebook(record) for record in records]
    runs = [(record["run"].partition("--")[2], record) for record in records]
    opening, files, listed = "".join(copies[0]["cells"][0]["source"]).partition("**Reads:**")
    folded = (
        f"<details><summary>What it reads and writes</summary>\n\n{files}{listed}\n\n</details>"
    )
    words = Markup(opening.partition("\n")[2] + (folded if files else ""))
    head = render("site/head.md.j2", title=title, runs=runs, opening=words)
    cells = [copies[0]["cells"][0] | {"source": head}]
    for (part, record), copy in zip(runs, copies):
        if part:
            begins = render("site/run.md.j2", part=part, record=record)
            cells.append({"cell_type": "markdown", "metadata": {}, "source": begins})
        cells += [_adapt_cell(cell, record, drawings) for cell in copy["cells"][1:]]
    # The cells of several runs may have the same ids.
    cells = [cell | {"id": f"cell-{place}"} for place, cell in enumerate(cells)]
    return copies[0] | {"cells": cells}


def _read_notebook(record: dict[str, Any]) -> dict[str, Any]:
    """The executed copy of a run."""
    return json.loads(paths.find_file(record["executed"]).read_text(encoding="utf-8"))


def _adapt_cell(
    cell: dict[str, Any], record: dict[str, Any], drawings: list[Drawing]
) -> dict[str, Any]:
    """A cell as the site shows it: code folded, and hidden if it only prepares or tests."""
    if "outputs" not in cell:
        deeper = "#" * ("--" in record["run"])
        return cell | {"source": re.sub(r"^(?=##)", deeper, "".join(cell["source"]), flags=re.M)}
    tags = ["hide-input"] if cell["outputs"] else ["hide-input", "silent"]
    place = address(record["run"], cell["execution_count"]).partition("#")[2]
    shown = [_adapt_output(output, drawings) for output in cell["outputs"]]
    return cell | {"metadata": {"tags": tags, "address": place}, "outputs": shown}


def _adapt_output(output: dict[str, Any], drawings: list[Drawing]) -> dict[str, Any]:
    if page := "".join(output.get("data", {}).get("text/html", "")):
        return output | {"data": {"text/html": _adapt_html(page, drawings)}}
    return output


def _adapt_html(page: str, drawings: list[Drawing]) -> str:
    """HTML a notebook showed, without styles of its own, its links as seen from the site."""
    page = strip_looks(page)
    named = {drawing.name: drawing for drawing in drawings}
    page = re.sub(
        r'<figure id="figure-([^"]+)".*?</figure>',
        lambda found: render("site/drawing.html.j2", figure=named[found[1]]),
        page,
        flags=re.DOTALL,
    )
    page = page.replace('href="figures/', f'href="{_UP}results/figures/')
    return re.sub(r'(?<=href=")notebooks/([^"]+)\.html', lambda m: _UP + address(m[1]), page)
