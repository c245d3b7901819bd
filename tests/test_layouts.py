"""Tables as these works print them."""

from compendium.printed.tables import read_table
from partnership import layouts


def test_table_4_2_has_its_printed_layout():
    """Sites across in the printed order, three rows down, cells as printed."""
    table = layouts.funding_shares(read_table("elston2005/table-4.2"))

    assert list(table.columns) == ["Middleton", "Dalesville", "Greenshire", "Metrocity"]
    assert table.iloc[2].tolist() == ["0.4", "0.9", "0", "0.8"]


def test_appendix_h_keeps_its_repeated_rows():
    """Eighteen rows, as printed."""
    table = layouts.by_site(read_table("elston2005/appendix-h"), "profile", "interviewees")

    assert table.shape == (18, 5)
