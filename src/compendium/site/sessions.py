"""The seminar's sessions as pages that mark themselves, without Python and without a server.

A page is made of the session's notebook: its words, what its cells show, and a form where its
answer cells are. What a notebook says of Python alone is tagged ``python`` and left out; a cell
tagged ``lever:NAME`` gets, or becomes, a thing to work with in the browser. Answers are marked as
`seminar.marks` marks them: the page holds the forms of answers that mean something, each as a
salted hash, and the hint that belongs to it. Who tries every answer finds the right one; nobody
reads it in the page.
"""

import ast
import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from compendium import paths
from compendium.errors import SettingError
from compendium.runs.markup import Html, mark_up, render, show_frame
from compendium.runs.notebooks import parse_code
from compendium.seminar import marks
from compendium.settings import read_study
from compendium.site import balance

FOLDER = "seminar"  # within the notebooks
NOTES = "TEACHER.md"
_HEX = 16  # digits of a hash that are kept


class Cell(NamedTuple):
    """A cell, what its last line gives and what it printed; of an answer's cell, what is asked."""

    kind: str
    text: str
    tags: list[str]
    printed: str = ""
    value: Any = None
    asked: tuple[Any, ...] = ()  # session, task, the blank answer, and what it is about


class Session(NamedTuple):
    """A session as a page shows it."""

    name: str  # "s1"
    title: str
    about: dict[str, str]  # aim, read, time ...
    parts: list[Html]
    tasks: list[dict[str, Any]]


def find_sessions() -> dict[str, Path]:
    """The notebook of each session, by its short name."""
    found = sorted((paths.NOTEBOOKS / FOLDER).glob("S[0-9]*.ipynb"))
    return {path.stem.split("-")[0].lower(): path for path in found}


def choose_sessions(names: str) -> list[str]:
    """Sessions named with commas between them, each once, in order; all if blank.

    A SettingError names every one that there is not, or says that the study has none.
    """
    known = find_sessions()
    if not known:
        allowed = f"a notebook S1-NAME.ipynb in notebooks/{FOLDER}, its keys in the study's package"
        raise SettingError(f"found no session in {paths.STUDY.name}; allowed: {allowed}")
    asked = [name.strip().lower() for name in names.split(",") if name.strip()] or list(known)
    if wrong := [name for name in asked if name not in known]:
        raise SettingError(f"sessions: found {', '.join(wrong)}; allowed: {', '.join(known)}")
    return [name for name in known if name in asked]


def run_cells(path: Path) -> list[Cell]:
    """The cells of a notebook, run here from top to bottom; nothing is written."""
    space: dict[str, Any] = {}
    shown = {"display.max_colwidth": 50, "display.max_rows": 60}
    with pd.option_context(*(word for pair in shown.items() for word in pair)):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [_run_cell(cell, space, path.name) for cell in cells]


def _run_cell(cell: dict[str, Any], space: dict[str, Any], name: str) -> Cell:
    about = (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", []))
    if cell["cell_type"] != "code":
        return Cell(*about)
    tree = parse_code(about[1], name)
    last = tree.body.pop().value if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    asks = "answer" in about[2]
    gives = ast.Tuple(last.args, ast.Load()) if asks else last or ast.Constant(None)
    whole = ast.fix_missing_locations(ast.Expression(gives))
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(tree, name, "exec"), space)
        value = eval(compile(whole, name, "eval"), space)
    return Cell(*about, out.getvalue(), **{"asked" if asks else "value": value})


def read_session(name: str) -> Session:
    """A session's page, from its notebook."""
    cells = run_cells(find_sessions()[name])
    title = cells[0].text.partition("\n")[0].removeprefix("# ")
    about = dict(re.findall(r"^\*\*(\w+)\.\*\* (.+)$", cells[0].text, re.MULTILINE))
    parts: list[Html] = []
    tasks: list[dict[str, Any]] = []
    number, heading = "", title
    for cell in cells[1:]:
        levers = [tag.removeprefix("lever:") for tag in cell.tags if tag.startswith("lever:")]
        if "python" in cell.tags or "parameters" in cell.tags:
            continue
        if cell.asked:
            tasks.append(_describe_task(cell, number))
            parts.append(Html(render("site/task.html.j2", task=tasks[-1])))
        elif cell.kind == "markdown":
            number = "".join(re.findall(r"^(\d+)\. ", cell.text, re.MULTILINE)[-1:]) or number
            heading = "".join(re.findall(r"^## (.+)$", cell.text, re.MULTILINE)[-1:]) or heading
            parts.append(mark_up(cell.text))
            parts += _show_cell(cell, heading, levers) if levers else []
        else:
            parts += _show_cell(cell, heading, levers)
    return Session(name, title, about, parts, tasks)


def _show_cell(cell: Cell, heading: str, levers: list[str]) -> Iterator[Html]:
    """What a cell shows, and the lever it carries."""
    shown = "" if "sheet" in levers else "".join(show_value(cell, heading))
    form = balance.show_balance(balance.read_quiz()) if "balance" in levers else ""
    for lever in levers or [""]:
        yield Html(render("site/lever.html.j2", lever=lever, shown=Html(shown), balance=Html(form)))


def show_value(cell: Cell, caption: str) -> Iterator[Html]:
    """What a cell printed, and its last line's table or list."""
    frame = cell.value
    if cell.printed:
        yield mark_up(cell.printed)
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(frame.name or "values")
    if isinstance(frame, pd.DataFrame):
        yield show_frame(tidy_frame(frame), caption)
    elif isinstance(frame, list):
        yield mark_up("; ".join(", ".join(map(str, one)) for one in frame))


def show_right(task: dict[str, Any]) -> str:
    """What is right in a task, in words: for the teacher, never for a page of a session."""
    if "about" not in task:
        return {"alpha": "alpha of the student's own codes"}.get(task["kind"], "no right answer")
    key = marks.find_task(task["session"], task["task"])(*task["about"])
    if isinstance(key.right, str | set):
        names = {key.right} if isinstance(key.right, str) else key.right
        return ", ".join(sorted(one if isinstance(one, str) else " → ".join(one) for one in names))
    numbers = key.right if isinstance(key.right, tuple) else (key.right,)
    return ", ".join(f"{float(number):.{key.decimals}f}" for number in numbers)


def tidy_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame as a reader wants it: its index a column, one row of heads, whole numbers whole."""
    if any(frame.index.names) or not pd.api.types.is_integer_dtype(frame.index):
        names = [name or "" for name in frame.index.names]
        frame = frame.rename_axis(index=names).reset_index()
    frame = frame.map(_as_words).round(3)
    heads = [name if isinstance(name, str) else " ".join(map(str, name)) for name in frame]
    heads = [head.strip().replace("_", " ") for head in heads]
    return frame.set_axis(heads, axis=1).convert_dtypes()


def _as_words(cell: Any) -> Any:
    """A truth and an array as they are read."""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    return ", ".join(map(str, cell)) if isinstance(cell, np.ndarray | ExtensionArray) else cell


def _describe_task(cell: Cell, number: str) -> dict[str, Any]:
    """All that the page's script knows of a task."""
    session, name, _, *about = cell.asked
    known = marks.find_task(session, name)
    words = cell.text.partition("\n")[0].removeprefix("# Your answer").strip(" :,")
    label = f"Your answer to {number}" + (f", {name}" if words.startswith("for ") else "")
    task = {"session": session, "task": name, "id": f"{session}-{name}", "label": label}
    if isinstance(known, marks.Sheet):
        return task | _describe_sheet(cell, known)
    if isinstance(known, marks.Open):
        return task | _describe_open(task, known)
    if any(isinstance(one, pd.DataFrame) for one in about):
        hint = "that is the agreement; alpha takes off what chance would give"
        return task | {"kind": "alpha", "column": about[-1], "decimals": 2, "hint": hint}
    return task | _describe_key(task, known(*about)) | {"about": [str(one) for one in about]}


def _describe_key(task: dict[str, Any], key: marks.Key) -> dict[str, Any]:
    right = key.right if isinstance(key.right, set) else {key.right}
    pairs = any(isinstance(one, tuple) and isinstance(one[0], str) for one in right)
    kinds = {str: "name", set: "pairs" if pairs else "names"}
    known = {form: marks.Mark("not yet" if hint else "right", hint)
             for form, hint in marks.list_forms(key).items()}  # fmt: skip
    return {
        "kind": kinds.get(type(key.right), "number"),
        "n": len(key.right) if isinstance(key.right, tuple) else 1,
        "among": {marks.fold(name): name for name in key.among or []},
        "decimals": key.decimals,
        "percent": key.in_percent,
        **_hash_marks(task, known, marks.end_hint(key)),
    }


def _describe_open(task: dict[str, Any], known: marks.Open) -> dict[str, Any]:
    """A choice in several parts; each combination has its mark."""
    choices = known.choices()
    marked = {
        ">".join(map(str, chosen)): known.mark((chosen[0], list(chosen[1:])))
        for chosen in product(*choices.values())
    }
    shown = {part: list(map(str, options)) for part, options in choices.items()}
    return {"kind": "choice", "choices": shown, **_hash_marks(task, marked, marks.ELSE_ONE)}


def _describe_sheet(cell: Cell, known: marks.Sheet) -> dict[str, Any]:
    """Units to code, and the codes on file, hashed."""
    codes = cell.asked[2]
    ours, shown = next(iter(known.coders(codes.index).values())), known.shown(codes.index)
    *heads, label = shown.columns
    forms = [f"{unit}/{column}/{ours.loc[unit, column]}" for unit in ours.index for column in ours]
    return {
        "kind": "sheet",
        "allowed": known.allowed,
        "heads": heads,
        "rows": shown[heads].astype(str).T.to_dict("list"),
        "labels": shown[label].to_dict(),
        "forms": [_hash(cell.asked[0], cell.asked[1], form) for form in forms],
    }


def _hash_marks(
    task: dict[str, Any], known: dict[str, marks.Mark], otherwise: str
) -> dict[str, Any]:
    listed = list(dict.fromkeys([marks.Mark("not yet", otherwise), *known.values()]))
    hashed = {_hash(task["session"], task["task"], form): listed.index(mark)
              for form, mark in known.items()}  # fmt: skip
    return {"marks": [list(mark) for mark in listed], "forms": dict(sorted(hashed.items()))}


def _hash(session: str, task: str, form: str) -> str:
    """The task is the salt: the same answer to two tasks has two hashes."""
    return hashlib.sha256(f"{session}/{task}/{form}".encode()).hexdigest()[:_HEX]


def show_session(session: Session) -> Html:
    """The body of a session's page, without its title."""
    model = {"session": session.name, "study": read_study().title, "tasks": session.tasks}
    data = json.dumps(model, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    hand_out = read_notes().set_index("session")["in hand"].get(session.title, "")
    return Html(render("site/session.html.j2", session=session, hand_out=hand_out, data=Html(data)))


def read_notes() -> pd.DataFrame:
    """The table of sessions in the teacher's notes: session, minutes, what is in hand."""
    text = (paths.NOTEBOOKS / FOLDER / NOTES).read_text(encoding="utf-8")
    lines = re.findall(r"^\| *(.*?)[| ]*$", text, re.MULTILINE)
    head, _, *body = ([cell.strip() for cell in line.split("|")] for line in lines)
    return pd.DataFrame([row for row in body if len(row) == len(head)], columns=head)


def make_pages() -> dict[str, str]:
    """A page for each session, the list of them, and the teacher's notes on one of their own.

    A study without sessions has an empty list.
    """
    made, sessions = {}, [read_session(name) for name in find_sessions()]
    for session in sessions:
        body = made[f"made/{session.name}.html"] = show_session(session)
        page = {"session": session, "balance": 'id="balance"' in body}
        made[f"seminar/{session.name}.md"] = render("site/session.md.j2", **page)
    notes = paths.NOTEBOOKS / FOLDER / NOTES
    words = notes.read_text(encoding="utf-8") if notes.exists() else "# Notes for the teacher\n"
    menu = [*(f"seminar/{session.name}" for session in sessions), "seminar/teacher"]
    return made | {
        "seminar/teacher.md": words,
        "made/seminar.html": render("site/seminar.html.j2", sessions=sessions),
        "made/seminar.md": render("site/menu.md.j2", names=menu),
    }
