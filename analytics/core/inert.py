"""Text for spreadsheets: what a ledger says never becomes a formula in a file handed out."""

from __future__ import annotations

# What a spreadsheet takes for a formula at the start of a cell, full-width forms included.
_LIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def inert(value: object) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe stands before one."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_LIVE) else text
