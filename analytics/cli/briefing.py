"""``ipdash brief``: the state of a district or the city on two A4 pages, for Word or to print."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.asking import scope_in
from analytics.cli.speak import language as own_language
from analytics.cli.speak import tell
from analytics.core.errors import UserError
from analytics.core.text import LANGUAGES, Language, Text

# What a system says of a file in English alone.
_REASONS = {
    errno.ENOENT: Text(zh="没有这个文件夹", en="there is no such folder"),
    errno.ENOTDIR: Text(zh="路径中有一段不是文件夹", en="a part of the path is no folder"),
    errno.EISDIR: Text(zh="这是一个文件夹", en="it is a folder"),
    errno.EACCES: Text(zh="没有写入权限", en="it may not be written to"),
    errno.EPERM: Text(zh="没有写入权限", en="it may not be written to"),
    errno.EROFS: Text(zh="所在磁盘只读", en="the disk is read-only"),
    errno.ENOSPC: Text(zh="磁盘已满", en="the disk is full"),
}
_ENDINGS = (".docx", ".html")


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("brief")(brief)


def brief(
    *,
    out: Annotated[Path, typer.Option("--out", help="输出文件 | file to write: .docx or .html")],
    district: Annotated[str, typer.Option(help="区域代码或名称，全市为 city | district, or city")] = "city",
    period: Annotated[
        str, typer.Option(help="时段 | period: 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12, all")
    ] = "last12",
    language: Annotated[str, typer.Option(help="语言 | zh or en; the terminal's own if not given")] = "",
    scope: Annotated[
        str, typer.Option(help="范围 | scope: city, district:110108, also with @bureau or @public")
    ] = "city",
) -> None:
    """一页专报：总体情况、主要问题、建议，两页 A4 | a brief on two A4 pages, every figure with its source."""
    ending, written_in = _ending(out), _language(language)
    from analytics.briefing.compose import brief as composed
    from analytics.store import open_store

    snapshot = open_store().snapshot()
    found = composed(snapshot, scope=scope_in(snapshot, scope), district=_code(district), period=period)
    if ending == ".docx":
        from analytics.briefing.document import document_of

        content = document_of(found, written_in)
    else:
        from analytics.briefing.screen import page_of

        content = page_of(found, written_in).encode()
    _write(out, content)
    tell(Text(zh=f"已写出 {out}", en=f"Wrote {out}"))


def _ending(out: Path) -> str:
    if (ending := out.suffix.lower()) in _ENDINGS:
        return ending
    raise UserError(
        Text(zh=f"不能写成“{out.name}”这种文件。", en=f"Cannot write a file like ‘{out.name}’."),
        Text(zh="文件名请以 .docx 或 .html 结尾。", en="End the file's name in .docx or .html."),
    )


def _language(text: str) -> Language:
    if not text:
        return own_language()
    for known in LANGUAGES:
        if text == known:
            return known
    raise UserError(
        Text(zh=f"没有语言“{text}”。", en=f"There is no language ‘{text}’."),
        Text(zh="请写 zh 或 en。", en="Write zh or en."),
    )


def _code(district: str) -> str:
    """Return the code of a district given by code or name; what is neither is refused later."""
    if district == "city":
        return district
    from analytics.standard.resolve import resolve_area

    return resolve_area(district).code or district


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        raise UserError(
            _why_not(error).format(out=str(out)),
            Text(
                zh="请检查文件夹是否存在、可写，文件是否正被打开。",
                en="See that the folder exists and may be written to, and that the file is not open.",
            ),
        ) from error


def _why_not(error: OSError) -> Text:
    other = Text(zh=error.strerror or "未知原因", en=error.strerror or "for a reason unknown")
    reason = _REASONS.get(error.errno or 0, other)
    return Text(zh="无法写出 {out}：" + reason.zh, en="Cannot write {out}: " + reason.en)
