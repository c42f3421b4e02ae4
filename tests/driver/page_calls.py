"""Calls of the control API, as the page makes them."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from bot.sandbox.workspace.seed import Json

TIMEOUT_SECONDS = 30.0


class PageCalls:
    """Talks to the sandbox at one address."""

    def __init__(self, web_url: str) -> None:
        self._host = urlsplit(web_url).netloc

    def get(self, path: str, **query: str | None) -> Json:
        """Look at something."""
        known = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        return self._call("GET", f"/sandbox/{path}?{urlencode(known)}", None)

    def post(self, path: str, body: Json) -> Json:
        """Do something."""
        return self._call("POST", f"/sandbox/{path}", json.dumps(body))

    def _call(self, verb: str, path: str, body: str | None) -> Json:
        connection = HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(verb, path, body=body, headers={"Content-Type": "application/json"})
            response = connection.getresponse()
            answer: Json = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            sentence = f"{verb} {path}: {response.status} {answer.get('error')}"
            raise AssertionError(sentence)
        return answer
