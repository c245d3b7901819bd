"""The executed notebooks as pages, and the figures they draw as a gallery.

A page shows the executed copy as it is, with three helps for the reader: its title names the
parameters of the run, each figure is the file in `results/figures` with its data one click away,
and links that were right in the results folder are right on the site.
"""

import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from compendium import paths
from compendium.runs.markup import code, escape, link, many, table

# From a page in the folder of notebooks to the results beside it.
UP = "../"
# A point in pixels, by the definition of CSS.
PIXELS = 96 / 72
# The columns that are named in the description of a figure.
NAMED = 6


class Drawing(NamedTuple):
    """One figure: who drew it, where, and what it shows."""

    name: str
    run: str
    cell: int
    title: str
    heading: str
    rows: int
    columns: list[str]
    rebuilt: bool
    size: tuple[int, int]

    @property
    def words(self) -> str:
        """What the figure shows, for a reader who does not see it."""
        named = ", ".join(column.replace("_", " ") for column in self.columns[:NAMED])
        more = len(self.columns) - NAMED
        rest = f" and {more} more" if more > 0 else ""
        kind = "Reconstruction" if self.rebuilt else "Figure"
        return f"{kind}: {self.heading} Drawn from {many(self.rows, 'row')} of {named}{rest}."


def read_notebook(record: dict[str, Any]) -> dict[str, Any]:
    """The executed copy of a run."""
    return json.loads(paths.find_file(record["executed"]).read_text(encoding="utf-8"))


def title_run(record: dict[str, Any]) -> str:
    """The title of a run's page: the notebook's, and the values it was given.

    >>> title_run({"run": "14-x", "title": "14 Place cultures", "given": {"site": "UNE"}})
    '14 Place cultures: UNE'
    """
    number, title = record["run"][:2], record["title"]
    title = title if title.startswith(number) else f"{number} {title}"
    values = ", ".join(str(value) for value in record["given"].values())
    return f"{title}: {values}" if values else title


def find_drawings(record: dict[str, Any], notebook: dict[str, Any]) -> list[Drawing]:
    """The figures a run drew, in the order it drew them."""
    headings = _headings(notebook)
    names = [(entry["cell"], Path(entry["file"])) for entry in record["wrote"]]
    drawn = [(cell, path.stem) for cell, path in names if path.suffix == ".svg"]
    title = title_run(record)
    return [
        _describe(name, record["run"], cell, title, headings.get(cell, record["title"]))
        for cell, name in dict.fromkeys(drawn)
    ]


def _describe(name: str, run: str, cell: int, title: str, heading: str) -> Drawing:
    picture = (paths.RESULTS / "figures" / f"{name}.svg").read_text(encoding="utf-8")
    data = (paths.RESULTS / "figures" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    # Text is drawn as outlines; matplotlib keeps what it says in a comment.
    rebuilt = bool(re.search(r"<!-- [^>]*reconstruction", picture, flags=re.IGNORECASE))
    width, height = re.search(r'<svg [^>]*width="([\d.]+)pt" height="([\d.]+)pt"', picture).groups()
    size = (round(float(width) * PIXELS), round(float(height) * PIXELS))
    ending = "" if heading.endswith(("?", ".", "!")) else "."
    columns = data[0].split(",")
    return Drawing(name, run, cell, title, heading + ending, len(data) - 1, columns, rebuilt, size)


def _headings(notebook: dict[str, Any]) -> dict[int, str]:
    """For each code cell, the last heading above it."""
    heading, found = "", {}
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            lines = re.findall(r"^##+ (.+)$", text, flags=re.MULTILINE)
            heading = lines[-1].replace("`", "") if lines else heading
        elif heading:
            found[cell["execution_count"]] = heading
    return found


def show_drawing(drawing: Drawing, up: str = "", caption: str = "") -> str:
    """A figure with its data and its other forms; no pixel of it is inside the page."""
    base = f"{up}results/figures/{drawing.name}"
    width, height = drawing.size
    columns = many(len(drawing.columns), "column")
    mark = '<span class="mark">Reconstruction</span> ' if drawing.rebuilt else ""
    return (
        f'<figure class="drawing" id="figure-{escape(drawing.name)}">'
        f'<a href="{base}.svg"><img src="{base}.svg" alt="{escape(drawing.words)}" '
        f'width="{width}" height="{height}" loading="lazy"></a>'
        f"<figcaption>{mark}{caption}<small>{link(f'{base}.csv', 'Data (CSV)')}, "
        f"{many(drawing.rows, 'row')}, {columns} · {link(f'{base}.svg', 'SVG')} · "
        f"{link(f'{base}.png', 'PNG')}</small></figcaption></figure>"
    )


def show_gallery(drawings: list[Drawing]) -> str:
    """Every figure, under the notebook that draws it."""
    parts = []
    for title, members in groupby(drawings, key=lambda d: d.title.partition(":")[0]):
        anchor = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        parts.append(f'<h2 id="{anchor}">{escape(title)}</h2>\n')
        parts.append(show_together(list(members), "notebooks/"))
    return "".join(parts)


def show_together(drawings: list[Drawing], notebooks: str, up: str = "") -> str:
    """Figures side by side, each with the cell that drew it.

    Parameters
    ----------
    drawings : list of Drawing
        Of one notebook; where it has several runs, what each was given is the caption.
    notebooks, up : str
        The way from the page to the notebooks, and to the site's own folder.
    """
    parts = []
    for drawing in drawings:
        words = drawing.title.partition(": ")[2] or drawing.heading
        where = link(f"{notebooks}{drawing.run}.html#in-{drawing.cell}", f"In [{drawing.cell}]")
        parts.append(show_drawing(drawing, up, f"{escape(words)} {code(drawing.name)} {where} "))
    return f'<div class="gallery">{"".join(parts)}</div>\n'


def show_runs(several: list[dict[str, Any]], drawings: list[Drawing]) -> str:
    """The page above the runs of one notebook, in Markdown: what each was given and drew.

    Parameters
    ----------
    several : list of dict
        The records of its runs.
    drawings : list of Drawing
        The figures they drew.
    """
    first = several[0]
    given = {name for record in several for name in record["given"]}
    names = [name for name in first["parameters"] if name in given]
    rows, entries = [], []
    for record in several:
        words = title_run(record).partition(": ")[2]
        values = [escape(record["parameters"][name]) for name in names]
        rows.append([link(f"{record['run']}.html", words), *values])
        entries.append(f"{words} <{record['run']}>")
    listed = table(["Run", *names], rows, "One notebook, other parameters each time", "runs")
    drawn = show_together(drawings, "", UP)
    title = f"# {first['title']}: {many(len(several), 'run')}"
    return f"{title}\n\n```{{raw}} html\n{listed}{drawn}```\n\n{toctree(entries)}"


def adapt_notebook(
    notebook: dict[str, Any], record: dict[str, Any], known: dict[str, Drawing]
) -> dict[str, Any]:
    """An executed copy made ready for the site; the argument is left as it is.

    Parameters
    ----------
    notebook : dict
        The executed copy.
    record : dict
        The record of its run.
    known : dict
        Every figure of every run, by name.
    """
    cells = [dict(cell) for cell in notebook["cells"]]
    head = "".join(cells[0]["source"])
    note = f'<p class="run">{_describe_run(record)}</p>'
    titled = re.sub(
        r"^# .+$", lambda _: f"# {title_run(record)}\n\n{note}\n", head, count=1, flags=re.M
    )
    cells[0] = {**cells[0], "source": titled}
    for cell in cells:
        if "outputs" in cell:
            drawn = [d for d in known.values() if (d.run, d.cell) == _place(record, cell)]
            cell["outputs"] = _adapt_outputs(cell["outputs"], drawn, known)
    return {**notebook, "cells": cells}


def _place(record: dict[str, Any], cell: dict[str, Any]) -> tuple[str, int]:
    return record["run"], cell["execution_count"]


def _describe_run(record: dict[str, Any]) -> str:
    """Which notebook ran, and with what."""
    given = ", ".join(f"{escape(k)} = {escape(v)}" for k, v in record["given"].items())
    return f"A run of <code>{escape(record['notebook'])}</code>, {given or 'parameters as set'}."


def _adapt_outputs(outputs: list, drawn: list[Drawing], known: dict[str, Drawing]) -> list:
    """Pictures become the files they were saved as, where each can be told."""
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    waiting = list(drawn) if pictures == len(drawn) else []
    adapted = []
    for output in outputs:
        data = dict(output.get("data", {}))
        if "image/png" in data and waiting:
            data = {"text/html": show_drawing(waiting.pop(0), UP)}
        elif "text/html" in data:
            data = {"text/html": _adapt_html("".join(data["text/html"]), known)}
        adapted.append({**output, "data": data} if data else output)
    return adapted


def _adapt_html(page: str, known: dict[str, Drawing]) -> str:
    """HTML a notebook showed, without styles of its own, its links as seen from the site."""
    page = re.sub(r"<style scoped>.*?</style>\n?", "", page, flags=re.DOTALL)
    page = re.sub(r' (border="\d"|style="text-align: right;")', "", page)
    # The corner above the row names names nothing.
    page = page.replace("<th></th>", "<td></td>")
    embedded = re.search(r'<figure><img alt="([^;"]+);', page)
    if embedded:
        return show_drawing(known[embedded[1]], UP, f"{code(embedded[1])} ")
    page = page.replace('href="figures/', f'href="{UP}results/figures/')
    return page.replace('href="notebooks/', 'href="')


def toctree(names: Iterable[str], caption: str = "") -> str:
    """Pages that belong below this one in the menu, as Markdown.

    >>> toctree(["a", "The other <b>"], "Both").splitlines()[2:]
    [':caption: Both', '', 'a', 'The other <b>', '```']
    """
    options = [":hidden:", f":caption: {caption}"] if caption else [":hidden:"]
    return "\n".join(["```{toctree}", *options, "", *names, "```"]) + "\n"
