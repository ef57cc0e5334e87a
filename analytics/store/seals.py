"""The names of a snapshot's files, and its seal: what says that the snapshot is whole.

A snapshot ``snapshot-000012-abcdef01.duckdb`` has beside it its seal (``.json``), written when the
snapshot lies on the disk and before ``CURRENT`` names it, and while it is current its mirror
(``.mirror``), a second copy byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.store.files import copy_hashed, replace_text

# Of a snapshot that is whole by itself, and of one with notes beside it (analytics.store.notes).
PLAIN, NOTED = 1, 2
# The newest format known: raise it when what is written must not be read by earlier programs.
FORMAT = NOTED

VERSION = re.compile(r"(snapshot-(\d{6,})-[0-9a-f]{8})\.duckdb")
# Whatever belongs to a snapshot: itself, its seal, mirror, write-ahead log, and what a kill left half done.
BELONGS = re.compile(r"(snapshot-(\d{6,})-[0-9a-f]{8})\..+")


@dataclass(frozen=True, slots=True)
class Seal:
    """What is known of a whole snapshot.

    Attributes
    ----------
    snapshot : str
        Name of the snapshot's file.
    size_bytes, sha256 : int, str
        Of that file, and of its mirror.
    sealed_at : str
        ISO 8601, UTC.
    batches : int
        How many batches it holds, withdrawn ones included.
    format : int
        Which programs can read it: :data:`PLAIN`, or :data:`NOTED` where notes stand beside it.
    erases : bool
        Whether no older snapshot may stay beside it: something was erased in it.
    """

    snapshot: str
    size_bytes: int
    sha256: str
    sealed_at: str
    batches: int
    format: int = PLAIN
    erases: bool = False


def number_of(version: str) -> int:
    """Return a snapshot's number, 0 of no snapshot."""
    match = VERSION.fullmatch(version)
    return int(match.group(2)) if match else 0


def next_version(number: int) -> str:
    """Return a name for the snapshot after ``number``; chance keeps it apart from one swept before."""
    return f"snapshot-{number + 1:06d}-{secrets.token_hex(4)}.duckdb"


def seal_path(folder: Path, version: str) -> Path:
    """Return where the seal of a snapshot stands."""
    return folder / f"{_stem(version)}.json"


def mirror_path(folder: Path, version: str) -> Path:
    """Return where the second copy of a snapshot stands."""
    return folder / f"{_stem(version)}.mirror"


def _stem(version: str) -> str:
    return version.removesuffix(".duckdb")


def new_seal(version: str, size_bytes: int, sha256: str, batches: int, *, erases: bool = False) -> Seal:
    """Return the seal of a snapshot that was just written."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Seal(version, size_bytes, sha256, now, batches, erases=erases)


def write_seal(path: Path, seal: Seal) -> None:
    """Write a seal at once and wait until it is on the disk."""
    content = asdict(seal)
    replace_text(path, json.dumps(content | {"check": _check(content)}, indent=1) + "\n")


def read_seal(path: Path) -> Seal | None:
    """Return a seal, ``None`` where there is none or what is there was garbled."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        check = content.pop("check")
        seal = Seal(**content)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return seal if check == _check(content) else None


def _check(content: dict[str, Any]) -> str:
    # A garbled digit must spoil the seal, not make a whole snapshot look damaged.
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def has_sealed_size(path: Path, seal: Seal) -> bool:
    """Say cheaply whether a snapshot or mirror can be whole: a truncated one is not."""
    try:
        return path.stat().st_size == seal.size_bytes
    except FileNotFoundError:
        return False


def is_whole(path: Path, seal: Seal) -> bool:
    """Say whether a file is byte for byte what was sealed; reads all of it."""
    try:
        return copy_hashed(path, None) == (seal.size_bytes, seal.sha256)
    except FileNotFoundError:
        return False


def sealed_versions(folder: Path) -> list[str]:
    """Return the snapshots with a readable seal, the newest first."""
    found = [VERSION.fullmatch(f"{path.stem}.duckdb") for path in folder.glob("snapshot-*.json")]
    names = sorted((int(m.group(2)), m.group(0)) for m in found if m)
    return [name for _, name in reversed(names) if read_seal(seal_path(folder, name)) is not None]
