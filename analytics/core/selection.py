"""Who asks (scope) and what is asked (selection): every read carries both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from analytics.core.errors import UserError
from analytics.core.text import Text

# Dimensions in the order they are offered to readers. Time dimensions come first.
TIME_DIMENSIONS = ("year", "quarter", "month")
DIMENSIONS = (
    *TIME_DIMENSIONS,
    "district",
    "client_district",
    "tier",
    "institution",
    "operator_type",
    "service",
    "service_group",
    "topic",
    "ip_type",
    "channel",
    "client_type",
    "industry",
    "key_tag",
    "township",
)


# Who reads: somebody who may see the records themselves, the bureau at large, or anybody.
Audience = Literal["records", "bureau", "public"]
_AUDIENCES: tuple[Audience, ...] = ("records", "bureau", "public")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: the whole city, one district or one institution, and whether records.

    Small counts of clients and ratings are hidden from readers who may not see the records behind them
    (:mod:`analytics.measures.suppress`).
    """

    kind: Literal["city", "district", "institution"]
    code: str | None = None
    audience: Audience = "records"

    def __str__(self) -> str:
        return self.place if self.audience == "records" else f"{self.place}@{self.audience}"

    @property
    def place(self) -> str:
        """The scope without its reader: ``city``, ``district:110108`` or ``institution:ID``."""
        return self.kind if self.code is None else f"{self.kind}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read ``city``, ``district:110108`` or ``institution:ID``; a reader may follow: ``city@public``."""
        place, _, reader = text.rpartition("@")
        audience = next((known for known in _AUDIENCES if known == reader and place), None)
        kind, _, code = (place if audience else text).partition(":")
        if kind == "city" and not code:
            return cls("city", None, audience or "records")
        if kind == "district" and code:
            return cls("district", code, audience or "records")
        if kind == "institution" and code:
            return cls("institution", code, audience or "records")
        raise UserError(
            Text(zh=f"范围“{text}”无法识别。", en=f"The scope ‘{text}’ is not understood."),
            Text(
                zh="请写 city、district:110108 或 institution:机构编号；"
                "不能查看记录的读者，在其后加 @bureau 或 @public。",
                en="Write city, district:110108 or institution:ID; "
                "with @bureau or @public behind it for readers who may not see records.",
            ),
        )


CITY = Scope("city")


@dataclass(frozen=True, slots=True)
class Selection:
    """A period and, for each chosen dimension, the codes that count.

    ``filters`` is sorted, so equal selections compare and hash equal. A code of
    ``None`` stands for records whose value is unknown.
    """

    period: str = "all"
    filters: tuple[tuple[str, tuple[str | None, ...]], ...] = ()

    @classmethod
    def of(cls, period: str = "all", **filters: Iterable[str | None] | str) -> Selection:
        """Build a selection from keyword filters; empty ones are left out."""
        return cls(period, _frozen(filters))

    def get(self, dimension: str) -> tuple[str | None, ...]:
        """Return the chosen codes of ``dimension``, empty when it is not filtered."""
        return dict(self.filters).get(dimension, ())

    def replace(self, *, period: str | None = None, **filters: Iterable[str | None] | str) -> Selection:
        """Return a copy with another period or other filters; an empty filter is removed."""
        merged: dict[str, Iterable[str | None] | str] = {**dict(self.filters), **filters}
        return Selection(self.period if period is None else period, _frozen(merged))

    def as_dict(self) -> dict[str, list[str | None]]:
        """Return the filters as plain lists, for JSON."""
        return {name: list(codes) for name, codes in self.filters}


def _frozen(
    filters: Mapping[str, Iterable[str | None] | str],
) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    kept = []
    for name, codes in sorted(filters.items()):
        if name not in DIMENSIONS:
            raise UserError(
                Text(zh=f"没有名为“{name}”的维度。", en=f"There is no dimension ‘{name}’."),
                Text(zh="可用维度：" + "、".join(DIMENSIONS), en="Dimensions: " + ", ".join(DIMENSIONS)),
            )
        values = (codes,) if isinstance(codes, str) else tuple(codes)
        if values:
            kept.append((name, tuple(sorted(set(values), key=lambda code: (code is None, code or "")))))
    return tuple(kept)
