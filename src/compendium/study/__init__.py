"""A study of one's own, through the same door.

A study is a folder: `study.toml`, raw data, notebooks, and its own package if it wants one. What is
made here is a small one to start from, with made-up rows and a list of what to replace first.
"""
