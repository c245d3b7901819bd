"""`python -m compendium.cli`: the command, without its script."""

from compendium.cli.app import app

app()
