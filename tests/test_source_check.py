"""The check of the transcription against a text that a reader may hold."""

import hashlib

import pandas as pd
import pytest
from conftest import change

from compendium.errors import DataError
from compendium.printed import source_text, tables

TEXT = [
    "Title",
    "There were 12 sites and 1,400 beds.",
    "",
    "One in six had £0.40 million.",
    "-£4.1; see No.24",
]


def ledger(*rows):
    """A small ledger of one source."""
    columns = ["value_id", "item_id", "printed", "unit", "section", "line"]
    return pd.DataFrame(
        [(f"elston2005/x/{n}", "elston2005/x", *row) for n, row in enumerate(rows)], columns=columns
    )


@pytest.fixture
def text_file(tmp_path):
    """A text of five lines."""
    path = tmp_path / "text.txt"
    path.write_text("\n".join(TEXT), encoding="utf-8")
    return path


def places(rows, path):
    found = source_text.find_values(ledger(*rows), {"elston2005": path})
    return [None if pd.isna(line) else int(line) for line in found.found_line]


def test_a_value_is_found_at_its_line(text_file):
    """Numbers with commas, words, precision and signs."""
    rows = [("12", "n", "1", 2), ("1,400", "n", "1", 2), ("one in six", "words", "1", 4),
            ("0.40", "£ million", "1", 4), ("-4.1", "£ million", "1", 5),
            ("24", "n", "1", 5)]  # fmt: skip

    assert places(rows, text_file) == [2, 2, 4, 4, 5, 5]


def test_part_of_a_number_is_not_the_number(text_file):
    """Neither 2, 400 nor 0.4 stands in this text."""
    rows = [("2", "n", "1", 2), ("400", "n", "1", 2), ("0.4", "%", "1", 4), ("4.1", "%", "1", 4)]

    assert places(rows, text_file)[:3] == [None, None, None]


def test_shifted_lines_are_followed(text_file):
    """In a text with forty lines more at its head, the values are found forty lines on."""
    text_file.write_text("\n" * 40 + "\n".join(TEXT), encoding="utf-8")

    assert places([("12", "n", "1", 2), ("one in six", "words", "1", 4)], text_file) == [42, 44]


def outcomes(rows, path):
    return list(source_text.find_values(ledger(*rows), {"elston2005": path}).outcome)


def test_every_value_has_an_outcome_and_what_is_apart_its_reason(text_file):
    """A label is looked up as it is printed; a code of ours is not, nor what no text shows."""
    rows = [("Title", "label", "1", 1), ("Urban", "label", "1", 1), ("yes", "code", "1", 2),
            ("", "n", "1", 3), ("12", "n", "1", 3)]  # fmt: skip
    found = outcomes(rows, text_file)

    assert found == ["at its line", "not found", "label of ours", "image missing", "off its line"]
    other = source_text.find_values(ledger(*rows), {})
    assert set(other.outcome) == {"text not given"}
    assert set(found) - {source_text.FOUND} <= {*source_text.WRONG, *source_text.APART}


def test_equal_numbers_of_one_line_need_as_many_places(text_file):
    """Two twelves cannot both be the one that is printed."""
    text_file.write_text("12 of 12 and 3 of 12", encoding="utf-8")

    assert outcomes([("12", "n", "1", 1)] * 3, text_file) == ["at its line"] * 3
    assert outcomes([("12", "n", "1", 1)] * 4, text_file)[-1] == "fewer places than values"


def test_a_name_may_run_on_to_the_next_line_with_words(text_file):
    """A page ends within it; but it must begin on its own line."""
    text_file.write_text("by the Health Act\n\n(1999), at last", encoding="utf-8")
    rows = [("Health Act 1999", "label", "1", 1), ("1999", "year", "1", 1)]

    assert outcomes(rows, text_file) == ["at its line", "off its line"]


def test_a_misprint_that_was_mended_in_every_table_is_caught(text_file):
    """The value says what print does not, and a registered form is not in print."""
    text_file.write_text("Metroville has 4\nMetrocity has 5", encoding="utf-8")
    register = pd.DataFrame(
        [("elston2005/x/0", "Metroville", "1; 9-9"), ("elston2005/x/1", "Metrotown", "1-2")],
        columns=["discrepancy_id", "printed", "lines"],
    )
    missing = source_text.find_register(register[1:], {"elston2005": text_file})

    assert outcomes([("Metrocity", "label", "1", 1)], text_file) == ["off its line"]
    assert list(missing.discrepancy_id) == ["elston2005/x/1"]
    assert source_text.find_register(register[:1], {"elston2005": text_file}).empty


def test_a_text_is_known_by_its_checksum(raw_copy, text_file):
    """A file needs no name if it is the text that was transcribed."""
    digest = hashlib.sha256(text_file.read_bytes()).hexdigest()
    old = tables.read_table("sources").set_index("source_id").sha256["glasby2012"]
    change(raw_copy / "sources.csv", old, digest)

    assert source_text.match_sources([str(text_file)]) == {"glasby2012": text_file}


def test_another_text_of_a_work_can_be_named(text_file):
    """source_id=FILE says which work it is."""
    assert source_text.match_sources([f"elston2005={text_file}"]) == {"elston2005": text_file}


@pytest.mark.parametrize(
    ("entry", "message"),
    [("nowhere.txt", "found no such file"), ("{file}", "none of sources.csv"),
     ("elston={file}", "elston: no such source; allowed: elston2005")],
)  # fmt: skip
def test_a_text_that_cannot_be_used(text_file, entry, message):
    """The message says what would do."""
    with pytest.raises(DataError, match=message):
        source_text.match_sources([entry.format(file=text_file)])
