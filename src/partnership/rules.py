"""Rules that mean something in this study only; see `compendium.printed.rules`."""

from compendium.printed.rules import Cell, Operands, register


@register("site-name", evidence="cited", reads=False)
def site_name(value: Cell, operands: Operands) -> str:
    """The site's name as Figure 2.2 prints it: that of the row in which the operand stands."""
    (of_site,) = operands[0]
    return of_site.value_id.split("/")[2]


@register("least-site")
def least_site(value: Cell, operands: Operands) -> str:
    """The site with the smallest of the operands."""
    least = min(operands[0], key=lambda cell: cell.quantity.value)
    return least.value_id.split("/")[2]


@register("mirrors", evidence="cited", is_bound=True)
def mirrors(value: Cell, operands: Operands) -> str:
    """How far one view is held, if it is as far as the opposite one leaves room for."""
    (other,) = operands[0]
    mirrored = {"Majority": "Minority", "Minority": "Majority"}.get(other.text, other.text)
    return value.text if value.text == mirrored else mirrored
