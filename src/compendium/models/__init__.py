"""Models of involvement, and the methods that ask how far an argument carries.

The core is a balance: factors that lean for or against, weights that count them, a beam that tips.
The weights are unknown, so nothing here fits them; it asks what must be true of them for the told
cases to come out as told, and what other structures, codings and completions would say. Beside it
stand the methods that small cases allow: orders, truth tables, exact counts, dependence, agreement.
Every function takes numbers and gives numbers. No file is opened, no study is known, and a model
that cannot answer says so instead of answering.
"""
