"""The pack for a second coder: nothing of ours goes out, nothing bad comes in."""

import hashlib
import itertools

import pandas as pd
import pytest

from compendium.coding import second_coder
from compendium.coding.second_coder import SHEETS
from compendium.errors import DataError, SettingError
from compendium.printed import tables as raw
from compendium.settings import Study

EVIDENCE, INVOLVEMENT, ORDERINGS, DEPENDENCIES, LEANINGS, TILTS = SHEETS
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
    "lean": ["1", "-1", "0", None],
    "tilt": ["left", "right", None],
    "scope": ["across sites"],
}
EXAMPLE_LINE, ELSEWHERE = 107, 9


def codebook():
    """Every kind of code; examples in a line that is asked for, and in one that is not."""
    rows = [(kind, code) for kind, codes in CODEBOOK.items() for code in codes]
    table = pd.DataFrame(rows, columns=["kind", "code"]).assign(meaning="in words")
    parents = table.code.where(table.kind == "subfactor").str.get(0)
    lines = table.kind.map({"factor": EXAMPLE_LINE, "target": ELSEWHERE}).astype("Int64")
    return table.assign(parent="F" + parents, example_line=lines, example="our example")


def evidence(n=30):
    """A statement a line from line 100 on; two on one actor in the last line."""
    turn = {kind: itertools.cycle(codes) for kind, codes in CODEBOOK.items()}
    rows = []
    for line in [*range(100, 100 + n), 99 + n]:
        row = {kind: next(codes) for kind, codes in turn.items()}
        row |= {"factor": "F1", "subfactor": "1.funds"} if line % 3 else {"subfactor": "5.size"}
        row |= {} if line % 3 else {"factor": "F5"}
        rows.append({"line": line, "actor": "PCG", "site": "all", "district": None, **row})
    others = ["lean", "tilt", "scope", "involvement_code"]
    table = pd.DataFrame(rows).astype({"line": "Int64"}).drop(columns=others)
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


def orderings():
    """Two lines: the first of the alphabet above, then below, at another time."""
    end = {"district": None, "site": "all", "partnership": "both"}
    ends = {f"{name}_{field}": value for name in ("more", "less") for field, value in end.items()}
    rows = [
        {"more": "CHC", "less": "PCG", "line": 300},
        {"more": "PCG", "less": "CHC", "line": 301},
    ]
    rows = [row | ends | {"stage_more": "general", "stage_less": "general"} for row in rows]
    return pd.DataFrame(rows).assign(ordering_id=["o300a", "o301a"], level="board", measure="say")


def dependencies():
    """One on the other and back, in one line: one place."""
    rows = {"line": 400, "dependent": ["pcg", "ha"], "provider": ["ha", "pcg"], "site": "all",
            "resource": ["money", None], "axis": "horizontal", "strength": [3, None]}  # fmt: skip
    return pd.DataFrame(rows).astype({"strength": "Int64"})


def figures():
    """One balance of two boxes, one of which nobody speaks of; its side is told."""
    place = {"figure": "a/figure-1", "state": "before", "site": "all", "actor": "PCG", "line": 500}
    boxes = pd.DataFrame({"box": ["culture", "policy"], "lean": pd.array([1, None], "Int64")})
    return boxes.assign(**place), pd.DataFrame([place]).assign(tilt="left")


LETTERS = "".join(f"line {number}\n" for number in range(1, 502))


@pytest.fixture(autouse=True)
def tables(monkeypatch):
    """Small tables in place of the real coding, shaped as `tables.read_table` gives them."""
    digest = hashlib.sha256(LETTERS.encode()).hexdigest()
    sources = pd.DataFrame({"source_id": ["a"], "citation": ["A thesis."], "sha256": [digest]})
    leanings, tilts = figures()
    held = {
        "coding/codebook": codebook(),
        "coding/evidence": evidence(),
        "coding/involvement": involvement(),
        "coding/orderings": orderings(),
        "coding/dependencies": dependencies(),
        "coding/leanings": leanings,
        "coding/tilts": tilts,
        "sources": sources,
    }
    allowed = {"resource": ["money"], "axis": ["horizontal"], "strength": ["1", "2", "3"]}
    monkeypatch.setattr(raw, "read_table", lambda name: held[name].copy())
    monkeypatch.setattr(raw, "allowed_values", lambda _, column: allowed[column])
    monkeypatch.setattr(second_coder, "read_study", Study)
    return held


@pytest.fixture
def pack(tmp_path):
    """A pack as written, blank."""
    second_coder.write_pack(tmp_path / "pack", n_units=None)
    return tmp_path / "pack"


@pytest.fixture
def filled(pack):
    """The same pack, filled with our own codes, by somebody."""
    for sheet in SHEETS:
        ours, table = second_coder._read_ours(sheet), read(pack, sheet)
        units = dict(zip(second_coder._name_places(table, sheet), table.unit))
        mine = ours[[*sheet.given, *sheet.asked]].assign(unit=ours.place.map(units))
        write(pack, sheet, mine[list(table)].fillna(""))
    say_who(pack, "human,A. B.,2026-11,no")
    return pack


def say_who(folder, row):
    """Fill in who coded."""
    header = "kind,who,date,saw_another\n"
    (folder / "coder.csv").write_text(header + row + "\n", encoding="utf-8")


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
    """How to proceed, the codebook, who codes, six sheets and the places; nothing beside them."""
    names = ["README.md", "codebook.csv", "coder.csv", *(sheet.file for sheet in SHEETS)]

    assert {path.name for path in pack.iterdir()} == {*names, "units.csv"}
    assert [path.name for path in pack.parent.iterdir()] == ["pack"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.file)
def test_the_sheets_hold_no_code_of_ours(pack, sheet):
    """Every column asked for is blank, and there is no column but these and the place."""
    table = read(pack, sheet)

    assert list(table.columns) == ["unit", *sheet.given, *sheet.asked]
    assert len(table) > 0
    assert (table[list(sheet.asked)] == "").all(axis=None)


def test_no_file_gives_a_code_away(pack):
    """Neither our labels, nor words of strength or degree, nor ids that count statements."""
    text = "".join(path.read_text(encoding="utf-8") for path in pack.iterdir())
    told = ("our own words", "heavily", "hardly", "e129", "v200", "o300")

    assert not [word for word in told if word in text]


def test_every_row_of_ours_is_at_a_place_of_the_pack(pack):
    """Also those of a line that says two things of one actor: it comes once; lines in order."""
    for sheet in SHEETS:
        places = second_coder._name_places(read(pack, sheet), sheet)

        assert places.is_unique
        assert set(places) == set(second_coder._read_ours(sheet).place)
    lines = read(pack, EVIDENCE).line.astype(int)
    assert lines.tolist() == list(range(100, 130))


def test_the_ends_of_a_pair_come_in_the_order_of_the_alphabet(pack):
    """Whoever is above, and whoever depends."""
    rows = read(pack, ORDERINGS)

    assert rows["first"].str.startswith("CHC").all()
    assert rows["second"].str.startswith("PCG").all()
    assert read(pack, DEPENDENCIES)[["first", "second"]].values.tolist() == [["ha", "pcg"]]


def test_an_example_whose_line_is_asked_for_stays_away(pack):
    """Line 107 is coded by the second coder, too; the example of another line helps."""
    codes = pd.read_csv(pack / "codebook.csv", dtype=str).set_index("kind")

    assert "107" in set(read(pack, EVIDENCE).line)
    assert codes.example["factor"].isna().all()
    assert (codes.example["target"] == "our example").all()
    assert "scope" not in codes.index
    assert codes.code["lean"].tolist() == ["1", "-1", "0", "open"]


def test_the_guide_says_which_text_and_how_much(pack):
    """The citation, the text's checksum and the number of places of each sheet."""
    guide = (pack / "README.md").read_text(encoding="utf-8")

    assert "A thesis." in guide
    assert hashlib.sha256(LETTERS.encode()).hexdigest() in guide
    assert "| `evidence-to-code.csv` | 30 |" in guide


def test_the_lines_are_cut_from_the_text_that_the_coder_holds(tmp_path):
    """Each line of the sheets with the one before; another text is refused."""
    text = tmp_path / "text.txt"
    text.write_text(LETTERS, encoding="utf-8", newline="\n")
    second_coder.write_pack(tmp_path / "pack", None, text=text)
    lines = (tmp_path / "pack" / "lines.md").read_text(encoding="utf-8")

    assert "## 301\n\n> line 300\n\nline 301\n" in lines
    assert "## 500" in lines
    text.write_text("another", encoding="utf-8")
    with pytest.raises(DataError, match=r"text.txt: found a text of SHA-256 .*; allowed: "):
        second_coder.write_pack(tmp_path / "other", None, text=text)
    with pytest.raises(SettingError, match=r"cannot read .*none.txt"):
        second_coder.write_pack(tmp_path / "other", None, text=tmp_path / "none.txt")


def test_a_sample_mirrors_the_factors(tmp_path, tables):
    """A third of all places are of F5: half of them are 15 and hold 5, one more or less."""
    factors = tables["coding/evidence"].drop_duplicates("line").set_index("line").factor
    for seed in range(5):
        second_coder.write_pack(tmp_path / str(seed), n_units=15, seed=seed)
        lines = read(tmp_path / str(seed), EVIDENCE).line.astype(int)

        assert len(lines) == 15
        assert abs((factors[lines] == "F5").sum() - 5) <= 1


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


def compare(folder):
    """What came back, by sheet and variable."""
    found = second_coder.compare_return(folder, n_draws=50)
    return found._replace(table=found.table.set_index("variable"))


def test_our_own_codes_come_back_in_full_agreement(filled):
    """Every variable agrees, who coded is said, and every row has met its own."""
    coder, table, found = compare(filled)

    assert coder == {"kind": "human", "who": "A. B.", "date": "2026-11", "saw_another": "no"}
    assert (table.agreement.dropna() == 100).all()
    assert (table.alpha.dropna() == 1).all()
    assert found.values.tolist() == [
        ["evidence-to-code.csv", 30, 31, 31, 31], ["involvement-to-code.csv", 12, 12, 12, 12],
        ["orderings-to-code.csv", 2, 2, 2, 2], ["dependencies-to-code.csv", 1, 2, 2, 2],
        ["leanings-to-code.csv", 2, 2, 2, 2], ["tilts-to-code.csv", 1, 1, 1, 1],
    ]  # fmt: skip


def test_few_rows_have_no_reading(filled, monkeypatch):
    """31 of 50: the interval stands alone; with 31 needed it is read."""
    assert compare(filled).table.reading["evidence: factor"] == "31 rows of the 50 needed"
    monkeypatch.setattr(second_coder, "LEAST_ROWS", 31)
    table = compare(filled).table

    assert table.reading["evidence: factor"] == "rely"
    assert table.reading["involvement: code"] == "12 rows of the 31 needed"
    assert table.low["involvement: code"] == 1


def test_one_code_that_differs_is_seen(filled):
    """One of 31 directions turned: agreement and alpha fall, of this variable alone."""
    fill(filled, EVIDENCE, 2, "direction", "-")
    table = compare(filled).table

    assert table.agreement["evidence: direction"] == pytest.approx(100 * 30 / 31)
    assert table.alpha["evidence: direction"] < 1
    assert table.agreement["evidence: target"] == 100


def test_a_degree_one_off_costs_less_than_three_off(filled):
    """Ordinal: none for low is a smaller matter than none for high."""
    alphas = []
    for code in ("1", "3"):
        fill(filled, INVOLVEMENT, 2, "code", code)
        alphas.append(compare(filled).table.alpha["involvement: code as order"])

    assert 1 > alphas[0] > alphas[1]


def test_what_only_one_of_the_two_found_is_counted(filled):
    """A row left blank is an answer, and so is a row more at a place: neither is compared."""
    for column in EVIDENCE.asked:
        fill(filled, EVIDENCE, 2, column, "")
    rows = read(filled, EVIDENCE)
    write(filled, EVIDENCE, pd.concat([rows, rows.iloc[[3, 3]]]))
    found = compare(filled)

    assert found.found.iloc[0].tolist() == ["evidence-to-code.csv", 30, 31, 32, 30]
    assert found.table.n_units["evidence: target"] == 30
    assert found.table.agreement["evidence: target"] == 100


def test_rows_of_a_place_meet_in_their_order_whatever_their_codes(filled):
    """Two rows of line 129 the other way round: nothing is matched by what it says."""
    rows = read(filled, EVIDENCE)
    write(filled, EVIDENCE, pd.concat([rows.iloc[:-2], rows.iloc[[-1, -2]]]))

    assert compare(filled).table.agreement["evidence: direction"] < 100


def test_a_blank_pack_has_no_alpha(pack):
    """Somebody came back with nothing: every alpha is missing, and says so."""
    say_who(pack, "model,a model,,yes")
    table = compare(pack).table

    assert table.alpha.isna().all()
    assert table.reading.str.contains("no unit with two codes").all()


def test_who_coded_is_asked(filled):
    """Nobody, or what is no kind of coder: refused, with what is allowed."""
    say_who(filled, "robot,,,perhaps")
    assert problems(filled) == [
        "  coder.csv row 2, column kind: found 'robot'; allowed: human, model",
        "  coder.csv row 2, column who: found ''; allowed: a name, or initials",
        "  coder.csv row 2, column saw_another: found 'perhaps'; allowed: yes, no",
    ]
    say_who(filled, "")
    assert problems(filled) == ["  coder.csv: found 0 rows filled in; allowed: one, on who coded"]


def test_all_bad_cells_are_named_at_once(filled):
    """File, row, column, what was found and what is allowed, for all sheets."""
    fill(filled, EVIDENCE, 2, "direction", "up")
    fill(filled, EVIDENCE, 2, "channel", "")
    fill(filled, EVIDENCE, 3, "stage", "late")
    fill(filled, INVOLVEMENT, 5, "code", "4")
    fill(filled, ORDERINGS, 2, "order", "CHC")
    fill(filled, DEPENDENCIES, 3, "strength", "heavy")
    fill(filled, LEANINGS, 3, "lean", "+1")
    fill(filled, TILTS, 2, "tilt", "up")

    assert problems(filled) == [
        "  evidence-to-code.csv row 2, column direction: found 'up'; allowed: +, -, 0, +/-",
        "  evidence-to-code.csv row 2, column channel: found ''; allowed: cost, benefit",
        "  evidence-to-code.csv row 3, column stage: found 'late'; allowed: general, early",
        "  involvement-to-code.csv row 5, column code: found '4'; allowed: 3, 2, 1, 0",
        "  orderings-to-code.csv row 2, column order: found 'CHC'; allowed: first, second",
        "  dependencies-to-code.csv row 3, column strength: found 'heavy'; allowed: 1, 2, 3, open",
        "  leanings-to-code.csv row 3, column lean: found '+1'; allowed: 1, -1, 0, open",
        "  tilts-to-code.csv row 2, column tilt: found 'up'; allowed: left, right, open",
    ]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        # Line 100 is of F1: the size of F5 is not among its subfactors.
        ((2, "subfactor", "5.size"), [" row 2, column subfactor: found '5.size'; allowed: 1.duty, "
                                      "1.funds"]),
        # Row 4 became another place, so its own is missing.
        ((4, "unit", "u999"), [": found no row for 'u003'; allowed: one or more of each in "
                               "units.csv", " row 4, column unit: found 'u999'; allowed: those in "
                               "units.csv"]),
        # A line was overwritten, by hand or by a spreadsheet.
        ((2, "line", "1000"), [" row 2, column line: found '1000'; allowed: '100', as sent"]),
    ],
)  # fmt: skip
def test_what_does_not_belong_to_its_place_is_named(filled, cell, found):
    """A subfactor of another factor; a place that is unknown, and the one it was; a given cell."""
    fill(filled, EVIDENCE, *cell)

    assert problems(filled) == [f"  evidence-to-code.csv{one}" for one in found]


def test_rows_are_counted_as_in_the_file(filled):
    """A blank line in between moves the rows below it, not the places."""
    path = filled / "evidence-to-code.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace("u002,101,", "u002,1010,")
    path.write_text("\n".join([header, rows[0], "", *rows[1:]]) + "\n", encoding="utf-8")

    assert [problem.split(":")[0] for problem in problems(filled)] == [
        "  evidence-to-code.csv row 4, column line"
    ]


def test_what_a_spreadsheet_adds_is_forgiven(filled):
    """A byte order mark, Windows line ends, stray blanks and empty rows at the end."""
    path = filled / "evidence-to-code.csv"
    text = path.read_text(encoding="utf-8").replace(",+,", ", + ,") + "," * 14 + "\n"
    path.write_bytes(("\ufeff" + text).replace("\n", "\r\n").encode())

    assert (compare(filled).table.agreement.dropna() == 100).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"", "No columns"),
        (b"unit;line;actor\n", "found no unit, line"),
        ("unit,größe\n".encode("latin-1"), "codec can't decode"),
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
