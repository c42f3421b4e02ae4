"""The page's files, and the rules that keep other pages out of the sandbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

PAGE = Path(__file__).parent / "static"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CONTENT_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
}


@web.middleware
async def only_from_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse names that only point at this machine (DNS rebinding), and posts from other pages."""
    if hostname(request.host) not in LOOPBACK:
        return web.json_response({"error": "This server answers on loopback only."}, status=403)
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin is not None and urlsplit(origin).netloc != request.host:
        return web.json_response({"error": "Another page may not post here."}, status=403)
    return await handler(request)


def hostname(host: str) -> str | None:
    """The host without its port."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


async def index(_request: web.Request) -> web.Response:
    """The page."""
    return page_file("index.html")


async def asset(request: web.Request) -> web.Response:
    """A file of the page."""
    return page_file(request.match_info["file"])


def page_file(name: str) -> web.Response:
    """A file of the page, if it is one."""
    path = (PAGE / name).resolve()
    content_type = CONTENT_TYPES.get(path.suffix)
    if PAGE.resolve() not in path.parents or content_type is None or not path.is_file():
        return web.json_response({"error": "There is no such file."}, status=404, headers=HEADERS)
    is_text = content_type.startswith(("text/", "application/", "image/svg"))
    return web.Response(
        body=path.read_bytes(),
        content_type=content_type,
        charset="utf-8" if is_text else None,
        headers=HEADERS | {"Cache-Control": "no-cache"},
    )
