"""The sessions' pages hold every task and no answer, and their script marks as the package does."""

import json
import re
import shutil
import subprocess
from typing import Any

import pandas as pd
import pytest

from compendium import paths
from compendium.errors import SettingError
from compendium.models import agreement
from compendium.seminar import marks
from compendium.site import sessions
from partnership import seminar_keys

SCRIPT = paths.ROOT / "docs" / "_static" / "seminar.js"
ODD = [
    "a lot",
    "46%",
    "0,46",
    ".46",
    "1,234",
    "1 843",
    "1.843,5",
    "-\N{POUND SIGN}857",
    "1/0",
    "1/4",
]
ODD += ["1e999999", "inf", "1_000", "12 people", "\N{MINUS SIGN}1", "'7'", "25 per cent", "1/2/3"]
ASK = """
const seminar = require(process.argv[1]);
const { asked, pairs } = JSON.parse(require("fs").readFileSync(0));
console.log(JSON.stringify({
  marks: asked.map(([task, answer]) => seminar.mark(task, answer)),
  alpha: seminar.alpha(pairs),
  hash: seminar.sha256("The quick brown fox jumps over the lazy dog"),
}));
"""


@pytest.fixture(scope="module")
def pages() -> dict[str, sessions.Session]:
    return {name: sessions.read_session(name) for name in sessions.find_sessions()}


def tasks_of(pages: dict[str, sessions.Session]) -> list[dict[str, Any]]:
    return [task for page in pages.values() for task in page.tasks]


def key_of(task: dict[str, Any]) -> marks.Key:
    return seminar_keys.KEYS[task["session"]][task["task"]](*task["about"])


def mark_by(key: marks.Key, text: str) -> marks.Mark:
    """What the package says, the key worked out once."""
    try:
        return marks._mark(text, key)
    except SettingError as error:
        return marks.Mark("not yet", str(error))


def ask(asked: list, pairs: list) -> dict[str, Any]:
    """What the script says, run by Node.js."""
    done = subprocess.run(
        [shutil.which("node"), "-e", ASK, str(SCRIPT)],
        input=json.dumps({"asked": asked, "pairs": pairs}),
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    return json.loads(done.stdout)


def test_every_task_has_its_place_on_a_page(pages):
    """All eight sessions, each task once, each with what the question needs before it."""
    known = [
        (s, t) for kind in (seminar_keys.KEYS, seminar_keys.OPEN) for s in kind for t in kind[s]
    ]

    assert sorted((t["session"], t["task"]) for t in tasks_of(pages)) == sorted(known)
    assert all("".join(page.parts).count("<table") for page in pages.values())


def test_no_page_holds_an_answer(pages):
    """What is right stands in no page but as a hash, nor where the words lead up to it."""
    for page in pages.values():
        shown = str(sessions.show_session(page))
        words = re.sub(
            r"<table.*?</table>|<select.*?</select>|<script.*?</script>", "", shown, flags=re.S
        )
        for task in page.tasks:
            assert all(re.fullmatch(r"[0-9a-f]{16}", form) for form in task.get("forms", []))
            assert "right" not in task
            if "about" in task and task["kind"] == "number" and task["decimals"]:
                right = sessions.show_right(task)
                assert not re.search(rf"(?<![\d.]){re.escape(right)}(?!\d)", words)
                assert right not in json.dumps(task)


@pytest.mark.parametrize("told", ["Equal weights do not tip", "Middleton, Dalesville or Metrocity"])
def test_no_words_on_the_way_give_an_answer_away(pages, told):
    """What once stood in an opening line, or in a default."""
    assert not [name for name, page in pages.items() if told in str(sessions.show_session(page))]


def test_the_defaults_are_not_the_answers(pages):
    """The sites that S1 starts from are none of those it asks for."""
    about = {task["task"]: task.get("about") for task in pages["s1"].tasks}

    assert about["share"] != [key_of(pages["s1"].tasks[1]).right]
    assert about["per_head"] != [key_of(pages["s1"].tasks[-1]).right]


def test_the_balance_of_a_session_knows_no_case_and_no_share(pages):
    """Nothing to read off: neither in what is shown nor in what the script knows."""
    (form,) = [part for part in pages["s4"].parts if "balance-model" in part]
    model = json.loads(re.search(r'id="balance-model">(.*?)</script>', form)[1])

    assert [case["id"] for case in model["cases"]] == ["empty"]
    assert model["shares"] is None


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_page_and_package_give_the_same_marks(pages):
    """Right answers, those that slips lead to, and odd ones: verdict and hint to the letter."""
    asked, expected = [], []
    for task in tasks_of(pages):
        if "about" not in task:
            continue
        key = key_of(task)
        if task["kind"] == "number" and task["n"] == 1:
            known = [key.right, *(one for slips in key.slips.values() for one in slips)]
            for text in [*map(str, map(float, known)), *ODD]:
                asked.append((task, [text]))
                expected.append(mark_by(key, text))
        else:
            right = key.right if isinstance(key.right, set | tuple) else {key.right}
            told = [">".join(one) if isinstance(one, tuple) else str(one) for one in right]
            folded = (
                told if task["kind"] in ("number", "pairs") else [marks.fold(one) for one in told]
            )
            asked += [(task, folded), (task, folded[:-1] or [""])]
            expected += [marks.Mark("right")]
            partly = "not answered yet" if len(folded) == 1 else "not yet"
            expected.append(marks.Mark(partly, "skipped"))
    codes = pd.DataFrame({"a": list("xxyzx"), "b": list("xyyzz")})
    said = ask(asked, codes.to_numpy().tolist())

    for (task, answer), mark, given in zip(asked, expected, said["marks"], strict=True):
        where = f"{task['id']}: {answer}"
        assert given[0] == mark.verdict, where
        assert given[1] == mark.hint or mark.hint == "skipped", where
    assert said["alpha"] == pytest.approx(agreement.alpha(codes))
    assert said["hash"].startswith("d7a8fbb307d7809469ca9abcb0082e4f")


def test_places_and_codes_are_hashed_as_they_are_marked(pages):
    """Each cell and line of S2 has the mark that the package gives it."""
    for task in pages["s2"].tasks:
        if task["kind"] == "choice":
            for cell in task["choices"]["cell"]:
                for line in task["choices"]["line"]:
                    place = sessions._hash("s2", task["task"], f"{cell}>{line}")
                    mark = marks.check("s2", task["task"], (cell, [line]))
                    assert tuple(task["marks"][task["forms"][place]]) == mark


def test_sessions_are_chosen_by_name():
    """In any case and order; what there is not is named."""
    assert sessions.choose_sessions("S4, s1") == ["s1", "s4"]
    with pytest.raises(SettingError, match="found s9, x; allowed: s1, s2"):
        sessions.choose_sessions("s9,x")


def test_what_python_alone_needs_is_left_out(pages):
    """No code, no cell to run, no function to call."""
    for page in pages.values():
        shown = str(sessions.show_session(page))
        assert not re.search(r"# Your answer|run the cell|seminar\.check|len\(list|n_boxes", shown)
