"""The TOML beside a module: groups of names are written out, and nothing else is moved."""

from partnership import read_beside


def test_groups_are_written_out_and_lists_in_lists_stay(tmp_path):
    """A group in a list stands for its names, also one of groups; alone it is its list."""
    (tmp_path / "bodies.toml").write_text(
        '[groups]\nsmall = ["chc"]\nall = ["ha", "@small"]\n'
        '[named]\nin_list = ["pcg", "@all"]\nalone = "@small"\ndeep = [[1, 2], [3]]\n',
        encoding="utf-8",
    )
    table = read_beside(str(tmp_path / "bodies.py"))

    assert table["named"] == {"in_list": ["pcg", "ha", "chc"], "alone": ["chc"],
                              "deep": [[1, 2], [3]]}  # fmt: skip
