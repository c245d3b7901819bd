"""Printed values and their verdicts.

Every printed value stands in the ledger (`ledger.csv`) with its role; a computed value is held
against it at the printed precision. What does not agree belongs in the register, argued row by
row, and the register is held to what the computation finds: nothing new, nothing vanished.
"""

import pandas as pd

from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.quantities import Quantity, parse

VERDICTS = [
    "exact",
    "rounds",
    "differs",
    "not-derivable",
    "not-recoverable",
    "transcribed",
]


def judge(printed: str, unit: str, computed: Quantity | str) -> str:
    """The verdict on one printed value.

    Returns
    -------
    str
        ``exact``: the computed value is what print says, at the printed precision (for a text,
        the same text; for words and open ranges, inside what they claim; for a printed range,
        both ends). ``rounds``: cut off where it should be rounded, or within what the
        rounding of the printed inputs leaves open. ``differs``: neither.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from compendium.printed.quantities import exactly
    >>> judge("0.9", "%", exactly(Fraction(34, 3650) * 100))
    'exact'
    >>> judge("0.4", "%", exactly(Fraction(11, 2390) * 100))
    'rounds'
    >>> judge("20", "n", exactly(21))
    'differs'
    """
    if isinstance(computed, str):
        return "exact" if printed == computed else "differs"
    claim = parse(printed, unit)
    if computed.value is None:
        return _judge_range(printed, unit, computed)
    if claim.low <= computed.value <= claim.high:
        return "exact"
    overlap = claim.low <= computed.high and computed.low <= claim.high
    return "rounds" if overlap or _is_cut_off(claim, computed) else "differs"


def _is_cut_off(claim: Quantity, computed: Quantity) -> bool:
    """Whether print holds the computed value's digits, those after the last left away."""
    if claim.value is None:
        return False
    dropped = abs(computed.value) - abs(claim.value)
    return claim.value * computed.value >= 0 and 0 <= dropped < claim.high - claim.low


def _judge_range(printed: str, unit: str, computed: Quantity) -> str:
    ends = printed.replace("–", "-").split("-")
    if len(ends) != 2:
        claim = parse(printed, unit)
        within = claim.low <= computed.low and computed.high <= claim.high
        return "exact" if within else "differs"
    claims = [parse(end, unit) for end in ends]
    inside = [c.low <= end <= c.high for c, end in zip(claims, (computed.low, computed.high))]
    return "exact" if all(inside) else "differs"


def read_ledger() -> pd.DataFrame:
    """Every printed value, once its two transcriptions agree.

    A value stands twice in the raw data: in its table and in ``ledger.csv``. Whatever is not
    an input must name the rule that checks it.

    Returns
    -------
    DataFrame
        The rows of ``ledger.csv``; ``rule`` is ``""`` where there is none, ``printed`` is
        ``""`` where the figure that shows the value is missing.

    Raises
    ------
    DataError
        Where the two disagree, or one is missing: all of them at once.
    """
    ledger = tables.read_table("published").fillna({"rule": "", "printed": ""})
    cells = tables.cells()
    both = ledger.reset_index(names="position").merge(cells, how="outer", on="value_id")
    unchecked = ledger[(ledger.role != "input") & (ledger.rule == "")]
    problems = [
        f"data/raw/published.csv row {position + 2}, column rule: found nothing; "
        f"allowed: the rule that checks this {role} value"
        for position, role in unchecked.role.items()
    ]
    for row in both.to_dict("records"):
        here = f"data/raw/{row['file']} row {row['row']:.0f}, column {row['column']}"
        there = f"data/raw/published.csv row {row['position'] + 2:.0f}"
        if pd.isna(row["printed"]):
            # Labels and codes of ours need no verdict; counts and amounts do.
            if row["unit_y"] not in ("", "label"):
                problems.append(f"{here}: found {row['text']}; published.csv has no such value")
        elif pd.isna(row["text"]):
            if row["printed"]:
                problems.append(f"{there}: found {row['value_id']}; no raw table has such a cell")
        elif row["text"] != row["printed"]:
            problems.append(
                f"{there}, column printed: found {row['printed']!r}; "
                f"allowed: {row['text']!r}, as in {here}"
            )
    if problems:
        raise DataError("the two transcriptions disagree:\n  " + "\n  ".join(problems))
    return ledger


def summarise(verdicts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How many values got which verdict; one row per group, one column per verdict."""
    counts = verdicts.groupby(by, sort=False).verdict.value_counts().unstack(fill_value=0)
    return counts.reindex(columns=VERDICTS, fill_value=0)


def compare_register(findings: pd.DataFrame) -> dict[str, list[str]]:
    """How today's discrepancies stand to the registered ones.

    Parameters
    ----------
    findings : DataFrame
        ``discrepancy_id``, ``rule``, ``printed`` and ``computed``, as `audit.find` returns.

    Returns
    -------
    dict
        ``new``, ``vanished`` and ``changed`` (registered, but with another printed or computed
        value), each a list of sentences; all empty when the register is true.
    """
    register = tables.read_table("discrepancies")
    keys = ["discrepancy_id", "rule"]
    both = findings.merge(register, how="outer", on=keys, suffixes=("", "_registered"))
    outcome: dict[str, list[str]] = {"new": [], "vanished": [], "changed": []}
    for row in both.to_dict("records"):
        name = f"{row['discrepancy_id']} ({row['rule']})"
        found = f"printed {row['printed']}, computed {row['computed']}"
        registered = f"printed {row['printed_registered']}, computed {row['computed_registered']}"
        if pd.isna(row["what"]):
            outcome["new"].append(f"{name}: {found}")
        elif pd.isna(row["printed"]):
            outcome["vanished"].append(f"{name}: registered as {registered}")
        elif found != registered:
            outcome["changed"].append(f"{name}: {found}; registered as {registered}")
    return outcome
