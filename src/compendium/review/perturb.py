"""Checks with teeth: whether a wrong value is noticed.

Every printed value is typed wrong here, one at a time and in both entries, and whatever rests on it
is judged again. It is *noticed* if the run would say something else or refuse to go on: another
verdict, another finding, a schema or a rule that refuses, a count of items.csv that no longer
holds. A computed value that moves while every verdict stays is a weaker thing (*moves only*); what
no one sees is *unnoticed*, with the reason. Typed wrong in one entry alone, a value is also noticed
where the other has it.
"""

from typing import Any, NamedTuple

import pandas as pd

from compendium.printed import audit, second_entry, tables, wrong_values
from compendium.printed.audit import CHECKS, Standing, Support
from compendium.printed.ledger import read_ledger
from compendium.printed.rules import find_rules, split_rules
from compendium.printed.tables import PrintedCell
from compendium.printed.vocabulary import UNCHECKED
from compendium.printed.wrong_values import DROPPED, Mutation
from compendium.runs.markup import render

OUTCOMES = ["noticed", "moves only", "unnoticed"]
COLUMNS = [
    *("value_id", "role", "verdict", "is_rested_on", "kind", "was", "became"),
    *("outcome", "noticed_by", "reason", "typed_once"),
]
CHECKED = ["derived", "repeated", "claim"]
# Labels and codes of ours, which the ledger gives no verdict.
NO_ROLE = "label"
# Of those who notice a mutation, so many are named.
_NAMED = 3


class Witnesses(NamedTuple):
    """What else the study knows of its files and values."""

    shown: set[str] = frozenset()  # files that a cell of a notebook reads by name
    counted: set[str] = frozenset()  # values whose loss a count of items.csv tells
    twice: set[str] = frozenset()  # values of the second entry
    refused: set[tuple[str, str]] = frozenset()  # values, and what no schema lets them say


def perturb(
    records: list[dict[str, Any]], sample: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Make each printed value wrong in turn and see who notices.

    `records`, as `records.read_records` returns them, say which tables a notebook shows; `sample`
    draws so many of all mutations, by `seed`. One row for each, in the order of the raw data:
    ``value_id``, ``role`` ("label" for cells without a verdict), ``verdict`` before,
    ``is_rested_on`` (by a value that is no input), ``kind`` (see `wrong_values.list_mutations`),
    ``was``, ``became``, ``outcome``, ``noticed_by`` (the first few), ``reason`` (unless noticed)
    and ``typed_once`` (the outcome if the second entry has the true value). A value of a missing
    figure has no text: only its row in ``checks.csv`` can be dropped.
    """
    gathered = audit.read_support()
    known = wrong_values.list_mutations(tables.list_cells())
    known += [
        Mutation(PrintedCell(names[0], *place, "printed", "", "", "", {}, {}), DROPPED, "")
        for place, names in gathered.rows.items()
        if place[0] == CHECKS
    ]
    drawn = wrong_values.draw(known, sample, seed)
    beside = _find_witnesses(records)._replace(refused=wrong_values.find_refused(drawn))
    return pd.DataFrame([try_one(one, gathered, beside) for one in drawn], columns=COLUMNS)


def _find_witnesses(records: list[dict[str, Any]]) -> Witnesses:
    items = tables.read_table("items").set_index("item_id")[["cells", "values"]].notna()
    ledger, cells = read_ledger(), tables.list_cells()
    counted = {cell.value_id for cell in cells if items["cells"].get(cell.item, False)}
    counted |= set(ledger.value_id[ledger.item_id.map(items["values"])])
    second = second_entry.read_second()
    read = [one for record in records for one in record["read"] if one["how"] == "table"]
    return Witnesses(
        {one["file"].removeprefix("data/raw/") for one in read},
        counted,
        set(second.value_id[second.outcome != "absent"]),
    )


def try_one(mutation: Mutation, gathered: Support, beside: Witnesses) -> tuple:
    """The outcome of one mutation: a row of `perturb`."""
    cell, name = mutation.cell, mutation.cell.value_id
    entry = gathered.entries.get(name)
    texts = {name: mutation.became}
    if mutation.kind == DROPPED:
        texts = dict.fromkeys(gathered.rows[cell.file, cell.row], "")
    users = {user for key in texts for user in gathered.uses.get(key, ())} - {name}
    asked = [name] if entry and mutation.became else []
    asked += [user for user in sorted(users) if texts.get(user) != ""]
    standing = {user: audit.judge_again(user, gathered, texts) for user in asked}
    noticed = _who_notices(mutation, gathered, beside, standing, texts)
    # What a bound or a repetition computes for the value itself only says it again.
    moved = [user for user in asked if user != name and standing[user] != gathered.standing[user]]
    outcome = "noticed" if noticed else "moves only" if moved else "unnoticed"
    resting = {gathered.entries[user].role for user in gathered.uses.get(name, ())} - {"input"}
    return (
        *(name, entry.role if entry else NO_ROLE),
        *(gathered.standing[name].verdict if entry else "", bool(resting)),
        *(mutation.kind, cell.text, mutation.became),
        *(outcome, " ; ".join(noticed[:_NAMED])),
        "" if noticed else _reason(mutation, gathered, asked, outcome, beside.shown),
        "noticed" if beside.twice & texts.keys() else outcome,
    )


def _who_notices(
    mutation: Mutation,
    gathered: Support,
    beside: Witnesses,
    standing: dict[str, Standing],
    texts: dict[str, str],
) -> list[str]:
    """The schema, or the values and places of which a run would say something else."""
    cell, is_dropped = mutation.cell, mutation.kind == DROPPED
    is_cited = is_dropped and (cell.file, cell.row) in gathered.cited
    if is_cited or (cell.value_id, mutation.became) in beside.refused:
        return ["schema"]
    before = gathered.standing
    noticed = [user for user, now in standing.items() if now[:2] != before[user][:2]]
    if is_dropped:
        # A registered finding that goes with its value has vanished.
        noticed += [key for key in sorted(texts.keys() & before.keys()) if before[key].findings]
    if cell.file in gathered.repeats:
        item, table = gathered.repeats[cell.file]
        changed = table.drop(index=cell.row - 2) if is_dropped else table.copy()
        if not is_dropped:
            changed.loc[cell.row - 2, cell.column] = int(mutation.became)
        said = {*audit.repeated_rows(item, table)} ^ {*audit.repeated_rows(item, changed)}
        noticed += sorted(place for place, *_ in said)
    if is_dropped and beside.counted & texts.keys():
        noticed.append("items.csv")
    return noticed


def _reason(
    mutation: Mutation, gathered: Support, asked: list[str], outcome: str, shown: set[str]
) -> str:
    """Why nothing notices, from who was asked."""
    name, entry = mutation.cell.value_id, gathered.entries.get(mutation.cell.value_id)
    uses = gathered.uses.get(name, {})
    is_checked = entry is not None and entry.is_checked
    own = [rule for rule, *_ in split_rules(entry.rule)] if is_checked and name in asked else []
    rules = {*own}.union(*(uses.get(user, ()) for user in asked))
    known = find_rules()
    return render(
        "unnoticed.txt.j2",
        outcome=outcome,
        is_dropped=mutation.kind == DROPPED,
        is_shown=mutation.cell.file in shown,
        is_resting=is_checked or uses,
        unchecked=entry.rule if entry and entry.rule in UNCHECKED else "",
        own=own,
        rules=sorted(rules),
        bounds=[known[rule].is_bound for rule in rules if known[rule].reads],
    ).strip()


def summarise(perturbed: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How many mutations had which outcome; one row a group.

    ``percent`` are noticed if typed in both entries, ``percent_once`` if in one alone.

    >>> two = pd.DataFrame({"role": "claim", "outcome": ["noticed", "unnoticed"],
    ...                     "typed_once": "noticed"})
    >>> summarise(two, ["role"]).loc["claim"].tolist()
    [1.0, 0.0, 1.0, 50.0, 100.0]
    """
    groups = perturbed.groupby(by, sort=False)
    counts = groups.outcome.value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=OUTCOMES, fill_value=0)
    once = groups.typed_once.agg(lambda outcomes: 100 * (outcomes == "noticed").mean())
    percent = 100 * counts.noticed / counts.sum(axis=1)
    return counts.assign(percent=percent, percent_once=once)


def rate(perturbed: pd.DataFrame) -> pd.DataFrame:
    """Of the values that are checked, and of the cells they rest on, how much is noticed.

    Indexed by which: the three roles, as far as something can be computed, and where nothing can
    be; the cells they rest on, whatever their role; and both together. ``values``, and of how many
    some change is noticed (of a sample, less: each value has not had its turn); ``changes``, and
    how many are noticed if typed in both entries, ``percent``, or in one, ``percent_once``.
    """
    noticed, once = perturbed.outcome == "noticed", perturbed.typed_once == "noticed"
    by_some = noticed.groupby(perturbed.value_id).transform("any")
    judged, computed = perturbed.role.isin(CHECKED), ~perturbed.verdict.isin(UNCHECKED)
    which = {
        "all three": judged & computed,
        "nothing can be computed": judged & ~computed,
        "cells they rest on": perturbed.is_rested_on,
        "all three and their cells": _is_asked(perturbed),
    }
    is_first = ~perturbed.value_id.duplicated()
    rates = {
        name: {
            "values": (mask & is_first).sum(),
            "percent_by_some": 100 * by_some[mask & is_first].mean(),
            "changes": mask.sum(),
            "percent": 100 * noticed[mask].mean(),
            "percent_once": 100 * once[mask].mean(),
        }
        for name, mask in which.items()
    }
    return pd.DataFrame.from_dict(rates, orient="index")


def _is_asked(perturbed: pd.DataFrame) -> pd.Series:
    """Whether a change is of a value that is checked, or of a cell that one rests on."""
    is_checked = perturbed.role.isin(CHECKED) & ~perturbed.verdict.isin(UNCHECKED)
    return is_checked | perturbed.is_rested_on


def list_unnoticed(perturbed: pd.DataFrame) -> dict[str, str]:
    """The checked values, and the cells they rest on, of which some change is not noticed; and why.

    Those of which nothing can be computed are left out: `rate` counts them.

    >>> one = {"value_id": "a", "role": "claim", "verdict": "exact", "is_rested_on": False,
    ...        "kind": "digit", "outcome": "unnoticed", "reason": "a range"}
    >>> list_unnoticed(pd.DataFrame([one]))
    {'a': 'a range'}
    """
    left = perturbed[_is_asked(perturbed) & (perturbed.outcome != "noticed")]
    return dict(zip(left.value_id, left.reason))
