"""Files that ``ipdash underserved`` and ``site`` take and give: candidates, travel minutes, tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from analytics.core.errors import UserError
from analytics.core.inert import inert
from analytics.core.text import Text


def read_candidates(path: Path) -> list[dict[str, Any]]:
    """Read candidates: lon, lat (WGS-84), candidate_id and name if any; UserError names the line."""
    found = []
    for number, row in enumerate(_table(path, ("lon", "lat")), start=2):
        try:
            place = {"lon": float(row["lon"]), "lat": float(row["lat"])}
        except ValueError as error:
            raise _bad_row(path, number) from error
        if not (abs(place["lon"]) <= 180 and abs(place["lat"]) <= 90):
            raise _bad_row(path, number)
        found.append(
            {"candidate_id": row.get("candidate_id") or str(number - 1), "name": row.get("name"), **place}
        )
    if not found:
        raise _bad_row(path, 2)
    known: set[str] = set()
    for line, candidate in enumerate(found, start=2):
        number_of = str(candidate["candidate_id"])
        if number_of in known:
            raise _twice(path, line, number_of)
        known.add(number_of)
    return found


class Changes(NamedTuple):
    """What is tried out: stations opened (place, capacity or None), closed, and with another capacity."""

    opened: tuple[tuple[float, float, float | None], ...]
    closed: tuple[str, ...]
    capacity: tuple[tuple[str, float], ...]


def read_changes(close: list[str], capacity: list[str], open_at: list[str]) -> Changes:
    """Read the options ``ID``, ``ID=N`` and ``LON,LAT[=N]``; UserError says how each is written."""
    capacities = []
    for text in capacity:
        number, _, value = text.rpartition("=")
        capacities.append((number.strip(), _number_of(value, text, "ID=N")))
        if not number.strip():
            raise _bad_option(text, "ID=N")
    opened = []
    for text in open_at:
        place, equals, value = text.partition("=")
        lon, _, lat = place.partition(",")
        at = (_number_of(lon, text, "LON,LAT=N", 180.0), _number_of(lat, text, "LON,LAT=N", 90.0))
        opened.append((*at, _number_of(value, text, "LON,LAT=N") if equals else None))
    return Changes(tuple(opened), tuple(number.strip() for number in close), tuple(capacities))


def _number_of(text: str, option: str, form: str, most: float = 1e9) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise _bad_option(option, form) from error
    if not 0.0 <= value <= most:
        raise _bad_option(option, form)
    return value


def _bad_option(option: str, form: str) -> UserError:
    return UserError(
        Text(f"“{option}”无法识别。", f"‘{option}’ is not understood."),
        Text(
            f"请写成 {form}（N 为年服务能力，不小于 0）。",
            f"Write it as {form} (N: services a year, 0 or more).",
        ),
    )


def read_travel_minutes(path: Path | None) -> dict[tuple[str, str], float] | None:
    """Read minutes by (area, institution) from origin, destination, minutes; None without a file."""
    if path is None:
        return None
    found = {}
    for number, row in enumerate(_table(path, ("origin", "destination", "minutes")), start=2):
        try:
            minutes = float(row["minutes"])
        except ValueError as error:
            raise _bad_row(path, number) from error
        if not 0 <= minutes < 100_000:
            raise _bad_row(path, number)
        found[row["origin"].strip(), row["destination"].strip()] = minutes
    return found


def _table(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [{k: v or "" for k, v in row.items() if k} for row in reader]
            headings = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            Text(f"无法读取文件 {path}。", f"The file {path} cannot be read."),
            Text("请给出 UTF-8 编码的 CSV 文件。", "Give a CSV file in UTF-8."),
        ) from error
    if lacking := [name for name in needed if name not in headings]:
        raise UserError(
            Text(f"{path} 缺少列：{'、'.join(lacking)}。", f"{path} lacks the columns {', '.join(lacking)}."),
            Text(f"首行应有：{','.join(needed)}。", f"The first line names {','.join(needed)}."),
        )
    return rows


def _bad_row(path: Path, number: int) -> UserError:
    return UserError(
        Text(f"{path} 第 {number} 行没有可用的数字。", f"{path}, line {number}: no usable number."),
        Text("请更正该行后重试。", "Correct the line and try again."),
    )


def _twice(path: Path, line: int, number: str) -> UserError:
    return UserError(
        Text(
            f"{path} 第 {line} 行：候选点编号“{number}”重复。",
            f"{path}, line {line}: the candidate {number} is there twice.",
        ),
        Text("请让每个候选点的编号各不相同。", "Give each candidate a number of its own."),
    )


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write a table as CSV in UTF-8; text is never a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    # Names come from ledgers: a spreadsheet must not take them for formulas.
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    save(path, text.getvalue())


def save(path: Path, text: str) -> None:
    """Write a text file, with its folder; UserError where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            Text(f"无法写入 {path}。", f"{path} cannot be written."),
            Text("请检查路径、权限和磁盘空间。", "Look at the path, its permissions and the free space."),
        ) from error
