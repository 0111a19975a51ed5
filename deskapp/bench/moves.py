"""`bench moves`: a large table of customers and a large mailbox, looked at and brought in: time and memory it takes.

Memory is the peak of this process (VmHWM, set back before each step): it must not grow with the file."""

import gzip
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from conversations.models import Channel, Medium, Team
from deskapp.bench.machine import Figures
from deskapp.bench.mails import mails
from deskapp.models import Role, User
from integrations.imports import running
from integrations.imports.choices import Choices
from integrations.imports.files import LARGEST
from integrations.imports.preview import preview
from integrations.imports.uploading import take
from integrations.models import Import

MAILBOX = "support@bench.example"
STRETCH = 60.0  # as a task has
AT_ONCE = 500  # mails that are made before they are written down


def run(*, say: Callable[[str], None], rows: int = 200_000, megabytes: int = 300, **options: object) -> Figures:
    admin = User.objects.create_user("moves@bench.example", None, name="Moves", role=Role.ADMIN)
    team, _made = Team.objects.get_or_create(name="Bench")
    channel = Channel.objects.create(name="Bench", medium=Medium.EMAIL, address=MAILBOX, team=team)
    figures: Figures = {"stretch_seconds": STRETCH}
    with TemporaryDirectory() as folder:
        for name, write, much in (("mails.mbox", _box, megabytes), ("customers.csv", _table, rows)):
            if not much:
                continue
            path = Path(folder) / f"{name}.gz"
            size = write(path, much)
            say(f"bench moves: {path.name}, {size / 1e6:.0f} MB")
            figures[name.partition(".")[0]] = {"megabytes": round(size / 1e6, 1), **_brought(path, admin, channel, say)}
    return figures


def _brought(path: Path, admin: User, channel: Channel, say: Callable[[str], None]) -> Figures:
    found: Figures = {"memory_before_mb": round(_rss(), 1)}
    with _measured(found, "take"), path.open("rb") as file:
        one = take(file, path.name, path.stat().st_size, by=admin, most=LARGEST)
    one.options = Choices(is_verified=True, channel=channel.pk, zone="UTC").kept()
    one.save(update_fields=["options"])
    with _measured(found, "preview"):
        preview(one)
    with _measured(found, "bring_in"):
        running.start(one, by=admin)
        while one.is_under_way or one.state == Import.State.DRAFT:
            one = running.run(one.pk, seconds=STRETCH)
            say(f"bench moves: {one.done} of {one.total}, {_rss():.0f} MB")
    found |= {"items": one.done, "made": one.made, "known": one.known, "set_aside": one.aside, "state": one.state}
    say(f"bench moves: {path.name}: {found}")
    return found


@contextmanager
def _measured(found: Figures, name: str) -> Iterator[None]:
    _forget_peak()
    began, used = time.perf_counter(), _cpu()
    yield
    found[f"{name}_seconds"] = round(time.perf_counter() - began, 2)
    found[f"{name}_cpu_seconds"] = round(_cpu() - used, 2)
    found[f"{name}_peak_mb"] = round(_status("VmHWM"), 1)


def _table(path: Path, rows: int) -> int:
    """Customers as a shop's system writes them; gives how large it is unpacked."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1, newline="") as out:
        size = out.write("Email,Phone,First name,Last name,City,Customer since,Note\r\n")
        for n in range(rows):
            phone = f"+44 7700 {900000 + n:06}"[:17]
            who = f"customer{n}@bench.example,{phone},Ann,Bell {n},Leeds"
            size += out.write(f'{who},2024-0{n % 9 + 1}-11,"Size M, likes {n % 40}"\r\n')
    return size


def _box(path: Path, megabytes: int) -> int:
    size, seed = 0, 1
    with gzip.open(path, "wb", compresslevel=1) as out:
        while size < megabytes * 1_000_000:
            for mail in mails(AT_ONCE, to=MAILBOX, seed=seed):
                body = mail.raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
                size += out.write(b"From bench@bench.example Mon Nov 16 09:12:00 2026\n" + body + b"\n")
                if size >= megabytes * 1_000_000:
                    break
            seed += 1
    return size


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _rss() -> float:
    return _status("VmRSS")


def _status(name: str) -> float:
    """In MB. Linux alone tells."""
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
