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
_SEEN = "_address_seen"  # the address at the last run
_SENT = "_addresses_sent"  # addresses written that the browser has not shown yet
ALWAYS = "period"


def adopt(known: frozenset[str]) -> Choice:
    """Return the choice in force, after taking over an address that the reader opened.

    A browser may send an address that is one or two choices old, when the reader clicks faster
    than it is told the new one; such an address is not the reader's wish and is passed over.
    """
    state = st.session_state
    address = _read(known)
    sent: list[Choice] = state.setdefault(_SENT, [])
    if ALWAYS in address and address in sent:
        del sent[: sent.index(address) + 1]
    elif address and address != state.get(_SEEN):
        sent.clear()
        state[_CHOICE] = {**({} if ALWAYS in address else state.get(_CHOICE, {})), **address}
    state[_SEEN] = address
    return current()


def current() -> Choice:
    """Return a copy of the choice in force."""
    return dict(st.session_state.get(_CHOICE, {}))


def choose(**changed: tuple[str, ...]) -> None:
    """Change the choice; an empty value takes a name out. A rerun shows it."""
    merged = {**current(), **changed}
    st.session_state[_CHOICE] = {name: values for name, values in merged.items() if values}


def forget(keep: frozenset[str]) -> None:
    """Drop the whole choice but what is to be kept."""
    st.session_state[_CHOICE] = {name: values for name, values in current().items() if name in keep}


def write() -> None:
    """Put the choice into the address, when it does not stand there."""
    choice = current()
    state = st.session_state
    sent: list[Choice] = state.setdefault(_SENT, [])
    if choice != (sent[-1] if sent else state.get(_SEEN)):
        st.query_params.from_dict({name: list(values) for name, values in sorted(choice.items())})
        sent.append(choice)


def _read(known: frozenset[str]) -> Choice:
    found: Choice = {}
    for name in st.query_params:
        values = tuple(value for value in st.query_params.get_all(name) if value)
        if name in known and values:
            found[name] = values
    return found
