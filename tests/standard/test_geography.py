"""The outlines that maps draw: complete, in Beijing, light enough to click, and replaceable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.standard.districts import districts
from analytics.standard.geography import SCHEMATIC, outlines

# Above this many points a computer without graphics card loses clicks on a map.
MOST_VERTICES = 1600


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the settings name a boundaries file that the test writes."""
    file = tmp_path / "official.geojson"
    chosen = tmp_path / "settings.toml"
    chosen.write_text(f'boundaries_file = "{file}"\n', encoding="utf-8")
    monkeypatch.setenv("IPDASH_SETTINGS", str(chosen))
    settings.cache_clear()
    outlines.cache_clear()
    yield file
    settings.cache_clear()
    outlines.cache_clear()


def _square(longitude: float = 116.0) -> dict:
    west, south = longitude, 40.0
    ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _write(file: Path, features: list[dict]) -> None:
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def test_every_area_has_an_outline_in_the_standards_order() -> None:
    assert list(outlines()) == [area.code for area in districts()]


def test_only_the_development_area_is_schematic() -> None:
    assert [code for code, outline in outlines().items() if outline.is_schematic] == [SCHEMATIC]


def test_the_outlines_are_light_enough_to_be_clicked() -> None:
    assert sum(outline.vertices for outline in outlines().values()) <= MOST_VERTICES


def test_the_outlines_show_all_of_beijing() -> None:
    west, south, east, north = zip(*(outline.bounds for outline in outlines().values()), strict=True)
    assert (round(min(west), 1), round(min(south), 1)) == (115.4, 39.4)
    assert (round(max(east), 1), round(max(north), 1)) == (117.5, 41.1)


def test_an_area_within_another_stays_a_hole_of_it() -> None:
    # The airport belongs to 朝阳 and lies within 顺义.
    assert len(outlines()["110105"].polygons) == 2
    assert [len(polygon) for polygon in outlines()["110113"].polygons] == [2]


def test_an_official_file_replaces_the_districts_and_may_name_them_in_its_own_way(official: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"name": area.name.zh}, "geometry": _square()}
        for area in districts()
        if area.code != SCHEMATIC
    ]
    features.append({"type": "Feature", "properties": {"name": "九段线"}, "geometry": _square()})
    _write(official, features)
    found = outlines()
    assert len(found) == 17
    assert all(outline.vertices == 4 for code, outline in found.items() if code != SCHEMATIC)


def test_an_official_file_without_a_district_is_refused_by_its_name(official: Path) -> None:
    _write(official, [{"type": "Feature", "id": "110101", "properties": None, "geometry": _square()}])
    with pytest.raises(UserError, match="110102") as caught:
        outlines()
    assert "official.geojson" in caught.value.what.zh


def test_an_official_file_in_other_units_or_places_is_refused(official: Path) -> None:
    _write(official, [{"type": "Feature", "id": "110101", "geometry": _square(longitude=121.4)}])
    with pytest.raises(UserError, match="outside Beijing"):
        outlines()


@pytest.mark.parametrize("content", ["", "[]", '{"features": [{"id": "110101", "geometry": null}]}'])
def test_a_file_that_is_no_map_is_refused(official: Path, content: str) -> None:
    official.write_text(content, encoding="utf-8")
    with pytest.raises(UserError):
        outlines()
