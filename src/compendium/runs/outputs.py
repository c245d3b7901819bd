"""What a notebook writes and says: tables, figures with their data, verdicts, answers.

Numbers are written to eight significant digits: beyond that they depend on the machine. What the
prose states as found is said by `answer`, so that no number stands in a text by hand.

A study may be made up, to teach or to try the machinery. Its source is then of the kind `INVENTED`
in ``sources.csv``, and every title, table and figure says so: a number should not be taken for a
finding because it was passed on without its folder. Studies of real texts get no label.
"""

import io
import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from compendium import paths
from compendium.errors import DataError, FitError, SettingError
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger
from compendium.runs.markup import Html, show_figure
from compendium.settings import read_study

DIGITS = "%.8g"
INVENTED = "invented"
LABEL = "INVENTED"


def write_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a table as CSV and Markdown to ``results/tables`` and return it, to be shown."""
    path = paths.output(f"results/tables/{name}.csv")
    table.to_csv(path, float_format=DIGITS, lineterminator="\n")
    shown = table.reset_index()
    floats = shown.select_dtypes("float64").map(lambda value: float(DIGITS % value))
    text = shown.assign(**floats).to_markdown(index=False, disable_numparse=True)
    path.with_suffix(".md").write_text(text + "\n", encoding="utf-8", newline="\n")
    return table


def write_processed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a tidy table to ``data/processed`` and return it."""
    path = paths.output(f"data/processed/{name}.csv")
    table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n")
    return table


def read_processed(*patterns: str) -> pd.DataFrame:
    """The processed tables whose names match, one below the other, in the order of their names.

    Text stays text and blank stays blank, so that printed values keep their precision. A DataError
    if there is none.
    """
    found = sorted({path for name in patterns for path in paths.PROCESSED.glob(f"{name}.csv")})
    if not found:
        named = " or ".join(f"data/processed/{name}.csv" for name in patterns)
        raise DataError(f"{named}: found no such file; a notebook must write it")
    return pd.concat(map(_read_back, found), ignore_index=True)


def read_result(name: str) -> pd.DataFrame:
    """A table that lies in ``results``, by its path there without ``.csv``, as text."""
    return _read_back(paths.RESULTS / f"{name}.csv")


def _read_back(path: Path) -> pd.DataFrame:
    paths.note_read(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def ask(function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
    """What a function finds, or the words with which it refuses.

    >>> def refuse(n):
    ...     raise FitError(f"{n} cases are too few")
    >>> ask(refuse, 4)
    Refused: 4 cases are too few
    """
    try:
        return function(*arguments, **options)
    except FitError as refusal:
        return Sentence(f"Refused: {refusal}")


class Sentence(str):
    """A sentence that a notebook shows as prose and a terminal as it is."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(self)


# A slide in inches, and the least share of its height that its smallest type has.
SLIDE, LEAST_TYPE = (40 / 3, 7.5), 0.025


def save_figure(figure: Any, data: pd.DataFrame, name: str) -> Html:
    """Write a figure and what belongs to it to ``results/figures``; return it, to be shown.

    SVG and PNG at the size of a page, ``-slide.png`` for a projector, the data it shows as CSV, and
    as JSON its title, caption, alt text and note, and what its abbreviations are short for; in a
    run of a sweep its data and its words alone. One that was drawn without `figures.style.say` is
    refused (SettingError).
    """
    words = getattr(figure, "words", None)
    if not words:
        raise SettingError(f"figure {name}: found no caption and alt text; say them when drawing")
    # The runner imports this module too, and draws nothing: matplotlib is a second to import.
    from compendium.figures import style  # noqa: PLC0415

    texts = style.list_texts(figure)
    words = words | {"short": _spell_out([*texts, *words.values()])}
    is_drawn = not paths.NO_PICTURES.exists()
    path = paths.output(f"results/figures/{name}.{'svg' if is_drawn else 'csv'}")
    text = json.dumps(words, indent=1, ensure_ascii=False)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8", newline="\n")
    if not is_drawn:
        _write_data(data, path)
        return Html(f"<p><b>{escape(words['title'])}.</b> {escape(words['caption'])}</p>")
    page = _write_page(figure, data, path, words)
    # As a slide, so small that its smallest type is large enough.
    least = 72 * LEAST_TYPE * SLIDE[1]
    scale = min(1.0, min(texts.values(), default=least) / least)
    figure.set_size_inches(*(side * scale for side in SLIDE))
    if engine := figure.get_layout_engine():  # nothing touches the edge of the wall
        engine.set(rect=(0.02, 0.03, 0.96, 0.94))
    dpi = 1080 / (SLIDE[1] * scale)
    with style.laid_out(figure, dpi):
        _write_picture(figure, path.with_name(f"{name}-slide.png"))
    return show_figure(name, page, words)


def _write_page(figure: Any, data: pd.DataFrame, path: Path, words: dict[str, str]) -> str:
    """A figure as SVG that says what it shows, returned, as PNG, and its data as CSV."""
    from compendium.figures import style  # noqa: PLC0415 - as above

    drawn = io.StringIO()
    with style.laid_out(figure, style.STYLE["savefig.dpi"]):
        figure.savefig(drawn, format="svg", metadata=dict.fromkeys(("Date", "Creator")))
        _write_picture(figure, path.with_suffix(".png"))
    said = f"<title>{escape(words['title'])}</title>\n <desc>{escape(words['alt'])}</desc>\n"
    text = re.sub(r"(<svg )([^>]*>\n)", rf'\1role="img" \2 {said}', drawn.getvalue(), count=1)
    path.write_text(text, encoding="utf-8", newline="\n")
    _write_data(data, path)
    return text


def _write_data(data: pd.DataFrame, path: Path) -> None:
    data.to_csv(path.with_suffix(".csv"), index=False, float_format=DIGITS, lineterminator="\n")


def _write_picture(figure: Any, path: Path) -> None:
    """A figure as PNG; to press it harder takes twice the time for a tenth of the size."""
    from PIL import Image  # noqa: PLC0415 - as above

    from compendium.figures import style  # noqa: PLC0415 - as above

    dots = Image.fromarray(style.paint(figure))
    dots.save(path, "png", dpi=(figure.dpi, figure.dpi), compress_level=3)


def _spell_out(texts: list[str]) -> str:
    """What abbreviations in some texts are short for, by the study's glossary.

    One letter is short for something where it equals a number: districts have letters too.
    """
    seen = set(re.findall(r"[\w-]{2,}|\b\w(?= =)", " ".join(texts)))
    short = {word: says for word, says in read_study().glossary.items() if word in seen}
    return "; ".join(f"{word}: {says}" for word, says in short.items() if not word[1:].islower())


def read_words(name: str) -> dict[str, str]:
    """What a saved figure says: ``title``, ``caption``, ``alt``, ``note`` and what is ``short``."""
    path = paths.RESULTS / "figures" / f"{name}.json"
    paths.note_read(path)
    return json.loads(path.read_text(encoding="utf-8"))


def draw(
    name: str,
    plot: Callable[..., tuple[Any, Any]],
    shown: pd.DataFrame,
    *more: Any,
    saved: pd.DataFrame | None = None,
    title: str = "",
    **options: Any,
) -> None:
    """Draw a figure in the house style, and save it with its data to ``results/figures``.

    A notebook shows the picture that was saved, with its words.

    Parameters
    ----------
    plot : callable
        Takes `shown`, then `more` and `options`; returns figure and axes.
    saved : DataFrame, optional
        The data to be saved, where they are more than what is drawn.
    title : str
        What the figure is, if not what `plot` calls it; it stands beside the picture, not in it.
    """
    from IPython.display import display  # noqa: PLC0415 - as above

    figure = _draw(plot, shown, *more, **options)
    if title:
        figure.words["title"] = title
    display(save_figure(figure, mark_table(shown if saved is None else saved), name))


def _draw(plot: Callable[..., tuple[Any, Any]], *arguments: Any, **options: Any) -> Any:
    """A figure in the house style, with the label across it if the study has one."""
    from compendium.figures import style  # noqa: PLC0415 - as above

    figure = style.draw(plot, *arguments, **options)
    if label := read_label():
        size = 10 * min(figure.get_size_inches())
        look = {"size": size, "rotation": 20, "color": "0.5", "alpha": 0.3, "weight": "bold"}
        figure.text(0.5, 0.5, label, ha="center", va="center", zorder=9, **look)
    return figure


def draw_apart(path: Path, plot: Callable[..., tuple[Any, Any]], shown: pd.DataFrame) -> None:
    """Draw a figure outside a run, and write it with its data to a path without an ending."""
    figure = _draw(plot, shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_page(figure, mark_table(shown), path.with_suffix(".svg"), figure.words)


def write_verdicts(notebook: str, kept: str = "*", name: str = "") -> pd.DataFrame:
    """Judge the printed values of the items that name a notebook; write and return the verdicts.

    `kept` is a pattern for the ids of the values to be judged; the file is called after the
    notebook if it has no `name` of its own.
    """
    items = tables.read_table("items")
    ledger = read_ledger(items.item_id[items.notebook == notebook])
    mine = ledger[ledger.value_id.isin([v for v in ledger.value_id if fnmatchcase(v, kept)])]
    # Only the tables that the rules name are read: nothing else makes another verdict.
    verdicts = audit.give_verdicts(mine, tables.cells(audit.name_items(mine, items.item_id)))
    return write_processed(verdicts, f"verdicts-{name or notebook}")


def gather_verdicts() -> pd.DataFrame:
    """The verdicts that the notebooks gave, in the order of the ledger; ``results/verdicts.csv``.

    The ledger is the one that a notebook has written. Each printed value must have one verdict, and
    not two (DataError).
    """
    verdicts, ledger = read_processed("verdicts-*"), read_processed("ledger")
    missing = sorted(set(ledger.value_id) - set(verdicts.value_id))
    twice = sorted(verdicts.value_id[verdicts.value_id.duplicated()])
    if missing or twice:
        raise DataError(
            f"verdicts: found none of {', '.join(missing) or 'no value'} and two of "
            f"{', '.join(twice) or 'no value'}; allowed: one of each printed value; see column "
            "notebook of items.csv"
        )
    verdicts = verdicts.set_index("value_id").loc[ledger.value_id].reset_index()
    return write_result(verdicts, "verdicts")


def write_result(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a table that others look for to ``results``, and return it."""
    path = paths.output(f"results/{name}.csv")
    mark_table(table).to_csv(path, index=False, lineterminator="\n")
    return table


def answer(sentence: str, /, **values: Any) -> Sentence:
    """A sentence with the values found filled in; each is noted, for ``results/answers.csv``.

    The sentence has ``{name}`` or ``{name:.2f}`` for each value: a number, a word, or a list of
    them, which is joined by commas.

    >>> answer("{n} of {total} cases, {share:.0%}: {cases}.", n=1, total=4, share=0.25,
    ...        cases=["A"])
    1 of 4 cases, 25%: A.
    """
    listed = {name: _join(value) for name, value in values.items()}
    for name, value in listed.items():
        paths.note("answered", name, value=_as_text(value))
    return Sentence(sentence.format(**listed))


def _join(value: Any) -> Any:
    return ", ".join(map(_as_text, value)) if pd.api.types.is_list_like(value) else value


def _as_text(value: Any) -> str:
    return DIGITS % value if isinstance(value, float) else str(value)


def read_label() -> str:
    """`LABEL` if a source of the study is invented, ``""`` if none is.

    >>> read_label()
    ''
    """
    sources = tables.read_table("sources")
    return LABEL if "kind" in sources and INVENTED in set(sources.kind) else ""


def mark_title(head: str) -> str:
    """The first cell of a notebook, with the label in its title if the study has one."""
    label = read_label()
    return re.sub(r"^# ", f"# {label}: ", head, count=1, flags=re.MULTILINE) if label else head


def mark_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table to be written, with the label in a last column if the study has one."""
    label = read_label()
    return table.assign(study=label) if label else table
