"""How an erased client is known again without being kept, and what is taken out of records of services.

Both the erasure in the store (:mod:`analytics.store.purge`) and the stripping of ledgers that come later
(:mod:`analytics.ingest.erased`) do the same to a record, so that an old ledger sent again finds its
records unchanged.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable

from sqlalchemy import Connection, inspect, select

from analytics.core.text import Text
from analytics.store.schema import ERASED_CLIENTS

# Columns of a service record that say or may say whom it was for; type, industry and district of the
# client stay, as the cells of a table that counts thousands.
STRIPPED = ("client_id", "topic", "industry_text", "referred_to", "fee_basis", "note")
ERASED_VALUE = "（已删除）"
# In place of what was said of an erased client's row: the code of the rule stays beside it.
ERASED_PROBLEM = Text(
    zh="该行涉及的服务对象已按要求删除，内容不再保留。",
    en="The client this row is about was erased: what was said of it is no longer kept.",
)


# Free text of the ledgers, in which a client's number may stand as well.
FREE_TEXTS = ("topic", "referred_to", "fee_basis", "note", "improvement", "findings", "evidence", "co_host")
_RUN = re.compile(r"[0-9A-Za-z]+(?:[^0-9A-Za-z\s\u4e00-\u9fff，。；：、（）]+[0-9A-Za-z]+)*")
_WORD = re.compile(r"[0-9A-Za-z]+")
# Parts of one run of characters that are tried as a number, so that the work stays small.
_PARTS = 8


def normal(client_id: str) -> str:
    """Return a client's number as it is compared: one width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", client_id).split())


def digest_of(client_id: str, salt: bytes) -> str:
    """Return the keyed hash by which an erased client is known again."""
    return hmac.new(
        salt, f"client\x1f{normal(client_id)}".encode(errors="replace"), hashlib.sha256
    ).hexdigest()


def neutral_key(key: str, salt: bytes) -> str:
    """Return what takes the place of a record's number that contains the client's: the same each time."""
    made = hmac.new(salt, f"key\x1f{key}".encode(errors="replace"), hashlib.sha256).hexdigest()
    return f"已删除-{made[:16]}"


def erased_digests(connection: Connection) -> dict[str, int | None]:
    """Return the hashes of erased clients, each with the day (since 1970-01-01) until which it counts."""
    if not inspect(connection).has_table(ERASED_CLIENTS.name):
        return {}
    rows = connection.execute(select(ERASED_CLIENTS.c.digest, ERASED_CLIENTS.c.until_day))
    return {row.digest: row.until_day for row in rows}


def without_erased(text: str, is_erased: Callable[[str], bool]) -> str:
    """Return a text with the numbers taken out that ``is_erased`` knows, as :class:`Mentions` would."""
    found = []
    for run in _RUN.finditer(text):
        words = [word.span() for word in _WORD.finditer(run.group())][:_PARTS]
        spans = [(a, b) for i, (a, _) in enumerate(words) for _, b in words[i:]]
        for start, end in sorted(spans, key=lambda span: span[0] - span[1]):
            number = run.group()[start:end]
            if _is_telling(number) and is_erased(number):
                found.append((run.start() + start, run.start() + end))
                break
    for start, end in reversed(found):
        text = text[:start] + ERASED_VALUE + text[end:]
    return text


class Mentions:
    """Finds clients' numbers in texts, as words of their own: K-1 in ``K-1-03``, not in ``K-12``."""

    def __init__(self, client_ids: list[str]) -> None:
        words = sorted(
            {
                form
                for client_id in client_ids
                for form in (client_id, normal(client_id))
                if _is_telling(form)
            },
            key=len,
            reverse=True,
        )
        joined = "|".join(map(re.escape, words))
        self._pattern = re.compile(rf"(?<![0-9A-Za-z])(?:{joined})(?![0-9A-Za-z])") if words else None
        self._whole = {normal(client_id) for client_id in client_ids}

    def within(self, text: str | None) -> bool:
        """Say whether a text is or contains one of the numbers."""
        if not text:
            return False
        return normal(text) in self._whole or bool(self._pattern and self._pattern.search(text))

    def without(self, text: str) -> str:
        """Return the text with each of the numbers taken out."""
        if normal(text) in self._whole:
            return ERASED_VALUE
        return self._pattern.sub(ERASED_VALUE, text) if self._pattern else text


def _is_telling(form: str) -> bool:
    # Any count in a message may be 12; only a whole cell then is the client.
    return not (form.isdigit() and len(form) < 4)
