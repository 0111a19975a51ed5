"""How a happening reads on one line: an icon, what was done in bold, what it was about, and where it leads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from conversations.call_words import call_of, happened
from conversations.models import Activity, Message
from conversations.models.activity import Verb
from conversations.story import Happening, Kind
from customers.event_names import meaning, sentence, visit_sentence, words
from customers.models import Category, Event, MergeEntry, Visit
from customers.money import formatted

QUOTED = 140  # letters of a message that a line shows
STILL_THERE = timedelta(minutes=3)  # silence after which a visitor is taken to have left
HUES = {"email": "email", "chat": "chat", "voice": "phone", "instagram": "social", "mastodon": "social", "api": "web"}
_ICONS = {
    Verb.ASSIGNED: "assign",
    Verb.RESOLVED: "resolve",
    Verb.REOPENED: "replay",
    Verb.SNOOZED: "snooze",
    Verb.WOKE: "snooze",
    Verb.TAGGED: "tag",
    Verb.UNTAGGED: "tag",
    Verb.PRIORITISED: "priority",
    Verb.RENAMED: "pen",
    Verb.SPLIT: "split",
    Verb.MERGED: "merge",
    Verb.UNMERGED: "split",
    Verb.MARKED_SPAM: "warning",
    Verb.FAILED: "warning",
    Verb.MOVED: "people",
    Verb.REFUNDED: "return",
    Verb.CANCELLED_ORDER: "close",
    Verb.RESENT_ORDER: "send",
    Verb.HELD_ORDER: "snooze",
    Verb.RELEASED_ORDER: "replay",
    Verb.ADDED_ORDER: "order",
    Verb.NOTED_CALL: "phone",
    Verb.NOTED_FACT: "note",
    Verb.ASKED_CALL: "phone",
    Verb.CALLED_BACK: "phone",
    Verb.CALLER: "people",
}


@dataclass(frozen=True)
class Line:
    """`about` are parts that stand behind the title, each after a dot."""

    id: str
    at: datetime
    icon: str
    title: str
    hue: str = ""  # of the channel it happened on
    quote: str = ""
    about: tuple[str, ...] = ()
    href: str = ""
    inside: int = 0  # the visit whose events the line folds
    is_now: bool = False
    shows_date: bool = False  # instead of the hour: it stands under the name of its month

    @property
    def created_at(self) -> datetime:
        """As messages and activities call it, among which a line may stand."""
        return self.at


def line(happening: Happening) -> Line:
    row, known = happening.row, Line(happening.id, happening.at, "info", "")
    if isinstance(row, Message):
        return _said(known, row)
    if isinstance(row, Event):
        return _event(known, row)
    if isinstance(row, Visit):
        return _visit(known, row)
    if isinstance(row, Activity):
        return _done(known, row)
    assert isinstance(row, MergeEntry)
    return _merged(known, row, is_undone=happening.kind == Kind.UNMERGE)


def lines(happenings: Iterable[Happening]) -> list[Line]:
    return [line(each) for each in happenings]


def _said(known: Line, message: Message) -> Line:
    medium = message.channel.medium if message.channel else ""
    text = " ".join(message.text.split())
    return replace(
        known,
        icon=_icon(message, medium),
        title=_title(message),
        hue="phone" if message.kind == Message.Kind.CALL else _hue(medium),
        quote=text if len(text) <= QUOTED else text[: QUOTED - 1] + "…",
        href=f"{reverse('conversation', args=[message.conversation_id])}#message-{message.pk}",
    )


def _icon(message: Message, medium: str) -> str:
    if message.kind == Message.Kind.CALL:
        return "phone"
    if medium:
        return "sms" if medium == "sms" else _hue(medium)
    return "note" if message.kind == Message.Kind.NOTE else "info"


def _hue(medium: str) -> str:
    return HUES.get(medium, "messaging") if medium else ""


def _title(message: Message) -> str:
    said = {"who": _author(message), "how": message.channel.get_medium_display() if message.channel else ""}
    if message.kind == Message.Kind.NOTE:
        return _("%(who)s noted") % said
    if message.kind == Message.Kind.CALL:
        return happened(call_of(message))
    if message.kind == Message.Kind.INBOUND:
        return _("Wrote by %(how)s") % said if said["how"] else _("Wrote")
    if message.kind == Message.Kind.OUTBOUND:
        return _("%(who)s answered by %(how)s") % said if said["how"] else _("%(who)s answered") % said
    return _("The desk wrote")


def _author(message: Message) -> str:
    if message.is_bot:
        return _("The bot")
    return message.author.short_name if message.author else _("The desk")


def _event(known: Line, event: Event) -> Line:
    properties = event.properties if isinstance(event.properties, Mapping) else {}
    is_browsing = event.category == Category.BEHAVIOURAL
    amount = _amount(properties)
    title = sentence(event.name, properties)
    about = [_goods(properties), str(properties.get("place") or ""), amount, str(properties.get("reason") or "")]
    return replace(
        known,
        icon=meaning(event.name).icon,
        title=title,
        hue="web" if is_browsing else "",
        quote=str(properties.get("comment") or "")[:QUOTED],
        about=tuple(part for part in about if part and part not in title),
        href=_order(event, properties),
    )


def _order(event: Event, properties: Mapping[str, object]) -> str:
    """To the order that the event tells of, by its number."""
    number = words(properties).get("order", "") if event.category == Category.TRANSACTIONAL else ""
    return f"{reverse('find_order')}?{urlencode({'number': number})}" if number else ""


def _goods(properties: Mapping[str, object]) -> str:
    """ "Wool socks × 3, Fjord cap" """
    named = []
    for key in ("lines", "products", "items"):
        rows = properties.get(key)
        if isinstance(rows, list):
            named = [goods_of(row) for row in rows if isinstance(row, Mapping)]
            break
    shown = ", ".join(name for name in named[:3] if name)
    return shown + (" …" if len(named) > 3 else "")


def goods_of(row: Mapping[str, object]) -> str:
    name, variant, quantity = str(row.get("name") or ""), str(row.get("variant") or ""), row.get("quantity")
    named = f"{name}, {variant}" if name and variant else name
    return f"{named} × {quantity}" if named and isinstance(quantity, int) and quantity > 1 else named


def _amount(properties: Mapping[str, object]) -> str:
    currency = properties.get("currency")
    for key in ("amount", "total", "value", "revenue", "price"):
        amount = properties.get(key)
        if isinstance(amount, str | int | float) and not isinstance(amount, bool) and isinstance(currency, str):
            return money(amount, currency)
    return ""


def money(amount: object, currency: str) -> str:
    """As the reader's language writes it; "" for what is no sum."""
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        return ""
    return formatted(exact, currency.upper(), get_language() or "en") if currency and exact.is_finite() else ""


def get_locale() -> Locale:
    """Babel's word for the reader's language."""
    try:
        return Locale.parse((get_language() or "en").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _visit(known: Line, visit: Visit) -> Line:
    is_now = visit.ended_at > timezone.now() - STILL_THERE
    about = [lasted(visit.seconds or int((visit.ended_at - visit.started_at).total_seconds()))]
    if visit.searches:
        asked = ", ".join(str(each) for each in visit.searches[:3])
        about.append(_("searched for “%(words)s”") % {"words": asked})
    if is_now:
        about.append(_("still there"))
    return replace(
        known,
        icon="browse",
        title=looked_at(visit),
        hue="web",
        about=tuple(part for part in about if part),
        inside=visit.pk,
        is_now=is_now,
    )


def looked_at(visit: Visit) -> str:
    """ "Looked at 4 jackets", or at the one product by its name; else the page, or how many."""
    seen = [each for each in visit.seen if isinstance(each, Mapping) and each.get("name")]
    kinds = {str(each.get("kind") or "") for each in seen}
    if len(seen) == 1:
        return _("Looked at %(product)s") % {"product": seen[0]["name"]}
    if len(seen) > 1 and len(kinds) == 1 and (kind := kinds.pop()):
        return _("Looked at %(n)d %(kind)s") % {"n": len(seen), "kind": kind.lower()}
    title = str(visit.page.get("title") or "") if isinstance(visit.page, Mapping) else ""
    if not seen and not visit.searches and visit.pages == 1 and title:
        return _("Viewed “%(page)s”") % {"page": title}
    if not (seen or visit.searches or visit.pages):
        return _("Was on the site")
    return visit_sentence(len(seen), len(visit.searches), visit.pages)


def lasted(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds} if seconds else ""
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    return _("%(hours)d h %(minutes)d min") % {"hours": seconds // 3600, "minutes": seconds % 3600 // 60}


def _done(known: Line, activity: Activity) -> Line:
    did = activity.get_verb_display()
    title = f"{activity.by.short_name} {did}" if activity.by else did[:1].upper() + did[1:]
    parts = (activity.to, activity.reason, str(activity.conversation))
    return replace(
        known,
        icon=_ICONS.get(Verb(activity.verb), "info") if activity.verb in Verb.values else "info",
        title=title,
        about=tuple(part for part in parts if part),
        href=reverse("conversation", args=[activity.conversation_id]),
    )


def _merged(known: Line, entry: MergeEntry, *, is_undone: bool) -> Line:
    """An undone merge names nobody: the other is a customer of their own again, whom this agent may not see."""
    who = entry.by.short_name if entry.by else ""
    if is_undone:
        return replace(known, icon="split", title=_("A merge was taken back"))
    if entry.undone_at:
        return replace(known, icon="merge", title=_("Merged with another, for a while"))
    title = _("%(who)s merged %(name)s") if who else _("Merged %(name)s")
    about = (entry.evidence,) if entry.evidence else ()
    return replace(
        known,
        icon="merge",
        title=title % {"who": who, "name": entry.absorbed.name or _("another customer")},
        about=about,
    )
