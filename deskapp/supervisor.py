"""Keeps a set of processes alive, each in a group and with a log of its own, and ends all of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deskapp.keeper import dies_with_parent

STOP_SECONDS = 15
LONGEST_LOG = 20 * 1024 * 1024
LONGEST_PAUSE = 30.0  # between two starts of a process that keeps dying
STEADY_SECONDS = 60.0  # a process that lived as long starts again at once


class Stopped(Exception):
    """Somebody asked for the end while something was going on."""


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due_at: float = 0.0
    deaths: int = 0


class Supervisor:
    def __init__(self, logs: Path, *, environment: dict[str, str], say: Callable[[str], object]) -> None:
        self.logs, self.environment, self.say = logs, environment, say
        self.children: list[Child] = []
        self.stopping = False

    def take_signals(self) -> None:
        """Ctrl-C, a closed terminal and a polite kill mean the same; under nohup a closed terminal means nothing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._stop_soon)

    def run_once(self, command: list[str]) -> int:
        """Runs a step to its end; raises Stopped when the end is asked for meanwhile."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # standard output is for the desk's address, or the one line of --check
            env=self.environment,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        while (code := process.poll()) is None:
            if self.stopping:
                end([process])
                raise Stopped
            time.sleep(0.05)
        return code

    def start(self, name: str, command: list[str]) -> Child:
        if self.stopping:
            raise Stopped
        child = Child(name, command, self.logs / f"{name}.log")
        self.children.append(child)
        self._spawn(child)
        return child

    def watch(self, *, until: Callable[[], bool] = lambda: False) -> bool:
        """Starts again what dies; ends when `until` holds (True) or the end is asked for (False)."""
        while not self.stopping:
            if until():
                return True
            for child in self.children:
                self._tend(child)
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        self.stopping = True
        end([child.process for child in reversed(self.children) if child.process is not None])

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due_at:
                self._spawn(child)
        elif (code := child.process.poll()) is not None:
            sweep(child.process)
            child.deaths += 1
            child.pause = 1.0 if now - child.started_at > STEADY_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
            child.process, child.due_at = None, now + child.pause
            self.say(f"{child.name} {ending(code)}; it starts again in {child.pause:.0f} s. {child.log} says why.")

    def _spawn(self, child: Child) -> None:
        if child.log.exists() and child.log.stat().st_size > LONGEST_LOG:
            child.log.replace(child.log.with_suffix(".log.1"))
        with open(child.log, "ab") as log:
            child.process = subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        child.started_at = time.monotonic()

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Asks each politely, so that it finishes what it holds, and kills what is left of its group after a while."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        sweep(process)


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kills what a process left behind in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says the second of a group of zombies
        return


def ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
