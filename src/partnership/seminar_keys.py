"""What is right in this study's seminar, session by session.

No answer is typed in, here or in a notebook: each is worked out from the raw data whenever it is
asked, so that a mended table mends the key. Beside the right answer stand those that a slip leads
to, each with a hint that names the kind of slip and not the answer. Two tasks are no matter of
right and wrong: where a company stands is *defensible* if the coding leaves it open, and codes are
*compared* with ours.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from compendium.coding.cases import read_cases
from compendium.coding.statements import read_coded
from compendium.errors import SettingError
from compendium.models import agreement, dependence, ordering, qca, weights
from compendium.models.balance import side
from compendium.printed import tables
from compendium.printed.descriptor import list_coders
from compendium.seminar.marks import (
    Key,
    Mark,
    Open,
    Sheet,
    as_list,
    check_codes,
    compare_codes,
    find_name,
    read_number,
)
from compendium.settings import read_study
from partnership import configurations, cultures, sites, ties

BEFORE, AFTER, GREENSHIRE = "SS Dalesville before", "SS Dalesville after", "SS Greenshire"
# What a case is, beside its name and place; what it leans on is coded elsewhere.
TRAITS = ["kind", "base_group", "attitude_group", "mandated", "funded"]
TRAITS += ["dependence", "scarcity", "year"]
CELLS = cultures.NAMES
CONDITIONS = ["broad", "large", "duty", "funds"]
_CODES = {"factor": ["F1", "F2", "F3", "F4", "F5"], "direction": ["+", "-", "0", "+/-"]}
ASKED_OF_TABLE = ["ha", "la-ss", "pcgs", "chc"]
# Statements on who needs whom whose labels name both ends, one from each stretch of chapters 4, 5.
ASKED_OF_PROSE = ["d1819a", "d2103a", "d2344a", "d2378b", "d2495a", "d2559b"]
_OTHER_SIDE = "that is the share that tips to the other side"
_STATED_ONLY = "so it is for the stated boxes alone; the others may lean too"
_CASES_ROWS = "those are cases; rows are asked"
_ONE_WAY = "that counts one direction; the opposite would have struck you as much"
TURNED = "your arrows point the other way: from whoever depends to whoever provides"

# Session -> task -> what is right, and the tasks without a right answer.
KEYS: dict[str, dict[str, Callable[..., Key]]] = {}
OPEN: dict[str, dict[str, Open | Sheet]] = {}


def _funding() -> pd.DataFrame:
    columns = ["site", "budget_gbp_m", "allocation_gbp_m", "share_percent"]
    return tables.read_table("elston2005/table-4.2")[columns].set_index("site").astype(float)


def _share_of(site: str) -> Key:
    """A site's additional money as a share of its budget, Table 4.2."""
    table = _funding()
    site = find_name(site, list(table.index))
    part, whole = table.allocation_gbp_m[site], table.budget_gbp_m
    slips = {
        "that is a part of one; per cent is asked": [part / whole[site]],
        "that is what is printed; what has it been rounded from?": [table.share_percent[site]],
        "the wrong base: that is another site's budget": list(100 * part / whole.drop(site)),
    }
    return Key(100 * part / whole[site], slips if part else {}, decimals=2, in_percent=True)


def _cut_off() -> Key:
    """The site whose share is cut off in print where it should be rounded."""
    printed = _funding().share_percent
    (right,) = (s for s in printed.index if round(_share_of(s).right, 1) != printed[s])
    return Key(right, {}, among=list(printed.index))


def _interviewees() -> pd.DataFrame:
    """Appendix H by site and in total: as printed, each row once, and every row."""
    table = sites.lay_out_interviews(tables.read_table("elston2005/appendix-h")).astype(int)
    names = ["printed total", "sum of distinct rows", "sum of all printed rows"]
    return sites.total_interviews(table)[names]


def _people() -> Key:
    """How many interviewees the rows of Appendix H give."""
    printed, once, every = map(int, _interviewees().loc["Total"])
    slips = {
        "some rows are printed twice; count each once": [every],
        "that is the total as printed; add up the rows": [printed],
        "a total is counted in: the last row, or the last column": [
            *(once + printed, every + printed, 2 * once, 2 * every),
            *(2 * (once + printed), 2 * (every + printed)),
        ],
    }
    return Key(once, slips)


def _misfits() -> Key:
    """The sites whose column of Appendix H does not make its total."""
    printed, once, every = (counts for _, counts in _interviewees().drop("Total").items())
    wrong, doubled = (set(printed.index[printed != counts]) for counts in (once, every))
    slips = {"you seem to count the rows that are printed twice": [doubled]}
    return Key(wrong, slips, among=list(printed.index))


def _pounds_per_head(site: str) -> Key:
    """A site's budget (Table 4.2) over its population (Appendix F), in pounds."""
    site = find_name(site, list(_funding().index))
    people = sites.read_population(tables.read_table("elston2005/appendix-f"))
    right = 1e6 * _funding().budget_gbp_m[site] / people[site]
    others = [right * people[site] / people[s] for s in _funding().index if s != site]
    slips = {
        "in millions or thousands: pounds are asked": [right / 1e6, right / 1e3],
        "upside down: that is people for each pound": [1 / right, 1e6 / right],
        "the wrong base: those are the people of another site": others,
    }
    return Key(right, slips)


def _odd_per_head() -> Key:
    """The site whose budget a head is far from the others'."""
    heads = pd.Series({site: _pounds_per_head(site).right for site in _funding().index})
    far = np.log(heads / heads.median()).abs()
    return Key(str(far.idxmax()), {}, among=list(heads.index))


KEYS["s1"] = {
    "share": _share_of,
    "cut": _cut_off,
    "people": _people,
    "misfits": _misfits,
    "per_head": _pounds_per_head,
    "odd": _odd_per_head,
}


def _agreeing_states() -> Key:
    """In how many of six states the two rules of Box 2 name the same cell."""
    rules, lenient = cultures.compare_rules(), cultures.compare_rules(attempt_counts=True)
    refused = "so it is if a refused attempt to dominate counts as dominating"
    part = "those are the states in which they part"
    return Key(rules.agree.sum(), {refused: [lenient.agree.sum()], part: [(~rules.agree).sum()]})


def _list_voices(company: str, rule: str = "grid") -> pd.DataFrame:
    return cultures.list_voices(tables.read_table("coding/cultures"), company, rule)


def _widest_region() -> Key:
    """The company to which its voices leave most cells."""
    companies = list(cultures.COMPANIES)
    n_cells = [_list_voices(company)[CELLS].any().sum() for company in companies]
    return Key(companies[int(np.argmax(n_cells))], {}, among=companies)


def _place(company: str, answer: Any) -> Mark:
    """Whether the coding leaves a company's cell open, on the lines named in its defence.

    The words name no other cell and no line not named.
    """
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return Mark("not yet", f"a cell ({', '.join(CELLS)}) and a list of lines are asked for")
    cell, lines = find_name(answer[0], CELLS), [read_number(line) for line in as_list(answer[1])]
    if None in lines:
        return Mark("not yet", "lines are numbers, such as [150, 151]")
    voices = _list_voices(company)
    admits, why = voices[voices[cell]], ""
    if admits.empty:
        why = "no voice of this company leaves that cell open; what is said of dominance?"
    elif silent := sorted({*lines} - {*voices.line.astype(int)}):
        named = ", ".join(f"{line:g}" for line in silent)
        why = f"no statement on line {named} places this company; cite where it is placed"
    elif not {*lines} & {*admits.line.astype(int)}:
        why = "the cell is open, but not on the lines you cite: who says something else?"
    if why:
        return Mark("not yet", why)
    why, n_against = "the coding leaves it open on a line you cite", len(voices) - len(admits)
    if n_against:
        why += f"; {n_against} of {len(voices)} voices shut it: say why yours counts"
    if not _list_voices(company, "process")[cell].any():
        why += "; by the words inside the cells it is shut: say why you read Box 2 as a grid"
    return Mark("defensible", why)


def _offer_places(company: str) -> dict[str, list[Any]]:
    """The cells, and every line with a statement on the company, placing it or not."""
    said = tables.read_table("coding/cultures")
    return {"cell": CELLS, "line": sorted({int(line) for line in said.line[said.site == company]})}


KEYS["s2"] = {"agree": _agreeing_states, "widest": _widest_region}
OPEN["s2"] = {
    company: Open(partial(_place, company), partial(_offer_places, company))
    for company in cultures.COMPANIES
}


def draw_passages(n: int = 10, seed: int = 2005, *, labels: bool = False) -> pd.DataFrame:
    """Up to ten passages of chapters 4 and 5 to code, one statement each, by ``evidence_id``.

    Returns ``line``, ``page`` (about), ``site`` and ``actor``, none of our codes, and no passage
    that the codebook has as an example. Our ``label``, if asked for, was written with the code in
    mind: it makes agreement easy.
    """
    if not 1 <= n <= 10:
        raise SettingError(f"n: found {n}; allowed: 1 to 10 passages")
    # Not so many of each factor: whoever counts would know the last ones.
    drawn = _clear_statements().sample(n, random_state=seed).sort_values("line")
    shown = _show_passages(drawn.evidence_id)
    return shown if labels else shown.drop(columns="label")


def _show_passages(units: Collection[str]) -> pd.DataFrame:
    """Where passages stand, of whom they speak, and our label."""
    drawn = tables.read_table("coding/evidence").set_index("evidence_id").loc[list(units)]
    known = tables.read_table("elston2005/contents").sort_values("stands_at")
    known = known[["stands_at", "page"]].astype(float)
    page = np.interp(drawn.line.astype(float), known.stands_at, known.page).round().astype(int)
    return drawn.assign(page=page)[["line", "page", "site", "actor", "label"]]


def _clear_statements() -> pd.DataFrame:
    """Statements on involvement by a factor that stand alone on their line."""
    table = tables.read_table("coding/evidence")
    examples = tables.read_table("coding/codebook").example_line.dropna()
    kept = (table.target == "involvement") & (table.is_restatement == "no")
    kept &= table.factor.isin(_CODES["factor"]) & (table.confidence != "contested")
    kept &= ~table.line.isin(examples) & ~table.line.duplicated(keep=False)
    return table[kept]


def our_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """Our codes of the same passages; all missing as long as one of the student's is."""
    if not codes[list(_CODES)].notna().all(axis=None):
        return pd.DataFrame(index=codes.index, columns=list(_CODES), dtype=object)
    ours = tables.read_table("coding/evidence").set_index("evidence_id")
    return ours.loc[codes.index, list(_CODES)]


def _coders(units: Collection[str]) -> dict[str, pd.DataFrame]:
    """The codes of each coder on file who coded any of these passages, the headline's first.

    Another coder has other statements: theirs counts where it is the only one on the line.
    """
    lines, found = _show_passages(units).line, {}
    for coder in list_coders():
        coded = read_coded("coding/evidence", coder)
        if coded.evidence_id.isin(list(units)).any():
            codes = coded.set_index("evidence_id").reindex(lines.index)
        else:
            coded = coded[(coded.target == "involvement") & coded.factor.isin(_CODES["factor"])]
            alone = coded.drop_duplicates("line", keep=False).set_index("line")
            codes = alone.reindex(lines).set_axis(lines.index)
        if codes.factor.notna().any():
            found[coder] = codes[list(_CODES)]
    return found


def _check(codes: Any) -> pd.DataFrame:
    return check_codes(codes, _CODES, tables.read_table("coding/evidence").evidence_id.tolist())


def _alpha(pair: pd.DataFrame) -> Key:
    agreed = agreement.percent_agreement(pair)
    hint = "that is the agreement; alpha takes off what chance would give"
    return Key(agreement.alpha(pair), {hint: [agreed, agreed / 100]}, decimals=2)


def _own_alpha(codes: pd.DataFrame, variable: str) -> Key:
    """Alpha of a student's codes and ours."""
    ours, column = our_codes(_check(codes)), find_name(variable, list(_CODES))
    return _alpha(pd.DataFrame({"you": codes[column], "we": ours[column]}))


def lazy_codes() -> pd.DataFrame:
    """Every direction we coded of involvement, and a coder who always writes the commonest."""
    table = tables.read_table("coding/evidence")
    ours = table[(table.target == "involvement") & (table.is_restatement == "no")].direction
    return pd.DataFrame({"we": ours, "lazy": ours.mode()[0]})


def _lazy_agreement() -> Key:
    """How far the lazy coder agrees with us, in per cent."""
    agreed = agreement.percent_agreement(lazy_codes())
    slips = {"per cent is asked": [agreed / 100], "that is how far they differ": [100 - agreed]}
    return Key(agreed, slips, decimals=1, in_percent=True)


KEYS["s3"] = {
    "alpha": _own_alpha,
    "lazy_agreement": _lazy_agreement,
    "lazy_alpha": lambda: _alpha(lazy_codes()),
}
OPEN["s3"] = {
    "codes": Sheet(
        lambda codes: compare_codes(_check(codes), our_codes(codes)),
        _CODES,
        _coders,
        _show_passages,
    )
}


def read_leans(case: str) -> pd.DataFrame:
    """The boxes of a case: ``lean`` (missing where not stated), ``lean_min`` and ``lean_max``."""
    codings = read_cases().keep([case]).codings
    return codings.set_index("box")[["lean", "lean_min", "lean_max"]].astype(float)


def _rows(leans: pd.Series) -> pd.DataFrame:
    """Dalesville before, with these leans, as a row that must be above 0."""
    return weights.require_sides(leans.to_frame(BEFORE).T, pd.Series({BEFORE: "right"}))


def _share(leans: pd.Series) -> float:
    return float(weights.exact_share(_rows(leans).iloc[0]))


def _least(leans: pd.Series) -> float:
    return weights.find_bounds(_rows(leans), pd.Series({"resources": 1.0}))[0]


def _equal_weights() -> Key:
    """The side that equal weights give Figure 5.1, before April 2000."""
    right = side(read_leans(BEFORE).lean.sum() / len(read_study().factors))
    slips = {"that is what the figure shows; what do the boxes give?": ["right"]}
    return Key(right, slips, among=["left", "level", "right"])


def _share_of_weightings() -> Key:
    """The share of all weightings that give Figure 5.1 as printed, by its stated boxes."""
    leans = read_leans(BEFORE).lean.dropna()
    slips = {
        "that counts boxes; weights can be anything from nothing to all": [1 / len(leans)],
        _OTHER_SIDE: [1 - _share(leans)],
        "that is a bound on one weight, not a share of weightings": [_least(leans)],
    }
    return Key(_share(leans), slips, decimals=2)


def _lighter_boxes() -> Key:
    """The boxes that must weigh less than resources."""
    pairs = weights.compare_boxes(_rows(read_leans(BEFORE).lean.dropna()))
    right = set(pairs[(pairs.box == "resources") & (pairs.relation == "must")].other)
    return Key(right, {}, among=list(read_study().factors))


def _least_weight() -> Key:
    """The least part of all weight that resources must have."""
    leans = read_leans(BEFORE).lean.dropna()
    equal = [1 / len(read_study().factors), 1 / len(leans)]
    return Key(_least(leans), {"an equal part is not enough here": equal}, decimals=2)


def _kindest_share() -> Key:
    """The share of all weightings, every open box leaning as the figure needs it."""
    leans = read_leans(BEFORE)
    kind, unkind = (_share(leans.lean.fillna(leans[end])) for end in ("lean_min", "lean_max"))
    slips = {
        "so it is if the open boxes lean against the figure": [unkind],
        _OTHER_SIDE: [1 - kind],
        _STATED_ONLY: [_share(leans.lean.dropna())],
    }
    return Key(kind, slips, decimals=2)


KEYS["s4"] = {
    "equal": _equal_weights,
    "share": _share_of_weightings,
    "lighter": _lighter_boxes,
    "least": _least_weight,
    "kindest": _kindest_share,
}


def _opposed_boxes() -> Key:
    """The boxes stated for both departments, to opposite sides."""
    one, other = (read_leans(case).lean.dropna() for case in (BEFORE, GREENSHIRE))
    right = {box for box in one.index.intersection(other.index) if one[box] * other[box] < 0}
    slips = {"a lean that is not stated is not opposed": [set(one.index), set(one.index) - right]}
    return Key(right, slips, among=list(read_study().factors))


def _tilts_of(case: str) -> Key:
    """The least and greatest tilt that the open boxes of a case leave, under equal weights."""
    leans = read_leans(case)
    ends = tuple(float(leans.lean.fillna(leans[end]).sum()) for end in ("lean_min", "lean_max"))
    stated = float(leans.lean.sum())
    return Key(ends, {_STATED_ONLY: [(stated, stated)], "the least comes first": [ends[::-1]]})


def _tipping_weight() -> Key:
    """What resources must outweigh for Dalesville before, each other stated box counting 1."""
    leans = read_leans(BEFORE).lean.dropna()
    right = float(leans.drop("resources").sum() / -leans["resources"])
    slips = {"with that weight the beam tips left still, or with a little more": [right - 1]}
    return Key(right, slips)


def _differences(case: str) -> Key:
    """The traits in which a case differs from Social Services in Greenshire."""
    table = tables.read_table("coding/cases").set_index("case")[TRAITS].astype(str)
    found = {c: set(table.columns[table.loc[c] != table.loc[GREENSHIRE]]) for c in (BEFORE, AFTER)}
    other = found[AFTER if case == BEFORE else BEFORE]
    return Key(found[case], {"so it is at the other time": [other]}, among=TRAITS)


KEYS["s5"] = {
    "opposed": _opposed_boxes,
    "dalesville": lambda: _tilts_of(BEFORE),
    "greenshire": lambda: _tilts_of(GREENSHIRE),
    "weight": _tipping_weight,
    "before": lambda: _differences(BEFORE),
    "after": lambda: _differences(AFTER),
}


def _smallest_p(values: Sequence[int]) -> float:
    """The smallest one-sided p over these values of as many sites."""
    series = pd.Series(values)
    return ordering.smallest_p_within(series, series * 0, level=1.0)


TWO, RANKS = _smallest_p([0, 0, 1, 1]), _smallest_p(range(4))


def _sites_needed() -> Key:
    """How many sites a group must have for a two-sided p of 5 % to be possible."""
    smallest = {n: _smallest_p([0] * n + [1] * n) for n in range(2, 9)}
    one, two = (next(n for n, p in smallest.items() if k * p <= 0.05) for k in (1, 2))
    return Key(two, {_ONE_WAY: [one], "of each group, not of both": [2 * two]})


def _arrangements() -> Key:
    """In how many ways two of four sites can be the ones with a zone."""
    slips = {
        "that tells the two sites of a group apart; only who is in it counts": [12, 24],
        "that lets a group have any size": [16, 14],
        "that is a chance; how many arrangements is it one of?": [TWO],
    }
    return Key(round(1 / TWO), slips)


_AGAIN = "that is two against two again"
KEYS["s6"] = {
    "arrangements": _arrangements,
    "one_sided": lambda: Key(TWO, {"that counts the opposite arrangement too": [2 * TWO]}, 3),
    "two_sided": lambda: Key(2 * TWO, {_ONE_WAY: [TWO]}, 3),
    "needed": _sites_needed,
    "ranks": lambda: Key(2 * RANKS, {_ONE_WAY: [RANKS], _AGAIN: [2 * TWO]}, 3),
}


def sets_of_cases() -> pd.DataFrame:
    """The cases with a told side: each condition 1 or 0, and whether the case came out left.

    ``broad``: a majority with a broad view of health (Appendix M); ``large``: a large resource base
    (Table 4.3); ``duty``, ``funds``: a legal duty, additional money tied to it (our coding).
    """
    sets = configurations.read_sets(read_cases().sided)["crisp, mixed out"]
    return sets[[*CONDITIONS, "left"]].astype(int)


def _truth() -> pd.DataFrame:
    """The rows of the truth table that have cases, the fullest last."""
    table = qca.truth_table(sets_of_cases(), CONDITIONS, "left")
    return table[table.n > 0].sort_values("n", kind="stable")


def _contradictory_rows() -> Key:
    """How many rows have cases that came out both ways."""
    table = _truth()
    slips = {
        _CASES_ROWS: [int(table.n[table.contradictory].sum())],
        "those are all rows that have cases": [len(table)],
        "those are the rows whose cases agree": [int((~table.contradictory).sum())],
    }
    return Key(int(table.contradictory.sum()), slips)


def _cases_behind_rule() -> Key:
    """How many cases the shortest rule rests on."""
    table = _truth()
    n, n_left = int(table.n[table.outcome == 1].sum()), int(table.n_with.sum())
    return Key(n, {"those all came out left; which of them has the condition?": [n_left]})


def _consistency() -> Key:
    """The consistency of the row with most cases."""
    share = float(_truth().consistency.iloc[-1])
    return Key(share, {"that is the share that came out right": [1 - share]}, decimals=2)


def _chance_of_a_rule() -> Key:
    """How often random cases give at least one row that looks consistent."""
    n_cases, n = len(sets_of_cases()), len(CONDITIONS)
    none = qca.chance_of_no_contradiction(n_cases, n)
    slips = {"that is the chance of no contradiction at all": [none]}
    return Key(qca.chance_of_consistent_row(n_cases, n, 0.8), slips, decimals=2)


_DOUBLES = "each further condition doubles the rows"
KEYS["s7"] = {
    "possible": lambda: Key(2**4, {_DOUBLES: [2 * 4, 4, 4**2 + 1]}),
    "occupied": lambda: Key(len(_truth()), {_CASES_ROWS: [len(sets_of_cases())]}),
    "contradictory": _contradictory_rows,
    "consistency": _consistency,
    "behind": _cases_behind_rule,
    "chance": _chance_of_a_rule,
}


def _turn(arcs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {arc[::-1] for arc in arcs}


def _table_arcs() -> pd.DataFrame:
    return ties.tidy_table(tables.read_table("elston2005/table-4.5"))


def _bodies() -> list[str]:
    """Whoever depends or provides, in Table 4.5 or in the prose."""
    arcs = pd.concat([_table_arcs(), tables.read_table("coding/dependencies")])
    return sorted({*arcs.dependent, *arcs.provider})


def _arcs_of_table() -> Key:
    """The horizontal dependencies of four rows of Table 4.5."""
    arcs = _table_arcs()
    asked = arcs[(arcs.axis == "horizontal") & arcs.dependent.isin(ASKED_OF_TABLE)]
    right = set(zip(asked.dependent, asked.provider))
    return Key(right, {TURNED: [_turn(right)]}, among=_bodies())


def _arcs_of_prose() -> Key:
    """The dependencies that six statements of the prose tell of."""
    told = tables.read_table("coding/dependencies").set_index("dependency_id").loc[ASKED_OF_PROSE]
    right = set(zip(told.dependent, told.provider))
    return Key(right, {TURNED: [_turn(right)]}, among=_bodies())


def _returned() -> Key:
    """The two bodies that Table 4.5 has depend on each other."""
    table = _table_arcs()
    arcs = set(zip(table.dependent, table.provider))
    return Key({end for arc in arcs & _turn(arcs) for end in arc}, {}, among=_bodies())


def _single() -> Key:
    """The bodies with one provider in all of Table 4.5."""
    table = _table_arcs()
    near = table[table.axis == "horizontal"]
    sets = (dependence.describe_positions(arcs).n_providers for arcs in (table, near))
    right, local = (set(n.index[n == 1]) for n in sets)
    slips = {"so it is within the place; the centre provides too": [local]}
    return Key(right, slips, among=_bodies())


def _mutual() -> Key:
    """How many of the pairs called mutual Table 4.5 holds both ways, as named."""
    said = tables.read_table("coding/dependencies").query("symmetric == 'yes'")
    held = ties.count_held(ties.hold_mutual(said, _table_arcs()))
    slips = {
        "one of these holds only if a part stands for the whole": [held["both"]],
        "one direction is not enough": [held["both"] + held["one"]],
        "those are all pairs that are called mutual": [held["pairs"]],
    }
    return Key(held["as_named"], slips)


KEYS["s8"] = {
    "arcs": _arcs_of_table,
    "returned": _returned,
    "single": _single,
    "prose": _arcs_of_prose,
    "mutual": _mutual,
}
