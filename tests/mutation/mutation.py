"""A rule corrupted in one place: what stands there, what stands there instead, and which tests must notice."""

from dataclasses import dataclass

DOMAIN = "sla_engine/domain/"
TESTS = "tests/unit/sla_engine/domain/"


@dataclass
class FragmentGone(Exception):
    """What a mutation replaces does not stand in its file exactly once (any more)."""

    file: str
    fragment: str
    times: int

    def __str__(self) -> str:
        return f"{self.file} holds {self.times} times: {self.fragment}"


@dataclass(frozen=True, slots=True)
class Mutation:
    """`before` stands in `file` exactly once and breaks `rule` when it is `after`; one of `tests` must fail then."""

    rule: int
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def of(self, source: str) -> str:
        """The source of the file, corrupted.

        Raises: FragmentGone.
        """
        times = source.count(self.before)
        if times != 1:
            raise FragmentGone(self.file, self.before, times)
        return source.replace(self.before, self.after)

    @property
    def change(self) -> str:
        """What is changed, on one line."""
        return f"{_on_one_line(self.before)} → {_on_one_line(self.after) or 'nothing'}"


def of_rule(rule: int, file: str, *changes: tuple[str, str], tests: tuple[str, ...]) -> tuple[Mutation, ...]:
    """Several mutations of one file of the domain that break the same rule."""
    paths = tuple(name if ".py" in name else f"{TESTS}{name}.py" for name in tests)
    path = file if file.endswith(".py") else f"{DOMAIN}{file}.py"
    return tuple(Mutation(rule, path, before, after, paths) for before, after in changes)


def _on_one_line(source: str) -> str:
    return " ".join(source.split())
