"""Where a partnership stands when two cultures meet: a region of the 2 x 2, not a point.

Mannion et al. (2011, Box 2) lay out Child and Faulkner's four ways for cultures to meet twice over:
as a grid (are cultures integrated? does one dominate?) and, inside the cells, as a process (what is
sought, and does the other partner go along?). The two do not always name the same cell. A company's
place is read from our coding of the prose: each voice (a speaker on a line) admits some cells; on
what it does not say it admits either answer. What any voice admits is the company's region.
"""

from itertools import product

import pandas as pd

from compendium.errors import DataError, refuse
from compendium.printed import tables
from partnership import read_beside

# The areas of Box 2, in the order of their printed numbers.
CELLS = {1: "Synergy", 2: "Segregation", 3: "Domination", 4: "Breakdown"}
NAMES = list(CELLS.values())
COMPANIES = {"UNE": "Urban North East", "USW": "Urban South West", "REM": "Rural East Midlands"}
_READ = read_beside(__file__)
POLES, _SOUGHT, HOMES = _READ["poles"], _READ["sought"], _READ["homes"]
_EITHER = (True, False)


def name_by_grid(integrated: bool, dominated: bool) -> str:
    """The cell of Box 2, by its column (integrated or not) and row (dominated or not)."""
    return CELLS[1 + (not integrated) + 2 * dominated]


def name_by_process(sought: str, accepted: bool) -> str:
    """The cell by the words inside Box 2: what one culture seeks, and whether the other agrees."""
    if sought not in _SOUGHT:
        raise DataError(f"found {sought!r} as what is sought; allowed: {', '.join(_SOUGHT)}")
    reached = "Synergy" if sought == "integration" else sought.capitalize()
    return reached if accepted else "Breakdown"


def compare_rules(*, attempt_counts: bool = False) -> pd.DataFrame:
    """The two rules of Box 2 side by side, for each thing sought, accepted or refused.

    What holds after a refusal is our reading: no integration, and no domination but the attempted
    one, if a culture that tries to dominate and is refused counts as dominating.
    """
    rows = []
    for (sought, (integrated, dominated)), accepted in product(_SOUGHT.items(), _EITHER):
        holds = (integrated and accepted, dominated and (accepted or attempt_counts))
        cells = (name_by_grid(*holds), name_by_process(sought, accepted))
        rows.append((sought, accepted, *holds, *cells, cells[0] == cells[1]))
    columns = ["sought", "accepted", "integrated", "dominated", "by_grid", "by_process", "agree"]
    return pd.DataFrame(rows, columns=columns)


def _place() -> str:
    return f"data/raw/{tables.find_table('coding/cultures')['path']}"


def check_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements as they came; a DataError names every pole that is none of its subject."""
    problems = [
        f"{row.culture_id}: found pole {row.pole!r} on {row.about}; allowed: "
        + ", ".join([*POLES.get(row.about, ()), "blank"])
        for row in statements[statements.pole.notna()].itertuples()
        if row.pole not in POLES.get(row.about, ())
    ]
    refuse(_place(), problems)
    return statements


def list_voices(
    statements: pd.DataFrame, site: str, rule: str = "grid", *, contested: bool = True
) -> pd.DataFrame:
    """Which cells each voice admits for a company; a voice is one speaker on one line.

    Takes ``coding/cultures`` and a company, or ``all`` for what the authors say of all three. By
    the rule ``process`` whatever is said of acceptance, of the company or of all, holds for each of
    its voices; where nothing is, breakdown stays open. Only what is stated to be so counts, not
    what is hoped for. Gives ``integrated`` and ``dominated`` (yes, no, either, not said), and a
    column of bool for each cell.
    """
    if rule not in ("grid", "process") or site not in {*COMPANIES, "all"}:
        raise DataError(
            f"found site {site!r} and rule {rule!r}; allowed: {', '.join(COMPANIES)}, all; "
            "grid, process"
        )
    rows = check_statements(statements)
    rows = rows.query(_READ["placing"], engine="python")
    rows = rows[contested | rows.confidence.ne("contested")]
    acceptance = _gather(rows[rows.site.isin([site, "all"])], "process") or _EITHER
    placed = rows[rows.site.eq(site) & rows.about.isin(["integration", "dominance"])]
    if placed.empty:
        raise DataError(f"{_place()}: found no statement that places {site!r}")
    voices = []
    for (line, said_by), part in placed.groupby(["line", "said_by"]):
        axes = [_gather(part, about) for about in ("integration", "dominance")]
        cells = _admit(*(axis or _EITHER for axis in axes), acceptance, rule)
        admitted = {cell: cell in cells for cell in NAMES}
        voices.append((said_by, line, *map(_word, axes), *admitted.values()))
    columns = ["said_by", "line", "integrated", "dominated", *NAMES]
    return pd.DataFrame(voices, columns=columns)


def mark_cells(
    statements: pd.DataFrame, positions: pd.DataFrame, *, contested: bool = True
) -> pd.DataFrame:
    """For each company and cell: whether each rule admits it, and whether print puts it there.

    ``site``, ``cell``, ``by_grid``, ``by_process``, and what print says: ``named`` (placed there),
    ``implied`` (told so, no area named), ``ideal`` (hoped for there); twelve rows.
    """
    rows = []
    for site in COMPANIES:
        regions = [
            list_voices(statements, site, rule, contested=contested)[NAMES].any()
            for rule in ("grid", "process")
        ]
        own = positions[positions.site.eq(site) & positions.certainty.ne("denied")]
        kinds = own.certainty.where(own.ideal.eq("no"), "ideal")
        kinds = kinds.replace(["stated", "hedged"], "named")
        told = [(kind, cell) for kind, row in zip(kinds, own.itertuples()) for cell in _areas(row)]
        rows += [
            (site, cell, *(bool(region[cell]) for region in regions),
             *((kind, cell) in told for kind in ("named", "implied", "ideal")))
            for cell in NAMES
        ]  # fmt: skip
    columns = ["site", "cell", "by_grid", "by_process", "named", "implied", "ideal"]
    return pd.DataFrame(rows, columns=columns)


def hold_positions(positions: pd.DataFrame, region: pd.Series) -> pd.DataFrame:
    """Each printed position against a region, a Series of bool by cell.

    The positions come with ``cells`` (what ``area_from`` to ``area_to`` names; a DataError if that
    is no range of areas) and ``held``: inside, partly, outside; of a denied position ``agrees``
    (not in the region) or ``denied, yet admitted``; or ``no area``.
    """
    named = [_areas(row) for row in positions.itertuples()]
    held = [
        _hold([bool(region[cell]) for cell in cells], certainty == "denied")
        for cells, certainty in zip(named, positions.certainty)
    ]
    return positions.assign(cells=[", ".join(cells) for cells in named], held=held)


def compare_views(statements: pd.DataFrame, site: str) -> pd.DataFrame:
    """On which lines policy makers, a company's voices and the authors speak of each subject.

    Indexed by subject; lines as text, blank where nothing is said. Repetitions and theory stay out.
    """
    fresh = statements[statements.is_restatement.eq("no")]
    is_author = fresh.said_by.eq("author")
    views = {
        "policy makers": fresh[fresh.said_by.eq("policy makers")],
        site: fresh[fresh.site.eq(site) & ~is_author],
        "authors, of all": fresh[is_author & fresh.site.isin(["all", "unnamed"])],
    }
    lines = {
        name: rows.groupby("about").line.agg(lambda found: ", ".join(map(str, sorted(set(found)))))
        for name, rows in views.items()
    }
    return pd.DataFrame(lines).reindex(fresh.about.unique()).dropna(how="all").fillna("")


def list_said(statements: pd.DataFrame, which: str, site: str = "") -> pd.DataFrame:
    """The statements that one of the lists in the TOML beside asks for, of a site where it does."""
    asked = _READ["lists"][which]
    kept = statements.query(asked["where"], engine="python", local_dict={"site": site})
    return kept[asked["columns"]]


def find_regions(
    voices: pd.DataFrame, by_process: pd.DataFrame, authors: pd.DataFrame
) -> dict[str, list[str]]:
    """The cells a company can stand in by each rule and by every voice, and past what authors say.

    Of voices by the grid, by the process, and of all companies: each line of theirs must admit it.
    """
    by_grid = voices[NAMES].any()
    return {
        "by_grid": _name_cells(by_grid),
        "by_process": _name_cells(by_process[NAMES].any()),
        "by_all_voices": _name_cells(voices[NAMES].all()),
        "past_the_authors": _name_cells(by_grid & ~authors[NAMES].all()),
    }


def list_findings(statements: pd.DataFrame, views: pd.DataFrame, site: str) -> pd.DataFrame:
    """What the authors conclude, and the lines on which the company's people speak of it."""
    findings = list_said(statements, "findings")
    return findings.join(findings.about.map(views[site]).fillna("").rename(f"{site} on it"))


def pair_typologies(article: pd.DataFrame, glasby: pd.DataFrame) -> pd.DataFrame:
    """The three models of culture, as the article and as Glasby have them."""
    models = article[article.group == "culture-models"]
    ends = (" (article)", " (Glasby)")
    pair = models.merge(glasby, left_on="element", right_on="model", suffixes=ends)
    return pair[["model", "label (article)", "label (Glasby)", "reading"]]


def _name_cells(region: pd.Series) -> list[str]:
    return list(region.index[region]) or ["no cell"]


def _gather(rows: pd.DataFrame, about: str) -> tuple[bool, ...]:
    """All answers the rows give on one subject; empty if they are silent."""
    poles = rows.loc[rows.about.eq(about), "pole"]
    return tuple(sorted({answer for pole in poles for answer in POLES[about][pole]}, reverse=True))


def _word(axis: tuple[bool, ...]) -> str:
    return {(): "not said", (True,): "yes", (False,): "no"}.get(axis, "either")


def _admit(
    integration: tuple[bool, ...], dominance: tuple[bool, ...], acceptance: tuple[bool, ...],
    rule: str,
) -> set[str]:  # fmt: skip
    """The cells that some combination of the admissible answers leads to."""
    states = [(i, d) for i in integration for d in dominance]
    if rule == "grid":
        return {name_by_grid(*state) for state in states}
    wanted = {"domination" if d else "integration" if i else "segregation" for i, d in states}
    return {name_by_process(sought, accepted) for sought in wanted for accepted in acceptance}


def _areas(row: object) -> list[str]:
    """The cells a printed position names; none if it names no area."""
    if pd.isna(row.area_from):
        return []
    first, last = int(row.area_from), int(row.area_to)
    if not 1 <= first <= last <= len(CELLS):
        raise DataError(f"{row.position}: found areas {first} to {last}; allowed: 1 to 4, rising")
    return [CELLS[area] for area in range(first, last + 1)]


def _hold(admitted: list[bool], denied: bool) -> str:
    if not admitted:
        return "no area"
    if denied:
        return "denied, yet admitted" if any(admitted) else "agrees"
    return "inside" if all(admitted) else "partly" if any(admitted) else "outside"
