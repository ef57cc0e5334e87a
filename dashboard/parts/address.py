"""What the reader has chosen, kept in the address of the page as codes.

Streamlit can bind a widget to the address itself, but writes the *label* there: a link made in
Chinese would mean nothing in English, and a renamed service would break old links. So the choice
lives in one place of the session, widgets are filled from it, and the address is read and written
here. The period always stands in the address; an address without one therefore means that
the reader clicked a page in the navigation, and the choice stays.
"""

from __future__ import annotations

import streamlit as st

Choice = dict[str, tuple[str, ...]]

_CHOICE = "_choice"  # the choice in force
_CHANGES = "_choice_changes"  # what the reader changed since the last run, in order
_SEEN = "_address_seen"  # the address at the last run
_SENT = "_addresses_sent"  # addresses written that the browser has not shown yet
ALWAYS = "period"


def adopt(known: frozenset[str]) -> Choice:
    """Return the choice in force, after taking over an address that the reader opened.

    A browser may send an address that is one or two choices old, when the reader clicks faster
    than it is told the new one; such an address is not the reader's wish and is passed over. What
    the reader changed on the screen counts over any address.
    """
    state = st.session_state
    address = _read(known)
    sent: list[Choice] = state.setdefault(_SENT, [])
    if not address:
        sent.clear()
    elif address in sent:
        del sent[: sent.index(address) + 1]
    elif address != state.get(_SEEN):
        sent.clear()
        kept = {} if ALWAYS in address else current()
        state[_CHOICE] = {**kept, **address}
        for change in state.get(_CHANGES, []):
            state[_CHOICE] = _merged(state[_CHOICE], change)
    state[_CHANGES] = []
    state[_SEEN] = address
    return current()


def current() -> Choice:
    """Return a copy of the choice in force."""
    return dict(st.session_state.get(_CHOICE, {}))


def choose(**changed: tuple[str, ...]) -> None:
    """Change the choice; an empty value takes a name out. Outside a callback, a rerun shows it."""
    state = st.session_state
    state[_CHOICE] = _merged(current(), changed)
    state[_CHANGES] = [*state.get(_CHANGES, []), changed]


def write() -> None:
    """Put the choice into the address, when it does not stand there."""
    choice = current()
    state = st.session_state
    sent: list[Choice] = state.setdefault(_SENT, [])
    if choice != (sent[-1] if sent else state.get(_SEEN)):
        st.query_params.from_dict({name: list(values) for name, values in sorted(choice.items())})
        sent.append(choice)


def _merged(choice: Choice, changed: Choice) -> Choice:
    return {name: values for name, values in {**choice, **changed}.items() if values}


def _read(known: frozenset[str]) -> Choice:
    found: Choice = {}
    for name in st.query_params:
        values = tuple(value for value in st.query_params.get_all(name) if value)
        if name in known and values:
            found[name] = values
    return found
