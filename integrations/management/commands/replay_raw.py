"""Tries once more what was set aside, after the cause was mended."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.inbound.process import replay
from integrations.models import RawEvent


class Command(BaseCommand):
    help = "Processes events that were set aside once more: those named, or --all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="numbers of events")
        parser.add_argument("--all", action="store_true", help="everything that is set aside")
        parser.add_argument("--list", action="store_true", help="only say what is set aside, and why")

    def handle(self, *, ids: list[int], **options: object) -> None:
        aside = RawEvent.objects.filter(state=RawEvent.State.ASIDE).defer("body").order_by("pk")
        if options["list"]:
            for raw in aside:
                self.stdout.write(f"{raw.pk}  {raw.received_at:%Y-%m-%d %H:%M}  {raw.external_id}: {raw.error}")
            return
        if not ids and not options["all"]:
            raise CommandError("Name events by their numbers, or say --all; --list shows them.")
        for raw in aside if options["all"] else aside.filter(pk__in=ids):
            done = replay(raw)
            self.stdout.write(f"{raw.pk}: {done.get_state_display()} {done.error}".rstrip())
