"""The embedded PostgreSQL and Redis: they start anywhere, outlive kill -9, and go when nobody uses them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskapp import embedded

QUESTION = """
import sys
sys.path.insert(0, {package!r})
import embedded, psycopg, redis
with psycopg.connect(embedded.database_url()) as database:
    print(database.execute("SELECT current_setting('fsync')").fetchone()[0], end=" ")
print(redis.Redis.from_url(embedded.redis_url()).ping(), embedded.database_settings()["HOST"], flush=True)
{then}
"""


@pytest.fixture
def folder(tmp_path):
    """A data directory of its own, in which nothing runs any more afterwards."""
    data = tmp_path / "data"
    yield data
    embedded.stop(data)
    if (data / "sockets").exists():
        assert not Path((data / "sockets").read_text()).exists()


def ask(data: Path, *, then: str = "", testing: bool = True, tmpdir: str = "/tmp", stderr=None) -> subprocess.Popen:
    """Another process that asks both servers a question, and then does `then`."""
    code = QUESTION.format(package=str(embedded.KEEPER.parent), then=then)
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
    environment |= {"THROUGHLINE_DATA": str(data), "THROUGHLINE_TEST": str(testing).lower(), "TMPDIR": tmpdir}
    command = [sys.executable, "-I", "-c", code]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)


def answer(process: subprocess.Popen) -> str:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said.strip()


def wait_until_gone(data: Path) -> None:
    deadline = time.monotonic() + 60
    while embedded.is_running(data):
        assert time.monotonic() < deadline, "the servers outlived everyone who used them"
        time.sleep(0.05)


def test_they_start_and_go_with_their_last_user(folder):
    assert answer(ask(folder)) == f"off True {socket_place(folder)}"
    wait_until_gone(folder)
    assert not (folder / "postgres" / "postmaster.pid").exists()


def test_the_demo_writes_everything_down(folder):
    assert answer(ask(folder, testing=False)).startswith("on True")
    wait_until_gone(folder)
    assert list((folder / "redis" / "appendonlydir").glob("*.aof"))


def test_many_at_once_share_one_server(folder):
    askers = [ask(folder) for _ in range(6)]
    assert len({answer(asker) for asker in askers}) == 1
    assert (folder / "logs" / "postgres.log").read_text().count("database system is ready") == 1


def test_a_path_with_spaces_and_accents_works(tmp_path):
    data = tmp_path / "Bücher und, Käse" / "data"
    try:
        assert answer(ask(data)).startswith("off True")
    finally:
        embedded.stop(data)


def test_a_path_too_long_for_a_socket_works_whatever_tmpdir_says(tmp_path):
    data = tmp_path / "a-very-long-name" / ("x" * 200) / ("y" * 200)
    try:
        first, second = ask(data, then="import time; time.sleep(3)"), None
        assert first.stdout is not None
        place = first.stdout.readline().split()[-1]
        second = ask(data, tmpdir=str(tmp_path))
        assert answer(second).split()[-1] == place
        assert len(place) < embedded.LONGEST_SOCKET
        assert Path(place).stat().st_mode & 0o077 == 0
    finally:
        first.kill()
        first.communicate()
        embedded.stop(data)
    assert not Path(place).exists()


def test_stale_pid_files_are_passed_by(folder):
    answer(ask(folder))
    wait_until_gone(folder)
    stranger = str(os.getpid())  # alive, and no PostgreSQL
    (folder / "postgres" / "postmaster.pid").write_text(f"{stranger}\n{folder}/postgres\n1\n5432\n\n\n\n")
    (folder / "keeper.lock").write_text(stranger)
    assert answer(ask(folder)).startswith("off True")


def test_a_killed_user_leaves_no_server_behind(folder):
    user = ask(folder, then="import time; time.sleep(60)")
    assert user.stdout is not None and user.stdout.readline()
    assert embedded.is_running(folder)
    user.kill()
    user.communicate()
    wait_until_gone(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_killed_keeper_takes_its_servers_along_and_the_next_start_works(folder):
    user = ask(folder, then="import time; time.sleep(60)")
    assert user.stdout is not None and user.stdout.readline()
    os.kill(int((folder / "keeper.lock").read_text()), signal.SIGKILL)
    try:
        assert answer(ask(folder)).startswith("off True")
    finally:
        user.kill()
        user.communicate()


def test_a_database_that_dies_is_started_again(folder):
    user = ask(folder, then="import time; time.sleep(60)")
    assert user.stdout is not None and user.stdout.readline()
    pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    try:
        deadline = time.monotonic() + 60
        while "starting it again" not in (folder / "logs" / "keeper.log").read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        while not embedded._answer(Path(socket_place(folder))):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert answer(ask(folder)).startswith("off True")
    finally:
        user.kill()
        user.communicate()


def test_a_half_made_database_is_made_anew(folder):
    (folder / "postgres.new").mkdir(parents=True)
    (folder / "postgres.new" / "PG_VERSION").write_text("18")
    assert answer(ask(folder)).startswith("off True")


def test_a_full_disk_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "free_megabytes", lambda data: 12)
    with pytest.raises(embedded.EmbeddedError, match="almost full: 12 MB are free, the desk needs 500 MB"):
        embedded._running(tmp_path / "data")


def test_what_postgres_says_when_it_cannot_start_is_passed_on(folder):
    answer(ask(folder))
    wait_until_gone(folder)
    (folder / "postgres" / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    failed = ask(folder, stderr=subprocess.PIPE)
    assert "PostgreSQL did not start: “" in failed.communicate(timeout=60)[1]


def socket_place(data: Path) -> str:
    return str(embedded.socket_dir(data))
