"""Numbers of persons: identity cards and telephones, told by their form and shown masked only."""

from __future__ import annotations

import re
from decimal import Decimal

from analytics.ingest.parse.cells import plain

# By form, check digit or not. Area codes of identity cards begin with 1 to 8.
_PERSONAL = re.compile(
    r"[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
    r"|[1-8]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
    r"|(?:\+?0{0,2}86)?1[3-9]\d{9}"
    r"|(?:\+?0{0,2}86)?0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}(?:转\d+)?",
    re.IGNORECASE,
)
_MASKED = re.compile(r".{3}\*{3,}.{2}")
# What spreadsheets make of a long number: its decimals, or a power of ten that hides its last digits.
_NO_DECIMALS = re.compile(r"(?<=\d)\.0+$")
_POWER = re.compile(r"\d(?:\.\d+)?e\+?\d{1,2}", re.IGNORECASE)
_AROUND = "'\"‘’“”` "
_BETWEEN_DIGITS = re.compile(r"[\s\-()_.·]+")


def is_personal_number(text: str) -> bool:
    """Say whether a text has the form of an identity card, mobile or landline number, masked or not.

    A masked one comes back with the rejected rows; it is nobody's number and would join strangers.
    """
    cell = _NO_DECIMALS.sub("", plain(text).strip(_AROUND))
    cell = str(int(Decimal(cell))) if _POWER.fullmatch(cell) else _BETWEEN_DIGITS.sub("", cell)
    return _PERSONAL.fullmatch(cell) is not None or _MASKED.fullmatch(cell) is not None


def masked(text: str) -> str:
    """Return a personal number with only its first three and last two characters left."""
    cell = plain(text)
    return cell[:3] + "*" * max(1, len(cell) - 5) + cell[-2:]


def without_numbers(value: str) -> str:
    """Return a value as a report may show it: masked where it is, as a whole, a number of a person."""
    # Every such number has ten digits or more; most values are told apart without looking closer.
    if len(value) < 10 or not is_personal_number(value) or "***" in value:
        return value
    return masked(value)
