"""``ipdash template``: blank workbooks to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.speak import language, say
from analytics.core.errors import UserError
from analytics.core.selection import CITY
from analytics.core.text import Text
from analytics.store import open_store


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("template")(write_templates)


def write_templates(
    out: Annotated[Path, typer.Option("--out", help="文件（.xlsx）或文件夹 | file (.xlsx) or folder")],
    kind: Annotated[
        str | None, typer.Option(help="台账种类，不给则为全部 | ledger kind; all without")
    ] = None,
    institution: Annotated[
        str | None,
        typer.Option(help="机构编号：规范自查带出已知结果 | institution: self-check with what is known"),
    ] = None,
) -> None:
    """空白模板 | blank workbooks: one file, or into a folder one a kind and one with all kinds."""
    from analytics.ingest.template import ledger_order, template_bytes

    kinds = [kind] if kind else list(ledger_order())
    filled = {"evidence": _self_check(institution)} if "evidence" in kinds else {}
    if "industry_synonyms" in kinds:
        filled["industry_synonyms"] = _unknown_names()
    if out.suffix.lower() == ".xlsx":
        wanted = {out: kinds}
    else:
        wanted = {out / f"{_name(one)}.xlsx": [one] for one in kinds}
        if kind is None:
            wanted[out / f"{say(_ALL)}.xlsx"] = kinds
    for path, own in wanted.items():
        _write(path, template_bytes(own, language(), filled=filled))
        print(path)


_ALL = Text(zh="台账模板-全部", en="ledger-templates-all")


def _name(kind: str) -> str:
    from analytics.ingest.sources import sources

    if kind not in sources():
        return kind
    return say(Text(zh=f"台账模板-{sources()[kind].name.zh}", en=f"ledger-template-{kind}"))


def _self_check(institution: str | None) -> list[dict[str, Any]]:
    from analytics.ingest.self_check import blank_rows, rows_for

    if institution is None:
        return blank_rows()
    return rows_for(open_store().snapshot(), institution, scope=CITY)


def _unknown_names() -> list[dict[str, Any]]:
    from analytics.ingest.synonym_sheet import rows_for

    store = open_store()
    return [] if store.is_empty else rows_for(store.snapshot(), scope=CITY)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UserError(
            Text(
                zh=f"无法写入 {path}：{error.strerror}。", en=f"{path} cannot be written: {error.strerror}."
            ),
            Text(
                zh="请检查文件夹，并关闭已打开的同名文件。",
                en="Check the folder; close the file if it is open.",
            ),
        ) from error
