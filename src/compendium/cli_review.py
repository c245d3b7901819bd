"""The reviewer's verbs: each question a reviewer asks has one command that answers it."""

import json
from typing import Annotated

import typer

from compendium.console import one_message, say

review = typer.Typer()


@review.command(name="trace")
def trace_what(
    what: Annotated[str, typer.Argument(help="A value id, an item id, a figure, a raw file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Say where a value, an item, a figure or a raw file comes from, and what depends on it."""
    from compendium import tracing, tracing_text

    with one_message():
        found = tracing.trace(what)
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        say(tracing_text.show_trace(found))
