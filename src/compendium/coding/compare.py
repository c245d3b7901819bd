"""Two codings of one text, held against each other.

What a statement is, each coder decides: there are no units that both were given. So statements are
matched first, without a look at their codes: same actor, at most two lines apart, one to one, as
near as can be; where a line has several of one actor, same place first and then the order of the
line. Only then are codes compared, by Krippendorff's alpha with intervals over *lines*, since the
statements of a line stand or fall together. What one coder has and the other has not is no
disagreement on a code; it is counted as coverage. Lines that a coder had been pointed to, by an
example of the codebook or by a proposition, are told apart: there agreement is cheap.

Where codes differ, `settled.csv` may say who is right; until it does, the difference is open.
"""

from functools import cache, cached_property, partial

import numpy as np
import pandas as pd

from compendium import paths
from compendium.coding.cases import Cases
from compendium.coding.grading import cited_lines
from compendium.coding.statements import read_coded
from compendium.errors import SettingError, refuse
from compendium.models import agreement, check
from compendium.printed import tables
from compendium.printed.descriptor import list_coders
from compendium.settings import read_study

WITHIN = 2  # lines that two rows on the same thing may lie apart
VARIABLES = ("factor", "subfactor", "direction", "target", "channel")
SETTLED = "coding/settled"
AGREED, SETTLED_SO_FAR = "both agree", "as settled"
# Of these variables a difference is listed, to be settled; whoever is right gives these columns.
_DISPUTED = {
    "factor": ["factor", "subfactor", "direction", "code_min", "code_max"],
    "direction": ["direction", "code_min", "code_max"],
}
# The least share of a line that counts: it decides only between rows as near as each other.
_PLACE, _ORDER = 0.4, 0.1
_ENDS = ("first", "second")


class Codings:
    """Two coders' tables, the first's and the second's, and how their rows are matched."""

    def __init__(self, first: str = "", second: str = "") -> None:
        """Take the headline's coding and the next one, if none is named.

        A SettingError if there are no two codings, or a name is none.
        """
        known = list_coders()
        rest = [coder for coder in known if coder != (first or known[0])]
        names = [first or known[0], second or next(iter(rest), "")]
        if not {*names} <= {*known} or names[0] == names[1]:
            allowed = f"two of {', '.join(known)}" if rest else "a study with two codings or more"
            raise SettingError(f"found the coders {' and '.join(names)}; allowed: {allowed}")
        self.names = tuple(names)

    def read(self, table: str, *, words: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
        """One table of each; with what they say to the reader, or without."""
        first, second = (read_coded(f"coding/{table}", coder, words=words) for coder in self.names)
        return first, second

    @property
    def coders(self) -> pd.DataFrame:
        """Who or what they are, what they were given, and what to beware of: a column for each."""
        return pd.DataFrame([t.loc[0] for t in self.read("coder")], index=self.names).T

    @property
    def banner(self) -> str:
        """What has to be said wherever agreement is printed."""
        read = self.coders.T
        models = read.kind.eq("model")
        words = models.map({True: "a language model", False: "a person"})
        who = "two language models" if models.all() else " and ".join(words)
        human = ", no human agreement" if models.any() else ""
        apart = "" if read.independent.eq("yes").all() else "; not independent"
        return f"{' and '.join(self.names)}: {who}{human}{apart}"

    @cached_property
    def degrees(self) -> pd.DataFrame:
        """The matched degrees of involvement, as `match` gives them: each of one site."""
        how = ("measure", "actor", "site", "district"), ("stage", "partnership", "level")
        return match(*self.read("involvement"), "involvement_id", *how)

    @cached_property
    def statements(self) -> pd.DataFrame:
        """The matched statements, as `match` gives them, with `part` and `pointed`."""
        found = match(*self.read("evidence"), "evidence_id")
        return found.assign(
            id=found.evidence_id_first + "/" + found.evidence_id_second,
            part=_part(found.line_first),
            pointed=found[["line_first", "line_second"]].isin(self._pointed).any(axis=1),
        )

    @property
    def _pointed(self) -> set[int]:
        """Lines that a coder had been pointed to: examples, propositions, and its own list."""
        examples = tables.read_table("coding/codebook", ["example_line"]).example_line
        lines = {int(line) for line in examples.dropna()}
        for name in ["coding/propositions", *(f"coding/{coder}/pointed" for coder in self.names)]:
            if tables.has_table(name):
                lines.update(*map(cited_lines, tables.read_table(name, ["lines"]).lines))
        return lines


def match(
    first: pd.DataFrame,
    second: pd.DataFrame,
    key: str,
    same: tuple[str, ...] = ("actor",),
    near: tuple[str, ...] = ("site", "district"),
) -> pd.DataFrame:
    """Rows of two codings that are on the same thing, one to one; their codes are not looked at.

    The columns `same` are the same, and they lie at most `WITHIN` lines apart; of all ways to pair
    them, one that pairs most and then lies nearest (`agreement.pair_nearest`).
    Between rows as near as each other those alike in `near` go first, then those at the same place
    in the order of the line. A DataError if an id (`key`) stands twice, or a line is missing.

    Gives a row per pair, in the order of the first's lines: each column twice, as ``*_first`` and
    ``*_second``.

    >>> row = {"actor": "A", "site": "all", "district": None}
    >>> ours = pd.DataFrame([{"id": "a", "line": 7} | row, {"id": "b", "line": 9} | row])
    >>> theirs = pd.DataFrame([{"id": "x", "line": 10} | row, {"id": "y", "line": 30} | row])
    >>> match(ours, theirs, "id")[["id_first", "id_second"]].values.tolist()
    [['b', 'x']]
    """
    for table in (first, second):
        check.once(table[key], key)
        check.numbers(table[["line"]], "lines", 1)
    ours, theirs = first.reset_index(drop=True), second.reset_index(drop=True)

    def gap(column: str) -> np.ndarray:
        left, right = (t[column].fillna("").to_numpy()[:, None] for t in (ours, theirs))
        return left != right.T

    def order(table: pd.DataFrame) -> np.ndarray:
        line = table.groupby("line").line
        return ((line.cumcount() + 0.5) / line.transform("size")).to_numpy(float)[:, None]

    lines = np.abs(ours.line.to_numpy(int)[:, None] - theirs.line.to_numpy(int))
    apart = np.any([*map(gap, same), lines > WITHIN], axis=0)
    cost = lines + _PLACE * np.mean([*map(gap, near)], axis=0)
    cost = np.where(apart, np.inf, cost + _ORDER * np.abs(order(ours) - order(theirs).T))
    left, right = agreement.pair_nearest(cost)
    pairs = [
        t.iloc[at].reset_index(drop=True).add_suffix(f"_{end}")
        for t, at, end in zip((ours, theirs), (left, right), _ENDS, strict=True)
    ]
    return pd.concat(pairs, axis=1).sort_values("line_first", kind="stable", ignore_index=True)


def cover(codings: Codings) -> pd.DataFrame:
    """By part of the text: statements and lines of each coder, and how many the other has too.

    A statement is had too if it is matched, a line if the other coded anything on it.
    """
    both, rows = codings.read("evidence"), []
    for name, end, table, other in zip(codings.names, _ENDS, both, both[::-1], strict=True):
        paired = table.evidence_id.isin(codings.statements[f"evidence_id_{end}"])
        shared, parts = table.line.isin(other.line), _part(table.line)
        for part in [*parts.unique(), "all"]:
            mine = (parts == part) | (part == "all")
            lines = (table.line[kept].nunique() for kept in (mine, mine & shared))
            rows.append([name, part, mine.sum(), (mine & paired).sum(), *lines])
    columns = ["coder", "part", "statements", "matched", "lines", "lines of both"]
    return pd.DataFrame(rows, columns=columns)


def agree(codings: Codings, n_draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Alpha of each variable: in all, on lines pointed to or not, by part; and of each factor.

    One code for "no effect" and for "either way" is what some coders have, so that ``direction``
    takes them together; ``sign`` is of the statements that both call for or against. A factor by
    itself asks whether both, or neither, give it.
    """
    pairs = codings.statements
    scopes = {"all": pairs.pointed | True, "pointed to": pairs.pointed}
    scopes |= {"not pointed to": ~pairs.pointed}
    scopes |= {part: pairs.part == part for part in pairs.part.unique()}
    first, second = (_score(pairs, end) for end in _ENDS)
    found = []
    for scope, chosen in scopes.items():
        levels = dict.fromkeys(first if scope == "all" else [*VARIABLES, "sign"], "nominal")
        given = first[chosen], second[chosen], levels, n_draws, seed
        table = agreement.compare_codings(*given, groups=pairs.line_first)
        found.append(table.assign(scope=scope, lines=pairs.line_first[chosen].nunique()))
    columns = ["variable", "scope", "n_units", "lines", "agreement", "alpha", "low", "high"]
    return pd.concat(found, ignore_index=True)[columns].rename(columns={"n_units": "pairs"})


def _score(pairs: pd.DataFrame, end: str) -> pd.DataFrame:
    """The variables that are compared, of one end of each pair."""
    codes = pairs[[f"{name}_{end}" for name in VARIABLES]].set_axis([*VARIABLES], axis=1)
    direction = codes.direction.replace("+/-", "0")
    codes = codes.assign(direction=direction, sign=direction.where(direction != "0"))
    factors = sorted({*pairs.factor_first, *pairs.factor_second})
    return codes.assign(**{f"factor {name}": codes.factor.eq(name).map(str) for name in factors})


def confuse(codings: Codings, variable: str) -> pd.DataFrame:
    """How often each code of the first coder meets each of the second's, as a table."""
    check.names([variable], VARIABLES, "variable")
    ends = [codings.statements[f"{variable}_{end}"] for end in _ENDS]
    return pd.crosstab(*ends, rownames=[codings.names[0]], colnames=[codings.names[1]])


def compare_others(codings: Codings, n_draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Degrees, orderings and dependencies: how many the second has, found in the first, and how.

    Degrees are matched as statements are, of one site, and have an ordinal alpha. An ordering
    is found if the first has one between the same two bodies within `WITHIN` lines, and
    contradicted if it is there the other way round only; a dependency is contradicted if the two
    ranges of its strength have no degree in common, or one calls it mutual and the other not.
    """
    degrees = codings.degrees
    codes = [degrees[[f"code_{end}"]].set_axis(["degree"], axis=1).astype(float) for end in _ENDS]
    given = *codes, {"degree": "ordinal"}, n_draws, seed
    alpha = agreement.compare_codings(*given, groups=degrees.line_first)
    rows, first = {}, "degrees of involvement"
    rows[first] = len(degrees), (~_overlap(degrees, "code")).sum()
    for table, find in (("orderings", _find_orderings), ("dependencies", _find_dependencies)):
        # Each row of the second's with every one of the first's that lies near.
        pairs = pd.merge(*codings.read(table), how="cross", suffixes=("_first", "_second"))
        rows[table] = find(pairs[(pairs.line_first - pairs.line_second).abs() <= WITHIN])
    found = pd.DataFrame(rows, index=["found", "contradicted"]).T.rename_axis("table")
    sizes = [len(codings.read(name)[1]) for name in ("involvement", *list(rows)[1:])]
    found.insert(0, codings.names[1], sizes)
    return found.join(alpha[["alpha", "low", "high"]].set_axis([first]))


def _overlap(pairs: pd.DataFrame, code: str) -> pd.Series:
    """Whether the admissible ranges have a degree in common."""
    low, high = ([pairs[f"{code}_{limit}_{end}"] for end in _ENDS] for limit in ("min", "max"))
    return ~((low[0] > high[1]) | (low[1] > high[0]))


def _find_orderings(pairs: pd.DataFrame) -> tuple[int, int]:
    """How many of the second's are found; and how many are there the other way only."""
    # One body at two times, sites or partnerships: then the whole of each end counts.
    alone = pairs.more_second == pairs.less_second
    pairs = pairs[~alone | (pairs.scope_first == pairs.scope_second)]
    parts = ("{}", "{}_district", "{}_site", "{}_partnership", "stage_{}")

    def name(end: str, coder: str) -> pd.Series:
        whole = pairs[[f"{part.format(end)}_{coder}" for part in parts]].fillna("")
        return whole.agg("|".join, axis=1).where(alone, pairs[f"{end}_{coder}"])

    more, less = ([name(end, coder) for coder in _ENDS] for end in ("more", "less"))
    straight = (more[0] == more[1]) & (less[0] == less[1])
    bodies = (pairs.more_first == pairs.more_second) & (pairs.less_first == pairs.less_second)
    turned = (more[0] == less[1]) & (less[0] == more[1])
    said = pd.DataFrame({"there": bodies, "straight": straight, "turned": turned})
    said = said.groupby(pairs.ordering_id_second).any()
    against = said.turned & ~said.straight
    return (said.there & ~against).sum(), against.sum()


def _find_dependencies(pairs: pd.DataFrame) -> tuple[int, int]:
    """How many of the second's are found; and how many are there contradicted only."""
    for end in ("dependent", "provider"):
        pairs = pairs[pairs[f"{end}_first"] == pairs[f"{end}_second"]]
    mutual = [pairs[f"symmetric_{end}"] for end in _ENDS]
    apart = ~_overlap(pairs, "strength")
    apart |= mutual[0].notna() & mutual[1].notna() & (mutual[0] != mutual[1])
    against = apart.groupby(pairs.dependency_id_second).all()
    return (~against).sum(), against.sum()


def list_disputes(codings: Codings) -> pd.DataFrame:
    """Each code on which the two differ: both codes, both labels, the line; and if it is settled.

    Of factor and direction. ``id`` is first statement, second statement and variable, by slashes;
    ``verdict`` and ``reason`` are those of `SETTLED`, ``open`` where it has none. A DataError if
    `SETTLED` breaks its schema, or settles what is no disagreement: all of it at once.
    """
    found = _find_disputes(codings)
    for end, rows in zip(_ENDS, codings.read("evidence", words=True), strict=True):
        labels = found[f"evidence_id_{end}"].map(rows.set_index("evidence_id").label)
        found.insert(found.columns.get_loc("pointed"), f"label_{end}", labels)
    return found.drop(columns=[f"evidence_id_{end}" for end in _ENDS])


def _find_disputes(codings: Codings) -> pd.DataFrame:
    """The same without the labels, with the ids of both statements."""
    parts = []
    for variable in _DISPUTED:
        codes = codings.statements[[f"{variable}_{end}" for end in _ENDS]].set_axis(_ENDS, axis=1)
        # No effect, or either way: some coders have one code for the two.
        alike = codes.replace("+/-", "0").nunique(axis=1) == 1
        rows = codings.statements.join(codes)[~alike]
        parts.append(rows.assign(variable=variable, id=rows.id + "/" + variable))
    found = pd.concat(parts).rename(columns={"line_first": "line", "actor_first": "actor"})
    columns = ["id", "line", "actor", "variable", *_ENDS, "pointed"]
    found = found[[*columns, "evidence_id_first", "evidence_id_second"]]
    found = found.sort_values(["line", "id"], ignore_index=True)
    return found.join(_read_settled({*found.id}), on="id").fillna({"verdict": "open"})


def _read_settled(known: set[str]) -> pd.DataFrame:
    """Verdict and reason by id; every row that cannot be used is named."""
    if not tables.has_table(SETTLED):
        return pd.DataFrame({"verdict": [], "reason": []}, dtype=str)
    problems, sheet = tables.breaches(SETTLED), tables.read_sheet(paths.RAW / f"{SETTLED}.csv")
    for row, name in sheet["id"].items() if "id" in sheet else ():
        if name not in known:
            allowed = "the id of a disagreement (results/disagreements.csv)"
            place = f"data/raw/{SETTLED}.csv row {row}, column id"
            problems.append(f"{place}: found {name!r}; allowed: {allowed}")
    refuse("what is settled cannot be used", problems)
    return tables.read_table(SETTLED).set_index("id")[["verdict", "reason"]]


def count_disputes(disputes: pd.DataFrame) -> pd.DataFrame:
    """How many disagreements there are on each variable, and how each was settled."""
    counted = pd.crosstab(disputes.variable, disputes.verdict)
    return counted.assign(all=counted.sum(axis=1))


def read_as(codings: Codings) -> dict[str, Cases]:
    """The cases by each reading: the first coder's, the second's, `AGREED`, and `SETTLED_SO_FAR`.

    `AGREED` keeps the first's statements that the second gives the same factor and direction, and
    degrees within each other's range; in `SETTLED_SO_FAR` the first's statements have the code that
    was settled on, and go where neither is right; what is open stays as the first has it.
    """
    table, (first, second) = read_coded("coding/cases", words=False), codings.names
    changed = {first: {}, second: {}}
    changed |= {AGREED: _keep_agreed(codings), SETTLED_SO_FAR: _keep_settled(codings)}

    def read(name: str, coder: str, own: dict[str, pd.DataFrame]) -> pd.DataFrame:
        return own[name] if name in own else read_coded(name, coder, words=False)

    readings = {}
    for name, own in changed.items():
        coder = second if name == second else first
        readings[name] = Cases(table, cache(partial(read, coder=coder, own=own)), coder=coder)
    return readings


def compare_sides(readings: dict[str, Cases]) -> pd.DataFrame:
    """The side of each case by each reading; ``same`` where all that tell one tell the same."""
    sides = pd.DataFrame({name: cases.sides for name, cases in readings.items()})
    same = (sides.nunique(axis=1) == 1).map({True: "yes", False: "no"})
    return sides.assign(same=same)[sides.notna().any(axis=1)].rename_axis("case")


def _keep_agreed(codings: Codings) -> dict[str, pd.DataFrame]:
    pairs, degrees = codings.statements, codings.degrees
    rows, ours = codings.read("evidence")[0], codings.read("involvement")[0]
    alike = pairs.factor_first == pairs.factor_second
    alike &= pairs.direction_first.replace("+/-", "0") == pairs.direction_second.replace("+/-", "0")
    near = degrees.involvement_id_first[_overlap(degrees, "code")]
    return {
        "coding/evidence": rows[rows.evidence_id.isin(pairs.evidence_id_first[alike])],
        "coding/involvement": ours[ours.involvement_id.isin(near)],
    }


def _keep_settled(codings: Codings) -> dict[str, pd.DataFrame]:
    disputes, (rows, _) = _find_disputes(codings), codings.read("evidence")
    first = disputes.evidence_id_first
    own = rows.set_index("evidence_id", drop=False)
    theirs = codings.statements.set_index("evidence_id_first").filter(regex="_second$")
    rights = {"first": own, "second": theirs.rename(columns=lambda c: c.removesuffix("_second"))}
    rows = own.copy()
    # The factor goes first: who is right on it may be wrong on the direction.
    for variable, columns in _DISPUTED.items():
        for verdict, right in rights.items():
            mine = first[(disputes.variable == variable) & (disputes.verdict == verdict)]
            rows.loc[mine, columns] = right.loc[mine, columns]
    rows = rows.drop(first[disputes.verdict == "neither"].unique())
    return {"coding/evidence": rows.reset_index(drop=True)}


def _part(lines: pd.Series) -> pd.Series:
    """Which part of the text each line is in; ``before`` where it is before all of them."""
    parts = read_study().parts or {"all of it": 1}
    ends = [-np.inf, *parts.values(), np.inf]
    return pd.cut(lines, ends, right=False, labels=["before", *parts]).astype(object)
