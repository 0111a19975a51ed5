"""Seeded months of customers on their way, and the slow plain computation of their journeys: loops over rows, no SQL of
the product's, none of its functions."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from conversations.models import (
    BotDeed,
    BotTalk,
    Channel,
    Conversation,
    Episode,
    Message,
    Survey,
    SurveyAsk,
    SurveyResponse,
    SurveyVersion,
    Team,
    Topic,
)
from customers import events
from customers.facts import EventFact
from customers.identify import Handle
from customers.models import Customer, Event, Identity, Membership, Segment, Visit

ZONE = ZoneInfo("Europe/London")
DAYS = 130
MEDIA = ("email", "chat", "voice")
NAMES = (
    "Page Viewed", "Page Viewed", "Page Viewed", "Screen Viewed", "Cart Left", "Checkout Started", "Order Placed",
    "Order Placed", "Order Delivered", "Order Collected", "Order Cancelled", "Order Refunded", "Return Opened",
    "Return Received", "Return Refunded", "Place Visited", "Application Opened", "Product Added",
)  # fmt: skip
PLACE_OF = {
    "Order Placed": "order", "Order Delivered": "delivery", "Order Collected": "shop", "Order Cancelled": "cancel",
    "Order Refunded": "refund", "Return Opened": "return", "Return Received": "arrived", "Return Refunded": "refund",
    "Cart Left": "cart", "Checkout Started": "cart", "Place Visited": "shop", "Application Opened": "app",
}  # fmt: skip


class Months:
    """Everything that happens to `people` customers in the last `days`, by a chance that is always the same."""

    def __init__(self, people=11, days=DAYS, seed=7):
        self.chance, self.now, self.count, self.days = random.Random(seed), timezone.now(), 0, days
        self.teams = [Team.objects.create(name=name) for name in ("Boots", "Shells")]
        self.topics = [Topic.objects.create(name=name) for name in ("late", "size")]
        self.channels = {
            medium: Channel.objects.create(medium=medium, address=f"{medium}@desk.example", name=medium)
            for medium in MEDIA
        }
        survey = Survey.objects.create(name="How was it?", kind="csat", touchpoint="resolution")
        self.version = SurveyVersion.objects.create(survey=survey, number=1)
        self.segment = Segment.objects.create(name="Regulars")
        self.customers = [self._customer(number) for number in range(people)]
        for customer in self.customers:
            self.happens(customer, self.chance.randint(5, 25))
            for _ in range(self.chance.choice((1, 2, 3))):
                self._conversation(customer)
        Membership.objects.bulk_create(Membership(segment=self.segment, customer=each) for each in self.customers[::2])

    def _customer(self, number):
        customer = Customer.objects.create(name=f"Person {number}")
        for kind in ("shop", "visitor"):
            Identity.objects.create(customer=customer, kind=kind, value=f"{kind}{number}")
        return customer

    def moment(self):
        return self.now - timedelta(days=self.chance.uniform(0.2, self.days))

    def happens(self, customer, times, near=None):
        """Events in bursts, as people shop. `near`: around that moment, else anywhere."""
        handles = {identity.kind: Handle(identity.kind, identity.value) for identity in customer.identities.all()}
        facts, at = [], near or self.moment()
        for _ in range(times):
            at = at + timedelta(minutes=self.chance.choice((3, 50, 900, 4000)))
            if at >= self.now:
                at = near or self.moment()
            self.count += 1
            name = self.chance.choice(NAMES)
            told = {"title": "Home", "url": "https://shop.example/"} if name == "Page Viewed" else {"name": "Home"}
            handle = handles["visitor" if name.endswith("Viewed") else "shop"]
            facts.append(EventFact(1, f"e{self.count}", (handle,), name, at, told))
        events.record_many(facts)

    def _conversation(self, customer):
        team = self.chance.choice([*self.teams, None])
        talk = Conversation.objects.create(
            customer=customer, team=team, is_spam=self.chance.random() < 0.06, topic=self.chance.choice(self.topics)
        )
        at = self.moment()
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            at = self._episode(talk, at)
            if at is None:
                return

    def _episode(self, talk, at):
        """Gives when the next one begins; None where there is none."""
        if at > self.now - timedelta(hours=5):
            return None
        said, begin, medium = [], at, self.chance.choice(MEDIA)
        first = medium
        for _ in range(self.chance.randint(1, 8)):
            if self.chance.random() < 0.25:
                medium = self.chance.choice(MEDIA)
            said.append(self._word(talk, at, medium, is_first=not said))
            at += timedelta(minutes=self.chance.uniform(1, 30))
        Message.objects.bulk_create(said)
        ends = min(at, self.now) if self.chance.random() < 0.9 else None
        outcome = self.chance.choice(("solved",) * 9 + ("merged",)) if ends else ""
        episode = Episode.objects.create(
            conversation=talk, began_at=begin, ended_at=ends, outcome="spam" if talk.is_spam else outcome,
            is_inbound=self.chance.random() < 0.92, team=talk.team, medium=first, last_medium=medium,
            topic=talk.topic if self.chance.random() < 0.8 else None, tier=self.chance.choice(("", "gold", "a~b")),
            waited_open=self.chance.choice((None, 30, 90, 400, 5000)), transfers=self.chance.choice((0, 0, 1, 2, 3)),
            repeats=self.chance.choice((0, 0, 0, 1)), worked=self.chance.randint(0, 3000),
        )  # fmt: skip
        if ends and self.chance.random() < 0.5:
            self._rated(talk, ends)
        if self.chance.random() < 0.2:
            self._refused(talk, episode)
        return at + timedelta(days=self.chance.choice((0.5, 5, 10, 20))) if ends else None

    def _word(self, talk, at, medium, *, is_first):
        """Of the customer, the bot, a person, a call of either way, or what says nothing."""
        kinds = ("inbound", "inbound", "bot", "person", "call", "ring", "auto")
        kind = "inbound" if is_first else self.chance.choice(kinds)
        about = {"conversation": talk, "created_at": at, "channel": self.channels[medium], "text": "x"}
        if kind in ("call", "ring"):
            call = {"direction": "in" if kind == "call" else "out", "state": self.chance.choice(("ended", "missed"))}
            return Message(kind="call", details={"call": call}, **about)
        if kind == "bot":
            return Message(kind="outbound", is_bot=True, **about)
        if kind == "person":
            return Message(kind="outbound", author_id=self.author, **about)
        return Message(kind="inbound", is_automatic=kind == "auto", **about)

    author = None  # a person's key; set by the test before anything is made

    def _rated(self, talk, at):
        self.count += 1
        ask = SurveyAsk.objects.create(
            survey=self.version.survey, version=self.version, customer=talk.customer, conversation=talk,
            touchpoint="resolution", key=f"k{self.count}", state="answered", ended_at=at,
        )  # fmt: skip
        SurveyResponse.objects.create(
            ask=ask, survey=ask.survey, conversation=talk, kind="csat", touchpoint="resolution", way="link",
            score=self.chance.randint(1, 5), answered_at=at + timedelta(hours=3),
        )  # fmt: skip

    def _refused(self, talk, episode):
        self.count += 1
        said = BotTalk.objects.create(conversation=talk, term=self.count, ended_at=episode.began_at)
        key = f"00000000-0000-0000-0000-{self.count:012}"
        BotDeed.objects.create(
            talk=said, what="cancel", key=key, state="refused", created_at=episode.began_at + timedelta(seconds=5)
        )
        BotDeed.objects.filter(key=key).update(created_at=episode.began_at + timedelta(seconds=5))


def plain(now, least_usual):
    """{episode: what its journey is to hold}, of all there are."""
    every = [each for each in Episode.objects.select_related("conversation__customer").order_by("began_at", "pk")]
    told = [each for each in every if _counts(each)]
    return {each.pk: _journey(each, told, every, now, least_usual) for each in told if each.is_inbound}


def _counts(episode):
    talk = episode.conversation
    is_out = talk.is_spam or talk.merged_into_id or episode.outcome in ("spam", "merged")
    return not is_out and talk.customer.erased_at is None


def _journey(episode, told, every, now, least_usual):
    customer, began, ended = episode.conversation.customer_id, episode.began_at, episode.ended_at
    stays = _stays(customer)
    others = [each for each in told if each.pk != episode.pk and each.conversation.customer_id == customer]
    words = [word for other in others for word in _places(other)]
    low, high = began - timedelta(days=30), (ended or began) + timedelta(days=14)
    before = _fold([(at, min(until, began), place) for at, until, place, _name in stays if low <= at < began]
                   + [(at, at, place) for at, place in words if low <= at < began])[-5:]  # fmt: skip
    after = []
    if ended:
        after = _fold([(at, until, place) for at, until, place, _name in stays if ended < at <= high]
                      + [(at, at, place) for at, place in words if ended < at <= high])[:5]  # fmt: skip
    mine = _places(episode)
    contact = [place for _at, _until, place in _fold([(at, at, place) for at, place in mine])] or [episode.medium]
    if len(contact) > 4:
        contact = contact[:3] + contact[-1:]
    is_over = ended is not None and high <= now
    last = max([ended or began, *(at for at, _by, _medium in _said(episode))])
    line = [*before, (began, last, "us"), *after]
    gaps = [None] + [max(0, int((line[n + 1][0] - line[n][1]).total_seconds())) for n in range(len(line) - 1)]
    until = high if ended else now
    names = {name for at, _u, _p, name in stays if began <= at <= until}
    had = {name for at, _u, _p, name in stays if low <= at <= until}
    outcome = _outcome(episode, others, names, had, is_over)
    places = [place for _at, _until, place in before], contact, [place for _at, _until, place in after]
    return {
        "at": began, "before": places[0], "contact": places[1], "after": places[2], "gaps": gaps, "outcome": outcome,
        "is_over": is_over, "lasted": max(0, int((line[-1][0] - line[0][0]).total_seconds())),
        "dropped_at": (places[1] + places[2])[-1] if is_over and outcome == "silent" else "",
        "frictions": sorted(_frictions(episode, others, stays, every, least_usual)),
        **_rating(episode, told),
    }  # fmt: skip


def _stays(customer):
    mine = Identity.objects.filter(customer=customer)
    found = []
    for visit in Visit.objects.filter(identity__in=mine):
        place = "app" if visit.pages and "url" not in visit.page else "site"
        found.append((visit.started_at, visit.ended_at, place, ""))
    for event in Event.objects.filter(identity__in=mine):
        if event.name in PLACE_OF and not event.is_folded:
            found.append((event.occurred_at, event.occurred_at, PLACE_OF[event.name], event.name))
    return found


def _said(episode):
    """(when, by whom, medium) of all that was said in it."""
    found = []
    for message in episode.conversation.messages.select_related("channel").order_by("created_at", "pk"):
        if message.is_automatic or message.created_at < episode.began_at:
            continue
        if episode.ended_at and message.created_at > episode.ended_at:
            continue
        medium = message.channel.medium
        if message.kind == "inbound":
            found.append((message.created_at, "", medium))
        elif message.kind == "outbound":
            found.append((message.created_at, "bot" if message.is_bot else "person", medium))
        elif message.kind == "call":
            if message.details["call"]["direction"] == "in":
                found.append((message.created_at, "", "voice"))
            if message.details["call"]["state"] in ("answered", "ended"):
                found.append((message.created_at, "person", "voice"))
    return found


def _places(episode):
    said = _said(episode)
    found = []
    for number, (at, by, medium) in enumerate(said):
        if by == "":
            answers = [other for _at, other, _medium in said[number + 1 :] if other]
            found.append((at, "bot" if answers and answers[0] == "bot" else medium))
    return found


def _fold(stops):
    found = []
    for at, until, place in sorted(stops, key=lambda stop: (stop[0], stop[2])):
        if found and found[-1][2] == place:
            found[-1] = (found[-1][0], max(found[-1][1], until), place)
        else:
            found.append((at, until, place))
    return found


def _again(episode, others, days):
    for other in others:
        is_near = episode.ended_at and episode.ended_at < other.began_at <= episode.ended_at + timedelta(days=days)
        is_same = other.conversation_id == episode.conversation_id
        is_same = is_same or (episode.topic_id and other.topic_id == episode.topic_id)
        if is_near and is_same and other.is_inbound:
            return True
    return False


def _outcome(episode, others, names, had, is_over):
    if _again(episode, others, 14):
        return "back"
    if names & {"Order Refunded", "Return Refunded"}:
        return "refunded"
    if "Order Cancelled" in names:
        return "cancelled"
    if names & {"Return Opened", "Return Received"}:
        return "returned"
    if "Order Placed" in names:
        return "bought"
    if not is_over:
        return ""
    return "kept" if had & {"Order Placed", "Order Delivered", "Order Collected"} else "silent"


def _frictions(episode, others, stays, every, least_usual):
    said = _said(episode)
    media = _squeezed([medium for _at, by, medium in said if by == ""])
    voices = "".join({"bot": "b", "person": "p"}[by] for by in _squeezed([by for _at, by, _m in said if by]))
    usual = _usual(episode, every, least_usual)
    if usual is not None and episode.waited_open is not None and episode.waited_open > max(3 * usual, 300):
        yield "wait"
    if episode.repeats:
        yield "repeat"
    if _again(episode, others, 7):
        yield "loop"
    if any(media[n] in media[: n - 1] for n in range(2, len(media))):
        yield "pingpong"
    if "bpb" in voices:
        yield "handback"
    began = episode.began_at
    left = [at for at, _u, place, _n in stays if place == "cart" and began - timedelta(hours=24) <= at < began]
    if left and not [at for at, _u, place, _n in stays if place == "order" and max(left) <= at < began]:
        yield "checkout"
    if len(set(media)) > 1:
        yield "media"
    if episode.transfers >= 2:
        yield "transfers"
    if _refusals(episode):
        yield "deed"


def _squeezed(words):
    return [word for number, word in enumerate(words) if number == 0 or words[number - 1] != word]


def _usual(episode, every, least):
    here = episode.began_at.astimezone(ZONE)
    month = (here.year * 12 + here.month - 1) - 1
    waits = []
    for other in every:
        at = other.began_at.astimezone(ZONE)
        counts = other.is_inbound and other.outcome not in ("spam", "merged") and other.waited_open is not None
        if counts and other.medium == episode.medium and at.year * 12 + at.month - 1 == month:
            waits.append(other.waited_open)
    return sorted(waits)[(len(waits) - 1) // 2] if len(waits) >= least else None


def _last_begun(episode, at):
    """Whether this is the last counted episode of its conversation that had begun by then."""
    talk = episode.conversation
    begun = [each for each in talk.episodes.all() if _counts(each) and each.began_at <= at]
    return bool(begun) and max(begun, key=lambda each: (each.began_at, each.pk)).pk == episode.pk


def _refusals(episode):
    deeds = BotDeed.objects.filter(talk__conversation=episode.conversation, state="refused")
    return sum(_last_begun(episode, deed.created_at) for deed in deeds)


def _rating(episode, told):
    found = {"answers": 0, "good": 0}
    for response in SurveyResponse.objects.filter(conversation=episode.conversation).order_by("answered_at", "pk"):
        if _last_begun(episode, response.ask.ended_at):
            found = {"answers": 1, "good": int(response.score >= 4)}
    return found
