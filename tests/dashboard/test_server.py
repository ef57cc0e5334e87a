"""What the server tells every browser: nothing outside it may be asked."""

import asyncio
from pathlib import Path

import pytest

from dashboard import context
from dashboard.server import SecurityHeaders, healthz, warm


def headers_for(host: bytes) -> dict[str, str]:
    sent: list[dict] = []

    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def keep(message):
        sent.append(message)

    request = {"type": "http", "headers": [(b"host", host)]}
    asyncio.run(SecurityHeaders(app)(request, None, keep))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def sources(policy: str) -> set[str]:
    return {word for part in policy.split(";") for word in part.split()[1:]}


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "dashboard.example", "[::1]:8501"])
def test_the_policy_names_no_source_but_the_server(host):
    named = sources(headers_for(host.encode())["content-security-policy"])
    own = {f"ws://{host}", f"wss://{host}"}
    assert own <= named
    assert all(source.startswith("'") or source in {"data:", "blob:"} for source in named - own)


def test_a_host_that_is_none_does_not_get_into_the_policy():
    policy = headers_for(b"x; script-src *")["content-security-policy"]
    assert "*" not in policy
    assert "ws:" not in policy


def test_a_damaged_store_lets_the_server_start_and_the_health_check_fail(serve, tmp_path: Path):
    lost = "snapshot-000002-abcdef01.duckdb"
    (tmp_path / lost).write_bytes(b"nonsense")
    serve(tmp_path)

    async def start_and_ask():
        async with warm(None):
            return await healthz(None)

    assert asyncio.run(start_and_ask()).status_code == 503
    (tmp_path / lost).unlink()
    context.store.cache_clear()
    assert asyncio.run(start_and_ask()).status_code == 200
