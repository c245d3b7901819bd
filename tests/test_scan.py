"""Results of tests in a text: statcheck's own cases, and the forms that papers have."""

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from compendium.cli.app import app
from compendium.errors import DataError
from compendium.printed.scan import scan, scan_file, show_counts

WRONG = """t(28) = 2.20, p = .03 | F(2, 28) = 2.20, p = .15 | r(28) = .22, p = .26
chi2(28) = 22.20, p = .79 | z = 2.20, p = .04 | t(28) = -2.20, p = .03 | t(28) = 2.20, p = .05"""
TURNED = """t(28) = 1.20, p = .03 | t(28) = 2.20, p = .06 | F(2, 28) = 22.20, p = .06
r(28) = .52, p = .06 | t(28) = 2.20, ns | t(28) = 2.20, p > .05 | t(28) = 2.20, p = n.s."""
SOUND = """t(28) = 2, p = .02 | t(28) = 2, p = .14 | t(28) = 2.2, p = .03 | t(28) = 2.2, p = .04
t(28) = 2.20, p = .036 | t(28) = 2.20, p = .037 | Z = -2.42, p = 0.016 | t(28) = 2.0, p < .05
t ( 28 ) = 2.20 , p = .036 | t(28)=2.20,p=.036 | t(28.1) = 2.20, p = .036 | F1,24 = 5.3, p = .03
chi2(1, N = 11,455) = 16.78, p <.001 | F(1, 24) = 5.3, MSE = 2.3, p = .030 | F(1, 20) < 1, ns
t(28) = −2.20, p = 3.6 × 10−2 | t(28) = 2.20, p = .36e-1 | χ² = 4.408, df = 1, p = .036"""
UNCHECKED = """r(16) = 26.05, p = .03 | t(28) = 2.20, p = 1.2 | t(2,28) = 2.2, p = .03 | t(28) = 2.2
t = 2.2, p = .03 | r = .5, n = 2, p = .03 | t(28) = 2.20, p = .03, Bonferroni corrected
t(1,234) = 2.2, p = .03"""


def listed(texts):
    return [text.strip() for line in texts.splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", listed(WRONG))
def test_what_does_not_go_together_is_inconsistent(text):
    """And stays on its side of .05."""
    [found] = scan(f"It rose, {text}.")

    assert (found.verdict, found.is_decision_error) == ("inconsistent", False)
    assert found.computed


@pytest.mark.parametrize("text", listed(TURNED))
def test_a_decision_that_turns_is_marked(text):
    """Print says significant, computation does not, or the other way round."""
    [found] = scan(text)

    assert (found.verdict, found.is_decision_error) == ("inconsistent", True)


@pytest.mark.parametrize("text", listed(SOUND))
def test_what_some_rounding_allows_is_consistent(text):
    """Both ways of rounding a five, of the statistic and of p."""
    [found] = scan(f"({text})")

    assert found.verdict == "consistent"


@pytest.mark.parametrize("text", listed(UNCHECKED))
def test_what_says_too_little_is_counted_apart(text):
    """No degrees of freedom, no p, one corrected, or none that a test can have."""
    [found] = scan(text)

    assert (found.verdict, bool(found.note)) == ("not checked", True)


@pytest.mark.parametrize("text", ["T(28) = 2.2, p = .03", "rho(28) = .4, p = .03", "cost(3) = 2"])
def test_what_is_no_test_is_not_read(text):
    """Spearman's rho is no chi-square."""
    assert list(scan(text)) == []


def test_rounding_alone_is_said():
    """People ask for it."""
    [only, not_only] = scan("t(28) = 2, p = .02; t(28) = 2.20, p = .036")

    assert only.note == "consistent only because the statistic is rounded"
    assert not not_only.note


def test_one_sided_is_what_its_own_words_say():
    """Elsewhere in the paper it says nothing; in the other tail, p is no half."""
    said, other, silent = scan(
        "t(28) = 2.20, p = .018, one-tailed. t(28) = 2.20, p = .982 (one-sided). "
        "All tests are one-tailed; t(28) = 2.20, p = .018."
    )

    assert (said.verdict, silent.verdict) == ("consistent", "inconsistent")
    assert "a one-sided test would be consistent" in silent.note
    assert other.verdict in ("consistent", "inconsistent")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.txt", "one\n\ntwo t(28)\n = 2.20, p = .03", 3),
        ("a.md", "one\n\n*t*(28) = 2.20,\n*p* = .03", 3),
        ("a.html", "<p\nclass=x>a</p>\n<i>t</i>(28)&nbsp;= 2.20, <i>p</i> &lt; .04", 3),
        ("a.xml", "<p>a</p>\n<p><italic>F</italic><sub>2,28</sub> = 2.20, p = .15</p>", 2),
        ("a.csv", "what,result\nx,\"a\nb\"\ny,\"t(28) = 2.20, p = .03\"", 4),
        ("a.csv", "who;t;df;p\nx;2.20;28;.03\ny;2.20;28;.036", 2),
    ],
)  # fmt: skip
def test_a_file_is_read_with_its_lines(tmp_path, name, text, line):
    """Text, Markdown, HTML, XML, and CSV by cell or by column."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    first = scan_file(tmp_path / name)[0]

    assert (first.line, first.verdict) == (line, "consistent" if "lt;" in text else "inconsistent")


def test_a_workbook_is_read_as_a_csv_file_is(tmp_path):
    """By cell and by column, each with its row; of several sheets one is named."""
    book = openpyxl.Workbook()
    for row in (["who", "t", "df", "p"], ["x", 2.2, 28, ".03"], ["y", "r(28) = .22, p = .26"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    book.create_sheet("More")
    book.save(tmp_path / "b.xlsx")

    assert [(one.line, one.test, one.verdict) for one in scan_file(tmp_path / "a.xlsx")] == [
        (2, "t(28)", "consistent"),
        (3, "r(28)", "inconsistent"),
    ]
    assert scan_file(tmp_path / "b.xlsx", sheet="More") == []
    with pytest.raises(DataError, match="--sheet: found ''; allowed: one of Sheet, More"):
        scan_file(tmp_path / "b.xlsx")


def test_decimal_commas_are_declared(tmp_path):
    """The degrees of freedom keep theirs."""
    (tmp_path / "a.txt").write_text("F(2, 28) = 2,20, p = ,15; t(28) = 2,20, p = ,036")

    assert [r.verdict for r in scan_file(tmp_path / "a.txt", ",")] == ["inconsistent", "consistent"]


def test_what_is_no_text_is_refused(tmp_path):
    """A PDF is to come as its text."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(DataError, match="found no text; allowed: text, Markdown"):
        scan_file(tmp_path / "a.pdf")


@pytest.mark.parametrize(("text", "status"), [(WRONG, 1), (SOUND, 0), ("nothing", 0)])
def test_the_exit_status_says_whether_something_is_inconsistent(tmp_path, text, status):
    """2 is a file that cannot be read."""
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["scan", str(tmp_path / "a.txt"), "--json"])

    assert done.exit_code == status
    assert json.loads(done.stdout)["counts"] == show_counts(list(scan(text)))
    assert CliRunner().invoke(app, ["scan", str(tmp_path / "none.txt")]).exit_code == 2
