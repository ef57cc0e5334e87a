"""``ipdash``: everything a page computes or exports, for scripts and schedules."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from pathlib import Path

import typer

from analytics.cli import (
    access,
    aligning,
    briefing,
    clauses,
    comparing,
    erasing,
    importing,
    keeping,
    measuring,
    rules,
    sample,
    templates,
)
from analytics.cli.speak import say_error
from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.faults import disk_fault

app = typer.Typer(
    name="ipdash",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="北京市知识产权公共服务数据看板 | Beijing IP public-service dashboard",
)
importing.add_to(app)
access.add_to(app)
aligning.add_to(app)
keeping.add_to(app)
measuring.add_to(app)
comparing.add_to(app)
briefing.add_to(app)
clauses.add_to(app)
rules.add_to(app)
sample.add_to(app)
templates.add_to(app)
erasing.add_to(app)


def _fault(error: Exception) -> UserError:
    """Say that the fault is ours: its kind alone, for its words may name a client."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__}, {Path(where.filename).name}:{where.lineno}"
    return UserError(
        Text(
            zh=f"程序出错（{place}），命令没有完成。",
            en=f"A fault of the program ({place}): it did not finish.",
        ),
        Text(
            zh="请把这一行和所用的命令告诉系统维护人员；设环境变量 IPDASH_TRACE=1 再运行，可看到详细记录。",
            en="Tell whoever maintains the system this line and the command; with IPDASH_TRACE=1 in the "
            "environment it shows all.",
        ),
    )


def main() -> None:
    """Run the command line; what the reader can put right is said without a traceback, with exit code 2.

    A fault of ours ends with 2 too: Python's own 1 would tell a script that rows were rejected and the
    rest is in.
    """
    # A process that ends need not look through all its objects for what could be freed: a third of a second.
    atexit.register(gc.freeze)
    try:
        app()
    except UserError as error:
        say_error(error)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - it must not end like an import with rejected rows
        told = disk_fault(error)
        if told is None and os.environ.get("IPDASH_TRACE"):
            traceback.print_exc()
        else:
            say_error(told or _fault(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
