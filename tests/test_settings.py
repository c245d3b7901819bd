"""What a study declares of itself, and what it may not."""

import pytest

from compendium import paths, settings
from compendium.errors import DataError

FACTOR = '[[factors]]\nname = "{}"\nlabel = "L"\ncode = "{}"\n'


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Put a text at the root of a study that has nothing else."""
    monkeypatch.setattr(paths, "STUDY", tmp_path)

    def write(text):
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return settings.read_study()

    return write


def test_factors_keep_their_order(declare):
    """The balance names its boxes as declared, not by the alphabet."""
    study = declare(FACTOR.format("trust", "B") + FACTOR.format("money", "A"))

    assert list(study.factors) == ["trust", "money"]
    assert study.codes == {"trust": "B", "money": "A"}


def test_a_study_may_declare_nothing(tmp_path, monkeypatch):
    """Without the file, a study has no factors and no package, and is a study all the same."""
    monkeypatch.setattr(paths, "STUDY", tmp_path)

    assert settings.read_study() == settings.Study()
    assert settings.load_package() is None
    with pytest.raises(DataError, match="package: found none; allowed: one with a module keys"):
        settings.need_package("keys")


@pytest.mark.parametrize(
    ("text", "found", "allowed"),
    [
        ("titel = 'x'", "'titel'", "title, package"),
        ("package = 'nowhere'", "'nowhere'", "a folder of src/"),
        (FACTOR.format("trust", "A") + FACTOR.format("trust", "B"), "'trust'", "one"),
        (FACTOR.format("trust", "A") + FACTOR.format("money", "A"), "'A'", "one"),
        ("[[factors]]\nname = 'trust'", "{'name': 'trust'}", "name, label and code"),
        ("[roles]\nculture = 'trust'", "'trust'", "a factor"),
        ("[sources]\nreport = 7", "found 7", "report: found 7; allowed: text"),
        ("[states]\nafter = ''", "found ''", "states, after: found ''; allowed: text"),
        ("[groups]\nNorth = 'rural'", "'rural'", "a list of names"),
        ("[traits.size]\ntable = 'x'", "{'table': 'x'}", "table, key, case and column as text"),
        ("[case]\nstatements = 0", "0", "1 or more"),
        ("[case]\nstatments = 3", "'statments'", "factors, statements"),
        ("[parameters.level]\nleast = 0", "'least'", "minimum"),
        ("[parameters.level]\nminimum = [0]", "[0]", "a number, or a parameter's name"),
        ("[parameters.level]\nallowed = 'a'", "'a'", "a list"),
        ("factors = 'five'", "'five'", "a list"),
        ("decimal_mark = ';'", "found ';'", "'.' or ','"),
        ("title = ", "study.toml", "TOML"),
    ],
)
def test_what_a_study_may_not_say(declare, text, found, allowed):
    """Each breach names the file, what was found and what is allowed."""
    with pytest.raises(DataError, match=r"study\.toml") as refused:
        declare(text)

    assert found in str(refused.value)
    assert allowed in str(refused.value)


def test_bytes_that_are_no_text(tmp_path, monkeypatch):
    """The file is named, and what it should be."""
    monkeypatch.setattr(paths, "STUDY", tmp_path)
    (tmp_path / "study.toml").write_bytes(b"title = '\xff'")

    with pytest.raises(DataError, match=r"^study\.toml: .*0xff.*; allowed: TOML, in UTF-8$"):
        settings.read_study()


def test_all_breaches_are_said_at_once(declare):
    """Nobody mends a file one error at a time."""
    with pytest.raises(DataError) as refused:
        declare("titel = 'x'\n[case]\nstatements = -1\n")

    assert len(str(refused.value).splitlines()) == 3
