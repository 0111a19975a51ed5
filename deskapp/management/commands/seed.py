"""Fills an empty desk with the demo shop's people, words and past: `manage.py seed`. A second run changes nothing."""

import random
from datetime import datetime, timedelta

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from conversations import moments
from conversations.models import Conversation, Message
from conversations.reports import back_fill
from customers import profile
from customers.gather import gather_all
from customers.models import Customer, Identity
from deskapp.demo import asked, deadlines, decided, desk, fern_rows, polled, shifts, worked, written_first
from deskapp.demo.bought import Numbers
from deskapp.demo.browsing import Browsing
from deskapp.demo.buying import Buying
from deskapp.demo.coming import Coming
from deskapp.demo.fern_past import FernPast
from deskapp.demo.load import Loader
from deskapp.demo.load_purchases import load_loyalty, load_products, load_purchases
from deskapp.demo.past import Past
from deskapp.demo.people import people
from deskapp.demo.star_purchases import INGRID, RESERVED, star_purchases
from deskapp.demo.stars import stars
from deskapp.demo.talk import Person, Talk
from deskapp.demo.ways import ways
from integrations.models import Connector

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
    known, numbers = stars(now), Numbers(now, set(RESERVED))
    persons = people(customers, chance, now - timedelta(days=1), but={talk.person.name for talk in known})
    talks = Past(now, chance, numbers).talks(
        persons, closed=int(customers * 2.3), snoozed=max(2, customers // 26), open_=max(4, customers // 10)
    )
    by_fern = FernPast(now, numbers).talks(persons, count=customers // 3)
    loader = Loader()
    loader.load([*talks, *by_fern, *known])
    asked.understand()
    deadlines.build()
    deadlines.reckon(now)
    shifts.build(desk.DOMAIN, now)
    bought(now, persons, [*talks, *by_fern], {talk.person.name: talk.person for talk in known}, loader, numbers)
    fern_rows.Rows(desk.DOMAIN).write(loader.with_fern)
    decided.build(now)
    back_fill.everything()
    worked.write()
    polled.build(now)
    written_first.build(now)
    ways()
    said = Message.objects.filter(kind=Message.Kind.INBOUND).select_related("conversation").defer("search", "html")
    moments.pin([(message, message.conversation.customer_id) for message in said])


def bought(
    now: datetime,
    persons: list[Person],
    talks: list[Talk],
    known: dict[str, Person],
    loader: Loader,
    numbers: Numbers,
) -> None:
    """What these people bought and looked at, by a chance of its own."""
    chance, shop = random.Random(CHANCE + 1), Connector.objects.get(name=desk.SHOP)
    load_products(shop, now)
    purchases = star_purchases(now, known, numbers)
    bought_by_all = Buying(now, chance, numbers).purchases(talks, persons)
    purchases += bought_by_all
    load_purchases(purchases, shop, loader.identities)
    load_loyalty(standing(now, [*persons, *known.values()], chance), shop, loader.identities)
    browsing = Browsing(now, chance, shop.pk)
    came = Coming(random.Random(CHANCE + 2), shop.pk).facts(bought_by_all)
    profile.changed(gather_all([*browsing.facts(persons), *browsing.ingrid(known[INGRID]), *came]))
    profile.changed(Identity.objects.filter(orders__isnull=False).values_list("customer", flat=True))


def standing(now: datetime, persons: list[Person], chance: random.Random) -> dict[Person, tuple[str, int, datetime]]:
    """Who has a tier has points, and so have some others."""
    found = {}
    for person in persons:
        points = {"Gold": 1500, "Silver": 600}.get(person.tier, 0) + chance.randint(20, 480)
        if person.shop and (person.tier or chance.random() < 0.3):
            found[person] = (person.tier, points, now - timedelta(days=chance.uniform(5, 170)))
        if person.name == INGRID:
            found[person] = ("Gold", 1840, now - timedelta(days=44))
    return found
