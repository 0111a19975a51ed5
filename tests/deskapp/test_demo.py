"""The demo's supervisor and its doors: nothing is left behind, and what goes wrong is one sentence."""

import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from deskapp import embedded
from deskapp.management.commands import demo
from deskapp.supervisor import Stopped, Supervisor, python

SLEEPER = "import time; print('up', flush=True); time.sleep(300)"
# Ignores the polite signal, and has a child of its own that does so as well.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
print(child.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    one = Supervisor(tmp_path, environment=dict(os.environ), say=said.append)
    yield one
    one.stop()


@pytest.fixture
def data(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_what_dies_is_started_again_and_said(supervisor, said):
    child = supervisor.start("worker", python("-c", SLEEPER))
    first = child.process
    first.kill()
    assert supervisor.watch(until=lambda: child.process not in (first, None))
    assert said == [f"worker was ended by SIGKILL; it starts again in 2 s. {child.log} says why."]
    assert child.process.poll() is None


def test_what_keeps_dying_waits_longer_each_time(supervisor, said):
    child = supervisor.start("web", python("-c", "raise SystemExit(3)"))
    assert supervisor.watch(until=lambda: len(said) == 2)
    assert "web ended with exit code 3; it starts again in 2 s." in said[0]
    assert "it starts again in 4 s." in said[1]
    assert child.process is None


def test_a_desk_whose_web_dies_at_once_says_what_web_said(supervisor, monkeypatch):
    monkeypatch.setattr(demo, "MOST_DEATHS", 1)
    command = demo.Command()
    command.supervisor = supervisor
    supervisor.start("web", python("-c", "raise SystemExit('no such module')"))
    with pytest.raises(CommandError, match="The web does not stay up: “no such module”"):
        command.wait_until_ready(demo.free_port())


def test_stopping_leaves_nothing_of_a_stubborn_family(supervisor, monkeypatch):
    monkeypatch.setattr("deskapp.supervisor.STOP_SECONDS", 0.5)
    child = supervisor.start("worker", python("-c", STUBBORN))
    assert supervisor.watch(until=lambda: child.log.read_text().strip().isdigit())
    grandchild = int(child.log.read_text())
    supervisor.stop()
    assert child.process.returncode == -signal.SIGKILL
    wait_until(lambda: not runs(grandchild))


def test_a_step_is_ended_when_the_end_is_asked_for(supervisor):
    supervisor.stopping = True
    with pytest.raises(Stopped):
        supervisor.run_once(python("-c", SLEEPER))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_to_ask_for_the_end_ends_every_process(tmp_path, number):
    parent = start_supervising(tmp_path)
    child = int((tmp_path / "pid").read_text())
    parent.send_signal(number)
    assert parent.wait(60) == 0
    assert not runs(child)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_kill_9_of_the_supervisor_ends_its_processes_too(tmp_path):
    parent = start_supervising(tmp_path)
    child = int((tmp_path / "pid").read_text())
    parent.kill()
    parent.wait()
    wait_until(lambda: not runs(child))


def test_a_taken_port_is_said_in_a_sentence(data, taken_port):
    with pytest.raises(CommandError, match=f"^Port {taken_port} is taken: choose another, as in bin/demo --port"):
        call_command("demo", port=taken_port)


def test_a_second_demo_in_one_folder_names_the_first(data):
    said = []
    with demo.only_demo_in(data, say=said.append) as lock:
        demo.write(lock, "4711 8000")
        with pytest.raises(CommandError, match=r"at http://localhost:8000/ \(process 4711\): stop that one first"):
            call_command("demo")
    assert said == []


def test_a_stale_lock_is_said_and_taken_over(data, taken_port):
    data.mkdir()
    (data / "demo.lock").write_text("4711 8000")
    out = StringIO()
    with pytest.raises(CommandError, match="is taken"):
        call_command("demo", port=taken_port, stdout=out)
    assert "(process 4711) did not stop by itself; its stale lock is taken over" in out.getvalue()


def test_reset_leaves_a_database_of_somebody_else_alone(data, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://desk@database.example/desk")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example")
    with pytest.raises(CommandError, match="--reset empties only the desk's own database"):
        call_command("demo", reset=True)


def test_the_demo_runs_every_queue_that_a_task_is_sent_to(data, settings):
    queues = set(demo.QUEUES.split(","))
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert routed <= queues
    assert f"--queues\n{demo.QUEUES}\n" in "\n".join(demo.processes(data, 8000)["worker"])
    assert demo.QUEUES in (embedded.PROJECT / "compose.yaml").read_text()


def test_a_whole_desk_starts_carries_a_mail_and_leaves_nothing_behind(tmp_path):
    ours = ("THROUGHLINE_TEST", "PYTEST_XDIST_WORKER", "DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    environment |= {"THROUGHLINE_DEMO": "1", "THROUGHLINE_DATA": str(tmp_path / "data")}
    command = python("manage.py", "demo", "--check")
    done = subprocess.run(command, env=environment, cwd=embedded.PROJECT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Throughline is well: ") and done.stdout.count("\n") == 1
    left = subprocess.run(["ps", "-ww", "-eo", "command="], capture_output=True, text=True).stdout
    assert str(tmp_path) not in left


@pytest.mark.parametrize(("have", "sentence"), [("3.9", "(python3 here is 3.9)"), (None, "none on the PATH.")])
def test_an_old_python_is_said_in_a_sentence(tmp_path, have, sentence):
    if have:
        old = tmp_path / "python3"
        old.write_text(f"#!/bin/sh\necho {have}\n")
        old.chmod(0o755)
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}" if os.path.exists(f"/bin/{tool}") else f"/usr/bin/{tool}")
    setup = str(embedded.PROJECT / "bin" / "setup")
    done = subprocess.run([setup], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Throughline needs Python 3.11, 3.12 or 3.13") and sentence in done.stderr


def start_supervising(folder) -> subprocess.Popen:
    """A process that supervises one other, which writes its pid."""
    code = f"""
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests themselves may run under nohup
sys.path.insert(0, {str(embedded.PROJECT)!r})
from pathlib import Path
from deskapp.supervisor import Supervisor, python
one = Supervisor(Path({str(folder)!r}), environment=dict(os.environ), say=print)
one.take_signals()
one.start("worker", python("-c", "import os, time; print(os.getpid(), flush=True); time.sleep(300)"))
one.watch()
one.stop()
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    log = folder / "worker.log"
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    log.rename(folder / "pid")
    return parent


def runs(pid: int) -> bool:
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(said) and not said.startswith("Z")


def wait_until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
