"""The small rules a Block Kit table is written with.

A rule looks at one value and yields what Slack would complain about, in Slack's own words and with Slack's
JSON pointer. Rules are plain generators, so a table of them is the whole validator: `Shape` says which
fields an object may have, `one_of_types` picks a shape by the object's `type`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

Rule = Callable[[object, str], Iterator[str]]
Record = Mapping[str, object]
Law = Callable[[Record, str], Iterator[str]]

WEB_URL = re.compile(r"(https?|slack)://\S+|mailto:\S+")
IMAGE_URL = re.compile(r"https?://\S+")


def complaint(phrase: str, pointer: str) -> str:
    """One problem as Slack reports it in `response_metadata.messages`."""
    return f"[ERROR] {phrase} [json-pointer:{pointer}]"


def length_of(text: str) -> int:
    """Length as Slack counts it: the larger of code points and UTF-16 units (an emoji counts twice)."""
    return max(len(text), len(text.encode("utf-16-le", "surrogatepass")) // 2)


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields one kind of object may have; `laws` compare them once each is fine alone."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    laws: tuple[Law, ...] = ()


def string(*, longest: int, shortest: int = 1, pattern: re.Pattern[str] | None = None, what: str = "") -> Rule:
    """Text within bounds, and of a form when a `pattern` (called `what` in the complaint) is given."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield complaint("must provide a string", pointer)
        elif length_of(value) > longest:
            yield complaint(f"must be less than {longest + 1} characters", pointer)
        elif length_of(value) < shortest:
            yield complaint(f"must be more than {shortest - 1} characters", pointer)
        elif pattern is not None and pattern.fullmatch(value) is None:
            yield complaint(f"must be a valid {what}", pointer)

    return check


def choice(*allowed: str) -> Rule:
    """One word of a fixed list."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield complaint(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def boolean(value: object, pointer: str) -> Iterator[str]:
    """True or false, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        yield complaint("must provide a boolean", pointer)


def integer(*, least: int, most: int) -> Rule:
    """A whole number within bounds, both included."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield complaint("must provide an integer", pointer)
        elif value < least:
            yield complaint(f"must be greater than {least - 1}", pointer)
        elif value > most:
            yield complaint(f"must be less than {most + 1}", pointer)

    return check


def array(rule: Rule, *, most: int, least: int = 1) -> Rule:
    """A list within bounds whose every item keeps `rule`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield complaint("must provide an array", pointer)
            return
        if len(value) > most:
            yield complaint(f"no more than {most} items allowed", pointer)
        elif len(value) < least:
            yield complaint(f"no less than {least} items allowed", pointer)
        for place, item in enumerate(value):
            yield from rule(item, f"{pointer}/{place}")

    return check


def nullable(rule: Rule) -> Rule:
    """`rule`, or null."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value is not None:
            yield from rule(value, pointer)

    return check


def record(shape: Shape, *, typed: bool = False) -> Rule:
    """An object of one shape; `typed` ones carry a `type` that was looked at already."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", pointer)
            return
        found = list(_field_problems(value, shape, pointer, ignored=("type",) if typed else ()))
        yield from found
        if not found:
            for law in shape.laws:
                yield from law(value, pointer)

    return check


def one_of_types(shapes: Mapping[str, Shape], only: Collection[str] | None = None) -> Rule:
    """An object whose `type` names its shape; types outside `only` do not fit in this place."""
    allowed = shapes.keys() if only is None else only
    rules = {name: record(shapes[name], typed=True) for name in allowed}

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield complaint("must provide an object", pointer)
        elif "type" not in value:
            yield complaint("missing required field: type", pointer)
        elif (rule := rules.get(str(value["type"]))) is None:
            yield complaint(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from rule(value, pointer)

    return check


def exactly_one(*names: str) -> Law:
    """Of these fields one must be there, and only one."""

    def check(value: Record, pointer: str) -> Iterator[str]:
        present = [name for name in names if name in value]
        if not present:
            yield complaint(f"missing required field: {names[0]}", pointer)
        elif len(present) > 1:
            yield complaint(f"only one of {' or '.join(names)} is allowed", pointer)

    return check


def at_least_one(*names: str) -> Law:
    """Of these fields one must be there."""

    def check(value: Record, pointer: str) -> Iterator[str]:
        if not any(name in value for name in names):
            yield complaint(f"missing required field: {names[0]}", pointer)

    return check


def in_order(lower: str, upper: str) -> Law:
    """`lower` is not above `upper` where both are given as numbers (or as text that holds one)."""

    def check(value: Record, pointer: str) -> Iterator[str]:
        if lower in value and upper in value and float(str(value[lower])) > float(str(value[upper])):
            yield complaint(f"`{lower}` must not be greater than `{upper}`", pointer)

    return check


def distinct(items: object, name: str, pointer: str) -> Iterator[str]:
    """No two of `items` carry the same `name`; the later one is complained about."""
    seen: set[object] = set()
    for place, item in enumerate(items if isinstance(items, list) else ()):
        value = item.get(name) if isinstance(item, dict) else None
        if isinstance(value, str) and value in seen:
            yield complaint(f"`{name}` already exists", f"{pointer}/{place}/{name}")
        seen.add(value)


def _field_problems(value: Record, shape: Shape, pointer: str, *, ignored: tuple[str, ...]) -> Iterator[str]:
    for name in shape.required:
        if name not in value:
            yield complaint(f"missing required field: {name}", pointer)
    for name, content in value.items():
        rule = shape.required.get(name) or shape.optional.get(name)
        if rule is not None:
            yield from rule(content, f"{pointer}/{name}")
        elif name not in ignored:
            yield complaint(f"invalid additional property: {name}", pointer)
