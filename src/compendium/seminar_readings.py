"""What is right in the sessions on tables, cultures, coding and graphs (S1, S2, S3 and S8).

Worked out from the raw data, as in `seminar_models`.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium import cultures, dependence, raw, reliability
from compendium.errors import SettingError
from compendium.seminar_models import Key

ASKED_OF_TABLE = ["ha", "la-ss", "pcgs", "chc"]
# Statements on who needs whom whose labels name both ends, one from each stretch of chapters 4, 5.
ASKED_OF_PROSE = ["d1819a", "d2103a", "d2344a", "d2378b", "d2495a", "d2559b"]
TURNED = "your arrows point the other way: from whoever depends to whoever provides"
CODES = {"factor": ["F1", "F2", "F3", "F4", "F5"], "direction": ["+", "-", "0", "+/-"]}


def _funding() -> pd.DataFrame:
    columns = ["site", "budget_gbp_m", "allocation_gbp_m", "share_percent"]
    return raw.read_table("elston2005/table-4.2")[columns].set_index("site").astype(float)


def share_of(site: str) -> Key:
    """A site's additional money as a share of its budget, Table 4.2."""
    table = _funding()
    part, whole = table.allocation_gbp_m[site], table.budget_gbp_m
    slips = {
        "that is a part of one; per cent is asked": [part / whole[site]],
        "that is what is printed; what has it been rounded from?": [table.share_percent[site]],
        "the wrong base: that is another site's budget": list(100 * part / whole.drop(site)),
    }
    return Key(100 * part / whole[site], slips if part else {}, decimals=2)


def cut_off() -> Key:
    """The site whose share is cut off in print where it should be rounded."""
    printed = _funding().share_percent
    (right,) = (s for s in printed.index if round(share_of(s).right, 1) != printed[s])
    return Key(right, {}, among=list(printed.index))


def _interviewees() -> tuple[pd.Series, pd.Series, pd.Series]:
    """Appendix H by site and in total: as printed, each row once, and every row."""
    table = raw.read_table("elston2005/appendix-h")
    wide = table.pivot(index=["row", "profile"], columns="site", values="interviewees").astype(int)
    body = wide.iloc[:-1].reset_index(level="profile")
    once = body.drop_duplicates().drop(columns="profile").sum()
    return wide.iloc[-1], once, body.drop(columns="profile").sum()


def people() -> Key:
    """How many interviewees the rows of Appendix H give."""
    printed, once, every = (int(counts["Total"]) for counts in _interviewees())
    slips = {
        "some rows are printed twice; count each once": [every],
        "that is the total as printed; add up the rows": [printed],
        "a total is counted in: the last row, or the last column": [
            *(once + printed, every + printed, 2 * once, 2 * every),
            *(2 * (once + printed), 2 * (every + printed)),
        ],
    }
    return Key(once, slips)


def misfits() -> Key:
    """The sites whose column of Appendix H does not make its total."""
    printed, once, every = (counts.drop("Total") for counts in _interviewees())
    wrong, doubled = (set(printed.index[printed != counts]) for counts in (once, every))
    slips = {"you seem to count the rows that are printed twice": [doubled]}
    return Key(wrong, slips, among=list(printed.index))


def _people_of(site: str) -> float:
    table = raw.read_table("elston2005/appendix-f").set_index(["site", "indicator"]).printed
    return float(table[site, "population"].replace(",", ""))


def pounds_per_head(site: str) -> Key:
    """A site's budget (Table 4.2) over its population (Appendix F), in pounds."""
    heads = _people_of(site)
    right = 1e6 * _funding().budget_gbp_m[site] / heads
    others = [right * heads / _people_of(s) for s in _funding().index if s != site]
    slips = {
        "in millions or thousands: pounds are asked": [right / 1e6, right / 1e3],
        "upside down: that is people for each pound": [1 / right, 1e6 / right],
        "the wrong base: those are the people of another site": others,
    }
    return Key(right, slips)


def odd_per_head() -> Key:
    """The site whose budget a head is far from the others'."""
    heads = pd.Series({site: pounds_per_head(site).right for site in _funding().index})
    far = np.log(heads / heads.median()).abs()
    return Key(str(far.idxmax()), {}, among=list(heads.index))


def agreeing_states() -> Key:
    """In how many of six states the two rules of Box 2 name the same cell."""
    rules, lenient = cultures.compare_rules(), cultures.compare_rules(attempt_counts=True)
    slips = {
        "so it is if a refused attempt to dominate counts as dominating": [
            int(lenient.agree.sum())
        ],
        "those are the states in which they part": [int((~rules.agree).sum())],
    }
    return Key(int(rules.agree.sum()), slips)


def widest_region() -> Key:
    """The company to which its voices leave most cells."""
    statements, cells = raw.read_table("coding/cultures"), list(cultures.CELLS.values())
    regions = {
        s: cultures.list_voices(statements, s)[cells].any().sum() for s in cultures.COMPANIES
    }
    return Key(max(regions, key=regions.get), {}, among=list(regions))


def defend(site: str, cell: str, lines: list[int]) -> tuple[bool, str]:
    """Whether the coding leaves a company's cell open, on the lines named in its defence.

    Returns
    -------
    tuple of bool and str
        Defensible or not, and why: in words that name no other cell and no line not named.
    """
    statements = raw.read_table("coding/cultures")
    voices, by_process = (cultures.list_voices(statements, site, r) for r in ("grid", "process"))
    admits = voices[voices[cell]]
    silent = sorted({*lines} - {*voices.line.astype(int)})
    if admits.empty:
        return False, "no voice of this company leaves that cell open; what is said of dominance?"
    if silent:
        named = ", ".join(map(str, silent))
        return False, f"no statement on line {named} places this company; cite where it is placed"
    if not {*lines} & {*admits.line.astype(int)}:
        return False, "the cell is open, but not on the lines you cite: who says something else?"
    others = len(voices) - len(admits)
    hedge = f"; {others} of {len(voices)} voices shut it: say why yours counts" if others else ""
    if not by_process[cell].any():
        hedge += "; by the words inside the cells it is shut: say why you read Box 2 as a grid"
    return True, f"the coding leaves it open on a line you cite{hedge}"


def draw_passages(n: int = 10, seed: int = 2005, *, labels: bool = False) -> pd.DataFrame:
    """Up to ten passages of chapters 4 and 5 to code, one statement each, by ``evidence_id``.

    Returns ``line``, ``page`` (about), ``site`` and ``actor``, none of our codes, and no passage
    that the codebook has as an example. Our ``label``, if asked for, was written with the code in
    mind: it makes agreement easy.
    """
    if not 1 <= n <= 10:
        raise SettingError(f"n: found {n}; allowed: 1 to 10 passages")
    # Not so many of each factor: whoever counts would know the last ones.
    told = _clear_statements().sample(n, random_state=seed)
    drawn = told.sort_values("line").set_index("evidence_id")
    known = raw.read_table("elston2005/contents").sort_values("stands_at")
    known = known[["stands_at", "page"]].astype(float)
    page = np.interp(drawn.line.astype(float), known.stands_at, known.page).round().astype(int)
    shown = drawn.assign(page=page)[["line", "page", "site", "actor", "label"]]
    return shown if labels else shown.drop(columns="label")


def _clear_statements() -> pd.DataFrame:
    """Statements on involvement by a factor that stand alone on their line."""
    table = raw.read_table("coding/evidence")
    examples = raw.read_table("coding/codebook").example_line.dropna()
    kept = (table.target == "involvement") & (table.is_restatement == "no")
    kept &= table.factor.isin(CODES["factor"]) & (table.confidence != "contested")
    kept &= ~table.line.isin(examples) & ~table.line.duplicated(keep=False)
    return table[kept]


def our_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """Our codes of the same passages; all missing as long as one of the student's is."""
    ours = raw.read_table("coding/evidence").set_index("evidence_id").loc[codes.index, list(CODES)]
    hidden = pd.DataFrame(index=codes.index, columns=list(CODES), dtype=object)
    return ours if codes[list(CODES)].notna().all(axis=None) else hidden


def own_alpha(codes: pd.DataFrame, variable: str) -> Key:
    """Alpha of a student's codes and ours."""
    pair = pd.DataFrame({"you": codes[variable], "we": our_codes(codes)[variable]})
    agreed = reliability.percent_agreement(pair)
    slips = {
        "that is the agreement; alpha takes off what chance would give": [agreed, agreed / 100]
    }
    return Key(reliability.alpha(pair), slips, decimals=2)


def lazy_codes() -> pd.DataFrame:
    """Every direction we coded of involvement, and a coder who always writes the commonest."""
    table = raw.read_table("coding/evidence")
    ours = table[(table.target == "involvement") & (table.is_restatement == "no")].direction
    return pd.DataFrame({"we": ours, "lazy": ours.mode()[0]})


def lazy_agreement() -> Key:
    """How far the lazy coder agrees with us, in per cent."""
    agreed = reliability.percent_agreement(lazy_codes())
    slips = {"per cent is asked": [agreed / 100], "that is how far they differ": [100 - agreed]}
    return Key(agreed, slips, decimals=1)


def lazy_alpha() -> Key:
    """Alpha of the lazy coder and us."""
    agreed = reliability.percent_agreement(lazy_codes())
    slips = {
        "that is the agreement; alpha takes off what chance would give": [agreed, agreed / 100]
    }
    return Key(reliability.alpha(lazy_codes()), slips, decimals=2)


def _turn(arcs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {arc[::-1] for arc in arcs}


def _table_arcs() -> pd.DataFrame:
    return dependence.tidy_table(raw.read_table("elston2005/table-4.5"))


def _bodies() -> list[str]:
    """Whoever depends or provides, in Table 4.5 or in the prose."""
    arcs = pd.concat([_table_arcs(), raw.read_table("coding/dependencies")])
    return sorted({*arcs.dependent, *arcs.provider})


def arcs_of_table() -> Key:
    """The horizontal dependencies of four rows of Table 4.5."""
    arcs = _table_arcs()
    asked = arcs[(arcs.axis == "horizontal") & arcs.dependent.isin(ASKED_OF_TABLE)]
    right = set(zip(asked.dependent, asked.provider))
    return Key(right, {TURNED: [_turn(right)]}, among=_bodies())


def arcs_of_prose() -> Key:
    """The dependencies that six statements of the prose tell of."""
    told = raw.read_table("coding/dependencies").set_index("dependency_id").loc[ASKED_OF_PROSE]
    right = set(zip(told.dependent, told.provider))
    return Key(right, {TURNED: [_turn(right)]}, among=_bodies())


def returned() -> Key:
    """The two bodies that Table 4.5 has depend on each other."""
    table = _table_arcs()
    arcs = set(zip(table.dependent, table.provider))
    return Key({end for arc in arcs & _turn(arcs) for end in arc}, {}, among=_bodies())


def single() -> Key:
    """The bodies with one provider in all of Table 4.5."""
    table = _table_arcs()
    near = table[table.axis == "horizontal"]
    sets = (dependence.describe_positions(arcs).n_providers for arcs in (table, near))
    right, local = (set(n.index[n == 1]) for n in sets)
    slips = {"so it is within the place; the centre provides too": [local]}
    return Key(right, slips, among=_bodies())


def mutual() -> Key:
    """How many of the pairs called mutual Table 4.5 holds both ways, as named."""
    said = raw.read_table("coding/dependencies").query("symmetric == 'yes'")
    pairs = dependence.hold_mutual(said, _table_arcs())
    named = pairs[["first_needs", "second_needs"]].eq("as named").all(axis=1).sum()
    slips = {
        "one of these holds only if a part stands for the whole": [
            int((pairs.held == "both").sum())
        ],
        "one direction is not enough": [int((pairs.held != "neither").sum())],
        "those are all pairs that are called mutual": [len(pairs)],
    }
    return Key(int(named), slips)


KEYS: dict[str, dict[str, Callable[..., Key]]] = {
    "s1": {
        "share": share_of,
        "cut": cut_off,
        "people": people,
        "misfits": misfits,
        "per_head": pounds_per_head,
        "odd": odd_per_head,
    },
    "s2": {"agree": agreeing_states, "widest": widest_region},
    "s3": {"alpha": own_alpha, "lazy_agreement": lazy_agreement, "lazy_alpha": lazy_alpha},
    "s8": {
        "arcs": arcs_of_table,
        "returned": returned,
        "single": single,
        "prose": arcs_of_prose,
        "mutual": mutual,
    },
}
