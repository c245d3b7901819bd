"""Which cases are set against each other, and the ways in which one of them could have gone."""

from partnership import read_beside

CONTRASTS, WAYS = read_beside(__file__).values()
