"""A class's saved answers: one table, where it was stuck, and the room as coders.

A student's page saves one JSON file: a team's name, and for each session and task the answer, what
it is about, and the mark it last had. No tries are counted, so none are collected: a task where the
room was stuck is one that many left at *not yet*.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import SettingError, refuse
from compendium.models import agreement
from compendium.seminar import marks
from compendium.settings import need_package

COLUMNS = ["team", "session", "task", "answer", "verdict", "hint", "why"]
N_DRAWS = 2000  # of the units, for an interval


class Room(NamedTuple):
    """What a class handed in."""

    answers: pd.DataFrame  # COLUMNS, a row for each team and task
    codes: pd.DataFrame  # team, task, unit, and a column for each variable coded


def read_room(files: list[Path]) -> Room:
    """The saved answers of a class; a DataError for every file that is none, or of a team again.

    It names each session, task and verdict that there is not.
    """
    rows, codes, problems, of_team = [], [], [], {}
    for path in files:
        team, answers, wrong = _read_file(path)
        problems += wrong
        if team in of_team and not wrong:
            problems.append(f"{path}, team: found {team!r}, as in {of_team[team]}; allowed: once")
        of_team[team] = path
        for session, task, answer in [] if wrong else answers:
            said = [str(answer.get(name, "")) for name in ("verdict", "hint", "why")]
            rows.append((team, session, task, _as_text(answer.get("answer")), *said))
            if isinstance(marks.find_task(session, task), marks.Sheet):
                codes += [
                    {"team": team, "session": session, "task": task, "unit": unit, **given}
                    for unit, given in answer["answer"].items()
                ]
    refuse("answers that cannot be collected", problems)
    return Room(pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(codes))


def _read_file(path: Path) -> tuple[str, list[tuple[str, str, dict[str, Any]]], list[str]]:
    """The team of a file, its answers to each session's tasks, and what is wrong with them."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        answers = [(s, t, {**one}) for s, of in kept["sessions"].items() for t, one in of.items()]
        team = kept["team"].strip()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found = "no file" if isinstance(error, OSError) else "something else"
        return "", [], [f"{path}: found {found}; allowed: a file that a session's page saved"]
    wrong = [] if team else [f"{path}, team: found none; allowed: a name"]
    for session, task, answer in answers:
        where = f"{path}, {session} {task}"
        try:
            known = marks.find_task(session, task)
        except SettingError as error:
            wrong.append(f"{path}: {error}")
            continue
        if answer.get("verdict") not in marks.VERDICTS:
            allowed = ", ".join(marks.VERDICTS)
            wrong.append(f"{where}, verdict: found {answer.get('verdict')!r}; allowed: {allowed}")
        if isinstance(known, marks.Sheet):
            wrong += _find_wrong_codes(where, answer.get("answer"), known)
    return team, answers, wrong


def _is_sheet(answer: Any) -> bool:
    return isinstance(answer, dict) and all(isinstance(one, dict) for one in answer.values())


def _find_wrong_codes(where: str, answer: Any, sheet: marks.Sheet) -> list[str]:
    if not _is_sheet(answer):
        return [f"{where}: found no codes by unit; allowed: {', '.join(sheet.allowed)} of each"]
    return [
        f"{where}, unit {unit}, {column}: found {given.get(column)!r}; allowed: {', '.join(codes)}"
        for unit, given in answer.items()
        for column, codes in sheet.allowed.items()
        if given.get(column) not in ("", *codes)
    ]


def _as_text(answer: Any) -> str:
    if _is_sheet(answer):
        answer = [f"{unit} {' '.join(map(str, of.values()))}" for unit, of in answer.items()]
    return "; ".join(map(str, answer)) if isinstance(answer, list) else str(answer)


def count_verdicts(answers: pd.DataFrame) -> pd.DataFrame:
    """Of each task in its order, how many of the room came to which verdict.

    Whoever has not opened a task has not answered it yet.
    """
    n_teams, module = answers.team.nunique(), need_package("seminar_keys")
    order = [
        (session, task)
        for session in sorted({*answers.session})
        for task in [*module.OPEN.get(session, {}), *module.KEYS[session]]
    ]
    counts = answers.groupby(["session", "task"]).verdict.value_counts().unstack(fill_value=0)
    counts = counts.reindex(index=pd.MultiIndex.from_tuples(order), columns=marks.VERDICTS)
    counts = counts.fillna(0).astype(int)
    counts["not answered yet"] += n_teams - counts.sum(axis=1)
    return counts.rename_axis(index=["session", "task"])


def measure_room(codes: pd.DataFrame, sheet: marks.Sheet, seed: int = 1) -> pd.DataFrame:
    """How far the room agrees with itself: alpha of each variable and of each of its codes.

    Of a code, alpha tells whoever gave it from whoever did not. Missing where it is not defined,
    ``reading`` then says why.
    """
    rows = []
    for column, allowed in sheet.allowed.items():
        wide = codes.pivot(index="unit", columns="team", values=column).replace("", None)
        rows.append({"of": column} | _measure(wide, seed))
        for code in allowed:
            is_it = (wide == code).map({True: code, False: "another"}.get).where(wide.notna())
            rows.append({"of": f"{column} {code}"} | _measure(is_it, seed))
    return pd.DataFrame(rows).set_index("of")


def _measure(wide: pd.DataFrame, seed: int) -> dict[str, Any]:
    found = agreement.measure(wide, "nominal", N_DRAWS, seed)
    ends = {n: None if pd.isna(found[n]) else found[n] for n in ("alpha", "low", "high")}
    return {"units": found["n_units"], **ends, "reading": found["reading"]}


def confuse(
    codes: pd.DataFrame, column: str, coder: pd.DataFrame, allowed: list[str]
) -> pd.DataFrame:
    """How often the room gave which code, down, where a coder on file gave which, across."""
    given = codes[codes[column] != ""]
    theirs, names = coder[column].reindex(given.unit).to_numpy(), (["the room"], ["on file"])
    table = pd.crosstab(given[column].to_numpy(), theirs, rownames=names[0], colnames=names[1])
    return table.reindex(index=allowed, columns=allowed, fill_value=0)
