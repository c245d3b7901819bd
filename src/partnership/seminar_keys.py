"""What is right in this study's seminar, session by session.

No answer is typed in, here or in a notebook: each is worked out from the raw data whenever it is
asked, so that a mended table mends the key. Beside the right answer stand those that a slip leads
to, each by the name of a hint; the hints are in the TOML beside, and name the kind of slip, not the
answer. Two tasks are no matter of right and wrong: where a company stands is *defensible* if the
coding leaves it open, and codes are *compared* with ours.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial, wraps
from typing import Any

import numpy as np
import pandas as pd

from compendium.coding.cases import read_cases
from compendium.coding.statements import read_coded
from compendium.errors import SettingError
from compendium.models import agreement, dependence, ordering, qca, weights
from compendium.models.balance import side
from compendium.paths import once_a_state
from compendium.printed import tables
from compendium.printed.descriptor import list_coders
from compendium.seminar import marks
from compendium.seminar.marks import Key, Mark, Open, Sheet
from compendium.settings import read_study
from partnership import configurations, cultures, layouts, read_beside, sites, ties

BEFORE, AFTER, GREENSHIRE = "SS Dalesville before", "SS Dalesville after", "SS Greenshire"
CELLS = cultures.NAMES
_READ = read_beside(__file__)
_CODES, TRAITS, CONDITIONS, ASKED_OF_TABLE, ASKED_OF_PROSE = _READ["asked"].values()

# Session -> task -> what is right, and the tasks without a right answer.
KEYS: dict[str, dict[str, Callable[..., Key]]] = {}
OPEN: dict[str, dict[str, Open | Sheet]] = {}


def _key(session: str, task: str, *about: str) -> Callable[[Callable[..., Key]], Callable]:
    """List a function as a task's: its key, with each hint in words, as the TOML beside asks it."""
    asked = _READ[session].get(task, {})
    hints, form = asked.get("hints", {}), asked.get("form", {})

    def enlist(make: Callable[..., Key]) -> Callable[..., Key]:
        bound = partial(make, *about)

        def word(*args: Any) -> Key:
            key = bound(*args)
            return key._replace(slips={hints[name]: key.slips[name] for name in key.slips}, **form)

        once = once_a_state(word)  # but codes of one's own are no name

        @wraps(bound)
        def worded(*args: Any) -> Key:
            is_named = all(isinstance(arg, str) for arg in args)
            return (once if is_named else word)(*args)

        KEYS.setdefault(session, {})[task] = worded
        return make

    return enlist


def _funding() -> pd.DataFrame:
    columns = ["site", "budget_gbp_m", "allocation_gbp_m", "share_percent"]
    return tables.read_table("elston2005/table-4.2")[columns].set_index("site").astype(float)


@_key("s1", "share")
def _share_of(site: str) -> Key:
    """A site's additional money as a share of its budget, Table 4.2."""
    table = _funding()
    site = marks.find_name(site, list(table.index))
    part, whole = table.allocation_gbp_m[site], table.budget_gbp_m
    slips = {
        "a part of one": [part / whole[site]],
        "as printed": [table.share_percent[site]],
        "another base": list(100 * part / whole.drop(site)),
    }
    return Key(100 * part / whole[site], slips if part else {})


@_key("s1", "cut")
def _cut_off() -> Key:
    """The site whose share is cut off in print where it should be rounded."""
    printed = _funding().share_percent
    (right,) = (s for s in printed.index if round(_share_of(s).right, 1) != printed[s])
    return Key(right, {}, among=list(printed.index))


def _interviewees() -> pd.DataFrame:
    """Appendix H by site and in total: as printed, each row once, and every row."""
    table = tables.read_table("elston2005/appendix-h")
    table = layouts.by_site(table, "profile", "interviewees").astype(int)
    names = ["printed total", "sum of distinct rows", "sum of all printed rows"]
    return sites.total_interviews(table)[names]


@_key("s1", "people")
def _people() -> Key:
    """How many interviewees the rows of Appendix H give."""
    printed, once, every = map(int, _interviewees().loc["Total"])
    with_total = [once + printed, every + printed, 2 * once, 2 * every]
    with_total += [2 * (once + printed), 2 * (every + printed)]
    return Key(once, {"every row": [every], "printed": [printed], "with a total": with_total})


@_key("s1", "misfits")
def _misfits() -> Key:
    """The sites whose column of Appendix H does not make its total."""
    printed, once, every = (counts for _, counts in _interviewees().drop("Total").items())
    wrong, doubled = (set(printed.index[printed != counts]) for counts in (once, every))
    return Key(wrong, {"every row": [doubled]}, among=list(printed.index))


@_key("s1", "per_head")
def _pounds_per_head(site: str) -> Key:
    """A site's budget (Table 4.2) over its population (Appendix F), in pounds."""
    site = marks.find_name(site, list(_funding().index))
    people = sites.read_population(tables.read_table("elston2005/appendix-f"))
    right = 1e6 * _funding().budget_gbp_m[site] / people[site]
    others = [right * people[site] / people[s] for s in _funding().index if s != site]
    slips = {"in millions": [right / 1e6, right / 1e3], "upside down": [1 / right, 1e6 / right]}
    return Key(right, slips | {"another base": others})


@_key("s1", "odd")
def _odd_per_head() -> Key:
    """The site whose budget a head is far from the others'."""
    heads = pd.Series({site: _pounds_per_head(site).right for site in _funding().index})
    far = np.log(heads / heads.median()).abs()
    return Key(str(far.idxmax()), {}, among=list(heads.index))


@_key("s2", "agree")
def _agreeing_states() -> Key:
    """In how many of six states the two rules of Box 2 name the same cell."""
    agree, lenient = (cultures.compare_rules(attempt_counts=c).agree for c in (False, True))
    return Key(agree.sum(), {"refused": [lenient.sum()], "parting": [(~agree).sum()]})


def _list_voices(company: str, rule: str = "grid") -> pd.DataFrame:
    return cultures.list_voices(tables.read_table("coding/cultures"), company, rule)


@_key("s2", "widest")
def _widest_region() -> Key:
    """The company to which its voices leave most cells."""
    companies = list(cultures.COMPANIES)
    n_cells = [_list_voices(company)[CELLS].any().sum() for company in companies]
    return Key(companies[int(np.argmax(n_cells))], {}, among=companies)


def _place(company: str, answer: Any) -> Mark:
    """Whether the coding leaves a cell open, on the lines named in its defence; names no other."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        return Mark("not yet", f"a cell ({', '.join(CELLS)}) and a list of lines are asked for")
    cell, lines = (
        marks.find_name(answer[0], CELLS),
        {marks.read_number(line) for line in marks.as_list(answer[1])},
    )
    if None in lines:
        return Mark("not yet", "lines are numbers, such as [150, 151]")
    voices = _list_voices(company)
    admits, said = voices[voices[cell]], _READ["s2"]["place"]
    silent = ", ".join(f"{line:g}" for line in sorted(lines - {*voices.line.astype(int)}))
    shut = "shut" if admits.empty else "silent" if silent else "elsewhere"
    if silent or not lines & {*admits.line.astype(int)}:
        return Mark("not yet", said[shut].format(silent))
    why, n_against = said["open"], len(voices) - len(admits)
    if n_against:
        why += said["against"].format(n_against, len(voices))
    if not _list_voices(company, "process")[cell].any():
        why += said["by_words"]
    return Mark("defensible", why)


def _offer_places(company: str) -> dict[str, list[Any]]:
    """The cells, and every line with a statement on the company, placing it or not."""
    said = tables.read_table("coding/cultures")
    return {"cell": CELLS, "line": sorted({int(line) for line in said.line[said.site == company]})}


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
    """The codes of each coder on file who coded any of these passages, the headline's first."""
    lines, found = _show_passages(units).line, {}
    for coder in list_coders():
        coded = read_coded("coding/evidence", coder)
        if coded.evidence_id.isin(list(units)).any():
            codes = coded.set_index("evidence_id").reindex(lines.index)
        else:  # another coder's statement counts where it is the only one on the line
            coded = coded[(coded.target == "involvement") & coded.factor.isin(_CODES["factor"])]
            alone = coded.drop_duplicates("line", keep=False).set_index("line")
            codes = alone.reindex(lines).set_axis(lines.index)
        if codes.factor.notna().any():
            found[coder] = codes[list(_CODES)]
    return found


def _check(codes: Any) -> pd.DataFrame:
    return marks.check_codes(
        codes, _CODES, tables.read_table("coding/evidence").evidence_id.tolist()
    )


def _alpha(pair: pd.DataFrame) -> Key:
    agreed = agreement.percent_agreement(pair)
    return Key(agreement.alpha(pair), {"agreement": [agreed, agreed / 100]})


@_key("s3", "alpha")
def _own_alpha(codes: pd.DataFrame, variable: str) -> Key:
    """Alpha of a student's codes and ours."""
    ours, column = our_codes(_check(codes)), marks.find_name(variable, list(_CODES))
    return _alpha(pd.DataFrame({"you": codes[column], "we": ours[column]}))


def lazy_codes() -> pd.DataFrame:
    """Every direction we coded of involvement, and a coder who always writes the commonest."""
    table = tables.read_table("coding/evidence")
    ours = table[(table.target == "involvement") & (table.is_restatement == "no")].direction
    return pd.DataFrame({"we": ours, "lazy": ours.mode()[0]})


@_key("s3", "lazy_agreement")
def _lazy_agreement() -> Key:
    """How far the lazy coder agrees with us, in per cent."""
    agreed = agreement.percent_agreement(lazy_codes())
    return Key(agreed, {"a part of one": [agreed / 100], "difference": [100 - agreed]})


def _compare(codes: Any) -> Mark:
    return marks.compare_codes(_check(codes), our_codes(codes))


_key("s3", "lazy_alpha")(lambda: _alpha(lazy_codes()))
OPEN["s3"] = {"codes": Sheet(_compare, _CODES, _coders, _show_passages)}


def read_leans(case: str) -> pd.DataFrame:
    """The boxes of a case: ``lean`` (missing where not stated), ``lean_min`` and ``lean_max``."""
    codings = read_cases().keep([case]).codings
    return codings.set_index("box")[["lean", "lean_min", "lean_max"]].astype(float)


def _stated() -> pd.Series:
    """The stated leans of Dalesville before."""
    return read_leans(BEFORE).lean.dropna()


def _rows(leans: pd.Series) -> pd.DataFrame:
    """Dalesville before, with these leans, as a row that must be above 0."""
    return weights.require_sides(leans.to_frame(BEFORE).T, pd.Series({BEFORE: "right"}))


def _share(leans: pd.Series) -> float:
    return float(weights.exact_share(_rows(leans).iloc[0]))


def _least(leans: pd.Series) -> float:
    return weights.find_bounds(_rows(leans), pd.DataFrame({"resources": [1.0]}))[0].item()


@_key("s4", "equal")
def _equal_weights() -> Key:
    """The side that equal weights give Figure 5.1, before April 2000."""
    right = side(read_leans(BEFORE).lean.sum() / len(read_study().factors))
    return Key(right, {"drawn": ["right"]}, among=["left", "level", "right"])


@_key("s4", "share")
def _share_of_weightings() -> Key:
    """The share of all weightings that give Figure 5.1 as printed, by its stated boxes."""
    leans, share = _stated(), _share(_stated())
    slips = {"boxes": [1 / len(leans)], "other side": [1 - share], "bound": [_least(leans)]}
    return Key(share, slips)


@_key("s4", "lighter")
def _lighter_boxes() -> Key:
    """The boxes that must weigh less than resources."""
    pairs = weights.compare_boxes(_rows(_stated()))
    right = set(pairs[(pairs.box == "resources") & (pairs.relation == "must")].other)
    return Key(right, {}, among=list(read_study().factors))


@_key("s4", "least")
def _least_weight() -> Key:
    """The least part of all weight that resources must have."""
    equal = [1 / len(read_study().factors), 1 / len(_stated())]
    return Key(_least(_stated()), {"equal": equal})


@_key("s4", "kindest")
def _kindest_share() -> Key:
    """The share of all weightings, every open box leaning as the figure needs it."""
    leans = read_leans(BEFORE)
    kind, unkind = (_share(leans.lean.fillna(leans[end])) for end in ("lean_min", "lean_max"))
    slips = {"unkind": [unkind], "other side": [1 - kind], "stated": [_share(_stated())]}
    return Key(kind, slips)


@_key("s5", "opposed")
def _opposed_boxes() -> Key:
    """The boxes stated for both departments, to opposite sides."""
    one, other = _stated(), read_leans(GREENSHIRE).lean.dropna()
    right = {box for box in one.index.intersection(other.index) if one[box] * other[box] < 0}
    slips = {"open": [set(one.index), set(one.index) - right]}
    return Key(right, slips, among=list(read_study().factors))


@_key("s5", "greenshire", GREENSHIRE)
@_key("s5", "dalesville", BEFORE)
def _tilts_of(case: str) -> Key:
    """The least and greatest tilt that the open boxes of a case leave, under equal weights."""
    leans = read_leans(case)
    ends = tuple(float(leans.lean.fillna(leans[end]).sum()) for end in ("lean_min", "lean_max"))
    stated = float(leans.lean.sum())
    return Key(ends, {"stated": [(stated, stated)], "turned": [ends[::-1]]})


@_key("s5", "weight")
def _tipping_weight() -> Key:
    """What resources must outweigh for Dalesville before, each other stated box counting 1."""
    leans = _stated()
    right = float(leans.drop("resources").sum() / -leans["resources"])
    return Key(right, {"still left": [right - 1]})


@_key("s5", "after", AFTER)
@_key("s5", "before", BEFORE)
def _differences(case: str) -> Key:
    """The traits in which a case differs from Social Services in Greenshire."""
    table = tables.read_table("coding/cases").set_index("case")[TRAITS].astype(str)
    found = {c: set(table.columns[table.loc[c] != table.loc[GREENSHIRE]]) for c in (BEFORE, AFTER)}
    other = found[AFTER if case == BEFORE else BEFORE]
    return Key(found[case], {"other time": [other]}, among=TRAITS)


def _smallest_p(values: Sequence[int]) -> float:
    """The smallest one-sided p over these values of as many sites."""
    series = pd.Series(values)
    return ordering.smallest_p_within(series, series * 0, level=1.0)


# Two of four sites are the ones with a zone, or all four are ranked.
TWO, RANKS = _smallest_p([0, 0, 1, 1]), _smallest_p(range(4))
_IN_OTHER_WAYS = {"in order": [12, 24], "any size": [16, 14], "a chance": [TWO]}
_key("s6", "arrangements")(lambda: Key(round(1 / TWO), _IN_OTHER_WAYS))
_key("s6", "one_sided")(lambda: Key(TWO, {"both ways": [2 * TWO]}))
_key("s6", "two_sided")(lambda: Key(2 * TWO, {"one way": [TWO]}))


@_key("s6", "needed")
def _sites_needed() -> Key:
    """How many sites a group must have for a two-sided p of 5 % to be possible."""
    smallest = {n: _smallest_p([0] * n + [1] * n) for n in range(2, 9)}
    one, two = (next(n for n, p in smallest.items() if k * p <= 0.05) for k in (1, 2))
    return Key(two, {"one way": [one], "both groups": [2 * two]})


_key("s6", "ranks")(lambda: Key(2 * RANKS, {"one way": [RANKS], "two groups": [2 * TWO]}))


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


_key("s7", "possible")(lambda: Key(2**4, {"doubles": [2 * 4, 4, 4**2 + 1]}))
_key("s7", "occupied")(lambda: Key(len(_truth()), {"cases": [len(sets_of_cases())]}))


@_key("s7", "contradictory")
def _contradictory_rows() -> Key:
    """How many rows have cases that came out both ways."""
    table = _truth()
    n, mixed = table.n, table.contradictory
    slips = {"cases": [int(n[mixed].sum())], "all rows": [len(n)], "agreed": [int((~mixed).sum())]}
    return Key(int(mixed.sum()), slips)


@_key("s7", "consistency")
def _consistency() -> Key:
    """The consistency of the row with most cases."""
    share = float(_truth().consistency.iloc[-1])
    return Key(share, {"other side": [1 - share]})


@_key("s7", "behind")
def _cases_behind_rule() -> Key:
    """How many cases the shortest rule rests on."""
    table = _truth()
    return Key(int(table.n[table.outcome == 1].sum()), {"left": [int(table.n_with.sum())]})


@_key("s7", "chance")
def _chance_of_a_rule() -> Key:
    """How often random cases give at least one row that looks consistent."""
    size = len(sets_of_cases()), len(CONDITIONS)
    none = qca.chance_of_no_contradiction(*size)
    return Key(qca.chance_of_consistent_row(*size, 0.8), {"none": [none]})


def _turn(arcs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {arc[::-1] for arc in arcs}


def _table_arcs() -> pd.DataFrame:
    return ties.tidy_table(tables.read_table("elston2005/table-4.5"))


def _bodies() -> list[str]:
    """Whoever depends or provides, in Table 4.5 or in the prose."""
    arcs = pd.concat([_table_arcs(), tables.read_table("coding/dependencies")])
    return sorted({*arcs.dependent, *arcs.provider})


def _draw_arcs(asked: pd.DataFrame) -> Key:
    right = set(zip(asked.dependent, asked.provider))
    return Key(right, {"turned": [_turn(right)]}, among=_bodies())


@_key("s8", "arcs")
def _arcs_of_table() -> Key:
    """The horizontal dependencies of four rows of Table 4.5."""
    arcs = _table_arcs()
    return _draw_arcs(arcs[(arcs.axis == "horizontal") & arcs.dependent.isin(ASKED_OF_TABLE)])


@_key("s8", "returned")
def _returned() -> Key:
    """The two bodies that Table 4.5 has depend on each other."""
    table = _table_arcs()
    arcs = set(zip(table.dependent, table.provider))
    return Key({end for arc in arcs & _turn(arcs) for end in arc}, {}, among=_bodies())


@_key("s8", "single")
def _single() -> Key:
    """The bodies with one provider in all of Table 4.5."""
    table = _table_arcs()
    near = table[table.axis == "horizontal"]
    sets = (dependence.describe_positions(arcs).n_providers for arcs in (table, near))
    right, local = (set(n.index[n == 1]) for n in sets)
    return Key(right, {"local": [local]}, among=_bodies())


@_key("s8", "prose")
def _arcs_of_prose() -> Key:
    """The dependencies that six statements of the prose tell of."""
    told = tables.read_table("coding/dependencies").set_index("dependency_id")
    return _draw_arcs(told.loc[ASKED_OF_PROSE])


@_key("s8", "mutual")
def _mutual() -> Key:
    """How many of the pairs called mutual Table 4.5 holds both ways, as named."""
    said = tables.read_table("coding/dependencies").query("symmetric == 'yes'")
    held = ties.count_held(ties.hold_mutual(said, _table_arcs()))
    both = held["both"]
    slips = {"a part": [both], "one way": [both + held["one"]], "all pairs": [held["pairs"]]}
    return Key(held["as_named"], slips)
