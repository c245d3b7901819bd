"""Coding: what the prose says, and what that says of a claim.

A statement is a row with its line, its actor and its codes; a case is one actor at one place and
time, with its leans, its traits and the side it is told to have come out on. What the prose does
not state is missing, never level. Claims are graded by rule, from the rows that speak for and
against them, and asked of shuffled codings too: a grade that random codes would earn is none. What
a claim is asked is a row of a table (`claims`), or a function where a row does not say it.
A coding is one reading, so a second coder has a door of its own.
"""
