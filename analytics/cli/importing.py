"""``ipdash import``, ``batches``, ``withdraw``: ledgers in, their history, and out again."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.speak import language, say, tell
from analytics.core.account import account_name
from analytics.core.selection import CITY
from analytics.core.text import Text
from analytics.store import Store, open_store
from analytics.store.ahead import copied_ahead
from analytics.store.phases import TITLES, running

if TYPE_CHECKING:  # pandas and pyarrow only where files are read
    from analytics.ingest.run import Imported
    from analytics.store.effect import KindEffect


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("import")(import_ledgers)
    app.command("batches")(list_batches)
    app.command("withdraw")(withdraw)


def import_ledgers(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹 | files or folders")],
    kind: Annotated[
        str | None, typer.Option(help="台账种类 | ledger kind, where headings cannot tell")
    ] = None,
    hidden: Annotated[
        bool, typer.Option("--hidden", help="也读隐藏的工作表 | read hidden sheets too")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="有一行被退回就全部不导入 | keep nothing if any row is rejected")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查，不导入 | say what would happen, keep nothing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出报告 | report as JSON")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="将被退回的行写入该工作簿 | workbook of rejected rows")
    ] = None,
) -> None:
    """导入台账 | import ledgers: exit code 0 none rejected, 1 some rejected, 2 nothing could be read."""
    store = open_store()
    # What reads files takes a while to start: a large store is copied meanwhile.
    with copied_ahead(store.folder):
        from analytics.ingest import report

        done = import_with_progress(
            store, paths, kind=kind, hidden=hidden, strict=strict, dry_run=dry_run, quiet=as_json
        )
    if as_json:
        answer = report.as_json(done.batch, done.outcomes) | {"batch": done.batch_id}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print(report.render_text(done.batch, done.outcomes, language()))
        if done.batch_id is not None:
            print(say(Text(zh=f"批次 {done.batch_id}", en=f"Batch {done.batch_id}")))
        else:
            text = Text(zh="以上仅为检查结果，未写入数据库。", en="This was a check: nothing was stored.")
            print(say(text))
    # Last: a workbook that cannot be written must not cost the reader the report.
    if rejects is not None and done.batch.rejected:
        report.write_rejects(rejects, done.batch, language())
    if done.could_read_nothing:
        raise typer.Exit(2)
    if done.rejected or done.has_unreadable:
        raise typer.Exit(1)


def import_with_progress(store: Store, paths: list[Path], *, quiet: bool = False, **options: Any) -> Imported:
    """Import with a bar on the terminal; ``options`` as of :func:`analytics.ingest.run.run_import`."""
    from analytics.ingest.run import run_import

    with _progress(quiet=quiet) as progress, running("import", progress, tell):
        return run_import(store, paths, progress=progress, **options)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar on a terminal; say nothing where the output goes to a file."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    with Progress(console=Console(stderr=True), transient=True) as bar:

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                label = TITLES.get(step, Text(zh=step, en=step))
                tasks[step] = bar.add_task(say(label), total=total)
            bar.update(tasks[step], completed=done, total=max(total, 1))

        yield show


def list_batches(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False,
) -> None:
    """导入批次 | the import history, the latest batch first."""
    from analytics.measures.listings import batches

    store = open_store()
    rows = [] if store.is_empty else batches(store.snapshot(), scope=CITY)
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, default=str, indent=1))
        return
    for row in rows:
        state = _state(row)
        counts = Text(
            zh="读取 {data_rows}，载入 {loaded}，未变 {unchanged}，被替代 {superseded}，"
            "待关联 {waiting}，退回 {rejected}",
            en="{data_rows} rows: {loaded} loaded, {unchanged} unchanged, {superseded} superseded, "
            "{waiting} waiting, {rejected} rejected",
        ).format(**row)
        sample = Text(zh="示例数据", en="sample data") if row["is_sample"] else Text(zh="", en="")
        print(
            f"{row['batch_id']:>4}  {row['imported_at']}  {say(state)}  {say(counts)}  {say(sample)}".rstrip()
        )


def _state(row: dict[str, Any]) -> Text:
    if not row["withdrawn_at"]:
        return Text(zh="有效", en="in force")
    by = row["withdrawn_by"]
    return Text(zh=f"已撤回（{by}）" if by else "已撤回", en=f"withdrawn by {by}" if by else "withdrawn")


def withdraw(
    batch: Annotated[int, typer.Argument(help="批次号 | batch number")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看影响，不撤回 | say what would happen, change nothing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出影响 | the effect as JSON")] = False,
) -> None:
    """撤回一个批次 | take a batch out of every figure, as if it had never come."""
    from analytics.core.settings import settings
    from analytics.store.load import withdraw_batch
    from analytics.store.told import keep_told

    store = open_store()
    if store.is_empty:
        store.snapshot()  # says that there is nothing yet
    if dry_run or as_json:
        _tell_effect(store, batch, as_json=as_json)
    if dry_run:
        return
    with running("withdraw", tell=tell), store.writing("withdraw") as connection:
        withdraw_batch(connection, batch, settings())
        keep_told(connection, batch, withdrawn_by=account_name())
    done = Text(zh=f"批次 {batch} 已撤回。", en=f"Batch {batch} is withdrawn.")
    print(say(done), file=sys.stderr if as_json else sys.stdout)


def _tell_effect(store: Store, batch: int, *, as_json: bool) -> None:
    """Say what withdrawing the batch does to the rows that count."""
    from analytics.core.periods import runs_of
    from analytics.core.settings import settings
    from analytics.ingest.sources import sources
    from analytics.standard.names import name_of
    from analytics.store.effect import withdraw_effect

    effect = withdraw_effect(store, batch, settings())
    if as_json:
        print(json.dumps(effect.as_dict(), ensure_ascii=False, indent=1))
        return
    for kind in effect.kinds:
        line = Text(
            zh="{name}：现计入 {before} 行，撤回后 {after} 行；退出 {leaves}，恢复原来内容 {returns}，"
            "转为待补机构 {waits}，重新计入 {comes}，不受影响 {stays}",
            en="{name}: {before} rows count, {after} would; {leaves} leave, {returns} return to what was "
            "before, {waits} wait, {comes} come back, {stays} stay",
        )
        print(say(line.format(name=sources()[kind.kind].name, **_numbers(kind))))
    total = Text(zh="服务量 {before} → {after} 件次", en="Services {before} → {after}")
    print(say(total.format(before=effect.services_before, after=effect.services_after)))
    areas = [name_of("district", code, language()) for code in effect.districts]
    where = Text(zh="涉及月份：{months}；涉及区域：{areas}", en="Months: {months}; areas: {areas}")
    months = [str(run) for run in runs_of(effect.months)]
    print(say(where.format(months="、".join(months) or "—", areas="、".join(areas) or "—")))


def _numbers(kind: KindEffect) -> dict[str, str]:
    names = ("before", "after", "leaves", "returns", "waits", "comes", "stays")
    return {name: f"{getattr(kind, name):,}" for name in names}
