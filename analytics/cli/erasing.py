"""``ipdash purge``, ``readmit``, ``rejects``, ``history``: what is kept of whom, how long, and out again."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.speak import language, say
from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.selection import CITY
from analytics.core.text import Text
from analytics.store import Store, open_store

_BACKUPS = Text(
    zh="备份不在此列：请由保管人另行删除其中的内容，今后恢复旧备份后须再执行一次本命令。",
    en="Backups are not touched: whoever keeps them must delete them, and repeat this after restoring one.",
)
_FOUND = Text(
    zh="名录 {list_rows} 行删除；服务记录 {services} 行去掉服务对象信息，仍计入统计（均含历史版本）。",
    en="{list_rows} rows of the list (all versions) go; {services} service records (all versions) lose the "
    "client and still count.",
)
_AGAIN = Text(zh="批次 {batch} 再次报送，内容相同", en="sent again, the same, by batch {batch}")
_CONFIDENTIAL = Text(zh="服务对象要求保密，不显示内容", en="confidential: content is not shown")
_STATES = {
    "current": Text(zh="现行", en="current"),
    "replaced": Text(zh="已被取代", en="replaced"),
    "withdrawn": Text(zh="已撤回", en="withdrawn"),
}


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("purge")(purge)
    app.command("readmit")(readmit)
    app.command("rejects")(rejects)
    app.command("history")(show_history)


def purge(
    client: Annotated[
        list[str] | None,
        typer.Option("--client", help="服务对象编号，可多次给出 | number, repeatable"),
    ] = None,
    expired: Annotated[
        bool,
        typer.Option("--expired", help="删除超过保存期限的内容 | what is kept beyond its time"),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说明会删除什么 | say what would go, change nothing")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 | do not ask")] = False,
    forget_anyway: Annotated[
        bool,
        typer.Option("--forget-anyway", help="库中没有也登记，以后导入时去除 | strip later ledgers too"),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False,
) -> None:
    """彻底删除服务对象 | erase a person or company from records, history, rejected rows, old snapshots."""
    if bool(client) == expired:
        raise UserError(
            Text(zh="请给出 --client 编号，或用 --expired。", en="Give --client NUMBER, or --expired."),
            Text(zh="用法：ipdash purge --help", en="See ipdash purge --help."),
        )
    store = open_store()
    store.snapshot()  # says where there is nothing yet
    if client:
        _purge_clients(store, client, dry_run, yes, forget_anyway, as_json)
    else:
        _purge_expired(store, dry_run, yes, as_json)


def _purge_clients(
    store: Store, client: list[str], dry_run: bool, yes: bool, forget_anyway: bool, as_json: bool
) -> None:
    from analytics.store.purge import look_up, purge_clients

    found = look_up(store, client)
    if found.unknown and not forget_anyway:
        raise UserError(
            Text(
                zh=f"库中没有服务对象 {'、'.join(found.unknown)}，未做任何更改。",
                en=f"The store holds no client {', '.join(found.unknown)}; nothing was changed.",
            ),
            Text(
                zh="请核对编号；如要使以后导入的台账也去掉该对象，请加 --forget-anyway。",
                en="Check the number; with --forget-anyway ledgers that come later are stripped of it too.",
            ),
        )
    if not dry_run:
        _confirm(_FOUND.format(**asdict(found)), yes=yes or as_json)
        found = purge_clients(store, client, forget_unknown=forget_anyway)
    _tell(asdict(found) | {"dry_run": dry_run}, _FOUND.format(**asdict(found)), as_json, dry_run)


def _purge_expired(store: Store, dry_run: bool, yes: bool, as_json: bool) -> None:
    from analytics.core.settings import settings
    from analytics.store.rejected import purge_expired_rejects
    from analytics.store.retention import expired_clients, purge_expired

    today = clock.today()
    with store.snapshot().connect() as connection:
        clients = expired_clients(connection, settings(), today)
    said = Text(
        zh=f"超过保存期限的服务对象 {len(clients)} 个。",
        en=f"{len(clients)} clients are kept beyond their time.",
    )
    told = {"clients": len(clients), "dry_run": dry_run}
    if not dry_run:
        if clients:
            _confirm(said, yes=yes or as_json)
        purge_expired_rejects(store)
        purge_expired(store, on=today)
    _tell(told, said, as_json, dry_run)


def _confirm(what: Text, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UserError(
            Text(zh="删除后无法恢复，需要确认。", en="Erasure cannot be undone and needs a confirmation."),
            Text(zh="请加 --yes。", en="Add --yes."),
        )
    print(say(what))
    typer.confirm(say(Text(zh="删除后无法恢复，继续吗？", en="This cannot be undone. Go on?")), abort=True)


def _tell(told: Mapping[str, object], said: Text, as_json: bool, dry_run: bool) -> None:
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    print(say(said))
    if dry_run:
        print(say(Text(zh="以上仅为说明，未做任何更改。", en="Nothing was changed.")))
    else:
        print(say(Text(zh="已完成，旧快照已一并清除。", en="Done; older snapshots are gone as well.")))
        print(say(_BACKUPS))


def readmit(client: Annotated[str, typer.Argument(help="服务对象编号 | client's number")]) -> None:
    """允许已删除的服务对象再次导入 | let an erased client's records in again from now on."""
    from analytics.store.purge import readmit as let_in

    if not let_in(open_store(), client):
        raise UserError(
            Text(zh=f"{client} 没有被删除过。", en=f"{client} was not erased."),
            Text(zh="请核对编号。", en="Check the number."),
        )
    print(say(Text(zh="今后的台账可以再次包含该对象。", en="Ledgers may name this client again.")))


def rejects(
    batch: Annotated[int, typer.Argument(help="批次号 | batch number")],
    out: Annotated[Path, typer.Option("--out", help="写入该工作簿 | workbook to write")],
) -> None:
    """导出一个批次的退回行 | write a batch's rejected rows as a workbook, while they are kept."""
    from analytics.ingest.rejects import kept_rejects, write_rejects

    kept = kept_rejects(open_store(), batch)
    if kept is None:
        raise UserError(
            Text(
                zh=f"批次 {batch} 的退回行已超过保存期限，不再保留。",
                en=f"The rejected rows of batch {batch} are no longer kept.",
            ),
            Text(zh="请重新导入原台账。", en="Import the ledgers again."),
        )
    write_rejects(out, kept, language())
    print(say(Text(zh=f"{len(kept.rejected)} 行已写入 {out}", en=f"{len(kept.rejected)} rows are in {out}")))


def show_history(
    kind: Annotated[str, typer.Argument(help="台账种类 | ledger kind")],
    key: Annotated[
        list[str], typer.Argument(help="编号；由几列组成的按顺序给出 | number, or parts of the key")
    ],
    institution: Annotated[str | None, typer.Option(help="机构编号 | institution's number")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False,
) -> None:
    """查看一行的各个版本 | the versions of a row: when, by whom, what changed, which one counts."""
    from analytics.measures.history import history
    from analytics.store.schema import LEDGERS

    if kind not in LEDGERS:
        raise UserError(
            Text(zh=f"没有名为“{kind}”的台账种类。", en=f"There is no ledger kind ‘{kind}’."),
            Text(zh="可用种类：" + "、".join(LEDGERS), en="Kinds: " + ", ".join(LEDGERS)),
        )
    versions = history(open_store().snapshot(), kind, tuple(key), scope=CITY, institution=institution)
    if not versions:
        raise UserError(
            Text(zh="没有这一行。", en="There is no such row."),
            Text(zh="请核对种类、编号和机构编号。", en="Check the kind, the number and the institution."),
        )
    if as_json:
        print(json.dumps([asdict(v) for v in versions], ensure_ascii=False, default=str, indent=1))
        return
    for v in versions:
        state = say(_STATES[v.state])
        place = " ".join(part for part in (v.file, v.sheet) if part)
        row = say(Text(zh=f"第 {v.source_row} 行", en=f"row {v.source_row}"))
        batch = say(Text(zh=f"批次 {v.batch_id}", en=f"batch {v.batch_id}"))
        print(f"{batch}  {v.imported_at}  {v.imported_by}  {place} {row}  {v.institution_id or ''}  {state}")
        for again in v.repeated_by:
            print(
                "    " + say(Text(zh=f"批次 {again} 再次报送，内容相同", en=f"sent again by batch {again}"))
            )
        if v.is_confidential:
            print(
                "    " + say(Text(zh="服务对象要求保密，不显示内容", en="confidential: content is not shown"))
            )
        for name, (old, new) in v.changed.items():
            print(f"    {name}: {old if old is not None else '—'} → {new if new is not None else '—'}")
