"""A pack is whole and gives nothing away; a class's answers come together."""

import json
import re

import pandas as pd
import pytest
from wellformed import find_faults

from compendium.errors import DataError, SettingError
from compendium.seminar import marks, room
from compendium.site import classroom, sessions
from partnership import seminar_keys


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    out = tmp_path_factory.mktemp("pack") / "out"
    classroom.write_pack(out, "S1,S7")
    return out


def save(folder, team, answers):
    """A file as a page saves it."""
    path = folder / f"{team}.json"
    path.write_text(
        json.dumps({"seminar": "x", "team": team, "sessions": answers}), encoding="utf-8"
    )
    return path


def code(factor, direction="-"):
    """S3's codes, all alike but for the first passages' factors."""
    units = list(seminar_keys.draw_passages().index)
    codes = {u: {"factor": "F5", "direction": direction} for u in units}
    for unit, name in zip(units, factor):
        codes[unit]["factor"] = name
    return {"codes": {"answer": codes, "verdict": "compared", "hint": ""}}


def test_a_pack_has_what_each_needs(pack):
    """Pages and tables for students, sheets to print, and the teacher's own."""
    held = {str(path.relative_to(pack)) for path in pack.rglob("*.*") if path.is_file()}

    assert {"students/index.html", "students/s1.html", "students/s7.html"} <= held
    assert "students/data/elston2005/appendix-h.csv" in held
    assert {"handouts/appendix-h.html", "handouts/cards.html"} <= held
    assert {"teacher/notes.html", "teacher/solutions.html"} <= held
    assert not any("s4" in name or "box-2" in name or "coding" in name for name in held)


def test_students_get_no_solution(pack):
    """The words of the solutions, and any number worked out there, are the teacher's alone."""
    students = "".join(p.read_text("utf-8") for p in (pack / "students").glob("*.html"))
    teacher = (pack / "teacher/solutions.html").read_text("utf-8")

    for session in ("s1", "s7"):
        for task in sessions.read_session(session).tasks:
            right = sessions.show_right(task)
            assert right in teacher
            if task["kind"] == "number" and task["decimals"]:
                assert right not in re.sub(r"<table.*?</table>", "", students, flags=re.S)
    heads = re.findall(r"<h2>(S\d)", (pack / "teacher/notes.html").read_text("utf-8"))
    assert heads == ["S1", "S7"]


def test_no_page_of_a_pack_asks_the_network(pack):
    """Every page is sound, every link and source a file of the pack."""
    for page in pack.rglob("*.html"):
        assert not find_faults(page.read_text("utf-8")), page
        for address in re.findall(r'(?:href|src)="([^"#]+)', page.read_text("utf-8")):
            assert not address.startswith(("http", "//")), page
            if "faults" not in address:
                assert (page.parent / address.partition("?")[0]).exists(), (page, address)


def test_a_pack_of_no_session_is_refused(tmp_path):
    """And nothing is written."""
    with pytest.raises(SettingError, match="found s12"):
        classroom.write_pack(tmp_path / "out", "S12")
    assert list(tmp_path.iterdir()) == []


def test_what_students_look_for_faults_in_holds_no_coding(tmp_path):
    """Our codes are what other sessions ask for; a table with a fault stays."""
    (tmp_path / "coding/me").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / f"coding/me/{name}.csv").touch()
    classroom._leave_out_coding(tmp_path, {"coding/me/b.csv"})

    assert [path.name for path in tmp_path.rglob("*.csv")] == ["b.csv"]


def test_a_class_of_three_comes_together(tmp_path):
    """A row for each team and task, where the room was stuck, and its own alpha."""
    right, wrong = ({"answer": ["x"], "verdict": v, "hint": ""} for v in ("right", "not yet"))
    files = [
        save(tmp_path, "a", {"s1": {"share": right, "cut": wrong}, "s3": code(["F1", "F2", "F3"])}),
        save(tmp_path, "b", {"s1": {"share": right, "cut": wrong}, "s3": code(["F1", "F2", "F4"])}),
        save(tmp_path, "c", {"s1": {"cut": right}, "s3": code(["F1", "F1", "F3"])}),
    ]
    made = classroom.write_room(files, tmp_path / "class.csv")
    table = pd.read_csv(made[0])
    counts = room.count_verdicts(table)
    page = made[2].read_text("utf-8")

    assert [path.name for path in made] == ["class.csv", "class.png", "class-coders.html"]
    assert len(table) == 8
    assert counts.loc[("s1", "cut"), ["right", "not yet"]].tolist() == [1, 2]
    assert counts.loc[("s1", "share"), ["right", "not answered yet"]].tolist() == [2, 1]
    assert (counts.sum(axis=1) == 3).all()
    assert made[1].read_bytes().startswith(b"\x89PNG")
    assert "3 coders read 10 passages alone" in page
    assert "factor: the room down" in page


def test_the_room_s_alpha_is_that_of_its_codes(tmp_path):
    """Two of three alike on one of ten; of a code nobody gave there is no alpha."""
    files = [
        save(tmp_path, t, {"s3": code([f])}) for t, f in (("a", "F1"), ("b", "F1"), ("c", "F2"))
    ]
    sheet = marks.find_task("s3", "codes")
    measured = room.measure_room(room.read_room(files).codes, sheet)

    # Of 30 codes 27, 2 and 1: observed 2 of 30 differ, expected (900 - 729 - 4 - 1) / (30 * 29).
    assert measured.alpha["factor"] == pytest.approx(1 - (2 / 30) / (166 / 870))
    assert measured.units["factor"] == 10
    assert pd.isna(measured.alpha["factor F3"])
    assert "every code is" in measured.reading["factor F3"]


def test_files_that_cannot_be_collected_are_named_together(tmp_path):
    """File, place, found and allowed of every fault in one message."""
    bad = tmp_path / "notes.json"
    bad.write_text("[1]", encoding="utf-8")
    files = [
        bad,
        tmp_path / "gone.json",
        save(tmp_path, "a", {"s9": {"x": {"answer": "1", "verdict": "right"}}}),
        save(tmp_path, "b", {"s1": {"cut": {"answer": "1", "verdict": "perfect"}}}),
        save(tmp_path, "c", {"s3": code(["F9"])}),
        save(tmp_path, "d", {"s3": {"codes": {"answer": "F1", "verdict": "compared"}}}),
    ]
    with pytest.raises(DataError) as error:
        room.read_room(files)

    text = str(error.value)
    assert "notes.json: found something else; allowed: a file that a session's page saved" in text
    assert "gone.json: found no file" in text
    assert "a.json: found task 'x' of session 's9'; allowed: s1: share" in text
    assert "b.json, s1 cut, verdict: found 'perfect'; allowed: right, not yet" in text
    assert re.search(r"c.json, s3 codes, unit \w+, factor: found 'F9'; allowed: F1, F2", text)
    assert "d.json, s3 codes: found no codes by unit" in text


def test_a_team_hands_in_once(tmp_path):
    """Two files of one team are told apart by nobody."""
    one = save(tmp_path, "a", {})
    (tmp_path / "copy").mkdir()
    other = save(tmp_path / "copy", "a", {})

    with pytest.raises(DataError, match=r"team: found 'a', as in .*a.json; allowed: once"):
        room.read_room([one, other])
