"""Menus of a modal whose options the app looks up while somebody types."""

from __future__ import annotations

from bot.sandbox.blocks.rules import Rule, Shape, array, exactly_one, record
from bot.sandbox.blocks.texts import SELECT_MAX_OPTIONS, menu_option, option_group
from bot.sandbox.clicks import payloads
from bot.sandbox.traffic.delivery import Delivery, Envelope, Undelivered
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.workspace.messages import find_element
from bot.sandbox.workspace.modals import View
from bot.sandbox.workspace.refusals import Rejection
from bot.sandbox.workspace.seed import Json, SandboxUser

EXTERNAL = "external_select"
USUAL_QUERY_LENGTH = 3  # Slack: so much must be typed before the app is asked, unless the menu says otherwise

_answer: Rule = record(
    Shape(
        optional={
            "options": array(menu_option, most=SELECT_MAX_OPTIONS, least=0),
            "option_groups": array(option_group, most=SELECT_MAX_OPTIONS, least=0),
        },
        laws=(exactly_one("options", "option_groups"),),
    )
)


class Suggestions:
    """Asks the app, and remembers what it offered in each menu: only that can be chosen."""

    def __init__(self, hub: Hub, delivery: Delivery) -> None:
        self._hub = hub
        self._delivery = delivery
        self._offered: dict[tuple[str, str, str], dict[str, Json]] = {}

    async def ask(self, user: SandboxUser, view: View, *, block_id: str, action_id: str, query: str) -> list[Json]:
        """Type into a menu: the options that are offered; none where Slack would say that there are no results."""
        element = find_element(view.given["blocks"], block_id=block_id, action_id=action_id)
        if element is None or element["type"] != EXTERNAL:
            return []
        if len(query) < element.get("min_query_length", USUAL_QUERY_LENGTH):
            return []
        asked = payloads.block_suggestion(
            view,
            user=user,
            token=self._hub.credentials.verification_token,
            element=element,
            block_id=block_id,
            value=query,
        )
        try:
            answer = await self._delivery.deliver(Envelope.INTERACTIVE, asked)
        except Undelivered:
            return []
        options = self._options(answer)
        menu = self._offered.setdefault((view.id, block_id, action_id), {})
        menu.update({option["value"]: option for option in options})
        return options

    def filled(self, view: View, element: Json, *, block_id: str) -> Json:
        """The element with every option that was offered in it; others stay as they are."""
        if element.get("type") != EXTERNAL:
            return element
        offered = self._offered.get((view.id, block_id, element["action_id"]), {}).values()
        return element | {"options": [*offered, *([element["initial_option"]] if "initial_option" in element else [])]}

    def _options(self, answer: Json) -> list[Json]:
        problems = tuple(str(problem) for problem in _answer(answer, ""))
        if problems:
            self._hub.reject(Rejection("ack of block_suggestion", "invalid_arguments", problems))
            return []
        grouped = (option for group in answer.get("option_groups", []) for option in group["options"])
        return [*answer.get("options", []), *grouped]
