"""The balance by hand: lean each box, weigh it, and see which way the beam tips.

One description of the model serves the page of the site, the notebook with sliders and the tests:
boxes, the leans and weights they may have, every weighed case as its prose has it, and the share of
all weightings for each count of boxes for and against. `judge` says what a setting comes to: its
tilt, its side, and how much hangs on the open boxes. The page has the same few lines as a script,
for it must work without a server: whatever is changed here is changed there, and a test holds the
two to the same numbers and the same words on random settings.
"""

import json
from collections.abc import Sequence
from fractions import Fraction
from html import escape
from typing import Any, NamedTuple

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from compendium.coding.cases import read_cases
from compendium.coding.weighing import head_case
from compendium.figures.balance import LEANING, SAID, STEEPEST, plot_balance
from compendium.figures.style import RECONSTRUCTION
from compendium.models import balance, check, multiverse, weights
from compendium.printed import tables
from compendium.runs.markup import render
from compendium.settings import read_study

# What the hand may set. The range of the weights is ours: only their ratios count.
_LEANS = {"for": 1, "against": -1, "level": 0, "open": None}
_WORDS = {"for": "for", "against": "against", "level": "level", "open": "not stated"}
_WEIGHTS = {"least": 0.0, "most": 5.0, "step": 0.5, "start": 1.0}
_SIDES = {"left": "tips left, for partnership", "right": "tips right, against partnership"}
_CODED = "A drawing of ours, from coded statements; no such figure is printed"
_VERBS = {"stated": "says", "implied": "implies"}

_Leans = Sequence[int | None]


def make_pages() -> dict[str, str]:
    """The page of the balance."""
    return {"made/balance.html": show_balance(read_model())}


def show_balance(model: dict[str, Any]) -> str:
    """The page's form, an empty drawing, and the model for its script."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for case in model["cases"]:
        groups.setdefault(case["group"], []).append(case)
    data = json.dumps(model, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return render("site/balance.html.j2", model=model, groups=groups, data=data)


def read_model() -> dict[str, Any]:
    """All that the page and the notebook know, from the raw data: it can be written as JSON.

    Gives ``boxes`` (id and label), ``leans``, ``words``, ``weights``, ``sides``, ``level``,
    ``steepest`` and ``leaning`` (degrees), ``shares`` (of all weightings, by "for-against") and
    ``cases``, the empty one first. A case has ``id``, ``group``, ``name``, ``title``, ``note``,
    ``told`` (a side or None), ``clause`` (who says so), and for each box ``leans``, ``low``,
    ``high`` (what it may be while it is open), ``basis`` and ``hints``.
    """
    factors, n = read_study().factors, len(read_study().factors)
    counts = [(plus, minus) for plus in range(n + 1) for minus in range(n + 1 - plus)]
    empty = {
        **{"id": "empty", "group": "Your own", "name": "Start empty", "title": "Your own balance"},
        **{"note": "Set by hand", "told": None, "clause": "", "leans": [None] * n},
        **{"low": [-1] * n, "high": [1] * n, "basis": [None] * n, "hints": [""] * n},
    }
    return {
        "boxes": [{"id": box, "label": label} for box, label in factors.items()],
        "leans": _LEANS,
        "words": _WORDS,
        "weights": _WEIGHTS,
        "sides": _SIDES,
        "level": balance.LEVEL,
        "steepest": STEEPEST,
        "leaning": LEANING,
        "shares": {f"{n}-{m}": str(_share([1] * n + [-1] * m, "left")) for n, m in counts},
        "cases": [empty, *_read_cases()],
    }


def read_quiz() -> dict[str, Any]:
    """The model for a session: an empty balance; no case, and no share of weightings."""
    model = read_model()
    return model | {"cases": model["cases"][:1], "shares": None}


def find_start(model: dict[str, Any], case: str) -> dict[str, Any]:
    """The case of the model with this id."""
    cases = {each["id"]: each for each in model["cases"]}
    check.names([case], cases, "case")
    return cases[case]


def _read_cases() -> list[dict[str, Any]]:
    """The weighed cases as the coding has them."""
    weighed, found = read_cases().weighed, []
    drawn = tables.read_table("coding/tilts").set_index(["figure", "state"]).basis
    codings = weighed.codings.astype({"basis": object}).set_index(["case", "box"])
    for row in weighed.table.itertuples():
        side = weighed.sides[row.case]
        if pd.isna(row.figure):
            clause = f"our coding of its involvement says {side}" if side else "its side is open"
        else:
            verb = _VERBS.get(drawn.get((row.figure, row.state)))
            clause = f"print {verb} {side}" if side else "print leaves the side open"
        boxes = _read_boxes(codings.loc[row.case].loc[list(read_study().factors)])
        found.append(_name(row) | {"told": side, "clause": clause} | boxes)
    return found


def _name(row: Any) -> dict[str, str]:
    """What a case is called: by itself, and among those of its place."""
    title = head_case(row)
    figure, _, head = title.rpartition(". ")
    place = "all sites" if row.site == "all" else row.site
    name = head.replace(f", {place}", "", 1) + (f" ({figure})" if figure else "")
    group = place if figure else f"{place[0].upper()}{place[1:]}; no figure is printed"
    named = {"id": row.case.lower().replace(" ", "-"), "group": group, "name": name}
    return named | {"title": title, "note": RECONSTRUCTION if figure else _CODED}


def _read_boxes(mine: pd.DataFrame) -> dict[str, list]:
    """Each box's lean, what it may be while it is open, and what the texts have on it."""
    leans = [None if pd.isna(lean) else int(lean) for lean in mine.lean]
    low, high = mine.lean_min.astype(int), mine.lean_max.astype(int)
    basis = [None if pd.isna(said) else said for said in mine.basis]
    return {
        "leans": leans,
        # A lean that the texts give and the hand takes away may be anything.
        "low": low.mask(mine.lean.notna(), -1).tolist(),
        "high": high.mask(mine.lean.notna(), 1).tolist(),
        "basis": basis,
        "hints": list(map(_hint, leans, low, high, basis)),
    }


def _hint(lean: int | None, low: int, high: int, basis: str | None) -> str:
    """What the texts have on a box, beside what the hand makes of it."""
    names = {1: "for", 0: "level", -1: "against"}
    if lean is not None:
        return f"Text: {names[lean]}" + (", carried over" if basis == "carried" else "")
    may = "anything" if (low, high) == (-1, 1) else f"{names[low]} or {names[high]}"
    return f"Text: {SAID.get(basis, 'open')}; {may}"


class Judgement(NamedTuple):
    """What a setting comes to; None where nothing is open, or nothing known or weighed."""

    tilt: float | None  # B: the boxes with a lean as a share of all weight
    side: str | None
    reach: tuple[float, float] | None  # the least and greatest B of all ways to fill in open boxes
    ways: tuple[int, int] | None  # how many of these tip to the side told, of how many
    # Of all weightings, those that tip to the side told, or left if none is: with the open boxes
    # left out, at least, at most.
    shares: tuple[str | None, str, str] | None
    says: list[str]  # the same in sentences, for the eye and for the ear


def judge(case: dict[str, Any], leans: _Leans, weighed: Sequence[float]) -> Judgement:
    """What the leans and weights set by hand come to, and what print says of the case.

    For each box of a case of the model a lean, -1, 0, 1 or None (open), and a weight, 0 or more. A
    box that the case leaves open may be what a fair reader could make of it; a box that the hand
    leaves open may be anything.

    >>> case = {"told": "left", "clause": "print says left", "low": [-1] * 5, "high": [1] * 5}
    >>> found = judge(case, [0, 1, 1, 0, -1], [1, 1, 1, 1, 1])
    >>> found.tilt, found.side, found.shares
    (0.2, 'left', ('3/4', '3/4', '3/4'))
    >>> found.says[0]
    'B = +0.20: tips left, for partnership; print says left.'
    """
    total, aim = sum(weighed), case["told"] or "left"
    known = any(lean is not None for lean in leans)
    low, high = _fill(leans, case["low"]), _fill(leans, case["high"])
    tilt = side = reach = ways = None
    beam = f"{'All weights are 0' if known else 'No box has a lean'}: nothing tips the beam"
    if known and total:
        tilt = sum(w * lean for w, lean in zip(weighed, leans) if lean is not None) / total
        side = balance.side(tilt)
        beam = f"B = {tilt:+.2f}: {_SIDES.get(side, 'level')}"
    if None in leans and total:
        # Up to 243 ways at once; boxes at weight 0 leave no -0.
        every = multiverse.complete(np.array(low), np.array(high))
        tilts = (every @ np.array(weighed, dtype=float) / total + 0.0).tolist()
        reach = (min(tilts), max(tilts))
        ways = (sum(balance.side(found) == aim for found in tilts), len(tilts))
    stated = _share(_fill(leans, [0] * len(leans)), aim) if known else None
    shares = (stated, *sorted((_share(low, aim), _share(high, aim))))
    says = [beam + (f"; {case['clause']}." if case["clause"] else "."), _say_outcome(case, side)]
    if reach:
        n = list(leans).count(None)
        says.append(
            f"With the {'open box' if n == 1 else f'{n} open boxes'} filled in every admissible "
            f"way, at these weights: B from {reach[0]:+.2f} to {reach[1]:+.2f}; "
            f"{ways[0]} of {ways[1]} ways tip {aim}."
        )
    says.append(_say_shares(aim, *shares))
    words = tuple(None if share is None else str(share) for share in shares)
    return Judgement(tilt, side, reach, ways, words, says)


def _fill(leans: _Leans, with_what: Sequence[int]) -> list[int]:
    return [other if lean is None else lean for lean, other in zip(leans, with_what)]


def _share(leans: Sequence[int], aim: str) -> Fraction:
    """The share of all weightings that tip to a side."""
    return weights.exact_share(pd.Series(leans, dtype=int) * (1 if aim == "left" else -1))


def _portion(share: Fraction) -> str:
    """A share in words: none, all, or 11/16 (68.75 %)."""
    return {0: "none", 1: "all"}.get(share, f"{share} ({float(100 * share):g} %)")


def _say_outcome(case: dict[str, Any], side: str | None) -> str:
    if case["told"] is None:
        return "No side is told, so nothing can follow or fail." if case["clause"] else ""
    kind = "printed" if case["clause"].startswith("print") else "coded"
    if side is None:
        return f"Whether the {kind} outcome follows is open."
    return f"The {kind} outcome {'follows' if side == case['told'] else 'does not follow'}."


def _say_shares(aim: str, stated: Fraction | None, least: Fraction, most: Fraction) -> str:
    ends = f"at least {_portion(least)}, at most {_portion(most)}"
    if stated is None or least == most == stated:
        return f"Of all weightings, {ends if stated is None else _portion(stated)} tip {aim}."
    without = f"{_portion(stated)} tip {aim} without the open boxes"
    return f"Of all weightings, {without}; with them {ends}."


def make_levers(model: dict[str, Any], case: str, weighed: dict[str, float]) -> dict[str, Any]:
    """Sliders for a notebook: ``case``, a lean and a weight for each box, and two buttons, at work.

    `case`: the id of the case to start from. `weighed`: the weight of each box to start from.
    By name: ``case``, ``lean <box>``, ``weight <box>``, ``reset`` and ``equal``.
    """
    start, limits = find_start(model, case), model["weights"]
    boxes = [box["id"] for box in model["boxes"]]
    names = [(f"{each['group']}: {each['name']}", each["id"]) for each in model["cases"]]
    levers = {"case": ipywidgets.Dropdown(options=names, value=case, description="Case")}
    levers["case"].layout.width = "48rem"
    words = [(model["words"][name], lean) for name, lean in model["leans"].items()]
    for box, lean in zip(boxes, start["leans"]):
        levers[f"lean {box}"] = ipywidgets.ToggleButtons(options=words, value=lean)
        levers[f"lean {box}"].style.button_width = "6rem"
        levers[f"weight {box}"] = ipywidgets.FloatSlider(
            float(weighed[box]), min=limits["least"], max=limits["most"], step=limits["step"],
            description="Weight", readout_format=".1f",
        )  # fmt: skip
    for name, words in (("reset", "Reset to the printed case"), ("equal", "Equal weights")):
        levers[name] = ipywidgets.Button(description=words, layout={"width": "16rem"})

    def lean_as_told(_: object) -> None:
        for box, lean in zip(boxes, find_start(model, levers["case"].value)["leans"]):
            levers[f"lean {box}"].value = lean

    def weigh_alike(_: object) -> None:
        for box in boxes:
            levers[f"weight {box}"].value = limits["start"]

    levers["case"].observe(lean_as_told, names="value")
    levers["equal"].on_click(weigh_alike)
    levers["reset"].on_click(lean_as_told)
    levers["reset"].on_click(weigh_alike)
    return levers


def arrange(model: dict[str, Any], levers: dict[str, Any]) -> ipywidgets.VBox:
    """The levers on the screen, and below them the drawing, made anew whenever one moves."""
    rows = []
    for box in model["boxes"]:
        label = ipywidgets.Label(box["label"], layout={"width": "17rem"})
        row = [label, *(levers[f"{kind} {box['id']}"] for kind in ("lean", "weight"))]
        rows.append(ipywidgets.HBox(row, layout={"flex_flow": "row wrap"}))
    buttons = ipywidgets.HBox([levers["reset"], levers["equal"]])
    moved = {name: lever for name, lever in levers.items() if name not in ("reset", "equal")}
    drawing = ipywidgets.interactive_output(lambda **now: draw_setting(model, **now), moved)
    return ipywidgets.VBox([levers["case"], *rows, buttons, drawing])


def draw_setting(model: dict[str, Any], *, case: str, **set_to: float | None) -> None:
    """Draw the balance as the levers stand, and say what it comes to.

    `set_to`: ``lean <box>`` and ``weight <box>`` for each box.
    """
    start, boxes = find_start(model, case), pd.DataFrame(model["boxes"])
    leans, weighed = ([set_to[f"{kind} {box}"] for box in boxes.id] for kind in ("lean", "weight"))
    found = judge(start, leans, weighed)
    same = [lean == told for lean, told in zip(leans, start["leans"])]
    basis = [basis if kept else "stated" for basis, kept in zip(start["basis"], same)]
    boxes = boxes.assign(lean=pd.array(leans, dtype="Int64"), basis=basis, weight=weighed)
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
