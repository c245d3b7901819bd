"""Tables as these works print them."""

from compendium.printed.tables import read_table
from partnership import layouts


def test_appendix_h_keeps_its_repeated_rows():
    """Eighteen rows, as printed."""
    table = layouts.by_site(read_table("elston2005/appendix-h"), "profile", "interviewees")

    assert table.shape == (18, 5)
