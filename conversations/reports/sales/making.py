"""A customer's sales, made of what is known of them: whole, in the order of time."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from conversations.models.sale import Advice, BoughtAgain, Place, Problem, ReturnedTo, Sale
from conversations.reports.sales.known import MONTH, YEAR, Known, Spoken
from customers.models import Order
from customers.models.order import OrderStatus

LATE = timedelta(days=7)  # where no day was promised
AFTERWARDS = timedelta(days=2)  # what is done to an order so soon after a talk was talked about
QUARTER = timedelta(weeks=13)
SITTING = timedelta(minutes=30)
NOT_PAID = {OrderStatus.PLACED, OrderStatus.HELD, OrderStatus.CANCELLED}
NOT_SENT = {OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.HELD, OrderStatus.PARTLY_SHIPPED}
OVER = {OrderStatus.DELIVERED, OrderStatus.COLLECTED, OrderStatus.CANCELLED, OrderStatus.REFUNDED}
WAYS = ("site", "app", "shop", "mail", "chat", "call", "sms", "social", "api")
OF_MEDIA = {"email": "mail", "chat": "chat", "voice": "call", "sms": "sms", "api": "api"}  # all others are social


def sales_of(known: Known, now: datetime, stored: Mapping[int, Sale]) -> list[Sale]:
    """`stored`: as they were derived before, by order. Visits are kept for a little more than a year: what an older one
    told of a sale is taken from there, unless the customer was merged and may have got it from somebody else."""
    sales = [_sale(order, known, now) for order in known.orders]
    if known.was_merged:
        stored = {}
    counted = [sale for sale in sales if sale.is_counted]
    ways = _Ways(known, sales)
    alike: dict[tuple[str, str], datetime] = {}
    placed = [sale.placed_at for sale in counted]
    so_far = 0
    for sale in sales:
        sale.before = so_far
        sale.previous_at = placed[so_far - 1] if so_far else None
        before = stored.get(sale.order_id)
        sale.ways = ways.until(sale.placed_at, before.ways if before and sale.placed_at < now - MONTH else "")
        if before and is_old(sale, now):
            _as_it_was(sale, before)
        if sale.is_counted:
            so_far += 1
            sale.alike_at = alike.get((sale.ways, sale.currency))
            alike[sale.ways, sale.currency] = sale.placed_at
        sale.next_at = placed[so_far] if so_far < len(placed) else None
    _talks(sales, known, now)
    return sales


def is_old(sale: Sale, now: datetime) -> bool:
    """What led to it may be gone."""
    return sale.placed_at < now - YEAR


def again_of(sale: Sale, known: Known, last: dict[tuple[bool, str], datetime]) -> list[BoughtAgain]:
    """`last`: when each product and kind was bought last, brought up to date; the sales come in the order of time."""
    if not sale.is_counted:
        return []
    found = []
    for is_kind, name in sorted(_goods(sale.order, known)):
        before = last.get((is_kind, name))
        last[is_kind, name] = sale.placed_at
        if before and before < sale.placed_at:
            seconds = int((sale.placed_at - before).total_seconds())
            found.append(BoughtAgain(placed_at=sale.placed_at, is_kind=is_kind, name=name, seconds=seconds))
    return found


def advice_of(known: Known, sales: Sequence[Sale]) -> list[Advice]:
    """Of each talk that began while nothing was under way."""
    placed = [sale.placed_at for sale in sales if sale.is_counted]
    ways = [(sale.placed_at, _over_at(sale, known)) for sale in sales if sale.is_counted]
    first = min(filter(None, [known.since, *placed[:1], *(talk.at for talk in known.spoken[:1])]), default=None)
    found = []
    for talk in known.spoken:
        if not talk.is_inbound or any(begins <= talk.at < ends for begins, ends in ways):
            continue
        earlier = talk.at - QUARTER
        is_known = first is not None and first <= earlier
        found.append(
            Advice(
                episode_id=talk.pk,
                customer=known.customer,
                at=talk.at,
                medium=talk.medium,
                is_known=is_known,
                seconds=_until_next(placed, talk.at),
                seconds_earlier=_until_next(placed, earlier) if is_known else None,
            )
        )
    return found


def thousandths(amount: Decimal) -> int:
    """As finely as the columns of orders are: nothing is rounded."""
    return int(amount * 1000)


def _sale(order: Order, known: Known, now: datetime) -> Sale:
    steps = known.steps.get((order.source, order.external_id), {})
    backs = known.returns.get(order.pk, [])
    whole = order.total if order.status == OrderStatus.REFUNDED and not order.refunded else order.refunded
    amount, refunded = thousandths(order.total), min(thousandths(whole), thousandths(order.total))
    is_resolved = order.status not in NOT_PAID
    return Sale(
        order=order,
        customer=known.customer,
        placed_at=order.placed_at,
        place=_place(order, known),
        is_collected=order.is_collected,
        is_counted=order.status != OrderStatus.CANCELLED,
        is_resolved=is_resolved,
        currency=order.currency,
        amount=amount,
        refunded=refunded,
        net=amount - refunded if is_resolved else 0,
        returned=sum(thousandths(back.amount) for back in backs),
        returned_to=_returned_to({ReturnedTo.SHOP if back.place else ReturnedTo.POST for back in backs}),
        tier=_tier(known, order.placed_at),
        ready_seconds=_seconds(order, steps.get(OrderStatus.READY)) if order.is_collected else None,
        collected_seconds=_seconds(order, steps.get(OrderStatus.COLLECTED)) if order.is_collected else None,
        is_late=_is_late(order, steps, now),
        is_ended=order.status in OVER,
    )


def _as_it_was(sale: Sale, before: Sale) -> None:
    for name in ("place", "tier", "ready_seconds", "collected_seconds", "is_late"):
        setattr(sale, name, getattr(before, name))


def _place(order: Order, known: Known) -> Place:
    """In the app: where the customer was looking at its screens as they ordered."""
    if order.place and not order.is_collected:
        return Place.SHOP
    here = [each for each in known.visits if each.at <= order.placed_at <= each.ended_at + SITTING]
    return Place.APP if here and here[-1].is_app else Place.SITE


def _returned_to(places: set[ReturnedTo]) -> ReturnedTo:
    return ReturnedTo.BOTH if len(places) > 1 else next(iter(places), ReturnedTo.NOTHING)


def _tier(known: Known, at: datetime) -> str:
    """That they had reached by then; of whom nobody told when, the one they have."""
    if not known.tiers:
        return known.customer.tier
    reached = [tier for since, tier in known.tiers if since <= at]
    return reached[-1][:40] if reached else ""


def _seconds(order: Order, at: datetime | None) -> int | None:
    return max(0, int((at - order.placed_at).total_seconds())) if at else None


def _arrived_at(order: Order, steps: dict[str, datetime]) -> datetime | None:
    at = steps.get(OrderStatus.DELIVERED) or steps.get(OrderStatus.COLLECTED)
    return at or (order.changed_at if order.status in (OrderStatus.DELIVERED, OrderStatus.COLLECTED) else None)


def _is_late(order: Order, steps: dict[str, datetime], now: datetime) -> bool:
    """Sent to somebody, and not there on the day that the shop promised. Where it promised none, a week after it was
    ordered; or, as not every shop tells when something arrives, not even sent by then."""
    if order.place or order.is_collected:
        return False
    arrived = _arrived_at(order, steps)
    if promised := _promised(order):
        return (arrived or (order.changed_at if order.status in OVER else now)) > promised
    until = arrived or (now if order.status in NOT_SENT else order.placed_at)
    return until - order.placed_at > LATE


def _promised(order: Order) -> datetime | None:
    """The end of the last day that was promised."""
    days = []
    for parcel in order.shipments:
        try:
            said = datetime.fromisoformat(str(parcel.get("promised") or ""))
        except ValueError:
            continue
        days.append(said.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=said.tzinfo or UTC))
    return max(days) + timedelta(days=1) if days else None


def _over_at(sale: Sale, known: Known) -> datetime:
    """When nothing of it was under way any more: it had come, or a month had gone by."""
    order = sale.order
    steps = known.steps.get((order.source, order.external_id), {})
    ended = _arrived_at(order, steps) or (order.changed_at if order.status in OVER else None)
    return min(filter(None, [ended, sale.placed_at + MONTH]))


def _until_next(placed: Sequence[datetime], at: datetime) -> int | None:
    place = bisect_right(placed, at)
    if place == len(placed) or placed[place] - at > MONTH:
        return None
    return int((placed[place] - at).total_seconds())


def _goods(order: Order, known: Known) -> set[tuple[bool, str]]:
    """(False, product) and (True, kind): the kind as the shop's list of products has it."""
    found = set()
    for line in order.lines:
        if name := str(line.get("name") or "").replace("|", "/")[:120]:
            found.add((False, name))
        if kind := known.kinds.get((order.source, str(line.get("product_id") or "")), ""):
            found.add((True, kind.replace("|", "/")[:120]))
    return found


def _talks(sales: Sequence[Sale], known: Known, now: datetime) -> None:
    """A talk after a sale is of the newest order before it."""
    theirs = [talk for talk in known.spoken if talk.is_inbound]
    begins = [talk.at for talk in theirs]
    for place, sale in enumerate(sales):
        upto = bisect_right(begins, sale.placed_at)
        if upto and begins[upto - 1] > sale.placed_at - MONTH:
            sale.asked, sale.talk_before_id = theirs[upto - 1].medium, theirs[upto - 1].conversation
        until = min(sale.placed_at + MONTH, sales[place + 1].placed_at if place + 1 < len(sales) else now)
        if upto < len(theirs) and begins[upto] <= until:
            talk = theirs[upto]
            sale.problem, sale.problem_medium = _problem(sale, talk, known), talk.medium
            sale.problem_topic_id, sale.talk_after_id = talk.topic, talk.conversation


def _problem(sale: Sale, talk: Spoken, known: Known) -> Problem:
    """What had happened to the order when they came, or was done about it there and then."""
    order, until = sale.order, (talk.ended_at or talk.at) + AFTERWARDS
    steps = known.steps.get((order.source, order.external_id), {})
    by_then = {status for status, at in steps.items() if at <= until}
    if any(back.opened_at <= until for back in known.returns.get(order.pk, [])):
        return Problem.RETURNED
    if OrderStatus.REFUNDED in by_then:
        return Problem.REFUNDED
    if OrderStatus.CANCELLED in by_then:
        return Problem.CANCELLED
    arrived = _arrived_at(order, steps)
    if arrived and arrived <= talk.at:
        return Problem.ARRIVED
    if OrderStatus.HELD in by_then:
        return Problem.HELD
    return (
        Problem.LATE
        if not order.place and not order.is_collected and talk.at - sale.placed_at > LATE
        else Problem.UNDER_WAY
    )


class _Ways:
    """By which ways a customer came, and when."""

    def __init__(self, known: Known, sales: Iterable[Sale]) -> None:
        times: dict[str, list[datetime]] = {}
        for visit in known.visits:
            times.setdefault("app" if visit.is_app else "site", []).append(visit.at)
        for sale in sales:
            times.setdefault(str(sale.place), []).append(sale.placed_at)
        for talk in known.spoken:
            if talk.is_inbound:
                times.setdefault(OF_MEDIA.get(talk.medium, "social"), []).append(talk.at)
        self.times = {way: sorted(moments) for way, moments in times.items()}

    def until(self, at: datetime, before: str) -> str:
        """In the year before, with that moment; of visits also what was known `before`."""
        visited = {"site", "app"} & set(before.split("+"))
        return "+".join(way for way in WAYS if way in visited or self._came(way, at))

    def _came(self, way: str, at: datetime) -> bool:
        times = self.times.get(way, [])
        return bisect_right(times, at) > bisect_right(times, at - YEAR)
