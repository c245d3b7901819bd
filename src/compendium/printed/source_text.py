"""Look up each transcribed value at the place it is said to stand.

The project does not hold the works it transcribes, but a reader may. Given a work as text, each
printed value is looked up at its cited line. Another text of the same work may break its lines
elsewhere, so a value is also looked for nearby, starting where the values before it were found.
"""

import re
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables

# How many lines away from where it is expected a value still counts as standing there.
_NEARBY = 60
# Texts of our own making: labels and sides are read off the prose, not printed as such.
_CODED = ["label"]


def match_sources(files: list[str]) -> dict[str, Path]:
    """Which file is the text of which source; one text may serve several.

    Parameters
    ----------
    files : list of str
        Paths, or ``source_id=path`` where the file is another text than the one transcribed.

    Raises
    ------
    DataError
        If a file does not exist, or is none of the texts in ``sources.csv`` and not said to be.
    """
    sources = tables.read_table("sources")
    matched: dict[str, Path] = {}
    problems = []
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
    unknown = sorted(set(matched) - set(sources.source_id))
    problems += [f"{name}: no such source; allowed: {', '.join(sources.source_id)}"
                 for name in unknown]  # fmt: skip
    if problems:
        raise DataError("these texts cannot be used:\n  " + "\n  ".join(problems))
    return matched


def find_values(ledger: pd.DataFrame, texts: dict[str, Path]) -> pd.DataFrame:
    """Where each printed value stands in the texts at hand.

    Returns
    -------
    DataFrame
        ``value_id``, ``printed``, ``section``, ``line``, ``found_line`` (missing if the value
        does not stand within `_NEARBY` lines of where it is expected).
    """
    source = ledger.item_id.str.split("/").str[0]
    shown = ledger[source.isin(texts) & ledger.printed.ne("") & ~ledger.unit.isin(_CODED)]
    found = []
    for name, values in shown.groupby(source, sort=False):
        lines = [tidy(line) for line in texts[name].read_text(encoding="utf-8").split("\n")]
        shift = 0
        for row in values.sort_values("line", kind="stable").itertuples():
            place = find_line(lines, patterns(row.printed), int(row.line) + shift)
            shift = place - int(row.line) if place else shift
            found.append((row.value_id, row.printed, row.section, int(row.line), place))
    columns = ["value_id", "printed", "section", "line", "found_line"]
    return pd.DataFrame(found, columns=columns).astype({"found_line": "Int64"})


def find_line(lines: list[str], wanted: list[re.Pattern], expected: int) -> int | None:
    """The line nearest to the expected one on which all patterns are found, counted from 1.

    >>> find_line(["a 12", "b 7", "c 7"], patterns("7"), 3)
    3
    >>> find_line(["a 12", "b 7", "c 7"], patterns("2"), 1) is None
    True
    """
    nearest_first = sorted(range(-_NEARBY, _NEARBY + 1), key=abs)
    for line in (expected + step for step in nearest_first):
        if 1 <= line <= len(lines) and all(part.search(lines[line - 1]) for part in wanted):
            return line
    return None


def patterns(printed: str) -> list[re.Pattern]:
    """What must stand on a line for a printed value to stand there: whole numbers, whole words.

    >>> [bool(part.search(tidy("about £1,400 (5 of 10)"))) for part in patterns("1,400")]
    [True]
    >>> any(part.search("14 and 40") for part in patterns("4"))
    False
    """
    text = tidy(printed).replace("+", " ").replace("~", " ")
    sign = r"[-−]\s?£?" if text.startswith("-") else ""
    number, word = rf"{sign}(?<!\d)(?<!\d[.,]){{}}(?![\d]|[.,]\d)", r"(?<!\w){}(?!\w)"
    return [
        re.compile((number if part[0].isdigit() else word).format(re.escape(part)))
        for part in re.split(r"[\s-]+", text)
        if part
    ]


def tidy(text: str) -> str:
    """Lower case, with one kind of dash and one kind of apostrophe."""
    return text.lower().replace("–", "-").replace("’", "'")
