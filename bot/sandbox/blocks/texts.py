"""Texts, options and confirm dialogs: the objects Block Kit's blocks and elements are made of."""

from collections.abc import Iterator

from bot.sandbox.blocks.rules import (
    WEB_URL,
    Problem,
    Record,
    Rule,
    Shape,
    array,
    boolean,
    choice,
    exactly_one,
    failed,
    one_of_types,
    record,
    string,
)

ID_MAX_CHARS = 255  # Slack: block_id, action_id, callback_id, external_id
PLACEHOLDER_MAX_CHARS = 150
OPTION_TEXT_MAX_CHARS = 75
OPTION_VALUE_MAX_CHARS = 150
SELECT_MAX_OPTIONS = 100

identifier: Rule = string(longest=ID_MAX_CHARS)


def _text_shapes(longest: int) -> dict[str, Shape]:
    words = {"text": string(longest=longest)}
    return {
        "plain_text": Shape(required=words, optional={"emoji": boolean}),
        "mrkdwn": Shape(required=words, optional={"verbatim": boolean}),
    }


def plain(longest: int) -> Rule:
    """A plain_text object; mrkdwn is refused in this place."""
    return one_of_types(_text_shapes(longest), only=("plain_text",))


def any_text(longest: int) -> Rule:
    """A plain_text or mrkdwn object."""
    return one_of_types(_text_shapes(longest))


def _option(text: Rule, *, with_url: bool = False) -> Shape:
    link = {"url": string(longest=3000, pattern=WEB_URL, what="url")} if with_url else {}
    return Shape(
        required={"text": text, "value": string(longest=OPTION_VALUE_MAX_CHARS)},
        optional={"description": text, **link},
    )


menu_option: Rule = record(_option(plain(OPTION_TEXT_MAX_CHARS)))
overflow_option: Rule = record(_option(plain(OPTION_TEXT_MAX_CHARS), with_url=True))
box_option: Rule = record(_option(any_text(OPTION_TEXT_MAX_CHARS)))

option_group: Rule = record(
    Shape(
        required={
            "label": plain(OPTION_TEXT_MAX_CHARS),
            "options": array(menu_option, most=SELECT_MAX_OPTIONS),
        }
    )
)

confirm: Rule = record(
    Shape(
        required={"title": plain(100), "text": any_text(300)},
        optional={"confirm": plain(30), "deny": plain(30), "style": choice("primary", "danger")},
    )
)

options_or_groups = exactly_one("options", "option_groups")


def initial_is_member(value: Record, pointer: str) -> Iterator[Problem]:
    """A choice made in advance is one of the choices offered, in every field."""
    offered = _offered(value)
    if "initial_option" in value and value["initial_option"] not in offered:
        yield failed("initial option must be one of the options", f"{pointer}/initial_option")
    chosen = value.get("initial_options", [])
    for place, option in enumerate(chosen if isinstance(chosen, list) else ()):
        if option not in offered:
            yield failed("initial option must be one of the options", f"{pointer}/initial_options/{place}")


def _offered(value: Record) -> list[object]:
    options = value.get("options")
    offered = list(options) if isinstance(options, list) else []
    groups = value.get("option_groups")
    for group in groups if isinstance(groups, list) else ():
        offered.extend(group["options"])
    return offered
