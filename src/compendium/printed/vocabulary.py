"""The words in which a printed value is judged, said once for the data and for the pages."""

# What a printed value is to the work that prints it.
ROLES = {
    "input": "taken as given",
    "derived": "computed from inputs",
    "repeated": "the same fact, printed elsewhere",
    "claim": "a statement in words that a computation can test",
}
# What a rule found: the best first.
COMPUTED = {
    "exact": "the computed value is what is printed, at the printed precision",
    "rounds": "cut off instead of rounded, or within what the rounding of the inputs leaves open",
    "differs": "neither; as what rounds, each has an entry in the register of discrepancies",
}
# What is said of a value that no rule can check.
UNCHECKED = {
    "not-derivable": "print does not hold the inputs",
    "not-recoverable": "the figure that shows it is missing from the text we hold",
}
TRANSCRIBED = "transcribed"
VERDICTS = (
    COMPUTED
    | UNCHECKED
    | {TRANSCRIBED: "an input, typed in as printed: never counted as reproduced"}
)
# By what kind of evidence a rule speaks, the strongest first: no headline adds them up unshown.
EVIDENCE = {
    "recomputed": "arithmetic on other printed numbers",
    "cross-checked": "two places of print, separately transcribed",
    "counted": "the members of a printed list",
    "cited": "a reference, a heading or a record held against the list or the item it names",
}
# Said of values with none: an input, or what no rule can check.
NOT_COMPUTED = "not computed"
