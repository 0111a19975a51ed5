"""Reads settings from the environment, and says in a sentence what is missing or senseless."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is “{value}”; it takes true or false.")


def number(name: str, default: int, *, at_least: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdigit() or int(value) < at_least:
        raise ImproperlyConfigured(f"{name} is “{value}”; it takes a whole number of at least {at_least}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def address(name: str, *schemes: str) -> str:
    """A URL of one of `schemes`, or "" when the variable is not set."""
    value = text(name)
    if value and value.split("://")[0] not in schemes:
        raise ImproperlyConfigured(f"{name} starts with “{value.split(':')[0]}:”; it takes {' or '.join(schemes)}.")
    return value


def zone(name: str, default: str) -> str:
    value = text(name) or default
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is “{value}”; it takes a time zone, as in Europe/London.") from None
    return value


def one_of(name: str, default: str, known: Iterable[str]) -> str:
    value = text(name) or default
    if value not in known:
        raise ImproperlyConfigured(f"{name} is “{value}”; it takes {', '.join(known)}.")
    return value


def kept_secret(directory: Path, name: str) -> str:
    """A random secret made once and kept in the data directory, for a desk on one's own machine."""
    path = directory / f"{name}.secret"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        directory.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass  # another process was first
    return path.read_text().strip()
