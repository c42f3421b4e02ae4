"""Slack's rules for interactive elements, as one table of fields."""

import re
from collections.abc import Mapping

from bot.sandbox.blocks.rules import (
    IMAGE_URL,
    WEB_URL,
    Rule,
    Shape,
    array,
    at_least_one,
    boolean,
    choice,
    exactly_one,
    in_order,
    integer,
    record,
    string,
)
from bot.sandbox.blocks.texts import (
    PLACEHOLDER_MAX_CHARS,
    SELECT_MAX_OPTIONS,
    box_option,
    confirm,
    identifier,
    initial_is_member,
    menu_option,
    option_group,
    options_or_groups,
    overflow_option,
    plain,
)

URL_MAX_CHARS = 3000
ALT_TEXT_MAX_CHARS = 2000
INPUT_MAX_CHARS = 3000

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_USER_ID = re.compile(r"[UW][A-Z0-9]+")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]+")
_CONVERSATION_ID = re.compile(r"[CDGUW][A-Z0-9]+")
_ZONE = re.compile(r"[A-Za-z_]+(/[A-Za-z0-9_+\-]+)*")

link: Rule = string(longest=URL_MAX_CHARS, pattern=WEB_URL, what="url")
picture_url: Rule = string(longest=URL_MAX_CHARS, pattern=IMAGE_URL, what="url")
alt_text: Rule = string(longest=ALT_TEXT_MAX_CHARS)
slack_file: Rule = record(Shape(optional={"id": identifier, "url": picture_url}, laws=(exactly_one("id", "url"),)))

_user: Rule = string(longest=255, pattern=_USER_ID, what="user id")
_channel: Rule = string(longest=255, pattern=_CHANNEL_ID, what="channel id")
_conversation: Rule = string(longest=255, pattern=_CONVERSATION_ID, what="conversation id")
_number: Rule = string(longest=30, pattern=_NUMBER, what="number")
_placeholder: Rule = plain(PLACEHOLDER_MAX_CHARS)

_ACTION: Mapping[str, Rule] = {"action_id": identifier}
_ASKS: Mapping[str, Rule] = {**_ACTION, "confirm": confirm, "focus_on_load": boolean}
_MENU: Mapping[str, Rule] = {**_ASKS, "placeholder": _placeholder}
_MULTI: Mapping[str, Rule] = {**_MENU, "max_selected_items": integer(least=1, most=SELECT_MAX_OPTIONS)}
_STATIC: Mapping[str, Rule] = {
    "options": array(menu_option, most=SELECT_MAX_OPTIONS),
    "option_groups": array(option_group, most=SELECT_MAX_OPTIONS),
}
_FILTER: Rule = record(
    Shape(
        optional={
            "include": array(choice("im", "mpim", "private", "public"), most=4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
        laws=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
    )
)
_CONVERSATIONS: Mapping[str, Rule] = {"filter": _FILTER, "default_to_current_conversation": boolean}
_TYPED: Mapping[str, Rule] = {
    **_ACTION,
    "placeholder": _placeholder,
    "focus_on_load": boolean,
    "dispatch_action_config": record(
        Shape(
            required={
                "trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), most=2),
            }
        )
    ),
}

ELEMENTS: Mapping[str, Shape] = {
    "button": Shape(
        required={"text": plain(75)},
        optional={
            **_ACTION,
            "confirm": confirm,
            "url": link,
            "value": string(longest=2000),
            "style": choice("primary", "danger"),
            "accessibility_label": string(longest=75),
        },
    ),
    "static_select": Shape(
        optional={**_MENU, **_STATIC, "initial_option": menu_option},
        laws=(options_or_groups, initial_is_member),
    ),
    "external_select": Shape(
        optional={**_MENU, "min_query_length": integer(least=0, most=255), "initial_option": menu_option}
    ),
    "multi_static_select": Shape(
        optional={**_MULTI, **_STATIC, "initial_options": array(menu_option, most=SELECT_MAX_OPTIONS)},
        laws=(options_or_groups, initial_is_member),
    ),
    "users_select": Shape(optional={**_MENU, "initial_user": _user}),
    "multi_users_select": Shape(optional={**_MULTI, "initial_users": array(_user, most=SELECT_MAX_OPTIONS)}),
    "conversations_select": Shape(
        optional={
            **_MENU,
            **_CONVERSATIONS,
            "initial_conversation": _conversation,
            "response_url_enabled": boolean,
        }
    ),
    "multi_conversations_select": Shape(
        optional={
            **_MULTI,
            **_CONVERSATIONS,
            "initial_conversations": array(_conversation, most=SELECT_MAX_OPTIONS),
        }
    ),
    "channels_select": Shape(optional={**_MENU, "initial_channel": _channel, "response_url_enabled": boolean}),
    "multi_channels_select": Shape(optional={**_MULTI, "initial_channels": array(_channel, most=SELECT_MAX_OPTIONS)}),
    "overflow": Shape(
        required={"options": array(overflow_option, most=5)},
        optional={**_ACTION, "confirm": confirm},
    ),
    "radio_buttons": Shape(
        required={"options": array(box_option, most=10)},
        optional={**_ASKS, "initial_option": box_option},
        laws=(initial_is_member,),
    ),
    "checkboxes": Shape(
        required={"options": array(box_option, most=10)},
        optional={**_ASKS, "initial_options": array(box_option, most=10)},
        laws=(initial_is_member,),
    ),
    "datepicker": Shape(
        optional={**_MENU, "initial_date": string(longest=10, pattern=_DATE, what="date (YYYY-MM-DD)")}
    ),
    "timepicker": Shape(
        optional={
            **_MENU,
            "initial_time": string(longest=5, pattern=_TIME, what="time (HH:mm)"),
            "timezone": string(longest=64, pattern=_ZONE, what="timezone"),
        }
    ),
    "datetimepicker": Shape(optional={**_ASKS, "initial_date_time": integer(least=1_000_000_000, most=9_999_999_999)}),
    "plain_text_input": Shape(
        optional={
            **_TYPED,
            "initial_value": string(longest=INPUT_MAX_CHARS, shortest=0),
            "multiline": boolean,
            "min_length": integer(least=0, most=INPUT_MAX_CHARS),
            "max_length": integer(least=1, most=INPUT_MAX_CHARS),
        },
        laws=(in_order("min_length", "max_length"),),
    ),
    "number_input": Shape(
        required={"is_decimal_allowed": boolean},
        optional={**_TYPED, "initial_value": _number, "min_value": _number, "max_value": _number},
        laws=(
            in_order("min_value", "max_value"),
            in_order("min_value", "initial_value"),
            in_order("initial_value", "max_value"),
        ),
    ),
    "url_text_input": Shape(optional={**_TYPED, "initial_value": link}),
    "email_text_input": Shape(optional={**_TYPED, "initial_value": string(longest=INPUT_MAX_CHARS)}),
    "image": Shape(
        required={"alt_text": alt_text},
        optional={"image_url": picture_url, "slack_file": slack_file},
        laws=(exactly_one("image_url", "slack_file"),),
    ),
}

_CHOOSERS = frozenset(
    name for name in ELEMENTS if name.endswith(("_select", "picker")) or name in {"radio_buttons", "checkboxes"}
)
IN_ACTIONS = _CHOOSERS | {"button", "overflow"}
IN_INPUT = _CHOOSERS | {name for name in ELEMENTS if name.endswith("_input")}
# Slack takes a date-and-time picker only in actions and input blocks.
IN_ACCESSORY = (IN_ACTIONS - {"datetimepicker"}) | {"image"}
