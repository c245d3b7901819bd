"""Models: pure functions from arrays and frames to numbers; no file is opened here."""
