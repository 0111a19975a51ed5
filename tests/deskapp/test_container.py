"""Dockerfile and compose.yaml, as far as they can be tried without a container engine: each command is what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from deskapp.checks import NEEDED
from deskapp.management.commands.demo import QUEUES

PROJECT = Path(__file__).parents[2]
COMPOSE = (PROJECT / "compose.yaml").read_text()
DOCKERFILE = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")


def test_files_are_gathered_with_nothing_but_what_the_dockerfile_gives(tmp_path):
    (given,) = re.findall(r"^RUN (SECRET_KEY=.*) python (manage\.py collectstatic .*)$", DOCKERFILE, re.M)
    environment = dict(pair.split("=", 1) for pair in given[0].split())
    done = subprocess.run(
        [sys.executable, *given[1].split()],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "THROUGHLINE_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_every_variable_that_a_desk_needs_reaches_it():
    given = re.search(r"^  environment:\n((?:    .*\n)+)", COMPOSE, re.M)[1]
    assert set(NEEDED) <= set(re.findall(r"^    (\w+):", given, re.M))
    assert "env_file: .env" in COMPOSE
    asked = set(re.findall(r"\$\{(\w+):\?", COMPOSE))
    recipe = (PROJECT / "README.md").read_text().partition("## In production")[2].partition("\n## ")[0]
    assert asked <= set(re.findall(r"[A-Z_]{5,}", recipe)), "the README says how to begin .env"


def test_worker_takes_from_every_queue():
    assert re.search(r'- --queues\n +- "([^"]+)"', COMPOSE)[1] == QUEUES


def test_commands_are_there():
    named = re.findall(r'\["python", "manage\.py", "(\w+)"', COMPOSE)
    assert {"migrate", "watch"} == set(named)
    assert set(named) <= set(get_commands())


@pytest.mark.parametrize(("allowed", "is_well"), [("testserver, desk.example", True), ("elsewhere.example", False)])
def test_health_is_asked_as_the_proxy_would(live_server, allowed, is_well):
    block = re.search(r"        - -c\n        - \|\n((?:          .*\n)+)", COMPOSE)[1]
    code = "\n".join(line[10:] for line in block.splitlines()).replace("http://localhost:8000", live_server.url)
    done = subprocess.run(
        [sys.executable, "-c", code], env={"ALLOWED_HOSTS": allowed}, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode == 0) == is_well, done.stderr
