"""What a cell's text is before it means anything: spelling folded, nothing told from something."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from analytics.core.printable import without_unseen
from analytics.core.text import Text
from analytics.ingest.rules import Rule

# Put before the text of a cell that holds a number, so that the number 2026.1 (perhaps October)
# and the text "2026.1" (January) stay apart. Private use: no ledger contains it.
NUMBER_MARK = "\ue000"

# ledgers.md lists /, -, —, 无, 暂无 and N/A; the rest is what databases write for the same.
NOTHING = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "n/a", "null", "nan"})


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that breaks ``rule``; ``fill`` completes the rule's message."""

    rule: Rule
    fill: dict[str, str | Text] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.rule.code, tuple(self.fill)))


def plain(text: str) -> str:
    """Return a cell's text in one width, with single spaces, without signs of no width or a number's mark."""
    folded = unicodedata.normalize("NFKC", text.removeprefix(NUMBER_MARK))
    return " ".join(without_unseen(folded).split())


def shown(text: str) -> str:
    """Return a cell's text as its reader wrote it."""
    return text.removeprefix(NUMBER_MARK)


def is_number_cell(text: str) -> bool:
    """Say whether a workbook held the cell as a number."""
    return text.startswith(NUMBER_MARK)


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is no value."""
    return plain(text).casefold() in NOTHING
