"""What is wrong in a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong in a file: where, and a sentence with what was found and what is allowed."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(eq=False)
class FileInvalid(SlaError):
    """A file cannot be taken; nothing was changed."""

    problems: Sequence[FileProblem]


@dataclass(frozen=True, slots=True)
class FileWarning(FileProblem):
    """Something in a file that is allowed but rarely meant; the file is taken all the same."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: warning: {self.sentence}"
