"""What the demo's customers looked at, wished for, left in a cart, answered and allowed: as facts."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from customers.event_names import PAGE_VIEWED, PRODUCT_VIEWED, PRODUCTS_SEARCHED, WISHED
from customers.facts import CartFact, ConsentFact, EventFact, Fact, TraitsFact
from customers.identify import Handle
from customers.models import Purpose
from customers.models.identity import Kind
from deskapp.demo.bought import line
from deskapp.demo.talk import Person
from integrations.simulators.demo_shop.goods import BY_SLUG, PRODUCTS, Product

SITE = "https://hollinfell.example"
SEARCHES = ("rain shell", "size guide", "wool", "repair", "boots wide", "gift", "fleece", "day pack")


class Browsing:
    def __init__(self, now: datetime, chance: random.Random, source: int) -> None:
        self.now, self.chance, self.source, self.count = now, chance, source, 0

    def facts(self, persons: Sequence[Person]) -> list[Fact]:
        found: list[Fact] = []
        for person in persons:
            found += self._allowed(person)
            if person.visitor:
                found += self._visits(person)
            if person.visitor and self.chance.random() < 0.06:
                found.append(self._left(person))
        return found

    def ingrid(self, ingrid: Person) -> list[Fact]:
        """Looks at the size guide now, with a large in her cart; turned marketing off in October."""
        ago = lambda minutes: self.now - timedelta(minutes=minutes)  # noqa: E731 - it reads as the sentence it is
        jacket, days = BY_SLUG["kestrel-trail-jacket"], 24 * 60
        guide: dict[str, object] = {
            "title": "Size guide · Kestrel Trail Jacket",
            "url": f"{SITE}/products/{jacket.slug}/#sizes",
        }
        added = self._about(jacket) | {"variant": "L", "total": "129.00", "currency": "GBP"}
        found: list[Fact] = [
            self._event(ingrid, "Product Viewed", ago(17.5), self._about(jacket)),
            self._event(ingrid, "Product Added", ago(16), added),
            self._event(ingrid, PAGE_VIEWED, ago(2), guide),
            *(self._event(ingrid, WISHED, ago(days * 6 + number), self._about(BY_SLUG[slug]))
              for number, slug in enumerate(("harrier-storm-shell", "scree-boot", "jackdaw-18"))),
        ]  # fmt: skip
        for number, score in enumerate((5, 4, 2, 5, 4, 5, 5, 5)):
            answer = {"score": score, "survey": "CSAT", "about": "support"}
            found.append(self._event(ingrid, "Survey Answered", ago(days * (320 - 44 * number)), answer))
        cart = CartFact(
            self.source, "ingrid-2", self._known(ingrid), ago(16), "open", "basket", "GBP", jacket.amount,
            (line(jacket.name, "L"),), f"{SITE}/basket/",
        )  # fmt: skip
        consents = [(Purpose.MARKETING_EMAIL, True, 880), (Purpose.MARKETING_EMAIL, False, 31)]
        consents += [(Purpose.ANALYTICS, True, 400), (Purpose.LOCATION, False, 400)]
        for purpose, is_granted, back in consents:
            said = ago(days * back)
            found.append(ConsentFact(self.source, self._known(ingrid), purpose, is_granted, said, "account settings"))
        traits = {"size": "L", "favourite shop": "Bergen", "walks with": "a group of six"}
        found.append(TraitsFact(self.source, "demo:ingrid", self._known(ingrid), traits, ago(days * 3)))
        return [*found, cart]

    def _visits(self, person: Person) -> Iterator[EventFact]:
        since = person.since or self.now - timedelta(days=90)
        for _ in range(self.chance.choice((1, 1, 2, 3, 5))):
            at = since + (self.now - timedelta(hours=1) - since) * self.chance.random()
            yield self._event(person, PAGE_VIEWED, at, {"title": "Hollin & Fell", "url": f"{SITE}/"})
            if self.chance.random() < 0.3:
                at += timedelta(seconds=self.chance.randint(8, 60))
                yield self._event(person, PRODUCTS_SEARCHED, at, {"query": self.chance.choice(SEARCHES)})
            for product in self.chance.sample(PRODUCTS, self.chance.choice((1, 2, 2, 3, 4))):
                at += timedelta(seconds=self.chance.randint(15, 260))
                yield self._event(person, PRODUCT_VIEWED, at, self._about(product))
            if self.chance.random() < 0.12:
                yield self._event(person, WISHED, at + timedelta(seconds=9), self._about(product))

    def _left(self, person: Person) -> CartFact:
        product = self.chance.choice(PRODUCTS)
        at = self.now - timedelta(days=self.chance.uniform(0.2, 30))
        self.count += 1
        goods = (line(product.name, self.chance.choice(product.sizes), self.chance.choice((1, 1, 2))),)
        total = sum((each.price * each.quantity for each in goods), Decimal(0))
        step = self.chance.choice(("basket", "address", "payment"))
        return CartFact(
            self.source, f"demo-cart-{self.count}", self._known(person), at, "open", step, "GBP", total, goods,
            f"{SITE}/basket/",
        )  # fmt: skip

    def _allowed(self, person: Person) -> Iterator[ConsentFact]:
        since = person.since or self.now
        if person.visitor:
            browser = (Handle(Kind.VISITOR, person.visitor),)
            yield ConsentFact(self.source, browser, Purpose.ANALYTICS, True, since, "cookie banner v3")
        wants = self.chance.random() < 0.6
        evidence = "ticked at the checkout" if wants else "not ticked at the checkout"
        yield ConsentFact(self.source, self._known(person), Purpose.MARKETING_EMAIL, wants, since, evidence)

    def _event(self, person: Person, name: str, at: datetime, properties: dict[str, object]) -> EventFact:
        self.count += 1
        is_on_site = name != "Survey Answered" and bool(person.visitor)
        handles = (Handle(Kind.VISITOR, person.visitor),) if is_on_site else self._known(person)
        context = {"language": person.language, "timezone": person.timezone}
        return EventFact(self.source, f"demo:{self.count}", handles, name, at, properties, context)

    def _known(self, person: Person) -> tuple[Handle, ...]:
        return (Handle(Kind.SHOP, person.shop),)

    def _about(self, product: Product) -> dict[str, object]:
        url = f"{SITE}/products/{product.slug}/"
        about = {"product_id": product.slug, "name": product.name, "category": product.kind, "url": url}
        return {**about, "price": str(product.amount), "currency": "GBP"}
