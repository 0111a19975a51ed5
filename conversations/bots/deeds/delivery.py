"""Changes how an order is delivered, while nothing of it has been sent: later, to a neighbour, or to a safe place."""

import uuid
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.deeds import at_shop, days, wording
from conversations.bots.deeds.at_shop import Errand
from conversations.bots.deeds.deed import Choice, Deed, Matter, Outcome, Prospect, Words
from conversations.bots.deeds.heard import meant
from conversations.bots.deeds.whose import order_meant, refused_for, too_late
from conversations.bots.memory import Need
from conversations.models.handoff import HandoffReason
from customers.models import Order

LATER, NEIGHBOUR, SAFE_PLACE = "later", "neighbour", "safe_place"
NOTES = {
    NEIGHBOUR: "If nobody is in: leave it with a neighbour.",
    SAFE_PLACE: "If nobody is in: leave it in a safe place.",
}
SOONEST, LATEST, OFFERED = timedelta(days=2), timedelta(days=42), 3


def look(matter: Matter) -> Prospect:
    order = order_meant(matter)
    if not isinstance(order, Order):
        return order
    matter = matter.knowing(Need.ORDER, order.number)
    if late := too_late(matter, order):
        return late
    wish = _wish(matter)
    if not wish:
        ways = [Choice(each, key=f"delivery_{each}") for each in _ways(order)]
        if not ways:
            return matter.for_people(HandoffReason.NOT_ALLOWED, _("This order’s shop does not let the bot do that."))
        return matter.asks(Need.WISH, "ask_delivery", *ways, order=order.number)
    if stopped := refused_for(matter, order, "delivery", "postpone" if wish == LATER else "instruct"):
        return stopped
    return _day(matter, order) if wish == LATER else matter.confirms(f"confirm_{wish}", order=order.number)


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    order, wish = order_meant(matter), _wish(matter)
    assert isinstance(order, Order)  # as `look` has found
    at = _read(matter)
    if wish == LATER:
        assert at is not None
        errand = Errand("delivery", "postpone", {"not_before": at.isoformat()})
    else:
        errand = Errand("delivery", "instruct", {"note": NOTES[wish]})
    row = at_shop.run(matter, order, errand, key)
    if isinstance(row, Outcome):
        return row
    said = Words(f"{wish}_done", _values(matter, order, at))
    return at_shop.told(row, Outcome("done", (said,), about=f"{order.number}: {at or NOTES.get(wish, '')}"))


def _day(matter: Matter, order: Order) -> Prospect:
    today = matter.now.date()
    at = _read(matter)
    if at is None or not today + timedelta(days=1) <= at <= today + LATEST:
        soon = [today + SOONEST + timedelta(days=ahead) for ahead in range(7)]
        open_days = [each for each in soon if each.weekday() < 5][:OFFERED]
        choices = [Choice(each.isoformat(), shown=wording.day_named(each, matter.language)) for each in open_days]
        return matter.asks(Need.DATE, "ask_delivery_day", *choices, order=order.number)
    return matter.confirms("confirm_later", **_values(matter, order, at))


def _values(matter: Matter, order: Order, at: date | None) -> dict[str, str]:
    return {"order": order.number, "day": wording.day_named(at, matter.language) if at else ""}


def _read(matter: Matter) -> date | None:
    return days.read(matter.get(Need.DATE), matter.language, today=matter.now.date())


def _wish(matter: Matter) -> str:
    wish = meant(matter.get(Need.WISH), (LATER, NEIGHBOUR, SAFE_PLACE))
    return wish or (LATER if matter.get(Need.DATE) else "")


def _ways(order: Order) -> list[str]:
    later = [LATER] if at_shop.can(order, "postpone") else []
    return [*later, *([NEIGHBOUR, SAFE_PLACE] if at_shop.can(order, "instruct") else [])]


DELIVERY = Deed("delivery", gettext_lazy("Deliver it another way"), (Need.ORDER, Need.WISH, Need.DATE), look, act)
