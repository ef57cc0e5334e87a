"""``ipdash check``, ``backup``, ``restore``: is the store whole, copies of it, and back again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.cli.speak import language, say, tell
from analytics.core.text import Text
from analytics.store import open_store

if TYPE_CHECKING:
    from analytics.store.backup import Backup
    from analytics.store.verify import Checked

_MIB = 1024 * 1024


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("check")(check)
    app.command("backup")(backup)
    app.command("restore")(restore)


def check(as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False) -> None:
    """核对数据是否完好 | verify the store: exit code 0 whole, 1 something needs hands."""
    from analytics.store.verify import check_store

    checked = check_store(open_store())
    if as_json:
        print(json.dumps(_as_json(checked), ensure_ascii=False, indent=1))
    else:
        _print(checked)
    if not checked.is_whole:
        raise typer.Exit(1)


def _as_json(checked: Checked) -> dict[str, Any]:
    return {
        "whole": checked.is_whole,
        "version": checked.version,
        "snapshots": checked.snapshots,
        "batches": checked.batches,
        "rows": checked.rows,
        "findings": [
            {
                "code": finding.code,
                "needs_hands": finding.needs_hands,
                "what": finding.what.get(language()),
                "next_step": finding.next_step.get(language()),
            }
            for finding in checked.findings
        ],
    }


def _print(checked: Checked) -> None:
    for finding in checked.findings:
        print(f"{say(finding.what)}\n  {say(finding.next_step)}")
    if not checked.is_whole:
        print(say(Text(zh="数据库需要处理，见上。", en="The store needs hands, see above.")))
        return
    if not checked.version:
        print(say(Text(zh="数据库中还没有数据。", en="The store holds no data yet.")))
        return
    whole = Text(
        zh=f"数据完好：{checked.version}，{checked.batches} 个批次，{checked.rows} 行（含历史版本），"
        f"{checked.snapshots} 个快照。",
        en=f"The store is whole: {checked.version}, {checked.batches} batches, {checked.rows} rows "
        f"(all versions), {checked.snapshots} snapshots.",
    )
    print(say(whole))


def backup(folder: Annotated[Path, typer.Argument(help="备份文件夹 | folder of the backup")]) -> None:
    """备份到文件夹 | back up into a folder, while others read and write."""
    from analytics.store.backup import back_up
    from analytics.store.phases import running

    with running("backup", tell=tell):
        made = back_up(open_store(), folder)
    size = -(-made.size_bytes // _MIB)
    print(
        say(
            Text(
                zh=f"已备份 {made.version}（{made.batches} 个批次，{size} MiB）到 {folder}，并已核对。"
                "备份含有密钥 salt，请与数据同等保管。",
                en=f"{made.version} ({made.batches} batches, {size} MiB) is backed up into {folder} and "
                "verified. The backup holds the secret: guard it as you guard the data.",
            )
        )
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="备份文件夹 | folder of the backup")],
    from_another_store: Annotated[
        bool,
        typer.Option(
            "--from-another-store",
            help="用另一个数据库的备份代替现有数据 | put another store's backup in the place of these data",
        ),
    ] = False,
) -> None:
    """从备份恢复 | make a backup the current state; the state before stays as an old snapshot."""
    from analytics.store.phases import running
    from analytics.store.restore import restore as bring_back

    store = open_store()
    with running("restore", tell=tell):
        restored = bring_back(store, folder, from_another_store=from_another_store)
    print(
        say(
            Text(
                zh=f"已恢复 {restored.made_at} 的备份（{restored.batches} 个批次）。"
                "恢复前的数据作为旧快照保留；已打开的页面在下一次操作时换到恢复后的数据。",
                en=f"The backup of {restored.made_at} is restored ({restored.batches} batches). The state "
                "before stays as an old snapshot; open pages move over at their next action.",
            )
        )
    )
    _tell_settings(restored, folder)


def _tell_settings(restored: Backup, folder: Path) -> None:
    names = [str(folder / file.name) for file in restored.files if file.name.startswith("settings/")]
    if names:
        kept = "、".join(names)
        print(
            say(
                Text(
                    zh=f"备份时的设置文件未覆盖现有设置，需要时请自行取用：{kept}",
                    en=f"The settings of that time were not put in force; take them if you need them: {kept}",
                )
            )
        )
