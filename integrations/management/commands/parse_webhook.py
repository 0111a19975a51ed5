"""Prints what an adapter understands of recorded webhooks, one JSON object a line; touches no database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from integrations.adapters import ADAPTERS
from integrations.inbound.aloud import ALIASES, Json, Recorded, aloud

JSON = "application/json"


class Command(BaseCommand):
    help = (
        "Prints what ADAPTER understands of a recorded webhook (FILE or standard input), one JSON object for each thing"
        " in it. --batch DIR reads a folder with a manifest.json: a list of objects with id, kind, file, content_type"
        f" and headers. Adapters: {', '.join(sorted(ADAPTERS))}; also known: {', '.join(sorted(ALIASES))},"
        " email-inbound-SERVICE, cdr-SYSTEM."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("adapter", nargs="?", default="", help="a key of integrations.adapters, or an alias")
        parser.add_argument("file", nargs="?", type=Path, help="the body; standard input where it is not given")
        parser.add_argument("--content-type", default=JSON, help=f"of the body; {JSON} where it is not given")
        parser.add_argument("--header", action="append", default=[], metavar="K:V", help="a header it came with")
        parser.add_argument("--setting", action="append", default=[], metavar="K=V", help="of the connector: region=GB")
        parser.add_argument("--kind", default="", help="the last word of an address with several: tracking")
        parser.add_argument("--batch", type=Path, metavar="DIR", help="a folder with manifest.json")

    def handle(self, *, batch: Path | None, adapter: str, file: Path | None, **options: object) -> None:
        settings = _pairs(options["setting"], "=")
        if batch is not None:
            for row in _rows(batch):
                self._print_row(batch, row, settings)
            return
        if not adapter:
            raise CommandError("Say which adapter, or give --batch.")
        body = _read(file) if file else sys.stdin.buffer.read()
        headers = _pairs(options["header"], ":")
        self._print(
            aloud(Recorded(adapter, body, str(options["content_type"]), headers, settings, str(options["kind"]))), {}
        )

    def _print_row(self, folder: Path, row: Json, settings: dict[str, str]) -> None:
        """A row that is broken says so in its own line, and the others are read."""
        about: Json = {"id": row.get("id", row.get("file", ""))}
        headers = row.get("headers")
        try:
            recorded = Recorded(
                adapter=str(row.get("kind", "")),
                body=_read(folder / str(row.get("file", ""))),
                content_type=str(row.get("content_type") or JSON),
                headers={str(key): str(value) for key, value in headers.items()} if isinstance(headers, dict) else {},
                settings=settings,
            )
        except CommandError as error:
            self._print([{"error": str(error)}], about)
            return
        self._print(aloud(recorded), about)

    def _print(self, lines: Iterable[Json], about: Json) -> None:
        for line in lines:
            self.stdout.write(json.dumps({**about, **line}, ensure_ascii=True))


def _rows(folder: Path) -> list[Json]:
    try:
        found = json.loads(_read(folder / "manifest.json"))
    except ValueError as error:
        raise CommandError(f"manifest.json is no JSON: {error}.") from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise CommandError("manifest.json is no list of objects.")
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _pairs(given: object, mark: str) -> dict[str, str]:
    assert isinstance(given, list)
    parted = [str(each).partition(mark) for each in given]
    return {name.strip(): value.strip() for name, _mark, value in parted}
