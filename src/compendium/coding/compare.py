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

from functools import cached_property, partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import Cases
from compendium.coding.grading import cited_lines
from compendium.coding.statements import read_coded
from compendium.errors import DataError, SettingError
from compendium.models import agreement
from compendium.printed import tables
from compendium.printed.descriptor import list_coders
from compendium.settings import read_study

WITHIN = 2  # lines that two rows on the same thing may lie apart
VARIABLES = ("factor", "subfactor", "direction", "target", "channel")
# Of these a difference is listed, to be settled.
DISPUTED = ("factor", "direction")
SETTLED = "coding/settled"
AGREED, SETTLED_SO_FAR = "both agree", "as settled"
# The least share of a line that counts: it decides only between rows as near as each other.
_PLACE, _ORDER = 0.4, 0.1


class Comparison(NamedTuple):
    """What two codings have in common: frames to be shown, each said in its own words."""

    coverage: pd.DataFrame
    alphas: pd.DataFrame
    confusions: dict[str, pd.DataFrame]
    others: pd.DataFrame
    disputes: pd.DataFrame


class Codings:
    """Two coders' tables, the first's and the second's, and how their rows are matched."""

    def __init__(self, first: str = "", second: str = "") -> None:
        """Take the headline's coding and the next one, if none is named.

        Raises
        ------
        SettingError
            If there are no two codings, or a name is none.
        """
        known = list_coders()
        rest = [coder for coder in known if coder != (first or known[0])]
        names = [first or known[0], second or next(iter(rest), "")]
        if not {*names} <= {*known} or names[0] == names[1]:
            allowed = f"two of {', '.join(known)}" if rest else "a study with two codings or more"
            raise SettingError(f"found the coders {' and '.join(names)}; allowed: {allowed}")
        self.names = tuple(names)

    def read(self, table: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """One table of each."""
        first, second = (read_coded(f"coding/{table}", coder) for coder in self.names)
        return first, second

    @property
    def coders(self) -> pd.DataFrame:
        """Who or what they are, what they were given, and what to beware of: a column for each."""
        rows = [read_coded("coding/coder", coder).loc[0] for coder in self.names]
        return pd.DataFrame(rows, index=self.names).T

    @property
    def banner(self) -> str:
        """What has to be said wherever agreement is printed."""
        read = self.coders.T
        kinds, alone = read.kind.eq("model"), read.independent.eq("yes").all()
        who = (
            "two language models"
            if kinds.all()
            else " and ".join("a language model" if is_model else "a person" for is_model in kinds)
        )
        human = "" if (~kinds).all() else ", no human agreement"
        return f"{' and '.join(self.names)}: {who}{human}" + ("" if alone else "; not independent")

    @cached_property
    def degrees(self) -> pd.DataFrame:
        """The matched degrees of involvement, as `match` gives them: each of one site."""
        same = ("measure", "actor", "site", "district")
        return match(
            *self.read("involvement"), "involvement_id", same, ("stage", "partnership", "level")
        )

    @cached_property
    def statements(self) -> pd.DataFrame:
        """The matched statements, as `match` gives them, with `part` and `pointed`."""
        found = match(*self.read("evidence"), "evidence_id")
        pointed = find_pointed(self.names)
        return found.assign(
            id=found.evidence_id_first + "/" + found.evidence_id_second,
            part=_part(found.line_first),
            pointed=found.line_first.isin(pointed) | found.line_second.isin(pointed),
        )


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
    in the order of the line.

    Returns
    -------
    DataFrame
        A row per pair, in the order of the first's lines: each column twice, as ``*_first`` and
        ``*_second``.

    Examples
    --------
    >>> row = {"actor": "A", "site": "all", "district": None}
    >>> ours = pd.DataFrame([{"id": "a", "line": 7} | row, {"id": "b", "line": 9} | row])
    >>> theirs = pd.DataFrame([{"id": "x", "line": 10} | row, {"id": "y", "line": 30} | row])
    >>> match(ours, theirs, "id")[["id_first", "id_second"]].values.tolist()
    [['b', 'x']]
    """
    for table in (first, second):
        if table[key].duplicated().any():
            raise DataError(f"{key}: found {table[key][table[key].duplicated()].iloc[0]!r} twice")
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
        t.iloc[at].reset_index(drop=True).add_suffix(f"_{name}")
        for t, at, name in ((ours, left, "first"), (theirs, right, "second"))
    ]
    return pd.concat(pairs, axis=1).sort_values("line_first", kind="stable", ignore_index=True)


def find_pointed(coders: tuple[str, ...]) -> set[int]:
    """The lines that one of the coders had been pointed to before reading.

    Examples of the codebook, lines of propositions, and what a coder's ``pointed`` lists.
    """
    listed = {resource["path"] for resource in tables.read_descriptor()["resources"]}
    lines = {int(line) for line in tables.read_table("coding/codebook").example_line.dropna()}
    said = ["coding/propositions", *(f"coding/{coder}/pointed" for coder in coders)]
    for name in said:
        if f"{name}.csv" in listed:
            for text in tables.read_table(name).lines:
                lines |= cited_lines(text)
    return lines


def cover(codings: Codings) -> pd.DataFrame:
    """By part of the text: statements and lines of each coder, and how many the other has too.

    A statement is had too if it is matched, a line if the other coded anything on it.
    """
    tables_of = codings.read("evidence")
    lines = [{*table.line} for table in tables_of]
    rows = []
    for at, name in enumerate(codings.names):
        table, end = tables_of[at], ("first", "second")[at]
        paired = table.evidence_id.isin(codings.statements[f"evidence_id_{end}"])
        both = table.line.isin(lines[1 - at])
        parts = _part(table.line)
        for part in [*parts.unique(), "all"]:
            mine = (parts == part) | (part == "all")
            own, shared = table.line[mine].nunique(), table.line[mine & both].nunique()
            rows.append([name, part, mine.sum(), (mine & paired).sum(), own, shared])
    columns = ["coder", "part", "statements", "matched", "lines", "lines of both"]
    return pd.DataFrame(rows, columns=columns)


def agree(codings: Codings, n_draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Alpha of each variable: in all, on lines pointed to or not, by part; and of each factor.

    One code for "no effect" and for "either way" is what some coders have, so that ``direction``
    takes them together; ``sign`` is of the statements that both call for or against. A factor by
    itself asks whether both, or neither, give it.
    """
    pairs = codings.statements
    scopes = {
        "all": pairs.pointed | True,
        "pointed to": pairs.pointed,
        "not pointed to": ~pairs.pointed,
    }
    scopes |= {part: pairs.part == part for part in pairs.part.unique()}
    first, second = (_score(pairs, end) for end in ("first", "second"))
    found = []
    for scope, chosen in scopes.items():
        levels = dict.fromkeys(first if scope == "all" else [*VARIABLES, "sign"], "nominal")
        given = first[chosen], second[chosen], levels, n_draws, seed
        table = agreement.compare_codings(*given, groups=pairs.line_first).table
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
    if variable not in VARIABLES:
        raise SettingError(f"found {variable!r}; allowed: {', '.join(VARIABLES)}")
    ends = [codings.statements[f"{variable}_{end}"] for end in ("first", "second")]
    return pd.crosstab(*ends, rownames=[codings.names[0]], colnames=[codings.names[1]])


def compare_others(codings: Codings, n_draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Degrees, orderings and dependencies: how many the second has, found in the first, and how.

    Degrees are matched as statements are, of one site, and have an ordinal alpha. An ordering
    is found if the first has one between the same two bodies within `WITHIN` lines, and
    contradicted if it is there the other way round only; a dependency is contradicted if the two
    ranges of its strength have no degree in common, or one calls it mutual and the other not.
    """
    _, theirs = codings.read("involvement")
    degrees = codings.degrees
    codes = [
        degrees[[f"code_{end}"]].set_axis(["degree"], axis=1).astype(float)
        for end in ("first", "second")
    ]
    given = *codes, {"degree": "ordinal"}, n_draws, seed
    row = agreement.compare_codings(*given, groups=degrees.line_first).table.loc[0]
    apart = (degrees.code_min_first > degrees.code_max_second) | (
        degrees.code_min_second > degrees.code_max_first
    )
    found = [["degrees of involvement", len(theirs), len(degrees), int(apart.sum())]]
    found += [["orderings", *_find_orderings(*codings.read("orderings"))]]
    found += [["dependencies", *_find_dependencies(*codings.read("dependencies"))]]
    columns = ["table", codings.names[1], "found", "contradicted"]
    table = pd.DataFrame(found, columns=columns).set_index("table")
    return table.assign(
        alpha=[row.alpha, None, None], low=[row.low, None, None], high=[row.high, None, None]
    )


_ENDS = ("", "_district", "_site", "_partnership")


def _find_orderings(first: pd.DataFrame, second: pd.DataFrame) -> tuple[int, int, int]:
    """How many there are of the second's; found in the first; and there the other way only."""
    found = against = 0
    for row in second.to_dict("records"):
        near = first[(first.line - row["line"]).abs() <= WITHIN]
        more, less = (near[end].eq(row[end]) for end in ("more", "less"))
        if row["more"] == row["less"]:
            # One body at two times, sites or partnerships: which of them is the more involved?
            near = near[more & less & near.scope.eq(row["scope"])]
            same, turned = (
                _same_ends(near, row, "more", "less"),
                _same_ends(near, row, "less", "more"),
            )
            is_there, is_turned = len(near) > 0, turned.any() and not same.any()
        else:
            is_there = (more & less).any()
            is_turned = (
                not is_there and (near.more.eq(row["less"]) & near.less.eq(row["more"])).any()
            )
        found += bool(is_there and not is_turned)
        against += bool(is_turned)
    return len(second), found, against


def _same_ends(rows: pd.DataFrame, row: dict[str, Any], more: str, less: str) -> pd.Series:
    """Whether the ends of each ordering are those of one, taken in this order."""
    same = pd.Series(True, rows.index)
    for mine, its in (("more", more), ("less", less)):
        for part in [*_ENDS, None]:
            own, other = (
                (f"stage_{mine}", f"stage_{its}") if part is None else (mine + part, its + part)
            )
            value = row[other]
            same &= rows[own].isna() if pd.isna(value) else rows[own].eq(value)
    return same


def _find_dependencies(first: pd.DataFrame, second: pd.DataFrame) -> tuple[int, int, int]:
    found = against = 0
    for row in second.itertuples():
        near = first[(first.line - row.line).abs() <= WITHIN]
        near = near[near.dependent.eq(row.dependent) & near.provider.eq(row.provider)]
        apart = near.strength_min.gt(row.strength_max) | near.strength_max.lt(row.strength_min)
        if not pd.isna(row.symmetric):
            apart |= near.symmetric.notna() & near.symmetric.ne(row.symmetric)
        found += len(near) > 0 and not apart.all()
        against += len(near) > 0 and bool(apart.all())
    return len(second), found, against


def list_disputes(codings: Codings) -> pd.DataFrame:
    """Each code on which the two differ: both codes, both labels, the line; and if it is settled.

    Of `DISPUTED`. ``id`` is first statement, second statement and variable, by slashes;
    ``verdict`` and ``reason`` are those of `SETTLED`, ``open`` where it has none.

    Raises
    ------
    DataError
        If `SETTLED` breaks its schema, or settles what is no disagreement: all of it at once.
    """
    parts = []
    for variable in DISPUTED:
        codes = codings.statements[[f"{variable}_first", f"{variable}_second"]]
        codes = codes.set_axis(["first", "second"], axis=1)
        rows = codings.statements.join(codes)[codes["first"] != codes["second"]]
        if variable == "direction":
            # No effect, or either way: some coders have one code for the two.
            rows = rows[~(rows["first"].isin(["0", "+/-"]) & rows["second"].isin(["0", "+/-"]))]
        parts.append(rows.assign(variable=variable, id=rows.id + "/" + variable))
    found = pd.concat(parts).rename(columns={"line_first": "line", "actor_first": "actor"})
    columns = ["id", "line", "actor", "variable", "first", "second", "label_first", "label_second"]
    found = found[[*columns, "pointed"]].sort_values(["line", "id"], ignore_index=True)
    settled = _read_settled({*found.id})
    return found.join(settled, on="id").fillna({"verdict": "open"})


def _read_settled(known: set[str]) -> pd.DataFrame:
    """Verdict and reason by id; every row that cannot be used is named."""
    listed = {resource["path"] for resource in tables.read_descriptor()["resources"]}
    if f"{SETTLED}.csv" not in listed:
        return pd.DataFrame({"verdict": [], "reason": []}, dtype=str)
    place = f"data/raw/{SETTLED}.csv"
    problems = tables.breaches(SETTLED)
    sheet = tables.read_sheet(tables.paths.RAW / f"{SETTLED}.csv")
    for row, name in sheet["id"].items() if "id" in sheet else ():
        if name not in known:
            allowed = "the id of a disagreement (results/disagreements.csv)"
            problems.append(f"{place} row {row}, column id: found {name!r}; allowed: {allowed}")
    if problems:
        raise DataError("what is settled cannot be used:\n  " + "\n  ".join(problems))
    return tables.read_table(SETTLED).set_index("id")[["verdict", "reason"]]


def count_disputes(disputes: pd.DataFrame) -> pd.DataFrame:
    """How many disagreements there are on each variable, and how each was settled."""
    return pd.crosstab(disputes.variable, disputes.verdict).assign(
        all=disputes.variable.value_counts()
    )


def read_as(codings: Codings) -> dict[str, Cases]:
    """The cases by each reading: the first coder's, the second's, `AGREED`, and `SETTLED_SO_FAR`.

    `AGREED` keeps the first's statements that the second gives the same factor and direction, and
    degrees within each other's range; in `SETTLED_SO_FAR` the first's statements have the code that
    was settled on, and go where neither is right; what is open stays as the first has it.
    """
    table, first = tables.read_table("coding/cases"), codings.names[0]
    found = {
        coder: Cases(table, partial(read_coded, coder=coder), coder=coder)
        for coder in codings.names
    }
    own = {AGREED: _keep_agreed(codings), SETTLED_SO_FAR: _keep_settled(codings)}
    for name, changed in own.items():
        read = partial(_read_changed, changed, first)
        found[name] = Cases(table, read, coder=first)
    return found


def compare_sides(readings: dict[str, Cases]) -> pd.DataFrame:
    """The side of each case by each reading; ``same`` where all that tell one tell the same."""
    sides = pd.DataFrame({name: cases.sides for name, cases in readings.items()})
    told = sides.notna().any(axis=1)
    same = (sides.nunique(axis=1) == 1).map({True: "yes", False: "no"})
    return sides[told].assign(same=same[told]).rename_axis("case")


def _read_changed(changed: dict[str, pd.DataFrame], coder: str, name: str) -> pd.DataFrame:
    return changed[name] if name in changed else read_coded(name, coder)


def _keep_agreed(codings: Codings) -> dict[str, pd.DataFrame]:
    pairs, (rows, _) = codings.statements, codings.read("evidence")
    direction = [pairs[f"direction_{end}"].replace("+/-", "0") for end in ("first", "second")]
    alike = pairs.factor_first.eq(pairs.factor_second) & direction[0].eq(direction[1])
    degrees, (ours, _) = codings.degrees, codings.read("involvement")
    near = degrees.code_min_first.le(degrees.code_max_second)
    near &= degrees.code_min_second.le(degrees.code_max_first)
    return {
        "coding/evidence": rows[rows.evidence_id.isin(pairs.evidence_id_first[alike])],
        "coding/involvement": ours[ours.involvement_id.isin(degrees.involvement_id_first[near])],
    }


def _keep_settled(codings: Codings) -> dict[str, pd.DataFrame]:
    disputes, (rows, _) = list_disputes(codings), codings.read("evidence")
    ids = disputes.id.str.split("/", expand=True)
    other = codings.statements.set_index("evidence_id_first")
    rows = rows.set_index("evidence_id", drop=False)
    for verdict, mine in ids.groupby(disputes.verdict):
        if verdict == "second":
            for column in ("factor", "subfactor", "direction", "code_min", "code_max"):
                rows.loc[mine[0], column] = other.loc[mine[0], f"{column}_second"]
        if verdict == "neither":
            rows = rows.drop(mine[0].unique())
    return {"coding/evidence": rows.reset_index(drop=True)}


def compare(first: str = "", second: str = "", n_draws: int = 1000, seed: int = 1) -> Comparison:
    """Everything in which two codings can be compared: the headline's and the next by default."""
    codings = Codings(first, second)
    return Comparison(
        cover(codings),
        agree(codings, n_draws, seed),
        {name: confuse(codings, name) for name in ("factor", "direction", "target", "channel")},
        compare_others(codings, n_draws, seed),
        list_disputes(codings),
    )


def _part(lines: pd.Series) -> pd.Series:
    """Which part of the text each line is in; ``all`` where the study declares none."""
    parts = read_study().parts or {"all of it": 1}
    starts = [*parts.values(), np.inf]
    found = pd.Series("before", lines.index, dtype=object)
    for name, (start, end) in zip(parts, pairwise(starts), strict=True):
        found[(lines >= start) & (lines < end)] = name
    return found
