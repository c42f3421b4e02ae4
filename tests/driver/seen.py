"""What a message or a modal shows: its words, its buttons, its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.sandbox.workspace.messages import interactive_elements
from bot.sandbox.workspace.seed import Json
from bot.sandbox.workspace.values import VALUE_KEY, options_of

TEXT_KEYS = ("text", "alt_text", "title", "label", "hint", "placeholder", "description", "confirm", "deny")
NESTED_KEYS = (*TEXT_KEYS, "fields", "elements", "accessory", "element", "options", "rows", "initial_option", "blocks")
MENTION = re.compile(r"<[@#](\w+)(?:\|([^>]*))?>")


def words(value: object) -> Iterator[str]:
    """Every text in blocks, in reading order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from words(part)
    elif isinstance(value, dict):
        if value.get("type") in {"user", "channel"}:
            yield f"<@{value.get('user_id') or value.get('channel_id')}>"
        if value.get("type") == "emoji":
            yield f":{value.get('name')}:"
        for key in NESTED_KEYS:
            if key in value:
                yield from words(value[key])


def readable(text: str, names: Mapping[str, str]) -> str:
    """The text as a reader sees it: mentions by name, entities resolved."""
    named = MENTION.sub(lambda found: "@" + (found[2] or names.get(found[1], found[1])), text)
    return named.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def visible_text(body: Json, names: Mapping[str, str]) -> str:
    """All words of a message or view, raw and as a reader sees them."""
    raw = "\n".join(dict.fromkeys(words([body.get("title"), body.get("blocks"), body.get("text")])))
    shown = readable(raw, names)
    return raw if shown == raw else f"{raw}\n{shown}"


@dataclass(frozen=True, slots=True)
class Element:
    """Something one can touch or fill, where it is, and what it is called."""

    block: Json
    element: Json

    @property
    def labels(self) -> list[str]:
        """Every name by which a reader might call it."""
        sources = [self.block.get("label"), self.element.get("text"), self.element.get("placeholder")]
        if self.block.get("type") == "section":
            sources.append(self.block.get("text"))
        if self.block.get("type") != "input" and self.element["type"] == "checkboxes":
            sources += [option["text"] for option in self.element["options"]]
        return [source["text"] for source in sources if isinstance(source, dict) and "text" in source]

    @property
    def place(self) -> Json:
        """How an action names it."""
        return {"block_id": self.block["block_id"], "action_id": self.element["action_id"]}

    def option(self, wanted: str) -> Json:
        """The option with this text or value."""
        options = options_of(self.element)
        for option in options:
            if wanted in {option["text"]["text"], option.get("value")}:
                return option
        known = ", ".join(option["text"]["text"] for option in options)
        sentence = f"there is no option {wanted!r}; there are: {known}"
        raise AssertionError(sentence)

    def value(self, wanted: str | list[str], people: Mapping[str, str]) -> Json:
        """What Slack's window would send for this choice; people are given by name."""
        key = VALUE_KEY.get(self.element["type"], "selected_option")
        several = wanted if isinstance(wanted, list) else [wanted]
        if key == "selected_options":
            found: object = [self.option(text) for text in several]
        elif key == "selected_option":
            found = self.option(several[0]) if several[0] else None
        elif key in {"selected_user", "selected_conversation"}:
            found = people.get(several[0], several[0])
        elif key in {"selected_users", "selected_conversations"}:
            found = [people.get(name, name) for name in several]
        else:
            found = several[0]
        return {"type": self.element["type"], key: found}


def elements(blocks: list[Json] | None) -> list[Element]:
    """Everything one can touch or fill, in reading order."""
    return [Element(block, element) for block in blocks or [] for element in interactive_elements(block)]


def button(blocks: list[Json] | None, label: str) -> Element | None:
    """The button with this label."""
    buttons = [found for found in elements(blocks) if found.element["type"] == "button"]
    return next((found for found in buttons if found.element["text"]["text"] == label), None)


def menu_line(blocks: list[Json] | None, label: str) -> Element | None:
    """The menu behind a row of buttons that has a line with this label."""
    menus = [menu for menu in elements(blocks) if menu.element.get("action_id") == "act_menu"]
    return next((menu for menu in menus if label in [line["text"]["text"] for line in menu.element["options"]]), None)


def named(blocks: list[Json] | None, label: str) -> Element | None:
    """The field or menu that a reader would call this."""
    fillable = [found for found in elements(blocks) if found.element["type"] != "button"]
    exact = next((found for found in fillable if label in found.labels), None)
    if exact is not None:
        return exact
    return next((found for found in fillable if any(label in text for text in found.labels)), None)
