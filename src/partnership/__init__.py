"""What is only of this study: propositions, findings, figures, keys.

A table of this study that is no transcription stands beside its module as TOML: what a claim is
asked, names, words to look for, places in a drawing. It is read once, when its module is.
"""

import tomllib
from pathlib import Path
from typing import Any


def read_beside(module: str) -> dict[str, Any]:
    """The TOML beside a module, whose ``__file__`` is given; ``"@name"`` in it is a group of names.

    The groups stand under ``[groups]``; in a list, a group's names stand in its place.
    """
    table = tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
    return _spread(table, table.get("groups", {}))


def _spread(value: Any, groups: dict[str, list[str]]) -> Any:
    """A value with its groups written out."""
    if isinstance(value, dict):
        return {key: _spread(each, groups) for key, each in value.items()}
    if isinstance(value, list):
        # Only a group is spread: a list within a list is left as it is.
        spread = [_spread(each, groups) for each in value]
        named = [isinstance(each, str) and each.startswith("@") for each in value]
        return [n for each, many in zip(spread, named) for n in (each if many else [each])]
    is_group = isinstance(value, str) and value.startswith("@")
    return _spread(groups[value[1:]], groups) if is_group else value
