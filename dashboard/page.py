"""The declaration of a page: its place in the navigation, its names and what draws it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from analytics.core.text import Text

# The page that stands at the address without a name.
DEFAULT_SLUG = "overview"
# Groups of the navigation in the order they stand in; a page names one by its key.
GROUPS: dict[str, Text] = {
    "overview": Text(zh="总览", en="Overview"),
    "service": Text(zh="服务", en="Services"),
    "place": Text(zh="布局", en="Coverage"),
    "industry": Text(zh="产业", en="Industries"),
    "comparison": Text(zh="比较", en="Comparison"),
    "standard": Text(zh="规范", en="Standard"),
    "analysis": Text(zh="分析", en="Analysis"),
    "data": Text(zh="数据", en="Data"),
    "help": Text(zh="说明", en="About"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the dashboard.

    Attributes
    ----------
    slug : str
        Its address, e.g. ``volume``; stays the same for good, because links hold it.
    group, order : str, int
        Key of ``GROUPS`` and the place within the group.
    render : callable
        Draws the page with a :class:`dashboard.context.Context`.
    uses_selection : bool
        Whether the filter bar stands above it.
    needs_data : bool
        Whether it has nothing to show while the store is empty.
    """

    slug: str
    group: str
    order: int
    title: Text
    icon: str
    render: Callable[[Any], None]
    uses_selection: bool = True
    needs_data: bool = True


@lru_cache(maxsize=1)
def all_pages() -> tuple[Page, ...]:
    """Return the ``PAGE`` of every module in ``dashboard.pages``, in the order of the navigation."""
    package = importlib.import_module("dashboard.pages")
    names = [found.name for found in pkgutil.iter_modules(package.__path__)]
    pages = [importlib.import_module(f"dashboard.pages.{name}").PAGE for name in names]
    groups = list(GROUPS)
    return tuple(sorted(pages, key=lambda page: (groups.index(page.group), page.order)))
