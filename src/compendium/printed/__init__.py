"""What is printed, and what it is held against.

Raw data is a transcription, misprints included; nothing in it is repaired. This room opens the
tables and holds them to what is declared of each column, reads a printed number as the interval it
claims ("almost 30" is no 30), makes the ledger of all printed values with their roles and rules,
works each rule out on other printed cells, and gives the verdict. A rule never learns the verdict,
and a finding is never listed by hand: the register explains findings, and the run fails where the
two do not meet. What a wrong cell would do is asked here too, value by value; and a text that is
no study yet is scanned for tests that do not go together.
"""
