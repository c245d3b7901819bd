"""How two readings of one printed cell stand to each other.

Text is compared as text first: the same characters are the same reading. Two people also write
one number in two ways (1,400 and 1400, 40 and 40%), which is no disagreement about print, but is
told apart. Whatever cannot be read as the same number, or as the same words, differs: nothing is
guessed in favour of agreement.
"""

import re

from compendium import quantities
from compendium.errors import DataError

# How far a line may be off and still cite the same place.
NEAR = 2
# What may stand beside a number and say its unit.
SIGNS = {
    "%": "per cent|percent|%",
    "£": "£",
    "£ million": "£|millions?|mn|m",
    "£ billion": "£|billions?|bn",
}


def compare_reading(ours: str, theirs: str, unit: str, decimal: str = ".") -> str:
    """How a second reading of a cell stands to ours.

    Parameters
    ----------
    ours, theirs : str
        Text as transcribed; blank where one found nothing.
    unit : str
        Unit of the cell: its sign may stand beside either number.
    decimal : str
        How theirs writes decimals, ``"."`` or ``","``; the other one, a space or an apostrophe
        may then set off thousands.

    Returns
    -------
    str
        ``identical``; ``same value`` (the same number, or the same words but for case, spaces and
        the kind of dash); ``differs``; ``only ours`` or ``only theirs``; ``""`` if both are blank.

    Examples
    --------
    >>> compare_reading("1,400", "1400", "n"), compare_reading("40", "40%", "%")
    ('same value', 'same value')
    >>> compare_reading("0.97", "0,97", "£ million"), compare_reading("almost 30", "30", "n")
    ('differs', 'differs')
    """
    ours, theirs = ours.strip(), theirs.strip()
    if not (ours and theirs):
        return "only ours" if ours else "only theirs" if theirs else ""
    if ours == theirs:
        return "identical"
    same = _value(ours, unit, ".") == _value(theirs, unit, decimal)
    return "same value" if same else "differs"


def compare_line(ours: str, theirs: str) -> str:
    """As `compare_reading`, for the lines cited: ``near`` where they are one or two apart.

    >>> compare_line("1689", "1690"), compare_line("1689", "l. 1700")
    ('near', 'differs')
    """
    kind = compare_reading(ours, theirs, "n")
    number = re.search(r"\d+", theirs)
    if kind == "differs" and number and abs(int(ours) - int(number[0])) <= NEAR:
        return "near"
    return kind


def _value(text: str, unit: str, decimal: str) -> object:
    """What a reading says, apart from how it is spelt.

    >>> _value("1.400", "n", ",")
    (False, Fraction(1400, 1))
    """
    words = re.sub("[\u2010-\u2015\u2212]", "-", " ".join(text.casefold().split()))
    words = re.sub("[\u2018\u2019]", "'", words)
    if unit in {*quantities.TEXTS, "", "words"}:
        return words.replace("-", " ") if unit == "words" else words
    sign = SIGNS.get(unit, re.escape(unit.removesuffix("s")) + "s?")
    bare = re.sub(rf"(?<![a-z])(?:{sign})(?![a-z])", "", words).strip()
    group = "," if decimal == "." else "."
    bare = re.sub(rf"(?<=\d)[{group}' ](?=\d{{3}}(?!\d))", "", bare)
    # A mark left over sets off neither thousands nor decimals: no number we can read.
    if re.search(rf"\d[{group}]\d", bare):
        return words
    bare = re.sub(r"^\((.+)\)$", r"-\1", bare.replace(decimal, "."))
    try:
        found = quantities.parse(bare, unit)
    except DataError:
        return words
    said = (found.low, found.high) if found.value is None else found.value
    return bool(quantities.PLAIN.match(bare)), said
