"""What all figures share: the house style, and the pieces that most pictures are made of.

Rows with a label each, the first on top; a grid of rows and columns, named above; a sheet without
axes for boxes and arrows. The pieces take axes or make them; what they say is their caller's.

A picture has no title in it. Whoever draws one says with `say` what it is, what to see in it, and
what it shows to somebody who does not see it; all three go wherever the picture goes. No type is
smaller than `SMALL`: 2.5 per cent of the height of a slide 7.5 inches high.
"""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

STYLE: dict[str, Any] = {
    "figure.dpi": 110,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",
    "font.size": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelsize": 14,
    "xtick.labelsize": 14,
    "ytick.labelsize": 14,
    "legend.fontsize": 14,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    # Fixed, so that the ids inside an SVG are the same in every run.
    "svg.hashsalt": "compendium",
    # Words stay words: they can be searched, copied and read aloud.
    "svg.fonttype": "none",
}
INK, SOFT, PALE = "0.1", "0.45", "0.8"
DASHED = (0, (4, 3))
CENTRED = {"ha": "center", "va": "center"}
SMALL, PLAIN, LARGE = 13.5, 14, 16
RECONSTRUCTION = "Reconstruction from the prose; the printed figure's image is missing"

Drawn = tuple[Figure, Axes]


def use_style() -> None:
    """Set the style of all figures; a notebook calls it once."""
    mpl.rcParams.update(STYLE)


def draw(plot: Callable[..., Drawn], *arguments: Any, **options: Any) -> Figure:
    """What `plot` draws, in the house style; no list of open figures keeps it."""
    use_style()
    figure, _ = plot(*arguments, **options)
    plt.close(figure)
    return figure


@contextmanager
def laid_out(figure: Figure, dpi: float) -> Iterator[None]:
    """Put everything in its place, once for all forms of a figure that are written inside.

    `dpi`: dots an inch of the picture, on which the width of a word hangs a little.
    """
    figure.set_dpi(dpi)
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    # With an engine, even one that does nothing, each form would be drawn twice.
    with mpl.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine()
        yield
    figure.set_layout_engine(engine)


def paint(figure: Figure) -> np.ndarray:
    """A figure as dots, in rows, as it is laid out: greys 0 to 255, or red, green, blue and alpha.

    >>> int(paint(plt.figure(figsize=(1, 1), dpi=10)).min())
    255
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    dots = np.asarray(canvas.buffer_rgba())
    grey = dots[..., 0]
    is_grey = all(np.array_equal(grey, dots[..., colour]) for colour in (1, 2))
    # One number a dot in place of four: a third of the time to press them into a file, and half of
    # its size.
    return np.ascontiguousarray(grey) if is_grey and dots[..., 3].min() == 255 else dots


def say(ax: Axes, title: str, caption: str, alt: str, note: str = "") -> Drawn:
    """Give a figure its words; the figure and its axes.

    `title`: what it is. `caption`: what to see in it, in a sentence. `alt`: what it shows, for
    somebody who does not see it. `note`: what kind of drawing it is, if not simply data drawn; it
    is the only one that also stands in the picture, small, below.
    """
    figure = ax.figure
    figure.words = {"title": title, "caption": caption, "alt": alt, "note": note}
    if note:
        figure.supxlabel(note, x=0.995, ha="right", fontsize=SMALL, style="italic", color=SOFT)
    return figure, ax


def list_texts(figure: Figure) -> dict[str, float]:
    """What stands in a figure, each text with its size in points."""
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    return {text.get_text(): text.get_fontsize() for text in texts}


def listed(names: Iterable[object], none: str = "none") -> str:
    """Names in a sentence.

    >>> listed(["A", "B", "C"]), listed([])
    ('A, B and C', 'none')
    """
    words = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) or none


def each(rows: pd.DataFrame, words: str) -> str:
    """Words filled in for every row, one after the other.

    >>> each(pd.DataFrame({"site": ["A", "B"], "years": [74.5, 76]}), "{site}: {years:g}")
    'A: 74.5; B: 76'
    """
    return "; ".join(words.format_map(row) for row in rows.to_dict("records"))


def wrap(words: object, width: int) -> str:
    """Words on lines of at most so many characters."""
    return "\n".join(textwrap.wrap(str(words), width, break_long_words=False))


def start(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or new ones, so many inches wide and high."""
    return plt.subplots(figsize=(width, height))[1] if ax is None else ax


def start_sheet(
    ax: Axes | None, size: tuple[float, float], x: tuple[float, float], y: tuple[float, float]
) -> Axes:
    """A sheet for boxes and arrows, from limit to limit; no axis is drawn."""
    ax = start(ax, *size)
    ax.set(xlim=x, ylim=y)
    ax.axis("off")
    return ax


def start_rows(
    ax: Axes | None,
    labels: Sequence[str],
    size: tuple[float, float, float] = (10.5, 0.5, 1.7),
    *,
    ends: tuple[float, float] = (0.7, 0.4),
    fontsize: float = PLAIN,
    **axis: Any,
) -> Axes:
    """A row for each label, the first on top.

    `size`: inches: the width, the height of a row, and the height of all else. `ends`: how far the
    axes reach above the first row, and how far short of the one after the last. `axis`: what
    `Axes.set` is to set.
    """
    width, row, rest = size
    ax = start(ax, width, row * len(labels) + rest)
    ax.set(ylim=(len(labels) - ends[1], -ends[0]), **axis)
    ax.set_yticks(range(len(labels)), labels, fontsize=fontsize)
    ax.tick_params(axis="y", length=0)
    return ax


def start_grid(
    ax: Axes | None,
    rows: Sequence[str],
    columns: Sequence[str],
    size: tuple[float, float],
    *,
    margin: float = 0.5,
    fontsize: float = PLAIN,
) -> Axes:
    """A place for each pair of a row, down, and a column, named above; no frame around them."""
    ax = start(ax, *size)
    ax.set_xticks(range(len(columns)), columns, fontsize=fontsize)
    ax.set_yticks(range(len(rows)), rows, fontsize=fontsize)
    ax.set_xlim(-margin, len(columns) - 1 + margin)
    ax.set_ylim(len(rows) - 1 + margin, -margin)
    ax.xaxis.tick_top()
    hide_frame(ax)
    return ax


def hide_frame(ax: Axes) -> None:
    """Labels stay; ticks and the lines beside and below go."""
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def stack_bars(
    ax: Axes,
    table: pd.DataFrame,
    parts: dict[str, dict],
    left: Any = 0.0,
    *,
    unit: float = 1.0,
    fontsize: float = PLAIN,
    **bar: Any,
) -> Any:
    """Bars end to end, one for each row of `table`: where the last ones end.

    `parts`: column to how its bars look, in the order to be drawn; with an ``ink``, its numbers
    stand in their middle. `left`: where the first ones begin. `unit`: how long one is.
    """
    for name, looks in parts.items():
        length = table[name].to_numpy(float) * unit
        how = {"label": name, "edgecolor": INK} | looks | bar
        ink = how.pop("ink", None)
        bars = ax.barh(range(len(table)), length, left=left, **how)
        if ink:
            words = [f"{n:.0f}" if n else "" for n in table[name]]
            ax.bar_label(bars, words, label_type="center", color=ink, fontsize=fontsize)
        left = left + length
    return left


def draw_arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], **style: Any
) -> None:
    """An arrow that is as long as the way from `start` to `end`."""
    looks = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=looks | style)
