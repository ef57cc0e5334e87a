"""What the commands that ask questions share: a quick start, and the formats they answer in."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from analytics.core.errors import UserError
from analytics.core.text import Text


def without_pandas() -> None:
    """Keep pandas from being loaded: DuckDB looks with it at each parameter's type, a second for nothing."""
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]  # None is how Python marks it absent


def check_format(output: str, formats: Sequence[str]) -> None:
    """Refuse a format that is none of ``formats`` (two or more).

    Raises
    ------
    UserError
        With the formats there are.
    """
    if output in formats:
        return
    *others, last = formats
    raise UserError(
        Text(zh=f"没有“{output}”这种输出格式。", en=f"There is no format ‘{output}’."),
        Text(zh=f"可用：{'、'.join(formats)}。", en=f"Use {', '.join(others)} or {last}."),
    )
