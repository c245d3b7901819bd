"""The command: one verb, one question."""
