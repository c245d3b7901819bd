"""What is wrong with a page as HTML, as far as a parser and a few rules of the standard see it."""

from lxml import etree

RULES = {
    "a block in a summary or a label": "//*[self::summary or self::label]//*[self::p or self::div]",
    "an option without words": "//option[not(normalize-space()) and not(@label)]",
    "looks as attributes": "//*[@border or @halign or @valign or @align or @scoped or @bgcolor]",
    "an empty list": "//*[self::dl or self::select][not(*)]",
    "a picture without words": "//img[not(@alt)]",
    "a button in a link": "//a//button | //button//a | //a//a",
}


# HTML 5 lets a term hold a list, as a signature on several lines does; the parser is older.
OLD = ("Unexpected end tag : dt",)


def find_faults(page: str) -> list[str]:
    """Elements left open or closed twice, ids used twice, and whatever breaks a rule."""
    parser = etree.HTMLParser(encoding="utf-8")
    tree = etree.fromstring(page.encode(), parser)
    said = [f"line {e.line}: {e.message}" for e in parser.error_log
            if e.type != etree.ErrorTypes.HTML_UNKNOWN_TAG
            and e.message.strip() not in OLD]  # fmt: skip
    return said + [
        f"line {found.sourceline}: {rule}, <{found.tag}>"
        for rule, path in RULES.items()
        for found in tree.xpath(path)
    ]
