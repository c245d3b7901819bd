"""Print: tables as printed, their quantities, and what each printed value is held against."""
