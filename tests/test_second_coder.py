"""The pack for a second coder: nothing of ours goes out, nothing bad comes in."""

import itertools

import pandas as pd
import pytest

from compendium.coding import second_coder
from compendium.errors import DataError, SettingError
from compendium.printed import tables as raw
from compendium.settings import Study

CODEBOOK = {
    "factor": ["F1", "F5"],
    "subfactor": ["1.duty", "1.funds", "5.size"],
    "target": ["involvement", "influence"],
    "direction": ["+", "-", "0", "+/-"],
    "channel": ["cost", "benefit"],
    "assertion": ["state", "change"],
    "stage": ["general", "early"],
    "evidence_kind": ["interview", "document"],
    "partnership": ["HImP", "HAZ"],
    "confidence": ["certain", "likely", "contested"],
    "involvement_code": ["3", "2", "1", "0"],
    "lean": ["+1", "-1"],
}
EXAMPLE_LINE, LEAN_LINE = 107, 108


def codebook():
    """Every kind of code; one example in line 107, and one of a kind nobody is asked for."""
    rows = [(kind, code) for kind, codes in CODEBOOK.items() for code in codes]
    table = pd.DataFrame(rows, columns=["kind", "code"]).assign(meaning="in words")
    parents = table.code.where(table.kind == "subfactor").str.get(0)
    lines = table.kind.map({"factor": EXAMPLE_LINE, "lean": LEAN_LINE}).astype("Int64")
    return table.assign(parent="F" + parents, example_line=lines)


def evidence(n=30):
    """A statement a line from line 100 on; two on one actor in the last line."""
    turn = {kind: itertools.cycle(codes) for kind, codes in CODEBOOK.items()}
    rows = []
    for line in [*range(100, 100 + n), 99 + n]:
        row = {kind: next(codes) for kind, codes in turn.items()}
        row |= {"factor": "F1", "subfactor": "1.funds"} if line % 3 else {"subfactor": "5.size"}
        row |= {} if line % 3 else {"factor": "F5"}
        rows.append({"line": line, "actor": "PCG", "site": "all", "district": None, **row})
    table = pd.DataFrame(rows).astype({"line": "Int64"}).drop(columns=["lean", "involvement_code"])
    ids = [
        f"e{line}{'b' if twice else 'a'}"
        for line, twice in zip(table.line, table.line.duplicated())
    ]
    told = {"label": "our own words", "strength_word": "heavily", "is_restatement": "no"}
    return table.assign(evidence_id=ids, code_min=-1, code_max=1, **told)


def involvement(n=12):
    """A degree a line from line 200 on."""
    table = pd.DataFrame({"line": range(200, 200 + n)}, dtype="Int64")
    table["involvement_id"] = [f"v{line}a" for line in table.line]
    table = table.assign(actor="Education", site="Greenshire", district=pd.NA)
    table = table.assign(level="board", measure="influence", stage="general", words="hardly")
    table["code"] = pd.array([line % 4 for line in table.line], "Int64")
    return table.assign(label="our own words", confidence="likely")


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """Small tables in place of the real coding, shaped as `tables.read_table` gives them."""
    sources = pd.DataFrame({"source_id": ["a"], "citation": ["A thesis."], "sha256": ["abc123"]})
    held = {
        "coding/codebook": codebook(),
        "coding/evidence": evidence(),
        "coding/involvement": involvement(),
        "sources": sources,
    }
    monkeypatch.setattr(raw, "read_table", lambda name: held[name].copy())
    monkeypatch.setattr(second_coder, "read_study", Study)
    return held


@pytest.fixture
def pack(tmp_path):
    """A pack as written, blank."""
    second_coder.write_pack(tmp_path / "pack", n_units=None)
    return tmp_path / "pack"


@pytest.fixture
def filled(pack, tables):
    """The same pack, filled with our own codes."""
    for sheet in second_coder.SHEETS:
        ours = tables[sheet.table].set_index(sheet.unit).astype("string")
        table = read(pack, sheet)
        for column in sheet.asked:
            table[column] = ours.loc[table[sheet.unit], column].to_numpy()
        write(pack, sheet, table)
    return pack


def read(folder, sheet):
    return pd.read_csv(folder / sheet.file, dtype=str, keep_default_na=False)


def write(folder, sheet, table):
    table.to_csv(folder / sheet.file, index=False)


def fill(folder, sheet, row, column, value):
    """Put a value into a cell; `row` is the row of the file, 1 the header."""
    table = read(folder, sheet)
    table.loc[row - 2, column] = value
    write(folder, sheet, table)


def problems(folder):
    """The sentences of the one error."""
    with pytest.raises(DataError) as caught:
        second_coder.read_return(folder)
    return str(caught.value).splitlines()[1:]


def test_the_pack_is_whole(pack):
    """How to proceed, the codebook, two sheets and the list of units; nothing beside them."""
    names = ["README.md", "codebook.csv", "evidence-to-code.csv", "involvement-to-code.csv"]

    assert sorted(path.name for path in pack.iterdir()) == [*names, "units.csv"]
    assert [path.name for path in pack.parent.iterdir()] == ["pack"]


@pytest.mark.parametrize("sheet", second_coder.SHEETS, ids=lambda sheet: sheet.file)
def test_the_sheets_hold_no_code_of_ours(pack, sheet):
    """Every column asked for is blank, and there is no column but these and the unit's place."""
    table = read(pack, sheet)

    assert list(table.columns) == [sheet.unit, *sheet.given, *sheet.asked]
    assert len(table) > 0
    assert (table[list(sheet.asked)] == "").all(axis=None)


def test_no_file_gives_a_code_away(pack):
    """Neither our labels nor the words of strength or degree stand anywhere."""
    text = "".join(path.read_text(encoding="utf-8") for path in pack.iterdir())

    assert not [word for word in ("our own words", "heavily", "hardly") if word in text]


def test_units_come_in_the_order_of_the_lines(pack):
    """Not in an order that follows the codes."""
    lines = read(pack, second_coder.EVIDENCE).line.astype(int)

    assert lines.is_monotonic_increasing


def test_only_units_that_can_be_told_apart_are_given(pack):
    """Line 129 says two things of one actor: which of them a row means, nobody could know."""
    lines = set(read(pack, second_coder.EVIDENCE).line)

    assert "129" not in lines
    assert "128" in lines


def test_examples_of_the_codebook_are_not_asked(pack):
    """Line 107 explains a factor and is left out; line 108 explains what nobody is asked for."""
    lines = set(read(pack, second_coder.EVIDENCE).line)
    kinds = set(pd.read_csv(pack / "codebook.csv").kind)

    assert "107" not in lines
    assert "108" in lines
    assert "lean" not in kinds


def test_the_guide_says_which_text_and_how_much(pack):
    """The citation, the text's checksum and the number of units of each sheet."""
    guide = (pack / "README.md").read_text(encoding="utf-8")

    assert "A thesis." in guide
    assert "`abc123`" in guide
    assert "28 statements and 12 degrees" in guide


def test_a_sample_mirrors_the_factors(tmp_path, tables):
    """Of 28 units 9 are of F5: half of them are 14 and hold 4 or 5, in whatever draw."""
    factors = tables["coding/evidence"].set_index("evidence_id").factor
    for seed in range(5):
        second_coder.write_pack(tmp_path / str(seed), n_units=14, seed=seed)
        units = read(tmp_path / str(seed), second_coder.EVIDENCE).evidence_id

        assert len(units) == 14
        assert (factors[units] == "F5").sum() in (4, 5)


def test_the_same_seed_draws_the_same_units(tmp_path):
    """Twice the same pack, to the byte; another with another seed."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        second_coder.write_pack(tmp_path / name, n_units=10, seed=seed)
    texts = [(tmp_path / name / "units.csv").read_bytes() for name in "abc"]

    assert texts[0] == texts[1] != texts[2]


def test_a_folder_that_is_not_empty_is_left_as_it_was(tmp_path):
    """Refused, and neither touched nor added to."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingError, match="allowed: a new or an empty folder"):
        second_coder.write_pack(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_is_no_folder(tmp_path):
    """Refused likewise."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SettingError, match="allowed: a new or an empty folder"):
        second_coder.write_pack(tmp_path / "notes.txt")


def test_an_empty_folder_is_filled(tmp_path):
    """Made beforehand by whoever asked."""
    (tmp_path / "pack").mkdir()
    second_coder.write_pack(tmp_path / "pack")

    assert (tmp_path / "pack" / "README.md").exists()


def test_nothing_is_written_half(tmp_path, monkeypatch):
    """Where writing fails no folder appears, and nothing is left beside it."""
    monkeypatch.setattr(second_coder, "_make_files", lambda *_: {"README.md": "", "no/such": ""})
    with pytest.raises(FileNotFoundError):
        second_coder.write_pack(tmp_path / "pack")

    assert list(tmp_path.iterdir()) == []


def test_no_units_are_refused(tmp_path):
    """At least one."""
    with pytest.raises(SettingError, match="n_units: found 0; allowed: 1 or more"):
        second_coder.write_pack(tmp_path / "pack", n_units=0)


def test_our_own_codes_come_back_in_full_agreement(filled):
    """Every variable: 100 %, alpha 1, all units but those that go either way on an order."""
    table, matrices = second_coder.compare_return(filled, n_draws=50)
    rows = table.set_index("variable")

    assert (table.agreement == 100).all()
    assert (table.alpha == 1).all()
    assert (table.reading == "rely").all()
    assert rows.n_units["direction"] == 28
    assert rows.n_units["direction_code"] == 28 - (matrices["direction"].loc["+/-", "+/-"] / 2)
    assert rows.level["involvement_code"] == rows.level["confidence_code"] == "ordinal"
    assert set(CODEBOOK) - {"lean", "confidence"} <= set(rows.index)


def test_a_changed_code_lowers_its_variable_and_no_other(filled):
    """One direction of 28 the other way round: 96.4 %, and off the diagonal."""
    fill(filled, second_coder.EVIDENCE, 2, "direction", "-")
    table, matrices = second_coder.compare_return(filled, n_draws=50)
    rows = table.set_index("variable")

    assert rows.agreement["direction"] == pytest.approx(100 * 27 / 28)
    assert rows.alpha["direction"] < 1
    assert rows.alpha["direction_code"] < 1
    assert matrices["direction"].loc["+", "-"] == 1
    others = rows.drop(["direction", "direction_code"])
    assert (others.agreement == 100).all()


def test_a_degree_one_off_costs_less_than_three_off(filled):
    """Ordinal: none for low is a smaller matter than none for high."""
    alphas = []
    for code in ("1", "3"):
        fill(filled, second_coder.INVOLVEMENT, 2, "code", code)
        table = second_coder.compare_return(filled, n_draws=50).table.set_index("variable")
        alphas.append(table.alpha["involvement_code"])

    assert 1 > alphas[0] > alphas[1]


def test_a_row_left_blank_is_not_compared(filled):
    """Not found is an answer: one unit fewer, no disagreement."""
    for column in second_coder.EVIDENCE.asked:
        fill(filled, second_coder.EVIDENCE, 2, column, "")
    rows = second_coder.compare_return(filled, n_draws=50).table.set_index("variable")

    assert rows.n_units["direction"] == 27
    assert rows.agreement["direction"] == 100


def test_a_blank_pack_has_no_alpha(pack):
    """Nothing was coded: every alpha is missing, and says so."""
    table = second_coder.compare_return(pack, n_draws=50).table

    assert table.alpha.isna().all()
    assert table.reading.str.contains("no unit with two codes").all()


def test_all_bad_cells_are_named_at_once(filled):
    """File, row, column, what was found and what the codebook allows, for both sheets."""
    fill(filled, second_coder.EVIDENCE, 2, "direction", "up")
    fill(filled, second_coder.EVIDENCE, 2, "channel", "")
    fill(filled, second_coder.EVIDENCE, 3, "stage", "late")
    fill(filled, second_coder.INVOLVEMENT, 5, "code", "4")

    assert problems(filled) == [
        "  evidence-to-code.csv row 2, column direction: found 'up'; allowed: +, -, 0, +/-",
        "  evidence-to-code.csv row 2, column channel: found ''; allowed: cost, benefit",
        "  evidence-to-code.csv row 3, column stage: found 'late'; allowed: general, early",
        "  involvement-to-code.csv row 5, column code: found '4'; allowed: 3, 2, 1, 0",
    ]


def test_a_subfactor_belongs_to_its_factor(filled):
    """Line 100 is of F1: the size of F5 is not among its subfactors."""
    fill(filled, second_coder.EVIDENCE, 2, "subfactor", "5.size")

    assert problems(filled) == [
        "  evidence-to-code.csv row 2, column subfactor: found '5.size'; allowed: 1.duty, 1.funds"
    ]


def test_unknown_missing_and_double_units_are_named_at_once(filled):
    """Row 4 became another unit, so its own is missing, and row 2 comes again at the end."""
    sheet = second_coder.EVIDENCE
    fill(filled, sheet, 4, "evidence_id", "e999z")
    table = read(filled, sheet)
    write(filled, sheet, pd.concat([table, table.iloc[[0]]]))
    once = (
        "allowed: each unit of units.csv that data/raw/coding/first-model/evidence.csv holds, once"
    )

    assert problems(filled) == [
        f"  {sheet.file}: found no row for 'e102a'; allowed: one for each unit of units.csv",
        f"  {sheet.file} row 4, column evidence_id: found 'e999z'; {once}",
        f"  {sheet.file} row 30, column evidence_id: found 'e100a'; {once}",
    ]


def test_a_unit_of_ours_that_was_not_sent_is_unknown(filled):
    """e107a is an example of the codebook: it exists, and is not in the pack."""
    fill(filled, second_coder.EVIDENCE, 2, "evidence_id", "e107a")

    assert any("found 'e107a'" in problem for problem in problems(filled))


def test_what_was_given_must_come_back_as_it_was(filled):
    """A line that was overwritten, by hand or by a spreadsheet, is named."""
    fill(filled, second_coder.EVIDENCE, 2, "line", "1000")

    assert problems(filled) == [
        "  evidence-to-code.csv row 2, column line: found '1000'; allowed: '100', as sent"
    ]


def test_rows_are_counted_as_in_the_file(filled):
    """A blank line in between moves the rows below it, not the units."""
    path = filled / "evidence-to-code.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace("e101a,101,", "e101a,1010,")
    path.write_text("\n".join([header, rows[0], "", *rows[1:]]) + "\n", encoding="utf-8")

    assert [problem.split(":")[0] for problem in problems(filled)] == [
        "  evidence-to-code.csv row 4, column line"
    ]


def test_what_a_spreadsheet_adds_is_forgiven(filled):
    """A byte order mark, Windows line ends, stray blanks and empty rows at the end."""
    path = filled / "evidence-to-code.csv"
    text = path.read_text(encoding="utf-8").replace(",+,", ", + ,") + "," * 14 + "\n"
    path.write_bytes(("\ufeff" + text).replace("\n", "\r\n").encode())

    assert (second_coder.compare_return(filled, n_draws=50).table.agreement == 100).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "No columns"),
        (b"evidence_id;line;actor\n", "found no evidence_id, line"),
        ("evidence_id,größe\n".encode("latin-1"), "codec can't decode"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_named(filled, content, message):
    """Gone, empty, with semicolons, in another encoding: which file, and what is allowed."""
    path = filled / "evidence-to-code.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DataError, match=f"evidence-to-code.csv.*{message}.*allowed: "):
        second_coder.read_return(filled)


def test_the_guide_names_the_source_that_the_study_declares(tmp_path, tables, monkeypatch):
    """Not the first one listed."""
    other = {"source_id": "b", "citation": "A report.", "sha256": "def456"}
    tables["sources"] = pd.concat([tables["sources"], pd.DataFrame([other])])
    monkeypatch.setattr(second_coder, "read_study", lambda: Study(coded="b"))
    second_coder.write_pack(tmp_path / "pack")

    assert "A report." in (tmp_path / "pack" / "README.md").read_text(encoding="utf-8")
