"""Problems and warnings of a file, and the refusal that carries them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sla_engine.domain.errors import SlaError


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One mistake in a file: its line (counted from 1), and a sentence that says what stands there and what may."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


@dataclass(eq=False)
class FileInvalid(SlaError):
    """The file has mistakes; nothing was changed."""

    problems: Sequence[FileProblem]


@dataclass(frozen=True, slots=True)
class FileWarning(FileProblem):
    """Something in a file that is allowed but rarely meant; the file is taken all the same."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: warning: {self.sentence}"
