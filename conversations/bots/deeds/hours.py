"""When somebody answers, and when the shops are open."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from conversations.bots.deeds import wording
from conversations.bots.deeds.deed import Deed, Matter, Outcome, Prospect, Words
from conversations.bots.memory import Need
from conversations.models import Hours
from conversations.routing.hours import Calendar, calendar_of, is_open, next_closing, next_opening


def look(matter: Matter) -> Prospect:
    return matter.ready()


def act(matter: Matter, key: uuid.UUID) -> Outcome:
    hours = _hours_of(matter)
    calendar = calendar_of(hours)
    if calendar.is_always_open:
        return Outcome("done", (Words("hours_always"),), about="open")
    name = hours.name if hours else ""
    said = (_now(calendar, matter), Words("hours_week", {"week": _week(calendar, matter)}))
    return Outcome("done", said, about=name)


def _hours_of(matter: Matter) -> Hours | None:
    """Of the shop that they named, where it has hours of its own name; else those that their channel keeps."""
    shop = matter.get(Need.SHOP)
    if shop and (named := Hours.objects.filter(name__icontains=shop).order_by("pk").first()):
        return named
    talk, conversation = matter.talk, matter.conversation
    own = (talk.channel.hours if talk and talk.channel else None) or (
        conversation.team.hours if conversation and conversation.team else None
    )
    return own or Hours.objects.filter(is_default=True).first()


def _now(calendar: Calendar, matter: Matter) -> Words:
    zone = ZoneInfo(calendar.zone)
    if is_open(calendar, matter.now):
        closes = next_closing(calendar, matter.now)
        until = wording.clock(closes.astimezone(zone).time(), matter.language) if closes else ""
        return Words("hours_open_now", {"until": until})
    opens = next_opening(calendar, matter.now)
    if opens is None:
        return Words("hours_closed_now")
    at = opens.astimezone(zone)
    values = {"day": wording.day_named(at.date(), matter.language), "time": wording.clock(at.time(), matter.language)}
    return Words("hours_closed_until", values)


def _week(calendar: Calendar, matter: Matter) -> str:
    """The next seven days, one to a line, holidays and closures as they are; a closed day has a dash."""
    today = matter.now.astimezone(ZoneInfo(calendar.zone)).date()
    days = [today + timedelta(days=ahead) for ahead in range(7)]
    return "\n".join(f"{wording.day_named(each, matter.language)}: {_spans(calendar, each)}" for each in days)


def _spans(calendar: Calendar, on: date) -> str:
    return ", ".join(f"{_at(begins)}–{_at(ends)}" for begins, ends in calendar.spans_on(on)) or "–"


def _at(text: str) -> str:
    if text == "24:00":
        return text
    return datetime.combine(date.min, time.fromisoformat(text)).strftime("%H:%M")


HOURS = Deed("hours", gettext_lazy("Opening hours"), (), look, act, wants_proof=False, asks_first=False)
