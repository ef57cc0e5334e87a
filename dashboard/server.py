"""The web server: the dashboard with a health check, compression, security headers and an error page.

Started by ``streamlit run dashboard/server.py``; nothing it serves refers to another machine.
"""

from __future__ import annotations

import importlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from dashboard.page import DEFAULT_SLUG

log = logging.getLogger("dashboard")

# Streamlit's own client needs eval and inline styles; nothing outside the server is allowed.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; connect-src 'self' ws: wss: data: blob:; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
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

        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def healthz(_: Request) -> JSONResponse:
    """Say that the server runs and which data it serves."""
    from dashboard.context import store

    return JSONResponse({"status": "ok", "data_version": store().current_version()})


async def to_first_page(request: Request) -> RedirectResponse:
    """Lead from the first page's own name to its address, which Streamlit keeps empty."""
    query = request.url.query
    return RedirectResponse("/" + (f"?{query}" if query else ""))


@asynccontextmanager
async def warm(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Import what the first reader would otherwise wait for, and open the store."""
    for name in ("babel.dates", "pandas", "plotly", "dashboard.context", "dashboard.page"):
        importlib.import_module(name)
    from dashboard.context import store
    from dashboard.page import all_pages

    all_pages()
    if not store().is_empty:
        store().snapshot()
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
