"""Runs: a notebook with one set of parameters, from its declaration to its record.

A notebook says in its first cell what it reads and writes and in one tagged cell what it takes;
the runner holds it to that, executes it in a folder of its own, takes out what changes from run to
run, and moves what was made in one step. Each run leaves a record of what it read, wrote, judged
and answered, in which cell, and from which state of the files. The graph of all runs is made from
the same declarations, and a sweep is many runs over a grid.
"""
