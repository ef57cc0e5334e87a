"""What reading one workbook may take, by the size of the file and within the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the reader's process starts without settings
    from analytics.core.settings import Settings

# An .xlsx of 100,000 rows by 15 columns has 6 MiB and takes 120 MiB of memory, 3 s of a processor, 30 MiB
# unfolded and unpacks to 60 MiB (measured 2026-11): each allowance leaves room for ten times that.
_MEMORY_MIB, _MEMORY_A_MIB = 640, 64
_CPU_SECONDS, _CPU_SECONDS_A_MIB = 6, 10
_UNPACKED_MIB, _UNPACKED_A_MIB = 64, 100
_SCRATCH_MIB, _SCRATCH_A_MIB = 64, 64


@dataclass(frozen=True, slots=True)
class Limits:
    """Memory, seconds, bytes unpacked and written, sheets, columns and characters of a cell at the most.

    ``read_hidden`` says whether hidden sheets are read.
    """

    memory_mib: int
    cpu_seconds: int
    wall_seconds: int
    unpacked_mib: int
    scratch_mib: int
    sheets: int
    columns: int
    cell_chars: int
    read_hidden: bool = False


def limits_of(size_bytes: int, settings: Settings, *, read_hidden: bool = False) -> Limits:
    """Return the limits for a file: a small one may take little, a large one what the settings allow."""
    mib = size_bytes / (1 << 20)
    return Limits(
        memory_mib=min(settings.read_memory_mib, int(_MEMORY_MIB + _MEMORY_A_MIB * mib)),
        cpu_seconds=min(settings.read_seconds, int(_CPU_SECONDS + _CPU_SECONDS_A_MIB * mib)),
        wall_seconds=settings.read_seconds,
        unpacked_mib=min(settings.read_scratch_mib, int(_UNPACKED_MIB + _UNPACKED_A_MIB * mib)),
        scratch_mib=min(settings.read_scratch_mib, int(_SCRATCH_MIB + _SCRATCH_A_MIB * mib)),
        sheets=settings.max_sheets,
        columns=settings.max_columns,
        cell_chars=settings.max_cell_chars,
        read_hidden=read_hidden,
    )
