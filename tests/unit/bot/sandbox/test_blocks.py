"""The validator takes what Slack takes and refuses what Slack refuses, with Slack's words and pointer."""

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from bot.sandbox.blocks.blocks import Surface, problems

Block = dict[str, Any]


def text(words: str = "Words") -> Block:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str = "*Words*") -> Block:
    return {"type": "mrkdwn", "text": words}


def option(value: str = "a", **more: Any) -> Block:
    return {"text": text(f"Option {value}"), "value": value, **more}


def button(**more: Any) -> Block:
    return {"type": "button", "text": text("Take"), "action_id": "take", **more}


def section(**more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def asks(element: Block, **more: Any) -> Block:
    return {"type": "input", "label": text("Question"), "element": element, **more}


def rich(*pieces: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}


def table(*rows: list[str], **more: Any) -> Block:
    cells = [[{"type": "raw_text", "text": words} for words in row] for row in rows]
    return {"type": "table", "rows": cells, **more}


def data_table(*rows: Sequence[str | float], **more: Any) -> Block:
    cells = [
        [{"type": "raw_text", "text": x} if isinstance(x, str) else {"type": "raw_number", "value": x} for x in row]
        for row in rows
    ]
    return {"type": "data_table", "caption": "Late by customer", "rows": cells, **more}


def chart(kind: str, **content: Any) -> Block:
    return {"type": "data_visualization", "title": "Promises kept", "chart": {"type": kind, **content}}


def lines(**series: dict[str, float]) -> Block:
    labels = list(next(iter(series.values())))
    points = {
        name: [{"label": label, "value": value} for label, value in data.items()] for name, data in series.items()
    }
    return chart(
        "line",
        series=[{"name": name, "data": data} for name, data in points.items()],
        axis_config={"categories": labels, "x_label": "Week", "y_label": "%"},
    )


WEEKS = {f"W{number}": 90.5 for number in range(20)}
CONFIRM: Block = {
    "title": text("Sure?"),
    "text": mrkdwn("Really"),
    "confirm": text("Yes"),
    "deny": text("No"),
}
PICTURE: Block = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"}

ACCEPTED: dict[str, list[Block]] = {
    "no blocks at all": [],
    "a section at its longest": [{"type": "section", "text": mrkdwn("x" * 3000)}],
    "a section of fields only": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "a section with a button": [section(accessory=button(confirm=CONFIRM, style="danger", value="INC-1"))],
    "a section with a picture": [section(accessory=PICTURE)],
    "a header at its longest": [{"type": "header", "text": text("x" * 150)}],
    "a divider": [{"type": "divider", "block_id": "line"}],
    "a context of text and picture": [{"type": "context", "elements": [mrkdwn(), text(), PICTURE]}],
    "an image block": [{**PICTURE, "title": text()}],
    "buttons": [actions(button(), button(action_id="url", url="https://example.com/INC-1"))],
    "the same action id in two blocks": [actions(button()), actions(button())],
    "a select": [actions({"type": "static_select", "options": [option()], "initial_option": option()})],
    "a grouped select": [
        actions(
            {
                "type": "static_select",
                "option_groups": [{"label": text(), "options": [option("a"), option("b")]}],
                "initial_option": option("b"),
                "placeholder": text(),
            }
        )
    ],
    "a select whose options are looked up": [
        asks({"type": "external_select", "action_id": "search", "min_query_length": 0, "placeholder": text()})
    ],
    "a multi select": [section(accessory={"type": "multi_static_select", "options": [option()]})],
    "people": [actions({"type": "users_select", "initial_user": "U012AB3CD"})],
    "conversations": [actions({"type": "conversations_select", "filter": {"include": ["im"]}, "action_id": "where"})],
    "channels": [actions({"type": "channels_select", "initial_channel": "C012AB3CD"})],
    "an overflow menu": [section(accessory={"type": "overflow", "options": [option(url="https://a.example")]})],
    "pickers": [
        actions(
            {"type": "datepicker", "initial_date": "2026-02-28"},
            {"type": "timepicker", "initial_time": "23:59", "timezone": "America/New_York"},
            {"type": "datetimepicker", "initial_date_time": 1_790_000_000},
        )
    ],
    "radio buttons and checkboxes": [
        actions(
            {"type": "radio_buttons", "options": [option(description=text())]},
            {"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "x"}]},
        )
    ],
    "an input in a message": [asks({"type": "plain_text_input", "multiline": True, "max_length": 3000})],
    "a number": [asks({"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"})],
    "an address and an e-mail": [
        asks({"type": "url_text_input"}),
        asks({"type": "email_text_input"}, optional=True, hint=text(), dispatch_action=True),
    ],
    "rich text": [
        rich(
            {"type": "text", "text": "hi", "style": {"bold": True}},
            {"type": "link", "url": "https://example.com"},
            {"type": "user", "user_id": "U1"},
            {"type": "emoji", "name": "wave"},
            {"type": "date", "timestamp": 1_790_000_000, "format": "{date_short} {time}", "fallback": "then"},
        )
    ],
    "a list in rich text": [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
                },
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "text", "text": "code"}],
                    "border": 0,
                },
                {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
            ],
        }
    ],
    "markdown at its longest": [{"type": "markdown", "text": "x" * 12_000}],
    "a table": [table(["a", "b"], ["c", "d"], column_settings=[{"align": "right"}, None])],
    "a sortable table at its largest": [
        data_table(*[["x"] * 20 for _ in range(101)], page_size=100, row_header_column_index=19)
    ],
    "a sortable table with figures": [data_table(["Who", "Late"], ["Acme", 4], ["Beta", -0.5])],
    "a line for each of six, over twenty weeks": [lines(**{f"Customer {n}": WEEKS for n in range(6)})],
    "two charts": [lines(All=WEEKS), chart("pie", segments=[{"label": "Ours", "value": 0.1}])],
    "fifty blocks": [{"type": "divider"}] * 50,
    "seventy-five emoji characters' worth": [actions(button(text=text("🙂" * 37 + "x")))],
}

REFUSED: dict[str, tuple[list[Any], str, str]] = {
    "fifty-one blocks": ([{"type": "divider"}] * 51, "no more than 50 items allowed", "/blocks"),
    "a word instead of a block": (["hello"], "must provide an object", "/blocks/0"),
    "a block without type": ([{"text": text()}], "missing required field: type", "/blocks/0"),
    "an unknown block": ([{"type": "carousel"}], "unsupported type: carousel", "/blocks/0/type"),
    "a type that is no word": ([{"type": ["section"]}], "unsupported type: ['section']", "/blocks/0/type"),
    "an alert in a message": (
        [{"type": "alert", "text": text()}],
        "unsupported type: alert",
        "/blocks/0/type",
    ),
    "an unknown key": ([section(colour="red")], "invalid additional property: colour", "/blocks/0"),
    "a disabled button": (
        [actions(button(disabled=True))],
        "invalid additional property: disabled",
        "/blocks/0/elements/0",
    ),
    "an empty section": ([{"type": "section"}], "missing required field: text", "/blocks/0"),
    "a section that is too long": (
        [{"type": "section", "text": mrkdwn("x" * 3001)}],
        "must be less than 3001 characters",
        "/blocks/0/text/text",
    ),
    "an empty text": (
        [{"type": "section", "text": mrkdwn("")}],
        "must be more than 0 characters",
        "/blocks/0/text/text",
    ),
    "a text that is no object": (
        [{"type": "section", "text": "hi"}],
        "must provide an object",
        "/blocks/0/text",
    ),
    "a text that is a number": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": 5}}],
        "must provide a string",
        "/blocks/0/text/text",
    ),
    "emoji in mrkdwn": (
        [{"type": "section", "text": {**mrkdwn(), "emoji": True}}],
        "invalid additional property: emoji",
        "/blocks/0/text",
    ),
    "eleven fields": (
        [{"type": "section", "fields": [mrkdwn()] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/fields",
    ),
    "a field that is too long": (
        [{"type": "section", "fields": [mrkdwn(), mrkdwn("x" * 2001)]}],
        "must be less than 2001 characters",
        "/blocks/0/fields/1/text",
    ),
    "no fields": (
        [{"type": "section", "fields": []}],
        "no less than 1 items allowed",
        "/blocks/0/fields",
    ),
    "a date-and-time picker beside a section": (
        [section(accessory={"type": "datetimepicker"})],
        "unsupported type: datetimepicker",
        "/blocks/0/accessory/type",
    ),
    "a text input beside a section": (
        [section(accessory={"type": "plain_text_input"})],
        "unsupported type: plain_text_input",
        "/blocks/0/accessory/type",
    ),
    "a header in mrkdwn": (
        [{"type": "header", "text": mrkdwn()}],
        "unsupported type: mrkdwn",
        "/blocks/0/text/type",
    ),
    "a header that is too long": (
        [{"type": "header", "text": text("x" * 151)}],
        "must be less than 151 characters",
        "/blocks/0/text/text",
    ),
    "a header too long in UTF-16": (
        [{"type": "header", "text": text("🔥" * 76)}],
        "must be less than 151 characters",
        "/blocks/0/text/text",
    ),
    "eleven context elements": (
        [{"type": "context", "elements": [text()] * 11}],
        "no more than 10 items allowed",
        "/blocks/0/elements",
    ),
    "a button in a context": (
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button",
        "/blocks/0/elements/0/type",
    ),
    "no actions": ([actions()], "no less than 1 items allowed", "/blocks/0/elements"),
    "twenty-six actions": (
        [actions(*(button(action_id=f"a{n}") for n in range(26)))],
        "no more than 25 items allowed",
        "/blocks/0/elements",
    ),
    "one action id twice": (
        [actions(button(), button())],
        "`action_id` already exists",
        "/blocks/0/elements/1/action_id",
    ),
    "one block id twice": (
        [section(block_id="b"), section(block_id="b")],
        "`block_id` already exists",
        "/blocks/1/block_id",
    ),
    "a block id that is too long": (
        [section(block_id="b" * 256)],
        "must be less than 256 characters",
        "/blocks/0/block_id",
    ),
    "an action id that is too long": (
        [actions(button(action_id="a" * 256))],
        "must be less than 256 characters",
        "/blocks/0/elements/0/action_id",
    ),
    "an action in an input": ([asks(button())], "unsupported type: button", "/blocks/0/element/type"),
    "an input without label": (
        [{"type": "input", "element": {"type": "plain_text_input"}}],
        "missing required field: label",
        "/blocks/0",
    ),
    "an input label that is too long": (
        [{**asks({"type": "plain_text_input"}), "label": text("x" * 2001)}],
        "must be less than 2001 characters",
        "/blocks/0/label/text",
    ),
    "a hint that is too long": (
        [asks({"type": "plain_text_input"}, hint=text("x" * 2001))],
        "must be less than 2001 characters",
        "/blocks/0/hint/text",
    ),
    "a button label that is too long": (
        [actions(button(text=text("x" * 76)))],
        "must be less than 76 characters",
        "/blocks/0/elements/0/text/text",
    ),
    "a button value that is too long": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters",
        "/blocks/0/elements/0/value",
    ),
    "a button address that is too long": (
        [actions(button(url="https://e.example/" + "x" * 3000))],
        "must be less than 3001 characters",
        "/blocks/0/elements/0/url",
    ),
    "a button that runs script": (
        [actions(button(url="javascript:alert(1)"))],
        "must be a valid url",
        "/blocks/0/elements/0/url",
    ),
    "an unknown button style": (
        [actions(button(style="warning"))],
        "must be one of: primary, danger",
        "/blocks/0/elements/0/style",
    ),
    "a confirm title that is too long": (
        [actions(button(confirm={**CONFIRM, "title": text("x" * 101)}))],
        "must be less than 101 characters",
        "/blocks/0/elements/0/confirm/title/text",
    ),
    "a confirm text that is too long": (
        [actions(button(confirm={**CONFIRM, "text": text("x" * 301)}))],
        "must be less than 301 characters",
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "a confirm button that is too long": (
        [actions(button(confirm={**CONFIRM, "deny": text("x" * 31)}))],
        "must be less than 31 characters",
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    "an image without description": (
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "missing required field: alt_text",
        "/blocks/0",
    ),
    "an image description that is too long": (
        [{**PICTURE, "alt_text": "x" * 2001}],
        "must be less than 2001 characters",
        "/blocks/0/alt_text",
    ),
    "an image address that is too long": (
        [{**PICTURE, "image_url": "https://e.example/" + "x" * 3000}],
        "must be less than 3001 characters",
        "/blocks/0/image_url",
    ),
    "an image from two places": (
        [{**PICTURE, "slack_file": {"id": "F1"}}],
        "only one of image_url or slack_file is allowed",
        "/blocks/0",
    ),
    "a select without options": (
        [actions({"type": "static_select"})],
        "missing required field: options",
        "/blocks/0/elements/0",
    ),
    "options and groups": (
        [
            actions(
                {
                    "type": "static_select",
                    "options": [option()],
                    "option_groups": [{"label": text(), "options": [option()]}],
                }
            )
        ],
        "only one of options or option_groups is allowed",
        "/blocks/0/elements/0",
    ),
    "101 options": (
        [actions({"type": "static_select", "options": [option(str(n)) for n in range(101)]})],
        "no more than 100 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "101 groups": (
        [actions({"type": "static_select", "option_groups": [{"label": text(), "options": [option()]}] * 101})],
        "no more than 100 items allowed",
        "/blocks/0/elements/0/option_groups",
    ),
    "an option text that is too long": (
        [actions({"type": "static_select", "options": [{"text": text("x" * 76), "value": "v"}]})],
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "an option value that is too long": (
        [actions({"type": "static_select", "options": [{"text": text(), "value": "v" * 151}]})],
        "must be less than 151 characters",
        "/blocks/0/elements/0/options/0/value",
    ),
    "an option description that is too long": (
        [actions({"type": "static_select", "options": [option(description=text("x" * 76))]})],
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "an option in mrkdwn": (
        [actions({"type": "static_select", "options": [{"text": mrkdwn(), "value": "v"}]})],
        "unsupported type: mrkdwn",
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "an option with an address outside an overflow": (
        [actions({"type": "static_select", "options": [option(url="https://a.example")]})],
        "invalid additional property: url",
        "/blocks/0/elements/0/options/0",
    ),
    "an initial option nobody offers": (
        [actions({"type": "static_select", "options": [option("a")], "initial_option": option("b")})],
        "initial option must be one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    "an initial option that differs in a detail": (
        [
            actions(
                {
                    "type": "radio_buttons",
                    "options": [option(description=text())],
                    "initial_option": option(),
                }
            )
        ],
        "initial option must be one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    "initial checkboxes nobody offers": (
        [
            actions(
                {
                    "type": "checkboxes",
                    "options": [option("a")],
                    "initial_options": [option("a"), option("b")],
                }
            )
        ],
        "initial option must be one of the options",
        "/blocks/0/elements/0/initial_options/1",
    ),
    "a placeholder that is too long": (
        [actions({"type": "users_select", "placeholder": text("x" * 151)})],
        "must be less than 151 characters",
        "/blocks/0/elements/0/placeholder/text",
    ),
    "a user who is a name": (
        [actions({"type": "users_select", "initial_user": "maria"})],
        "must be a valid user id",
        "/blocks/0/elements/0/initial_user",
    ),
    "six overflow options": (
        [section(accessory={"type": "overflow", "options": [option(str(n)) for n in range(6)]})],
        "no more than 5 items allowed",
        "/blocks/0/accessory/options",
    ),
    "an empty overflow": (
        [section(accessory={"type": "overflow", "options": []})],
        "no less than 1 items allowed",
        "/blocks/0/accessory/options",
    ),
    "eleven checkboxes": (
        [actions({"type": "checkboxes", "options": [option(str(n)) for n in range(11)]})],
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "eleven radio buttons": (
        [actions({"type": "radio_buttons", "options": [option(str(n)) for n in range(11)]})],
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    "a date nobody has": (
        [actions({"type": "datepicker", "initial_date": "2026-13-01"})],
        "must be a valid date (YYYY-MM-DD)",
        "/blocks/0/elements/0/initial_date",
    ),
    "a time after midnight": (
        [actions({"type": "timepicker", "initial_time": "24:00"})],
        "must be a valid time (HH:mm)",
        "/blocks/0/elements/0/initial_time",
    ),
    "a date-and-time of words": (
        [actions({"type": "datetimepicker", "initial_date_time": "soon"})],
        "must provide an integer",
        "/blocks/0/elements/0/initial_date_time",
    ),
    "a date-and-time in milliseconds": (
        [actions({"type": "datetimepicker", "initial_date_time": 1_790_000_000_000})],
        "must be less than 10000000000",
        "/blocks/0/elements/0/initial_date_time",
    ),
    "a text input above Slack's maximum": (
        [asks({"type": "plain_text_input", "max_length": 3001})],
        "must be less than 3001",
        "/blocks/0/element/max_length",
    ),
    "a text input that cannot be filled": (
        [asks({"type": "plain_text_input", "min_length": 10, "max_length": 5})],
        "`min_length` must not be greater than `max_length`",
        "/blocks/0/element",
    ),
    "a length that is yes": (
        [asks({"type": "plain_text_input", "max_length": True})],
        "must provide an integer",
        "/blocks/0/element/max_length",
    ),
    "multiline as a word": (
        [asks({"type": "plain_text_input", "multiline": "yes"})],
        "must provide a boolean",
        "/blocks/0/element/multiline",
    ),
    "a number input that does not say whether decimals are allowed": (
        [asks({"type": "number_input"})],
        "missing required field: is_decimal_allowed",
        "/blocks/0/element",
    ),
    "a number below its own minimum": (
        [asks({"type": "number_input", "is_decimal_allowed": True, "min_value": "5", "initial_value": "4"})],
        "`min_value` must not be greater than `initial_value`",
        "/blocks/0/element",
    ),
    "two elements in focus": (
        [
            asks({"type": "plain_text_input", "focus_on_load": True}),
            asks({"type": "plain_text_input", "focus_on_load": True}),
        ],
        "`focus_on_load` can be set on one element only",
        "/blocks/1/element/focus_on_load",
    ),
    "an empty piece of rich text": (
        [rich({"type": "text", "text": ""})],
        "must be more than 0 characters",
        "/blocks/0/elements/0/elements/0/text",
    ),
    "an unknown piece of rich text": (
        [rich({"type": "sparkle"})],
        "unsupported type: sparkle",
        "/blocks/0/elements/0/elements/0/type",
    ),
    "an unknown style in rich text": (
        [rich({"type": "text", "text": "x", "style": {"blink": True}})],
        "invalid additional property: blink",
        "/blocks/0/elements/0/elements/0/style",
    ),
    "rich text that runs script": (
        [rich({"type": "link", "url": "javascript:alert(1)"})],
        "must be a valid url",
        "/blocks/0/elements/0/elements/0/url",
    ),
    "markdown that is too long": (
        [{"type": "markdown", "text": "x" * 12_001}],
        "must be less than 12001 characters",
        "/blocks/0/text",
    ),
    "markdown that is too long in sum": (
        [{"type": "markdown", "text": "x" * 6001}] * 2,
        "markdown blocks must be less than 12001 characters in sum",
        "/blocks",
    ),
    "101 rows": ([table(*([["x"]] * 101))], "no more than 100 items allowed", "/blocks/0/rows"),
    "21 columns": ([table(["x"] * 21)], "no more than 20 items allowed", "/blocks/0/rows/0"),
    "a ragged table": ([table(["a", "b"], ["c"])], "all rows must have 2 cells", "/blocks/0/rows/1"),
    "two tables": ([table(["a"]), table(["b"])], "only one table block is allowed per message", "/blocks/1"),
    "an empty cell": ([table([""])], "must be more than 0 characters", "/blocks/0/rows/0/0/text"),
    "a table that is too long in sum": (
        [table(["x" * 6000, "x" * 6000])],
        "table cells must be less than 10001 characters in sum",
        "/blocks/0/rows",
    ),
    "a sortable table of a header only": (
        [data_table(["Who"])],
        "no less than 2 items allowed",
        "/blocks/0/rows",
    ),
    "a sortable table of 102 rows": (
        [data_table(*[["x"]] * 102)],
        "no more than 101 items allowed",
        "/blocks/0/rows",
    ),
    "a sortable table without caption": (
        [{key: value for key, value in data_table(["a"], ["b"]).items() if key != "caption"}],
        "missing required field: caption",
        "/blocks/0",
    ),
    "a sortable table that is not rectangular": (
        [data_table(["a", "b"], ["c"])],
        "all rows must have 2 cells",
        "/blocks/0/rows/1",
    ),
    "a header cell with marks": (
        [{**data_table(["a"], ["b"]), "rows": [[rich()], [{"type": "raw_text", "text": "b"}]]}],
        "header cells must not be rich_text",
        "/blocks/0/rows/0/0/type",
    ),
    "a row header outside the table": (
        [data_table(["a"], ["b"], row_header_column_index=1)],
        "must be less than 1",
        "/blocks/0/row_header_column_index",
    ),
    "a number in words": (
        [
            {
                **data_table(["a"], ["b"]),
                "rows": [[{"type": "raw_text", "text": "a"}], [{"type": "raw_number", "value": "4"}]],
            }
        ],
        "must provide a number",
        "/blocks/0/rows/1/0/value",
    ),
    "two tables that are too long together": (
        [data_table(["a"], ["x" * 6000]), table(["x" * 6000])],
        "cells of all tables must be less than 10001 characters in sum",
        "/blocks",
    ),
    "a third chart": (
        [lines(All=WEEKS)] * 3,
        "no more than 2 data_visualization blocks are allowed per message",
        "/blocks/2",
    ),
    "a chart title that is too long": (
        [{**lines(All=WEEKS), "title": "x" * 51}],
        "must be less than 51 characters",
        "/blocks/0/title",
    ),
    "a chart of no kind": ([chart("radar")], "unsupported type: radar", "/blocks/0/chart/type"),
    "a slice of nothing": (
        [chart("pie", segments=[{"label": "Ours", "value": 0}])],
        "must be greater than 0",
        "/blocks/0/chart/segments/0/value",
    ),
    "a seventh series": (
        [lines(**{f"Customer {n}": WEEKS for n in range(7)})],
        "no more than 6 items allowed",
        "/blocks/0/chart/series",
    ),
    "a label that is too long": (
        [chart("pie", segments=[{"label": "x" * 21, "value": 1}])],
        "must be less than 21 characters",
        "/blocks/0/chart/segments/0/label",
    ),
    "two series of one name": (
        [
            chart(
                "bar",
                series=[{"name": "All", "data": [{"label": "W1", "value": 1}]}] * 2,
                axis_config={"categories": ["W1"]},
            )
        ],
        "`name` already exists",
        "/blocks/0/chart/series/1/name",
    ),
    "a week without a point": (
        [
            chart(
                "area",
                series=[{"name": "All", "data": [{"label": "W1", "value": 1}]}],
                axis_config={"categories": ["W1", "W2"]},
            )
        ],
        "data must have one point for each of the categories",
        "/blocks/0/chart/series/0/data",
    ),
    "an unknown column alignment": (
        [table(["a"], column_settings=[{"align": "middle"}])],
        "must be one of: left, center, right",
        "/blocks/0/column_settings/0/align",
    ),
}


@pytest.mark.parametrize("blocks", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_slack_takes_is_taken(blocks: list[Block]) -> None:
    assert problems(blocks, surface="message") == []


@pytest.mark.parametrize(("blocks", "phrase", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_slack_refuses_is_refused_in_its_words(blocks: list[Any], phrase: str, pointer: str) -> None:
    assert list(map(str, problems(blocks, surface="message"))) == [f"[ERROR] {phrase} [json-pointer:{pointer}]"]


@pytest.mark.parametrize("blocks", [None, "[]", {"type": "divider"}, 7])
def test_blocks_that_are_no_list_are_refused(blocks: object) -> None:
    assert list(map(str, problems(blocks, surface="message"))) == [
        "[ERROR] must provide an array [json-pointer:/blocks]"
    ]


def test_every_problem_is_reported_at_once() -> None:
    refused = problems([{"type": "header"}, section(colour="red"), {"type": "carousel"}], surface="message")
    assert [(problem.pointer, problem.code, problem.message) for problem in refused] == [
        ("/blocks/0", "missing_field", "missing required field: text"),
        ("/blocks/1", "unknown_field", "invalid additional property: colour"),
        ("/blocks/2/type", "unsupported_type", "unsupported type: carousel"),
    ]


@pytest.mark.parametrize(
    ("block", "constraint"),
    [
        ({"type": "header", "text": text("x" * 151)}, {"type": "max_length", "expected": 150, "got": 151}),
        ({"type": "section", "text": mrkdwn("")}, {"type": "min_length", "expected": 1, "got": 0}),
        ({"type": "section", "fields": []}, {"type": "min_items", "expected": 1, "got": 0}),
        (actions(button(style="loud")), {"type": "enum", "expected": ["primary", "danger"], "got": "loud"}),
        ({"type": "divider", "block_id": 7}, {"type": "type", "expected": "string"}),
    ],
)
def test_a_bound_that_was_not_kept_is_named_with_what_was_there(block: Block, constraint: dict[str, Any]) -> None:
    assert [problem.constraint for problem in problems([block], surface="message")] == [constraint]


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        (asks({"type": "plain_text_input"}), {"message", "modal", "home"}),
        ({"type": "header", "text": text()}, {"message", "modal", "home"}),
        (rich({"type": "text", "text": "x"}), {"message", "modal", "home"}),
        ({"type": "markdown", "text": "x"}, {"message"}),
        (table(["x"]), {"message"}),
        (data_table(["Who", "Late"], ["Acme", 4]), {"message"}),
        (chart("pie", segments=[{"label": "Ours", "value": 7}]), {"message"}),
        ({"type": "alert", "text": text(), "level": "warning"}, {"modal"}),
    ],
)
def test_a_block_fits_only_the_surfaces_slack_names(block: Block, surfaces: set[Surface]) -> None:
    every: tuple[Surface, ...] = ("message", "modal", "home")
    assert {surface for surface in every if not problems([block], surface=surface)} == surfaces


def test_looking_at_blocks_leaves_them_as_they_were() -> None:
    blocks = [section(accessory=button()), table(["a"])]
    before = copy.deepcopy(blocks)
    problems(blocks, surface="message")
    assert blocks == before
