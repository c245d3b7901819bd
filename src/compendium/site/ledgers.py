"""Every printed value and its verdict, as the site shows them: in one bar a source, and in a table.

The bars count what could be checked; inputs stand beside them as a number and are no part of any
bar. In the table each value leads to the cell that judged it and, if it differs, to the register.

The two ledgers of judgement as pages: the register of discrepancies, and the claims.

The register says where print disagrees with itself; the claims ledger says what the coded text
bears out. Every entry has an address of its own, so that a letter or a certificate can point at it.
"""

from typing import Any

import pandas as pd

from compendium.runs.markup import (
    ROLES,
    VERDICTS,
    badge,
    code,
    escape,
    link,
    many,
    show_entries,
    table,
)

# How the works are called in a narrow column.
SHORT_NAMES = {
    "elston2005": "Elston 2005, thesis",
    "elston-fulop2002": "Elston & Fulop 2002",
    "mannion2011": "Mannion et al. 2011",
    "mannion2011-record": "Its repository record",
    "glasby2012": "Glasby 2012",
    "culture-note": "Note on culture",
}
CHECKED = [verdict for verdict in VERDICTS if verdict != "transcribed"]
# Units that say nothing beside a number: a count, a text, a place in an order.
SILENT = {"n", "label", "rank", "year", "date"}


def name_source(source: str) -> str:
    """A work's short name; its id if it has none.

    >>> name_source("glasby2012"), name_source("my-study")
    ('Glasby 2012', 'my-study')
    """
    return SHORT_NAMES.get(source, source)


def find_judging(records: list[dict[str, Any]], items: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """The cell that gave each value its verdict.

    Parameters
    ----------
    records : list of dict
        As `records.read_records` returns them.
    items : DataFrame
        ``item_id`` and ``notebook``, the one that is at home with the item.

    Returns
    -------
    dict
        Value id to run and cell. Where several cells judge a value, the first of its item's own
        notebook, else the first of all.
    """
    home = dict(zip(items.item_id, items.notebook))
    found: dict[str, tuple[str, int]] = {}
    at_home = set()
    for record in records:
        stem = record["run"].partition("--")[0]
        for judged in record["judged"]:
            for value in judged["values"]:
                is_home = home.get(_item_of(value, home)) == stem
                if value not in found or (is_home and value not in at_home):
                    found[value] = (record["run"], judged["cell"])
                if is_home:
                    at_home.add(value)
    return found


def _item_of(value: str, known: dict[str, str]) -> str:
    """The item of a value: the longest beginning of its id that is one."""
    while value and value not in known:
        value = value.rpartition("/")[0]
    return value


def count_verdicts(verdicts: pd.DataFrame) -> pd.DataFrame:
    """How many values of each work got which verdict; a column for inputs apart.

    Examples
    --------
    >>> two = pd.DataFrame({"item_id": ["a/t", "a/u"], "role": ["claim", "input"],
    ...                     "verdict": ["exact", "transcribed"]})
    >>> count_verdicts(two).loc["a", ["exact", "differs", "inputs"]].tolist()
    [1, 0, 1]
    """
    source = verdicts.item_id.str.partition("/")[0].rename("source")
    checked = verdicts[verdicts.role != "input"]
    counts = pd.crosstab(source, checked.verdict).reindex(
        index=list(dict.fromkeys(source)), columns=CHECKED, fill_value=0
    )
    inputs = source[verdicts.role == "input"].value_counts()
    return counts.assign(inputs=inputs.reindex(counts.index, fill_value=0))


def show_bars(verdicts: pd.DataFrame) -> str:
    """A bar and the numbers for each work; inputs in a column of their own, in no bar."""
    counts = count_verdicts(verdicts)
    head = ["Source", '<span class="only-read">Share of the values that could be checked</span>']
    head += [badge(verdict) for verdict in CHECKED] + ["<span>inputs, apart</span>"]
    rows = []
    for source, row in counts.iterrows():
        cells = [link(f"values.html?item={source}", name_source(source)), _bar(row)]
        cells += [_number(source, "verdict", name, row[name]) for name in CHECKED]
        rows.append([*cells, _number(source, "role", "input", row["inputs"])])
    total = counts.sum()
    cells = [_number("", "verdict", name, total[name]) for name in CHECKED]
    rows.append(["All", _bar(total), *cells, _number("", "role", "input", total["inputs"])])
    return PATTERNS + table(head, rows, "What was reproduced, by source", "bars")


def _number(source: str, field: str, value: str, number: int) -> str:
    """A count that leads to the values it counts."""
    if not number:
        return '<span class="none">0</span>'
    item = f"item={source}&" if source else ""
    return link(f"values.html?{item}{field}={value}", f"{number:,}")


# Hatching tells the parts of a bar apart where colour does not.
PATTERNS = (
    '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch-rounds" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="ink exact" width="4" height="4"/><rect class="gap" width="1.4" height="4"/>'
    "</pattern>"
    '<pattern id="hatch-differs" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect class="ink differs" width="5" height="5"/>'
    '<rect class="gap" width="1.6" height="5"/></pattern>'
    '<pattern id="hatch-not-derivable" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect class="gap" width="4" height="4"/><circle class="ink open" cx="2" cy="2" r="0.9"/>'
    "</pattern></defs></svg>\n"
)


def _bar(row: pd.Series) -> str:
    """One stacked bar, as wide as its place; what it says stands in the numbers beside it."""
    whole = int(row[CHECKED].sum())
    if not whole:
        return ""
    parts, left = [], 0.0
    for verdict in CHECKED:
        width = 100 * row[verdict] / whole
        if width:
            parts.append(
                f'<rect class="{verdict}" x="{left:.2f}%" width="{width:.2f}%" height="14"/>'
            )
        left += width
    return f'<svg class="bar" height="14" aria-hidden="true">{"".join(parts)}</svg>'


def show_legend() -> str:
    """What each verdict and each role means."""
    verdicts = "".join(f"<dt>{badge(v)}</dt><dd>{words}</dd>" for v, words in VERDICTS.items())
    roles = "".join(f"<dt>{role}</dt><dd>{words}</dd>" for role, words in ROLES.items())
    return f'<div class="legend"><dl>{verdicts}</dl><dl>{roles}</dl></div>\n'


def show_filters(items: pd.DataFrame) -> str:
    """The form above the table; hidden until the script that serves it is there."""
    roles = {role: role for role in ROLES}
    verdicts = {verdict: verdict.replace("-", " ") for verdict in VERDICTS}
    fields = [
        '<div><label for="filter-q">Text</label>'
        '<input id="filter-q" type="search" name="q" autocomplete="off" spellcheck="false"></div>',
        _select("item", "Source or item", _item_options(items)),
        _select("role", "Role", _options(roles)),
        _select("verdict", "Verdict", _options(verdicts)),
        '<button type="reset">Clear</button>',
    ]
    return (
        '<form id="filters" class="filters" role="search" aria-label="Filter the values" hidden>'
        f"{''.join(fields)}</form>\n"
        '<p id="shown" class="shown" role="status" aria-live="polite"></p>\n'
    )


def _select(name: str, label: str, options: str) -> str:
    return (
        f'<div><label for="filter-{name}">{label}</label><select id="filter-{name}" name="{name}">'
        f'<option value="">all</option>{options}</select></div>'
    )


def _options(words: dict[str, str]) -> str:
    return "".join(f'<option value="{value}">{escape(w)}</option>' for value, w in words.items())


def _item_options(items: pd.DataFrame) -> str:
    """All items, each under its source, and each source as a whole."""
    groups = []
    for source, members in items.groupby("source_id", sort=False):
        name = name_source(source)
        options = {source: f"{name}: all"} | dict(zip(members.item_id, members.label))
        groups.append(f'<optgroup label="{escape(name)}">{_options(options)}</optgroup>')
    return "".join(groups)


def show_values(
    verdicts: pd.DataFrame, items: pd.DataFrame, judging: dict[str, tuple[str, int]]
) -> str:
    """Every printed value as a row, under its id; the page is whole without a script."""
    labels = dict(zip(items.item_id, items.label))
    columns = ["Value", "What", "Printed", "Computed", "Verdict", "Role", "Where", "Judged in"]
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    rows = [_value(row, labels, judging) for row in verdicts.to_dict("records")]
    return (
        '<table id="values" class="values"><caption class="only-read">Every printed value with '
        f"its verdict</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table>\n"
    )


def _value(row: dict[str, Any], labels: dict[str, str], judging: dict) -> str:
    """One row of the table."""
    value = row["value_id"]
    unit = "" if row["unit"] in SILENT else f" <small>{escape(row['unit'])}</small>"
    verdict = badge(row["verdict"])
    if row["verdict"] == "differs":
        verdict = f'<a href="register.html#{value}">{verdict}</a>'
    run, cell = judging.get(value, ("", 0))
    judged = link(f"notebooks/{run}.html#in-{cell}", f"{run[:2]}, In\u00a0[{cell}]") if run else ""
    cells = [
        f"{escape(row['quantity'])} <small>{escape(labels.get(row['item_id'], ''))}</small>",
        f"{escape(row['printed'])}{unit}" if row["printed"] else '<i class="none">not held</i>',
        escape(row["computed"]),
        verdict,
        row["role"],
        f"{escape(row['section'])} <small>line {row['line']}</small>",
        judged,
    ]
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr id="{escape(value)}"><th scope="row">{code(value)}</th>{body}</tr>'


def show_register(register: pd.DataFrame, values: set[str]) -> str:
    """The register: what it holds, counted, and then every entry under its id.

    Parameters
    ----------
    register : DataFrame
        ``discrepancies.csv``.
    values : set of str
        Ids of the printed values, to which an entry of that id leads.
    """
    causes = register.cause.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    settles = register.pdf_could_settle.value_counts().reindex(["yes", "perhaps", "no"])
    counted = [
        table(["Likely cause", "entries"], _counts(causes), "What we think they are"),
        table(["Could the PDF settle it?", "entries"], _counts(settles), "What would help"),
    ]
    parts = [f'<div class="side-by-side">{"".join(counted)}</div>\n']
    sources = register.discrepancy_id.str.split("/").str[0]
    for source, members in register.groupby(sources, sort=False):
        name = escape(name_source(source))
        count = many(len(members), "entry")
        parts.append(f'<h2 id="of-{source}">{name} <small>{count}</small></h2>\n')
        parts.append(show_entries(members, values))
    return "".join(parts)


def _counts(counted: pd.Series) -> list[list[str]]:
    return [[escape(name), f"{number:,.0f}"] for name, number in counted.dropna().items()]


def show_grades(grades: pd.DataFrame, title: str) -> str:
    """How many claims have which grade.

    Parameters
    ----------
    grades : DataFrame
        ``grade``, then counts and what the grade means.
    """
    columns = list(grades.columns[1:])
    rows = [
        [f"<b>{escape(row['grade'])}</b>", *(escape(row[column]) for column in columns)]
        for row in grades.to_dict("records")
    ]
    return table(["Grade", *map(escape, columns)], rows, title, "grades")
