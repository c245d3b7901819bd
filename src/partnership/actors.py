"""What the author coded of each actor in tables: the least circular predictors there are."""

import pandas as pd

from compendium.coding.cases import read_cases
from compendium.printed.tables import read_table


def read_predictors() -> pd.DataFrame:
    """What printed tables say of each actor of the cases, indexed by actor.

    ``attitude`` (Appendix M: -1, 0, 1), ``large`` (Table 4.3: 0, 1) and ``dependencies`` (Table
    4.5: on how many others it depends horizontally; it has one row for all Trusts). Missing where
    a table has no row for it.
    """
    cases = read_cases()
    ties = read_table("elston2005/table-4.5")
    providers = ties[ties.axis == "horizontal"].groupby("organisation").size()
    owners = cases.table.drop_duplicates("evidence_actor").set_index("evidence_actor").base_group
    owners = owners.replace({"trusts-acute": "trusts", "trust-community": "trusts"})
    return pd.DataFrame(
        {
            "attitude": cases.actors.attitude,
            "large": 1 - cases.actors.small,
            "dependencies": owners.map(providers).astype(float),
        }
    )
