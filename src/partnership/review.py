"""The literature that the thesis reviews: Tables C1-C3, and Appendices A, D and E beside them.

How findings are mapped, counted and refused is in `compendium.models.literature`; which tables are
asked, what counts as one, and the words that are looked for are in the TOML beside.
"""

import pandas as pd

from compendium.errors import FitError
from compendium.models import literature
from compendium.printed.tables import read_table
from partnership import read_beside

_NAMES = read_beside(__file__)
COLUMNS, FACTOR_WORDS = _NAMES["columns"], _NAMES["factor_words"]
PROGRAMMES, ALLIANCES_TOO = _NAMES["programmes"], _NAMES["alliances_too"]
# The columns of the tables and the factors they come near.
COUNTERPARTS = pd.DataFrame(_NAMES["counterparts"])
# The authors of the frameworks that section 1.4.2 names.
FRAMEWORKS = ["Gray", "Loxley", "Lowndes", "Delaney", "Thompson", "Scott", "Douglas"]
_MARKS = {"yes": "yes", "no": "no", "partly": "partly", "none": "-"}
_ALLIANCES = "alliances as one, too"


def read_studies() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The studies of the three tables and their findings, each with its ``table``."""

    def gather(end: str) -> pd.DataFrame:
        heads = _NAMES["tables"].items()
        parts = [read_table(f"elston2005/table-{t}{end}").assign(table=head) for t, head in heads]
        return pd.concat(parts, ignore_index=True)

    return gather(""), gather("-findings")


def map_studies(studies: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """The evidence map with a row for every study."""
    units = literature.assign_units(studies, "report", PROGRAMMES)
    return literature.map_evidence(findings, units, COLUMNS)


def label_cells(cells: pd.DataFrame, studies: pd.DataFrame) -> pd.DataFrame:
    """The cells of a map with the studies' names; a star is the national evaluation's."""
    star = studies.part_of_national_evaluation.map({"yes": " *", "no": ""})
    named = studies.assign(label=studies.authors + " " + studies.year + star).set_index("study_id")
    return cells.assign(label=cells.unit.map(named.label), group=cells.unit.map(named.table))


def count_cells(cells: pd.DataFrame) -> dict[str, int | float]:
    """How many cells of the map there are, of each kind, and what the typical study reports of."""
    kinds = cells.direction.value_counts().reindex(list(literature.CELLS), fill_value=0)
    reported = cells[cells.direction != "not reported"].groupby("unit").size()
    named = {name.replace("-", "_").replace(" ", "_"): int(n) for name, n in kinds.items()}
    share = kinds["both"] / len(cells)
    return {"cells": len(cells), **named, "share": share, "columns": reported.median()}


def find_absences(findings: pd.DataFrame, words: str) -> pd.DataFrame:
    """How many findings hinder in each column, and of these because something is missing."""
    hinders = findings[findings.direction == "hinders"]
    missing = hinders.finding.str.contains(rf"(?i)\b(?:{words})\b")
    table = missing.groupby(hinders.factor).agg(["size", "sum"]).loc[list(COLUMNS)]
    return table.set_axis(["hinders", "of these, something missing"], axis=1)


def count_as_one(studies: pd.DataFrame, sullivan_too: bool) -> dict[str, pd.Series]:
    """Four ways to make units of the studies, from every report to one for each programme.

    `sullivan_too`: whether Sullivan (2004) counts as part of the national evaluation.
    """
    if sullivan_too:
        part = studies.part_of_national_evaluation.mask(studies.study_id == "sullivan2004", "yes")
        studies = studies.assign(part_of_national_evaluation=part)
    ways = {
        "every report": ("report", PROGRAMMES),
        "national evaluation as one": ("evaluation", PROGRAMMES),
        "one unit per programme": ("programme", PROGRAMMES),
        _ALLIANCES: ("programme", ALLIANCES_TOO),
    }
    return {name: literature.assign_units(studies, *way) for name, way in ways.items()}


def size_units(ways: dict[str, pd.Series], studies: pd.DataFrame) -> pd.DataFrame:
    """How many units each table has, counted in each way."""
    of_table = studies.table.to_numpy()
    sizes = pd.DataFrame({way: units.groupby(of_table).nunique() for way, units in ways.items()})
    sizes.loc["all tables"] = {way: units.nunique() for way, units in ways.items()}
    return sizes.rename_axis("table")


def collapse(ways: dict[str, pd.Series], findings: pd.DataFrame) -> pd.DataFrame:
    """How many units point which way in each column, counted in each way."""
    parts = []
    for way, units in ways.items():
        cells = literature.map_evidence(findings, units, COLUMNS)
        table = pd.crosstab(cells.factor, cells.direction)
        table = table.reindex(index=COLUMNS, columns=literature.CELLS, fill_value=0)
        parts.append(table.reset_index().assign(level=f"{way} ({units.nunique()})"))
    return pd.concat(parts, ignore_index=True)


def try_tables(
    ways: dict[str, pd.Series], studies: pd.DataFrame, findings: pd.DataFrame, level: float
) -> tuple[pd.DataFrame, pd.Series]:
    """A sign test of every column of every table, in each way to count.

    Gives the tests, indexed by ``units``, ``table`` and ``factor``; and why no test was tried where
    the units are not independent, by way and table.
    """
    tested, refused = [], {}
    for way, units in ways.items():
        patterns = ALLIANCES_TOO if way == _ALLIANCES else PROGRAMMES
        for table, rows in studies.groupby("table"):
            own = units[rows.study_id]
            try:
                literature.check_independence(rows, own, patterns)
            except FitError as refusal:
                refused[way, table] = str(refusal)
                continue
            cells = literature.map_evidence(findings[findings.table == table], own, COLUMNS)
            tests = literature.try_sign_tests(cells, level).reset_index()
            tested.append(tests.assign(units=way, table=table))
    tests = pd.concat(tested, ignore_index=True).set_index(["units", "table", "factor"])
    return tests, pd.Series(refused, name="refused").rename_axis(["units", "table"])


def name_refusals() -> pd.Series:
    """What is refused altogether, and the words of each refusal."""
    words = {}
    for method in literature.REFUSED:
        try:
            literature.refuse(method)
        except FitError as refusal:
            words[method] = str(refusal)
    return pd.Series(words, name="refused").rename_axis("method")


def trace_factors(findings: pd.DataFrame, studies: pd.DataFrame) -> pd.DataFrame:
    """How many findings of each column touch on each factor, and how many studies do."""
    touched = literature.trace_words(findings.finding, FACTOR_WORDS)
    table = touched.groupby(findings.factor).sum().loc[list(COLUMNS)]
    table["findings"] = findings.groupby("factor").size()
    table.loc["all columns"] = table.sum()
    table.loc["studies"] = touched.groupby(findings.study_id).any().sum()
    table.loc["studies", "findings"] = len(studies)
    return table.astype(int).rename_axis("column")


def read_halpert() -> pd.DataFrame:
    """Appendix A's two lists, each entry with its ``kind``: what helps, what hinders."""
    kinds = {1: "facilitates", 2: "hinders"}
    parts = [read_table(f"elston2005/appendix-a.{n}").assign(kind=k) for n, k in kinds.items()]
    return pd.concat(parts, ignore_index=True)


def trace_same_words(halpert: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """How often our word lists stand in Appendix A and in Tables C1-C3, by direction."""
    lists = {
        "Appendix A ": (halpert.label, halpert.kind),
        "Tables C ": (findings.finding, findings.direction),
    }
    parts = [
        literature.trace_words(words, _NAMES["same_words"]).groupby(by).sum().T.add_prefix(name)
        for name, (words, by) in lists.items()
    ]
    return parts[0].join(parts[1]).drop("none").rename_axis("word list")


def find_opposed(same: pd.DataFrame) -> list[str]:
    """The word lists that only help in Appendix A and never do in Tables C1-C3, but hinder."""
    helps, hinders = (same.filter(like=kind) for kind in ("facilitates", "hinders"))
    opposed = helps["Appendix A facilitates"].gt(0) & hinders["Appendix A hinders"].eq(0)
    opposed &= helps["Tables C facilitates"].eq(0) & hinders["Tables C hinders"].gt(0)
    return list(same.index[opposed])


def lay_out_stages(stages: pd.DataFrame) -> pd.DataFrame:
    """Appendix D: each stage with its number of tasks, the tasks and its title."""
    titles = stages[stages.fact == "title"].set_index("stage").printed
    tasks = stages[stages.fact != "title"].groupby("stage").printed.agg(["size", "; ".join])
    return tasks.set_axis(["n", "tasks"], axis=1).assign(title=titles)


def lay_out_programmes(marks: pd.DataFrame) -> pd.DataFrame:
    """Appendix E in its printed layout; a dash is neither tick nor cross."""
    part = marks.part.where(marks.part != "all", "")
    texts = marks.assign(cell=(part + " " + marks.mark.map(_MARKS)).str.strip())
    table = texts.groupby(["label", "programme"], sort=False).cell.agg(", ".join).unstack()
    return table.loc[marks.label.drop_duplicates(), marks.programme.drop_duplicates()]


def count_programmes(units: pd.Series, programmes: pd.Series) -> tuple[pd.DataFrame, int]:
    """How many studies' types name each programme of Appendix E, and how many name none."""
    named = units.replace("national-evaluation", "HImP-HAZ")
    listed = programmes.drop_duplicates()
    counts = named[named.isin(listed)].value_counts().reindex(listed, fill_value=0)
    table = counts.rename("studies in Tables C1-C3").rename_axis("programme").to_frame()
    return table, int((~named.isin(listed)).sum())


def trace_by_source(
    halpert: pd.DataFrame, findings: pd.DataFrame, stages: pd.DataFrame, marks: pd.DataFrame
) -> pd.DataFrame:
    """How many labels of each appendix touch on each factor."""
    labels = pd.concat(
        [
            halpert.label.to_frame().assign(source="Appendix A, " + halpert.kind),
            findings[["finding", "table"]].set_axis(["label", "source"], axis=1),
            stages.printed.rename("label").to_frame().assign(source="Appendix D"),
            marks.drop_duplicates("label")[["label"]].assign(source="Appendix E"),
        ],
        ignore_index=True,
    )
    table = literature.trace_words(labels.label, FACTOR_WORDS).groupby(labels.source).sum()
    return table.assign(labels=labels.groupby("source").size())


def find_untouched(by_source: pd.DataFrame) -> list[str]:
    """Which source has no label on which factor: the source and, behind it, the factor."""
    none = by_source.drop(columns=["none", "labels"]).eq(0).stack()
    return [f"{source} ({factor})" for source, factor in none.index[none]]
