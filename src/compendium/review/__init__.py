"""A reviewer's questions, each with a command.

Where does this number come from, and what hangs on it? Would you notice if a raw value were wrong?
Does all of it hold with the libraries of today? The answers come from the records of the runs and
from the audit's own rules, never from a list kept by hand.
"""
