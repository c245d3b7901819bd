"""Look up each transcribed value at the place it is said to stand.

The project does not hold the works it transcribes, but a reader may. Given a work as text, each
printed value is looked up at the line it cites, and what is equal on one line at as many places as
there are values. So are the printed forms of the register: whoever mends a misprint in every table
and strikes it from the register has not mended it in print. What cannot be looked up is counted
apart, with the reason; what is not found, or off its line, is named.
"""

import html
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.errors import refuse
from compendium.printed import tables
from compendium.printed.quantities import CODE

# How many lines away from its own a value is still looked for, to say where it stands.
_NEARBY = 60
FOUND = "at its line"
# Why a value is not looked up.
APART = {
    "text not given": "its source was not given as text",
    "image missing": "the figure that shows it is missing from the text",
    "label of ours": "a mark in our words, or one label that print gives to several",
}
WRONG = ["off its line", "not found", "fewer places than values"]
_RAISED = str.maketrans(dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹*", " ") | {"–": "-", "−": "-", "’": "'"})


def match_sources(files: list[str]) -> dict[str, Path]:
    """Which file is the text of which source; one text may serve several.

    `files` are paths, or ``source_id=path`` where one is another text than the one transcribed.

    A DataError if a file does not exist, or is none of the texts in ``sources.csv`` and not said to
    be.
    """
    sources, matched, problems = tables.read_table("sources"), {}, []
    for entry in files:
        named, _, rest = entry.rpartition("=")
        path = Path(rest)
        if not path.is_file():
            problems.append(f"{rest}: found no such file")
        elif named:
            matched[named] = path
        else:
            digest = paths.hash_file(path)
            known = sources.source_id[sources.sha256 == digest]
            matched |= dict.fromkeys(known, path)
            if known.empty:
                problems.append(
                    f"{path}: SHA-256 {digest[:12]} is none of sources.csv; if it is another text "
                    f"of one of {', '.join(sources.source_id)}, say source_id={path}"
                )
    for name in sorted({*matched} - {*sources.source_id}):
        problems.append(f"{name}: no such source; allowed: {', '.join(sources.source_id)}")
    refuse("these texts cannot be used", problems)
    return matched


def find_values(ledger: pd.DataFrame, texts: dict[str, Path]) -> pd.DataFrame:
    """Where each printed value of the ledger stands in the texts at hand, all of them.

    ``value_id``, ``printed``, ``line``, ``found_line`` (missing unless it stands within `_NEARBY`
    lines) and ``outcome``: `FOUND`, one of `WRONG`, or why it is not asked (`APART`).
    """
    lines = {name: _read_lines(path) for name, path in texts.items()}
    items = tables.read_table("items").set_index("item_id")
    taken, found = Counter(), []
    for row in ledger.itertuples():
        source, place, wanted = row.item_id.split("/")[0], None, patterns(row.printed)
        if source not in texts:
            outcome = "text not given"
        elif not row.printed:
            outcome = "image missing"
        elif row.unit == CODE:
            outcome = "label of ours"
        elif pd.isna(row.line):
            # Its table says no line: anywhere among those of its item.
            ends = items.loc[row.item_id, ["line_start", "line_end"]]
            among = enumerate(lines[source][ends.iloc[0] - 1 : ends.iloc[1]], start=ends.iloc[0])
            place = next((line for line, text in among if _count_places(text, wanted)), None)
            outcome = FOUND if place else WRONG[1]
        else:
            place = find_line(lines[source], wanted, int(row.line))
            taken[key := (source, int(row.line), tidy(row.printed))] += 1
            outcome = FOUND if place == row.line else WRONG[place is None]
            if outcome == FOUND:
                there = _count_places(lines[source][int(row.line) - 1], wanted)
                outcome = FOUND if taken[key] <= max(there, 1) else WRONG[2]
        found.append((row.value_id, row.printed, row.line, place, outcome))
    columns = ["value_id", "printed", "line", "found_line", "outcome"]
    return pd.DataFrame(found, columns=columns).astype({"found_line": "Int64"})


def find_register(register: pd.DataFrame, texts: dict[str, Path]) -> pd.DataFrame:
    """The entries of the register whose printed form stands on none of their lines."""
    lines = {name: _read_lines(path) for name, path in texts.items()}
    missing = []
    for row in register.itertuples():
        text, wanted = lines.get(row.discrepancy_id.split("/")[0], []), patterns(row.printed)
        ends = [[int(n) for n in part.split("-")] for part in row.lines.split("; ")]
        said = [line for end in ends for line in text[end[0] - 1 : end[-1]]]
        missing.append(bool(text) and not any(_count_places(line, wanted) for line in said))
    return register[missing]


def _read_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    marked = path.suffix.lower() in (".xml", ".html", ".htm")
    return [tidy(line) for line in (html.unescape(text) if marked else text).split("\n")]


def find_line(lines: list[str], wanted: list[re.Pattern], expected: int) -> int | None:
    """The line nearest to the expected one on which all patterns are found, counted from 1.

    >>> find_line(["a 12", "b 7", "c 7"], patterns("7"), 3)
    3
    >>> find_line(["a 12", "b 7", "c 7"], patterns("2"), 1) is None
    True
    """
    if 1 <= expected <= len(lines) and wanted and wanted[0].search(lines[expected - 1]):
        # A text of several words may begin on the line and end on the next with words.
        after = next(filter(None, lines[expected:]), "")
        if _count_places(f"{lines[expected - 1]} {after}", wanted):
            return expected
    near = range(max(expected - _NEARBY, 1), min(expected + _NEARBY, len(lines)) + 1)
    stands = [line for line in near if _count_places(lines[line - 1], wanted)]
    return min(stands, key=lambda line: abs(line - expected), default=None)


def _count_places(line: str, wanted: list[re.Pattern]) -> int:
    """At how many places of a line all patterns could stand at once."""
    return min((len(part.findall(line)) for part in wanted), default=0)


def patterns(printed: str) -> list[re.Pattern]:
    """What must stand on a line for a printed value to stand there: whole numbers, whole words.

    >>> [bool(part.search(tidy("about £1,400 (5 of 10)"))) for part in patterns("1,400")]
    [True]
    >>> any(part.search("14 and 40") for part in patterns("4"))
    False
    """
    text = tidy(printed).replace("+", " ").replace("~", " ")
    sign = r"-\s?£?" if text.startswith("-") else ""
    number, word = rf"{sign}(?<!\d)(?<!\d[.,]){{}}(?![\d]|[.,]\d)", r"(?<!\w){}(?!\w)"
    # Of an abbreviation there may be several: a HAZ, two HAZs.
    short = {name.lower() for name in re.findall(r"\b[A-Z]{2,}\b", printed)}
    found = []
    for part in filter(None, (part.strip(".,;:()") for part in re.split(r"[\s/-]+", text))):
        shape = number if part[0].isdigit() else word
        found.append(re.compile(shape.format(re.escape(part) + "s?" * (part in short))))
    return found


def tidy(text: str) -> str:
    """Lower case, one kind of dash and of apostrophe, without raised figures and brackets.

    >>> tidy("“[O]ne’s own”⁶")
    "“one's own” "
    """
    return text.replace("[", "").replace("]", "").translate(_RAISED).lower()
