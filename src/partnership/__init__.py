"""What is only of this study: propositions, findings, frameworks, keys."""
