"""Figures: a tidy frame in, figure and axes out.

Black and white first: fills, hatches and marks carry the meaning, so that a seminar reads them from
the back row and in grey print. What prose leaves open is drawn visibly open. No function here reads
a table, fits a model or writes a file; whoever saves a figure saves its data beside it.
"""
