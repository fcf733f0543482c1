"""Serve the page to this machine only, with nothing from the network."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flightsim.errors import InputError

HOST = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED = ("solara", "solara_assets", "ipyvuetify", "uvicorn", "starlette")
PAGE = "flightsim.explore.page"
MOST_BYTES = 2**20  # of a message to the page; *assumption*: moved levers are a few hundred
NO_FRAMES = ((b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'"))

Scope = dict[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


def check_installed() -> None:
    """InputError with the command that helps, if the extra is not installed."""
    missing = [name for name in NEEDED if not _there(name)]
    if missing:
        raise InputError(
            f"the page needs the extra 'explore' ({', '.join(missing)} not installed): pip install 'flightsim[explore]'"
        )


def _there(name: str) -> bool:
    if name == "solara_assets":  # it has no module, only files
        import importlib.metadata

        try:
            importlib.metadata.distribution("solara-assets")
        except importlib.metadata.PackageNotFoundError:
            return False
        return True
    return find_spec(name) is not None


def check_host(host: str) -> str:
    """The host, if it is this machine's own loopback; InputError otherwise."""
    if host not in LOOPBACK:
        raise InputError(
            f"host is '{host}'; the page is for this machine only: places and households must not be served to others. "
            f"Expected {', '.join(LOOPBACK)}"
        )
    return host


def only_own(app: App, token: str) -> App:
    """Refuse whatever was not asked by this page: without its token, by another name, or by a script from elsewhere.

    The token comes once in the address and is kept in a cookie from then on; no page may show this one in a frame.
    """

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        status = _refusal(scope, token)
        if status and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4403})
        elif status:
            head = [(b"content-type", b"text/plain"), *NO_FRAMES]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send(
                {"type": "http.response.body", "body": b"open the address that flightsim explore printed"}
            )
        else:
            await app(scope, receive, partial(_sent, send, scope, token))

    return guarded


async def _sent(send: Any, scope: Scope, token: str, message: dict[str, Any]) -> None:
    """Send a message of the page's, its head with what keeps it out of frames, and with the cookie."""
    if message["type"] == "http.response.start":
        cookie = f"{_cookie(scope)}={token}; HttpOnly; SameSite=Strict; Path=/".encode()
        head = [*message.get("headers", ()), *NO_FRAMES, (b"set-cookie", cookie)]
        message = {**message, "headers": head}
    await send(message)


def _refusal(scope: Scope, token: str) -> int:
    """The HTTP status of a request that is refused; 0 of one that may pass."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    try:
        name = urlsplit("//" + host).hostname
    except ValueError:  # [, say
        return 400
    if name not in LOOPBACK or headers.get("origin") not in (None, f"http://{host}"):
        return 403
    if scope["type"] == "websocket" and "origin" not in headers:  # every browser sends it
        return 403
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
    kept = [each.strip().partition("=") for each in headers.get("cookie", "").split(";")]
    given += [value for key, _, value in kept if key == _cookie(scope)]
    return 0 if any(secrets.compare_digest(each.encode(), token.encode()) for each in given) else 403


def _cookie(scope: Scope) -> str:
    """The name of the cookie: one for each port, for cookies do not know of ports."""
    return f"flightsim_{(scope.get('server') or ('', 0))[1]}"


def free_port(host: str, port: int) -> socket.socket:
    """A socket on the port, 0 for any; InputError if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"port {port} cannot be used: {why}; another one: --port 0 takes any that is free"
        ) from error
    return made


def serve(listening: socket.socket, token: str, *, dark: bool = False) -> None:
    """Answer until stopped. What is shown was said to ``flightsim.explore.asked`` before."""
    os.environ |= {
        "SOLARA_APP": PAGE,
        "SOLARA_MODE": "production",
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",  # no word to anybody
        "SOLARA_ASSETS_PROXY": "True",  # scripts come from this server, out of solara-assets …
        "SOLARA_ASSETS_CDN": f"http://{HOST}:1/",  # … and what should be missing there is fetched from nowhere
        "SOLARA_THEME_SHOW_BANNER": "False",
        "SOLARA_THEME_TITLE": "flightsim explore",
        "SOLARA_THEME_VARIANT": "dark" if dark else "light",
    }
    import warnings

    import uvicorn
    from solara.server import starlette

    warnings.filterwarnings("ignore", message="Cookies with samesite")  # of pages inside other pages

    config = uvicorn.Config(
        only_own(starlette.app, token), log_level="error", lifespan="on", ws_max_size=MOST_BYTES
    )
    uvicorn.Server(config).run(sockets=[listening])
