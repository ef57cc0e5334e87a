"""Reading everything one import command names into a batch for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.institutions import InstitutionIndex
from analytics.core.scratch import scratch_folder
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest.check import SheetCheck
from analytics.ingest.find import Listed, find_files, source_file
from analytics.ingest.frame import Context, Faults
from analytics.ingest.opening import How, open_file
from analytics.ingest.recognise import ReadSheet
from analytics.ingest.rules import KEYS_MADE, RULES
from analytics.ingest.sheets import UnreadableError
from analytics.ingest.sources import sources
from analytics.standard.resolve import industries_with
from analytics.store.batch import Batch, SheetRead

SAMPLE_MARK = ".ipdash-sample"
Progress = Callable[[str, int, int], None]
# Lists that other ledgers of the same command may name, and the two columns they are known by.
_FIRST = {"institutions": ("institution_id", "name"), "industry_synonyms": ("spelling", "industry")}


def read_batch(
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    hidden: bool = False,
    known_institutions: Sequence[tuple[str, str]] = (),
    settings: Settings,
    salt: bytes,
    imported_by: str = "",
    today: date | None = None,
    names: Mapping[Path, str] | None = None,
    synonyms: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Batch:
    """Read files and folders into one batch; whatever cannot be read becomes a problem of it.

    Parameters
    ----------
    paths : sequence of Path
        Ledgers, or folders that are walked.
    kind : str, optional
        The ledger kind of every sheet, where headings alone do not tell.
    hidden : bool
        Read hidden sheets as well; else they are named and counted as no data.
    known_institutions : sequence of (institution_id, name)
        The institutions that are on the list already.
    salt : bytes
        Secret of the store, mixed into the hashes of clients' names.
    today : date, optional
        The last day a date may have; the day in Shanghai when left out.
    names : mapping of Path to str, optional
        What files are called where they come from, if not as on this disk.
    synonyms : sequence of (spelling, industry)
        The bureau's own names of industries that are in force already.
    progress : callable, optional
        Called with the file's name, the number of files done and the number of all.

    Raises
    ------
    UserError
        When a path does not exist, holds no ledger, or ``kind`` is none.
    """
    if kind is not None and kind not in sources():
        raise _no_such_kind(kind)
    listed = find_files(paths)
    files = [found.path for found in listed]
    batch = Batch(is_sample=any(is_sample(file) for file in files), imported_by=imported_by)
    tell = progress or _silent
    with scratch_folder() as folder:
        reads: list[ReadSheet] = []
        how = How(folder, kind, settings, hidden)
        batch.files = [source_file(found, names or {}) for found in listed]
        for number, own in enumerate(_open_all(listed, how)):
            tell(batch.files[number].name, number, 2 * len(files))
            reads += own
        known = _Known(settings, salt, today or clock.today(), list(known_institutions), list(synonyms))
        _check_all(reads, files, known, tell)
    for read in reads:
        _gather(batch, read)
    return batch


def is_sample(file: Path) -> bool:
    """Say whether a file lies in a folder of sample data."""
    return any((parent / SAMPLE_MARK).exists() for parent in file.resolve().parents)


def _open_all(listed: list[Listed], how: How) -> Iterator[list[ReadSheet]]:
    """Yield each file's sheets in order; workbooks are read by two processes at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(lambda one: list(open_file(one[0], one[1], how)), enumerate(listed))


@dataclass(slots=True)
class _Known:
    """What sheets are checked with; lists grow by what the command itself brings."""

    settings: Settings
    salt: bytes
    today: date
    institutions: list[tuple[str, str]]
    synonyms: list[tuple[str, str]]

    def context(self) -> Context:
        """Return it as the check of a sheet wants it."""
        index = InstitutionIndex(self.institutions)
        return Context(self.settings, self.salt, self.today, index, industries_with(self.synonyms))


def _check_all(reads: list[ReadSheet], files: list[Path], known: _Known, tell: Progress) -> None:
    """Check the sheets, institutions and synonyms first: the others may name what they bring."""
    context = known.context()
    for read in [r for r in reads if _kind(r) in _FIRST]:
        _check(read, context)
        brought = known.institutions if _kind(read) == "institutions" else known.synonyms
        brought += [pair for rows in read.valid for pair in _pairs(rows.table, *_FIRST[rows.kind])]
    context = known.context()
    for read in [r for r in reads if _kind(r) not in (None, *_FIRST)]:
        tell(files[read.sheet.file_no].name, len(files) + read.sheet.file_no, 2 * len(files))
        _check(read, context)
    tell("", 2 * len(files), 2 * len(files))


def _kind(read: ReadSheet) -> str | None:
    return read.headings.source.kind if read.headings else None


def _pairs(table: pa.Table, key: str, value: str) -> list[tuple[str, str]]:
    return list(zip(table[key].to_pylist(), table[value].to_pylist(), strict=True))


def _check(read: ReadSheet, context: Context) -> None:
    try:
        _check_pieces(read, context)
    except UnreadableError as error:
        # What was found up to there concerns rows that are not taken in.
        read.faults = Faults(read.faults.file_no, read.faults.sheet, read.faults.kind, read.faults.settings)
        read.faults.add(RULES[error.code], fill=error.fill)


def _check_pieces(read: ReadSheet, context: Context) -> None:
    assert read.headings is not None
    check = SheetCheck(read.headings, read.faults, context, read.sheet.ragged)
    first_row = read.headings.row + 2
    for table in read.sheet.pieces(read.headings.row + 1):
        check.take(table, first_row)
        first_row += table.num_rows
    if check.keys_made:
        read.faults.add(KEYS_MADE, fill={"detail": str(check.keys_made)})
    read.valid, read.rejected = check.valid, check.rejected
    read.not_data += check.not_data


def _gather(batch: Batch, read: ReadSheet) -> None:
    batch.rows += read.valid
    batch.rejected += read.rejected
    batch.problems += read.faults.close()
    batch.not_data += read.not_data
    batch.sheets.append(SheetRead(read.faults.file_no, read.faults.sheet, read.faults.kind, read.not_data))


def _silent(_name: str, _done: int, _all: int) -> None:
    pass


def _no_such_kind(kind: str) -> UserError:
    return UserError(
        Text(zh=f"没有名为“{kind}”的台账种类。", en=f"There is no ledger kind ‘{kind}’."),
        Text(zh="可用种类：" + "、".join(sources()), en="Kinds: " + ", ".join(sources())),
    )
