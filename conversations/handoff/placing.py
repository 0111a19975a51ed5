"""What customers are told once routing has placed them: the team that really has them, and a promise that is true.
Where each word is a letter of its own, the bot's parting words wait for that, and both go as one.

Two sorts of them: whom the bot has handed over, and whom the rules gave to people though a bot answers there (the
angry, those whose language it does not speak, those for whom people come first). Nobody is left without a word.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, transaction

from conversations.bots.words import say as words_of
from conversations.bots.words import spoken
from conversations.handoff import promising
from conversations.handoff.lease import last_line
from conversations.handoff.meanwhile import offers
from conversations.models import Activity, Bot, Conversation, Handoff, Message, Status, Waiting
from conversations.models.message import MessageKind
from conversations.outbound import speaking

log = structlog.get_logger(__name__)

WORDS = uuid.UUID("2f0b0d1c-6d0a-4c2b-9a2e-4b1f7f8f1c55")
PARTING = "parting"  # in what was promised: the bot's last words, until they go with the promise


@dataclass(frozen=True)
class Placed:
    """`passed_by`: the bot that answers where they wrote, and was not chosen; `is_first`: nothing was decided about
    what they wrote before."""

    conversation: Conversation
    passed_by: int | None = None
    is_first: bool = False


def tell_each(placed: Sequence[Placed]) -> None:
    """Of what was decided and written just now. Call with the conversations locked: they are stored. What goes wrong
    with one holds up no other."""
    with_people = {each.conversation.pk: each for each in placed if each.conversation.status == Status.OPEN}
    if not with_people:
        return
    handed = _handed(list(with_people))
    for pk, each in with_people.items():
        if pk not in handed and not (each.passed_by and each.is_first):
            continue  # as most: there is nothing to tell
        try:
            with transaction.atomic():
                if pk in handed:
                    _promise(handed[pk], each.conversation)
                elif each.passed_by:
                    _receive(each.conversation, each.passed_by)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("somebody could not be told where they are", conversation=pk)


def is_placed_later(conversation: Conversation) -> bool:
    """Whether the promise is told by `tell_each`, and not with the bot's parting words: rules are to place it yet."""
    return conversation.assignee_id is None and Waiting.objects.filter(conversation=conversation).exists()


def hold(handoff: Handoff, words: str) -> None:
    """They are told these with the promise, not before it."""
    handoff.promised = {**handoff.promised, PARTING: words}
    handoff.save(update_fields=["promised"])


def _handed(conversations: list[int]) -> dict[int, Handoff]:
    """The last handoff to people of each, while nobody has answered it."""
    rows = Handoff.objects.filter(conversation__in=conversations).select_related("talk").order_by("created_at", "pk")
    last = {handoff.conversation_id: handoff for handoff in rows}
    return {pk: handoff for pk, handoff in last.items() if handoff.to_people and handoff.answered_at is None}


def _promise(handoff: Handoff, conversation: Conversation) -> None:
    """Once; and once more where another team has them than they were told."""
    if handoff.by_id or not handoff.talk_id:
        return  # an agent took it: nothing was promised
    told = handoff.promised.get("team")
    team = conversation.team.name if conversation.team else ""
    if told is not None and (not told or told == team):
        return
    heard = last_line(conversation)
    path = speaking.path_to(conversation, heard)
    if path is None:
        return
    handoff.conversation = conversation
    language = (handoff.talk.language if handoff.talk else "") or conversation.language
    parting = handoff.promised.pop(PARTING, "")
    promise = promising.tell(handoff, language) or promising.somebody(language)
    text = f"{parting}\n\n{promise}".strip()
    key = uuid.uuid5(WORDS, f"{handoff.pk} {conversation.team_id}")
    speaking.part(conversation, speaking.Words(text, key, offers(path.channel, language)), path)


def _receive(conversation: Conversation, passed_by: int) -> None:
    """The bot says who it is, that a person comes, and steps back: in their language, else in one of the desk's."""
    heard = last_line(conversation)
    if heard is None or _was_answered(conversation):
        return
    path = speaking.path_to(conversation, heard)
    bot = Bot.objects.filter(pk=passed_by).first()
    if path is None or bot is None:
        return
    language = conversation.language or conversation.customer.language
    here = promising.spoken_by_us(language)
    key = "to_people_value" if spoken(language) or not language else "to_people_language"
    said = [words_of("hello_short", here, bot=bot.name), words_of(key, here)]
    said.append(promising.told(conversation, here).text)
    name = uuid.uuid5(WORDS, f"passed {conversation.pk} {heard.pk}")
    speaking.part(conversation, speaking.Words("\n\n".join(filter(None, said)), name), path)


def _was_answered(conversation: Conversation) -> bool:
    """Since it was last solved, by anybody."""
    said = Message.objects.filter(conversation=conversation, kind__in=(MessageKind.OUTBOUND, MessageKind.CALL))
    solved = Activity.objects.filter(conversation=conversation, verb=Activity.Verb.RESOLVED).order_by("-created_at")
    since = solved.values_list("created_at", flat=True).first()
    return (said.filter(created_at__gt=since) if since else said).exists()
