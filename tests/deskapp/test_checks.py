"""`check --deploy`: passes for a whole environment, and names each thing that is missing or senseless."""

import os
import subprocess
import sys

import pytest

KEY = "k3y-of-a-desk-that-is-long-enough-and-has-many-different-letters-0123456789"
WHOLE = {
    "SECRET_KEY": KEY,
    "ENCRYPTION_KEYS": KEY,
    "SITE_URL": "https://desk.example",
    "ALLOWED_HOSTS": "desk.example",
    "DATABASE_URL": "postgres://desk@database.example/desk",
    "REDIS_URL": "redis://redis.example:6379/0",
}
OURS = {"THROUGHLINE_TEST", "THROUGHLINE_DEMO", "DEBUG", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER"}


def check(**changed):
    around = {name: value for name, value in os.environ.items() if name not in OURS}
    environment = {**around, **WHOLE, **changed}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_whole_environment_passes():
    code, said = check()
    assert code == 0, said


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SITE_URL": "http://desk.example"}, "SITE_URL is not https"),
        ({"ALLOWED_HOSTS": "other.example"}, "nobody could open the desk"),
        ({"ENCRYPTION_KEYS": "short"}, "shorter than 32"),
        ({"OIDC_CLIENT_ID": "desk"}, "OIDC_CLIENT_SECRET and OIDC_ISSUER missing"),
        ({"SITE_URL": "ftp://desk.example"}, "it takes http or https"),
        ({"TIME_ZONE": "Mars/Base"}, "it takes a time zone"),
        ({"LANGUAGE_CODE": "tlh"}, "it takes en, de"),
        ({"VAPID_PRIVATE_KEY": "nonsense"}, "no private key of the curve P-256"),
    ],
)
def test_what_is_senseless_is_said(changed, says):
    code, said = check(**changed)
    assert code and says in said and "Traceback" not in said


def test_each_missing_variable_is_named(monkeypatch):
    from deskapp.checks import NEEDED, environment

    for name in NEEDED:
        monkeypatch.delenv(name, raising=False)
    said = [found.msg for found in environment(None)]
    assert all(any(line.startswith(f"{name} is not set: ") for line in said) for name in NEEDED)
