"""The balance by hand as sliders in a notebook, for JupyterLab and for Voila.

The same cases, levers and sentences as on the page of the site (`balance_page`), and the figure the
numbered notebooks draw. Setting a lever calls `draw_setting`; nothing is written anywhere.
"""

from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display

from compendium.balance import BOXES
from compendium.balance_page import find_start
from compendium.balance_settings import judge
from compendium.figures_balance import plot_balance
from compendium.pages_html import escape


def make_levers(model: dict[str, Any], case: str, weights: dict[str, float]) -> dict[str, Any]:
    """The widgets: ``case``, a lean and a weight for each box, and the two buttons, at work.

    Parameters
    ----------
    model : dict
        From `balance_page.read_model`.
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
