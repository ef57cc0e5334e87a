"""Fuzzes the readers: ``python -m tests.fuzz.fuzz [SECONDS [SEED [FOLDER]]]``.

Mutates small ledgers of every format and throws them at the targets. What breaks a promise is written
to FOLDER and ends the run with exit code 1; it then becomes a test.
"""

from __future__ import annotations

import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.targets import archive_is_refused_or_fine, rows_add_up
from tests.ingest.hostile.parts import CSV, honest

Target = Callable[[bytes], None]
_PIECES = [b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe4\xb8", b"&a;", b"PK", b"]]>"]
_PIECES += [b"1048576", b"=cmd|", b"\x1b[2J", b"9" * 40, b'"' * 7, b"<!DOCTYPE"]
_PIECES += ["合计".encode(), "涉密".encode("gbk")]


def mutated(content: bytes, source: random.Random) -> bytes:
    """Return the bytes with a few places changed, cut, doubled or filled with what readers stumble over."""
    made = bytearray(content)
    for _ in range(source.randint(1, 6)):
        place = source.randrange(len(made) + 1)
        length = min(source.choice((1, 1, 2, 4, 30)), len(made) - place)
        match source.randrange(5):
            case 0:
                made[place : place + length] = source.randbytes(length)
            case 1:
                del made[place : place + length]
            case 2:
                made[place:place] = made[place : place + length] * source.randint(1, 9)
            case 3:
                made[place:place] = source.choice(_PIECES)
            case _:
                made = made[:place] if source.random() < 0.2 else made
    return bytes(made)


def seeds() -> dict[str, bytes]:
    """Return one small ledger of each format, and text in other encodings."""
    with TemporaryDirectory() as folder:
        found = {name: path.read_bytes() for name, path in honest(Path(folder)).items()}
    quoted = CSV.replace("B02", '"B\n02"').encode()
    return found | {"gbk": CSV.encode("gbk"), "utf16": CSV.encode("utf-16"), "quoted": quoted}


def run(seconds: float, seed: int, folder: Path) -> tuple[int, int]:
    """Fuzz for that long; return how many inputs were tried and how many broke a promise."""
    source, corpus = random.Random(seed), seeds()
    tried = broken = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        # Workbooks take a process each: text is tried more often.
        name = source.choice([*corpus, "csv", "csv", "gbk", "quoted", "tsv"])
        content = mutated(corpus[name], source)
        zipped: list[Target] = [archive_is_refused_or_fine] if name in ("xlsx", "ods") else []
        for target in [*zipped, rows_add_up] if source.random() < 0.3 else (zipped or [rows_add_up]):
            tried += 1
            broken += not _holds(target, content, folder)
    return tried, broken


def _holds(target: Target, content: bytes, folder: Path) -> bool:
    started = time.process_time()
    try:
        target(content)
        assert time.process_time() - started < 10, "took too long"
    except Exception:  # noqa: BLE001 - whatever breaks is the find
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{target.__name__}-{abs(hash(content)):x}"
        path.write_bytes(content)
        print(path, traceback.format_exc(limit=-3), sep="\n", file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    wanted = [*sys.argv[1:], *["60", "1", "fuzz-finds"][len(sys.argv) - 1 :]]
    done, failed = run(float(wanted[0]), int(wanted[1]), Path(wanted[2]))
    print(f"{done} inputs, {failed} finds")
    sys.exit(1 if failed else 0)
