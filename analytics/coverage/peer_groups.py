"""A group of stations that are compared with one another: its name, and the rule that describes it."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.text import LANGUAGES, Text
from analytics.segments.declared import OTHERS
from analytics.standard.names import name_of

_NONE = Text("", "")


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A group's name, and in words which stations it holds; the rule is empty where the name says it."""

    name: Text
    rule: Text = _NONE

    @property
    def told(self) -> Text:
        """The name with its rule."""
        return _WITH_RULE.format(name=self.name, rule=self.rule) if self.rule.zh else self.name


def declared_group(key: str, dimension: str) -> PeerGroup:
    """Return the group of stations that state a type or tier, or of all others."""
    if key == OTHERS:
        return PeerGroup(_OTHERS, _OTHERS_RULE)
    zh, en = (name_of(dimension, key, language) for language in LANGUAGES)
    return PeerGroup(Text(zh, en))


WHOLE_CITY = PeerGroup(Text("全市", "The whole city"))
_WITH_RULE = Text("{name}：{rule}", "{name}: {rule}")
_OTHERS = Text("其他", "Others")
_OTHERS_RULE = Text("类型不足 15 家或未填类型的站点", "types of fewer than 15 stations, or no type stated")
