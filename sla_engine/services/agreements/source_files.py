"""Reads files given by name or by folder as text; one that cannot be read becomes a problem with a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.files.yaml_document import LARGEST_FILE_CHARS

LARGEST_FILE_BYTES = 4 * LARGEST_FILE_CHARS  # a character has up to four
YAML_ENDINGS = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file: the name that messages call it by, and its text."""

    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The fingerprint by which an unchanged file is known."""
        return sha256(self.text.encode()).hexdigest()


def read_files(paths: Iterable[Path]) -> tuple[list[SourceFile], list[FileProblem]]:
    """The files in the order given, a folder's YAML files by name, and what could not be read."""
    files: list[SourceFile] = []
    problems: list[FileProblem] = []
    for path in paths:
        for file in _expanded(path, problems):
            try:
                files.append(SourceFile(str(file), _text(file)))
            except FileInvalid as too_large:
                problems.extend(too_large.problems)
            except UnicodeDecodeError as error:
                problems.append(FileProblem(str(file), 1, f"this is not UTF-8 text (byte {error.start})"))
            except OSError as error:
                problems.append(FileProblem(str(file), 1, f"cannot be read: {error.strerror}"))
    return files, problems


def _text(path: Path) -> str:
    """The file as text; at most one byte more than the largest file is read, because a device or a log has no end.

    Raises: FileInvalid, UnicodeDecodeError, OSError.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise FileInvalid([FileProblem(str(path), 1, f"the file is larger than {LARGEST_FILE_BYTES:,} bytes")])
    return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def zone_data_version() -> str:
    """The version of the zone data in use, kept with everything that was read with it."""
    return version("tzdata")


def _expanded(path: Path, problems: list[FileProblem]) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    files = sorted(file for file in path.iterdir() if file.suffix in YAML_ENDINGS)
    if not files:
        problems.append(FileProblem(str(path), 1, "the folder holds no .yaml file"))
    yield from files
