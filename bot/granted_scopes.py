"""Which scopes the workspace gave the app, as Slack says with its answers."""

from collections.abc import Mapping
from typing import Any

HEADER = "x-oauth-scopes"
FILES = "files:write"


class GrantedScopes:
    """The scopes as last heard; until Slack says them, each is taken for granted."""

    def __init__(self) -> None:
        self._granted: frozenset[str] | None = None

    def learn(self, headers: Mapping[str, Any]) -> None:
        """Hear the headers of an answer; a server that names no scopes changes nothing."""
        said = next((value for name, value in headers.items() if name.lower() == HEADER), None)
        if said is not None:
            self._granted = frozenset(scope.strip() for scope in str(said).split(","))

    def has(self, scope: str) -> bool:
        """Whether the app may do what needs this scope, as far as is known."""
        return self._granted is None or scope in self._granted
