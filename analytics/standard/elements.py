"""What a published list must hold: seven elements (7.4.3.1), or four for special services (7.3.3.2)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from analytics.standard.clauses import clauses_by_number

ITEM_LIST, SPECIAL_LIST = "事项清单", "特色服务清单"
# Clause 7.3.3.2 in the words of the list's own headings.
SPECIAL_LIST_ELEMENTS = ("服务内容", "服务对象", "服务频次", "预期成果")
_ITEMS = "abcdefg"
_ALSO = {
    "服务事项名称": ("事项名称", "事项", "名称", "服务事项", "服务名称"),
    "服务对象": ("对象",),
    "服务内容": ("内容",),
    "办理流程": ("流程", "服务流程"),
    "办理时限": ("时限", "服务时限"),
    "咨询电话": ("联系电话",),
    "监督电话": ("投诉电话", "监督投诉电话"),
    "服务频次": ("频次", "频率", "服务频率"),
    "预期成果": ("成果", "预期成效", "预期效果"),
}
_ALL = re.compile(
    r"(?:[四七47][大个]?)?(?:要素|项)?(?:均|都)?(?:全部|齐全|齐备|完整|俱全|具备)|[四七47][大个]?(?:要素|项)"
)


def special_list_due(year: int) -> date:
    """Return the last day on which the year's list of special services is published in time (7.3.3.2)."""
    return date(year, 3, 31)


def elements_of(list_kind: str) -> tuple[str, ...]:
    """Return the elements that a list of that kind must hold; none are asked of 重点企业名录."""
    return _elements().get(list_kind, ())


def element_named(text: str) -> str | None:
    """Return the element that ``text`` names, of whichever list; ``None`` when it names none."""
    return _spellings().get(_folded(text))


def means_all_elements(text: str) -> bool:
    """Say whether an entry stands for every element of its list (齐全, 七要素)."""
    return _ALL.fullmatch(_folded(text)) is not None


@lru_cache(maxsize=1)
def _elements() -> dict[str, tuple[str, ...]]:
    items = tuple(clauses_by_number()[f"7.4.3.1.{letter}"].title.zh for letter in _ITEMS)
    return {ITEM_LIST: items, SPECIAL_LIST: SPECIAL_LIST_ELEMENTS}


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    known = {_folded(name): name for names in _elements().values() for name in names}
    also = {_folded(other): name for name, others in _ALSO.items() for other in others}
    return also | known


def _folded(text: str) -> str:
    return re.sub(r"[\s()“”\"']+", "", unicodedata.normalize("NFKC", text)).casefold()
