"""The machine under a measurement: its facts, and the CPU time that its processes have used."""

import math
import os
import platform
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import django
from django.db import connection

Figures = dict[str, object]

TICK = os.sysconf("SC_CLK_TCK")


def facts() -> Figures:
    """What a figure must be read with: compare only figures of one machine and, better, of one run."""
    with connection.cursor() as cursor:
        settings = {name: _shown(cursor, name) for name in ("server_version", "fsync", "synchronous_commit")}
    return {
        "cpu": _from_proc("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_mb": int((_from_proc("/proc/meminfo", "MemTotal") or "0").split()[0]) // 1024,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": settings["server_version"],
        "fsync": settings["fsync"],
        "synchronous_commit": settings["synchronous_commit"],
        "load_average_at_start": round(os.getloadavg()[0], 2),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _shown(cursor: object, name: str) -> str:
    cursor.execute("select current_setting(%s)", [name])  # type: ignore[attr-defined]
    return str(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _from_proc(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""  # not Linux: the figure is left out rather than guessed
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time that these processes have used so far; one that has ended counts for nothing."""
    total = 0
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()  # after the name, which may hold spaces; field 3 is the state
        total += int(fields[11]) + int(fields[12])
    return total / TICK


class DatabaseCpu:
    """What the database uses from now on, also of connections that come and go, if one looks now and then."""

    def __init__(self) -> None:
        self.first = {pid: cpu_seconds([pid]) for pid in database_pids()}
        self.last = dict(self.first)

    def look(self) -> float:
        """Seconds so far."""
        self.last |= {pid: cpu_seconds([pid]) for pid in database_pids()}
        return sum(used - self.first.get(pid, 0.0) for pid, used in self.last.items())


def database_pids() -> list[int]:
    """The server's processes that work for this database: its backends but ours, and those that write for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity"
            " where pid <> pg_backend_pid() and (datname = current_database() or datname is null)"
        )
        return [pid for (pid,) in cursor.fetchall()]


def family(pid: int) -> list[int]:
    """The process and all that it started, and those that they did."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(each for child in children for each in family(int(child)))]


def pss_mb(pids: Iterable[int]) -> float:
    """Proportional set size: a page that n processes share counts an n-th for each."""
    found = (_from_proc(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids)
    return sum(int(line.split()[0]) for line in found if line) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(share * len(ordered) - 1e-9)) - 1]
