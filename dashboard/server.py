"""The web server: the dashboard with a health check, compression, security headers and an error page.

Started by ``streamlit run dashboard/server.py``; nothing it serves refers to another machine.
"""

from __future__ import annotations

import importlib
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from analytics.core.errors import UserError
from dashboard.page import DEFAULT_SLUG

log = logging.getLogger("dashboard")

# Streamlit's own client needs eval and inline styles; nothing outside the server is allowed. Some browsers
# do not take a WebSocket of the server's own for 'self': it is named as the browser names the server.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; connect-src 'self'{sockets} data: blob:; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]


class SecurityHeaders:
    """Adds the headers above to every answer over HTTP."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Pass a request on; its answer carries the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        policy = content_security_policy(dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1"))
        headers = {**HEADERS, "Content-Security-Policy": policy}

        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def content_security_policy(host: str) -> str:
    """Return the policy for readers who reach the server as ``host`` (name and port)."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return CONTENT_SECURITY_POLICY.format(sockets=sockets)


async def healthz(_: Request) -> JSONResponse:
    """Say that the server runs and which data it serves; with 503 that the store cannot be read."""
    from dashboard.context import store

    try:
        return JSONResponse({"status": "ok", "data_version": store().current_version()})
    except UserError as error:
        return JSONResponse({"status": "error", "reason": error.what.en}, status_code=503)


async def to_first_page(request: Request) -> RedirectResponse:
    """Lead from the first page's own name to its address, which Streamlit keeps empty."""
    query = request.url.query
    return RedirectResponse("/" + (f"?{query}" if query else ""))


@asynccontextmanager
async def warm(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Import what the first reader would otherwise wait for, open the store, and keep lists ready."""
    for name in ("babel.dates", "pandas", "plotly", "dashboard.context", "dashboard.page"):
        importlib.import_module(name)
    from dashboard import ahead, attention, clauses, reaching
    from dashboard.context import store
    from dashboard.page import all_pages

    all_pages()
    # A damaged store is no reason not to start: the pages say what is wrong and what to do.
    with suppress(UserError):
        if not store().is_empty:
            store().snapshot()
    with ahead.kept_ready(attention.ask, clauses.ask, reaching.ask):
        yield {}


def show_fault(error: Exception) -> bool:
    """Log an unexpected error under a number, and show the reader that number instead of a traceback."""
    from dashboard.parts import filters, messages

    reference = secrets.token_hex(4).upper()
    log.error("fault %s", reference, exc_info=error)
    messages.fault(reference, filters.language())
    return True


app = st.App(
    Path(__file__).parent / "script" / "entry.py",
    routes=[Route("/healthz", healthz), Route(f"/{DEFAULT_SLUG}", to_first_page)],
    middleware=[Middleware(SecurityHeaders), Middleware(GZipMiddleware, minimum_size=1024)],
    lifespan=warm,
    on_script_error=show_fault,
)
