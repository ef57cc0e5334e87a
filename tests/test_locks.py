"""The lock files hold what pyproject.toml asks for, with hashes, and name no place to fetch it from."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
DEV = [*RUN, *PROJECT["project"]["optional-dependencies"]["dev"]]


def pins(lock: str) -> dict[str, list[tuple[str, str]]]:
    """Return versions and markers by package; a package may have one version a Python."""
    found: dict[str, list[tuple[str, str]]] = {}
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    for name, version, marker in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)([^\\\n]*)", text, re.MULTILINE):
        found.setdefault(name, []).append((version, marker.strip()))
    return found


@pytest.mark.parametrize(("lock", "wanted"), [("run.lock", RUN), ("dev.lock", DEV)])
def test_every_requirement_is_locked_at_a_version_that_it_allows(lock: str, wanted: list[str]) -> None:
    locked = pins(lock)
    for line in wanted:
        requirement = Requirement(line)
        versions = locked.get(requirement.name, [])
        assert versions, f"{lock} lacks {requirement.name}: run `make lock`"
        assert all(Version(version) in requirement.specifier for version, _ in versions), line


def test_the_tests_run_on_the_versions_that_are_deployed() -> None:
    run, dev = pins("run.lock"), pins("dev.lock")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_has_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|index-url|find-links|trusted-host", text)
