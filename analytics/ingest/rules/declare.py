"""What a rule of loading declares, and the register every declaration enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.core.text import Text

Severity = Literal["reject", "finding"]
# by_column: rejected in a key or required column, else the row loads without the value.
Default = Literal["reject", "finding", "by_column"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, by its code."""

    code: str
    name: Text
    severity: Default
    message: Text

    def severity_in(self, changed: dict[str, Severity], *, required: bool = False) -> Severity:
        """Return the severity under the settings; a required value can never be left out."""
        if self.severity == "by_column":
            return "reject" if required else changed.get(self.code, "finding")
        return changed.get(self.code, self.severity)


RULES: dict[str, Rule] = {}


def rule(code: str, severity: Default, *, name: tuple[str, str], zh: str, en: str) -> Rule:
    """Declare a rule and enter it in the register; each code once."""
    assert code not in RULES, code
    RULES[code] = Rule(code, Text(*name), severity, Text(zh=zh, en=en))
    return RULES[code]
