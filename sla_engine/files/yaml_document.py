"""A YAML 1.2 file as fields that know their key and their line, and record what is wrong with them.

Only the node tree is used, never YAML's own typing: `NO`, `22:00` and `1_000` stay the text that was written, and the
reader of each field decides what it means. Anchors, aliases and tags are refused: values are written out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sla_engine.domain.text.names import similar_names
from sla_engine.files.errors import FileInvalid, FileProblem, FileWarning

LARGEST_FILE_CHARS = 500_000
MOST_VALUES = 50_000  # keys, values and lists together: read within seconds; the largest real file holds a tenth
MOST_ENTRIES = 2_000  # of one list, or keys of one mapping: some of them are compared with each other
LONGEST_VALUE_CHARS = 2_000
SHOWN_CHARS = 80  # of a value that is quoted back
MOST_FINDINGS = 100
DEEPEST = 20  # the deepest key of a file lies eight down; a thousand brackets would exhaust the reader
STANDARD_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Findings:
    """The mistakes and oddities of one file, collected so that all are reported at once; up to a hundred of each.

    `is_new` is False for a version that was applied before, maybe by a program with wider bounds: it is read in full.
    """

    file: str
    is_new: bool = True
    calendars: int = 0
    """The number of calendars written out so far: each costs a check of years ahead."""
    _wrong: dict[FileProblem, None] = field(default_factory=dict)
    _odd: dict[FileProblem, None] = field(default_factory=dict)
    _has_left_out: bool = False

    def wrong(self, line: int, sentence: str) -> None:
        """Record a mistake, because of which the file is refused.

        Raises: FileInvalid at the hundredth.
        """
        self._wrong[FileProblem(self.file, line, sentence)] = None
        if len(self._wrong) >= MOST_FINDINGS:
            stop = FileProblem(self.file, line, f"… and more: after {MOST_FINDINGS} problems the rest was not read")
            raise FileInvalid([*self.sorted, stop])

    def odd(self, line: int, sentence: str) -> None:
        """Record something that is allowed but rarely meant."""
        if len(self._odd) < MOST_FINDINGS:
            self._odd[FileWarning(self.file, line, sentence)] = None
        else:
            self._has_left_out = True

    @property
    def has_enough(self) -> bool:
        """Whether a warning was left out already, so that looking for more is of no use."""
        return self._has_left_out

    @property
    def sorted(self) -> list[FileProblem]:
        """The mistakes and warnings, in the order of the file's lines."""
        return sorted([*self._wrong, *self.warnings], key=lambda problem: problem.line)

    @property
    def warnings(self) -> tuple[FileProblem, ...]:
        """The warnings, in the order of the file's lines; after a hundred, a last one that says there were more."""
        warnings: list[FileProblem] = sorted(self._odd, key=lambda problem: problem.line)
        if self._has_left_out:
            warnings.append(FileWarning(self.file, warnings[-1].line, f"… and more: {MOST_FINDINGS} warnings are told"))
        return tuple(warnings)

    @property
    def wrongs(self) -> int:
        """The number of mistakes recorded so far."""
        return len(self._wrong)

    def refuse_if_wrong(self) -> None:
        """Stop here when a mistake was recorded.

        Raises: FileInvalid with every mistake and warning.
        """
        if self._wrong:
            raise FileInvalid(self.sorted)

    def refuse(self, line: int, sentence: str) -> NoReturn:
        """Record a mistake and stop: nothing after it could be understood.

        Raises: FileInvalid, always.
        """
        self.wrong(line, sentence)
        raise FileInvalid(self.sorted)


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a file: its dotted key, its line, and methods to read it or to record what is wrong with it."""

    path: str
    node: Node
    findings: Findings
    key_line: int

    @property
    def line(self) -> int:
        """The line of the value, counted from 1; that of its key when the value spans lines or is empty."""
        if isinstance(self.node, ScalarNode) and not self.is_empty:
            return int(self.node.start_mark.line) + 1
        return self.key_line

    @property
    def is_mapping(self) -> bool:
        """Whether the value is keys with values."""
        return isinstance(self.node, MappingNode)

    @property
    def is_sequence(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written after the key."""
        return isinstance(self.node, ScalarNode) and str(self.node.tag).endswith(":null")

    def wrong(self, sentence: str) -> None:
        """Record a mistake in this value, because of which the file is refused."""
        self.findings.wrong(self.line, f"{self.path}: {sentence}" if self.path else sentence)

    def odd(self, sentence: str) -> None:
        """Record a warning: this value is allowed but rarely meant."""
        self.findings.odd(self.line, f"{self.path}: {sentence}" if self.path else sentence)

    def scalar(self, wanted: str) -> str | None:
        """The text as it was written; None after recording that `wanted` belongs here."""
        if not isinstance(self.node, ScalarNode) or self.is_empty:
            self.wrong(f"{self._described} where {wanted} belongs")
            return None
        if self.findings.is_new and len(self.node.value) > LONGEST_VALUE_CHARS:
            length = len(self.node.value)
            self.wrong(f"{self._described} has {length:,} characters; at most {LONGEST_VALUE_CHARS:,} are read")
            return None
        return str(self.node.value).strip()

    def reworded(self, text: str) -> "Field":
        """The same place in the file with another text, for a reader of only a part of it."""
        node = ScalarNode(self.node.tag, text, self.node.start_mark, self.node.end_mark)
        return Field(self.path, node, self.findings, self.key_line)

    def entries(self, wanted: str = "keys with values") -> list[tuple[str, "Field"]]:
        """Every key with its value, in file order; a key written twice is refused and counts once."""
        if not isinstance(self.node, MappingNode):
            self.wrong(f"{self._described} where {wanted} belong")
            return []
        return list(self._unique_entries(self.node))

    def keys(self, allowed: Sequence[str], *, required: Iterable[str] = ()) -> dict[str, "Field"]:
        """The values of the known keys; unknown, repeated and missing keys are recorded as wrong."""
        wanted = f"the keys {', '.join(allowed)}"
        known: dict[str, Field] = {}
        for key, value in self.entries(wanted):
            if key in allowed:
                known[key] = value
            else:
                value.findings.wrong(value.key_line, self._here(f"unknown key {key!r}{hint(key, allowed)}"))
        for key in required:
            if key not in known and self.is_mapping:
                self.findings.wrong(self.key_line, self._here(f"{key!r} is missing"))
        return {key: value for key, value in known.items() if value._is_written()}

    def items(self, wanted: str = "a list") -> list["Field"]:
        """The values of a list; one value alone counts as a list of one."""
        if isinstance(self.node, SequenceNode):
            return [
                Field(f"{self.path}[{number}]", node, self.findings, int(node.start_mark.line) + 1)
                for number, node in enumerate(self._bounded(self.node), start=1)
            ]
        if self.is_empty:
            self.wrong(f"nothing where {wanted} belongs")
            return []
        return [self]

    def _is_written(self) -> bool:
        if self.is_empty:
            self.wrong("nothing is written here; give it a value or leave the key out")
        return not self.is_empty

    def _bounded(self, node: MappingNode | SequenceNode) -> list[Any]:
        """The entries of a list or mapping; only the first ones, after recording that there are too many."""
        entries: list[Any] = node.value
        if not self.findings.is_new or len(entries) <= MOST_ENTRIES:
            return entries
        line = int(node.start_mark.line) + 1
        self.findings.wrong(line, self._here(f"{len(entries):,} entries; at most {MOST_ENTRIES:,} are read"))
        return entries[:MOST_ENTRIES]

    def _unique_entries(self, node: MappingNode) -> Iterator[tuple[str, "Field"]]:
        first_lines: dict[str, int] = {}
        for key_node, value in self._bounded(node):
            line = int(key_node.start_mark.line) + 1
            if not isinstance(key_node, ScalarNode):
                self.findings.wrong(line, self._here("a key must be a plain word"))
                continue
            key = str(key_node.value)
            if self.findings.is_new and len(key) > LONGEST_VALUE_CHARS:
                self.findings.wrong(line, self._here(f"the key {quoted(key)} has {len(key):,} characters"))
                continue
            if key in first_lines:
                self.findings.wrong(line, self._here(f"{key!r} is written twice, first on line {first_lines[key]}"))
                continue
            first_lines[key] = line
            yield key, Field(f"{self.path}.{key}" if self.path else key, value, self.findings, line)

    def _here(self, sentence: str) -> str:
        return f"{self.path}: {sentence}" if self.path else sentence

    @property
    def _described(self) -> str:
        """The value's kind, or its text in quotation marks, as the subject of a sentence."""
        if self.is_mapping:
            return "keys with values"
        if self.is_sequence:
            return "a list"
        return "nothing" if self.is_empty else quoted(str(self.node.value))


def quoted(text: str) -> str:
    """A text as it was written, in quotes; only the beginning of a long one."""
    return repr(text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…")


def hint(written: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'x'?` when one allowed word looks like the one written, then all allowed words."""
    words = list(allowed)
    near = similar_names(written, words)
    meant = f"; did you mean {near[0]!r}?" if near else ";"
    return f"{meant} allowed are {', '.join(words)}"


def read_document(text: str, file: str, *, is_new: bool = True) -> Field:
    """The file's outermost keys; a new file is held to the bounds on size, number and length, a stored one is not.

    Raises: FileInvalid when it is no YAML mapping, or uses what is refused everywhere.
    """
    findings = Findings(file, is_new=is_new)
    if len(text) > LARGEST_FILE_CHARS:
        findings.refuse(1, f"the file has {len(text):,} characters; at most {LARGEST_FILE_CHARS:,} are read")
    root = _compose(text, findings)
    if root is None:
        findings.refuse(1, "the file is empty")
    if not isinstance(root, MappingNode):
        findings.refuse(1, "the file must hold keys with values, such as 'customer: …'")
    return Field("", root, findings, 1)


def _compose(text: str, findings: Findings) -> Any:
    try:
        _refuse_hidden_meanings(text, findings)
        return _yaml().compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        findings.refuse(mark.line + 1 if mark else 1, f"this is not YAML: {error.problem or error.context}")
    except YAMLError as error:
        findings.refuse(1, f"this is not YAML: {str(error).splitlines()[0]}")


def _refuse_hidden_meanings(text: str, findings: Findings) -> None:
    depth = values = 0
    for event in _yaml().parse(text):
        values += isinstance(event, NodeEvent)
        if findings.is_new and values > MOST_VALUES:
            findings.refuse(1, f"the file holds more than {MOST_VALUES:,} keys and values; no more are read")
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        line = event.start_mark.line + 1
        if depth > DEEPEST:
            findings.refuse(line, f"this is nested more than {DEEPEST} deep; no key goes that deep")
        if isinstance(event, AliasEvent):
            findings.wrong(line, f"'*{event.anchor}': aliases are not read; write the value out")
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            findings.wrong(line, f"'&{event.anchor}': anchors are not read; leave it out")
        elif getattr(event, "ctag", None) is not None:
            tag = str(event.ctag).replace(STANDARD_TAG, "!!")
            findings.wrong(line, f"'{tag}': tags are not read; leave it out")
    findings.refuse_if_wrong()


def _yaml() -> YAML:
    # "safe" reads the same tree as the round-trip reader, which fails on comments in some broken files.
    return YAML(typ="safe", pure=True)
