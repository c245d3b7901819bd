"""Runs: a notebook, its parameters, its record, and the graph that joins them."""
