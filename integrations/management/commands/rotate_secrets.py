"""Seals every connector's secrets with the newest key, so that the older ones can be thrown away."""

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from conversations import audit
from integrations import secrets
from integrations.models import Connector


class Command(BaseCommand):
    help = (
        "Seals the secrets of all connectors anew. To change the key: put a new one before the old one in"
        " ENCRYPTION_KEYS (new,old), restart the desk, run this, then take the old one out and restart again. It may"
        " be stopped at any point and run again, also while the desk works: what is sealed with the newest key already"
        " is left as it is."
    )

    def handle(self, **options: object) -> None:
        rotated, unopened = 0, []
        sealed = Connector.objects.exclude(sealed=b"").order_by("pk").values_list("pk", "name", "sealed")
        for pk, name, before in sealed.iterator():
            try:
                if self.rotate(pk, bytes(before)):
                    rotated += 1
                    note = "Its secrets were sealed with the newest key."
                    audit.record(None, Connector(pk=pk, name=name), before={}, after={}, note=note)
            except InvalidToken:
                unopened.append(f"{name} ({pk})")
        self.stdout.write(f"{rotated} of {sealed.count()} connectors were sealed with the newest key.")
        if unopened:
            raise CommandError(f"No key opens the secrets of {', '.join(unopened)}: enter them anew in the settings.")

    def rotate(self, pk: int, before: bytes) -> int:
        """Only what it read: secrets that somebody changes meanwhile are sealed with the newest key by that."""
        after = secrets.rotated(before)
        return Connector.objects.filter(pk=pk, sealed=before).update(sealed=after) if after else 0
