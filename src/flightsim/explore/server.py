"""Serve the page to this machine only, with nothing from the network."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from flightsim.errors import InputError

HOST = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NEEDED = ("solara", "solara_assets", "ipyvuetify", "uvicorn", "starlette")
PAGE = "flightsim.explore.page"

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


def only_loopback(app: App) -> App:
    """Refuse whatever was not asked by a page of this machine: other names for it, and other sites' scripts."""

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket") and not _own(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403})
                return
            await send(
                {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]}
            )
            await send({"type": "http.response.body", "body": b"flightsim explore answers this machine only"})
            return
        await app(scope, receive, send)

    return guarded


def _own(scope: Scope) -> bool:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = urlsplit("//" + headers.get("host", "")).hostname
    origin = headers.get("origin")
    return host in LOOPBACK and (origin is None or urlsplit(origin).hostname in LOOPBACK)


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


def serve(listening: socket.socket, *, dark: bool = False) -> None:
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

    config = uvicorn.Config(only_loopback(starlette.app), log_level="error", lifespan="on", ws_max_size=2**26)
    uvicorn.Server(config).run(sockets=[listening])
