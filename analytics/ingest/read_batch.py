"""Reading everything one import command names into a batch for the store."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.institutions import InstitutionIndex
from analytics.core.printable import printable
from analytics.core.scratch import scratch_folder
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest import headings as headings_
from analytics.ingest.check import SheetCheck, trimmed
from analytics.ingest.delimited import read_delimited
from analytics.ingest.find import Listed, find_files, source_file
from analytics.ingest.frame import Context, Faults
from analytics.ingest.headings import Headings
from analytics.ingest.parse.cells import shown
from analytics.ingest.returned import refused_rows, without_reasons
from analytics.ingest.rows import is_data
from analytics.ingest.rules import (
    DOUBLED_COLUMN,
    EXTRA_COLUMNS,
    FILE_DAMAGED,
    FILE_EMPTY,
    FILE_PASSED_OVER,
    KEYS_MADE,
    KIND_MISMATCH,
    RULES,
    SHEET_AMBIGUOUS,
    SHEET_HIDDEN,
    SHEET_INCOMPLETE,
    SHEET_NOTES,
    SHEET_SECRET,
    SHEET_UNKNOWN,
    UNIT_UNCLEAR,
    Rule,
)
from analytics.ingest.secrets import asks_for_mark, is_marked
from analytics.ingest.sheets import Sheet, UnreadableError
from analytics.ingest.sources import sources
from analytics.ingest.workbook import read_workbook
from analytics.store.batch import Batch, RejectedRow, SheetRead, ValidRows

SAMPLE_MARK = ".ipdash-sample"
_EXTRA_NAMED = 100
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
    names: Mapping[Path, str] | None = None,
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
        reads: list[_Read] = []
        how = _How(folder, kind, settings, hidden)
        batch.files = [source_file(found, names or {}) for found in listed]
        for number, own in enumerate(_open_all(listed, how)):
            tell(batch.files[number].name, number, 2 * len(files))
            reads += own
        _check_all(reads, files, known_institutions, settings, salt, today, tell)
    for read in reads:
        _gather(batch, read)
    return batch


def is_sample(file: Path) -> bool:
    """Say whether a file lies in a folder of sample data."""
    return any((parent / SAMPLE_MARK).exists() for parent in file.resolve().parents)


def _open_all(listed: list[Listed], how: _How) -> Iterator[list[_Read]]:
    """Yield each file's sheets in order; workbooks are read by two processes at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield from pool.map(lambda numbered: list(_open(numbered[1], numbered[0], how)), enumerate(listed))


def _open(listed: Listed, number: int, how: _How) -> Iterator[_Read]:
    """Yield the file's sheets, each recognised or refused; a file that cannot be read as one of them."""
    if listed.why_not is not None:
        yield _passed_over(listed, listed.why_not, number, how.settings)
        return
    try:
        sheets = _sheets(listed.path, number, how)
    except UnreadableError as error:
        yield _refused_file(number, how.settings, RULES[error.code], error.fill)
        return
    except OSError as error:
        yield _refused_file(number, how.settings, FILE_DAMAGED, {"detail": error.strerror or ""})
        return
    if not sheets:
        yield _refused_file(number, how.settings, FILE_EMPTY, {})
    for sheet in sheets:
        try:
            yield _recognise(sheet, how.kind, how.settings)
        except UnreadableError as error:
            yield _refused_file(number, how.settings, RULES[error.code], error.fill, sheet.name)


def _passed_over(listed: Listed, why_not: Text, number: int, settings: Settings) -> _Read:
    """Name what a folder holds and is not read; what the command named itself is refused."""
    if listed.by_name:
        return _refused_file(number, settings, FILE_DAMAGED, {"detail": why_not})
    fill: dict[str, str | Text] = {"detail": printable(listed.path.name), "reason": why_not}
    return _refused_file(number, settings, FILE_PASSED_OVER, fill)


def _sheets(file: Path, number: int, how: _How) -> list[Sheet]:
    """Read a file by what it is, whatever its ending says."""
    with file.open("rb") as stream:
        start = stream.read(8)
    if zipfile.is_zipfile(file) or start.startswith((b"PK\x03\x04", _OLE)):
        return read_workbook(file, number, how.scratch, how.settings, hidden=how.hidden)
    found = read_delimited(file, number, how.scratch, how.settings)
    return [found] if found else []


def _refused_file(
    number: int, settings: Settings, rule: Rule, fill: dict[str, str | Text], sheet: str = ""
) -> _Read:
    faults = Faults(number, sheet, None, settings)
    faults.add(rule, fill=fill)
    return _Read(Sheet(number, sheet, [], lambda _: iter(())), faults, None)


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
    elif kind and (not readings or readings[0].missing) and _is_another(read, kind):
        return read
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
    told = {*beside, *(heading for heading, _ in reading.unclear)}
    named = [reading.texts[index] for index in reading.extra if reading.texts[index] not in told]
    # What a column 是否涉密 says is read, though nothing of it is kept.
    extra = [heading for heading in named if not asks_for_mark(heading)]
    if extra:
        read.faults.add(EXTRA_COLUMNS, fill={"kind": reading.source.name, "detail": _some(extra)})
    for first, second in reading.doubled:
        read.faults.add(DOUBLED_COLUMN, fill={"first": first, "second": second})
    for heading, column in reading.unclear:
        example = headings_.with_unit(column)
        read.faults.add(UNIT_UNCLEAR, value=heading, fill={"column": column.heading, "detail": example})


def _some(texts: list[str]) -> Text:
    """Return headings as a list that a reader can take in: of very many, or very long ones, the beginning."""
    listed = [text if len(text) <= 60 else text[:59] + "…" for text in texts[:_EXTRA_NAMED]]
    more = len(texts) - len(listed)
    zh, en = (f" 等 {len(texts)} 列", f" and {more} more") if more else ("", "")
    return Text("、".join(listed) + zh, "、".join(listed) + en)


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
    # What is taken for headings may be a row of data: nothing of a marked one may be kept either.
    if any(is_marked(cell) for cells in head[: row + 1] for cell in cells if cell):
        _refuse(read, None, SHEET_SECRET, {}, keep_content=False, fallback=taken)
        return
    _refuse(read, None, SHEET_UNKNOWN, {"detail": _nearest_kind(texts)}, fallback=taken)


def _nearest_kind(present: list[str]) -> Text:
    """Return the kind with most headings like those present."""

    def likeness(kind: str) -> int:
        return sum(bool(headings_.nearest(column, present)) for column in sources()[kind].columns)

    best = max(sources(), key=likeness)
    return sources()[best].name


def _is_another(read: _Read, kind: str) -> bool:
    """Refuse a sheet whose headings are, whatever kind was named, those of another; say whether they are."""
    others = headings_.find(read.sheet.head, None)
    if not others or others[0].missing:
        return False
    source, other = sources()[kind], others[0]
    present = headings_.read(other.texts, source, other.row)
    missing = "、".join(column.heading for column in present.missing)
    name = other.source.name
    looks_like = Text(f"{name.zh}（{other.source.kind}）", f"{name.en} ({other.source.kind})")
    _refuse(read, other, KIND_MISMATCH, {"kind": source.name, "missing": missing, "detail": looks_like})
    return True


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
        cells = without_reasons(trimmed(table), used.texts)
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
    day = today or clock.today()
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
        # What was found up to there concerns rows that are not taken in.
        read.faults = Faults(read.faults.file_no, read.faults.sheet, read.faults.kind, read.faults.settings)
        read.faults.add(RULES[error.code], fill=error.fill)


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
