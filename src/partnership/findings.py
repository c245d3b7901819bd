"""What the findings of other chapters and works count: chapters 3, 6, 7, Appendix J, the article.

Where print's own numbers test a finding, the verdicts on them are asked, and one that differs is
enough against it. Else the coded statements are: on process, on culture, and those of chapters 4
and 5, which speak to the others too. A conclusion has no direction: it can restate a finding and
never bear it out. What nothing coded speaks to is said to be so. The rows are in the TOML beside.
"""

from compendium.coding.claims import read_rules
from partnership import read_beside

RULES = read_rules(read_beside(__file__)["rules"], file="src/partnership/findings.toml")
