"""Coding: what the prose says, statement by statement, and what that says of a claim."""
