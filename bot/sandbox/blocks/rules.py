"""Rules of which a Block Kit table is made.

A rule looks at one value and yields problems: what Slack would refuse, where, and in Slack's own words. Rules are
plain generators, so a table of them is the whole validator: `Shape` says which fields an object may have,
`one_of_types` picks a shape by the object's `type`.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

MISSING_FIELD = "missing_field"
UNKNOWN_FIELD = "unknown_field"
UNSUPPORTED_TYPE = "unsupported_type"
WRONG_TYPE = "wrong_type"
FAILED_CONSTRAINT = "failed_constraint"

WEB_URL = re.compile(r"(https?|slack)://\S+|mailto:\S+")
IMAGE_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Problem:
    """A part that Slack refuses, in the shape of its `blocks.validate`: where, of which kind, in which words.

    `pointer` is a JSON pointer, `constraint` the bound that was not kept, where there is one.
    """

    pointer: str
    code: str
    message: str
    constraint: Mapping[str, object] | None = None

    def __str__(self) -> str:
        """As Slack reports it in `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[object, str], Iterator[Problem]]
Record = Mapping[str, object]
Law = Callable[[Record, str], Iterator[Problem]]


def failed(message: str, pointer: str, **constraint: object) -> Problem:
    """A problem with a bound, a form, or how several fields go together."""
    return Problem(pointer, FAILED_CONSTRAINT, message, constraint or None)


def _wrong_type(wanted: str, pointer: str) -> Problem:
    article = "an" if wanted[0] in "aeiou" else "a"
    return Problem(pointer, WRONG_TYPE, f"must provide {article} {wanted}", {"type": "type", "expected": wanted})


def missing(name: str, pointer: str) -> Problem:
    """A problem with a field that must be there."""
    return Problem(pointer, MISSING_FIELD, f"missing required field: {name}", {"type": "required", "expected": name})


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

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _wrong_type("string", pointer)
        elif length_of(value) > longest:
            message = f"must be less than {longest + 1} characters"
            yield failed(message, pointer, type="max_length", expected=longest, got=length_of(value))
        elif length_of(value) < shortest:
            message = f"must be more than {shortest - 1} characters"
            yield failed(message, pointer, type="min_length", expected=shortest, got=length_of(value))
        elif pattern is not None and pattern.fullmatch(value) is None:
            yield failed(f"must be a valid {what}", pointer, type="format", expected=what)

    return check


def choice(*allowed: str) -> Rule:
    """A word of a fixed list."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if value not in allowed:
            message = f"must be one of: {', '.join(allowed)}"
            yield failed(message, pointer, type="enum", expected=list(allowed), got=value)

    return check


def boolean(value: object, pointer: str) -> Iterator[Problem]:
    """True or false, and nothing that merely looks like it."""
    if not isinstance(value, bool):
        yield _wrong_type("boolean", pointer)


def integer(*, least: int, most: int) -> Rule:
    """A whole number within bounds, both included."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _wrong_type("integer", pointer)
        elif value < least:
            yield failed(f"must be greater than {least - 1}", pointer, type="minimum", expected=least, got=value)
        elif value > most:
            yield failed(f"must be less than {most + 1}", pointer, type="maximum", expected=most, got=value)

    return check


def number(*, above: float | None = None) -> Rule:
    """Any number, whole or not; with `above` only what is greater."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield _wrong_type("number", pointer)
        elif above is not None and value <= above:
            yield failed(
                f"must be greater than {above:g}", pointer, type="exclusive_minimum", expected=above, got=value
            )

    return check


def array(rule: Rule, *, most: int, least: int = 1) -> Rule:
    """A list within bounds whose every item keeps `rule`."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield _wrong_type("array", pointer)
            return
        if len(value) > most:
            message = f"no more than {most} items allowed"
            yield failed(message, pointer, type="max_items", expected=most, got=len(value))
        elif len(value) < least:
            message = f"no less than {least} items allowed"
            yield failed(message, pointer, type="min_items", expected=least, got=len(value))
        for place, item in enumerate(value):
            yield from rule(item, f"{pointer}/{place}")

    return check


def nullable(rule: Rule) -> Rule:
    """`rule`, or null."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if value is not None:
            yield from rule(value, pointer)

    return check


def record(shape: Shape, *, typed: bool = False) -> Rule:
    """An object of one shape; `typed` ones carry a `type` that was looked at already."""

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield _wrong_type("object", pointer)
            return
        refused = list(_field_problems(value, shape, pointer, ignored=("type",) if typed else ()))
        yield from refused
        if not refused:
            for law in shape.laws:
                yield from law(value, pointer)

    return check


def one_of_types(shapes: Mapping[str, Shape], only: Collection[str] | None = None) -> Rule:
    """An object whose `type` names its shape; types outside `only` do not fit in this place."""
    allowed = shapes.keys() if only is None else only
    rules = {name: record(shapes[name], typed=True) for name in allowed}

    def check(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield _wrong_type("object", pointer)
        elif "type" not in value:
            yield missing("type", pointer)
        elif (rule := rules.get(str(value["type"]))) is None:
            message = f"unsupported type: {value['type']}"
            known = {"type": "enum", "expected": sorted(rules), "got": value["type"]}
            yield Problem(f"{pointer}/type", UNSUPPORTED_TYPE, message, known)
        else:
            yield from rule(value, pointer)

    return check


def exactly_one(*names: str) -> Law:
    """Require exactly one of these fields."""

    def check(value: Record, pointer: str) -> Iterator[Problem]:
        present = [name for name in names if name in value]
        if not present:
            yield missing(names[0], pointer)
        elif len(present) > 1:
            yield failed(f"only one of {' or '.join(names)} is allowed", pointer)

    return check


def at_least_one(*names: str) -> Law:
    """Require at least one of these fields."""

    def check(value: Record, pointer: str) -> Iterator[Problem]:
        if not any(name in value for name in names):
            yield missing(names[0], pointer)

    return check


def in_order(lower: str, upper: str) -> Law:
    """`lower` is not above `upper` where both are given as numbers (or as text that holds one)."""

    def check(value: Record, pointer: str) -> Iterator[Problem]:
        if lower in value and upper in value and float(str(value[lower])) > float(str(value[upper])):
            yield failed(f"`{lower}` must not be greater than `{upper}`", pointer)

    return check


def distinct(items: object, name: str, pointer: str) -> Iterator[Problem]:
    """No two of `items` carry the same `name`; the later one is complained about."""
    seen: set[object] = set()
    for place, item in enumerate(items if isinstance(items, list) else ()):
        value = item.get(name) if isinstance(item, dict) else None
        if isinstance(value, str) and value in seen:
            yield failed(f"`{name}` already exists", f"{pointer}/{place}/{name}")
        seen.add(value)


def _field_problems(value: Record, shape: Shape, pointer: str, *, ignored: tuple[str, ...]) -> Iterator[Problem]:
    for name in shape.required:
        if name not in value:
            yield missing(name, pointer)
    for name, content in value.items():
        rule = shape.required.get(name) or shape.optional.get(name)
        if rule is not None:
            yield from rule(content, f"{pointer}/{name}")
        elif name not in ignored:
            yield Problem(pointer, UNKNOWN_FIELD, f"invalid additional property: {name}")
