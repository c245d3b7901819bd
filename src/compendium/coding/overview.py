"""What was coded, at a glance: the cases, the degrees of involvement, and what is said of whom."""

import pandas as pd

from compendium.coding.cases import Cases
from compendium.coding.statements import read_coded
from compendium.errors import DataError
from compendium.models import check
from compendium.printed.tables import allowed_values
from compendium.settings import read_study


def keep_firm(rows: pd.DataFrame, contested: bool) -> pd.DataFrame:
    """Coded rows, with those that the coder called contested or without.

    >>> len(keep_firm(pd.DataFrame({"confidence": ["likely", "contested"]}), contested=False))
    1
    """
    check.columns(rows, ["confidence"])
    return rows[contested | rows.confidence.ne("contested")]


def list_cases(cases: Cases, contested: bool) -> pd.DataFrame:
    """Each case with its figure, the number of statements on its boxes, and if it is weighed."""
    codes = list(read_study().codes.values())
    coded = cases if contested else cases.uncontested
    said = {case: rows.factor.isin(codes).sum() for case, rows in coded.statements.items()}
    check.columns(cases.table, names := ["case", "site", "actor", "state", "figure"])
    table = cases.table[names]
    table = table.assign(statements=table.case.map(said)).fillna({"figure": "none printed"})
    weighed = table.case.isin(cases.weighed.names).map({True: "yes", False: "no"})
    return table.assign(weighed=weighed).set_index("case")


def span_degrees(involvement: pd.DataFrame) -> pd.DataFrame:
    """The least, middle and greatest degree of involvement coded, by site, actor and stage."""
    codes = ["code_min", "code", "code_max"]
    check.columns(involvement, ["is_restatement", "site", "actor", "stage", *codes])
    first = involvement[involvement.is_restatement == "no"]
    if len(first):
        check.numbers(first[codes], "degrees", 0, 3)
    return first.groupby(["site", "actor", "stage"], sort=False).agg(
        least=("code_min", "min"),
        middle=("code", "median"),
        greatest=("code_max", "max"),
        n_statements=("code", "size"),
    )


def count_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """How many statements tie each actor to each box."""
    check.columns(statements, ["actor", "factor"])
    codes = read_study().codes
    number = pd.crosstab(statements.actor, statements.factor)
    actors = allowed_values("coding/evidence", "actor")
    number = number.reindex(index=actors, columns=list(codes.values()), fill_value=0)
    return number.set_axis(list(codes), axis=1)


def name_ends(orderings: pd.DataFrame) -> pd.DataFrame:
    """Stated orderings whose ``more`` and ``less`` name place and time too, unless in general."""
    ends = [name.format(end) for end in ("more", "less") for name in ("{}", "{}_site", "stage_{}")]
    check.columns(orderings, ["is_restatement", *ends])
    first = orderings[orderings.is_restatement == "no"].copy()
    worded = first[ends].map(lambda name: isinstance(name, str))
    unnamed = first[ends][~worded].stack().tolist()
    check.that(worded.all(axis=None), "names", DataError, ends=unnamed)
    for end in ("more", "less"):
        place = (", " + first[f"{end}_site"]).where(first[f"{end}_site"] != "all", "")
        time = (", " + first[f"stage_{end}"]).where(first[f"stage_{end}"] != "general", "")
        first[end] = first[end] + place + time
    return first


def list_statements(statements: pd.DataFrame, coder: str = "") -> pd.DataFrame:
    """The statements coded for a case, by box and line, each with the coder's label."""
    columns = ["line", "direction", "channel", "subfactor", "stage", "confidence", "label"]
    if "label" not in statements:  # as `Cases` has them: whoever weighs reads no words
        statements = statements.join(read_coded("coding/evidence", coder)["label"])
    check.columns(statements, [*columns, "factor"])
    boxes = {code: box for box, code in read_study().codes.items()}
    box = statements.factor.map(boxes).fillna("the process itself")
    return statements[columns].assign(box=box).sort_values(["box", "line"]).set_index("box")
