"""Results of tests in a text, each held against itself: "t(28) = 2.20, p = .03" does not hold.

Only what says everything is judged: the test, its degrees of freedom, its statistic, its p. What
looks like a test and leaves one of these out, or speaks of a corrected p, is counted apart with the
reason, since nothing printed there can be wrong. A test is two-sided unless its own words say that
it is not: "one-tailed" elsewhere in a paper says nothing of this test.

Nuijten et al. (2016), *Behavior Research Methods* 48, 1205, whose cases the tests hold this to.
"""

import codecs
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from compendium.errors import DataError
from compendium.printed.quantities import Quantity, exactly
from compendium.printed.spreadsheets import decode, read_bytes, read_sheet
from compendium.printed.statistics import DEGREES, span_p

# Ends a cell or a paragraph: no result goes beyond it.
_END = "\x1e"
_ALPHA = Fraction(1, 20)
# How far short of its number an open end stops; and what "n.s." claims.
_SHORT = Fraction(1, 10**9)
_NOT_SIGNIFICANT = Quantity(None, _ALPHA + _SHORT, Fraction(1))
_NUMBER = (
    r"-?\s?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)(?:\s?[x×*]\s?10\s?\^?\s?-\s?\d+|e-?\d+)?"
)
_KIND = (
    r"(?:t|F|[zZ]|r|Q(?:[-_ ]?(?:within|between|[wbMET]))?"
    r"|(?:χ|[Xx]|chi[- ]?)\s?2|chi[- ]squared?)"
)
# What may stand between the statistic and its p: "df = 1", "MSE = 3.2".
_ASIDE = (
    r"(?:[,;]\s*(?![Pp]\b|[Pp][-_ ]?(?:val|adj|corr))"
    rf"(?P<name%s>[A-Za-zηωεφ][\wηωεφ. ]{{0,12}}?)\s?=\s?(?P<aside%s>{_NUMBER}))?\s*"
)
_P = (
    r"(?P<adjusted>[Pp]\s?[_-]?(?:adj|corr|FDR|Holm|Bonf)\w*)?(?(adjusted)|[Pp](?:[- ]?values?)?)"
    rf"\s*(?P<pis>[=<>≤≥])\s*(?P<p>{_NUMBER})(?!\d)"
)
_RESULT = re.compile(
    rf"(?<![\w.\-])(?P<kind>{_KIND})"
    r"(?:\s*\(\s*(?P<df>[^()]{1,40}?)\s*\)|(?P<low>\d+(?:\.\d+)?(?:\s?,\s?\d+(?:\.\d+)?)?))?"
    rf"\s*(?P<is>[=<>≤≥])\s*(?P<value>{_NUMBER})(?!\d)"
    + "".join(_ASIDE % (place, place) for place in (1, 2, 3))
    + rf"(?:\s*[,;]?\s*\(?\s*{_P}|\s*[,;]\s*(?:[Pp]\s*=?\s*)?(?P<ns>n\.?\s?s\b\.?))?"
)
_CORRECTED = re.compile(
    r"bonferroni|holm|tukey|scheff|sidak|fdr|false discovery|corrected|adjusted|permutation", re.I
)
_ONE_SIDED = re.compile(r"(?:one|1)[- ](?:tailed|sided)", re.IGNORECASE)
# What LaTeX writes as a command.
_COMMANDS = {"chi": "χ", "leq?": "≤", "lt": "<", "geq?": "≥"}
# Columns of a table that hold a statistic.
_HEADS = {"t": "t", "f": "F", "z": "z", "r": "r", "q": "Q"} | dict.fromkeys(
    ("chi2", "chi-square", "χ2", "χ²", "x2"), "chi2"
)


class Reading(NamedTuple):
    """One result as read, and what came of holding it against itself."""

    line: int
    text: str
    test: str
    verdict: str  # consistent, inconsistent or not checked
    is_decision_error: bool = False  # print and computation stand on two sides of .05
    computed: str = ""  # what p would be consistent
    note: str = ""


def scan_file(path: Path, decimal_mark: str = ".", sheet: str = "") -> list[Reading]:
    """Every result of a test in a text, a page of Markdown, HTML or XML, a CSV file or a workbook.

    Of a table, `Reading.line` is the row's: in a workbook its number, in `sheet` if it has several.

    A DataError if the file cannot be read, or is none of these.
    """
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".xlsx"):
        table = read_sheet(path, sheet)
        found = scan(_spread_cells(table.rows), decimal_mark)
        return [one._replace(line=table.lines[one.line - 1]) for one in found]
    raw = read_bytes(path, "a text")
    is_wide = raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if (b"\x00" in raw and not is_wide) or raw[:4] == b"%PDF" or raw[:2] == b"PK":
        allowed = "text, Markdown, HTML, XML, CSV or XLSX; a PDF as its text"
        raise DataError(f"cannot read {path}: found no text; allowed: {allowed}")
    text = decode(raw)
    if kind in (".htm", ".html", ".xml", ".xhtml"):
        text = _strip_tags(text)
    elif kind in (".md", ".tex", ".qmd", ".rmd"):
        text = _strip_marks(text)
    return list(scan(text, decimal_mark))


def _strip_tags(text: str) -> str:
    """What a page shows, on the lines on which it stands in the file."""
    blocks = r"</?(?:p|td|th|tr|li|div|h\d|title|sec|caption|table|br|abstract|label)\b[^>]*>"
    kept = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", _keep_lines, text, flags=re.S | re.I)
    kept = re.sub(blocks, lambda tag: _END + _keep_lines(tag), kept, flags=re.I)
    return html.unescape(re.sub(r"<[^>]*>", _keep_lines, kept))


def _keep_lines(found: re.Match) -> str:
    return "\n" * found[0].count("\n")


def _strip_marks(text: str) -> str:
    """Markdown and LaTeX without what makes letters slanted, raised or mathematical."""
    for mark, letter in _COMMANDS.items():
        text = re.sub(rf"\\{mark}\b", letter, text)
    text = re.sub(r"\\(?:text\w*|math\w*|emph)\b|\\[,;! ]", "", text)
    text = re.sub(r"\n\s*\n", lambda gap: _END + gap[0], text)
    return html.unescape(re.sub(r"[*_$^{}\\`]|</?(?:su[bp]|i|em)>", "", text))


def _spread_cells(rows: list[list[str]]) -> str:
    """A table's cells, a row a line; of one with columns t, df and p, the rows as results."""
    heads = [head.lower() for head in rows[0]] if rows else []
    said = [_read_row(dict(zip(heads, row))) for row in rows[1:]]
    lines = [one or _END.join(row).replace("\n", " ") for one, row in zip(["", *said], rows)]
    return f"{_END}\n".join(lines)


def _read_row(said: dict[str, str]) -> str:
    """A row with a statistic, its degrees of freedom and its p in columns, as a result."""
    kind, p = next((head for head in said if head in _HEADS), ""), said.get("p", "")
    if not kind or not p:
        return ""
    degrees = ", ".join(said[df] for df in ("df", "df1", "df2") if said.get(df))
    sign = "" if p[0] == "n" else "p " if p[0] in "<>≤≥=" else "p = "
    return f"{_HEADS[kind]}({degrees}) = {said[kind]}, {sign}{p}".replace("()", "")


def scan(text: str, decimal_mark: str = ".") -> Iterator[Reading]:
    """Every result of a test in a plain text, in its order.

    >>> [found] = scan("It rose, t(28) = 2.20, p = .03.")
    >>> found.verdict, found.computed
    ('inconsistent', 'p = .036 (.036 to .037)')
    """
    text = re.sub("[−–‐‑﹣－]", "-", unicodedata.normalize("NFKC", text))
    if decimal_mark == ",":
        # A comma between the degrees of freedom stays.
        text = re.sub(
            r"(?<=[tFrzQ2])\s*\([^()]*\)|(?<=[\d=<>\s]),(?=\d)",
            lambda found: "." if found[0] == "," else found[0], text,
        )  # fmt: skip
    for found in _RESULT.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        after = re.split(rf"[{_END}.;()\n]", text[found.end() : found.end() + 60])[0]
        if reading := _judge(found, line, after):
            yield reading


def _judge(found: re.Match, line: int, after: str) -> Reading | None:
    """One result; None if it is an equation, and no test."""
    kind = found["kind"][0].replace("Z", "z")
    kind = kind if kind in "tFzr" else "chi2"
    if not (found["p"] or found["ns"] or found["df"]):
        return None
    asides = {found[f"name{n}"]: found[f"aside{n}"] for n in (1, 2, 3) if found[f"name{n}"]}
    degrees = _read_degrees(kind, found["df"] or found["low"] or "", asides)
    test = f"{kind}({', '.join(f'{df:g}' for df in degrees)})" if degrees else kind
    read = Reading(line, " ".join(found[0].split()), test, "not checked")
    if reason := _find_reason(found, kind, degrees, after):
        return read._replace(note=reason)
    return _compare(read, found, kind, degrees, is_one_sided=bool(_ONE_SIDED.search(after)))


def _find_reason(found: re.Match, kind: str, degrees: list[float] | None, after: str) -> str:
    """Why a result cannot be checked; "" if it can."""
    printed = found["df"] or found["low"]
    lacking = f"no {kind} has these degrees of freedom" if printed else "no degrees of freedom"
    reasons = {
        "no p is printed beside it": not (found["p"] or found["ns"]),
        lacking: degrees is None,
        "a corrected or adjusted p: print does not say what it was":
            found["adjusted"] or _CORRECTED.search(after),
        "an r beyond 1": kind == "r" and abs(_value(found["value"])) > 1,
        "a p that is not from 0 to 1": found["p"] and not 0 <= _value(found["p"]) <= 1,
    }  # fmt: skip
    return next((reason for reason, holds in reasons.items() if holds), "")


def _read_degrees(kind: str, text: str, asides: dict[str, str]) -> list[float] | None:
    """The degrees of freedom, none for a z; None where they are not those of the test."""
    first, *more = re.split(r"\s*[,;]\s*(?=[A-Za-z])", text)  # what follows says N
    numbers = re.split(r"\s*[,;]\s+|\s*;\s*", first) if first else []
    if kind == "F" and len(numbers) == 1:
        numbers = first.split(",", 1)
    if not first and kind != "z":
        by_name = {name.strip().lower(): value for name, value in asides.items()}
        numbers = re.split(r",\s*", by_name["df"]) if "df" in by_name else []
        if kind == "r" and "n" in by_name:
            return [float(n) - 2] if (n := _value(by_name["n"])) > 2 else None
    numbers = [re.sub(r"^(?:df\d?\s*=\s*)", "", one.strip(), flags=re.I) for one in numbers]
    is_plain = [re.fullmatch(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+", one) for one in numbers]
    if kind == "z":
        return [] if not numbers or first.upper().startswith("N") or more else None
    # "t(1,234)" may be two numbers or one.
    doubtful = kind != "F" and any("," in one for one in numbers)
    if not all(is_plain) or len(numbers) != DEGREES[kind] or doubtful:
        return None
    degrees = [float(one.replace(",", "")) for one in numbers]
    return degrees if all(df > 0 for df in degrees) else None


def _decimal(text: str) -> Decimal:
    plain = re.sub(r"[\s,]", "", text)
    return Decimal(re.sub(r"[x×*]10\^?", "e", plain))


def _value(text: str) -> Fraction:
    return Fraction(_decimal(text))


def _claim(sign: str, text: str, most: int) -> Quantity:
    """What is printed behind a sign, as an interval from 0 to `most`; an open end is just short."""
    number, half = _value(text), Fraction(10) ** _decimal(text).as_tuple().exponent / 2
    match sign:
        case "=":
            return Quantity(number, number - half, number + half)
        case "<" | "≤":
            return Quantity(None, Fraction(0), number - _SHORT * (sign == "<"))
    return Quantity(None, number + _SHORT * (sign == ">"), Fraction(most))


def _compare(
    read: Reading, found: re.Match, kind: str, degrees: list[float], *, is_one_sided: bool
) -> Reading:
    measured = _claim(found["is"], found["value"], 10**6)
    both = span_p(kind, measured, degrees)
    half = span_p(kind, measured, degrees, one_sided=True)
    other_tail = Quantity(
        None if half.value is None else 1 - half.value, 1 - half.high, 1 - half.low
    )
    has_tails = kind in "tzr"
    allowed = [half, other_tail] if is_one_sided and has_tails else [both]
    claim = _claim(found["pis"], found["p"], 1) if found["p"] else _NOT_SIGNIFICANT
    is_zero = claim.value == 0
    fits = [one for one in allowed if _meet(claim, one) and not is_zero]
    notes = {
        "no p is 0": is_zero,
        "consistent only because the statistic is rounded":
            fits and fits[0].value is not None and not _meet(claim, exactly(fits[0].value)),
        "read as one-sided, in the tail of its sign or in the other": len(allowed) > 1,
        "a one-sided test would be consistent, and it does not say that it is one":
            has_tails and not (fits or is_zero or is_one_sided) and _meet(claim, half),
    }  # fmt: skip
    sides = [_find_side(p) for p in (claim, Quantity(None, allowed[0].low, allowed[0].high))]
    return read._replace(
        verdict="consistent" if fits else "inconsistent",
        is_decision_error=not fits and None not in sides and sides[0] != sides[1],
        computed=" or ".join(map(_show, allowed)),
        note="; ".join(note for note, holds in notes.items() if holds),
    )


def _meet(claim: Quantity, p: Quantity) -> bool:
    """Whether some p that the statistic leaves room for is one that is claimed."""
    return p.low <= claim.high and claim.low <= p.high


def _find_side(p: Quantity) -> bool | None:
    """Whether it is significant at .05, which counts as such; None where that is open."""
    ends = (p.low, p.high) if p.value is None else (p.value, p.value)
    return None if ends[0] <= _ALPHA < ends[1] else ends[1] <= _ALPHA


def _show(p: Quantity) -> str:
    """A p, or the p it may be, as a paper would print it.

    >>> _show(Quantity(None, Fraction(1, 100), Fraction(1, 50))), _show(Quantity(None, 0, 0))
    ('p = .010 to .020', 'p < .001')
    """
    if p.high < Fraction(1, 1000):
        return "p < .001"
    low, high = (f"{float(end):.3f}".removeprefix("0") for end in (p.low, p.high))
    if p.value is None or low == high:
        return f"p = {low}" + f" to {high}" * (low != high)
    return f"p = {float(p.value):.3f} ({low} to {high})".replace("0.", ".", 1)


def show_counts(readings: list[Reading]) -> dict[str, int]:
    """How many results were read, and what came of them."""
    judged = Counter(reading.verdict for reading in readings)
    return {
        "checked": len(readings) - judged["not checked"],
        **{verdict: judged[verdict] for verdict in ("consistent", "inconsistent")},
        "decision errors": sum(reading.is_decision_error for reading in readings),
        "not checked": judged["not checked"],
    }
