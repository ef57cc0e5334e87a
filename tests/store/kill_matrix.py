"""Kill commands in every one of their phases, and see that the store is whole each time.

``python tests/store/kill_matrix.py --kills 200`` prints how often each phase was hit. Commands are those
of the public command line; a process that has imported the program forks one child for each, so that a
kill costs a second and not five.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

COMMANDS = ("import", "withdraw", "purge", "restore")
CLIENT = "K-0007"
_SERVICES = 2000
_LOADED = (
    *("chinese_calendar", "duckdb_sqlalchemy", "pandas", "pyarrow.dataset", "pyarrow.pandas_compat"),
    *("shapely.geometry", "analytics.ingest.report", "analytics.ingest.run", "analytics.store.purge"),
    *("analytics.store.restore", "analytics.store.verify"),
)


def forge() -> None:
    """Serve commands from stdin: fork one child for each, say its number, then how it ended."""
    from analytics import cli
    from analytics.ingest.sources import sources

    # Loaded once, here, with what each command would load by itself.
    for name in _LOADED:
        importlib.import_module(name)
    sources()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            log = os.open(asked["log"], os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.environ.update(asked["env"])
            sys.argv = ["ipdash", *asked["argv"]]
            code = 0
            try:
                cli.main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


class Forge:
    """Runs commands of the command line, one at a time."""

    def __init__(self, place: Path) -> None:
        self.log = place / "log.txt"
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--forge"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, *argv: str, store: Path, **env: str) -> int:
        """Start a command and return its process number."""
        env |= {"IPDASH_STORE": str(store), "IPDASH_LANG": "en"}
        asked = {"argv": argv, "env": env, "log": str(self.log)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> int:
        """Wait for the command and return its exit code, negative after a signal."""
        return int(self._process.stdout.readline())

    def run(self, *argv: str, store: Path, **env: str) -> tuple[int, str]:
        """Run a command to its end; return exit code and output."""
        self.start(*argv, store=store, **env)
        return self.end(), self.log.read_text()

    def close(self) -> None:
        """Let the process end."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def write_ledgers(folder: Path) -> None:
    """Write an institution, clients and services, with a row that is rejected."""
    folder.mkdir(parents=True)
    (folder / "机构名录.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    clients = ["服务对象编号,企业名称,类型,所属区域"]
    clients += [f"K-{n:04d},示例企业{n},小微企业,海淀区" for n in range(40)]
    (folder / "服务对象名录.csv").write_text("\n".join(clients) + "\n", encoding="utf-8")
    write_services(folder / "服务台账.csv", first=0)


def write_services(path: Path, *, first: int) -> None:
    """Write services numbered from ``first``; the last row is rejected."""
    lines = ["记录编号,机构编号,服务事项,服务对象编号,服务对象类型,受理时间,满意度评价"]
    lines += [
        f"R{n:05d},S1,B02,K-{n % 40:04d},小微企业,2026-03-{n % 28 + 1:02d} 09:00,满意"
        for n in range(first, first + _SERVICES)
    ]
    lines.append(f"R{first}-坏,S1,B99,K-0001,小微企业,2026-03-05 09:00,满意")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def state_of(store: Path) -> tuple[object, ...]:
    """Return what tells the states before and after each command apart, as a reader finds it."""
    from analytics.store import open_store

    with open_store(store).snapshot().connect() as connection:

        def asked(statement: str) -> tuple[object, ...]:
            return tuple(map(tuple, connection.exec_driver_sql(statement).all()))

        return (
            asked("SELECT batch_id, withdrawn_at IS NULL, loaded, rejected FROM batches ORDER BY batch_id"),
            asked("SELECT count(*), count(client_id), sum(rating) FROM services"),
            asked("SELECT count(*) FROM services_rows"),
            asked("SELECT count(*) FROM clients"),
            asked("SELECT count(*) FROM erased_clients"),
        )


@dataclass
class Matrix:
    """The stores before and after each command, and what the kills came to."""

    place: Path
    forge: Forge
    before: Path
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: int = 0
    reruns_each: int = 1
    after: dict[str, tuple[object, ...]] = field(default_factory=dict)
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    depth_ms: list[float] = field(default_factory=list)

    @classmethod
    def made(cls, place: Path) -> Matrix:
        """Make the store before, a backup to restore, and run each command once undisturbed."""
        made = cls(place, Forge(place), place / "before")
        write_ledgers(place / "ledgers")
        write_services(place / "more.csv", first=_SERVICES)
        write_services(place / "still-more.csv", first=2 * _SERVICES)
        made._calm("import", str(place / "ledgers"), expected=1)
        made._calm("backup", str(place / "backup"))
        made._calm("import", str(place / "more.csv"), expected=1)
        made.state = state_of(made.before)
        for command in COMMANDS:
            store, phases = place / "calm", place / "phases.txt"
            shutil.copytree(made.before, store)
            code, said = made.forge.run(*made.argv(command), store=store, IPDASH_PHASES=str(phases))
            assert code in (0, 1), said
            made.after[command] = state_of(store)
            assert made.after[command] != made.state
            lines = [line.split() for line in phases.read_text().splitlines()]
            ends = [int(line[2]) for line in lines[1:]] + [int(lines[-1][2]) + 2_000_000]
            for (name, phase, begun), ended in zip(lines, ends, strict=True):
                # A lock that nobody else holds is waited for no time: then the matrix holds it.
                seconds = 0.2 if phase == "waiting_for_lock" else (ended - int(begun)) / 1e9
                if name == command:
                    made.seconds[command, phase] = seconds
            shutil.rmtree(store)
            phases.unlink()
        return made

    def _calm(self, *argv: str, expected: int = 0) -> None:
        code, said = self.forge.run(*argv, store=self.before)
        assert code == expected, said

    def argv(self, command: str) -> list[str]:
        """Return the words of a command."""
        return {
            "import": ["import", str(self.place / "still-more.csv")],
            "withdraw": ["withdraw", "2"],
            "purge": ["purge", "--client", CLIENT, "--yes"],
            "restore": ["restore", str(self.place / "backup")],
        }[command]

    def kill(self, command: str, phase: str, share: float) -> bool:
        """Kill a command when ``share`` of a phase is over; say whether it died within that phase."""
        store, phases = self.place / "store", self.place / "phases.txt"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(self.before, store)
        phases.write_text("")
        with _held(store / "lock" if phase == "waiting_for_lock" else None):
            process = self.forge.start(*self.argv(command), store=store, IPDASH_PHASES=str(phases))
            begun = _wait_for(phases, f"{command} {phase} ", process)
            wait = share * self.seconds[command, phase]
            while begun and (time.monotonic_ns() - begun) / 1e9 < wait:
                time.sleep(min(0.0002, wait))
            moment = time.monotonic_ns()
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            killed = self.forge.end() == -signal.SIGKILL
        last = phases.read_text().splitlines()[-1].split()
        is_within = killed and last[:2] == [command, phase] and moment > int(last[2])
        self._judge(store, command, acknowledged=not killed)
        if (sum(self.hits.values()) + self.missed) % self.reruns_each == 0:
            self._complete(store, command)
        if is_within:
            self.hits[command, phase] += 1
            self.depth_ms.append((moment - int(last[2])) / 1e6)
        else:
            self.missed += 1
        return is_within

    def _judge(self, store: Path, command: str, *, acknowledged: bool) -> None:
        """The store is as before or as after, and the check agrees."""
        code, said = self.forge.run("check", "--json", store=store)
        assert code == 0, said
        assert json.loads(said)["whole"], said
        both = (self.state, self.after[command])
        assert state_of(store) in (both[1:] if acknowledged else both)

    def _complete(self, store: Path, command: str) -> None:
        """The command run again completes what was broken off."""
        found = state_of(store)
        code, said = self.forge.run(*self.argv(command), store=store)
        # Withdrawing what is withdrawn is an error, and importing what was imported rejects its row again.
        assert code in (0, 1, 2), said
        assert "Traceback" not in said, said
        again = state_of(store)
        if command == "import" and found == self.after[command]:
            assert again[1:] == found[1:], said  # one more batch in the history, no row more
        else:
            assert again == self.after[command], said
        code, said = self.forge.run("check", "--json", store=store)
        assert code == 0, said
        assert json.loads(said)["findings"] == [], said


@contextmanager
def _held(lock: Path | None) -> Iterator[None]:
    """Hold a store's lock, so that a command really waits for it."""
    if lock is None:
        yield
        return
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _wait_for(phases: Path, start: str, process: int) -> int:
    """Return when a phase began (monotonic ns), 0 where the process ended before."""
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        for line in phases.read_text().splitlines():
            if line.startswith(start):
                return int(line.rsplit(" ", 1)[1])
        if not Path(f"/proc/{process}/stat").exists() or _is_over(process):
            return 0
        time.sleep(0.0002)
    raise AssertionError(f"no {start} within 300 seconds")


def _is_over(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def _caught(matrix: Matrix, command: str, phase: str, moments: random.Random, tries: int) -> bool:
    """Kill a command until one kill falls into the phase it was meant for; False where none did."""
    for attempt in range(tries):
        if matrix.kill(command, phase, moments.uniform(0.05, 0.9) / (1 + attempt)):
            print(f"{sum(matrix.hits.values())} {command} {phase}", file=sys.stderr, flush=True)
            return True
    return False


def _in_turn(phases: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the phases with those of each command in turn: few kills come to all commands too."""
    of = [[pair for pair in phases if pair[0] == command] for command in COMMANDS]
    return [pair for turn in zip_longest(*of) for pair in turn if pair]


def run_matrix(place: Path, kills: int, *, seed: int = 3, tries: int = 12, reruns_each: int = 1) -> Matrix:
    """Kill until ``kills`` have hit the phase they were meant for, spread over all phases of all commands."""
    matrix, moments = Matrix.made(place), random.Random(seed)
    matrix.reruns_each = reruns_each
    try:
        phases = sorted(matrix.seconds)
        moments.shuffle(phases)
        phases = _in_turn(phases)
        missed: set[tuple[str, str]] = set()
        while sum(matrix.hits.values()) < kills:
            for command, phase in phases:
                if sum(matrix.hits.values()) < kills and not _caught(matrix, command, phase, moments, tries):
                    missed.add((command, phase))
            # A phase of a millisecond may slip by on a busy machine; more than a few would be a fault.
            assert len(missed) * 3 < len(phases), f"never caught: {sorted(missed)}"
    finally:
        matrix.forge.close()
    return matrix


def main() -> None:
    """Run the matrix and print what was hit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--forge", action="store_true")
    asked = parser.parse_args()
    if asked.forge:
        forge()
        return
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kill-matrix-") as place:
        matrix = run_matrix(Path(place), asked.kills, seed=asked.seed)
    depths = sorted(matrix.depth_ms)
    for (command, phase), count in sorted(matrix.hits.items()):
        print(f"{command:9} {phase:17} {count:4}")
    hit, beside = sum(matrix.hits.values()), matrix.missed
    print(f"{hit} kills in {len(matrix.hits)} phases, {beside} more beside the phase they were meant for")
    print(f"after the phase began: median {depths[len(depths) // 2]:.1f} ms, most {depths[-1]:.0f} ms")
    print(f"{time.perf_counter() - begun:.0f} s; the store was whole after each, and the command completed")


if __name__ == "__main__":
    main()
