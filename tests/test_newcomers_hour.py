"""The real study that ships, and the page of a newcomer's hour: each printed output is made here.

With ``UPDATE_PAGES`` in the environment the page is written anew.
"""

import os
import re
import shlex
import shutil

import pytest
from test_studies import turn_to
from typer.testing import CliRunner

from compendium import paths
from compendium.cli.app import app
from compendium.printed import audit, source_text, tables
from compendium.printed.ledger import compare_register, read_ledger
from compendium.study import add_table

STUDY = paths.ROOT / "examples" / "seasonal-malaria"
PAGE = paths.ROOT / "docs" / "newcomers-hour.md"
BLOCK = re.compile(r"```console\n\$ compendium (.+)\n((?:.*\n)*?)```")
ITEM = "wilson2011/table-6"


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A copy of the real study, which `paths` points at and one stands in."""
    ours = shutil.ignore_patterns("results", "processed", ".pytask", "pytask.lock*")
    shutil.copytree(STUDY, tmp_path / "study", ignore=ours)
    monkeypatch.chdir(tmp_path / "study")
    return turn_to(tmp_path / "study", monkeypatch)


def leave_out(item: str) -> None:
    """The study as it was before an item was added."""
    for made in ("SHA256SUMS", "datapackage.json", "rules.csv", f"{item}.csv"):
        (paths.RAW / made).unlink(missing_ok=True)
    for name in ("fields", "tables", "items", "checks", "discrepancies", "wilson2011/text"):
        path = paths.RAW / f"{name}.csv"
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(head + "".join(row for row in rows if item not in row), encoding="utf-8")


def fill_in_causes() -> None:
    """What the author of the register writes."""
    path = paths.RAW / "discrepancies.csv"
    register = tables.read_sheet(path)
    blank = register.cause == ""
    register.loc[blank, ["cause", "consequence"]] = ["different basis or year", "None."]
    register.to_csv(path, index=False)


@pytest.mark.usefixtures("study")
def test_what_is_found_is_what_is_registered():
    """Nothing new, nothing vanished; eight values differ, the rest is rounding."""
    findings = audit.find(read_ledger(), tables.cells())

    assert not any(compare_register(findings).values())
    assert findings.verdict.value_counts().to_dict() == {"differs": 8, "rounds": 5}
    assert tables.find_problems() == []


@pytest.mark.parametrize("name", ["table-4", "table-6"])
def test_the_sheets_are_what_was_added(study, name):
    """As they were typed; a second run finds nothing to change."""
    read = add_table.read_grid(study / "sheets" / f"{name}.csv")

    assert add_table.compare(add_table.make_draft(read, f"wilson2011/{name}")) == []


def test_a_value_without_a_line_is_looked_for_among_those_of_its_item(study):
    """In a page's own markup too; on no other line."""
    ledger = read_ledger([ITEM])
    text = [""] * 2000
    text[1000], text[1500] = "<td>&lt;0.001</td>", "<td>516</td>"
    (study / "article.xml").write_text("\n".join(text), encoding="utf-8")
    places = source_text.find_values(ledger, {"wilson2011": study / "article.xml"})
    outcomes = places.set_index("value_id").outcome

    assert outcomes[f"{ITEM}/post/Niakhar/SP+AS/dhps_p"] == source_text.FOUND
    assert outcomes[f"{ITEM}/pre/Niakhar/SP+AS/parasitaemia_n"] in source_text.WRONG


def test_the_page_prints_what_the_commands_print(study):
    """In its order, on the study without its Table 6."""
    leave_out(ITEM)
    page = PAGE.read_text(encoding="utf-8")
    text = re.search(r"```text\n(.*?)```", page, re.DOTALL)[1]
    (study / "paragraph.txt").write_text(text, encoding="utf-8")

    def run(block: re.Match) -> str:
        if block[1] == "register":
            fill_in_causes()
        done = CliRunner().invoke(app, shlex.split(block[1]), env={"COLUMNS": "80"})
        kept = [line.rstrip() for line in done.output.splitlines() if line[:7] != "study: "]
        return f"```console\n$ compendium {block[1]}\n" + "\n".join([*kept, "```"])

    made = BLOCK.sub(run, page)
    if "UPDATE_PAGES" in os.environ:
        PAGE.write_text(made, encoding="utf-8")

    assert made == page
