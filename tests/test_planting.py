"""Planted faults can be read, found and marked; the audit finds six in ten."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import audit, tables, wrong_values
from compendium.printed.ledger import compare_register, read_ledger
from compendium.seminar import planting

N = 45
SEED = 11


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with many faults, of every kind."""
    out = tmp_path_factory.mktemp("planted") / "out"
    planting.plant(SEED, N, out)
    return out


@pytest.fixture(scope="module")
def faults() -> list[wrong_values.Fault]:
    return planting.draw_faults(SEED, N)


@pytest.fixture(scope="module")
def key() -> pd.DataFrame:
    """What the audit is foretold to say of the copy."""
    return planting.reveal(SEED, N)


@pytest.fixture
def in_copy(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy, read in place of the raw data."""
    monkeypatch.setattr(paths, "RAW", copy / planting.RAW)
    return copy


def read_copy(copy: Path) -> pd.DataFrame:
    """The ledger of the copy."""
    with planting.reading(copy / planting.RAW):
        return read_ledger()


def write(folder: Path, *lines: str, head: str = "file,row,column,value_id,what") -> Path:
    path = folder / "answers.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def named(fault: wrong_values.Fault) -> str:
    return next(iter(fault.texts or fault.again))


@pytest.mark.usefixtures("in_copy")
def test_the_copy_keeps_every_schema_and_every_checksum():
    """Whatever was planted, the copy can be read like any raw data."""
    resources = [resource["name"] for resource in tables.read_descriptor()["resources"]]
    broken = [b for name in resources for b in tables.breaches(name)]

    assert [*tables.changed_files(), *broken] == []


def test_a_fault_stands_in_the_ledger_and_nothing_else_differs(copy, faults):
    """Values that no fault names say what they said, and none is lost or new but by a fault."""
    true = read_ledger().set_index("value_id").printed
    there = read_copy(copy).set_index("value_id").printed
    both = pd.DataFrame({"true": true, "there": there}).fillna("gone")

    texts = {name: text for fault in faults for name, text in fault.texts.items() if text}
    planted = {name for fault in faults for name in [*fault.texts, *fault.again]}
    assert {name: there[name] for name in texts} == texts
    assert set(both.index[both.true != both.there]) == planted


def test_the_same_seed_plants_the_same(copy, tmp_path):
    """A second copy is the first, byte for byte."""
    planting.plant(SEED, N, tmp_path / "again")
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (copy, tmp_path / "again")
    )

    assert first == second


@pytest.fixture(scope="module")
def fifty() -> list[pd.DataFrame]:
    """The keys of fifty copies of ten faults; drawing so many takes some seconds."""
    return [planting.reveal(seed, 10) for seed in range(1, 51)]


def test_other_seeds_plant_otherwise(fifty):
    """No two of fifty seeds plant the same, and between them they plant every kind."""
    assert len({key.to_csv() for key in fifty}) == 50
    assert {*pd.concat(fifty).kind} == {*wrong_values.FAULTS}


def test_no_two_faults_share_a_row(faults):
    """Each can be found and marked by itself."""
    rows = [place for fault in faults for place in fault.places]

    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("kind", "value", "became"),
    [
        # 19 of 50 is 38 %; of the 99 that all the authorities are, it is 19 %.
        ("share of a wrong base", "elston-fulop2002/text/social-services/percent", "19"),
        ("transposed digits", "elston2005/table-3.4/1998/circulars", "422"),
        ("lost sign", "elston2005/table-4.4/Greenshire/adjustment_gbp_m", "4.4"),
        ("lost qualifier", "mannion2011/text/REM-investment", "43"),
        ("slipped line", "elston2005/table-3.4/1997/circulars", "60"),
        ("wrong total", "elston2005/appendix-h/18/Total/interviewees", "82"),
        ("swapped sites", "elston2005/table-4.2/Middleton/budget_gbp_m", "365"),
    ],
)
def test_a_kind_holds_the_slip_worked_out_by_hand(kind, value, became):
    """Each kind knows a slip that can be worked out by hand."""
    listed = wrong_values.list_faults()[kind]

    assert became in [fault.texts.get(value) for fault in listed]


def test_no_slip_makes_another_century_of_a_year():
    """1998 may become 1989; nobody would print 9198."""
    listed = wrong_values.list_faults()["transposed digits"]
    years = [fault for fault in listed if fault.was == "1998" and "year" in named(fault)]

    assert {text for fault in years for text in fault.texts.values()} == {"1989"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0,), "found 0; allowed: 1 to 60"),
        ((61,), "found 61; allowed: 1 to 60"),
        ((10, 0), "tables: found 0; allowed: 1 to "),
        ((10, 200), "tables: found 200; allowed: 1 to "),
    ],
)
def test_too_few_or_too_many_are_refused(given, message):
    """Faults or tables: the number is named with what is allowed."""
    with pytest.raises(SettingError, match=message):
        planting.draw_faults(1, *given)


def test_more_faults_than_the_data_has_room_for_are_refused(monkeypatch):
    """Print has a minus in four places, each in a row of its own."""
    lost = {"lost sign": wrong_values.list_faults()["lost sign"]}
    monkeypatch.setattr(planting, "list_faults", lambda: lost)

    with pytest.raises(SettingError, match="found 5; this raw data has room for 4"):
        planting.draw_faults(1, 5)


def test_a_folder_with_files_is_refused(tmp_path):
    """Nobody's files are planted over, and what is refused leaves nothing."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(SettingError, match="a new or an empty folder"):
        planting.plant(1, 1, tmp_path)
    with pytest.raises(SettingError, match="found 0; allowed"):
        planting.plant(1, 0, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_whoever_names_everything_has_found_everything(copy, faults, tmp_path):
    """One value of each fault is enough."""
    answers = write(tmp_path, *(named(f) for f in faults), head="value_id")
    marks = planting.mark(copy, answers)

    assert (marks.by_kind.found.sum(), len(marks.false_alarms), marks.score) == (N, 0, 100)


def test_a_cell_may_be_named_by_its_place(in_copy, faults, tmp_path, monkeypatch):
    """File, row and column of the copy name what its value_id names, in checks.csv too."""
    cells = tables.cells().set_index("value_id")
    checks = list(tables.read_table("checks").value_id)
    monkeypatch.undo()
    told = [named(fault) for fault in faults if fault.kind != "dropped row"]
    places = [f"data/raw/{c.file},{c.row},{c.column},," for c in cells.loc[told].itertuples()]
    own = [name for name in told if name in checks]
    rows = [f"checks.csv,{checks.index(name) + 2},value_id,," for name in own]

    assert own
    for names, lines in ((told, places), (own, rows)):
        marks = planting.mark(in_copy, write(tmp_path, *lines))
        assert (marks.by_kind.found.sum(), len(marks.false_alarms)) == (len(names), 0)


def test_a_missing_row_is_named_by_its_neighbours(copy, faults, tmp_path):
    """The row before the gap will do, and so will the row after it."""
    dropped = [fault for fault in faults if fault.kind == "dropped row"]
    places = [place for fault in dropped for place in fault.places]
    after = [(place[0], planting.row_in_copy(faults, place)) for place in places]
    assert after

    for shift in (0, -1):
        # After the last row there is none.
        last = {file: tables.read_sheet(copy / planting.RAW / file).index[-1] for file, _ in after}
        lines = [f"{file},{min(row + shift, last[file])},,," for file, row in after]
        marks = planting.mark(copy, write(tmp_path, *lines))
        assert marks.by_kind.found["dropped row"] == len(dropped)


def test_a_false_alarm_costs_once(copy, faults, tmp_path):
    """One found and one false of 45 planted, given twice: 1 of 46. A blank sheet finds nothing."""
    false = "elston2005/table-3.4/2002/circulars"
    assert false not in [name for fault in faults for name in fault.texts]
    answers = write(tmp_path, f",,,{named(faults[0])},", *[f",,,{false},"] * 2)
    marks = planting.mark(copy, answers)

    assert marks.false_alarms.value_id.tolist() == [false]
    assert marks.score == pytest.approx(100 / 46)
    blank = planting.mark(copy, copy / "answers.csv")
    assert (blank.by_kind.missed.sum(), blank.score) == (N, 0)


def test_what_print_has_wrong_is_no_false_alarm(copy, tmp_path):
    """The population of Dalesville stands in the register: naming it costs nothing."""
    name = "elston2005/appendix-f/Dalesville/population"
    marks = planting.mark(copy, write(tmp_path, f",,,{name},"))

    assert (marks.n_in_print, len(marks.false_alarms), marks.score) == (1, 0, 0)


def test_unknown_places_are_named_together_with_the_closest(copy, tmp_path):
    """Every answer that names nothing is in one error, with its row and what is near."""
    answers = write(
        tmp_path,
        ",,,elston2005/table-4.2/Midleton/share_percent,",
        "elston2005/tabel-4.2.csv,2,share_percent,,",
        "elston2005/table-4.2.csv,99,share_percent,,",
        "elston2005/table-4.2.csv,2,share,,",
    )
    with pytest.raises(DataError) as error:
        planting.mark(copy, answers)

    head, *problems = [re.sub(r"^.*answers.csv ", "", p) for p in str(error.value).splitlines()]
    assert head == "the answers name what the copy does not have:"
    assert problems[0].startswith(
        "row 2, column value_id: found 'elston2005/table-4.2/Midleton/share_percent'; the closest: "
        "elston2005/table-4.2/Middleton/share_percent, "
    )
    assert problems[1].startswith(
        "row 3, column file: found 'elston2005/tabel-4.2.csv'; the closest: "
        "elston2005/table-4.2.csv, "
    )
    assert problems[2:] == [
        "row 4, column row: found '99'; allowed: 2 to 5 in elston2005/table-4.2.csv",
        "row 5, column column: found 'share'; allowed: site, budget_gbp_m, allocation_gbp_m, "
        "allocation_kind, share_percent, footnotes, line, or blank for the row",
    ]


@pytest.mark.parametrize("head", ["file;row;column", "file", "id"])
def test_a_sheet_without_its_columns_is_refused(head, copy, tmp_path):
    """A sheet that names nothing is not one that found nothing."""
    with pytest.raises(
        DataError, match=r"answers.csv: found .*; allowed: value_id, or file and row"
    ):
        planting.mark(copy, write(tmp_path, head=head))


def test_faults_can_be_kept_to_a_few_tables(tmp_path):
    """All stand in as many files as asked for, the README names them, and marks know them again."""
    planting.plant(5, 8, tmp_path / "out", 3)
    drawn = planting.draw_faults(5, 8, 3)
    files = {file for fault in drawn for file, _ in fault.places}
    said = (tmp_path / "out/README.md").read_text(encoding="utf-8")

    assert len(files) <= 3
    assert all(file in said for file in files)
    marks = planting.mark(tmp_path / "out", write(tmp_path, *map(named, drawn), head="value_id"))
    assert marks.score == 100


def test_teams_are_ranked_and_every_fault_is_debriefed(copy, faults, key, tmp_path):
    """The best first; of each fault where, what, which check sees it, and who found it."""
    for team, found in (("ann", 3), ("bob", 9)):
        (tmp_path / team).mkdir()
        write(tmp_path / team, *map(named, faults[:found]), head="value_id")
    ranked, told = planting.mark_class(copy, [tmp_path / t / "answers.csv" for t in ("ann", "bob")])

    assert ranked.team.tolist() == ["bob/answers", "ann/answers"]
    assert (ranked.found.tolist(), ranked["rank"].tolist()) == ([9, 3], [1, 2])
    assert len(told) == N
    assert told.found_by.tolist()[2:4] == ["ann/answers, bob/answers", "bob/answers"]
    assert told.found_by.iloc[-1] == "nobody"
    assert told.seen_by.str.match(r"audit: \S+.* \(at .+\)|by hand: .+").all()
    assert told.seen_by.str.startswith("audit").sum() == key.found.sum()


def test_wrong_answers_of_all_teams_are_named_together(copy, tmp_path):
    """One message for the class, each with its file."""
    for team in ("ann", "bob"):
        (tmp_path / team).mkdir()
        write(tmp_path / team, "nothing", head="value_id")

    with pytest.raises(DataError, match=r"(?s)ann/answers.csv row 2.*bob/answers.csv row 2"):
        planting.mark_class(copy, [tmp_path / t / "answers.csv" for t in ("ann", "bob")])


@pytest.mark.parametrize("text", ["", "{}", '{"seed": 1, "faults": "many", "raw": ""}'])
def test_a_folder_that_was_not_planted_is_refused(text, copy, tmp_path):
    """Without seed and number there is no key."""
    (tmp_path / "planted.json").write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match="compendium seminar plant"):
        planting.mark(tmp_path, copy / "answers.csv")


def test_a_key_of_other_raw_data_is_refused(copy, tmp_path):
    """A mended table would give another key for the same seed."""
    planted = json.loads((copy / "planted.json").read_text(encoding="utf-8"))
    text = json.dumps(planted | {"raw": "of another day"})
    (tmp_path / "planted.json").write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match="plant it again"):
        planting.mark(tmp_path, copy / "answers.csv")


def test_the_key_is_not_in_the_copy(copy, faults):
    """What is added to the raw data names no value that is wrong."""
    added = [copy / name for name in ("README.md", "answers.csv", "planted.json")]
    said = "".join(path.read_text(encoding="utf-8") for path in added)

    assert not [fault for fault in faults if named(fault) in said]


# What the audit says of a copy


@pytest.mark.usefixtures("in_copy")
def test_the_audit_of_the_copy_is_the_audit_foretold(key, monkeypatch):
    """What is judged again where a fault reaches is what auditing the whole copy says."""
    findings = audit.find(read_ledger(), tables.cells())
    monkeypatch.undo()
    compared = compare_register(findings)
    surprises = {sentence.split()[0] for group in compared.values() for sentence in group}

    assert surprises == set().union(*key.surprises)
    assert 0 < key.found.sum() < N


def test_the_audit_finds_a_wrong_total_and_misses_a_lost_qualifier(monkeypatch):
    """Beside a total stand its parts; 'almost 43' and 43 are one fact to it."""
    listed = wrong_values.list_faults()
    two = [
        next(f for f in listed[kind] if named(f) == name)
        for kind, name in (
            ("wrong total", "elston2005/appendix-h/1/Total/interviewees"),
            ("lost qualifier", "elston2005/table-4.3/health-organisations-Greenshire"),
        )
    ]
    monkeypatch.setattr(planting, "draw_faults", lambda *_: two)

    assert planting.reveal(1, 2).found.tolist() == [True, False]


def test_what_the_teacher_is_told_of_the_audit_holds(fifty):
    """The table in the teacher's notes is that of fifty copies of ten faults."""
    notes = (paths.NOTEBOOKS / "seminar" / "TEACHER.md").read_text(encoding="utf-8")
    printed = re.search(r"<!-- audit:[^\n]*\n(.*?)<!-- /audit -->", notes, re.DOTALL)[1]
    rates = planting.count_kinds(pd.concat(fifty))
    rates.loc["all"] = rates.sum()
    rates["per cent"] = (100 * rates.found / rates.planted).round(0)

    assert printed.strip() == rates.astype(int).to_markdown()
    assert rates.found["all"] > rates.planted["all"] / 2


def test_the_key_says_where_each_fault_stands(copy, faults, key):
    """A line a fault, with the row of the copy, for the teacher."""
    row = key[key.kind == "transposed digits"].iloc[0]
    told = (copy / planting.RAW / row.file).read_text(encoding="utf-8").splitlines()[row.row - 1]

    assert key.kind.tolist() == [fault.kind for fault in faults]
    assert row.became.removeprefix("almost ") in told


def test_counting_finds_a_row_that_is_gone_or_doubled(copy, faults):
    """``items.csv`` says how many values an item holds; the copy's ledger is off by its rows."""
    held = read_copy(copy).item_id.value_counts()
    said = tables.read_table("items").set_index("item_id")["values"].fillna(0).astype(int)
    true = read_ledger().set_index("value_id").item_id
    dropped = [true[n] for f in faults if f.kind == "dropped row" for n in f.texts]
    doubled = [true[n] for f in faults for n in f.again.values()]
    more = pd.Series(doubled).value_counts().sub(pd.Series(dropped).value_counts(), fill_value=0)

    off = held.sub(said, fill_value=0)
    assert off[off != 0].to_dict() == more[more != 0].to_dict()
    assert len(more)
