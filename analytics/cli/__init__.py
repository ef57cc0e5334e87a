"""``ipdash``: everything a page computes or exports, for scripts and schedules."""

from __future__ import annotations

import sys
import traceback

import typer

from analytics.cli import importing, measuring, sample, templates
from analytics.cli.speak import say_error
from analytics.core.errors import UserError

app = typer.Typer(
    name="ipdash",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="北京市知识产权公共服务数据看板 | Beijing IP public-service dashboard",
)
importing.add_to(app)
measuring.add_to(app)
sample.add_to(app)
templates.add_to(app)


def main() -> None:
    """Run the command line; what the reader can put right is said without a traceback, with exit code 2.

    A fault of ours ends with 2 too: Python's own 1 would tell a script that rows were rejected and the
    rest is in.
    """
    try:
        app()
    except UserError as error:
        say_error(error)
        sys.exit(2)
    except Exception:  # noqa: BLE001 - whatever it is, it must not end like an import with rejected rows
        traceback.print_exc()
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
