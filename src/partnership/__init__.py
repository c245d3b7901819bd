"""What is only of this study: propositions, findings, figures, keys."""
