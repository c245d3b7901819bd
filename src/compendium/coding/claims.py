"""What a claim is asked, as a table of rules: a study says it in TOML and writes no code.

A rule is a row of TOML under its claim's number, and its first key says of which kind it is:

- ``signs``: the wanted direction, then ``table``, ``against``, ``along`` and columns
  (`grading.signs`);
- ``more`` and ``than``: columns of either end of an ordering (`grading.more`);
- ``degrees``: columns, with ``least`` or ``most`` (`grading.degrees`);
- ``compare`` and ``with``: columns of those whose middle degrees are set side by side;
- ``sites`` of those that ``of`` chooses, with the rule to ``ask`` if there are so many;
- ``printed`` numbers, conclusions that are ``concluded``, what is ``not_counted`` and why;
- ``own``: a rule of the study's own, by name, with what it asks for;
- ``all_of``: several rules, each a part of one claim.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from compendium.coding.grading import (
    Answer,
    Coding,
    Rule,
    all_of,
    choose,
    compare,
    degrees,
    gather,
    more,
    require,
    signs,
    within_sites,
)
from compendium.errors import CompendiumError, DataError

_KINDS = "signs, more, degrees, compare, sites, all_of, printed, concluded, not_counted"


def read_rules(
    rows: dict[str, dict],
    own: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    file: str = "",
) -> dict[str, Rule]:
    """The rules of rows by number; `own` holds rules, and functions that make one, by name.

    What a rule refuses is said with its number, and with the `file` that holds it.

    >>> list(read_rules({"H1": {"signs": "+", "actor": "board"}}))
    ['H1']
    """
    places = {number: ", ".join(filter(None, (file, number))) for number in rows}
    makes = {n: partial(_place, places[n], partial(_make_rule, rows[n], own)) for n in rows}
    return {n: partial(_place, places[n], rule) for n, rule in gather(makes).items()}


def _place(place: str, ask: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What is asked; what it refuses, with its place before each line."""
    try:
        return ask(*given, **named)
    except CompendiumError as error:
        said = str(error).replace("\n  ", f"\n  {place}: ")
        raise type(error)(f"{place}: {said}") from None


def _make_rule(row: dict[str, Any], own: Mapping[str, Callable[..., Any]]) -> Rule:
    """The rule that a row says."""

    def make(part: dict[str, Any]) -> Rule:
        return _make_rule(part, own)

    match row:
        case {"signs": want, **where}:
            rule = signs(want, **where)
        case {"more": first, "than": second}:
            rule = more(first, second)
        case {"degrees": where, **limits}:
            rule = degrees(**limits, **where)
        case {"compare": first, "with": second}:
            rule = compare(first, second)
        case {"sites": least, "of": where, "ask": part}:
            rule = within_sites(least, where, make(part))
        case {"all_of": parts}:
            rule = all_of(*map(make, parts))
        case {"printed": value_ids}:
            rule = printed(*value_ids)
        case {"concluded": conclusion_ids}:
            rule = concluded(*conclusion_ids)
        case {"not_counted": why, **shown}:
            rule = _count_nothing(why, *map(make, shown.values()))
        case {"own": name, **given} if name in own:
            rule = own[name](**given) if given else own[name]
        case _:
            raise DataError(f"found {row}; allowed: {_KINDS}, own: {', '.join(own)}")
    return rule


def printed(*value_ids: str) -> Rule:
    """Ask the verdicts on printed numbers; each is a part, so one that differs decides.

    A value that cannot be worked out counts for nothing.

    >>> import pandas as pd
    >>> verdicts = pd.DataFrame({"value_id": ["a", "b"], "verdict": ["rounds", "differs"]})
    >>> printed("a", "b")(Coding(None, None, None, verdicts=verdicts), set())[:3]
    ('printed numbers that hold: 1, that differ: 1 (b)', 1, 1)
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        verdicts = require(coding, "verdicts").set_index("value_id").verdict
        if missing := sorted(set(value_ids) - set(verdicts.index)):
            raise DataError(f"found no verdict on {', '.join(missing)}; allowed: value_ids that do")
        asked = verdicts.loc[list(value_ids)]
        good, bad = asked.isin(["exact", "rounds"]), asked.eq("differs")
        differing = f" ({', '.join(asked.index[bad])})" if bad.any() else ""
        value = f"printed numbers that hold: {good.sum()}, that differ: {bad.sum()}{differing}"
        parts = tuple(Answer("", int(one), int(not one), 0, True) for one in good[good | bad])
        return Answer(value, int(good.sum()), int(bad.sum()), 0, True, parts)

    return rule


def concluded(*conclusion_ids: str) -> Rule:
    """Count the conclusions that state it: they can restate a finding, and no more than that."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        where = {"conclusion_id": [*conclusion_ids], "kind": "finding"}
        n = int(choose(coding, "conclusions", where).sum())
        return Answer(f"conclusions that say so: {n}", n)

    return rule


def _count_nothing(why: str, shown: Rule | None = None) -> Rule:
    """Count nothing and say why; what comes nearest may be shown."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        return Answer(f"{why}; {shown(coding, cited).value}" if shown else why)

    return rule
