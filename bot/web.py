"""HTTP: Slack's signed requests, the intakes, health for probes and figures for Prometheus."""

from collections.abc import Callable

import structlog
from flask import Flask, Response, jsonify, request
from slack_bolt.adapter.flask.handler import to_flask_response
from slack_sdk.signature import SignatureVerifier

from bot.connections.signed_requests import RejectedRequest, read_request
from bot.figures import exposition
from bot.refusal_sentences import explain
from bot.views.rich_text import plainly
from bot.wiring import Bot
from sla_engine.domain.errors import SlaError
from sla_engine.intake.reception import Answer
from sla_engine.services.intake.errors import NotAuthenticated, PayloadTooLarge, UnknownIntake
from sla_engine.services.upkeep.databases import SchemaMismatch, StorageBusy

log = structlog.get_logger(__name__)

MAX_BYTES = 1024 * 1024  # a submitted form may be larger than an intake's 256 kB, which its reception checks

_STATUS: dict[type[SlaError], int] = {
    UnknownIntake: 404,
    NotAuthenticated: 401,
    PayloadTooLarge: 413,
    StorageBusy: 503,
    SchemaMismatch: 503,
}
BAD_REQUEST = 400
WELL, ILL = 200, 503


def create_app(bot: Bot, *, serves_slack: bool = True) -> Flask:
    """Make the WSGI app; without `serves_slack` it serves only intakes, health and figures.

    Raises: SettingUnusable where Slack is to be served and no signing secret is set.
    """
    web = Flask("sla-bot")
    web.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    if serves_slack:
        web.post("/slack/events", endpoint="slack")(_slack(bot))
    web.post("/intake/<source>", endpoint="intake")(_intake(bot))
    web.get("/healthz", endpoint="healthz")(_health(bot))
    web.get("/metrics", endpoint="metrics")(_metrics(bot))
    return web


def _slack(bot: Bot) -> Callable[[], Response | tuple[Response, int]]:
    app, verifier = bot.signed_app, SignatureVerifier(bot.settings.needed_signing_secret())

    def answer() -> Response | tuple[Response, int]:
        """401 for whatever Slack did not sign, 400 for what it does not send; the rest is Bolt's."""
        slack_request = read_request(request.get_data(), dict(request.headers), verifier=verifier)
        if isinstance(slack_request, RejectedRequest):
            log.warning("a request was turned away", status=slack_request.status, why=slack_request.why)
            return jsonify({"error": slack_request.why}), slack_request.status
        return to_flask_response(app.dispatch(slack_request))

    return answer


def _intake(bot: Bot) -> Callable[[str], tuple[Response, int]]:
    def receive(source: str) -> tuple[Response, int]:
        """202 once it is kept; a sentence and nothing opened when it cannot be taken."""
        headers = dict(request.headers)
        try:
            answer = _accept(bot, source, headers)
        except SlaError as refusal:
            return jsonify({"error": plainly(explain(refusal))}), _STATUS.get(type(refusal), BAD_REQUEST)
        bot.wake()
        return jsonify(answer.document), answer.status

    return receive


def _accept(bot: Bot, source: str, headers: dict[str, str]) -> Answer:
    """Raises: what the reception raises."""
    now, real_now = bot.time.now(), bot.real_clock()
    if (request.content_length or 0) > MAX_BYTES:
        raise bot.reception.accept_unread(source, headers, now=now, real_now=real_now)
    return bot.reception.accept(source, headers, request.get_data(), now=now, real_now=real_now)


def _health(bot: Bot) -> Callable[[], tuple[Response, int]]:
    def healthz() -> tuple[Response, int]:
        """200 while the database answers and, where a worker runs in this process, its heart beats."""
        red = bot.red()
        return jsonify({"well": red is None, "red": red}), WELL if red is None else ILL

    return healthz


def _metrics(bot: Bot) -> Callable[[], Response]:
    def metrics() -> Response:
        """Figures for Prometheus, read from the database at each scrape."""
        facts = bot.health.facts(now=bot.real_clock())
        return Response(exposition(facts, connections=bot.connections()), mimetype="text/plain; version=0.0.4")

    return metrics
