"""Every word of the screen that is not declared with a measure or a page, in both languages."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.core.text import LANGUAGES, Language, Text

FOLDER = Path(__file__).parent


class WordsError(Exception):
    """The two files of words do not match: a fault of ours."""


def word(key: str) -> Text:
    """Return the words of ``key``, e.g. ``filters.reset``; raises ``KeyError`` for an unknown one."""
    return all_words()[key]


def say(key: str, language: Language, **values: object) -> str:
    """Return the words of ``key`` in ``language`` with their placeholders filled."""
    words = word(key).get(language)
    return words.format(**values) if values else words


@lru_cache(maxsize=1)
def all_words() -> dict[str, Text]:
    """Return all words by key, checked."""
    zh, en = (_flat(_read(language)) for language in LANGUAGES)
    return paired(zh, en)


def paired(zh: Mapping[str, str], en: Mapping[str, str]) -> dict[str, Text]:
    """Join two languages' words by key.

    Raises
    ------
    WordsError
        When a key lacks one language, is empty, or its placeholders differ.
    """
    if lonely := sorted(zh.keys() ^ en.keys()):
        raise WordsError("in one language only: " + ", ".join(lonely))
    for key in zh:
        if not zh[key].strip() or not en[key].strip():
            raise WordsError(f"empty: {key}")
        if placeholders(zh[key]) != placeholders(en[key]):
            raise WordsError(f"placeholders differ: {key}")
    return {key: Text(zh=zh[key], en=en[key]) for key in zh}


def placeholders(words: str) -> frozenset[str]:
    """Return the names of the ``{placeholders}`` in ``words``."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(words) if name)


def _read(language: Language) -> dict[str, Any]:
    """Read the words of all pages, and those of single pages that have a file of their own.

    Files may add words to one another's tables.
    """
    words: dict[str, Any] = {}
    for file in sorted(FOLDER.glob(f"*{language}.toml")):
        for table, found in tomllib.loads(file.read_text(encoding="utf-8")).items():
            words[table] = {**words.get(table, {}), **found}
    return words


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
