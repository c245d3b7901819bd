"""The report's counts: verdicts by kind, source and item; grades of propositions and findings."""

import pandas as pd

from compendium import paths
from compendium.coding.grading import GRADES
from compendium.printed.descriptor import list_coders
from compendium.printed.ledger import summarise
from compendium.printed.tables import read_table
from compendium.runs import outputs


def name_counts(checked: pd.DataFrame) -> dict[str, int]:
    """How many values got which verdict by which kind of evidence, for a sentence."""
    counts = summarise(checked, ["evidence"]).stack()
    return {"_".join(key).replace("-", "_").replace(" ", "_"): int(n) for key, n in counts.items()}


def count_by_source(checked: pd.DataFrame) -> pd.DataFrame:
    """Verdicts by kind of evidence and source, a bar for each: what is recomputed first."""
    source = checked.item_id.str.split("/").str[0]
    by_source = summarise(checked.assign(source=source), ["evidence", "source"])
    by_source.index = [f"{source}, {kind}" for kind, source in by_source.index]
    return by_source.drop(columns="transcribed").rename_axis("bar")


def count_grades(graded: pd.DataFrame) -> pd.DataFrame:
    """How many propositions got which grade, how many of them another without contested codes."""
    numbers = graded.grade.value_counts()
    moved = (graded.grade != graded.grade_without_contested).groupby(graded.grade).sum()
    table = pd.DataFrame({"propositions": numbers, "other without contested codes": moved})
    table = table.reindex(list(GRADES)).fillna(0).astype(int).rename_axis("grade")
    return table.assign(meaning=table.index.map(GRADES))


def compare_grades(graded: pd.DataFrame) -> pd.DataFrame:
    """The grade of each proposition by the headline's coding, and by each other one that has run.

    A column of grades for each coder, by ``number``; ``same`` says whether all are. The others are
    what ``data/processed/grades-CODER`` holds.
    """
    grades = {list_coders()[0]: graded.set_index("number").grade}
    for path in sorted(paths.PROCESSED.glob("grades-*.csv")):
        other = outputs.read_processed(path.stem).set_index("number")
        grades[path.stem.removeprefix("grades-")] = other.grade
    table = pd.DataFrame(grades)
    return table.assign(same=(table.nunique(axis=1) == 1).map({True: "yes", False: "no"}))


def place_grades(graded: pd.DataFrame, chapters: pd.Series) -> pd.DataFrame:
    """How many findings of each chapter or work got which grade."""
    table = pd.crosstab(graded.grade.to_numpy(), chapters.to_numpy())
    table = table.reindex(index=list(GRADES), columns=list(chapters.unique()), fill_value=0)
    table = table.rename_axis(index="grade", columns=None)
    table.insert(0, "findings", table.sum(axis=1))
    return table


def name_grades(grades: pd.Series) -> dict[str, int]:
    """How many got which grade, for a sentence.

    >>> name_grades(pd.Series(["not testable here"]))["not_testable_here"]
    1
    """
    counts = grades.value_counts().reindex(list(GRADES), fill_value=0)
    return {name.replace("'", "").replace(" ", "_"): int(n) for name, n in counts.items()}


def label_items(by_item: pd.DataFrame) -> pd.DataFrame:
    """Verdicts by item, role and kind of evidence, with what each item is; none is left empty."""
    shown = by_item.reset_index()
    labels = read_table("items").set_index("item_id").label
    shown.insert(1, "what", shown.item_id.map(labels))
    return shown.replace({0: ""})
