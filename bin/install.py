"""Installs the locked requirements into .venv, once for each state of the lock; needs nothing but Python 3.11."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TextIO

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
LEAST_FREE_MB = 1500  # the packages take about 700, and half of it twice while they are unpacked


def main() -> None:
    locks = [PROJECT / "requirements.txt"]
    if "--test" in sys.argv[1:]:
        locks.append(PROJECT / "tests" / "requirements.txt")
    with lock_file() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # of two starts at once, the second waits and finds the work done
        if not venv_works():
            make_venv()
        for lock in locks:
            if not is_installed(lock):
                install(lock)


def lock_file() -> TextIO:
    folder = PROJECT / ".data"
    try:
        folder.mkdir(exist_ok=True)
        return open(folder / "setup.lock", "a")
    except PermissionError:
        sys.exit(f"{PROJECT} belongs to somebody else: start it as its owner, or clone it into a folder of yours.")


def venv_works() -> bool:
    """False as well when the Python it was made with has been upgraded away."""
    question = "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))"
    try:
        return subprocess.run([PYTHON, "-c", question], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    if (free := shutil.disk_usage(PROJECT).free // 1024**2) < LEAST_FREE_MB:
        sys.exit(f"The disk of {PROJECT} is almost full: {free} MB are free, the set-up needs {LEAST_FREE_MB} MB.")
    shutil.rmtree(VENV, ignore_errors=True)
    if uv():
        run([uv(), "venv", "--quiet", "--python", sys.executable, str(VENV)])
    elif not has("venv") or not has("ensurepip"):
        sys.exit("This Python comes without venv: install it (Debian: apt install python3-venv), or install uv.")
    else:
        run([sys.executable, "-m", "venv", str(VENV)])


def has(module: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def is_installed(lock: Path) -> bool:
    return stamp(lock).exists() and stamp(lock).read_text() == digest(lock)


def install(lock: Path) -> None:
    print(f"Installing {lock.relative_to(PROJECT)} into .venv …", file=sys.stderr)
    if uv():
        run([uv(), "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", str(lock)])
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", str(lock)])
    stamp(lock).write_text(digest(lock))


def stamp(lock: Path) -> Path:
    return VENV / f"{lock.parent.name if lock.parent != PROJECT else 'desk'}.installed"


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def uv() -> str:
    """The uv on the PATH, or "" where there is none that runs (a version manager may leave a shim without one)."""
    found = shutil.which("uv")
    works = found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
    return found if found and works else ""


def run(command: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONHOME"}}
    if code := subprocess.run(command, env=environment, cwd=PROJECT, check=False).returncode:
        sys.exit(f"The set-up stopped: “{' '.join(command)}” ended with {code}, for the reason above.")


if __name__ == "__main__":
    main()
