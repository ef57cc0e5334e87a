"""A process killed in any phase of a command that writes leaves the store whole (more: kill_matrix.py)."""

import subprocess
import sys
from pathlib import Path

import pytest

from analytics.store.phases import COMMAND_TITLES, COMMANDS, TITLES

KILLS = 8


@pytest.mark.slow
def test_kills_in_the_phases_of_every_command_leave_the_store_whole(tmp_path):
    # In a process of its own: this one may hold threads, and the matrix forks.
    script = (
        "import sys; from pathlib import Path; from tests.store.kill_matrix import run_matrix; "
        f"m = run_matrix(Path(sys.argv[1]), {KILLS}, reruns_each=4); "
        "print(len(m.hits), *sorted({command for command, _ in m.hits}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == [str(KILLS), "import", "purge", "restore", "withdraw"]


def test_every_phase_has_a_name_for_readers_in_both_languages():
    assert {phase for phases in COMMANDS.values() for phase in phases} == set(TITLES)
    assert set(COMMANDS) == set(COMMAND_TITLES)
