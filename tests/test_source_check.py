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


def test_labels_are_ours_and_not_looked_for(text_file):
    """What was coded stands in no text."""
    assert places([("Urban", "label", "1", 2)], text_file) == []


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
