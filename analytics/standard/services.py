"""The 16 basic and 4 special services of chapter 6, in the standard's order, with the sub-services of T03."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Clause, Text
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

GROUPS = ("basic", "special")
LEVELS = ("shall", "should", "may", "statement")
_COLUMNS = (
    "code", "zh", "en", "short_zh", "short_en", "aliases", "group", "order", "parent", "level", "treated_as",
    "clause", "ways_of_working", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the standard.

    ``level`` is the modal verb as printed, ``treated_as`` the level that counts when
    conformity is judged; ``parent`` is the service a sub-service counts under, else ``None``.
    """

    code: str
    name: Text
    short_name: Text
    aliases: tuple[str, ...]
    group: str
    order: int
    parent: str | None
    level: str
    treated_as: str
    clause: Clause
    ways_of_working: int
    note: str


def load_services(file: Path) -> tuple[Service, ...]:
    """Read services from a CSV; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "code")
    codes = {row.text("code") for row in rows}
    return tuple(_service(row, codes) for row in rows)


@lru_cache(maxsize=1)
def all_services() -> tuple[Service, ...]:
    """Return the 20 services, each followed by its sub-services (24 in all)."""
    return load_services(FOLDER / "services.csv")


@lru_cache(maxsize=1)
def services() -> tuple[Service, ...]:
    """Return the 20 services in the standard's order, without sub-services."""
    return tuple(service for service in all_services() if service.parent is None)


@lru_cache(maxsize=1)
def sub_services() -> tuple[Service, ...]:
    """Return the sub-services T03.1 to T03.4."""
    return tuple(service for service in all_services() if service.parent is not None)


@lru_cache(maxsize=1)
def services_by_code() -> dict[str, Service]:
    """Return services and sub-services by code."""
    return {service.code: service for service in all_services()}


def counted_under(code: str) -> str:
    """Return the code under which a service is counted: its parent's for a sub-service, else its own."""
    return services_by_code()[code].parent or code


def _service(row: Row, codes: set[str]) -> Service:
    return Service(
        code=row.text("code"),
        name=row.both("zh", "en"),
        short_name=row.both("short_zh", "short_en"),
        aliases=row.items("aliases"),
        group=row.choice("group", GROUPS),
        order=row.integer("order"),
        parent=row.reference("parent", codes) if row.optional("parent") else None,
        level=row.choice("level", LEVELS),
        treated_as=row.choice("treated_as", LEVELS),
        clause=Clause(row.text("clause")),
        ways_of_working=row.integer("ways_of_working"),
        note=row.optional("note"),
    )
