"""The seminar: marks for answers, and faults planted to be found."""

from compendium.seminar.marks import check

__all__ = ["check"]
