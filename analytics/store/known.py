"""Files that come again: what is known of how a file was read, and its rows recorded as repeated unread.

A file that was read without a fault in any row, and whose rows are all current still, would be read
again only to find every row unchanged. Where nothing that reading depends on has changed either, its
rows are recorded as repeats at once, in the order in which reading would have found them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, and_, func, insert, inspect, select

from analytics.core import clock
from analytics.store.batch import Batch, Outcome, Problem, SheetRead, SourceFile
from analytics.store.current import in_force
from analytics.store.notes import Repeated
from analytics.store.outcomes import Outcomes, outcome_of
from analytics.store.schema import FILES, LEDGERS, READINGS, Ledger
from analytics.store.settle import next_position


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was read before.

    Attributes
    ----------
    file_id : int
        By which its rows were loaded.
    sheets : tuple of SheetRead
        What was found in it, under the number of the file in the new command.
    problems : tuple of Problem
        What was said about its sheets, none of them about a row.
    rows : tuple of (kind, sheet, count)
        Its data rows, all of them loaded then.
    """

    file_id: int
    sheets: tuple[SheetRead, ...]
    problems: tuple[Problem, ...]
    rows: tuple[tuple[str, str, int], ...]


def record_readings(
    connection: Connection,
    batch_id: int,
    batch: Batch,
    problems: Sequence[Problem],
    outcomes: Iterable[Outcome],
    conditions: str,
) -> None:
    """Remember of each clean file of a batch how it was read.

    Parameters
    ----------
    problems : sequence of Problem
        What reading found, without what other ledgers contradict.
    conditions : str
        A hash of all that reading depends on beside the file and the day.
    """
    ids = connection.execute(
        select(FILES.c.file_id).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
    )
    counted = list(outcomes)
    rows = []
    for number, file_id in enumerate(ids.scalars().all()):
        own = [outcome for outcome in counted if outcome.file_no == number]
        said = [problem for problem in problems if problem.file_no == number]
        if not _is_clean(own, said):
            continue
        told = {
            "sheets": [asdict(sheet) for sheet in batch.sheets if sheet.file_no == number],
            "problems": [asdict(problem) for problem in said],
            "rows": [(outcome.kind, outcome.sheet, outcome.data_rows) for outcome in own],
        }
        rows.append(
            {
                "file_id": file_id,
                "conditions": conditions,
                "read_on": clock.today(),
                "reading": json.dumps(told, ensure_ascii=False),
            }
        )
    if rows:
        connection.execute(insert(READINGS), rows)


def _is_clean(outcomes: Sequence[Outcome], problems: Sequence[Problem]) -> bool:
    """Say whether all rows of a file were loaded, and nothing is to be said of any of them."""
    loaded = sum(outcome.loaded for outcome in outcomes)
    rows = sum(outcome.data_rows for outcome in outcomes)
    said = any(
        problem.source_row is not None or problem.value is not None or problem.severity == "reject"
        for problem in problems
    )
    return rows > 0 and loaded == rows and not said


def may_be_known(connection: Connection, names: Sequence[tuple[str, int]], conditions: str) -> bool:
    """Say whether files of these names and sizes in bytes were all read before under ``conditions``."""
    if not inspect(connection).has_table(READINGS.name):
        # A store of an earlier version, which nothing was written to since.
        return False
    source = FILES.join(READINGS, READINGS.c.file_id == FILES.c.file_id)
    read = select(FILES.c.name, FILES.c.size_bytes).select_from(source)
    found = connection.execute(read.where(READINGS.c.conditions == conditions))
    return bool(names) and set(names) <= {(name, size) for name, size in found}


def known_files(
    connection: Connection, files: Sequence[SourceFile], conditions: str
) -> list[KnownFile] | None:
    """Return how each file was read before; ``None`` unless all may be recorded as repeated unread."""
    found = []
    for number, file in enumerate(files):
        known = _known(connection, file, number, conditions)
        if known is None or not _is_current(connection, known):
            return None
        found.append(known)
    return found if len({known.file_id for known in found}) == len(found) else None


def _known(connection: Connection, file: SourceFile, number: int, conditions: str) -> KnownFile | None:
    same = and_(
        FILES.c.name == file.name,
        FILES.c.sha256 == file.sha256,
        FILES.c.size_bytes == file.size_bytes,
        FILES.c.batch_id.in_(in_force()),
        READINGS.c.conditions == conditions,
        READINGS.c.read_on <= clock.today(),
    )
    read = (
        select(READINGS.c.file_id, READINGS.c.reading)
        .select_from(FILES.join(READINGS, READINGS.c.file_id == FILES.c.file_id))
        .where(same)
        .order_by(READINGS.c.file_id)
    )
    rows = connection.execute(read).all()
    if not rows:
        return None
    file_id, reading = rows[-1]
    told = json.loads(reading)
    return KnownFile(
        file_id,
        tuple(replace(SheetRead(**sheet), file_no=number) for sheet in told["sheets"]),
        tuple(replace(Problem(**problem), file_no=number) for problem in told["problems"]),
        tuple((kind, sheet, count) for kind, sheet, count in told["rows"]),
    )


def _is_current(connection: Connection, known: KnownFile) -> bool:
    """Say whether every row of the file counts today, under the numbers it was given then."""
    for kind in {kind for kind, _, _ in known.rows}:
        expected = sum(count for own, _, count in known.rows if own == kind)
        versions, first, last = _span(connection, LEDGERS[kind], known.file_id)
        if (versions, last - first + 1) != (expected, expected):
            return False
        facts = LEDGERS[kind].current
        among = select(func.count()).where(facts.c.version_id.between(first, last))
        if connection.execute(among).scalar_one() != expected:
            return False
    return True


def _span(connection: Connection, ledger: Ledger, file_id: int) -> tuple[int, int, int]:
    """Return how many versions a file brought, and the first and last of their numbers."""
    rows = ledger.rows
    asked = select(func.count(), func.min(rows.c.version_id), func.max(rows.c.version_id))
    count, first, last = connection.execute(asked.where(rows.c.file_id == file_id)).one()
    return count, first or 0, last or 0


def repeated_rows(
    connection: Connection, known: Sequence[KnownFile], outcomes: Outcomes
) -> Iterator[Repeated]:
    """Count every row of ``known`` files as unchanged, and say what they repeat, in the order of kinds."""
    position = next_position(connection)
    for kind, ledger in LEDGERS.items():
        for number, file in enumerate(known):
            own = [(sheet, count) for its_kind, sheet, count in file.rows if its_kind == kind]
            if not own:
                continue
            versions, first, _ = _span(connection, ledger, file.file_id)
            yield Repeated(kind, file.file_id, first, position, versions)
            position += versions
            for sheet, count in own:
                outcome = outcome_of(outcomes, number, sheet, kind)
                outcome.data_rows += count
                outcome.unchanged += count
