"""The end of a turn: what the bot says, or its parting words, and what its talk is after it; all in one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.states import resolve
from conversations.bots import waking
from conversations.bots.acts import Asked, HandOver, Say
from conversations.bots.holding import Held
from conversations.bots.memory import Memory
from conversations.bots.reading import has_news, newest_of
from conversations.bots.words import say as words_of
from conversations.bots.words import spoken
from conversations.handoff import handing, lease, placing
from conversations.handoff.meanwhile import offers
from conversations.media import carries
from conversations.models import ArticleVerdict, BotTalk, Message
from conversations.models.bot import TalkEnd
from conversations.models.handoff import HandoffReason
from conversations.outbound import speaking
from conversations.prepared import Rows, blank
from conversations.required import LackingError

_HEARD = Rows(
    lambda: (
        Message.objects.filter(pk=blank(0))
        .select_related("channel", "identity")
        .defer("search", "html", "quoted", "text")
    )
)


def tell(found: Held, asked: Asked, says: Sequence[Say], memory: Memory, *, goes_on: bool = False) -> None:
    """Says it, and waits for the customer; or `goes_on` thinking about the same lines."""
    path = speaking.path_to(found.conversation, _heard(asked))
    if path is None:
        hand_over(found, asked, (), memory, HandOver(HandoffReason.FAILED, _("There is no way to reach them now.")))
        return
    words = [_words(found, each, place) for place, each in enumerate(says)]
    said = speaking.speak(found.conversation, words, path)
    _note_articles(says, said)
    if said and memory.waits_for:
        memory = replace(memory, question=said[-1].pk)
    _remember(found.talk, asked, memory, is_read=not goes_on)
    if goes_on:
        waking.put_back(found.turn, due_at=timezone.now())
    else:
        _rest(found, asked)


def leave(found: Held, asked: Asked, memory: Memory) -> None:
    """Says nothing: what there is to say to these lines stands right above them."""
    speaking.leave(found.conversation)
    _remember(found.talk, asked, memory, is_read=True)
    _rest(found, asked)


def _rest(found: Held, asked: Asked) -> None:
    """Until they write again, if they have not by now."""
    waking.forget(found.conversation)
    if _has_news(found, asked):
        waking.wake(found.conversation, heard_at=timezone.now())


def finish(found: Held, asked: Asked, says: Sequence[Say], memory: Memory) -> None:
    """They said that they were helped: it is solved, if nothing must be known first that nobody does."""
    tell(found, asked, says, memory)
    is_over = not lease.has(found.conversation, found.talk.term)  # nothing reaches them: it went to people
    if is_over or _has_news(found, asked):
        return
    try:
        with transaction.atomic():
            lease.take(found.conversation, by=None, why=TalkEnd.HELPED, end=TalkEnd.HELPED)
            found.conversation.save(update_fields=["status"])
            resolve(found.conversation, by=None, reason=_("The bot has solved it, as the customer says."))
    except LackingError as lacking:
        found.conversation.refresh_from_db()
        hand_over(found, asked, (), memory, HandOver(HandoffReason.NOT_ALLOWED, str(lacking)))


def _has_news(found: Held, asked: Asked) -> bool:
    read_until = newest_of(asked)
    return found.has_news if read_until == found.turn.read_until else has_news(found.conversation, read_until)


def hand_over(found: Held, asked: Asked, says: Sequence[Say], memory: Memory, why: HandOver) -> None:
    """People have the word, and the customer is told so, and by nobody else before an agent speaks."""
    _remember(found.talk, asked, memory, is_read=True)
    path = speaking.path_to(found.conversation, _heard(asked))
    handoff = handing.hand_over(found.conversation, why.reason, talk=found.talk, detail=why.detail, team=why.team)
    if path is None:
        return
    language = found.talk.language or asked.language
    parting = [*(say.text for say in says), *([] if says else [_parting(why.reason, language)])]
    is_placed_later = placing.is_placed_later(found.conversation)
    if is_placed_later and carries(path.channel.medium).has_letters:
        placing.hold(handoff, "\n\n".join(parting))
        return
    parting.append("" if is_placed_later else handing.promise(handoff, language))
    if text := "\n\n".join(part for part in parting if part):
        instead = () if is_placed_later else offers(path.channel, language)
        speaking.part(found.conversation, _words(found, Say(text, instead), 99), path)


def _parting(reason: str, language: str) -> str:
    """Where nobody who thinks has found words for it."""
    key = "to_people_failed" if reason == HandoffReason.BRAIN else f"to_people_{reason}"
    language = language or settings.LANGUAGE_CODE  # nobody has found out which it is
    return words_of(key, language) if spoken(language) else words_of("to_people_language", "en")


def _words(found: Held, said: Say, place: int) -> speaking.Words:
    name = found.turn.key or uuid.uuid4()  # of one that was never claimed: it is passed on before anybody thought
    return speaking.Words(said.text, uuid.uuid5(name, str(place)), said.buttons, said.article)


def _heard(asked: Asked) -> Message | None:
    """Their last line, by which they are answered."""
    last = next((line.source for line in reversed(asked.lines) if line.who == "customer"), None)
    return _HEARD.first(last) if last else None


def _remember(talk: BotTalk, asked: Asked, memory: Memory, *, is_read: bool) -> None:
    """`is_read`: the lines of this turn are answered."""
    read_until = newest_of(asked) if is_read else asked.memory.read_until
    memory = replace(memory, read_until=read_until)
    talk.state = memory.to_json()
    heard = memory.heard[-1] if memory.heard else None
    talk.language = (heard.language if heard and heard.language else talk.language or asked.language)[:12]
    talk.topic_id = heard.topic if heard and heard.topic else talk.topic_id
    talk.turns, talk.spoke_at = talk.turns + is_read, timezone.now()
    talk.save(update_fields=["state", "language", "topic", "turns", "spoke_at", "misunderstood"])


def _note_articles(says: Sequence[Say], said: Sequence[Message]) -> None:
    shown = [
        ArticleVerdict(text_id=each.article, message=message)
        for each, message in zip(says, said, strict=True)
        if each.article
    ]
    if shown:
        ArticleVerdict.objects.bulk_create(shown)
