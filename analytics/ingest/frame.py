"""The rows of one piece of a sheet while they are being checked, and the faults found in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.core.institutions import InstitutionIndex
from analytics.core.printable import printable
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.parse.cells import shown
from analytics.ingest.personal import without_numbers
from analytics.ingest.rules import MORE_LIKE_THIS, RULES, Rule, Severity
from analytics.standard.resolve import industries_with
from analytics.standard.spelling import Spellings
from analytics.store.batch import Problem

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

# Findings of one rule that are listed one by one for a sheet; the rest is counted in one line.
FINDINGS_LISTED = 1000
# Characters of a message, and of a cell's value in it; a message names up to a hundred extra headings.
LONGEST_TOLD = 8_000


@dataclass(frozen=True, slots=True)
class Context:
    """What checking needs to know beside the rows: settings, day, known institutions, industries' names."""

    settings: Settings
    salt: bytes
    today: date
    institutions: InstitutionIndex
    synonyms: Spellings = field(default_factory=lambda: industries_with(()))


@dataclass(slots=True)
class Faults:
    """Problems of one sheet; equal findings beyond a number are counted, not listed."""

    file_no: int
    sheet: str
    kind: str | None
    settings: Settings
    problems: list[Problem] = field(default_factory=list)
    _findings: Counter[str] = field(default_factory=Counter)
    _tallies: Counter[tuple[str, Column]] = field(default_factory=Counter)

    def add(
        self,
        rule: Rule,
        *,
        rows: Sequence[int] | None = None,
        column: Column | None = None,
        value: str | None = None,
        fill: dict[str, str | Text] | None = None,
        must: bool = False,
    ) -> Severity:
        """Record that ``rows`` (as Excel numbers them; ``None``: the sheet itself) break ``rule``.

        ``must``: the row cannot be loaded without what is wrong, whatever the settings say.
        """
        required = column is not None and (column.required or column.key)
        severity = rule.severity_in(self.settings.rule_severity, required=required)
        severity = "reject" if must else severity
        heading = None if column is None else column.heading
        value = None if value is None else without_numbers(value)
        said = {"column": heading or "", "value": "" if value is None else _short(value)}
        told = {name: without_numbers(t) if isinstance(t, str) else t for name, t in (fill or {}).items()}
        text = rule.message.format(**(said | told))
        text = Text(_told(text.zh), _told(text.en))
        value = None if value is None else _told(value)
        numbers: Sequence[int | None] = [None] if rows is None else rows
        if severity == "finding":
            room = max(0, FINDINGS_LISTED - self._findings[rule.code])
            self._findings[rule.code] += len(numbers)
            numbers = numbers[:room]
        self.problems += [
            Problem(
                self.file_no, self.sheet, n, self.kind, heading, value, rule.code, severity, text.zh, text.en
            )
            for n in numbers
        ]
        return severity

    def tally(self, rule: Rule, column: Column, count: int) -> None:
        """Count rows that break ``rule``: the whole sheet's number is told in one line."""
        self._tallies[rule.code, column] += count

    def close(self) -> list[Problem]:
        """Return the problems in the order of the rows, with what was not listed counted."""
        self.problems.sort(key=lambda problem: -1 if problem.source_row is None else problem.source_row)
        for (code, column), count in self._tallies.items():
            self.add(RULES[code], column=column, fill={"detail": str(count)})
        for code, count in sorted(self._findings.items()):
            if count > FINDINGS_LISTED:
                self.add(MORE_LIKE_THIS, fill={"code": code, "detail": str(count - FINDINGS_LISTED)})
        return self.problems


class Frame:
    """Rows under check: parsed values by the store's column names, and which rows are rejected."""

    def __init__(self, source: Source, source_rows: Rows, faults: Faults, context: Context) -> None:
        self.source = source
        self.source_rows = source_rows
        self.faults = faults
        self.context = context
        self.values: dict[str, pa.Array] = {}
        self.cells: dict[str, pa.Array] = {}
        self.rejected: Mask = np.zeros(len(source_rows), dtype=bool)
        self.reasons: dict[int, list[str]] = {}
        self._wrong: dict[str, Mask] = {}

    def __len__(self) -> int:
        return len(self.source_rows)

    def flag(
        self,
        rule: Rule,
        rows: Mask | Rows,
        column: str = "",
        *,
        value: str | None = None,
        fill: dict[str, str | Text] | None = None,
        must: bool = False,
    ) -> None:
        """Record that rows break ``rule``; without ``value`` each row's own cell is shown.

        ``must``: such a row cannot be loaded, whatever the settings say.
        """
        numbers: Rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.int64)
        declared = self.source.column(column) if column else None
        if value is not None or declared is None or column not in self.cells:
            self._record(rule, numbers, declared, value, fill, must)
            return
        by_value: dict[str | None, list[int]] = {}
        for number, cell in zip(numbers, self.cells[column].take(pa.array(numbers)).to_pylist(), strict=True):
            by_value.setdefault(cell, []).append(number)
        for cell, own in by_value.items():
            self._record(rule, np.array(own), declared, None if cell is None else shown(cell), fill, must)

    def _record(
        self,
        rule: Rule,
        numbers: Rows,
        column: Column | None,
        value: str | None,
        fill: dict[str, str | Text] | None,
        must: bool,
    ) -> None:
        if len(numbers) == 0:
            return
        if column is not None:
            self.wrong(column.name)[numbers] = True
        rows = self.source_rows[numbers].tolist()
        severity = self.faults.add(rule, rows=rows, column=column, value=value, fill=fill, must=must)
        if severity == "reject":
            self.rejected[numbers] = True
            for number in numbers.tolist():
                self.reasons.setdefault(number, []).append(rule.code)

    def wrong(self, column: str) -> Mask:
        """Return the rows in which something is wrong with ``column``."""
        return self._wrong.setdefault(column, np.zeros(len(self), dtype=bool))

    def equals(self, name: str, *values: str) -> Mask:
        """Return which rows hold one of ``values``; none where the column is missing."""
        if name not in self.values:
            return np.zeros(len(self), dtype=bool)
        found = pc.is_in(self.values[name], value_set=pa.array(values, pa.string()))
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)

    def has(self, name: str) -> Mask:
        """Return which rows hold a value."""
        if name not in self.values:
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self.values[name].is_valid().to_numpy(zero_copy_only=False), dtype=bool)

    def put(self, name: str, rows: Mask, value: object) -> None:
        """Set ``value`` (``None`` takes it out) in ``rows``."""
        if name in self.values and rows.any():
            column = self.values[name]
            self.values[name] = pc.if_else(pa.array(~rows), column, pa.scalar(value, column.type))

    def fill(self, name: str, value: int) -> None:
        """Set ``value`` where there is none, the whole column included."""
        if name in self.values:
            self.values[name] = pc.fill_null(self.values[name], value)
        else:
            self.values[name] = pa.array(np.full(len(self), value, dtype=np.int32))

    def mapped(self, values: pa.Array, function: Callable[[str], str | None]) -> pa.Array:
        """Return ``function`` of each text, computed once a distinct text."""
        encoded = values.dictionary_encode()
        made = [None if text is None else function(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(made, pa.string()).take(encoded.indices)


def _told(text: str) -> str:
    """Return a text as a report may hold it: no endless cell in it, nothing that steers a terminal."""
    return printable(text if len(text) <= LONGEST_TOLD else text[: LONGEST_TOLD - 1] + "…")


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
