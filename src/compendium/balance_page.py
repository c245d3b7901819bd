"""The balance by hand: lean each box, weigh it, and see which way the beam tips.

One description of the model serves the page of the site, the notebook with sliders and the tests:
boxes, the leans and weights they may have, every weighed case as its prose has it, and the share of
all weightings for each count of boxes for and against. The page's script reads it and only adds
up; `balance_settings` does the same here, and a test holds the two together.
"""

import json
from typing import Any

import pandas as pd

from compendium import cases, evidence, raw, weights
from compendium.balance import BOXES
from compendium.balance_settings import SIDES
from compendium.errors import SettingError
from compendium.figures_balance import LEANING, NOTE, STEEPEST
from compendium.pages_html import escape

# What the hand may set. The range of the weights is ours: only their ratios count.
LEANS = {"for": 1, "against": -1, "level": 0, "open": None}
WORDS = {"for": "for", "against": "against", "level": "level", "open": "not stated"}
WEIGHTS = {"least": 0.0, "most": 5.0, "step": 0.5, "start": 1.0}
TIMES = {"before": "before April 2000", "after": "after April 2000", "early": "early on"}
CODED = "A drawing of ours, from statements coded in chapters 4 and 5; no such figure is printed"
# A tilt nearer to 0 than this is level, as `balance.side` has it.
LEVEL = 1e-12


def read_model() -> dict[str, Any]:
    """All that the page and the notebook know, from the raw data: it can be written as JSON.

    Returns
    -------
    dict
        ``boxes`` (id and label), ``leans``, ``words``, ``weights``, ``sides``, ``level``,
        ``steepest`` and ``leaning`` (degrees), ``shares`` (of all weightings, by "for-against")
        and ``cases``, the empty one first. A case has ``id``, ``group``, ``name``, ``title``,
        ``note``, ``told`` (a side or None), ``clause`` (who says so), and for each box ``leans``,
        ``low``, ``high`` (what it may be while it is open), ``basis`` and ``hints``.
    """
    return {
        "boxes": [{"id": box, "label": label} for box, label in BOXES.items()],
        "leans": LEANS,
        "words": WORDS,
        "weights": WEIGHTS,
        "sides": SIDES,
        "level": LEVEL,
        "steepest": STEEPEST,
        "leaning": LEANING,
        "shares": _tabulate_shares(),
        "cases": [_start_empty(), *_read_cases()],
    }


def find_start(model: dict[str, Any], case: str) -> dict[str, Any]:
    """The case of the model with this id.

    Raises
    ------
    SettingError
        If there is none; the message lists those there are.
    """
    for each in model["cases"]:
        if each["id"] == case:
            return each
    known = ", ".join(each["id"] for each in model["cases"])
    raise SettingError(f"found no case {case!r}; allowed: {known}")


def show_balance(model: dict[str, Any]) -> str:
    """The page's form, an empty drawing, and the model for its script, as HTML."""
    groups: dict[str, list[str]] = {}
    for case in model["cases"]:
        option = f'<option value="{case["id"]}">{escape(case["name"])}</option>'
        groups.setdefault(case["group"], []).append(option)
    options = "".join(
        f'<optgroup label="{escape(group)}">{"".join(several)}</optgroup>'
        for group, several in groups.items()
    )
    # A script's text ends at the first "</": no label may bring one.
    data = json.dumps(model, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        '<noscript><p class="wants">This page computes in the browser and needs its script; '
        "notebook 06 shows the same balances without one.</p></noscript>\n"
        '<form id="balance" class="balance" hidden autocomplete="off">\n'
        '<div class="choose"><label for="case">Site and actor</label>'
        f'<select id="case" name="case">{options}</select>'
        '<button type="button" id="reset">Reset to the printed case</button>'
        '<button type="button" id="equal">Equal weights</button></div>\n'
        '<p class="beam-says" id="beam-says" role="status" aria-live="polite"></p>\n'
        '<div id="balance-says" class="says"></div>\n'
        '<figure class="scales"><svg id="scales" role="img" aria-labelledby="scales-title">'
        '<title id="scales-title"></title></svg><figcaption id="scales-note"></figcaption></figure>'
        f'\n<div class="boxes">{"".join(map(_controls, model["boxes"]))}</div>\n'
        "</form>\n"
        f'<script type="application/json" id="balance-model">{data}</script>\n'
    )


def _controls(box: dict[str, str]) -> str:
    """The leans and the weight of one box."""
    name = box["id"]
    radios = "".join(
        f'<label><input type="radio" name="{name}" value="{lean}"> {words}</label>'
        for lean, words in WORDS.items()
    )
    limits = f'min="{WEIGHTS["least"]:g}" max="{WEIGHTS["most"]:g}" step="{WEIGHTS["step"]:g}"'
    return (
        f'<fieldset><legend>{escape(box["label"])}</legend><div class="leans">{radios}</div>'
        f'<div class="weigh"><label for="weight-{name}">Weight</label>'
        f'<input type="range" id="weight-{name}" name="weight-{name}" {limits} value="1" '
        f'aria-label="Weight of {escape(box["label"])}">'
        f'<output for="weight-{name}" id="shown-{name}" aria-live="off">1</output></div>'
        f'<p class="hint" id="hint-{name}"></p></fieldset>'
    )


def _tabulate_shares() -> dict[str, str]:
    """The share of all weightings that tip towards the first count of boxes, by "for-against"."""
    return {
        f"{plus}-{minus}": str(weights.exact_share(pd.Series([1] * plus + [-1] * minus, dtype=int)))
        for plus in range(len(BOXES) + 1)
        for minus in range(len(BOXES) + 1 - plus)
    }


def _start_empty() -> dict[str, Any]:
    n = len(BOXES)
    return {
        **{"id": "empty", "group": "Your own", "name": "Start empty", "title": "Your own balance"},
        **{"note": "Set by hand", "told": None, "clause": "", "leans": [None] * n},
        **{"low": [-1] * n, "high": [1] * n, "basis": [None] * n, "hints": [""] * n},
    }


def _read_cases() -> list[dict[str, Any]]:
    """The weighed cases, with what `cases` makes of the coding."""
    statements, leanings = raw.read_table("coding/evidence"), raw.read_table("coding/leanings")
    tilts, involvement = raw.read_table("coding/tilts"), raw.read_table("coding/involvement")
    weighed = cases.find_weighed(raw.read_table("coding/cases"), statements)
    codings = cases.gather_codings(weighed, leanings, statements)
    sides = cases.gather_sides(weighed, tilts, involvement)
    keys = ["figure", "state"]
    based = leanings.set_index([*keys, "box"]).basis
    told = tilts.set_index(keys).basis
    found = []
    for row in weighed.itertuples():
        mine = codings[codings.case == row.case].set_index("box").loc[list(BOXES)]
        figure = None if pd.isna(row.figure) else row.figure.partition("-")[2]
        lines = evidence.lean_boxes(cases.statements_of(row, statements)).set_index("box").lines
        basis = [
            based[row.figure, row.state, box] if figure
            else "agreed" if not pd.isna(mine.lean[box])
            else "both ways" if lines[box]
            else None
            for box in BOXES
        ]  # fmt: skip
        verb = {"stated": "says", "implied": "implies"}.get(
            told.get((row.figure, row.state)) if figure else None
        )
        side = None if pd.isna(sides[row.case]) else sides[row.case]
        clause = _clause(figure, verb, side)
        found.append(
            _name(row, figure) | {"told": side, "clause": clause} | _read_boxes(mine, basis)
        )
    return found


def _clause(figure: str | None, verb: str | None, side: str | None) -> str:
    """Who says how it came out."""
    if figure:
        return f"print {verb} {side}" if side else "print leaves the side open"
    return f"our coding of its involvement says {side}" if side else "its side is open"


def _name(row: Any, figure: str | None) -> dict[str, str]:
    """What a case is called."""
    time = "" if row.state == "throughout" else f", {TIMES.get(row.state, row.state)}"
    actor = f"{row.actor[0].upper()}{row.actor[1:]}"
    site = "all sites" if row.site == "all" else row.site
    head = f"Figure {figure}. " if figure else ""
    return {
        "id": row.case.lower().replace(" ", "-"),
        "group": row.site if figure else "All sites; no figure is printed",
        "name": f"{actor}{time}" + (f" (Figure {figure})" if figure else ""),
        "title": f"{head}{actor}, {site}{time}",
        "note": NOTE if figure else CODED,
    }


def _read_boxes(mine: pd.DataFrame, basis: list) -> dict[str, list]:
    """Each box's lean, what it may be while it is open, and what the texts have on it.

    A lean that the texts give and the hand takes away may be anything.
    """
    leans = [None if pd.isna(lean) else int(lean) for lean in mine.lean]
    low, high = mine.lean_min.astype(int).tolist(), mine.lean_max.astype(int).tolist()
    return {
        "leans": leans,
        "low": [-1 if lean is not None else least for lean, least in zip(leans, low)],
        "high": [1 if lean is not None else most for lean, most in zip(leans, high)],
        "basis": [None if pd.isna(each) else each for each in basis],
        "hints": list(map(_hint, leans, low, high, basis)),
    }


def _hint(lean: int | None, low: int, high: int, basis: str | None) -> str:
    """What the texts have on a box, beside what the hand makes of it.

    >>> _hint(1, 1, 1, "stated"), _hint(None, -1, 0, "implied")
    ('Text: for', 'Text: open; against or level')
    """
    names = {1: "for", 0: "level", -1: "against"}
    if lean is not None:
        return f"Text: {names[lean]}" + (", carried over" if basis == "carried" else "")
    may = "anything" if (low, high) == (-1, 1) else f"{names[low]} or {names[high]}"
    return f"Text: {'said both ways' if basis == 'both ways' else 'open'}; {may}"
