"""Checks with teeth: whether a wrong value is noticed.

Every printed value is typed wrong here, one at a time and in both entries, and whatever rests on it
is judged again. It is *noticed* if the run would say something else: another
verdict, another finding, a schema or a rule that refuses. A computed value that moves while every
verdict stays is a weaker thing (*moves only*); what no one sees is *unnoticed*, with the reason.
"""

from typing import Any

import pandas as pd

from compendium.printed import audit, tables, wrong_values
from compendium.printed.audit import CHECKS, Standing, Support
from compendium.printed.rules import find_rules, split_rules
from compendium.printed.tables import PrintedCell
from compendium.printed.vocabulary import UNCHECKED
from compendium.printed.wrong_values import DROPPED, Mutation
from compendium.runs.markup import render

OUTCOMES = ["noticed", "moves only", "unnoticed"]
COLUMNS = [
    *("value_id", "role", "verdict", "is_rested_on", "kind", "was", "became"),
    *("outcome", "noticed_by", "reason"),
]
CHECKED = ["derived", "repeated", "claim"]
# Labels and codes of ours, which the ledger gives no verdict.
NO_ROLE = "label"
# Of those who notice a mutation, so many are named.
_NAMED = 3


def perturb(
    records: list[dict[str, Any]], sample: int | None = None, seed: int = 0
) -> pd.DataFrame:
    """Make each printed value wrong in turn and see who notices.

    Parameters
    ----------
    records : list of dict
        As `records.read_records` returns: they say which tables a notebook shows.
    sample : int, optional
        Draw so many of all mutations, by `seed`; all if left out.

    Returns
    -------
    DataFrame
        One row for each mutation, in the order of the raw data: ``value_id``, ``role`` ("label"
        for cells without a verdict), ``verdict`` before, ``is_rested_on`` (by a value that is no
        input), ``kind`` (see `wrong_values.list_mutations`), ``was``, ``became``, ``outcome``,
        ``noticed_by`` (the first few) and ``reason`` (unless noticed). A value of a missing figure
        has no text: only its row in ``checks.csv`` can be dropped.

    Raises
    ------
    SettingError
        If the sample is not a number from 1 to the number of mutations.
    """
    shown = {
        read["file"].removeprefix("data/raw/")
        for record in records
        for read in record["read"]
        if read["how"] == "table"
    }
    gathered = audit.read_support(shown)
    known = wrong_values.list_mutations(tables.list_cells())
    known += [
        Mutation(PrintedCell(names[0], *place, "printed", "", "", "", {}, {}), DROPPED, "")
        for place, names in gathered.rows.items()
        if place[0] == CHECKS
    ]
    drawn = wrong_values.draw(known, sample, seed)
    return pd.DataFrame([try_one(one, gathered) for one in drawn], columns=COLUMNS)


def try_one(mutation: Mutation, gathered: Support) -> tuple:
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
    noticed = _who_notices(mutation, gathered, standing, texts)
    # What a bound or a repetition computes for the value itself only says it again.
    moved = [user for user in asked if user != name and standing[user] != gathered.standing[user]]
    outcome = "noticed" if noticed else "moves only" if moved else "unnoticed"
    resting = {gathered.entries[user].role for user in gathered.uses.get(name, ())} - {"input"}
    return (
        *(name, entry.role if entry else NO_ROLE),
        *(gathered.standing[name].verdict if entry else "", bool(resting)),
        *(mutation.kind, cell.text, mutation.became),
        *(outcome, " ; ".join(noticed[:_NAMED])),
        "" if noticed else _reason(mutation, gathered, asked, outcome),
    )


def _who_notices(
    mutation: Mutation,
    gathered: Support,
    standing: dict[str, Standing],
    texts: dict[str, str],
) -> list[str]:
    """The schema, or the values and places of which a run would say something else."""
    cell, is_dropped = mutation.cell, mutation.kind == DROPPED
    if (cell.file, cell.row) in gathered.cited if is_dropped else not mutation.is_allowed:
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
    return noticed


def _reason(mutation: Mutation, gathered: Support, asked: list[str], outcome: str) -> str:
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
        is_shown=mutation.cell.file in gathered.shown,
        is_resting=is_checked or uses,
        unchecked=entry.rule if entry and entry.rule in UNCHECKED else "",
        own=own,
        rules=sorted(rules),
        bounds=[known[rule].is_bound for rule in rules if known[rule].reads],
    ).strip()


def summarise(perturbed: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How many mutations had which outcome, and what share is noticed, in percent; one row a group.

    Examples
    --------
    >>> two = pd.DataFrame({"role": "claim", "outcome": ["noticed", "unnoticed"]})
    >>> summarise(two, ["role"]).loc["claim"].tolist()
    [1.0, 0.0, 1.0, 50.0]
    """
    counts = perturbed.groupby(by, sort=False).outcome.value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=OUTCOMES, fill_value=0)
    return counts.assign(percent=100 * counts.noticed / counts.sum(axis=1))


def rate_values(perturbed: pd.DataFrame) -> pd.DataFrame:
    """Of the values that are checked, and of the cells they rest on, how many are noticed.

    Takes what `perturb` returns, whole: in a sample, each value has not had its turn.

    Returns
    -------
    DataFrame
        Indexed by which values: the three roles, as far as something can be computed; all three
        without and with those of which nothing can be; the cells they rest on, whatever their
        role; and both together. Columns: ``values``; by the best outcome of any change to the
        value ``noticed``, ``moves only``, ``unnoticed``, and the ``percent`` noticed; and, harder,
        ``percent_text``: the share of which every change of the text is noticed.
    """
    changes = perturbed.assign(rank=perturbed.outcome.map(OUTCOMES.index))
    of_text = changes[changes.kind != DROPPED].groupby("value_id")["rank"].max()
    values = changes.groupby("value_id", sort=False)[["role", "verdict", "is_rested_on"]].first()
    best = changes.groupby("value_id")["rank"].min().reindex(values.index)
    # Where there is no text to change, no change of it is noticed.
    is_whole = of_text.reindex(values.index) == 0
    computed, judged = ~values.verdict.isin(UNCHECKED), values.role.isin(CHECKED)
    which = {role: (values.role == role) & computed for role in CHECKED} | {
        "all three": judged & computed,
        "nothing can be computed": judged & ~computed,
        "all three, with those": judged,
        "cells they rest on": values.is_rested_on,
        "all three and their cells": (judged & computed) | values.is_rested_on,
        "all, with those": judged | values.is_rested_on,
    }
    rates = {
        name: {
            "values": mask.sum(),
            **{outcome: (best[mask] == place).sum() for place, outcome in enumerate(OUTCOMES)},
            "percent": 100 * (best[mask] == 0).mean(),
            "percent_text": 100 * is_whole[mask].mean(),
        }
        for name, mask in which.items()
    }
    return pd.DataFrame.from_dict(rates, orient="index")


def list_unnoticed(perturbed: pd.DataFrame) -> dict[str, str]:
    """The checked values, and the cells they rest on, that no change brings to notice; and why.

    Those of which nothing can be computed are left out: `rate_values` counts them.

    Examples
    --------
    >>> one = {"value_id": "a", "role": "claim", "verdict": "exact", "is_rested_on": False,
    ...        "kind": "digit", "outcome": "unnoticed", "reason": "a range"}
    >>> list_unnoticed(pd.DataFrame([one]))
    {'a': 'a range'}
    """
    is_checked = perturbed.role.isin(CHECKED) & ~perturbed.verdict.isin(UNCHECKED)
    own = perturbed[is_checked | perturbed.is_rested_on]
    noticed = set(own.value_id[own.outcome == "noticed"])
    left = own[~own.value_id.isin(noticed) & (own.kind != DROPPED)]
    return dict(zip(left.value_id, left.outcome.where(left.reason == "", left.reason)))
