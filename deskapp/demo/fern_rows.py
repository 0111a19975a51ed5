"""Writes what was Fern's of the demo's talks: the lease, its talk with all it kept, the handoff with its packet."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from conversations.bots.memory import Heard, Kept, Memory, Step
from conversations.handoff.building import packet_for
from conversations.handoff.packet import NextStep, Packet
from conversations.models import (
    ArticleText,
    ArticleVerdict,
    Bot,
    BotMistake,
    BotTalk,
    Conversation,
    Handoff,
    Lease,
    Message,
    Topic,
)
from conversations.models.bot import TalkEnd
from conversations.models.lease import Holder
from conversations.models.message import MessageKind
from deskapp.demo.articles import ARTICLES
from deskapp.demo.asked import TOPICS
from deskapp.demo.fern import NAME
from deskapp.demo.talk import Talk
from deskapp.demo.with_fern import WithFern
from deskapp.models import User

LATER = timedelta(hours=3)  # a supervisor reads what was said
LOOKED = timedelta(seconds=25)  # from the handoff to the agent who has the thread open


@dataclass(frozen=True)
class Told:
    """One talk as rows: `messages` in the order of its lines."""

    talk: Talk
    fern: WithFern
    row: Conversation
    messages: Sequence[Message]

    @property
    def ended(self) -> Message:
        return self.messages[self.fern.ended]

    def source(self, line: int | None) -> int | None:
        return None if line is None else self.messages[line].pk

    def theirs(self) -> list[Message]:
        lines = self.messages[self.fern.began : self.fern.ended + 1]
        return [message for message in lines if message.kind == MessageKind.INBOUND]


class Rows:
    def __init__(self, domain: str) -> None:
        self.bot = Bot.objects.get(name=NAME)
        self.grace = User.objects.get(email=f"grace@{domain}")
        named = {topic.name: topic for topic in Topic.objects.all()}
        self.topics = {key: named[told[0]] for key, told in TOPICS.items() if told[0] in named}
        texts = ArticleText.objects.select_related("article")
        self.texts = {(text.article.name, text.language): text for text in texts}

    def write(self, found: Iterable[tuple[Talk, Conversation, Sequence[Message]]]) -> None:
        told = [Told(talk, talk.fern, row, messages) for talk, row, messages in found if talk.fern]
        talks = BotTalk.objects.bulk_create(map(self._talk, told))
        pairs = list(zip(told, talks, strict=True))
        Lease.objects.bulk_create(_lease(each) for each in told)
        handed = [self._handoff(each, talk) for each, talk in pairs if each.fern.end == TalkEnd.HANDED]
        Handoff.objects.bulk_create(handed)
        ArticleVerdict.objects.bulk_create(self._verdicts(told))
        BotMistake.objects.bulk_create(
            BotMistake(
                message=each.messages[each.fern.shown or each.fern.ended],
                talk=talk,
                why=each.fern.wrong,
                by=self.grace,
                created_at=each.ended.created_at + LATER,
            )
            for each, talk in pairs
            if each.fern.wrong
        )

    def _talk(self, told: Told) -> BotTalk:
        fern, topic = told.fern, self.topics.get(told.fern.topic)
        return BotTalk(
            conversation=told.row,
            bot=self.bot,
            channel=told.messages[fern.began].channel,
            topic=topic,
            term=2,
            state=self._memory(told).to_json(),
            turns=sum(message.is_bot for message in told.messages),
            misunderstood=2 if fern.reason == "misunderstood" else 0,
            language=told.talk.person.language,
            end=fern.end,
            first=told.messages[fern.began],
            began_at=told.messages[fern.began].created_at,
            spoke_at=told.ended.created_at,
            ended_at=told.ended.created_at if fern.end else None,
        )

    def _memory(self, told: Told) -> Memory:
        fern, theirs = told.fern, told.theirs()
        return Memory(
            task=fern.task,
            slots={each.need: _kept(told, each.line, each.value, each.shown, each.where) for each in fern.slots},
            waits_for=fern.waits_for,
            question=told.ended.pk if fern.waits_for else None,
            steps=tuple(
                Step(each.what, each.result, told.source(each.line), each.about)  # type: ignore[arg-type]
                for each in fern.steps
            ),
            heard=tuple(self._heard(told, message, place) for place, message in enumerate(theirs)),
            read_until=theirs[-1].pk if theirs else 0,
            wrote_hello=True,
        )

    def _heard(self, told: Told, message: Message, place: int) -> Heard:
        fern = told.fern
        topic, following = self.topics.get(fern.topic), self.topics.get(fern.second)
        first = place == 0
        return Heard(
            source=message.pk,
            topic=topic.pk if first and topic else None,
            certainty=fern.sure if first else 0.0,
            next_topic=following.pk if first and following else None,
            next_certainty=fern.next_sure if first else 0.0,
            mood=fern.moods[place] if place < len(fern.moods) else None,
            language=told.talk.person.language,
        )

    def _handoff(self, told: Told, talk: BotTalk) -> Handoff:
        fern, at = told.fern, told.ended.created_at
        packet = _with_goal(packet_for(told.row, talk, at=at), fern)
        answers = (message for message in told.messages if message.author_id and message.created_at > at)
        answer = next((each for each in answers if each.kind == MessageKind.OUTBOUND), None)
        looked = min(at + LOOKED, answer.created_at) if answer else None
        agent = told.row.assignee if answer else None
        return Handoff(
            conversation=told.row,
            talk=talk,
            reason=fern.reason,
            detail=fern.detail,
            packet=packet.to_json(),
            version=packet.version,
            term=3,
            topic=self.topics.get(fern.topic),
            team=told.row.team,
            created_at=at,
            opened_by=agent,
            opened_at=looked if agent else None,
            accepted_by=agent,
            accepted_at=looked if agent else None,
            answered_at=answer.created_at if answer else None,
        )

    def _verdicts(self, told: Iterable[Told]) -> Iterator[ArticleVerdict]:
        for each in told:
            fern = each.fern
            if fern.article and fern.shown is not None:
                text = self.texts[ARTICLES[fern.article].name, each.talk.person.language]
                message = each.messages[fern.shown]
                yield ArticleVerdict(text=text, message=message, helped=fern.helped, at=message.created_at)


def _kept(told: Told, line: int | None, value: str, shown: str, where: str) -> Kept:
    return Kept(value, told.source(line), where, shown)  # type: ignore[arg-type]


def _lease(told: Told) -> Lease:
    """The bot's second term, and the people's third."""
    if not told.fern.end:
        return Lease(conversation=told.row, holder=Holder.BOT, term=2)
    return Lease(conversation=told.row, holder=Holder.PEOPLE, agent=told.row.assignee, term=3)


def _with_goal(packet: Packet, fern: WithFern) -> Packet:
    if fern.goal:
        packet = replace(packet, goal=fern.goal)
    if fern.next_step:
        packet = replace(packet, next_step=NextStep(fern.next_step, deed=fern.next_deed))
    return packet
