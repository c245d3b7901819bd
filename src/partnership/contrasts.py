"""Which told cases the thesis sets against each other, and its five printed cases together.

Two pairs of the same body at two places come out on opposite sides: section 5.2 compares Social
Services, section 5.3 the two Environmental Health districts. `multiverse.conclude` asks of each
combination of choices whether all cases of a contrast come out as told.
"""

CONTRASTS = {
    "Dalesville and Greenshire come apart": ["SS Dalesville before", "SS Greenshire"],
    "Districts A and B come apart": ["District A early", "District B"],
    "all printed cases": [
        *("SS Dalesville before", "SS Dalesville after", "SS Greenshire"),
        *("District A early", "District B"),
    ],
}
