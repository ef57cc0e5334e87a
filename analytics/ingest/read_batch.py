"""Reading everything one import command names into a batch for the store."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa

from analytics.core.errors import UserError
from analytics.core.institutions import InstitutionIndex
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest import headings as headings_
from analytics.ingest.check import SheetCheck, trimmed
from analytics.ingest.delimited import read_delimited
from analytics.ingest.frame import Context, Faults
from analytics.ingest.headings import Headings
from analytics.ingest.parse.cells import shown
from analytics.ingest.returned import refused_rows
from analytics.ingest.rows import is_data
from analytics.ingest.rules import (
    DOUBLED_COLUMN,
    EXTRA_COLUMNS,
    FILE_EMPTY,
    KEYS_MADE,
    RULES,
    SHEET_AMBIGUOUS,
    SHEET_HIDDEN,
    SHEET_INCOMPLETE,
    SHEET_NOTES,
    SHEET_SECRET,
    SHEET_UNKNOWN,
    Rule,
)
from analytics.ingest.secrets import is_marked
from analytics.ingest.sheets import Sheet, UnreadableError
from analytics.ingest.sources import sources
from analytics.ingest.workbook import read_workbook
from analytics.store.batch import Batch, RejectedRow, SheetRead, SourceFile, ValidRows

SAMPLE_MARK = ".ipdash-sample"
_SKIPPED_ENDINGS = frozenset({".md", ".json", ".txt"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHANGHAI = timezone(timedelta(hours=8))
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _How:
    """How the files of a command are read: where to, as which kind, hidden sheets too or not."""

    scratch: Path
    kind: str | None
    settings: Settings
    hidden: bool


@dataclass(slots=True)
class _Read:
    """A sheet with what was found in it; ``headings`` is ``None`` where it is not to be checked."""

    sheet: Sheet
    faults: Faults
    headings: Headings | None
    valid: list[ValidRows] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    not_data: int = 0


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
    progress : callable, optional
        Called with the file's name, the number of files done and the number of all.

    Raises
    ------
    UserError
        When a path does not exist, holds no ledger, or ``kind`` is none.
    """
    if kind is not None and kind not in sources():
        raise _no_such_kind(kind)
    files = find_files(paths)
    batch = Batch(is_sample=any(_is_sample(file) for file in files), imported_by=imported_by)
    tell = progress or _silent
    with tempfile.TemporaryDirectory(prefix="ipdash-") as folder:
        reads: list[_Read] = []
        how = _How(Path(folder), kind, settings, hidden)
        batch.files = [_source_file(file) for file in files]
        for number, own in enumerate(_open_all(files, how)):
            tell(files[number].name, number, 2 * len(files))
            reads += own
        _check_all(reads, files, known_institutions, settings, salt, today, tell)
    for read in reads:
        _gather(batch, read)
    return batch


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files to read: those named, and in folders all that may be ledgers, sorted."""
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UserError(
                Text(zh=f"找不到 {path}。", en=f"{path} does not exist."),
                Text(zh="请检查路径。", en="Check the path."),
            )
        own = sorted(p for p in path.rglob("*") if _may_be_ledger(p, path)) if path.is_dir() else [path]
        found |= dict.fromkeys(own)
    if not found:
        raise UserError(
            Text(zh="所给路径中没有台账文件。", en="There is no ledger under the paths given."),
            Text(
                zh="请给出 .xlsx 或 .csv 文件，或其所在的文件夹。",
                en="Name .xlsx or .csv files, or their folder.",
            ),
        )
    return list(found)


def _may_be_ledger(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return path.is_file() and not hidden and path.suffix.lower() not in _SKIPPED_ENDINGS


def _is_sample(file: Path) -> bool:
    return any((parent / SAMPLE_MARK).exists() for parent in file.resolve().parents)


def _source_file(file: Path) -> SourceFile:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return SourceFile(file.name, digest, file.stat().st_size)


def _open_all(files: list[Path], how: _How) -> Iterator[list[_Read]]:
    """Yield each file's sheets in order; workbooks are read by two processes at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(lambda numbered: list(_open(numbered[1], numbered[0], how)), enumerate(files))


def _open(file: Path, number: int, how: _How) -> Iterator[_Read]:
    """Yield the file's sheets, each recognised or refused; a file that cannot be read as one of them."""
    try:
        sheets = _sheets(file, number, how)
    except UnreadableError as error:
        yield _refused_file(number, how.settings, RULES[error.code], error.detail)
        return
    except OSError as error:
        yield _refused_file(number, how.settings, RULES["E101"], error.strerror or "")
        return
    if not sheets:
        yield _refused_file(number, how.settings, FILE_EMPTY, "")
    for sheet in sheets:
        yield _recognise(sheet, how.kind, how.settings)


def _sheets(file: Path, number: int, how: _How) -> list[Sheet]:
    """Read a file by what it is, whatever its ending says."""
    with file.open("rb") as stream:
        start = stream.read(8)
    if zipfile.is_zipfile(file) or start.startswith((b"PK\x03\x04", _OLE)):
        return read_workbook(file, number, how.scratch, how.settings, hidden=how.hidden)
    found = read_delimited(file, number, how.scratch)
    return [found] if found else []


def _refused_file(number: int, settings: Settings, rule: Rule, detail: str) -> _Read:
    faults = Faults(number, "", None, settings)
    faults.add(rule, fill={"detail": detail})
    return _Read(Sheet(number, "", [], lambda _: iter(())), faults, None)


def _recognise(sheet: Sheet, kind: str | None, settings: Settings) -> _Read:
    faults = Faults(sheet.file_no, sheet.name, None, settings)
    read = _Read(sheet, faults, None)
    if sheet.is_hidden:
        read.not_data = len(sheet.head)
        faults.add(SHEET_HIDDEN, fill={"detail": str(len(sheet.head))})
        return read
    if _is_of_template(sheet):
        read.not_data = sum(table.num_rows for table in sheet.pieces(0))
        return read
    readings = headings_.find(sheet.head, kind)
    titles = [cell for row in sheet.head[: readings[0].row if readings else 1] for cell in row if cell]
    if any(is_marked(text) for text in [sheet.name, *titles]):
        _refuse(read, readings[0] if readings else None, SHEET_SECRET, {}, keep_content=False)
    elif not readings:
        _not_a_ledger(read)
    elif readings[0].missing:
        _incomplete(read, readings)
    elif len(readings) > 1 and _rivals(readings):
        named = {r.source.kind: r.source.name for r in _rivals(readings)}
        listed = Text(
            zh="、".join(f"{name.zh}（{key}）" for key, name in named.items()),
            en=", ".join(f"{name.en} ({key})" for key, name in named.items()),
        )
        _refuse(read, readings[0], SHEET_AMBIGUOUS, {"detail": listed})
    else:
        _accept(read, readings[0])
    return read


def _is_of_template(sheet: Sheet) -> bool:
    """Say whether a sheet is the notes or the lists of values that a template brings along."""
    first = next((cell for row in sheet.head for cell in row if cell), "")
    return shown(first).startswith(headings_.TEMPLATE_NOTES)


def _rivals(readings: list[Headings]) -> list[Headings]:
    """Return the readings as good as the first, when they are of different kinds."""
    best = readings[0]
    equal = [r for r in readings if not r.missing and r.own == best.own and r.row == best.row]
    return equal if len({r.source.kind for r in equal}) > 1 else []


def _accept(read: _Read, reading: Headings) -> None:
    read.headings = reading
    read.faults.kind = reading.source.kind
    read.not_data = reading.row + 1
    beside = [second for _, second in reading.doubled]
    extra = [reading.texts[index] for index in reading.extra if reading.texts[index] not in beside]
    if extra:
        read.faults.add(EXTRA_COLUMNS, fill={"kind": reading.source.name, "detail": "、".join(extra)})
    for first, second in reading.doubled:
        read.faults.add(DOUBLED_COLUMN, fill={"first": first, "second": second})


def _not_a_ledger(read: _Read) -> None:
    """Take a sheet without headings for notes, or refuse it when it holds a table."""
    tables = list(read.sheet.pieces(0))
    rows = sum(table.num_rows for table in tables)
    wide = sum(sum(cell is not None for cell in row) >= 3 for row in read.sheet.head)
    if wide < 3:
        read.not_data = rows
        read.faults.add(SHEET_NOTES if rows else FILE_EMPTY)
        return
    head = read.sheet.head
    row = max(range(len(head)), key=lambda number: sum(map(bool, head[number])))
    texts = [shown(cell or "") for cell in head[row]]
    taken = Headings(next(iter(sources().values())), row, texts)
    _refuse(read, None, SHEET_UNKNOWN, {"detail": _nearest_kind(texts)}, fallback=taken)


def _nearest_kind(present: list[str]) -> Text:
    """Return the kind with most headings like those present."""

    def likeness(kind: str) -> int:
        return sum(bool(headings_.nearest(column, present)) for column in sources()[kind].columns)

    best = max(sources(), key=likeness)
    return sources()[best].name


def _incomplete(read: _Read, readings: list[Headings]) -> None:
    best = min(readings, key=lambda r: (len(r.missing) - r.own, r.row))
    names = "、".join(column.heading for column in best.missing)
    texts = [best.texts[index] for index in best.extra]
    near = dict.fromkeys(text for column in best.missing for text in headings_.nearest(column, texts))
    listed = Text("、".join(near) or "无", ", ".join(near) or "none")
    _refuse(read, best, SHEET_INCOMPLETE, {"kind": best.source.name, "missing": names, "near": listed})


def _refuse(
    read: _Read,
    reading: Headings | None,
    rule: Rule,
    fill: dict[str, str | Text],
    *,
    keep_content: bool = True,
    fallback: Headings | None = None,
) -> None:
    """Reject all data rows of a sheet for one reason."""
    read.faults.kind = reading.source.kind if reading else None
    read.faults.add(rule, fill=fill)
    used = reading or fallback or Headings(next(iter(sources().values())), -1, [])
    read.not_data = used.row + 1
    number = used.row + 1
    for table in read.sheet.pieces(used.row + 1):
        cells = trimmed(table)
        data = is_data(cells, used)
        read.not_data += int((~data).sum())
        read.rejected += refused_rows(
            cells,
            data,
            faults=read.faults,
            texts=used.texts,
            first_row=number + 1,
            code=rule.code,
            keep_content=keep_content,
        )
        number += cells.num_rows


def _check_all(
    reads: list[_Read],
    files: list[Path],
    known: Sequence[tuple[str, str]],
    settings: Settings,
    salt: bytes,
    today: date | None,
    tell: Progress,
) -> None:
    """Check the sheets, lists of institutions first: the others may name what they bring."""
    day = today or datetime.now(_SHANGHAI).date()
    listed = list(known)
    context = Context(settings, salt, day, InstitutionIndex(listed))
    for read in [r for r in reads if _kind(r) == "institutions"]:
        _check(read, context)
        listed += [pair for rows in read.valid for pair in _institutions(rows.table)]
    context = Context(settings, salt, day, InstitutionIndex(listed))
    for read in [r for r in reads if _kind(r) not in (None, "institutions")]:
        tell(files[read.sheet.file_no].name, len(files) + read.sheet.file_no, 2 * len(files))
        _check(read, context)
    tell("", 2 * len(files), 2 * len(files))


def _kind(read: _Read) -> str | None:
    return read.headings.source.kind if read.headings else None


def _institutions(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(table["institution_id"].to_pylist(), table["name"].to_pylist(), strict=True))


def _check(read: _Read, context: Context) -> None:
    try:
        _check_pieces(read, context)
    except UnreadableError as error:
        read.faults.add(RULES[error.code], fill={"detail": error.detail})


def _check_pieces(read: _Read, context: Context) -> None:
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


def _gather(batch: Batch, read: _Read) -> None:
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
