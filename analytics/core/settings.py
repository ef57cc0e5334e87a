"""Local choices that the standard leaves open; a TOML file named by ``IPDASH_SETTINGS`` changes them."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics.core.errors import UserError
from analytics.core.text import Text

DayCount = Literal["calendar", "working"]


class Settings(BaseModel):
    """Every setting with its default; unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    satisfied_from: int = Field(default=3, ge=1, le=5, description="lowest level that counts as satisfied")
    answer_within_days: int = Field(
        default=2, ge=0, description="working days, where a record promises nothing"
    )
    expert_answer_within_days: int = Field(default=2, ge=0, description="clause 8.4.c")
    expert_answer_days: DayCount = Field(default="calendar", description="the text says 2日, not which days")
    bad_rating_contact_within_days: int = Field(default=5, ge=0, description="working days")
    complaint_close_within_days: int = Field(
        default=15, ge=0, description="working days; a local choice, the text says none"
    )
    rate_hidden_below: int = Field(default=10, ge=1, description="a rate over fewer is not shown")
    count_hidden_below_bureau: int = Field(
        default=5, ge=2, description="clients or ratings fewer than this are hidden from the bureau at large"
    )
    count_hidden_below_public: int = Field(
        default=10, ge=2, description="clients or ratings fewer than this are hidden in public figures"
    )
    low_cost_up_to_yuan: int = Field(
        default=100, ge=0, description="a basic search or analysis up to this fee is low-cost (6.1.9, 6.1.10)"
    )
    improve_within_days: int = Field(
        default=60, ge=0, description="days from a finding, complaint or bad rating to its improvement (9.3)"
    )
    clause_thresholds: dict[str, float] = Field(
        default_factory=dict, description="threshold by clause where the text leaves it open (7.4.2.5 = 0.8)"
    )
    extra_holidays: tuple[date, ...] = Field(default=(), description="days off beside the statutory ones")
    extra_workdays: tuple[date, ...] = Field(default=(), description="worked days beside the statutory ones")
    rule_severity: dict[str, Literal["reject", "finding"]] = Field(
        default_factory=dict, description="severity by rule code, where it differs from the default"
    )
    keep_client_names: bool = Field(
        default=False, description="store names of clients instead of a salted hash"
    )
    dashboard_scope: str = Field(default="city", description="what the dashboard shows until sign-in exists")
    map_review_number: str = Field(default="", description="审图号 of the boundaries, once granted")
    boundaries_file: str = Field(default="", description="official district boundaries (GeoJSON, WGS-84)")
    read_memory_mib: int = Field(
        default=1024,
        ge=128,
        description="most memory of the process that reads a workbook; less for small files",
    )
    read_seconds: int = Field(
        default=300, ge=1, description="time limit of the process that reads a workbook; less for small files"
    )
    read_scratch_mib: int = Field(
        default=4096, ge=1, description="most disk space that one workbook may take while it is being read"
    )
    max_file_mib: int = Field(default=2048, ge=1, description="a larger file is refused unread")
    max_sheets: int = Field(default=500, ge=1, description="a workbook with more sheets is refused")
    max_columns: int = Field(
        default=1_000, ge=10, le=16_384, description="a sheet with more columns is refused"
    )
    max_cell_chars: int = Field(
        default=1_048_576, ge=1_000, le=4_194_304, description="a file with a longer cell is refused"
    )
    rejects_kept_days: int = Field(
        default=90, ge=0, description="days for which rejected rows are kept with their cells; 0 keeps none"
    )
    client_kept_months: int = Field(
        default=0, ge=0, description="months after a client's last service until it is erased; 0: never"
    )
    snapshots_kept: int = Field(default=3, ge=1, description="old snapshots of the store that are kept")
    snapshots_kept_hours: float = Field(
        default=1, ge=0, description="a younger old snapshot is kept beyond that number, while space lasts"
    )
    mirror_snapshot: bool = Field(
        default=True, description="keep a second copy of the current snapshot, against damage of its file"
    )
    write_wait_seconds: float = Field(
        default=600, ge=0, description="how long an import waits until another one has ended"
    )
    disk_reserve_mib: int = Field(
        default=64, ge=0, description="space that must be free beside the copies before data are written"
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings in force, read once a process.

    Raises
    ------
    UserError
        When the file is missing, not TOML, or holds a key or value that is not allowed.
    """
    name = os.environ.get("IPDASH_SETTINGS", "")
    if not name:
        return Settings()
    try:
        return Settings(**tomllib.loads(Path(name).read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        reason = _first_reason(error)
        raise UserError(
            Text(
                zh=f"设置文件 {name} 无法使用：{reason}",
                en=f"The settings file {name} cannot be used: {reason}",
            ),
            Text(
                zh="请更正该文件，或取消环境变量 IPDASH_SETTINGS。",
                en="Correct the file, or unset IPDASH_SETTINGS.",
            ),
        ) from error


def _first_reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
