"""One customer, so many ways: each identity with how we know it, probable doubles, and the merges so far."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models import Conversation
from conversations.parting import CONVERSATION
from conversations.sight import customers_seen_by
from customers import ledger, suggestions
from customers.evidence import RULES, Reason, words
from customers.models import Claim, Customer, Identity, MergeEntry, MergeItem, Order, Suggestion, Visit
from customers.models.identity import Kind

if TYPE_CHECKING:
    from deskapp.models import User

HISTORY = 20
MOST_CLAIMS = 20
Moved = tuple[int, int]  # the keys of a merge and of an identity that it moved

# How a handle came to us, by Identity.source as the adapters write it.
SOURCES: dict[str, Promise] = {
    "mail": gettext_lazy("Wrote from it"),
    "chat": gettext_lazy("Used the chat"),
    "shop sign-in": gettext_lazy("Signed in with it"),
    "shop": gettext_lazy("From the shop"),
    "telegram": gettext_lazy("Wrote from it"),
    "mastodon": gettext_lazy("Wrote from it"),
    "x": gettext_lazy("Wrote from it"),
    "line": gettext_lazy("Wrote from it"),
    "link": gettext_lazy("Opened a link of ours"),
}


@dataclass(frozen=True)
class Way:
    """One identity, as the card shows it."""

    identity: Identity
    label: str
    how: str
    badge: str
    is_sure: bool
    entry: MergeEntry | None  # the merge by which it came, which can be undone
    can_leave: bool  # may be given to somebody else


@dataclass(frozen=True)
class Double:
    """Somebody this customer may be, with the reasons that this agent may know."""

    suggestion: Suggestion
    other: Customer
    reasons_for: list[str]
    reasons_against: list[str]


def identities_card(agent: "User", customer: Customer) -> dict[str, object]:
    """The context of conversations/customer/identities.html, in a handful of queries for any customer."""
    prefetch_related_objects([customer], "identities")
    entries = ledger.live_under(customer.pk)
    items = MergeItem.objects.filter(entry__in=entries, model=ledger.IDENTITIES).order_by("entry", "row")
    moved = list(items.values_list("entry", "row")) if entries else []
    return {
        "customer": customer,
        "ways": _ways(agent, customer, _came_by(customer, entries, moved)),
        "claims": _claims(customer),
        "doubles": doubles(agent, customer),
        "merges": _history(customer, entries, moved),
    }


def _ways(agent: "User", customer: Customer, came_by: dict[int, MergeEntry]) -> list[Way]:
    identities = sorted(customer.identities.all(), key=lambda each: (each.rank, each.pk))
    orders = _orders(customer) if agent.sees_purchases else {}
    places = _places(identities) if agent.sees_browsing else {}
    return [
        Way(
            identity=each,
            label=_label(each, places.get(each.pk, "")),
            how=_how(each, came_by.get(each.pk), orders.get(each.pk, 0)),
            badge=_badge(each, came_by.get(each.pk)),
            is_sure=each.is_verified,
            entry=came_by.get(each.pk),
            can_leave=len(identities) > 1,
        )
        for each in identities
    ]


def _came_by(customer: Customer, entries: list[MergeEntry], moved: list[Moved]) -> dict[int, MergeEntry]:
    """Of each identity the first merge that moved it, or what brought it: undoing that parts the fewest."""
    by_key = {entry.pk: entry for entry in entries}
    found: dict[int, MergeEntry] = {}
    for entry, row in moved:
        found.setdefault(row, by_key[entry])
    for each in sorted(customer.identities.all(), key=lambda each: each.pk):
        bringer = found.get(each.brought_by_id or 0)
        if bringer and each.pk > ledger.mark(bringer, ledger.IDENTITIES):
            found.setdefault(each.pk, bringer)
    return found


def _claims(customer: Customer) -> list[Claim]:
    """What they only say is theirs: each once, without what is."""
    proven = {(each.kind, each.value) for each in customer.identities.all()}
    said = Claim.objects.filter(customer=customer).exclude(kind__in=[Kind.VISITOR, Kind.ORDER]).order_by("pk")
    each_once = {(claim.kind, claim.value): claim for claim in said[:MOST_CLAIMS]}
    return [claim for key, claim in each_once.items() if key not in proven]


def _orders(customer: Customer) -> dict[int, int]:
    orders = Order.objects.filter(identity__customer=customer).order_by()
    return dict(orders.values_list("identity").annotate(count=Count("pk")))


def _places(identities: Collection[Identity]) -> dict[int, str]:
    """Where each browser was last."""
    browsers = [each.pk for each in identities if each.kind == Kind.VISITOR]
    if not browsers:
        return {}
    last = Visit.objects.filter(identity__in=browsers).order_by("identity", "-started_at").distinct("identity")
    found = {pk: context.get("place") for pk, context in last.values_list("identity", "context")}
    return {pk: place for pk, place in found.items() if isinstance(place, str) and place}


def _label(identity: Identity, place: str) -> str:
    """An address or number as it is; of other kinds which one it is."""
    if identity.kind == Kind.VISITOR:
        return _("Browser in %(place)s") % {"place": place} if place else _("Browser")
    if identity.kind in (Kind.EMAIL, Kind.PHONE):
        return identity.label
    return f"{identity.get_kind_display().capitalize()}, {identity.label}"


def _how(identity: Identity, entry: MergeEntry | None, orders: int) -> str:
    """The small line: "Merged by Noor, 3 Mar: “she told me on the phone”"."""
    if entry and entry.by:
        known = {"agent": entry.by, "date": _day(entry), "evidence": entry.evidence}
        said = _("Merged by %(agent)s, %(date)s: “%(evidence)s”") % known
    elif entry:
        said = f"{entry.evidence} {_day(entry)}"
    elif not identity.is_verified:
        said = _("The sender’s check failed: anyone may have written this address")
    else:
        seen = date_format(localtime(identity.last_seen_at), "j M")
        said = f"{SOURCES.get(identity.source, identity.source) or identity.get_kind_display()}, {seen}"
    if orders:
        said += " · " + ngettext("on %(n)d order", "on %(n)d orders", orders) % {"n": orders}
    return said


def _day(entry: MergeEntry) -> str:
    return date_format(localtime(entry.created_at), "j M")


def _badge(identity: Identity, entry: MergeEntry | None) -> str:
    if not identity.is_verified:
        return _("Not proven")
    if entry and entry.certainty:
        return f"{entry.certainty}%"
    return _("By hand") if entry and entry.by else _("Certain")


def doubles(agent: "User", customer: Customer) -> list[Double]:
    """Of the suggestions those whose other half this agent may see."""
    found = suggestions.of(customer)
    others = {each.pk: each.other if each.one_id == customer.pk else each.one for each in found}
    theirs = [other.pk for other in others.values()]
    seen = set(customers_seen_by(agent).filter(pk__in=theirs).values_list("pk", flat=True)) if theirs else set()
    return [
        Double(
            each,
            others[each.pk],
            [words(reason) for reason in _told(agent, each) if reason["weight"] > 0],
            [words(reason) for reason in _told(agent, each) if reason["weight"] < 0],
        )
        for each in found
        if others[each.pk].pk in seen
    ]


def _told(agent: "User", suggestion: Suggestion) -> list[Reason]:
    hidden = {"purchases": not agent.sees_purchases, "browsing": not agent.sees_browsing}
    return [
        each
        for each in suggestion.reasons
        if each["rule"] in RULES and not hidden.get(RULES[each["rule"]].about, False)
    ]


@dataclass(frozen=True)
class Merged:
    """A line of the history."""

    entry: MergeEntry
    name: str  # of who was absorbed; the best of their handles where they have none


def _history(customer: Customer, live: list[MergeEntry], moved: list[Moved]) -> list[Merged]:
    """Those that hold, and what was undone of this customer's own; the newest first."""
    undone = MergeEntry.objects.filter(kept=customer).exclude(undone_at=None).select_related("absorbed", "by")
    newest = sorted([*live, *undone.order_by("-pk")[:HISTORY]], key=lambda entry: -entry.pk)[:HISTORY]
    mine = {each.pk: each for each in customer.identities.all()}
    theirs: dict[int, list[Identity]] = {}
    for entry, row in moved:
        theirs.setdefault(entry, []).extend([mine[row]] if row in mine else [])
    return [Merged(entry, entry.absorbed.name or _best(theirs.get(entry.pk, []))) for entry in newest]


def _best(identities: list[Identity]) -> str:
    best = min(identities, key=lambda identity: identity.rank, default=None)
    return best.label if best else _("A visitor")


def sees_both_halves(agent: "User", customer: Customer, entry: MergeEntry) -> bool:
    """Of whom `entry` would part: this agent may see a conversation of each, as far as they have any."""
    if agent.sees_all_teams:
        return True
    theirs = Conversation.objects.filter(customer=customer)
    moved = MergeItem.objects.filter(entry=entry, model=CONVERSATION).values("row")
    return all(_is_seen(agent, half) for half in (theirs.filter(pk__in=moved), theirs.exclude(pk__in=moved)))


def _is_seen(agent: "User", conversations: "QuerySet[Conversation]") -> bool:
    mine = Conversation.objects.visible_to(agent).filter(pk__in=conversations.values("pk"))
    return mine.exists() or not conversations.exists()
