"""PostgreSQL and Redis from their wheels, for a desk on one machine that names no servers of its own.

Whoever uses them holds a shared lock on `users.lock` for as long as it lives; the keeper (keeper.py) runs the two
servers and stops them when nobody holds that lock any more. The kernel drops the lock of a process that was killed,
so there is no count and no pid file that can be wrong.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent
KEEPER = Path(__file__).with_name("keeper.py")
DATABASE = "throughline"  # the name of the database and of its owner
LONGEST_SOCKET = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
LEAST_FREE_MB = 500

_held: dict[Path, int] = {}


class EmbeddedError(RuntimeError):
    """A sentence for whoever started the desk: why its database or Redis cannot run here."""


def testing() -> bool:
    return os.environ.get("THROUGHLINE_TEST", "").lower() in {"1", "true", "yes", "on"} or "pytest" in sys.modules


def data_dir() -> Path:
    """Where the desk keeps everything it writes; the tests have a place of their own."""
    if named := os.environ.get("THROUGHLINE_DATA", "").strip():
        return Path(named).expanduser().resolve()
    return PROJECT / ".data" / "test" if testing() else PROJECT / ".data"


def database_url() -> str:
    """A postgres:// URL of the running embedded database, which is started when it is not running."""
    return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(_running(data_dir())), safe='')}"


def database_settings() -> dict[str, str]:
    """The same for Django's DATABASES; PostgreSQL takes a directory as HOST and means the socket in it."""
    return {"NAME": DATABASE, "USER": DATABASE, "PASSWORD": "", "HOST": str(_running(data_dir())), "PORT": ""}


def redis_url() -> str:
    """A unix:// URL of the running embedded Redis, which is started when it is not running.

    Each of pytest's processes has a database of its own in it.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    own = f"?db={int(worker.removeprefix('gw')) + 1}" if worker else ""
    return f"unix://{_running(data_dir()) / 'redis.sock'}{own}"


def stop(data: Path | None = None, *, timeout: float = 30) -> None:
    """Stops what runs in the data directory and waits until it is gone, whoever still uses it."""
    data = data or data_dir()
    if (users := _held.pop(data, None)) is not None:
        os.close(users)
    if not (data / "keeper.lock").exists():
        return
    if pid := _keeper_pid(data):
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while _keeper_lives(data):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL and Redis in {data} did not stop within {timeout:.0f} seconds.")
        time.sleep(0.05)


def is_running(data: Path | None = None) -> bool:
    return _keeper_lives(data or data_dir())


def free_megabytes(data: Path) -> int:
    existing = next(folder for folder in [data, *data.parents] if folder.exists())
    return shutil.disk_usage(existing).free // 1024**2


def _running(data: Path) -> Path:
    """The directory of the sockets, once both servers answer in it."""
    if data not in _held:
        _make(data)
        _held[data] = _hold(data / "users.lock")
    with _locked(data / "start.lock"):
        if not (_keeper_lives(data) and _answer(socket_dir(data))):
            _end_lost_keeper(data)
            _start_keeper(data)
        return socket_dir(data)


def _make(data: Path) -> None:
    if (free := free_megabytes(data)) < LEAST_FREE_MB:
        raise EmbeddedError(
            f"The disk of {data} is almost full: {free} MB are free, the desk needs {LEAST_FREE_MB} MB."
        )
    try:
        (data / "logs").mkdir(parents=True, exist_ok=True)
        (data / "users.lock").touch()
    except PermissionError:
        raise EmbeddedError(
            f"{data} belongs to somebody else: start the desk as its owner, or name another folder in THROUGHLINE_DATA."
        ) from None


def _hold(path: Path) -> int:
    """A shared lock that lasts as long as this process; waits while a keeper that is stopping has it."""
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def socket_dir(data: Path) -> Path:
    """The data directory's own `run`, or a private short one where that path is too long for a socket.

    A path with spaces or accents counts as too long: not every client unquotes the path of a Redis URL. The short
    one is written down in `sockets`, so that every process finds the same, whatever its TMPDIR.
    """
    near = data / "run"
    if len(str(near / ".s.PGSQL.5432")) <= LONGEST_SOCKET and re.fullmatch(r"[\w./+-]+", str(near), re.ASCII):
        near.mkdir(mode=0o700, exist_ok=True)
        return near
    note = data / "sockets"
    if note.exists() and _is_private(Path(note.read_text())):
        return Path(note.read_text())
    parent = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"  # noqa: S108 - mkdtemp makes it 0700
    short = Path(tempfile.mkdtemp(prefix="throughline-", dir=parent))
    note.write_text(str(short))
    return short


def _is_private(folder: Path) -> bool:
    """Nobody else may put a socket where ours are expected: /tmp is everyone's."""
    try:
        facts = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and facts.st_uid == os.geteuid() and not facts.st_mode & 0o077


def _start_keeper(data: Path) -> None:
    mode = "test" if testing() else "keep"
    with open(data / "logs" / "keeper.log", "ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-I", str(KEEPER), mode, str(data), str(socket_dir(data))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal is for the command, not for the database
        )
    assert keeper.stdout is not None
    with keeper.stdout as pipe:
        word = pipe.readline().decode().strip()  # "ready", or a sentence, or "" when it died
    if word != "ready":
        raise EmbeddedError(word or f"PostgreSQL and Redis did not start: {data / 'logs' / 'keeper.log'} says why.")


def _end_lost_keeper(data: Path) -> None:
    """A keeper whose servers do not answer is stopping, or its starter was killed, or somebody deleted its sockets."""
    if _keeper_lives(data):
        stop(data)
        _held[data] = _hold(data / "users.lock")


def _keeper_lives(data: Path) -> bool:
    try:
        with open(data / "keeper.lock", "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _keeper_pid(data: Path) -> int | None:
    """Only a living keeper's: the number left by a dead one may be somebody else's by now."""
    text = (data / "keeper.lock").read_text().strip()
    return int(text) if text.isdigit() and _keeper_lives(data) else None


def _answer(sockets: Path) -> bool:
    return all(_accepts(sockets / name) for name in (".s.PGSQL.5432", "redis.sock"))


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
