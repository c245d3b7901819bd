"""A case: one actor, at one site, at one time, with its leans, its traits and its side.

Some cases are printed as a figure; of others the prose speaks without one. What a case leans on
comes from the figure's prose (``leanings``) or from the coded statements
(``evidence``); what it is, from ``coding/cases`` and from printed tables that the study
declares; how it came out, from the figure (``tilts``) or from the degrees of involvement
coded for it (``involvement``). `read_cases` is the one door to all of this.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from compendium.coding.statements import (
    LEANS,
    check_statements,
    find_coded,
    find_places,
    list_leans,
    list_nets,
    list_told,
    list_values,
    read_coded,
    side_of,
)
from compendium.errors import DataError, SettingError, refuse
from compendium.models import check
from compendium.models.balance import TRAITS
from compendium.printed import tables
from compendium.settings import read_study

# Degrees are compared where the partnership's course is set.
LEVELS = ("overall", "board")
CODINGS = ["lean", "lean_min", "lean_max", "confidence", "basis"]
_STATE = ["figure", "state"]
_WHERE = ["site", "partnership", "district"]
_FIRM = ["measure", "level", "is_restatement", "confidence"]
# What is read of each table: a column that is none, or holds what it may not, is refused.
_ASKED = {
    "coding/cases": [
        *("case", *_STATE, *_WHERE, "evidence_actor", "stages", "kind", "mandated", "funded"),
        *("dependence", "scarcity", "year"),
    ],
    "coding/evidence": [
        *("actor", "stage", *_WHERE, "factor", "direction", "target", "is_restatement"),
        *("code_min", "code_max", "confidence", "line"),
    ],
    "coding/involvement": ["actor", "stage", *_WHERE, *_FIRM, "code_min", "code_max"],
    "coding/leanings": [*_STATE, "box", *CODINGS],
    "coding/tilts": [*_STATE, "tilt"],
    "coding/orderings": [
        *("ordering_id", "line", *_FIRM, "more", "less", "stage_more", "stage_less"),
        *(f"{end}_{column}" for end in ("more", "less") for column in _WHERE),
    ],
}


def read_cases(coder: str = "") -> "Cases":
    """All cases of the study, and what is told of them by one coder, or by the headline's.

    >>> told = read_cases().sided
    >>> told.leans.shape == (len(told.sides), len(read_study().factors))
    True
    """
    read = cache(partial(read_coded, coder=coder, words=False))
    return Cases(read("coding/cases"), read, coder=coder)


@dataclass(frozen=True, eq=False)
class Cases:
    """Some cases, in the order of their table; the rest is worked out when it is asked for."""

    table: pd.DataFrame  # rows of coding/cases
    read: Callable[[str], pd.DataFrame] = tables.read_table
    contested: bool = True  # whether statements whose code a fair reader would contest count
    # What has been held, and worked out of one case alone: those that are kept share it.
    known: dict[Any, dict[str, Any]] = field(default_factory=dict, repr=False)
    coder: str = ""  # whose reading it is; the headline's if it is not said

    def __post_init__(self) -> None:
        """Hold the cases to what is read of them."""
        check.once(self._hold_once("coding/cases", self.table)["case"], "case")

    def _ask(self, name: str) -> pd.DataFrame:
        """A table of the coding, once it has been held to what is read of it."""
        return self._hold_once(name, self.read(name))

    def _hold_once(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        if name not in self.known:
            _hold(name, rows)
            self.known[name] = {}
        return rows

    @property
    def names(self) -> list[str]:
        """What the cases are called."""
        return self.table["case"].tolist()

    def keep(self, names: list[str]) -> "Cases":
        """Those of these names; a SettingError names those that there are not."""
        check.names(names, self.names, "case")
        if {*names} == {*self.names}:
            return self
        return replace(self, table=self.table[self.table["case"].isin(names)])

    def find(self, site: str, actor: str, state: str) -> "Cases":
        """The one of an actor at a site at a time; a SettingError lists those there are."""
        check.columns(self.table, ["site", "actor", "state"])
        table = self.table.set_index(["site", "actor", "state"])
        if (site, actor, state) not in table.index:
            known = "; ".join(map(" / ".join, table.index))
            raise SettingError(f"found no case {site} / {actor} / {state}; allowed: {known}")
        return self.keep(table.loc[[(site, actor, state)], "case"])

    @cached_property
    def sided(self) -> "Cases":
        """Those whose side is told."""
        return self.keep(self.sides.dropna().index)

    @cached_property
    def printed(self) -> "Cases":
        """Those with a figure."""
        return replace(self, table=self.table[self.table["figure"].notna()])

    @cached_property
    def weighed(self) -> "Cases":
        """Those with a figure, and those of which enough statements speak, on enough factors."""
        study, counted = read_study(), self._count_statements().items()
        kept = [
            c for c, (n, factors) in counted if n >= study.statements and factors >= study.spread
        ]
        return self.keep([*self.printed.names, *kept])

    def _count_statements(self) -> dict[str, tuple[int, int]]:
        """Of each case how many statements speak of a factor, and of how many factors."""
        known = read_study().codes.values()
        said = {
            case: rows.factor[rows.factor.isin(known)] for case, rows in self.statements.items()
        }
        return {case: (len(factors), factors.nunique()) for case, factors in said.items()}

    def say_shortfall(self) -> str:
        """Why none of these cases is weighed: what is coded of each, and what is asked for."""
        study, counted = read_study(), self._count_statements().items()
        each = [f"{case} {n} on {factors}" for case, (n, factors) in counted]
        return (
            f"no case is weighed: statements, and the factors they speak of: {'; '.join(each)}; "
            f"a case without a figure needs {study.statements} on {study.spread} "
            "(study.toml, [case])"
        )

    @property
    def uncontested(self) -> "Cases":
        """The same, coded without the statements whose code a fair reader would contest."""
        return replace(self, contested=False)

    @cached_property
    def statements(self) -> dict[str, pd.DataFrame]:
        """The coded statements that speak of each case's involvement.

        A DataError names everything by which a case, or the study, selects what there is not.
        """
        rows = self._ask("coding/evidence")
        refuse("the cases choose what nothing says", self._find_misspelt(rows))
        check_statements(rows)
        if not self.contested:
            rows = rows[rows.confidence != "contested"]
        return self._speaking("statements", rows)

    def _find_misspelt(self, rows: pd.DataFrame) -> Iterator[str]:
        """What is chosen by, and can stand in no row: of the study's groups, of each case."""
        file, study = "coding/evidence", read_study()
        sites, factors = (list_values(file, name, rows) for name in ("site", "factor"))
        places = [name for column in ("site", "partnership")
                  for name in list_values("coding/cases", column, self.table)]  # fmt: skip
        chosen = []
        for name, members in study.groups.items():
            here = f"study.toml, groups, {name}"
            chosen += [(here, name, places), *((here, member, sites) for member in members)]
        chosen += [(f"study.toml, factors, {n}", code, factors) for n, code in study.codes.items()]
        for column, there in (("district", "district"), ("stages", "stage")):
            known = list_values(file, there, rows)
            cells = self.table[column].str.split("; ").explode().dropna()
            chosen += [
                (_place("coding/cases", row, column), it, known) for row, it in cells.items()
            ]
        for place, found, allowed in chosen:
            if found not in allowed:
                yield f"{place}: found {found!r}; allowed: {_join(allowed)}"
        if unknown := sorted({*self.table.evidence_actor} - {*rows.actor}):
            found, known = ", ".join(map(repr, unknown)), _join(sorted(set(rows.actor)))
            place = f"data/raw/{find_coded(file, self.coder)}"
            yield f"{place}: found no row on {found}; allowed: {known}"

    def _each(self, what: str, work_out: Callable[[Any], Any]) -> dict[str, Any]:
        """What is worked out of each case's row: once, however the cases are narrowed down."""
        known = self.known.setdefault((what, self.contested), {})
        for row in self.table.itertuples():
            if row.case not in known:
                known[row.case] = work_out(row)
        return {case: known[case] for case in self.names}

    def _speaking(self, what: str, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Of each case the rows of a coded table that speak of it."""
        told = list_told(rows)

        def speak(case: Any) -> pd.DataFrame:
            where = {name: getattr(case, name) for name in _WHERE}
            stages = case.stages.split("; ")
            return rows.iloc[find_places(told, case.evidence_actor, stages=stages, **where)]

        return self._each(what, speak)

    @cached_property
    def codings(self) -> pd.DataFrame:
        """Each box of each case: ``case``, ``box``, `CODINGS`, and what `lean_boxes` counts.

        A lean that is not stated, or on which statements disagree, or that one line could turn, is
        missing. ``basis`` is what a figure's leaning rests on; without a figure ``agreed``, ``one
        line``, ``both ways``, or missing where no statement speaks. A figure's leanings hang on no
        statement.
        """
        statements, leanings = self.statements, self._ask("coding/leanings")
        refuse("the printed cases have no leans", self._find_undrawn(leanings))

        drawn = leanings.drop_duplicates(at := [*_STATE, "box"], keep="last").set_index(at)
        drawn = drawn[CODINGS].to_dict("index")

        def code(row: Any) -> list[dict]:
            boxes = list_leans(statements[row.case])
            for box in boxes:
                lines = box["lines"].split()
                alone = len(lines) == 1 and box["hangs_on"] == box["lines"]
                says = "one line" if alone else "both ways" if lines else None
                box["basis"] = says if box["lean"] is None else "agreed"
                if not pd.isna(row.figure):
                    box.update(drawn[row.figure, row.state, box["box"]], hangs_on="")
            return boxes

        coded = self._each("codings", code).items()
        rows = [{"case": case, **box} for case, boxes in coded for box in boxes]
        names = ["case", "box", *CODINGS, "n_for", "n_against", "lines", "hangs_on"]
        return pd.DataFrame(rows, columns=names).astype(LEANS)

    def _find_undrawn(self, leanings: pd.DataFrame) -> Iterator[str]:
        """The boxes of each figure that are not coded."""
        boxes, place = list(read_study().factors), find_coded("coding/leanings", self.coder)
        drawn = leanings.groupby(_STATE).box.agg(set)
        for row, *state in self.printed.table[_STATE].itertuples():
            if missing := [box for box in boxes if box not in drawn.get(tuple(state), ())]:
                yield (
                    f"{_place('coding/cases', row, 'figure, state')}: found "
                    f"{' / '.join(state)}, of which {place} has no {_join(missing)}; allowed: "
                    f"{'; '.join(map(' / '.join, drawn.index))}"
                )

    @cached_property
    def leans(self) -> pd.DataFrame:
        """Cases by boxes: the leans, a missing one as NaN."""
        return self._spread("lean")

    @cached_property
    def lowest(self) -> pd.DataFrame:
        """The leans, each open box as far to the right as it may lean."""
        return self.leans.fillna(self._spread("lean_min"))

    @cached_property
    def highest(self) -> pd.DataFrame:
        """The leans, each open box as far to the left as it may lean."""
        return self.leans.fillna(self._spread("lean_max"))

    def _spread(self, column: str) -> pd.DataFrame:
        wide = self.codings.pivot(index="case", columns="box", values=column)
        wide = wide.reindex(index=self.names, columns=list(read_study().factors))
        return wide.astype(float).rename_axis(columns=None)

    def fill(self, *, kindly: bool) -> pd.DataFrame:
        """The leans, with the open boxes such as help each case most, or least, to its side.

        As weights are 0 or more, a share of weightings can only rise when a box moves to the
        case's side: these two completions bound every other. A DataError if the side of a case is
        open: there is no telling what would help it.
        """
        if unknown := self.sides.index[self.sides.isna()].tolist():
            found = ", ".join(unknown)
            raise DataError(f"cannot fill in for {found}: no side; allowed: cases with a told side")
        return self.highest.where((self.sides == "left") == kindly, self.lowest)

    @property
    def nets(self) -> pd.DataFrame:
        """The balance of the statements on each box of each case: ``case``, ``box``, ``lean``."""
        statements = self.statements
        parts = self._each("nets", lambda row: list_nets(statements[row.case])).items()
        rows = [{"case": case, **box} for case, boxes in parts for box in boxes]
        return pd.DataFrame(rows, columns=["case", "box", "lean"]).astype({"lean": "Float64"})

    @cached_property
    def sides(self) -> pd.Series:
        """The side each case came out on, by case; missing where it is open.

        A figure's is the printed one. Elsewhere it is that of the middle degree of involvement
        coded for it (`statements.side_of`).
        """
        sides = {case: _middle_side(rows) for case, rows in self._told.items()}
        drawn = self.printed.table.merge(self._ask("coding/tilts"), "left", _STATE)
        sides |= drawn.set_index("case").tilt.astype(object).replace({np.nan: None}).to_dict()
        return pd.Series(sides, dtype="object", name="side")

    @cached_property
    def _told(self) -> dict[str, pd.DataFrame]:
        """Of each case the coded degrees of its involvement."""
        return self._speaking("involvement", _firm(self._ask("coding/involvement")))

    @property
    def told_apart(self) -> pd.DataFrame:
        """Whether the side of each case is also told where no factor is: printed ones, too.

        ``n_told`` rows tell a degree, ``n_with_factor`` of them in a sentence that gives a factor;
        ``apart`` is the side that the other rows give by themselves, missing where none.
        """
        columns = ["case", "n_told", "n_with_factor", "apart"]
        rows = [
            (case, len(said), (said.same_sentence == "yes").sum(),
             _middle_side(said[said.same_sentence == "no"]))
            for case, said in self._told.items()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns).set_index("case")

    @property
    def circular(self) -> list[str]:
        """Those whose side nobody could tell without the sentences that also give a factor."""
        differs = self.sides.notna() & (self.told_apart.apart != self.sides)
        return self.sides.index[differs].tolist()

    @property
    def degrees(self) -> pd.Series:
        """The middle degree of involvement coded for each case."""
        check.columns(self._ask("coding/involvement"), ["code"])
        middle = {case: rows.code.median() for case, rows in self._told.items()}
        return pd.Series(middle, dtype="Float64").astype(float)

    @cached_property
    def traits(self) -> pd.DataFrame:
        """What each case is, beside its leans: the columns of `balance.TRAITS`, by case.

        ``kind_lean`` is the mean side of all told cases of the kind, the case itself included: the
        best that a null which knows the kind only could do. 0 if none is. A DataError if a trait
        has no declared table, or that table no row for a case.
        """
        table, every = self.table.set_index("case"), replace(self, table=self.read("coding/cases"))
        signs = every.sides.map({"left": 1.0, "right": -1.0}).astype(float)
        by_kind = signs.groupby(every.table.set_index("case").kind).mean()
        found = {
            "mandated": table.mandated == "yes",
            "funded": table.funded == "yes",
            "small": self._look_up("small", table).astype(bool),
            "dependence": table.dependence.astype(float) / 3,
            "scarcity": table.scarcity.astype(float),
            "attitude": self._look_up("attitude", table),
            "year": table.year.astype(float),
            "kind_lean": table.kind.map(by_kind).fillna(0.0),
        }
        return pd.DataFrame(found)[list(TRAITS)]

    @property
    def actors(self) -> pd.DataFrame:
        """The traits that printed tables give, by actor."""
        actors = self.table.drop_duplicates("evidence_actor").set_index("evidence_actor")
        return pd.DataFrame({name: self._look_up(name, actors) for name in read_study().traits})

    def _look_up(self, name: str, table: pd.DataFrame) -> pd.Series:
        """What the table declared for a trait prints of each case or actor, as a number."""
        if not (trait := read_study().traits.get(name)):
            raise DataError(f"study.toml, traits: found no {name!r}; allowed: a table that says it")
        rows, place = self.read(trait["table"]), f"study.toml, traits, {name}"
        key, case, where = trait["key"], trait["case"], trait.get("where", {})
        refuse("a trait is looked up by what there is not", [
            f"{place}: found the column {column!r}; allowed: {_join(list(held))}"
            for held, columns in ((rows, [key, trait["column"], *where]), (table, [case]))
            for column in columns if column not in held
        ])  # fmt: skip
        problems = []
        for column, value in where.items():
            if not rows[column].eq(value).any():
                allowed = _join(list(rows[column].dropna().unique()))
                problems.append(f"{place}, where, {column}: found {value!r}; allowed: {allowed}")
            rows = rows[rows[column] == value]
        printed = rows.drop_duplicates(key).set_index(key)[trait["column"]]
        if strange := sorted({*printed.dropna()} - {*trait["values"]}):
            problems.append(f"{place}, values: found no {_join(strange)}; allowed: each as printed")
        refuse("a trait is looked up by what there is not", problems)
        if unknown := sorted({*table[case]} - {*printed.index}):
            place = f"data/raw/coding/cases.csv, {case}: found {_join(unknown)}"
            raise DataError(f"{place}; allowed: those of {trait['table']}, {key}")
        return table[case].map(printed).map(trait["values"]).astype(float)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The stated orderings between these cases: ``more``, ``less`` and ``lines``, each once.

        Each time, place and partnership meets its own case; what is said of both partnerships is
        said of each.
        """
        more, less = (self._meant(end) for end in ("more", "less"))
        pairs = more.merge(less, on=["ordering_id", "line"]).query("more != less")
        lines = pairs.line.astype(str).groupby([pairs.more, pairs.less], sort=False).unique()
        return lines.map(" ".join).rename("lines").reset_index()

    def _meant(self, end: str) -> pd.DataFrame:
        """Which cases each ordering means by its more, or its less, involved body."""
        names = {f"{end}_{column}": column for column in ("site", "partnership", "district")}
        names |= {end: "actor", f"stage_{end}": "stage"}
        kept = [*names.values(), "measure", "is_restatement", "ordering_id", "line"]
        rows = _firm(self._ask("coding/orderings")).rename(columns=names)[kept]
        asked = self.table[["case", "site", "district"]]
        said = pd.concat({"": rows.head(0)} | self._speaking(end, rows), names=[end])
        said = said.reset_index(end).merge(asked, left_on=end, right_on="case")
        # A single site, and a district, are meant where they are named.
        named = (said.site_x == said.site_y) | (said.site_y == "all")
        named &= said.district_x.isna() == said.district_y.isna()
        return said.loc[named, ["ordering_id", "line", end]]

    @property
    def lines(self) -> pd.DataFrame:
        """Where each figure's case is told: its leans, its tilt, and what the actor did.

        ``tilt_apart`` and ``involvement_apart`` say whether that stands on a line of its own.
        """
        drawn, tilts = self._ask("coding/leanings"), self._ask("coding/tilts")
        check.columns(drawn, ["line"])
        check.columns(tilts, names := [*_STATE, "line", "involvement_line"])
        leans = drawn.dropna(subset="lean").groupby(_STATE).line
        leans = leans.agg(lambda lines: lines.dropna().unique().tolist()).rename("lean_lines")
        tilts = tilts[names].rename(columns={"line": "tilt_line"})
        found = self.table[["case", *_STATE]].merge(tilts, on=_STATE).merge(leans, on=_STATE)
        for name in ("tilt", "involvement"):
            pairs = zip(found[f"{name}_line"], found.lean_lines, strict=True)
            found[f"{name}_apart"] = [line not in lines for line, lines in pairs]
        return found.drop(columns=_STATE)


def _hold(name: str, rows: pd.DataFrame) -> None:
    """Refuse a table that lacks a column, or holds what its schema does not allow: all of it."""
    check.columns(rows, _ASKED[name])
    fields = {field["name"]: field for field in tables.find_table(name)["schema"]["fields"]}
    problems = []
    for column in _ASKED[name]:
        field, rules = fields[column], fields[column].get("constraints", {})
        listed, is_number = rules.get("enum", []), field["type"] == "integer"
        # An actor of whom no row speaks is refused where rows are chosen.
        named = [] if column.endswith("actor") else listed
        for row, value in rows[column].items():
            if pd.api.types.is_scalar(value) and pd.isna(value):
                fits = not rules.get("required")
            elif named:
                fits = value in named
            else:
                fits = np.isfinite(check.to_number(value)) if is_number else isinstance(value, str)
            if not fits:
                allowed = _join(listed) or ("a number" if is_number else "a word")
                problems.append(f"{_place(name, row, column)}: found {value!r}; allowed: {allowed}")
    refuse("the cases cannot be worked out", problems)


def _place(name: str, row: Any, column: str) -> str:
    """A cell of a table, its row as the file counts it."""
    return f"data/raw/{name}.csv row {row + 2 if isinstance(row, int) else row}, column {column}"


def _join(names: list) -> str:
    return ", ".join(str(name) or "blank" for name in names)


def _middle_side(involvement: pd.DataFrame) -> str | None:
    """The side of the medians of the least and of the greatest admissible degrees."""
    if involvement.empty:
        return None
    return side_of(involvement.code_min.median(), involvement.code_max.median())


def _firm(table: pd.DataFrame) -> pd.DataFrame:
    """What is said of involvement: board or overall level, none repeated, none contested."""
    return table[
        (table.measure == "involvement")
        & table.level.isin(LEVELS)
        & (table.is_restatement == "no")
        & (table.confidence != "contested")
    ]


def middle_degrees(involvement: pd.DataFrame, partnerships: list[str]) -> pd.Series:
    """The median coded degree of involvement of each actor: board or overall, none repeated."""
    firm = _firm(involvement)
    return firm[firm.partnership.isin(partnerships)].groupby("actor").code.median().astype(float)
