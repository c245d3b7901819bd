"""Tests of the built site in a browser; a package, so that its conftest is another than theirs."""
