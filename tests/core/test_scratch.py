"""Nothing stays behind of a folder for a while, however its process ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

from analytics.core.scratch import scratch_folder


@pytest.fixture(autouse=True)
def own_place(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def fill_and_break():
    with scratch_folder() as folder:
        (folder / "cells").write_text("机密")
        assert folder.stat().st_mode & 0o077 == 0
        raise ValueError("broken")


def test_it_goes_with_all_it_holds_also_by_an_error(tmp_path):
    with pytest.raises(ValueError, match="broken"):
        fill_and_break()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next_and_what_is_in_use_stays(tmp_path):
    code = (
        "import pathlib, tempfile, time\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "from analytics.core.scratch import scratch_folder\n"
        "with scratch_folder() as folder:\n"
        "    (folder / 'cells').write_text('x')\n"
        "    print(folder, flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    left = process.stdout.readline().strip()
    long_ago = time.time() - 3600
    os.utime(left, (long_ago, long_ago))
    with scratch_folder():
        assert os.path.exists(left)  # noqa: PTH110
    process.send_signal(signal.SIGKILL)
    process.communicate()
    os.utime(left, (long_ago, long_ago))
    with scratch_folder() as mine:
        assert list(tmp_path.iterdir()) == [mine]


def test_folders_of_others_are_left_alone(tmp_path):
    for name in ("ipdash-of-another-kind", "elsewhere"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    with scratch_folder():
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "ipdash-of-another-kind"]
