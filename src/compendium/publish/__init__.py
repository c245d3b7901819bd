"""What leaves the project: a certificate, forms, an export, a citation.

Nothing is certified that was not looked at now: files by their hashes, results by their records,
verdicts by working them out again. What needs a person is named as missing.
"""
