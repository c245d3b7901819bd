"""A study of one's own, through the same door."""
