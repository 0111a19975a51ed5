"""How the demo's customers came to what they bought on the site: the visits before, as the tracker tells them."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from customers.event_names import PAGE_VIEWED, PRODUCT_VIEWED
from customers.facts import EventFact
from customers.identify import Handle
from customers.models.identity import Kind
from deskapp.demo.bought import Purchase
from deskapp.demo.browsing import SITE
from integrations.simulators.demo_shop.goods import BY_SLUG

NEWSLETTER = {"source": "newsletter", "medium": "email", "name": "autumn-layers"}
SEARCH = {"source": "google", "medium": "cpc", "name": "rain-shells"}
SOCIAL = {"source": "instagram", "medium": "paid_social", "name": "trail-days"}
# By which way, and how often of a hundred times: (campaign, the page they came from, how often).
WAYS: tuple[tuple[dict[str, str], str, int], ...] = (
    ({}, "", 34),
    (NEWSLETTER, "", 22),
    (SEARCH, "https://www.google.com/", 18),
    (SOCIAL, "https://l.instagram.com/", 10),
    ({}, "https://www.google.com/", 9),
    ({}, "https://fellwalkers.example/gear/jackets", 7),
)


class Coming:
    def __init__(self, chance: random.Random, source: int) -> None:
        self.chance, self.source, self.count = chance, source, 0

    def facts(self, purchases: Sequence[Purchase]) -> list[EventFact]:
        """Of those whose browser the tracker knows, and who ordered with it."""
        found: list[EventFact] = []
        for purchase in purchases:
            if purchase.person.visitor and (purchase.is_collected or not purchase.place):
                found += self._before(purchase)
        return found

    def _before(self, purchase: Purchase) -> Iterator[EventFact]:
        """Some look around days before; then they come and buy."""
        since = purchase.person.since
        times = [purchase.placed_at - timedelta(minutes=self.chance.uniform(5, 24))]
        if self.chance.random() < 0.5:
            times.append(purchase.placed_at - timedelta(days=self.chance.uniform(1, 9)))
        if self.chance.random() < 0.2:
            times.append(purchase.placed_at - timedelta(days=self.chance.uniform(9, 26)))
        for at in sorted(times):
            if since is None or at > since:
                yield from self._visit(purchase, at)

    def _visit(self, purchase: Purchase, at: datetime) -> Iterator[EventFact]:
        campaign, referrer, _often = self.chance.choices(WAYS, [often for *_way, often in WAYS])[0]
        home: dict[str, object] = {"title": "Hollin & Fell", "url": f"{SITE}/"}
        yield self._event(purchase, PAGE_VIEWED, at, home | ({"referrer": referrer} if referrer else {}), campaign)
        line = purchase.lines[0]
        if product := BY_SLUG.get(line.product_id):
            about: dict[str, object] = {
                "product_id": product.slug,
                "name": product.name,
                "category": product.kind,
                "url": f"{SITE}/products/{product.slug}/",
            }
            yield self._event(purchase, PRODUCT_VIEWED, at + timedelta(minutes=2), about, campaign)

    def _event(
        self, purchase: Purchase, name: str, at: datetime, properties: dict[str, object], campaign: dict[str, str]
    ) -> EventFact:
        self.count += 1
        person = purchase.person
        context: dict[str, object] = {"language": person.language, "timezone": person.timezone}
        if campaign:
            context["campaign"] = campaign
        handles = (Handle(Kind.VISITOR, person.visitor),)
        return EventFact(self.source, f"demo:came:{self.count}", handles, name, at, properties, context)
