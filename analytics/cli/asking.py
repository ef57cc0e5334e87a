"""What commands that ask questions share: a quick start, formats, and who asks about which months."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.core.text import Text

if TYPE_CHECKING:
    from analytics.store.snapshot import Snapshot


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


def scope_in(snapshot: Snapshot, text: str) -> Scope:
    """Return the reader that ``text`` names; a district may be given by name.

    Raises
    ------
    UserError
        When the text is no scope, or names a district or an institution that there is not: its figures
        would look as if nothing had been done.
    """
    scope = Scope.parse(text)
    if scope.kind == "district":
        from analytics.standard.districts import districts
        from analytics.standard.resolve import resolve_area

        code, codes = resolve_area(scope.code or "").code, [area.code for area in districts()]
        if code not in codes:
            raise _unknown(scope, Text(zh="、".join(codes), en=", ".join(codes)))
        return replace(scope, code=code)
    if scope.kind == "institution":
        from analytics.measures.listings import institutions

        if not institutions(snapshot, scope=scope):
            raise _unknown(
                scope, Text(zh="机构名录中的机构编号", en="a number from the list of institutions")
            )
    return scope


def _unknown(scope: Scope, known: Text) -> UserError:
    what = Text(zh="区域", en="district") if scope.kind == "district" else Text(zh="机构", en="institution")
    return UserError(
        Text(zh="没有{what}“{code}”。", en="There is no {what} ‘{code}’.").format(what=what, code=scope.code),
        Text(zh="请写：{known}。", en="Write {known}.").format(known=known),
    )


def check_period(snapshot: Snapshot, text: str) -> None:
    """Refuse a period outside the data; an empty store has no data to be outside of.

    Raises
    ------
    UserError
        With the months there are.
    """
    from analytics.measures.evaluate import resolve_period

    first, last = (snapshot.about.get(name) for name in ("first_month", "last_month"))
    period = resolve_period(snapshot, text)
    if first and (not period.months or period.last_month < first):
        raise UserError(
            Text(zh=f"时段“{text}”没有数据。", en=f"There are no data of the period ‘{text}’."),
            Text(zh=f"请写 {first} 至 {last} 之间的时段。", en=f"Write a period from {first} to {last}."),
        )
