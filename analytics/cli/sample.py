"""``ipdash sample`` and ``demo``: synthetic ledgers to try everything with."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from analytics.cli.speak import say
from analytics.core.text import Text
from analytics.store import open_store


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("sample")(sample)
    app.command("demo")(demo)


def sample(
    out: Annotated[Path, typer.Option(help="写入的文件夹 | folder to write to")],
    rows: Annotated[int, typer.Option(min=1000, help="服务记录数 | service records")] = 300_000,
    seed: Annotated[int, typer.Option(help="随机种子 | seed: the same gives the same")] = 1,
    until: Annotated[str, typer.Option(help="最后一个月 | the last month, YYYY-MM")] = "2026-10",
) -> None:
    """生成示例台账 | write synthetic ledgers as stations would send them."""
    _write(out, rows, seed, until)
    print(say(Text(zh=f"示例台账已写入 {out}。", en=f"Sample ledgers are in {out}.")))


def _write(out: Path, rows: int, seed: int, until: str) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from sample_data.make import write_sample

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(say(Text(zh="生成示例数据", en="Making sample data")), total=None)
        write_sample(
            out,
            rows=rows,
            seed=seed,
            until=until,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def demo(
    rows: Annotated[int, typer.Option(min=1000, help="服务记录数 | service records")] = 300_000,
) -> None:
    """数据库为空时载入示例数据 | fill an empty store with sample data; leave any other alone."""
    from analytics.cli.importing import import_with_progress

    store = open_store()
    if not store.is_empty:
        text = Text(
            zh="数据库中已有数据，不载入示例数据。", en="The store holds data already; it is left alone."
        )
        print(say(text))
        return
    with tempfile.TemporaryDirectory(prefix="ipdash-sample-") as folder:
        _write(Path(folder), rows, 1, "2026-10")
        done = import_with_progress(store, [Path(folder)])
    read = sum(outcome.data_rows for outcome in done.outcomes)
    text = Text(
        zh="已载入示例数据：读取 {read} 行，其中 {rejected} 行按预期退回（示例台账含有意写错的行）。",
        en="Sample data are in: {read} rows read, {rejected} rejected as they should be (faulty on purpose).",
    )
    print(say(text.format(read=read, rejected=done.rejected)))
