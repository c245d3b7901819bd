"""The teacher's verbs: a pack to take to class, and what comes back from it."""

from pathlib import Path
from typing import Annotated

import typer

from compendium.cli.console import NewFolder, Verbs, say

seminar = Verbs(no_args_is_help=True, help="Packs for a class, and marks for its answers.")


@seminar.command()
def pack(
    out: NewFolder,
    sessions: Annotated[str, typer.Option(help="Which, commas between them: S1,S4.")] = "",
    seed: Annotated[int | None, typer.Option(help="Also plant faults, by this seed.")] = None,
    faults: Annotated[int, typer.Option(help="How many, 1 to 60.")] = 10,
) -> None:
    """Write what a class needs: pages for students, handouts to print, the teacher's folder."""
    from compendium.site import classroom

    held = classroom.write_pack(out, sessions, seed, faults)
    say(f"written: {out}, with {', '.join(held).upper()}; hand out students, print handouts, "
        "keep teacher")  # fmt: skip


@seminar.command()
def collect(
    files: Annotated[list[Path], typer.Argument(help="What students saved.")],
    out: Annotated[Path, typer.Option(help="The class in one table.")] = Path("class.csv"),
) -> None:
    """Put a class's saved answers together: a table, where it was stuck, the room as coders."""
    from compendium.site import classroom

    say("written: " + ", ".join(map(str, classroom.write_room(files, out))))


@seminar.command()
def plant(
    out: NewFolder,
    seed: Annotated[int, typer.Option(help="Which faults, and where.")] = 1,
    faults: Annotated[int, typer.Option(help="How many, 1 to 60.")] = 10,
    tables: Annotated[int | None, typer.Option(help="In how many tables; any if left out.")] = None,
) -> None:
    """Write a copy of the raw data with plausible faults, for students to find."""
    from compendium.seminar import planting

    planting.plant(seed, faults, out, tables)
    say(f"written: {out}; students start with README.md and fill in answers.csv")


@seminar.command()
def mark(
    out: Annotated[Path, typer.Argument(help="A folder that plant has written.")],
    answers: Annotated[list[Path], typer.Argument(help="What was found: one file for each team.")],
) -> None:
    """Mark what teams found: by kind for one, ranked for several; then each fault, debriefed."""
    from compendium.seminar import planting

    ranked, key = planting.mark_class(out, answers)
    if len(answers) == 1:
        marks = planting.mark(out, answers[0])
        say(marks.by_kind.to_string())
        if not marks.false_alarms.empty:
            alarms = marks.false_alarms.to_string(index=False, na_rep="")
            say("no fault was planted here:\n" + alarms)
        if marks.n_in_print:
            say(f"misprints of print itself, counted neither way: {marks.n_in_print}")
    else:
        say(ranked.to_string(index=False))
    for fault in key.itertuples():
        say(f"\n{fault.kind}: {fault.where}, {fault.value}\n  {fault.what}\n"
            f"  seen by {fault.seen_by}\n  found by {fault.found_by}")  # fmt: skip
    say(f"score: {ranked.score.iloc[0]:.0f} per cent" if len(answers) == 1 else "")
