"""What the customer is told when the bot hands over: a team and a promise, and of both only what is true now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from conversations.bots.words import spoken
from conversations.handoff import promise_words
from conversations.models import AgentState, Channel, Conversation, Handoff, Hours, Message, Team
from conversations.models.message import MessageKind
from conversations.routing.hours import calendar_of, is_open, next_opening
from conversations.routing.whose_hours import hours_of

LOOKED_BACK = timedelta(days=14)
LEAST = 5  # handoffs from which a wait can be told
MOST_WAIT = 60  # minutes; a longer wait is told as none
SURE_SHARE = 0.8  # of them were answered within what is promised


@dataclass(frozen=True)
class Told:
    """One or two sentences, "" where there is nothing true to add; and what was promised in them."""

    text: str
    team: Team | None = None
    seconds: float | None = None
    opens_at: datetime | None = None


def tell(handoff: Handoff, language: str) -> str:
    """In their language, else in the desk's; keeps what was promised on the row."""
    said = told(handoff.conversation, language)
    handoff.promised = {
        **handoff.promised,
        "team": said.team.name if said.team else "",
        "seconds": said.seconds,
        "opens_at": said.opens_at.isoformat() if said.opens_at else None,
    }
    handoff.save(update_fields=["promised"])
    return said.text


def told(conversation: Conversation, language: str) -> Told:
    """Of who has it now."""
    language = spoken_by_us(language)
    words = promise_words.WORDS[language]
    channel, team = _channel(conversation), conversation.team
    hours, now = hours_of(channel, team), timezone.now()
    calendar = calendar_of(hours)
    if not is_open(calendar, now):
        opens_at = next_opening(calendar, now)
        return Told(_closed(words, opens_at, hours, language) if opens_at else words["closed"], team, opens_at=opens_at)
    seconds = wait_of(team, channel) if _somebody_is_here(team) else None
    parts = [words["to_team"] % {"team": team.name}] if team else []
    if seconds is not None:
        minutes = max(1, ceil(seconds / 60))
        parts.append(words["wait_one"] if minutes == 1 else words["wait"] % {"minutes": minutes})
    return Told(" ".join(parts), team, seconds)


def somebody(language: str) -> str:
    """Where nothing else is true."""
    return promise_words.WORDS[spoken_by_us(language)]["to_somebody"]


def spoken_by_us(language: str) -> str:
    """Theirs where there are words in it, else the desk's own, else English."""
    return spoken(language) or spoken(settings.LANGUAGE_CODE) or "en"


def wait_of(team: Team | None, channel: Channel | None) -> float | None:
    """Seconds within which four of five of the last handoffs to this team had a person's answer; None where too few
    were, or where it takes so long that it is no wait."""
    since = timezone.now() - LOOKED_BACK
    rows = Handoff.objects.filter(to_people=True, created_at__gte=since, answered_at__isnull=False, by=None)
    if team is not None:
        rows = rows.filter(team=team)
    if channel is not None:
        rows = rows.filter(talk__channel__medium=channel.medium)
    took = rows.annotate(took=F("answered_at") - F("created_at")).order_by("-created_at").values_list("took", flat=True)
    waits = sorted(each.total_seconds() for each in took[:50])
    if len(waits) < LEAST:
        return None
    wait = waits[min(len(waits) - 1, ceil(len(waits) * SURE_SHARE) - 1)]
    return wait if wait <= MOST_WAIT * 60 else None


def _somebody_is_here(team: Team | None) -> bool:
    here = AgentState.objects.filter(until=None, state="online", agent__is_active=True)
    return (here.filter(agent__teams=team) if team else here).exists()


def _channel(conversation: Conversation) -> Channel | None:
    """By which they wrote last."""
    said = Message.objects.filter(conversation=conversation, kind=MessageKind.INBOUND).exclude(channel=None)
    last = said.order_by("-created_at", "-pk").select_related("channel__hours", "channel__team__hours").first()
    return last.channel if last else None


def _closed(words: dict[str, str], opens_at: datetime, hours: Hours | None, language: str) -> str:
    here = opens_at.astimezone(ZoneInfo(hours.zone)) if hours else timezone.localtime(opens_at)
    return words["opens"] % {"when": promise_words.moment(here, timezone.now(), language)}
