"""Publishes Home tabs: when one is opened, and after what somebody did there.

Looking changes nothing, so an opening is not kept: one that is lost is opened again. A click there has no
`response_url`, so its answer stands on top of the tab.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import structlog
from slack_sdk import WebClient

from bot.errors import TooManyRequests
from bot.refusal_sentences import explain
from bot.requests import payloads
from bot.requests.admission_check import AdmissionCheck
from bot.requests.request import Ask
from bot.requests.request_limit import RequestLimit
from bot.slack_calls import CALL_FAILURES, reason_of
from bot.views.home import HomeView, home_notice, home_view
from bot.views.rendered import Rendered
from sla_engine.domain.errors import SlaError
from sla_engine.services.queries.home import Home
from sla_engine.services.upkeep.home_visits import HomeVisits
from sla_engine.time_source import TimeSource

log = structlog.get_logger(__name__)

NAME = "home_opened"
"""The name under which openings are counted against a person's limit."""


class HomeTab:
    """One person's Home tab, computed anew whenever it is published."""

    def __init__(self, home: Home, visits: HomeVisits, client: WebClient, *, time: TimeSource) -> None:
        self.home = home
        self.visits = visits
        self.client = client
        self.time = time

    def on_opened(self, admission_check: AdmissionCheck, limit: RequestLimit) -> Callable[[dict[str, Any]], None]:
        """A Bolt listener for `app_home_opened`."""

        def listen(body: dict[str, Any]) -> None:
            event = payloads.part(body, "event")
            person = event.get("user")
            if event.get("tab") != payloads.HOME or not isinstance(person, str) or not person:
                return
            asked = Ask(
                request=str(body.get("event_id") or uuid4().hex),
                user=person,
                now=self.time.now(),
                origin=payloads.origin_of(body),
            )
            try:
                limit.count(person, name=NAME)
                admission_check.before(self._draw)(asked)
            except TooManyRequests:
                return  # what was published last stays
            except SlaError as refusal:
                self._publish(person, home_notice(explain(refusal)))

        return listen

    def show(self, ask: Ask, answer: Rendered | None) -> bool:
        """Publish the tab of whoever asked there, with the answer on top; False when Slack did not take it."""
        try:
            return self._draw(ask, answer=answer)
        except SlaError as problem:
            log.warning("home not drawn", reason=type(problem).__name__)
            return False

    def redraw(self) -> None:
        """Draw anew the tabs that people may be looking at, where they would show something else.

        Raises: StorageBusy, NotSetUp.
        """
        now = self.time.now()
        for visit in self.visits.recent():
            view = home_view(self.home.page(visit.person, now=now), now=now)
            shown = _hash_of(view)
            if shown != visit.shown and self._publish(visit.person, view):
                self.visits.drawn(replace(visit, shown=shown))

    def _draw(self, ask: Ask, *, answer: Rendered | None = None) -> bool:
        view = home_view(self.home.page(ask.user, now=ask.now), now=ask.now, answer=answer)
        self.visits.opened(ask.user, shown=_hash_of(view), holds_answer=answer is not None)
        return self._publish(ask.user, view)

    def _publish(self, person: str, view: HomeView) -> bool:
        try:
            self.client.views_publish(user_id=person, view=view)
        except CALL_FAILURES as error:
            log.warning("home not published", reason=reason_of(error))
            return False
        return True


def _hash_of(view: HomeView) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
