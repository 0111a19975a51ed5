"""What the desk's templates share: icons, the colour of a medium, times in short, our own words, the rail."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations.bots.markdown import as_html
from conversations.models import Conversation, Medium, Message, Priority
from conversations.person import language_name
from conversations.reading import TAGS, rail_of
from conversations.routing.availability import REASONS
from conversations.sanitise import sanitise_own
from customers.models.identity import Kind

register = template.Library()

# The six hues of the design, of media and of the identities on them; what is not named here is messaging.
HUES: dict[str, str] = {
    Medium.EMAIL: "email",
    Medium.CHAT: "chat",
    Medium.VOICE: "phone",
    Medium.INSTAGRAM: "social",
    Medium.MASTODON: "social",
    Medium.API: "web",
    Kind.PHONE: "phone",
    Kind.VISITOR: "chat",
    Kind.SHOP: "web",
    Kind.LOYALTY: "web",
    Kind.X: "social",
    "": "web",
}

# Any tag but those of plain paragraphs.
_MARKS = re.compile(r"<(?!(?:p|br|div|span)\b)[a-z]", re.IGNORECASE)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    classes = f"icon {size}".strip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="#icon-{}"/></svg>', classes, name)


@register.simple_tag
@cache
def sprite() -> SafeString:
    """Our own icons.svg, for inlining once in a page; without its remarks."""
    found = finders.find("icons.svg")
    if isinstance(found, str):
        drawn = Path(found).read_text(encoding="utf-8")
    else:
        with staticfiles_storage.open("icons.svg") as file:
            drawn = bytes(file.read()).decode()
    return mark_safe(re.sub(r"\s*<!--.*?-->|\n\s*", "", drawn, flags=re.DOTALL))  # noqa: S308  a file of ours


@register.simple_tag
def same_for_all(name: str) -> SafeString:
    """A template that says the same to everybody, drawn once a process for each language."""
    return _same_for_all(name, get_language() or "")


@cache
def _same_for_all(name: str, language: str) -> SafeString:
    return render_to_string(name)


@register.filter
def begins(path: str, with_: str) -> bool:
    return path.startswith(with_)


@register.filter
def hue(medium: str) -> str:
    return HUES.get(medium, "messaging")


@register.filter
def medium_icon(medium: str) -> str:
    return "sms" if medium == Medium.SMS else hue(medium)


@register.filter
def medium_name(medium: str) -> str:
    return str(Medium(medium).label) if medium in Medium.values else medium


@register.filter
def percent(share: float) -> int:
    """0.86 is 86; what is not quite certain is never 100."""
    return min(99, round(share * 100)) if share < 1 else 100


@register.filter
def language_called(code: str) -> str:
    return language_name(code) if code else ""


@register.filter
def strand_words(media: list[str]) -> str:
    """For screen readers: "Email, then Chat"."""
    return _(", then ").join(medium_name(medium) for medium in media)


@register.filter
def row_tags(conversation: Conversation) -> list[str]:
    """The names that a row has room for; a list has asked for them with its rows (reading.page)."""
    names = vars(conversation).get("tag_names")
    if names is None:
        names = list(conversation.tags.order_by("name").values_list("name", flat=True)[:TAGS])
    is_high = conversation.priority >= (Priority.URGENT if conversation.call_back_at else Priority.HIGH)
    beside = (is_high, conversation.customer.tier, conversation.call_back_at)
    return names[: max(0, TAGS - sum(map(bool, beside)))]


@register.filter
def waited(since: datetime | None) -> str:
    """How long ago, in one unit: "4m", "3h", "2d". The browser keeps it right (static/js/times.js)."""
    if since is None:
        return ""
    seconds = max(0, int((timezone.now() - since).total_seconds()))
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%(n)dm") % {"n": seconds // 60}
    if seconds < 86_400:
        return _("%(n)dh") % {"n": seconds // 3600}
    return _("%(n)dd") % {"n": seconds // 86_400}


@register.filter
def urgency(since: datetime | None) -> str:
    """The class of a waiting time: grey within the hour, amber, then red after four."""
    hours = (timezone.now() - since).total_seconds() / 3600 if since else 0
    return "late" if hours >= 4 else "soon" if hours >= 1 else ""


@register.filter
def left(due: datetime | None) -> str:
    """How long is left, or since when it is late: "4m left", "1h 29m", "4m late". The browser keeps it right
    (static/js/times.js)."""
    if due is None:
        return ""
    seconds = int((due - timezone.now()).total_seconds())
    return _("%(time)s late") % {"time": _short(-seconds)} if seconds < 0 else _left(seconds)


def _left(seconds: int) -> str:
    if seconds < 3600:
        return _("%(time)s left") % {"time": _short(seconds)}
    parts = [seconds, seconds % 3600] if seconds < 86_400 and seconds % 3600 >= 60 else [seconds]
    return " ".join(map(_short, parts))


def _short(seconds: int) -> str:
    if seconds < 3600:
        return _("%(n)dm") % {"n": seconds // 60}
    if seconds < 86_400:
        return _("%(n)dh") % {"n": seconds // 3600}
    return _("%(n)dd") % {"n": seconds // 86_400}


@register.filter
def nearness(conversation: Conversation) -> str:
    """The class of its deadline: grey, amber, then red."""
    now = timezone.now()
    if conversation.due_at is None:
        return ""
    if conversation.due_at <= now:
        return "late"
    return "soon" if conversation.at_risk_at and conversation.at_risk_at <= now else ""


@register.filter
def capped(count: int) -> str:
    return "999+" if count > 999 else str(count)


@register.filter
def formatted(message: Message) -> SafeString:
    """What one of us wrote, with its bold, lists, links and pictures; "" where it has none and its text says it all.

    The words are cleaned again each time they are shown, so that a row in the database alone can run nothing.
    """
    if message.kind not in (Message.Kind.OUTBOUND, Message.Kind.NOTE) or not _MARKS.search(message.html):
        return SafeString()
    files = [file for file in message.attachments.all() if file.content_id and file.is_image]
    pictures = {file.content_id: reverse("file", args=[file.pk]) for file in files}
    return mark_safe(sanitise_own(message.html, pictures))  # noqa: S308  just cleaned


@register.filter
def written(text: str) -> SafeString:
    """Markdown of ours, as customers read it."""
    return mark_safe(as_html(text))  # noqa: S308  just cleaned


@register.inclusion_tag("conversations/rail.html", takes_context=True)
def rail(context: Context) -> dict[str, object]:
    """Places, views with their counts, and the agent's presence; nothing for who is not signed in."""
    request, listed = context["request"], context.get("listed")
    user, known = request.user, context.get("rail")
    return {
        "request": request,
        "user": user,
        "rail": (known or rail_of(user)) if user.is_authenticated else None,
        "current": listed.key if listed else "",
        "csrf_token": context.get("csrf_token"),
        "away_reasons": list(REASONS.items()),
    }
