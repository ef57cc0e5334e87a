"""The command line called within the test's own process: as a clerk runs it, without the time of starting."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics import cli
from analytics.core.settings import settings


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to; the names are those of :class:`subprocess.CompletedProcess`."""

    returncode: int
    stdout: str
    stderr: str


def ipdash(store: Path, *words: object, language: str = "en", **env: str) -> Done:
    """Run ``ipdash`` on a store with these words, as from a script: nobody sits at a terminal.

    That the installed command starts, and what it loads, is tested with processes of its own.
    """
    said, complained, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        for name, value in {"IPDASH_STORE": str(store), "IPDASH_LANG": language, **env}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["ipdash", *map(os.fsdecode, map(os.fsencode, map(str, words)))])
        patch.setattr(sys, "stdin", io.StringIO())
        # Found once a process: a command of its own would find it from its surroundings.
        patch.setattr(tempfile, "tempdir", env.get("TMPDIR", tempfile.gettempdir()))
        settings.cache_clear()
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            settings.cache_clear()
    return Done(code, said.getvalue(), complained.getvalue())
