"""What a rule of loading declares, and the register every declaration enters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from analytics.core.text import Text
from analytics.ingest.rules.reach import Reach

Severity = Literal["reject", "finding"]
# by_column: rejected in a key or required column, else the row loads without the value.
Default = Literal["reject", "finding", "by_column"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, by its code.

    Attributes
    ----------
    severity : str
        What becomes of a row that breaks it, unless the settings say otherwise.
    message : Text
        What is wrong and what to do, with ``{placeholders}``.
    changeable : bool
        Whether the settings may change the severity; else it follows from what the rule guards.
    reach : callable, optional
        The columns of a ledger that it is about; ``None``: a row, sheet or file as a whole.
    """

    code: str
    name: Text
    severity: Default
    message: Text
    changeable: bool
    reach: Reach | None

    def severity_in(self, changed: Mapping[str, Severity], *, required: bool = False) -> Severity:
        """Return the severity under the settings; a required value can never be left out."""
        if not self.changeable:
            assert self.severity != "by_column"
            return self.severity
        if self.severity == "by_column":
            return "reject" if required else changed.get(self.code, "finding")
        return changed.get(self.code, self.severity)


RULES: dict[str, Rule] = {}


def rule(
    code: str,
    severity: Default,
    *,
    name: tuple[str, str],
    zh: str,
    en: str,
    reach: Reach | None = None,
    changeable: bool | None = None,
) -> Rule:
    """Declare a rule and enter it in the register; each code once.

    Left out, ``changeable`` is true where the column decides: optional values may be required by settings.
    """
    assert code not in RULES, code
    may_change = severity == "by_column" if changeable is None else changeable
    RULES[code] = Rule(code, Text(*name), severity, Text(zh=zh, en=en), may_change, reach)
    return RULES[code]
