"""``ipdash``: everything a page computes or exports, for scripts and schedules."""

from __future__ import annotations

import atexit
import gc
import sys
import traceback

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
        if told is None:
            traceback.print_exc()
        else:
            say_error(told)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
