"""The sessions run unanswered, their solutions are right, and no hint gives an answer away."""

import ast
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import paths
from compendium.errors import SettingError
from compendium.models import agreement
from compendium.seminar import marks
from partnership import seminar_keys

FOLDER = paths.NOTEBOOKS / "seminar"
SESSIONS = sorted(FOLDER.glob("S*.ipynb"))
NOT_YET = "not answered yet"
# For tasks that can be done for several: about what the test asks.
ABOUT = {("s1", "share"): ("Middleton",), ("s1", "per_head"): ("Dalesville",)}
TASKS = [(s, t) for s, keys in seminar_keys.KEYS.items() for t in keys if (s, t) != ("s3", "alpha")]


@pytest.fixture(autouse=True)
def _as_pandas_shows():
    yield
    pd.reset_option("display")


def cells_of(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def source_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def key_of(session: str, task: str) -> marks.Key:
    return seminar_keys.KEYS[session][task](*ABOUT.get((session, task), ()))


def run(path: Path, tag: str) -> list[Any]:
    """What the last line of each cell with a tag says, the notebook run in this process."""
    space: dict[str, Any] = {}
    said = []
    for cell in (cell for cell in cells_of(path) if cell["cell_type"] == "code"):
        body = ast.parse(source_of(cell))
        last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else ast.Expr(ast.Constant(0))
        exec(compile(body, path.name, "exec"), space)
        whole = ast.fix_missing_locations(ast.Expression(last.value))
        shown = eval(compile(whole, path.name, "eval"), space)
        if tag in ["", *cell["metadata"].get("tags", [])]:
            said.append(shown)
    return said


def codes_like_ours(n_wrong: int) -> pd.DataFrame:
    """Ten codes as ours, the first factors changed."""
    passages = seminar_keys.draw_passages()
    codes = pd.DataFrame({"factor": "F1", "direction": "+"}, index=passages.index)
    codes = seminar_keys.our_codes(codes).copy()
    codes.iloc[:n_wrong, 0] = codes.iloc[:n_wrong, 0].map(lambda code: {"F1": "F2"}.get(code, "F1"))
    return codes


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_session_runs_with_nothing_answered(path, capsys):
    """Run top to bottom as it is kept, every answer cell says that it is not answered yet."""
    said = run(path, "answer")

    assert {str(mark) for mark in said} == {NOT_YET}
    assert "right" not in capsys.readouterr().out


def test_every_task_stands_in_its_session():
    """Each task that can be marked is asked for in the notebook of its session, and no other."""
    asked = {
        (path.stem[:2].lower(), *found)
        for path in SESSIONS
        for cell in cells_of(path)
        for found in re.findall(r'seminar\.check\("(\w+)", "(\w+)"', source_of(cell))
    }

    known = {
        (s, t) for tasks in (seminar_keys.KEYS, seminar_keys.OPEN) for s in tasks for t in tasks[s]
    }
    assert asked == {(session, session, task) for session, task in known}


@pytest.mark.parametrize("path", [*SESSIONS, FOLDER / "solutions.ipynb"], ids=lambda p: p.stem)
def test_a_session_says_what_it_is_for(path):
    """The first cell has a title, an aim, what to read and how long; then imports, parameters."""
    head, imports, parameters = cells_of(path)[:3]
    words = ("Question.", "Aim.", "Read.", "Time.", "Reads:", "Writes:")

    assert source_of(head).startswith(f"# {path.stem[:2] if path in SESSIONS else 'Solutions'}")
    assert all(f"**{word}**" in source_of(head) for word in words)
    assert "import" in source_of(imports)
    assert parameters["metadata"]["tags"] == ["parameters"]


def test_the_sessions_take_the_time_the_teacher_is_told():
    """45 to 90 minutes each, the same in the notebook, in the table and in the heading below."""
    notes = (FOLDER / "TEACHER.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (S\d [^|]+?) +\| (\d+) \|", notes, re.MULTILINE))
    headed = dict(re.findall(r"^## (S\d .+) \((\d+)\)$", notes, re.MULTILINE))
    said = {}
    for path in SESSIONS:
        head = source_of(cells_of(path)[0])
        title = re.match(r"# (.+)", head)[1]
        said[title] = re.search(r"\*\*Time\.\*\* (\d+) minutes", head)[1]

    assert listed == headed == said
    assert 6 <= len(said) <= 8
    assert all(45 <= int(minutes) <= 90 for minutes in said.values())


def test_the_solutions_are_right():
    """Every task of every session solved: the notebook's own assertions hold each mark."""
    shown = str(run(FOLDER / "solutions.ipynb", "")[-1])

    assert shown.count("right") == len(TASKS) + 1
    assert shown.count("defensible") == 3


@pytest.mark.parametrize(
    ("session", "task", "right"),
    [
        ("s1", "share", 0.46),  # 1.1 of 239 million
        ("s1", "cut", "Middleton"),
        ("s1", "people", 78),  # the register has it
        ("s1", "misfits", {"Greenshire", "Middleton"}),
        ("s1", "per_head", 1843),  # 365 million over 198,000
        ("s1", "odd", "Dalesville"),
        ("s2", "agree", 2),  # integration or segregation, accepted
        ("s2", "widest", "USW"),
        ("s3", "lazy_agreement", 52.4),  # 353 of 674
        ("s4", "equal", "left"),  # two boxes against one
        ("s4", "share", Fraction(1, 4)),
        ("s4", "lighter", {"local-structures", "culture"}),
        ("s4", "least", 0.5),
        ("s4", "kindest", "11/16"),
        ("s5", "opposed", {"resources"}),
        ("s5", "dalesville", (-1, 2)),
        ("s5", "greenshire", (0, 5)),
        ("s5", "weight", 2),
        ("s5", "before", {"scarcity", "year"}),
        ("s5", "after", {"scarcity"}),
        ("s6", "arrangements", 6),
        ("s6", "one_sided", "1/6"),
        ("s6", "two_sided", "1/3"),
        ("s6", "needed", 4),  # 2 of 70; with three, 2 of 20
        ("s6", "ranks", "1/12"),
        ("s7", "possible", 16),
        ("s7", "behind", 1),
        ("s8", "returned", {"ha", "la-ss"}),
        ("s8", "single", {"pcgs"}),
        ("s8", "mutual", 1),
    ],
)
def test_an_answer_worked_out_by_hand_is_right(session, task, right):
    """What a reader finds with a pencil is what the data gives."""
    about = ABOUT.get((session, task), ())

    assert marks.check(session, task, right, *about) == ("right", "")


@pytest.mark.parametrize(
    ("session", "task", "wrong", "hint"),
    [
        ("s1", "share", 0.0046, "per cent is asked"),
        ("s1", "share", 0.4, "what is printed"),
        ("s1", "share", 0.24, "wrong base"),  # of Greenshire's 464 million
        ("s1", "share", 0.48, "2 decimals are asked for"),
        ("s1", "cut", "Metrocity", "not that one"),
        ("s1", "people", 88, "printed twice"),
        ("s1", "people", 81, "total as printed"),
        ("s1", "people", 159, "a total is counted in"),
        ("s1", "misfits", {"Dalesville", "Greenshire", "Metrocity"}, "printed twice"),
        ("s1", "misfits", {"Middleton"}, "not that set"),
        ("s1", "misfits", {"Midleton"}, "the closest: Middleton"),
        ("s1", "per_head", 1.843, "pounds are asked"),
        ("s1", "per_head", 546, "people of another site"),
        ("s1", "odd", "Metrocity", "not that one"),
        ("s2", "agree", 3, "refused attempt"),
        ("s2", "agree", 4, "in which they part"),
        ("s2", "widest", "UNE", "not that one"),
        ("s3", "lazy_agreement", 47.6, "how far they differ"),
        ("s3", "lazy_alpha", 0.52, "that is the agreement"),
        ("s3", "lazy_alpha", 0.22, "sign"),
        ("s4", "equal", "right", "what the figure shows"),
        ("s4", "share", 0.33, "counts boxes"),
        ("s4", "share", 0.75, "other side"),
        ("s4", "share", 0.5, "bound on one weight"),
        ("s4", "lighter", {"culture"}, "not that set"),
        ("s4", "least", 0.33, "equal part"),
        ("s4", "kindest", 0.125, "lean against"),
        ("s4", "kindest", 0.68, "cut off; round it"),
        ("s4", "kindest", 0.25, "stated boxes alone"),
        ("s5", "opposed", {"resources", "culture"}, "not that set"),
        ("s5", "opposed", {"culture", "local-structures"}, "not opposed"),
        ("s5", "dalesville", (1, 1), "stated boxes alone"),
        ("s5", "greenshire", (5, 0), "least comes first"),
        ("s5", "weight", 1, "tips left still"),
        ("s5", "before", {"scarcity"}, "the other time"),
        ("s5", "after", {"scarcity", "year"}, "the other time"),
        ("s6", "arrangements", 24, "only who is in it counts"),
        ("s6", "arrangements", 16, "any size"),
        ("s6", "one_sided", "1/3", "opposite arrangement too"),
        ("s6", "two_sided", "1/6", "one direction"),
        ("s6", "needed", 3, "one direction"),
        ("s6", "needed", 8, "of each group"),
        ("s6", "ranks", "1/24", "one direction"),
        ("s7", "possible", 8, "doubles the rows"),
        ("s7", "occupied", 15, "rows are asked"),
        ("s7", "contradictory", 14, "rows are asked"),
        ("s7", "contradictory", 5, "all rows that have cases"),
        ("s7", "consistency", 0.6, "came out right"),
        ("s7", "behind", 9, "all came out left"),
        ("s7", "chance", 0.04, "no contradiction"),
        ("s8", "arcs", {("la-ss", "ha")}, "not that set"),
        ("s8", "arcs", {("Social Services", "HA")}, "there is no 'Social Services' (the closest"),
        ("s8", "returned", {"ha", "pcgs"}, "not that set"),
        ("s8", "prose", {("ha", "pcgs")}, "not that set"),
        ("s8", "mutual", 2, "a part stands for the whole"),
        ("s8", "mutual", 7, "all pairs"),
    ],
)
def test_a_wrong_answer_gets_the_hint_of_its_slip(session, task, wrong, hint):
    """Not yet, and which kind of slip it looks like."""
    mark = marks.check(session, task, wrong, *ABOUT.get((session, task), ()))

    assert mark.verdict == "not yet"
    assert hint in mark.hint


def test_arrows_turned_round_are_told_so():
    """From whoever depends to whoever provides, not the other way."""
    right = key_of("s8", "prose").right
    mark = marks.check("s8", "prose", {arc[::-1] for arc in right})

    assert mark.verdict == "not yet"
    assert "the other way: from whoever depends" in mark.hint


@pytest.mark.parametrize(("session", "task"), TASKS)
def test_no_hint_and_no_notebook_holds_what_is_right(session, task):
    """No number at the decimals asked for, in no hint or text of its session; and no name."""
    key = key_of(session, task)
    if isinstance(key.right, str | set):
        hold_names(session, task, key)
        return
    wanted = key.right if isinstance(key.right, tuple) else (key.right,)
    (path,) = [path for path in SESSIONS if path.stem.lower().startswith(session)]
    said = [*key.slips, marks.ELSE]
    said += [source_of(cell) for cell in cells_of(path) if cell["cell_type"] == "markdown"]
    # The numbers that tasks carry, and the parts of a whole that sessions are read in.
    text = re.sub(r"(?m)^# S\d|^\d\. |\*\*(Read|Time)\.\*\*.*", "", "\n".join(said))

    if key.decimals or max(map(abs, wanted)) > 9:
        shown = "|".join(re.escape(f"{float(n):.{key.decimals}f}") for n in wanted)
        assert not re.search(rf"(?<![\d.])({shown})(?![\d.]*\d)", text)
    # No slip would be taken for the right answer.
    slips = [np.atleast_1d(slip) for slips in key.slips.values() for slip in slips]
    assert not [s for s in slips if (abs(s - wanted) <= 0.5 / 10**key.decimals).all()]


def hold_names(session: str, task: str, key: marks.Key) -> None:
    """No hint for a wrong answer holds a name that belongs there."""
    right = {key.right} if isinstance(key.right, str) else key.right
    others = [name for name in key.among if name not in right]
    wrong = others[0] if isinstance(key.right, str) else {*others[:1]}
    if any(isinstance(one, tuple) for one in right):
        wrong = {(others[0], others[0])} if others else {("ha", "ha")}
        right = {name for arc in right for name in arc}
    mark = marks.check(session, task, wrong)

    assert mark.verdict == "not yet"
    assert not [h for h in [*key.slips, mark.hint] if {*re.findall(r"[\w-]+", h)} & right]


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_answer_cells_are_kept_empty(path):
    """What a student fills in is None, and marked as the place to fill in."""
    for cell in cells_of(path):
        if "seminar.check(" in source_of(cell) and cell["cell_type"] == "code":
            assert cell["metadata"]["tags"] == ["answer"]
            assert source_of(cell).startswith("# Your answer")
            assert " = None" in source_of(cell) or "[None]" in source_of(cell)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("46%", 0.46),
        ("46 per cent", 0.46),
        ("0,46", 0.46),
        (".46", 0.46),
        ("\N{POUND SIGN}857", 857),
        ("- \N{POUND SIGN} 857", -857),
        ("1,234", 1234),
        ("1 234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("0,462", 0.462),
        ("12,5", 12.5),
        ("1,5/2", 0.75),
        ("'7'", 7),
        ("1e3", 1000),
        # Nothing is guessed.
        *(
            (text, None)
            for text in ("1 2", "1,23,456", "1_000", "inf", "nan", "12 people", "1/2/3")
        ),
        *(
            (text, None)
            for text in ("", "%", "--1", "1.2.3", "\N{VULGAR FRACTION ONE HALF}", "0x1")
        ),
    ],
)
def test_a_number_is_read_as_it_is_meant_or_not_at_all(text, number):
    """Currencies, thousands, decimal commas; what could be two numbers is none."""
    assert marks.read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("answer", ["a quarter", True, [1, 2], "1/0", {"a": 1}])
def test_what_is_no_number_is_told_so(answer):
    """Where a number is asked for, anything else says what was found; a number is no name."""
    mark = marks.check("s4", "share", answer)

    assert mark == ("not yet", f"a number is asked for; found {answer!r}")
    assert marks.check("s4", "lighter", 2) == ("not yet", "names are asked for")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.fractions()
    | st.decimals()
    | st.binary()
    | st.text()
    | st.from_regex(r"[-+]?[\d.,/% \N{POUND SIGN}]{1,8}"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, database=None)
@given(answer=ANYTHING)
@pytest.mark.parametrize(
    "task", [("s4", "share"), ("s5", "dalesville"), ("s8", "arcs"), ("s2", "UNE")]
)
def test_whatever_is_answered_gets_a_mark(task, answer):
    """No input raises, and no verdict is unknown."""
    assert marks.check(*task, answer).verdict in marks.VERDICTS


def test_an_answer_that_holds_itself_gets_a_mark():
    """A list within itself has no end."""
    endless: list = []
    endless.append(endless)

    assert "holds itself" in marks.check("s4", "share", endless).hint


@pytest.mark.parametrize(("session", "task"), TASKS)
def test_no_hint_lets_a_guesser_close_in(session, task):
    """Near the right answer, or with a part of it, the hint is that of any other wrong answer."""
    key = key_of(session, task)
    known, hints = marks.list_forms(key), {marks.end_hint(key)}
    if isinstance(key.right, set):
        names = sorted(key.right)
        near = [set(names[:k]) for k in range(1, len(names))]
        near += [{*key.right, name} for name in key.among if isinstance(names[0], str)]
    elif isinstance(key.right, str):
        near = [name for name in key.among if name != key.right]
    else:
        steps = [sign * k / 10**key.decimals for k in (1.3, 2.3, 4.3) for sign in (1, -1)]
        near = [tuple(n + step for n in np.atleast_1d(key.right)) for step in steps]
    told = [one for one in near if marks.read_form(one, key) not in known]

    assert {
        marks.check(session, task, one, *ABOUT.get((session, task), ())).hint for one in told
    } <= hints


SEVERAL = [("s1", "share"), ("s1", "misfits"), ("s1", "odd"), ("s2", "UNE"), ("s3", "codes")]
SEVERAL += [("s5", "dalesville"), ("s8", "arcs")]
ODD = [10**400, 10**5000, float("inf"), "1e999999999", {158, 164}, [{}], {(1, 2)}, "dalesville"]
ODD += [{"a": {1}}, [[10**5000]], b"1", object, np.array(["x"]), pd.Series([1, 2]), [["a"], 3]]


@pytest.mark.parametrize("task", SEVERAL)
def test_no_answer_raises(task):
    """Whatever a student hands in, a mark comes back, in words that fit a line."""
    for answer in ODD:
        mark = marks.check(*task, answer, *ABOUT.get(task, ()))

        assert isinstance(mark, marks.Mark)
        assert len(mark.hint) < 400


QUARTERS = [0.25, "0.25", "1/4", "25 %", "25e-2", Fraction(1, 4), np.float64(0.2501), {0.25}]
QUARTERS += [np.array([0.25])]


def test_what_an_answer_is_about_may_be_written_as_it_comes():
    """A site in small letters is that site; one that is none is told so; none is an error."""
    assert marks.check("s1", "share", 0.46, "middleton") == ("right", "")
    assert "there is no 'Atlantis' (the closest:" in marks.check("s1", "share", 1, "Atlantis").hint
    assert "there is no " in marks.check("s1", "per_head", 1843, 10**5000).hint
    with pytest.raises(SettingError, match="found 0 things that it is about; allowed: site"):
        marks.check("s1", "share", 0.46)


@pytest.mark.parametrize(
    ("session", "task", "answer", "about"),
    [
        ("s1", "share", "0.46%", ["Middleton"]),
        ("s1", "share", " 0.46 % ", ["Middleton"]),
        ("s1", "cut", "middleton", []),
        ("s1", "misfits", ["greenshire", " MIDDLETON"], []),
        *(("s4", "share", quarter, []) for quarter in QUARTERS),
        ("s5", "dalesville", ["\N{MINUS SIGN}1", "2"], []),
        ("s1", "misfits", "Greenshire and Middleton", []),
        ("s4", "lighter", {"local structures", "Culture"}, []),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(session, task, answer, about):
    """Per cent, small letters, blanks, a proper minus sign."""
    assert marks.check(session, task, answer, *about) == ("right", "")


@pytest.mark.parametrize("answer", [None, "", " ", [None], (None, None), {None}])
def test_what_is_not_answered_is_no_mistake(answer):
    """A student can run the notebook before answering."""
    assert str(marks.check("s4", "share", answer)) == NOT_YET


def test_an_unknown_task_lists_those_there_are():
    """A misspelt task is nobody's answer."""
    with pytest.raises(SettingError, match=r"'shar' of session 's1'; allowed: s1: share, cut"):
        marks.check("s1", "shar", 1)


@pytest.mark.parametrize(
    ("site", "cell", "lines", "verdict", "hint"),
    [
        # A manager of UNE, on line 158, has it between two cells; nobody there has one side rule.
        ("UNE", "Synergy", [158], "defensible", "on a line you cite"),
        ("UNE", "Segregation", [158], "defensible", "on a line you cite"),
        ("UNE", "Domination", [158], "not yet", "no voice of this company"),
        ("UNE", "Synergy", [164], "not yet", "no statement on line 164"),
        # At USW the private side tells of domination on line 164, others of segregation on 168.
        ("USW", "Domination", [164], "defensible", "of 4 voices shut it"),
        ("USW", "Domination", [168], "not yet", "not on the lines you cite"),
        ("USW", "Breakdown", 166, "defensible", "by the words inside the cells it is shut"),
        ("REM", "Union", [174], "not yet", "there is no 'Union' (the closest: "),
        ("REM", ["Synergy"], {176}, "defensible", "on a line you cite"),
        ("REM", [{}], {176}, "not yet", "there is no "),
        # However it is written.
        ("UNE", "synergy", "158", "defensible", "on a line you cite"),
        ("UNE", "Synergy", {158}, "defensible", "on a line you cite"),
        ("UNE", "Synergy", ["a line"], "not yet", "lines are numbers"),
    ],
)
def test_a_place_is_defensible_if_the_coding_leaves_it_open(site, cell, lines, verdict, hint):
    """Not right or wrong: borne out by a statement on a line that is cited, or not."""
    mark = marks.check("s2", site, (cell, lines))

    assert mark.verdict == verdict
    assert hint in mark.hint


def test_the_passages_give_no_code_away():
    """Ten lines with who and where; the label only if asked for; the same ten for a seed."""
    shown, labelled = seminar_keys.draw_passages(), seminar_keys.draw_passages(labels=True)

    assert list(shown) == ["line", "page", "site", "actor"]
    assert list(labelled) == [*shown, "label"]
    assert len(shown) == 10
    assert shown.equals(labelled[list(shown)])
    assert not shown.equals(seminar_keys.draw_passages(seed=1))


def test_more_passages_than_can_be_drawn_are_refused():
    """Ten are enough for a seminar."""
    with pytest.raises(SettingError, match="found 11; allowed: 1 to 10"):
        seminar_keys.draw_passages(11)


def test_our_codes_stay_hidden_until_all_are_coded():
    """One blank, and none of ours is shown."""
    codes = codes_like_ours(0)
    codes.iloc[3, 1] = None

    assert seminar_keys.our_codes(codes).isna().all(axis=None)
    assert str(marks.check("s3", "codes", codes)) == NOT_YET


def test_codes_are_compared_not_marked():
    """Two factors otherwise than ours: eight of ten alike, and no word of right or wrong."""
    mark = marks.check("s3", "codes", codes_like_ours(2))

    assert mark == ("compared", "alike of 10: factor 8, direction 10; agreement is not truth")


def test_a_code_that_is_none_is_named():
    """The codebook's codes, and no other."""
    codes = codes_like_ours(0)
    codes.iloc[0, 0] = "F9"
    mark = marks.check("s3", "codes", codes)

    assert mark.hint == (f"factor of {codes.index[0]}: found 'F9'; allowed: F1, F2, F3, F4, F5")


def test_own_alpha_is_marked_against_own_codes():
    """Alpha of the codes as given, and the agreement is not alpha."""
    codes = codes_like_ours(2)
    ours = seminar_keys.our_codes(codes)
    alpha = agreement.alpha(pd.DataFrame({"a": codes.factor, "b": ours.factor}))

    assert marks.check("s3", "alpha", alpha, codes, "factor").verdict == "right"
    assert "that is the agreement" in marks.check("s3", "alpha", 80, codes, "factor").hint
    assert str(marks.check("s3", "alpha", 0.5, codes.assign(factor=None), "factor")) == NOT_YET


def test_alpha_that_is_not_defined_says_why():
    """Where every code is the same there is nothing to agree about."""
    codes = codes_like_ours(0).iloc[:1]

    assert "it cannot be worked out" in marks.check("s3", "alpha", 1, codes, "factor").hint
