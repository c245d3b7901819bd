"""Review: a reviewer's questions: where from, would you notice, does it still hold."""
