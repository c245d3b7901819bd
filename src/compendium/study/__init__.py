"""A study of one's own, through the same door.

A study is a folder: `study.toml`, raw data, notebooks, and its own package if it wants one. What is
made here is a small one to start from, with made-up rows and a list of what to replace first. A
table comes in from a spreadsheet in one step; rules for it suggest themselves, near misses first;
the register's rows are drafted, and only a person writes the cause.
"""
