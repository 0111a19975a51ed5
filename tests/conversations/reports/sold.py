"""Eight months of a small shop in which everything happens, and what its sales are, counted plainly, order by order."""

import random
from datetime import timedelta
from decimal import Decimal

from conversations.models import Conversation, Episode
from customers.models import Customer, Event, Identity, Order, Product, Return, Visit

DAY = timedelta(days=1)
CAMPAIGNS = (
    {}, {}, {"source": "News", "medium": "email", "name": "Spring"}, {"source": "google", "medium": "cpc", "name": ""},
)  # fmt: skip
MEDIA = ("email", "chat", "voice", "sms", "whatsapp")
WAY = {"email": "mail", "chat": "chat", "voice": "call", "sms": "sms"}
ORDER_OF_WAYS = ["site", "app", "shop", "mail", "chat", "call", "sms", "social", "api"]


class World:
    """Rows of fourteen customers, written as the doors would have left them."""

    def __init__(self, now, seed=7):
        self.now = now
        self.chance, self.numbers = random.Random(seed), 0
        self.people = []
        Product.objects.create(source=1, external_id="sock", name="Sock", kind="Socks", changed_at=now)
        for number in range(14):
            customer = Customer.objects.create(name=f"C{number}", tier=self.chance.choice(["", "Gold"]))
            person = Identity.objects.create(customer=customer, kind="shop", value=f"s:{number}")
            Identity.objects.filter(pk=person.pk).update(first_seen_at=now - 240 * DAY)
            self.people.append(person)
            self.live(person)

    def live(self, person):
        chance = self.chance
        for _ in range(chance.choice([0, 1, 2, 3, 5, 8])):
            self.buy(person, self.moment())
        for _ in range(chance.randint(0, 12)):
            self.look(person, self.moment())
        for _ in range(chance.randint(0, 4)):
            self.talk(person.customer, self.moment())

    def moment(self):
        return self.now - self.chance.randint(1, 240 * 24 * 3600) * timedelta(seconds=1)

    def buy(self, person, at):
        chance, self.numbers = self.chance, self.numbers + 1
        status = chance.choice(["placed", "paid", "shipped", "delivered", "delivered", "cancelled", "collected"])
        total = Decimal(chance.randint(500, 20_000)) / 100
        refunded = total if status == "cancelled" else chance.choice([Decimal(0), Decimal(0), total / 2])
        is_fetched = status == "collected" and chance.random() < 0.6
        ended = at + chance.randint(1, 12) * DAY
        order = Order.objects.create(
            identity=person, source=1, external_id=f"o{self.numbers}", number=f"O-{self.numbers}", status=status,
            currency=chance.choice(["GBP", "GBP", "EUR"]), total=total, refunded=refunded, placed_at=at,
            changed_at=ended, place="York" if status == "collected" else "", is_collected=is_fetched,
            lines=[{"name": chance.choice(["Sock", "Boot"]), "product_id": "sock", "quantity": 1}],
        )  # fmt: skip
        if is_fetched:
            self.step(order, "Order Ready", "ready", at + DAY / 3)
        if status in ("delivered", "collected", "cancelled"):
            self.step(order, f"Order {status.capitalize()}", status, ended)
        if refunded:
            self.step(order, "Order Refunded", f"refunded:{refunded}", ended)
        if chance.random() < 0.4:
            self.look(person, at - timedelta(minutes=chance.randint(1, 30)))
        if chance.random() < 0.25:
            self.give_back(order, at + chance.randint(5, 25) * DAY)
        if chance.random() < 0.3:
            self.talk(person.customer, at + chance.randint(1, 20) * DAY)
        return order

    def give_back(self, order, at):
        self.numbers += 1
        return Return.objects.create(
            identity=order.identity, order=order, source=1, external_id=f"r{self.numbers}",
            status=self.chance.choice(["opened", "received", "refused"]), place=self.chance.choice(["", "", "Oslo"]),
            currency=order.currency, amount=Decimal("7.5"), opened_at=at, changed_at=at,
        )  # fmt: skip

    def step(self, order, name, status, at):
        self.numbers += 1
        Event.objects.create(
            identity=order.identity, name=name, category="transactional", source=1, number=self.numbers,
            external_id=f"order:1:{order.external_id}:{status}", occurred_at=at,
        )  # fmt: skip

    def look(self, person, at):
        is_app = self.chance.random() < 0.2
        page = {"title": "Home"} if is_app else {"title": "Home", "url": "https://shop.example/"}
        campaign = self.chance.choice(CAMPAIGNS)
        visit = Visit.objects.create(
            identity=person, source=1, started_at=at, ended_at=at + timedelta(minutes=9), pages=2, page=page,
            context={"campaign": campaign} if campaign else {},
        )  # fmt: skip
        host = self.chance.choice(["", "https://shop.example/a", "https://www.blog.example/socks"])
        self.numbers += 1
        Event.objects.create(
            identity=person, visit=visit, name="Page Viewed", category="behavioural", is_folded=True, source=1,
            number=self.numbers, occurred_at=at, properties={"referrer": host} if host else {},
        )  # fmt: skip
        return visit

    def talk(self, customer, at):
        conversation = Conversation.objects.create(customer=customer)
        return Episode.objects.create(
            conversation=conversation, began_at=at, ended_at=at + DAY / 2, medium=self.chance.choice(MEDIA),
            is_inbound=self.chance.random() < 0.9, outcome=self.chance.choice(["solved", "solved", "solved", "spam"]),
        )  # fmt: skip


class Read:
    """All rows, read once: by customer, by order, by name of a step."""

    def __init__(self):
        self.orders, self.talks, self.visits, self.returns, self.steps, self.referrers = {}, {}, {}, {}, {}, {}
        for order in Order.objects.order_by("placed_at", "pk").select_related("identity"):
            self.orders.setdefault(order.identity.customer_id, []).append(order)
        for talk in Episode.objects.order_by("began_at", "pk").select_related("conversation"):
            if talk.outcome not in ("spam", "merged"):
                self.talks.setdefault(talk.conversation.customer_id, []).append(talk)
        for visit in Visit.objects.order_by("started_at", "pk").select_related("identity"):
            self.visits.setdefault(visit.identity.customer_id, []).append(visit)
        for back in Return.objects.all():
            self.returns.setdefault(back.order_id, []).append(back)
        for event in Event.objects.order_by("occurred_at"):
            self.steps.setdefault(event.external_id, event.occurred_at)
            if event.visit_id:
                self.referrers.setdefault(event.visit_id, event.properties.get("referrer", ""))

    def at(self, order, status):
        key = f"order:{order.source}:{order.external_id}:{status}"
        return min((at for name, at in self.steps.items() if name.startswith(key)), default=None)


def plainly(now):
    """Every sale as a dict, by order: nothing is shared with how it is derived."""
    found, rows = {}, Read()
    for customer in Customer.objects.filter(merged_into=None, erased_at=None):
        for order in rows.orders.get(customer.pk, []):
            found[order.pk] = _sale(customer, order, rows, now)
    return found


def _sale(customer, order, rows, now):
    at, month = order.placed_at, 30 * DAY
    orders, talks = rows.orders[customer.pk], rows.talks.get(customer.pk, [])
    ours, visits = [talk for talk in talks if talk.is_inbound], rows.visits.get(customer.pk, [])
    good = [each for each in orders if each.status != "cancelled"]
    before = [each for each in good if orders.index(each) < orders.index(order)]
    after = [each for each in good if orders.index(each) > orders.index(order)]
    backs = [back for back in rows.returns.get(order.pk, []) if back.status != "refused"]
    places = {"shop" if back.place else "post" for back in backs}
    resolved = order.status not in ("placed", "held", "cancelled")
    money = int(order.total * 1000)
    refunded = int(order.refunded * 1000)
    said = {
        "customer": customer.pk,
        "place": _place(order, visits),
        "counted": order.status != "cancelled",
        "resolved": resolved,
        "currency": order.currency,
        "amount": money,
        "net": money - refunded if resolved else 0,
        "returned": sum(int(back.amount * 1000) for back in backs),
        "returned_to": "both" if len(places) == 2 else "".join(places),
        "before": len(before),
        "previous": before[-1].placed_at if before else None,
        "next": after[0].placed_at if after else None,
        "ways": _ways(order, orders, visits, ours),
        "asked": next((t.medium for t in reversed(ours) if at - month < t.began_at <= at), ""),
        "ready": _took(rows, order, "ready") if order.is_collected else None,
        "collected": _took(rows, order, "collected") if order.is_collected else None,
        "late": _late(rows, order, now),
    }
    later = [each.placed_at for each in orders if orders.index(each) > orders.index(order)]
    until = min([at + month, now, *later])
    came = next((t for t in ours if at < t.began_at <= until), None)
    said["problem"], said["problem_medium"] = _problem(rows, order, came, backs), came.medium if came else ""
    said["touches"] = _touches(rows, order, visits, talks, said["net"]) if resolved else []
    return said


def _place(order, visits):
    if order.place and not order.is_collected:
        return "shop"
    here = [v for v in visits if v.started_at <= order.placed_at <= v.ended_at + timedelta(minutes=30)]
    return "app" if here and here[-1].page and not here[-1].page.get("url") else "site"


def _ways(order, orders, visits, talks):
    begin, end = order.placed_at - 365 * DAY, order.placed_at
    came = [(v.started_at, "app" if v.page and not v.page.get("url") else "site") for v in visits]
    came += [(each.placed_at, _place(each, visits)) for each in orders]
    came += [(talk.began_at, WAY.get(talk.medium, "social")) for talk in talks]
    ways = {way for at, way in came if begin < at <= end}
    return "+".join(sorted(ways, key=ORDER_OF_WAYS.index))


def _took(rows, order, status):
    at = rows.at(order, status)
    return int((at - order.placed_at).total_seconds()) if at else None


def _late(rows, order, now):
    if order.place:
        return False
    if arrived := rows.at(order, "delivered"):
        return arrived - order.placed_at > 7 * DAY
    return order.status in ("placed", "paid") and now - order.placed_at > 7 * DAY


def _problem(rows, order, talk, backs):
    if talk is None:
        return ""
    until = talk.ended_at + 2 * DAY
    if [back for back in backs if back.opened_at <= until]:
        return "returned"
    for status in ("refunded", "cancelled"):
        if (at := rows.at(order, status)) and at <= until:
            return status
    arrived = rows.at(order, "delivered") or rows.at(order, "collected")
    if arrived and arrived <= talk.began_at:
        return "arrived"
    return "late" if not order.place and talk.began_at - order.placed_at > 7 * DAY else "under_way"


def _touches(rows, order, visits, talks, net):
    since, found = order.placed_at - 30 * DAY, []
    for visit in visits:
        if not since < visit.started_at <= order.placed_at:
            continue
        campaign = visit.context.get("campaign")
        referrer = rows.referrers[visit.pk]
        if campaign:
            found.append((visit.started_at, "campaign", campaign["source"].lower(), campaign["medium"],
                          campaign["name"].lower()))  # fmt: skip
        elif "blog.example" in referrer or (referrer and not visit.page.get("url")):
            host = "blog.example" if "blog" in referrer else "shop.example"
            found.append((visit.started_at, "referrer", host, "", ""))
    for talk in talks:
        if since < talk.began_at <= order.placed_at:
            found.append((talk.began_at, "talk" if talk.is_inbound else "written", "", talk.medium, ""))
    found.sort()
    ages = [(order.placed_at - touch[0]) / DAY for touch in found]
    shares = {"first": [], "last": [], "linear": [], "position": [], "decay": []}
    for place, age in enumerate(ages):
        ends = (place == 0) + (place == len(found) - 1)
        shares["first"].append(float(place == 0))
        shares["last"].append(float(place == len(found) - 1))
        shares["linear"].append(1 / len(found))
        shares["decay"].append(0.5 ** (age / 7) / sum(0.5 ** (each / 7) for each in ages))
        alone = 1 / len(found) if len(found) < 3 else 0.4 if ends else 0.2 / (len(found) - 2)
        shares["position"].append(alone)
    return [
        (
            *touch,
            *(shares[model][place] * 1_000_000 for model in shares),
            *(shares[model][place] * net for model in shares),
        )
        for place, touch in enumerate(found)
    ]
