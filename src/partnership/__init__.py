"""What is only of this study: propositions, findings, figures, keys.

A table of this study that is no transcription stands beside its module as TOML: what a claim is
asked, names, groups of names, places in a drawing. It is read once, when its module is.
"""

import tomllib
from pathlib import Path
from typing import Any


def read_beside(module: str) -> dict[str, Any]:
    """The table beside a module, whose ``__file__`` is given: the TOML of the same name."""
    return tomllib.loads(Path(module).with_suffix(".toml").read_text(encoding="utf-8"))
