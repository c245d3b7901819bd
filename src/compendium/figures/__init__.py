"""Figures: a tidy frame in, figure and axes out; no file is opened here."""
