"""Who runs a command, as the operating system knows."""

from __future__ import annotations

import getpass


def account_name() -> str:
    """Return the account's name; some containers run under a number that has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
