"""Prints what the e-mail parser reads in raw messages, one JSON object a line; touches no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from integrations.adapters.media.email.report import Json, report


class Command(BaseCommand):
    help = "Prints one raw e-mail (PATH or standard input) as JSON; --batch DIR prints a line for each file."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a raw message; standard input where it is not given")
        parser.add_argument("--batch", type=Path, metavar="DIR", help="every file of this folder, one line each")

    def handle(self, *, path: Path | None, batch: Path | None, **options: object) -> None:
        if batch is not None:
            self._print_folder(batch)
        else:
            self._print(self._read(path) if path is not None else report(sys.stdin.buffer.read()))

    def _print_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        for file in sorted(file for file in folder.iterdir() if file.is_file()):
            self._print({"file": file.name, **self._read(file)})

    def _read(self, path: Path) -> dict[str, Json]:
        try:
            return report(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error

    def _print(self, found: dict[str, Json]) -> None:
        # ASCII only: a lone surrogate from a broken header must not stop the output.
        self.stdout.write(json.dumps(found, ensure_ascii=True))
