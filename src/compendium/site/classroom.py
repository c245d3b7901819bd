"""What a teacher takes to class, and what comes back: packs, and the room's answers.

A pack's students' folder holds the sessions' pages, the printed tables they read and, if wanted, a
copy of the raw data with planted faults; no solution and no key. Whoever opens a page needs a
browser and nothing else. What students saved becomes one table, a picture of where the room was
stuck, and a page of the room as coders.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from compendium import paths
from compendium.figures import style
from compendium.figures.room import plot_room
from compendium.runs.markup import Html, mark_up, render, show_frame
from compendium.seminar import marks, planting, room
from compendium.settings import need_package
from compendium.site import balance, sessions

_LOOKS = ["site.css", "balance.css", "seminar.css"]
# The script that a page needs which holds such a thing.
_SCRIPTS = {'id="balance"': "balance.js", 'id="session"': "seminar.js"}


def write_pack(out: Path, names: str = "", seed: int | None = None, faults: int = 10) -> list[str]:
    """Write a pack for some sessions, named with commas between them, all if blank; their names.

    `out`, a new or an empty folder, gets ``students``, ``handouts`` and ``teacher``. With a seed,
    ``students/faults`` holds raw data with so many `faults`, and ``teacher`` the key. A
    SettingError if there is no such session, the folder is not empty, or the faults are too many.
    """
    paths.need_clone("a pack")
    paths.check_new(out)
    chosen = [sessions.read_session(name) for name in sessions.choose_sessions(names)]
    static = paths.ROOT / "docs/_static"
    looks = [*_LOOKS, *_SCRIPTS.values()]
    made = {
        **dict(_make_student_pages(chosen, with_faults=seed is not None)),
        **dict(_make_handouts(chosen)),
        "teacher/notes.html": _stand_alone("Notes for the teacher", _choose_notes(chosen)),
        "teacher/solutions.html": _stand_alone("Solutions", _solve(chosen)),
        **{f"students/looks/{name}": (static / name).read_bytes() for name in looks},
    }
    for name in _list_printed(chosen):
        made[f"students/data/{name}.csv"] = (paths.RAW / f"{name}.csv").read_bytes()
    with paths.new_folder(out) as draft:
        for name, content in made.items():
            paths.write_file(draft / name, content)
        if seed is not None:
            planting.plant(seed, faults, draft / "students/faults")
            key = planting.reveal(seed, faults)
            _leave_out_coding(draft / "students/faults" / planting.RAW, {*key.file})
            debrief = planting.debrief(key).to_csv(index=False)
            paths.write_file(draft / "teacher/faults.csv", debrief)
    return [session.name for session in chosen]


def _leave_out_coding(raw: Path, kept: set[str]) -> None:
    """Take our codings out of a copy: they are what other sessions ask for."""
    for path in sorted((raw / "coding").rglob("*.csv")):
        if path.relative_to(raw).as_posix() not in kept:
            path.unlink()


def _stand_alone(title: str, body: str) -> str:
    """A page that is one file, its looks inside it."""
    static = paths.ROOT / "docs" / "_static"
    styles = "".join((static / name).read_text("utf-8") for name in ("site.css", "seminar.css"))
    words = {"title": title, "body": Html(body), "home": "", "looks": [], "styles": Html(styles)}
    return render("site/alone.html.j2", **words)


def _make_student_pages(
    chosen: list[sessions.Session], *, with_faults: bool
) -> Iterator[tuple[str, str]]:
    """Each session, the balance with nothing given away, and a page that leads to them."""
    pages = [(s.name, s.title, sessions.show_session(s)) for s in chosen]
    pages.append(("balance", "The balance, by hand", balance.show_balance(balance.read_quiz())))
    lines = [f"- [{s.title}]({s.name}.html): {s.about['Question']}" for s in chosen]
    lines.append("- [The balance, by hand](balance.html): lean each box, weigh it, watch the beam.")
    if with_faults:
        lines.append("- [Raw data with planted faults](faults/README.md): find them.")
    lines.append("\nThe tables as printed lie in the folder `data`. Nothing here asks the network.")
    pages.append(("index", "The seminar", mark_up("\n".join(lines))))
    for name, title, body in pages:
        scripts = [script for mark, script in _SCRIPTS.items() if mark in body]
        home = "" if name == "index" else "index.html"
        words = {"title": title, "body": body, "home": home, "styles": ""}
        yield f"students/{name}.html", render("site/alone.html.j2", looks=_LOOKS + scripts, **words)


def _list_printed(chosen: list[sessions.Session]) -> list[str]:
    """The printed tables that the sessions read; a coding would tell what students are to find."""
    texts = [sessions.find_sessions()[session.name].read_text("utf-8") for session in chosen]
    named = {name for text in texts for name in re.findall(r'read_table\(\\"([^"\\]+)', text)}
    return sorted(name for name in named if not name.startswith("coding"))


def _make_handouts(chosen: list[sessions.Session]) -> Iterator[tuple[str, str]]:
    """A page to print for each handout of the sessions, and one that leads to them."""
    names = {session.name for session in chosen}
    handouts = {n: h for n, h in need_package("handouts").HANDOUTS.items() if h.session in names}
    for name, handout in handouts.items():
        yield f"handouts/{name}.html", _stand_alone(handout.title, _show_handout(handout))
    lines = [f"- [{h.title}]({name}.html), for {h.session.upper()}" for name, h in handouts.items()]
    lines += [
        f"- [{s.title}](../students/{s.name}.html): print it, and answers have lines to write on"
        for s in chosen
    ]
    yield "handouts/index.html", _stand_alone("To print", mark_up("\n".join(lines)))


def _show_handout(handout: marks.Handout) -> Html:
    frame = sessions.tidy_frame(handout.cells())
    if handout.form == "cards":
        rows = [(row.iloc[0], list(row.iloc[1:].items())) for _, row in frame.iterrows()]
        return Html(render("site/handout.html.j2", cards=rows))
    table = show_frame(frame, handout.title)
    blank = {"boxes": "plain blank boxes", "lines": "plain blank"}.get(handout.form, "plain")
    return Html(table.replace('class="plain', f'class="{blank}', 1))


def _choose_notes(chosen: list[sessions.Session]) -> Html:
    """The teacher's notes, without the sessions that are not in the pack."""
    text = (paths.NOTEBOOKS / sessions.FOLDER / sessions.NOTES).read_text(encoding="utf-8")
    parts = re.split(r"^(?=## )", text.partition("\n")[2], flags=re.MULTILINE)
    names = [session.name.upper() for session in chosen]
    kept = [p for p in parts if not re.match(r"## S\d", p) or p.split()[1] in names]
    return mark_up("".join(kept))


def _solve(chosen: list[sessions.Session]) -> Html:
    """What is right in each task, then each worked out: words, code and what the code shows."""
    rights = [(s.name.upper(), t["task"], sessions.show_right(t)) for s in chosen for t in s.tasks]
    key = pd.DataFrame(rights, columns=["session", "task", "right"])
    parts, shown = [show_frame(key, "What is right")], False
    names = {session.name.upper() for session in chosen}
    for cell in sessions.run_cells(paths.NOTEBOOKS / sessions.FOLDER / "solutions.ipynb"):
        if cell.kind == "markdown" and cell.text.startswith("## "):
            shown = cell.text.split()[1] in names
        if shown:
            is_text = cell.kind == "markdown"
            parts.append(mark_up(cell.text if is_text else f"```\n{cell.text}\n```"))
            parts += sessions.show_value(cell, "What it shows")
    return Html("\n".join(parts))


def write_room(files: list[Path], out: Path, seed: int = 1) -> list[Path]:
    """Write a class's saved answers: `out`, a CSV; beside it a picture; and the room as coders.

    A DataError for everything in the files that cannot be collected.
    """
    collected = room.read_room(files)
    paths.write_file(out, collected.answers.to_csv(index=False, lineterminator="\n"))
    made = [out, out.with_suffix(".png")]
    with plt.rc_context(style.STYLE):
        figure, _ = plot_room(room.count_verdicts(collected.answers))
        figure.savefig(made[1])
        plt.close(figure)
    if not collected.codes.empty:
        made.append(out.with_name(f"{out.stem}-coders.html"))
        body = _show_coders(collected.codes, seed)
        paths.write_file(made[2], _stand_alone("The room as coders", body))
    return made


def _show_coders(codes: pd.DataFrame, seed: int) -> Html:
    """How far the room agrees with itself, and what it gave where coders on file gave what."""
    parts = []
    for (session, task), of_task in codes.groupby(["session", "task"]):
        sheet = marks.find_task(session, task)
        n_teams, n_units = of_task.team.nunique(), of_task.unit.nunique()
        parts.append(mark_up(_HEAD.format(n_teams=n_teams, n_units=n_units)))
        measured = room.measure_room(of_task, sheet, seed)
        numbers = measured[["alpha", "low", "high"]].map("{:.2f}".format, na_action="ignore")
        shown = measured.assign(**numbers).rename(columns={"low": "from", "high": "to"})
        parts.append(show_frame(shown.reset_index(), "Alpha of the room, and its interval"))
        for coder, theirs in sheet.coders(of_task.unit.unique()).items():
            for column in sheet.allowed:
                table = room.confuse(of_task, column, theirs, sheet.allowed[column])
                caption = f"{column}: the room down, {coder} across"
                parts.append(show_frame(sessions.tidy_frame(table), caption))
    return Html(f'<div class="projector">{"".join(parts)}</div>')


_HEAD = """{n_teams} coders read {n_units} passages alone. Krippendorff's alpha is 1 where nobody
differs, 0 where chance would do as well. From .8 one may rely on codes, from .667 draw tentative
conclusions. The interval holds the middle 95 % of what other passages would give: with few
passages it is wide. Whom a table below sets the room against is one more reader, not the truth."""
