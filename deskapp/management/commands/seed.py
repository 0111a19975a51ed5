"""Fills an empty desk with the demo shop's people, words and past: `manage.py seed`. A second run changes nothing."""

import random
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from conversations.models import Conversation, Message
from customers.models import Customer
from deskapp.demo import desk
from deskapp.demo.load import Loader
from deskapp.demo.past import Past
from deskapp.demo.people import people
from deskapp.demo.stars import stars

CHANCE = 20


class Command(BaseCommand):
    requires_system_checks = []  # it needs no page
    help = "Makes the demo's teams, agents, channels and half a year of conversations, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=340, help="how many the past is made of (340)")

    @transaction.atomic
    def handle(self, *, customers: int, **options: object) -> None:
        with connection.cursor() as cursor:  # two seeds at once make one past
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('throughline seed', 0))")
        desk.build()
        if Conversation.objects.exists():
            return
        past(customers)
        if options["verbosity"]:
            written = f"{Customer.objects.count()} customers, {Conversation.objects.count()} conversations"
            self.stdout.write(f"The past is written: {written}, {Message.objects.count()} messages.")


def past(customers: int) -> None:
    """The past ends now, whenever that is; who it is about and what they said is the same on every machine."""
    now, chance = timezone.now(), random.Random(CHANCE)
    known = stars(now)
    persons = people(customers, chance, now - timedelta(days=1), but={talk.person.name for talk in known})
    talks = Past(now, chance).talks(
        persons, closed=int(customers * 2.3), snoozed=max(2, customers // 26), open_=max(4, customers // 10)
    )
    Loader().load([*talks, *known])
