"""Half a year of buying: what the conversations speak of, with dates that fit, and what else these people bought."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from conversations.models import Status
from customers.facts import Line
from customers.models.order import OrderStatus, ReturnStatus
from deskapp.demo.bought import PLACES, GivenBack, Numbers, Purchase, collected, line, sent
from deskapp.demo.talk import Person, Talk
from integrations.simulators.demo_shop.goods import PRODUCTS

REASONS = ("too small", "too large", "not as pictured", "two ordered to choose from", "a present twice")
POSTAGE = Decimal("4")


class Buying:
    def __init__(self, now: datetime, chance: random.Random, numbers: Numbers) -> None:
        self.now, self.chance, self.numbers = now, chance, numbers

    def purchases(self, talks: Sequence[Talk], persons: Iterable[Person]) -> list[Purchase]:
        spoken_of = [self._spoken_of(talk) for talk in talks if talk.bought]
        others = [purchase for person in persons for purchase in self._others(person)]
        return [*spoken_of, *others]

    def _spoken_of(self, talk: Talk) -> Purchase:
        """The order had come so far when the customer wrote as their words say that it had."""
        assert talk.bought is not None
        about, asked, ended = talk.bought, talk.lines[0].at, talk.lines[-1].at
        placed = asked - timedelta(days=about.days)
        goods = [line(about.product, about.size)]
        if about.topic == "exchange" and self.chance.random() < 0.3:
            goods.append(self._article())
        purchase = Purchase(talk.person, about.number, tuple(goods), [], extra=POSTAGE)
        is_over = talk.status == Status.RESOLVED
        if about.topic == "late":
            arrives = (ended - placed) / timedelta(hours=1) + 30 if is_over else 1e5
            purchase.steps = sent(placed, now=self.now, packed=20, under_way=arrives)
            return purchase
        arrives = about.days * 24 * self.chance.uniform(0.5, 0.8) - 8
        purchase.steps = sent(placed, now=self.now, under_way=max(6.0, arrives))
        if about.topic == "returned" or (about.topic == "exchange" and len(talk.lines) > 1):
            self._give_back(purchase, talk, is_over=is_over)
        return purchase

    def _give_back(self, purchase: Purchase, talk: Talk, *, is_over: bool) -> None:
        assert talk.bought is not None
        is_returned = talk.bought.topic == "returned"
        opened = talk.lines[0].at - timedelta(days=4) if is_returned else talk.lines[1].at
        opened = max(opened, purchase.changed_at + timedelta(hours=1))
        back = GivenBack(f"RT-{2000 + int(purchase.number[3:]) % 7000}", min(opened, self.now))
        back.reason = "sent back" if is_returned else "another size"
        purchase.back = back
        if self.chance.random() < 0.25:
            back.place = self.chance.choice(PLACES)
        if not is_over:
            back.status, back.changed_at = ReturnStatus.SENT if is_returned else ReturnStatus.OPENED, back.opened_at
            return
        back.changed_at = min(max(talk.lines[-1].at, back.opened_at) + timedelta(hours=20), self.now)
        back.status = ReturnStatus.REFUNDED if is_returned else ReturnStatus.CLOSED
        if is_returned:
            purchase.refunded = purchase.lines[0].price
            whole = purchase.refunded == purchase.total
            purchase.steps.append((OrderStatus.REFUNDED if whole else purchase.status, back.changed_at))

    def _others(self, person: Person) -> list[Purchase]:
        """Some buy once, some often; a few buy socks every other month."""
        since = person.since or self.now - timedelta(days=182)
        dates = [
            since + (self.now - since) * self.chance.random() for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4)))
        ]
        found = [self._any(person, at) for at in dates]
        if self.chance.random() < 0.06:
            every, at = self.chance.uniform(36, 58), since + timedelta(days=self.chance.uniform(1, 20))
            while at < self.now:
                steps = sent(at, now=self.now)
                found.append(Purchase(person, self.numbers.of(at), (line("Otter Hiking Socks", "40–43", 3),), steps))
                at += timedelta(days=every * self.chance.uniform(0.92, 1.08))
        return found

    def _any(self, person: Person, at: datetime) -> Purchase:
        goods = tuple(self._article() for _ in range(self.chance.choice((1, 1, 2, 3))))
        purchase = Purchase(person, self.numbers.of(at), goods, [])
        kind = self.chance.random()
        if kind < 0.16:
            purchase.place, purchase.is_collected = self.chance.choice(PLACES), True
            purchase.steps = collected(at, now=self.now, fetched=self.chance.uniform(20, 90))
        elif kind < 0.26:
            purchase.place = self.chance.choice(PLACES)  # at the till: bought is taken along
            purchase.steps = [(OrderStatus.PLACED, at), (OrderStatus.COLLECTED, at + timedelta(minutes=2))]
        elif kind < 0.29:
            purchase.steps = [
                *sent(at, now=self.now)[:2],
                (OrderStatus.CANCELLED, min(at + timedelta(hours=3), self.now)),
            ]
            purchase.refunded = purchase.total
        else:
            purchase.extra = POSTAGE
            purchase.steps = sent(
                at, now=self.now, packed=self.chance.uniform(3, 30), under_way=self.chance.uniform(30, 100)
            )
        if kind > 0.9 and purchase.status == OrderStatus.DELIVERED:
            opened = min(purchase.changed_at + timedelta(days=self.chance.uniform(1, 9)), self.now)
            reason = self.chance.choice(REASONS)
            back = GivenBack(f"RT-{2000 + int(purchase.number[3:]) % 7000}", opened, reason=reason, changed_at=opened)
            back.place = self.chance.choice(("", "", *PLACES))
            if back.place:
                back.status = ReturnStatus.RECEIVED
            purchase.back = back
        return purchase

    def _article(self) -> Line:
        product = self.chance.choice(PRODUCTS)
        return line(product.name, self.chance.choice(product.sizes))
