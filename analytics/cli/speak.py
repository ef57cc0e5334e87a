"""The reader's language on the command line."""

from __future__ import annotations

import os
import sys

from analytics.core.errors import UserError
from analytics.core.text import Language, Text


def language() -> Language:
    """Return ``en`` where ``IPDASH_LANG`` says so, else ``zh``."""
    return "en" if os.environ.get("IPDASH_LANG", "").lower().startswith("en") else "zh"


def say(text: Text) -> str:
    """Return the text in the reader's language."""
    return text.get(language())


def tell(text: Text) -> None:
    """Tell the reader something while a command is at work."""
    print(say(text), file=sys.stderr, flush=True)


def say_error(error: UserError) -> None:
    """Print what is wrong and what to do next."""
    print(f"{say(error.what)}\n{say(error.next_step)}", file=sys.stderr)
