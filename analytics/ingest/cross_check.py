"""What ledgers say against each other, told to the reader once a batch's facts stand beside all others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, select

from analytics.core.settings import Settings
from analytics.core.settings import settings as settings_in_force
from analytics.core.text import Text
from analytics.ingest.as_written import cells_of
from analytics.ingest.rules import (
    MORE_LIKE_THIS,
    OUTSIDE_OPEN_DAYS,
    RULES,
    UNKNOWN_CLIENT,
    UNKNOWN_EXPERT,
    UNKNOWN_INSTITUTION,
    Severity,
)
from analytics.ingest.sources import sources
from analytics.store.batch import Contradictions, Earlier, Problem, RejectedRow
from analytics.store.findings import Changes, Finding, More, refresh_findings, turned_away
from analytics.store.schema import FILES, LEDGERS

_COUNTS = Text("记录已计入", "The record counts")
_DOES_NOT_COUNT = Text("更正或补充之前，记录不计入", "Until then the record does not count")


def findings(connection: Connection, batch_id: int, settings: Settings | None = None) -> Contradictions:
    """Return what is contradictory since a batch came, rows of earlier batches included.

    A row of the batch is told at its place; a row of an earlier one with that file's name, sheet, row and
    batch. What was open before is not told again.
    """
    chosen = settings or settings_in_force()
    changes = refresh_findings(connection, chosen, batch_id)
    places = _places(connection, batch_id)
    return Contradictions(
        problems=_problems(changes, places, chosen),
        rejected=_turned_away(connection, batch_id, places),
        resolved=changes.resolved,
    )


def said(
    code: str,
    *,
    kind: str,
    value: str,
    detail: str,
    institution_id: str | None,
    month: str | None,
    severity: Severity = "finding",
) -> Text:
    """Return what an open finding says to a reader; the arguments are the columns of ``open_findings``."""
    return RULES[code].message.format(
        column=column_of(code, kind),
        value=value,
        detail=detail,
        institution=institution_id or "",
        month=month or "",
        counts=_DOES_NOT_COUNT if severity == "reject" else _COUNTS,
    )


@lru_cache(maxsize=256)
def column_of(code: str, kind: str) -> str:
    """Return the heading of the column in which a ledger breaks a rule against other ledgers."""
    source = sources()[kind]
    name = "services"
    if code in (UNKNOWN_CLIENT.code, UNKNOWN_EXPERT.code):
        name = "client_id" if code == UNKNOWN_CLIENT.code else "expert_id"
    elif code == OUTSIDE_OPEN_DAYS.code:
        name = source.fact_date
    elif code == UNKNOWN_INSTITUTION.code:
        name = next(c.name for c in source.columns if c.meaning in ("institution", "scope"))
    return source.column(name).heading


def _places(connection: Connection, batch_id: int) -> dict[int, int]:
    """Return the number of each of the batch's files within the command, by its number in the store."""
    file_ids = connection.execute(
        select(FILES.c.file_id).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
    )
    return {file_id: number for number, file_id in enumerate(file_ids.scalars())}


def _problems(changes: Changes, places: dict[int, int], settings: Settings) -> list[Problem]:
    """Return the new findings, those of the batch's own files first, each rule's rest in one line a file."""
    told = [_problem(finding, places, settings) for finding in changes.new]
    told += [_more(more, places) for more in changes.more]
    return sorted(told, key=lambda problem: problem.earlier is not None)


def _problem(finding: Finding, places: dict[int, int], settings: Settings) -> Problem:
    severity = RULES[finding.code].severity_in(settings.rule_severity)
    text = said(
        finding.code,
        kind=finding.kind,
        value=finding.value,
        detail=finding.detail,
        institution_id=finding.institution_id,
        month=finding.month,
        severity=severity,
    )
    return Problem(
        places.get(finding.file_id, -1),
        finding.sheet,
        finding.source_row,
        finding.kind,
        column_of(finding.code, finding.kind),
        finding.value,
        finding.code,
        severity,
        text.zh,
        text.en,
        _earlier(finding, places),
    )


def _more(more: More, places: dict[int, int]) -> Problem:
    text = MORE_LIKE_THIS.message.format(code=more.code, detail=str(more.count))
    place = places.get(more.file_id, -1)
    code = MORE_LIKE_THIS.code
    return Problem(
        place, "", None, more.kind, None, None, code, "finding", text.zh, text.en, _earlier(more, places)
    )


def _earlier(found: Finding | More, places: dict[int, int]) -> Earlier | None:
    if found.file_id in places:
        return None
    return Earlier(found.batch_id, found.file_id, found.file)


def _turned_away(connection: Connection, batch_id: int, places: dict[int, int]) -> list[RejectedRow]:
    """Return the batch's rows that do not count, with their cells for the workbook of rejected rows."""
    by_kind: dict[str, dict[int, tuple[str, ...]]] = {}
    for kind, version_id, reasons in turned_away(connection, batch_id):
        by_kind.setdefault(kind, {})[version_id] = reasons
    found: list[RejectedRow] = []
    for kind, reasons_of in by_kind.items():
        found += _rejected(connection, batch_id, kind, reasons_of, places)
    return found


def _rejected(
    connection: Connection,
    batch_id: int,
    kind: str,
    reasons_of: dict[int, tuple[str, ...]],
    places: dict[int, int],
) -> Sequence[RejectedRow]:
    rows, source = LEDGERS[kind].rows, sources()[kind]
    headings = tuple(column.heading for column in source.columns)
    own = select(rows).where(rows.c.batch_id == batch_id).order_by(rows.c.version_id)
    return [
        RejectedRow(
            kind,
            places[row["file_id"]],
            row["sheet"],
            row["source_row"],
            cells_of(source, dict(row)),
            reasons_of[row["version_id"]],
            headings,
        )
        for row in connection.execute(own).mappings()
        if row["version_id"] in reasons_of
    ]
