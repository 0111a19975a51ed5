"""By which way a rule reaches somebody: what they said they prefer, else what they used last, else mail where the rule
says so; only where they have agreed to it, and never by one that nobody has proven to be theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.media import carries
from conversations.models import Channel, Medium, MessageTemplate, OutreachRule
from conversations.models.outreach import Fallback, OccasionKind
from conversations.outbound.reach import Choice, here_now, ordered
from conversations.outbound.way import places
from conversations.outreach.knowing import Known
from conversations.outreach.why import Why
from customers import consent
from customers.models import Identity, Purpose

MARKETING = frozenset({OccasionKind.CART, OccasionKind.REFILL, OccasionKind.RISK})
_PURPOSE = {Medium.EMAIL: Purpose.MARKETING_EMAIL, Medium.SMS: Purpose.MARKETING_SMS}


@dataclass(frozen=True)
class Means:
    """What there is to write by, asked for once a round."""

    channels: Sequence[Channel]
    templates: Mapping[int, Sequence[MessageTemplate]]  # usable ones of the rule's name, by channel


@dataclass(frozen=True)
class Way:
    choice: Choice
    template: MessageTemplate | None = None


def means_of(rule: OutreachRule) -> Means:
    channels = list(Channel.objects.filter(is_active=True).select_related("fallback").order_by("pk"))
    templates: dict[int, list[MessageTemplate]] = {}
    if rule.template:
        for each in MessageTemplate.objects.filter(name=rule.template, is_usable=True, channel__in=channels):
            templates.setdefault(each.channel_id, []).append(each)
    return Means(channels, templates)


def is_marketing(kind: str) -> bool:
    """News of what they ordered is none; everything else is."""
    return kind in MARKETING


def purpose_of(kind: str, medium: str) -> Purpose:
    if not is_marketing(kind):
        return Purpose.NEWS
    return _PURPOSE.get(Medium(medium), Purpose.MARKETING_MESSAGING)


def may(rule: OutreachRule, one: Known, medium: str, identity: Identity) -> bool:
    """Marketing goes to an address for which they agreed to it; news of an order to who has not refused it."""
    said = consent.goes_for(identity, one.said.get(purpose_of(rule.kind, medium), ()))
    return said is True if is_marketing(rule.kind) else said is not False


def way_to(rule: OutreachRule, one: Known, means: Means, language: str, now: datetime) -> "Way | Why":
    """The reason why not, where there is none."""
    here = here_now(one.identities)
    choices = ordered(one.identities, means.channels, one.words, team_id=None, here=here, now=now)
    why = Why.NO_WAY
    for medium in _wanted(rule, one, means):
        ways = [
            way
            for each in choices
            if each.channel.medium == medium and (way := _usable(rule, one, each, means, language))
        ]
        allowed = (way for way in ways if may(rule, one, medium, way.choice.identity))
        if way := next(allowed, None):
            return way
        if ways:
            why = Why.NO_CONSENT if is_marketing(rule.kind) else Why.REFUSED
    return why


def _wanted(rule: OutreachRule, one: Known, means: Means) -> Iterable[str]:
    media = {each.pk: each.medium for each in means.channels}
    used = next((media[word.channel_id] for word in one.words if word.channel_id in media and not word.is_public), "")
    found = [one.prefers or used]
    if rule.fallback == Fallback.MAIL:
        found.append(Medium.EMAIL)
    return dict.fromkeys(medium for medium in found if medium)


def _usable(rule: OutreachRule, one: Known, choice: Choice, means: Means, language: str) -> Way | None:
    can = carries(choice.channel.medium)
    is_shut = choice.blocked or choice.identity.pk in one.closed or choice.warning
    if is_shut or (choice.channel.medium == Medium.CHAT and not choice.is_here):
        return None
    if choice.needs_template:
        template = _template(rule, means.templates.get(choice.channel.pk, ()), language)
        return Way(choice, template) if template else None
    if (
        can.freely_within
        and can.answer_within
        and (choice.left is None or choice.left < can.answer_within - can.freely_within)
    ):
        return None  # what is left of the time is for people's own answers alone
    return Way(choice)


def _template(rule: OutreachRule, known: Iterable[MessageTemplate], language: str) -> MessageTemplate | None:
    """In their language, else in the rule's; only one that asks for as many values as the rule has."""
    fitting = [each for each in known if len(places(each)) == len(rule.template_values)]
    for wanted in (language, rule.language):
        for each in fitting:
            if each.language.replace("_", "-").partition("-")[0].lower() == wanted:
                return each
    return None
