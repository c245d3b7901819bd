"""What a balance set by hand comes to: its tilt, its side, and how much hangs on the open boxes.

`judge` takes a case and what the hand made of it. The site's page has the same few lines as a
script, for it must work without a server: whatever is changed here is changed there, and a test
holds the two to the same numbers and the same words on random settings.

The balance by hand: lean each box, weigh it, and see which way the beam tips.

One description of the model serves the page of the site, the notebook with sliders and the tests:
boxes, the leans and weights they may have, every weighed case as its prose has it, and the share of
all weightings for each count of boxes for and against. The page's script reads it and only adds
up; `balance_settings` does the same here, and a test holds the two together.

The balance by hand as sliders in a notebook, for JupyterLab and for Voila.

The same cases, levers and sentences as on the page of the site (`balance_page`), and the figure the
numbered notebooks draw. Setting a lever calls `draw_setting`; nothing is written anywhere.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from compendium.coding.cases import read_cases
from compendium.errors import SettingError
from compendium.figures.balance import LEANING, STEEPEST, plot_balance
from compendium.figures.style import RECONSTRUCTION
from compendium.models import balance, multiverse, weights
from compendium.printed import tables
from compendium.runs.markup import escape
from compendium.settings import read_study

BOXES = read_study().factors
SIDES = {"left": "tips left, for partnership", "right": "tips right, against partnership"}
Leans = Sequence[int | None]


class Judgement(NamedTuple):
    """What a setting comes to; `says` puts it in sentences, for the eye and for the ear."""

    tilt: float | None
    side: str | None
    reach: tuple[float, float] | None
    ways: tuple[int, int] | None
    shares: tuple[str | None, str, str] | None
    says: list[str]


def judge(case: dict[str, Any], leans: Leans, weighed: Sequence[float]) -> Judgement:
    """What the leans and weights set by hand come to, and what print says of the case.

    Parameters
    ----------
    case : dict
        A case of the model.
    leans : sequence of int or None
        -1, 0, 1 or None (open) for each of `BOXES`.
    weighed : sequence of float
        The weight of each box, 0 or more.

    Returns
    -------
    Judgement
        ``tilt`` is B, the boxes with a lean as a share of all weight; None if nothing is weighed.
        ``reach`` is the least and greatest B over all ways to fill in the open boxes, ``ways`` how
        many of them tip to the side told, and how many there are. ``shares`` of all weightings
        that tip to the side told: with the open boxes left out, at least, at most; if no side is
        told, those that tip left. None where nothing is open, or nothing known.

    Notes
    -----
    A box that the case leaves open may be what a fair reader could make of it; a box that the
    hand leaves open may be anything.

    Examples
    --------
    >>> case = {"told": "left", "clause": "print says left", "leans": [None] * 5}
    >>> case |= {"low": [-1] * 5, "high": [1] * 5}
    >>> found = judge(case, [0, 1, 1, 0, -1], [1, 1, 1, 1, 1])
    >>> found.tilt, found.side, found.shares
    (0.2, 'left', ('3/4', '3/4', '3/4'))
    >>> found.says[0]
    'B = +0.20: tips left, for partnership; print says left.'
    """
    total, low, high = sum(weighed), *_fill(case, leans)
    known = any(lean is not None for lean in leans)
    tilt = _tilt(leans, weighed) if known and total else None
    side = None if tilt is None else balance.side(tilt)
    shares = (
        _share(case, [lean or 0 for lean in leans]) if known else None,
        *sorted((_share(case, low), _share(case, high)), key=_number),
    )
    reach = ways = None
    if None in leans and total:
        # Up to 243 ways at once; boxes at weight 0 leave no -0.
        every = multiverse.complete(np.array(low), np.array(high))
        tilts = (every @ np.array(weighed, dtype=float) / total + 0.0).tolist()
        aim = case["told"] or "left"
        reach = (min(tilts), max(tilts))
        ways = (sum(balance.side(found) == aim for found in tilts), len(tilts))
    says = [
        _say_beam(case, tilt, known),
        _say_outcome(case, side),
        *([_say_ways(case, leans, reach, ways)] if reach else []),
        _say_shares(case, shares),
    ]
    return Judgement(tilt, side, reach, ways, shares, says)


def _tilt(leans: Leans, weighed: Sequence[float]) -> float:
    """B as a share of all weight."""
    stated = pd.Series(list(leans), index=list(BOXES), dtype="float64")
    return balance.tilt(stated, BOXES, dict(zip(BOXES, map(float, weighed)))) / sum(weighed)


def _fill(case: dict[str, Any], leans: Leans) -> tuple[list[int], list[int]]:
    """Every open box at its least, and at its most."""
    ends = []
    for end in ("low", "high"):
        ends.append([m if lean is None else lean for lean, m in zip(leans, case[end])])
    return ends[0], ends[1]


def _share(case: dict[str, Any], leans: Sequence[int]) -> str:
    """The share of all weightings that tip to the side told, or left if none is."""
    sign = weights.SIGNS[case["told"] or "left"]
    return str(weights.exact_share(pd.Series([sign * lean for lean in leans])))


def _number(share: str) -> float:
    above, _, below = share.partition("/")
    return int(above) / int(below or 1)


def _portion(share: str) -> str:
    """A share in words.

    >>> _portion("11/16"), _portion("0"), _portion("1")
    ('11/16 (68.75 %)', 'none', 'all')
    """
    return {"0": "none", "1": "all"}.get(share, f"{share} ({100 * _number(share):g} %)")


def _say_beam(case: dict[str, Any], tilt: float | None, known: bool) -> str:
    told = f"; {case['clause']}" if case["clause"] else ""
    if tilt is None:
        nothing = "All weights are 0" if known else "No box has a lean"
        return f"{nothing}: nothing tips the beam{told}."
    side = balance.side(tilt)
    return f"B = {tilt:+.2f}: {SIDES.get(side, 'level')}{told}."


def _say_outcome(case: dict[str, Any], side: str | None) -> str:
    if case["told"] is None:
        return "No side is told, so nothing can follow or fail." if case["clause"] else ""
    kind = "printed" if case["clause"].startswith("print") else "coded"
    if side is None:
        return f"Whether the {kind} outcome follows is open."
    return f"The {kind} outcome {'follows' if side == case['told'] else 'does not follow'}."


def _say_ways(case: dict[str, Any], leans: Leans, reach: tuple, ways: tuple) -> str:
    count = list(leans).count(None)
    boxes = "open box" if count == 1 else f"{count} open boxes"
    return (
        f"With the {boxes} filled in every admissible way, at these weights: "
        f"B from {reach[0]:+.2f} to {reach[1]:+.2f}; "
        f"{ways[0]} of {ways[1]} ways tip {case['told'] or 'left'}."
    )


def _say_shares(case: dict[str, Any], shares: tuple[str | None, str, str]) -> str:
    stated, least, most = shares
    aim = f"tip {case['told'] or 'left'}"
    if least == most == stated:
        return f"Of all weightings, {_portion(least)} {aim}."
    range_ = f"at least {_portion(least)}, at most {_portion(most)}"
    if stated is None:
        return f"Of all weightings, {range_} {aim}."
    return (
        f"Of all weightings, {_portion(stated)} {aim} without the open boxes; with them {range_}."
    )


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
    told = tables.read_table("coding/tilts").set_index(["figure", "state"]).basis
    weighed = read_cases().weighed
    boxes = weighed.codings.astype({"basis": object}).set_index(["case", "box"])
    found = []
    for row in weighed.table.itertuples():
        mine = boxes.loc[row.case].loc[list(BOXES)]
        figure = None if pd.isna(row.figure) else row.figure.partition("-")[2]
        basis = [None if pd.isna(said) else said for said in mine.basis]
        verb = {"stated": "says", "implied": "implies"}.get(
            told.get((row.figure, row.state)) if figure else None
        )
        side = weighed.sides[row.case]
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
        "note": RECONSTRUCTION if figure else CODED,
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


def make_levers(model: dict[str, Any], case: str, weights: dict[str, float]) -> dict[str, Any]:
    """The widgets: ``case``, a lean and a weight for each box, and the two buttons, at work.

    Parameters
    ----------
    model : dict
        From `balance.read_model`.
    case : str
        The id of the case to start from.
    weights : dict of str to float
        The weight of each box to start from.

    Returns
    -------
    dict
        By name: ``case``, ``lean <box>``, ``weight <box>``, ``reset`` and ``equal``.

    Raises
    ------
    SettingError
        If there is no such case.
    """
    start, limits = find_start(model, case), model["weights"]
    names = [(f"{each['group']}: {each['name']}", each["id"]) for each in model["cases"]]
    levers = {"case": ipywidgets.Dropdown(options=names, value=case, description="Case")}
    levers["case"].layout.width = "48rem"
    words = [(model["words"][name], lean) for name, lean in model["leans"].items()]
    for box, lean in zip(BOXES, start["leans"]):
        levers[f"lean {box}"] = ipywidgets.ToggleButtons(options=words, value=lean)
        levers[f"lean {box}"].style.button_width = "6rem"
        levers[f"weight {box}"] = ipywidgets.FloatSlider(
            value=float(weights[box]),
            min=limits["least"],
            max=limits["most"],
            step=limits["step"],
            description="Weight",
            readout_format=".1f",
        )
    for name, words in (("reset", "Reset to the printed case"), ("equal", "Equal weights")):
        levers[name] = ipywidgets.Button(description=words, layout={"width": "16rem"})
    _connect(model, levers)
    return levers


def _connect(model: dict[str, Any], levers: dict[str, Any]) -> None:
    """Let a new case and the two buttons set the other levers."""

    def lean_as_told(_: object) -> None:
        for box, lean in zip(BOXES, find_start(model, levers["case"].value)["leans"]):
            levers[f"lean {box}"].value = lean

    def weigh_alike(_: object) -> None:
        for box in BOXES:
            levers[f"weight {box}"].value = model["weights"]["start"]

    levers["case"].observe(lean_as_told, names="value")
    levers["equal"].on_click(weigh_alike)
    levers["reset"].on_click(lean_as_told)
    levers["reset"].on_click(weigh_alike)


def arrange(levers: dict[str, Any]) -> ipywidgets.VBox:
    """The levers on the screen: the case above, then a row for each box."""
    rows = [
        ipywidgets.HBox(
            [
                ipywidgets.Label(label, layout={"width": "17rem"}),
                levers[f"lean {box}"],
                levers[f"weight {box}"],
            ],
            layout={"flex_flow": "row wrap"},
        )
        for box, label in BOXES.items()
    ]
    buttons = ipywidgets.HBox([levers["reset"], levers["equal"]])
    return ipywidgets.VBox([levers["case"], *rows, buttons])


def connect_drawing(model: dict[str, Any], levers: dict[str, Any]) -> ipywidgets.Output:
    """The drawing, made anew whenever a lever moves."""
    moved = {name: lever for name, lever in levers.items() if name not in ("reset", "equal")}
    return ipywidgets.interactive_output(lambda **set_to: draw_setting(model, **set_to), moved)


def draw_setting(model: dict[str, Any], *, case: str, **set_to: float | None) -> None:
    """Draw the balance as the levers stand, and say what it comes to.

    Parameters
    ----------
    set_to : int, float or None
        ``lean <box>`` and ``weight <box>`` for each box.
    """
    start = find_start(model, case)
    leans = [set_to[f"lean {box}"] for box in BOXES]
    weighed = [set_to[f"weight {box}"] for box in BOXES]
    found = judge(start, leans, weighed)
    same = [lean == told for lean, told in zip(leans, start["leans"])]
    based = [basis if kept else "stated" for basis, kept in zip(start["basis"], same)]
    boxes = pd.DataFrame(
        {
            "label": list(BOXES.values()),
            "lean": pd.array(leans, dtype="Int64"),
            "basis": based,
            "weight": weighed,
        }
    )
    note = start["note"] + ("" if all(same) or case == "empty" else "; leans changed by hand")
    ways = found.ways[0] / found.ways[1] if found.ways and start["told"] else None
    figure, _ = plot_balance(
        boxes, found.tilt, start["told"], start["title"], reach=found.reach, ways=ways, note=note
    )
    # Levers, sentences and beam then fit on one screen.
    figure.set_dpi(66)
    says = "".join(f"<p>{escape(text)}</p>" for text in found.says if text)
    display(ipywidgets.HTML(f'<div style="font-size: 1.2em; line-height: 1.4">{says}</div>'))
    display(figure)
    plt.close(figure)
