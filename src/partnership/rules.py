"""Rules that mean something in this study only; see `compendium.printed.rules`."""

from compendium.printed.rules import Cell, Operands, register


@register("site-name", reads=False)
def site_name(value: Cell, operands: Operands) -> str:
    """The site's name as Figure 2.2 prints it: that of the row in which the operand stands."""
    (of_site,) = operands[0]
    return of_site.value_id.split("/")[2]
