"""The manifest: what each file holds and what must become of its rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sample_data.plan import Plan
from sample_data.sheets import Book, Fate, Sheet

MANIFEST = "manifest.json"
OUTCOMES = ("loaded", "superseded", "waiting", "rejected")


@dataclass(slots=True)
class RowNote:
    """A row of which more is known: its number as Excel shows it, the column, what was written, and why."""

    row: int
    column: str
    value: str
    reason: str
    why: str


@dataclass(slots=True)
class SheetOutcome:
    """What must come of one sheet; ``sheet`` is empty for a CSV, ``kind`` for what no reader should read.

    ``not_data`` counts headings, titles, notes, totals and blank rows, and is null where that is
    not certain. ``flagged_rows`` load with a finding; other findings may occur beside them.
    """

    sheet: str
    kind: str | None
    hidden: bool = False
    data_rows: int = 0
    loaded: int = 0
    superseded: int = 0
    waiting: int = 0
    rejected: int = 0
    not_data: int | None = 0
    rejected_rows: list[RowNote] = field(default_factory=list)
    waiting_rows: list[RowNote] = field(default_factory=list)
    flagged_rows: list[RowNote] = field(default_factory=list)
    superseded_rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class FileOutcome:
    """One file of the sample."""

    path: str
    encoding: str
    delimiter: str
    sheets: list[SheetOutcome]


@dataclass(slots=True)
class Manifest:
    """All files in the order of their paths, and the sums over them for one import command."""

    sample_data: bool
    seed: int
    rows: int
    stations: int
    first_month: str
    until: str
    totals: dict[str, int] = field(default_factory=dict)
    by_kind: dict[str, dict[str, int]] = field(default_factory=dict)
    files: list[FileOutcome] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write the manifest beside the ledgers."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


class Ledger:
    """Collects outcomes file by file; files must come in the order of their paths.

    A later row of the same key makes the earlier one *superseded*.
    """

    def __init__(self, plan: Plan) -> None:
        self.manifest = Manifest(
            True, plan.seed, plan.rows, plan.stations, plan.period.first_month, plan.until
        )
        self._current: dict[str, tuple[SheetOutcome, int]] = {}
        self._waiting: dict[str, tuple[SheetOutcome, int]] = {}

    def add(self, book: Book) -> None:
        """Note what must come of every row of ``book``."""
        outcomes = [self._outcome(sheet) for sheet in book.sheets]
        self.manifest.files.append(FileOutcome(book.path, book.encoding, book.delimiter, outcomes))

    def finish(self) -> Manifest:
        """Add everything up and return the manifest."""
        for outcome in (o for f in self.manifest.files for o in f.sheets):
            outcome.loaded = outcome.data_rows - outcome.superseded - outcome.waiting - outcome.rejected
            outcome.superseded_rows.sort()
            for sums in (self.manifest.totals, self.manifest.by_kind.setdefault(outcome.kind or "", {})):
                for name in ("data_rows", *OUTCOMES):
                    sums[name] = sums.get(name, 0) + getattr(outcome, name)
        self.manifest.by_kind.pop("", None)
        return self.manifest

    def _outcome(self, sheet: Sheet) -> SheetOutcome:
        if sheet.is_hidden:
            return SheetOutcome(sheet.name, None, hidden=True, not_data=None)
        outcome = SheetOutcome(sheet.name, sheet.kind, not_data=len(sheet.titles) + 1)
        for row, (key, fate) in enumerate(zip(sheet.keys, sheet.fates, strict=True), start=sheet.first_row()):
            if fate is not None and fate.outcome == "not_data":
                outcome.not_data = (outcome.not_data or 0) + 1
                continue
            outcome.data_rows += 1
            if fate is None or fate.outcome == "flagged":
                self._supersede(self._current, f"{sheet.kind} {key}", outcome, row)
            elif fate.outcome == "waiting":
                self._supersede(self._waiting, f"{sheet.kind} {key}", outcome, row)
            _note(outcome, fate, row)
        return outcome

    def _supersede(
        self, latest: dict[str, tuple[SheetOutcome, int]], key: str, outcome: SheetOutcome, row: int
    ) -> None:
        """Make the row the latest of its key; an earlier one, loaded or waiting, is superseded."""
        if key in latest:
            before, number = latest[key]
            before.superseded += 1
            before.superseded_rows.append(number)
            before.waiting_rows = [note for note in before.waiting_rows if note.row != number]
            before.waiting = len(before.waiting_rows)
        latest[key] = (outcome, row)


def _note(outcome: SheetOutcome, fate: Fate | None, row: int) -> None:
    if fate is None:
        return
    note = RowNote(row, fate.column, fate.value, fate.reason, fate.why)
    if fate.outcome == "rejected":
        outcome.rejected += 1
        outcome.rejected_rows.append(note)
    elif fate.outcome == "waiting":
        outcome.waiting += 1
        outcome.waiting_rows.append(note)
    else:
        outcome.flagged_rows.append(note)
