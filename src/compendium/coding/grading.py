"""What the coding says to each claim, and a grade by rule.

A claim is asked of the coded rows: how many speak for it, how many against, and how many of those
for it stand on lines that the claim does not itself rest on. It is asked again of codings with the
same rows and their codes dealt out anew: where more than a few of these pass as well, a count shows
nothing, and the ledger says so instead of "consistent". The grade follows from these numbers, never
from a typed word. None of the grades is a test of a theory: rows and claims come from one author.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import read_cases
from compendium.coding.statements import DIRECTIONS, list_values, read_coded
from compendium.errors import CompendiumError, DataError, SettingError
from compendium.models import check
from compendium.models.counts import share_interval
from compendium.printed import tables
from compendium.settings import read_study

# In how large a share of shuffled codings a claim may stand and still count. Ours.
SELDOM = 0.05
# As many shuffles at once as fit into the memory of a small machine.
_AT_ONCE = 2000
GRADES = {
    "arithmetic fact": "follows from printed numbers alone",
    "consistent with the coding": "more rows for than against, on lines it does not rest on, and "
    "shuffled coding seldom gives as much",
    "author's claim restated": "the only rows for it are the lines it rests on, or of codes whose "
    "name holds the direction",
    "contradicted by the coding": "at least as many rows against as for",
    "not testable here": "no row speaks to it, too few sites do, or shuffled coding passes too",
}
# From worst to best: a claim of several parts is as good as its worst part.
_ORDER = [*list(GRADES)[3:], *reversed(list(GRADES)[:3])]
_DEGREES = ["code", "code_min", "code_max"]
_NAMES = ("evidence", "involvement", "orderings", "process", "cultures", "conclusions")
# Coded table -> the column that is for or against, and that of the code's name.
_CODED = {
    "evidence": ("direction", "subfactor"),
    "process": ("direction", "theme"),
    "cultures": ("pole", "about"),
}


class Coding(NamedTuple):
    """The coded tables, without repetitions, and what is worked out from them once."""

    evidence: pd.DataFrame
    involvement: pd.DataFrame
    orderings: pd.DataFrame
    # Tables that not every study has.
    process: pd.DataFrame | None = None
    cultures: pd.DataFrame | None = None
    conclusions: pd.DataFrame | None = None
    verdicts: pd.DataFrame | None = None
    stated: pd.DataFrame = pd.DataFrame()  # leans of the printed cases with a side
    sides: pd.Series = pd.Series(dtype=object)  # and their printed sides
    actors: pd.DataFrame = pd.DataFrame()  # what printed tables say of each actor
    sites: frozenset[str] = frozenset()  # those with a name
    one_way: frozenset[str] = frozenset()  # codes whose name holds the direction
    # Table -> column -> what may stand there; of a table that is not named here nothing is known.
    known: Mapping[str, Mapping[str, list]] = MappingProxyType({})
    # Of shuffled codings, a row for each: the codes that each row of a table has there, by table.
    dealt: Mapping[str, np.ndarray] = MappingProxyType({})

    def said(self, name: str) -> np.ndarray:
        """The direction or pole of each row of a table, ``""`` for none, in the last dimension."""
        if name in self.dealt:
            return self.dealt[name]
        return require(self, name)[_CODED[name][0]].fillna("").to_numpy(dtype=str)

    def degrees(self, column: str) -> np.ndarray:
        """``code``, ``code_min`` or ``code_max`` of each row of involvement, likewise."""
        codes = self.involvement[column].to_numpy(dtype=float)
        return codes[self.dealt["involvement"]] if "involvement" in self.dealt else codes

    def ask_sides(self, ask: Callable[[pd.Series], tuple[int, ...]]) -> np.ndarray:
        """Some numbers that follow from the printed sides, likewise: once for each way to deal."""
        if "sides" not in self.dealt:
            return np.array(ask(self.sides))
        ways, places = np.unique(self.dealt["sides"], axis=0, return_inverse=True)
        return np.array([ask(pd.Series(way, self.sides.index)) for way in ways])[places.ravel()].T


class Answer(NamedTuple):
    """What was counted: rows for, rows against, and those for it on lines of their own.

    Of shuffled codings, an array of each.
    """

    value: str
    n_for: int | np.ndarray = 0
    n_against: int | np.ndarray = 0
    n_elsewhere: int | np.ndarray = 0
    is_arithmetic: bool = False
    parts: tuple["Answer", ...] = ()


Rule = Callable[[Coding, set[int]], Answer]
# Column -> what it must hold, or a list of what it may; "" is a blank.
Where = dict[str, str | list[str]]


def read_coding(verdicts: pd.DataFrame | None = None, coder: str = "") -> Coding:
    """A coder's, or the headline's, coding; with the verdicts on printed values if given.

    A DataError if the study calls a code one-way that is none.
    """
    found, known = {}, {}
    for name in _NAMES:
        if tables.has_table(file := f"coding/{name}"):
            table = read_coded(file, coder)
            read = [table, read_coded(file)] if coder else [table]
            known[name] = {column: list_values(file, column, *read) for column in table}
            if "is_restatement" in table:
                table = table[table.is_restatement == "no"]
            found[name] = table
    one_way = read_study().one_way
    codes = [code for name in known.keys() & _CODED for code in known[name][_CODED[name][1]]]
    if strange := [code for code in one_way if code not in codes]:
        raise DataError(f"study.toml, one_way: found {strange}; allowed: {', '.join(codes)}")
    cases = read_cases(coder)
    drawn = cases.sided.printed
    return Coding(
        **found,
        verdicts=verdicts,
        stated=drawn.leans,
        sides=drawn.sides,
        actors=cases.actors,
        sites=frozenset(tables.allowed_values("coding/cases", "site")) - {"all"},
        one_way=frozenset(one_way),
        known=known,
    )


def grade(answer: Answer) -> str:
    """The grade that the numbers give; a SettingError if they are no counts of rows.

    >>> grade(Answer("", n_for=3, n_against=1, n_elsewhere=2))
    'consistent with the coding'
    >>> grade(Answer("", n_for=3, n_against=1)), grade(Answer("", n_for=1, n_against=1))
    ("author's claim restated", 'contradicted by the coding')
    """
    if answer.parts:
        return min((grade(part) for part in answer.parts), key=_ORDER.index)
    names = ("n_for", "n_against", "n_elsewhere")
    check.counts(0, **{name: getattr(answer, name) for name in names})
    if not answer.n_for + answer.n_against:
        return "not testable here"
    if answer.n_against >= answer.n_for:
        return "contradicted by the coding"
    if answer.is_arithmetic:
        return "arithmetic fact"
    return "consistent with the coding" if answer.n_elsewhere else "author's claim restated"


def cited_lines(text: str) -> set[int]:
    """Lines a claim rests on, from numbers and ranges joined by ``;``; a DataError if not.

    >>> sorted(cited_lines("1664;1678-1680"))
    [1664, 1678, 1679, 1680]
    """
    lines: set[int] = set()
    for part in str(text).split(";"):
        first, _, last = part.strip().partition("-")
        known = first.isdecimal() and (last or first).isdecimal()
        span = range(int(first), int(last or first) + 1) if known else ()
        if not span:
            raise DataError(f"found the lines {text!r}; allowed: numbers and ranges, joined by ;")
        lines.update(span)
    return lines


def signs(
    want: str | list[str],
    *,
    table: str = "evidence",
    against: list[str] | None = None,
    along: str = "",
    **where: str | list[str],
) -> Rule:
    """Ask whether the statements chosen go the way wanted; those either way count for neither.

    `want` and `against` are the directions, or poles, that speak for it and against it; left out,
    every other one, no effect too. The `table` is ``evidence``, ``process`` or ``cultures``,
    `where` columns of it and what they must hold, ``""`` for a blank. `along` is a column that says
    which state of the factor a row tells of: where it is ``less`` the direction is turned, as
    "without it, less" speaks for what "with it, more" says.
    """
    check.names([table], _CODED, "table")
    wanted = _list(want)
    asked = [*wanted, *(against or [])]
    if table != "cultures":
        check.names(asked, DIRECTIONS, "direction")
    words = " or ".join(wanted), " or ".join(against or []) or "otherwise"
    code, name = _CODED[table]

    def rule(coding: Coding, cited: set[int]) -> Answer:
        less = {along: "less"} if along else {}
        _check_where(coding, table, {code: asked}, where, less)
        chosen = choose(coding, table, where)
        said, rows = coding.said(table)[..., chosen], require(coding, table)[chosen]
        if along:
            turned = np.select([said == "+", said == "-"], ["-", "+"], said)
            said = np.where(choose(coding, table, less)[chosen], turned, said)
        right = np.isin(said, wanted)
        wrong = np.isin(said, [*wanted, "", "+/-"] if against is None else against)
        wrong ^= against is None
        # A code whose name holds the direction cannot speak for one.
        own = ~rows[name].isin(coding.one_way) & ~rows.line.isin(cited)
        value = f"statements {words[0]}: {{}}, {words[1]}: {{}}"
        return _answer(value, right, wrong, own.to_numpy())

    return rule


def require(coding: Coding, name: str) -> pd.DataFrame:
    """A table of the coding; a DataError if the coding was given without it."""
    table = getattr(coding, name)
    if table is None:
        raise DataError(f"found a coding without {name}; allowed: one with its table")
    return table


def more(first: Where, second: Where) -> Rule:
    """Ask whether the stated orderings put the first above the second, or the other way round.

    Both are columns of ``coding/orderings`` without ``more_`` and ``less_``: ``actor``, ``site``,
    ``partnership``, ``stage``, ``district``; ``measure`` and ``level`` in either.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        table = coding.orderings
        right = choose(coding, "orderings", _sided(first, "more") | _sided(second, "less"))
        wrong = choose(coding, "orderings", _sided(second, "more") | _sided(first, "less"))
        if "orderings" in coding.dealt:
            kept = coding.dealt["orderings"]
            right, wrong = np.where(kept, right, wrong), np.where(kept, wrong, right)
        own = ~table.line.isin(cited).to_numpy()
        return _answer("orderings so: {}, reversed: {}", right, wrong, own)

    return rule


def _sided(where: Where, side: str) -> Where:
    names = {"actor": side, "stage": f"stage_{side}", "measure": "measure", "level": "level"}
    return {names.get(name, f"{side}_{name}"): value for name, value in where.items()}


def degrees(*, least: int = 0, most: int = 3, **where: str | list[str]) -> Rule:
    """Ask whether degrees lie within bounds; one that surely does not is against."""
    if not 0 <= least <= most <= 3:
        raise SettingError(f"degrees: found {least} to {most}; allowed: 0 to 3, the least first")

    def rule(coding: Coding, cited: set[int]) -> Answer:
        chosen = choose(coding, "involvement", where)
        code, low, high = (coding.degrees(name)[..., chosen] for name in _DEGREES)
        right, wrong = (code >= least) & (code <= most), (high < least) | (low > most)
        own = ~coding.involvement.line.isin(cited).to_numpy()[chosen]
        value = f"degrees {least} to {most}: {{}} of {chosen.sum()}, surely outside: {{}}"
        return _answer(value, right, wrong, own)

    return rule


def compare(
    first: Where, second: Where, among: Callable[[Coding], dict[str, np.ndarray]] | None = None
) -> Rule:
    """Ask whether the first actors' middle degrees are above the second's; ranges that meet tie.

    `among` says of each actor whether it is asked of; left out, all are.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        _check_where(coding, "involvement", first, second)
        asked = among(coding) if among else {}
        own = ~coding.involvement.line.isin(cited).to_numpy()
        pairs, above, below = _compare(coding, first, second, asked)
        value = f"pairs of actors above: {above}, below: {below}, of {pairs}"
        return Answer(value, above, below, _compare(coding, first, second, asked, own)[1])

    return rule


def _compare(
    coding: Coding, first: Where, second: Where, asked: dict[str, np.ndarray], kept: bool = True
) -> tuple:
    """Pairs of a first and a second actor, those surely above, and those surely below."""
    pairs, above, below = 0, 0, 0
    seconds = _find_middles(coding, second, kept)
    for one, (low, high) in _find_middles(coding, first, kept).items():
        for other, (other_low, other_high) in seconds.items():
            both = asked.get(one, True) & np.asarray(asked.get(other, True))
            pairs = pairs + both.astype(int)
            above = above + (both & (low > other_high)).astype(int)
            below = below + (both & (high < other_low)).astype(int)
    return pairs, above, below


def _find_middles(
    coding: Coding, where: Where, kept: bool | np.ndarray
) -> dict[str, list[np.ndarray]]:
    """Of each actor the medians of its least and its greatest admissible codes."""
    chosen = choose(coding, "involvement", where) & kept
    actors, ends = coding.involvement.actor.to_numpy(), _DEGREES[1:]
    return {
        actor: [np.median(coding.degrees(end)[..., chosen & (actors == actor)], -1) for end in ends]
        for actor in dict.fromkeys(actors[chosen])
    }


def within_sites(least: int, where: Where, rule: Rule) -> Rule:
    """Ask only if degrees are coded at that many named sites: a contrast of sites needs them."""

    def guarded(coding: Coding, cited: set[int]) -> Answer:
        chosen = coding.involvement[choose(coding, "involvement", where)]
        n = len(coding.sites.intersection(chosen.site))
        if n < least:
            return Answer(f"named sites with a coded degree: {n}; needed: {least}")
        return rule(coding, cited)

    return guarded


def all_of(*rules: Rule) -> Rule:
    """Several parts of one claim: it is as good as the worst of them."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        asks = {place: partial(one, coding, cited) for place, one in enumerate(rules)}
        answers = tuple(gather(asks).values())
        counted = (sum(answer[place] for answer in answers) for place in (1, 2, 3))
        return Answer("; ".join(answer.value for answer in answers), *counted, parts=answers)

    return rule


def choose(coding: Coding, name: str, where: Where) -> np.ndarray:
    """Which rows of a table of the coding hold in each column what they must.

    A SettingError names every column that there is not, and every value that cannot stand there:
    what is misspelt would count nothing.
    """
    _check_where(coding, name, where)
    table = require(coding, name)
    kept = np.ones(len(table), dtype=bool)
    for column, wanted in where.items():
        holds = table[column].isin(values := _list(wanted))
        kept &= (holds | table[column].isna() if "" in values else holds).to_numpy()
    return kept


def _list(wanted: str | list[str]) -> list[str]:
    return wanted if isinstance(wanted, list) else [wanted]


def _check_where(coding: Coding, name: str, *wheres: Where) -> None:
    """Refuse all of it that can hold in no row."""
    table, known = require(coding, name), coding.known.get(name, {})
    problems = []
    for column, wanted in (pair for where in wheres for pair in where.items()):
        if column not in table:
            allowed = ", ".join(table)
            problems.append(f"coding/{name}: found no column {column!r}; allowed: {allowed}")
            continue
        allowed = known.get(column, values := _list(wanted))
        wrong = ", ".join(repr(value) for value in values if value not in allowed)
        if wrong or not values:
            words = ", ".join(map(repr, allowed)) or "a value"
            problems.append(f"coding/{name}, {column}: found {wrong or 'none'}; allowed: {words}")
    if problems:
        raise SettingError("\n  ".join(problems))


def gather(asks: Mapping[Any, Callable[[], Any]]) -> dict[Any, Any]:
    """What each of several askings gives; what any of them refuses is refused at once.

    >>> gather({"one": lambda: 1})
    {'one': 1}
    """
    found, refused = {}, []
    for name, ask in asks.items():
        try:
            found[name] = ask()
        except CompendiumError as error:
            refused.append(error)
    if refused:
        raise type(refused[0])("\n  ".join(map(str, refused))) from None
    return found


def _answer(value: str, right: np.ndarray, wrong: np.ndarray, own: np.ndarray) -> Answer:
    """What was counted, of these rows, those for it on lines of their own the last."""
    counts = [which.sum(axis=-1) for which in (right, wrong, right & own)]
    return Answer(value.format(*counts), *counts)


def give_grades(
    claims: pd.DataFrame, rules: dict[str, Rule], coding: Coding, n_shuffles: int, seed: int
) -> pd.DataFrame:
    """The ledger: each claim with its counts and its grade, with and without contested codes.

    Claims as ``coding/propositions`` or ``coding/findings``, with a rule for each number; each is
    asked of `n_shuffles` shuffled codings, with 0 no grade falls for it. A DataError or a
    SettingError if a number stands twice or has no rule, or if these are no numbers of shuffles.

    Gives ``number``, ``proposition``, ``lines``, ``value``, ``n_for``, ``n_against``,
    ``n_elsewhere``, ``by_chance`` (share of shuffled codings that do as well, the claim's own among
    them, Phipson and Smyth 2010), ``chance_low`` and ``chance_high`` (95 % for the error of
    sampling, Clopper-Pearson), ``grade``, ``grade_could_be`` (which other grade they leave open),
    ``grade_without_contested``, ``needed`` (only where it is not testable).
    """
    check.once(claims.number, "claim")
    check.names(claims.number, rules, "rule for")
    check.counts(0, n_shuffles=n_shuffles)
    lines = zip(claims.number, claims.lines, strict=True)
    cited = gather({number: partial(cited_lines, text) for number, text in lines})
    asked = {number: partial(_ask, rules[number], own) for number, own in cited.items()}
    answers, others = (
        gather({number: partial(ask, of) for number, ask in asked.items()})
        for of in (coding, drop_contested(coding))
    )
    chances = _rate_by_chance(answers, asked, coding, n_shuffles, seed)
    rows = []
    for row in claims.itertuples():
        answer, chance = answers[row.number], chances[row.number]
        given, *bounds = (_demote(grade(answer), value) for value in chance)
        needed = row.needed if given == "not testable here" else ""
        if given != grade(answer):
            needed = f"an asking that shuffled codes fail ({chance[0]:.1%} of them pass)"
        firm = _demote(grade(others[row.number]), chance[0])
        rows.append((row.number, row.proposition, row.lines, *answer[:4], *chance,
                     given, "".join({*bounds} - {given}), firm, needed))  # fmt: skip
    columns = ["number", "proposition", "lines", "value", "n_for", "n_against", "n_elsewhere"]
    columns += ["by_chance", "chance_low", "chance_high", "grade", "grade_could_be"]
    return pd.DataFrame(rows, columns=[*columns, "grade_without_contested", "needed"])


def _ask(rule: Rule, cited: set[int], coding: Coding) -> Answer:
    return rule(coding, cited)


def _demote(given: str, chance: float) -> str:
    """A grade that shuffled coding would get as well is none."""
    fallen = given == "consistent with the coding" and chance > SELDOM
    return "not testable here" if fallen else given


def _rate_by_chance(
    answers: dict[str, Answer], asked: dict[str, Callable], coding: Coding, n: int, seed: int
) -> dict[str, tuple[float, float, float]]:
    """In what share of shuffled codings each claim comes out as well as it does, and its bounds.

    As well: by the balance of its worst part. Missing where nothing speaks for it, so that there is
    nothing to do as well as; 0 if no shuffle is tried.
    """
    observed = {number: _strength(answer) for number, answer in answers.items()}
    reached = {number: 0 for number, strength in observed.items() if strength > 0}
    starts = range(0, n, _AT_ONCE)
    for start, child in zip(starts, np.random.SeedSequence(seed).spawn(len(starts)), strict=True):
        size = min(_AT_ONCE, n - start)
        dealt = shuffle(coding, size, np.random.default_rng(child))
        # Nobody reads what a rule says of thousands of codings in words.
        with np.printoptions(threshold=0):
            for number in reached:
                strength = _strength(asked[number](dealt))
                reached[number] += np.broadcast_to(strength >= observed[number], size).sum()
    shares = dict.fromkeys(answers, (np.nan,) * 3)
    for number, count in reached.items():
        bounds = share_interval(count, n) if n else (0.0, 0.0)
        share = (count + 1) / (n + 1) if n else 0.0
        shares[number] = tuple(round(float(value), 4) for value in (share, *bounds))
    return shares


def _strength(answer: Answer) -> float | np.ndarray:
    """The balance of rows for and against, -1 to 1: of the worst part, 0 if nothing is counted."""
    if answer.parts:
        return np.minimum.reduce(np.broadcast_arrays(*map(_strength, answer.parts)))
    counted = answer.n_for + answer.n_against
    return (answer.n_for - answer.n_against) / np.maximum(counted, 1)


def shuffle(coding: Coding, n: int, rng: np.random.Generator) -> Coding:
    """The same rows with their codes dealt out anew, `n` times: see `Coding.dealt`.

    Directions are permuted over all statements, degrees over all rows of the same measure, the
    printed sides over the cases, and each ordering is turned round or not by the toss of a coin.
    Where there are any, directions of process statements and poles of culture are permuted over
    all rows that have one. Verdicts on printed numbers are no coding and stay.
    """
    check.counts(n=n)

    def permute(places: np.ndarray) -> np.ndarray:
        return rng.permuted(np.tile(places, (n, 1)), axis=1)

    def deal(said: np.ndarray) -> np.ndarray:
        given, dealt = np.flatnonzero(said != ""), np.tile(said, (n, 1))
        dealt[:, given] = said[permute(given)]
        return dealt

    dealt = {"evidence": deal(coding.said("evidence"))}
    measures = coding.involvement.measure.to_numpy()
    dealt["involvement"] = np.tile(np.arange(len(measures)), (n, 1))
    for measure in dict.fromkeys(measures):
        places = np.flatnonzero(measures == measure)
        dealt["involvement"][:, places] = permute(places)
    dealt["sides"] = coding.sides.to_numpy(dtype=str)[permute(np.arange(len(coding.sides)))]
    dealt["orderings"] = rng.random((n, len(coding.orderings))) < 0.5
    # Drawn last, so that a coding without these tables is shuffled in the same way.
    for name in ("process", "cultures"):
        if getattr(coding, name) is not None:
            dealt[name] = deal(coding.said(name))
    return coding._replace(dealt=dealt)


def reverse(orderings: pd.DataFrame) -> pd.DataFrame:
    """Every ordering the other way round.

    >>> reverse(pd.DataFrame({"more": ["A"], "less": ["B"], "stage_more": "later"})).values.tolist()
    [['B', 'A', nan]]
    """
    other = {"more": "less", "less": "more"}

    def turn(name: str) -> str:
        return "_".join(other.get(word, word) for word in name.split("_"))

    return orderings.rename(columns=turn).reindex(columns=orderings.columns)


def drop_contested(coding: Coding) -> Coding:
    """The same tables without the rows whose code a fair reader would contest."""
    found = ((name, getattr(coding, name)) for name in _NAMES)
    return coding._replace(
        **{name: t[t.confidence != "contested"] for name, t in found if t is not None}
    )
