"""Between the handoff and the first word of a person: what the customer writes lands in the packet, and where they
would rather be called, or have the answer by mail, that is what happens."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.html import escape

from conversations.actions import call_backs
from conversations.actions.change import NotPossibleError
from conversations.bots.mood import mood_of
from conversations.handoff.building import plain
from conversations.handoff.given import told_in
from conversations.handoff.packet import Fact, Mood, Packet, packet_of
from conversations.handoff.promise_words import WORDS
from conversations.media import carries
from conversations.models import Channel, Conversation, Handoff, Medium, Message, Status
from conversations.outbound import by_rule
from customers.models import Identity
from customers.models.identity import Kind

MOST = 200  # lines that are named one by one
_KINDS = {"call": (Kind.PHONE, Kind.WHATSAPP), "mail": (Kind.EMAIL,)}
_NEEDS = {"call": "phone", "mail": "email"}
_WISHES = {plain(words[wish]): wish for words in WORDS.values() for wish in ("call", "mail")}


def offers(handoff: Handoff, channel: Channel, language: str) -> tuple[str, ...]:
    """What they may choose instead of waiting, as buttons, where their medium has any and the desk has the other."""
    words = WORDS.get(language.split("-")[0])
    if words is None or not carries(channel.medium).buttons:
        return ()
    here = set(Channel.objects.filter(is_active=True).values_list("medium", flat=True))
    wishes = [("call", Medium.VOICE), ("mail", Medium.EMAIL)]
    return tuple(words[wish] for wish, medium in wishes if medium in here)


def landed(messages: Sequence[Message]) -> None:
    """Of messages that were recorded just now: those of customers who wait for a person after a handoff. Call with
    their conversations locked."""
    waiting = {
        message.conversation_id: message
        for message in messages
        if not message.is_automatic and not message.conversation.is_new and message.conversation.status == Status.OPEN
    }
    if not waiting:
        return
    rows = Handoff.objects.filter(conversation__in=waiting, to_people=True, answered_at=None)
    newest = {handoff.conversation_id: handoff for handoff in rows.order_by("created_at", "pk")}
    for conversation, handoff in newest.items():
        _land(handoff, waiting[conversation])


def _land(handoff: Handoff, message: Message) -> None:
    conversation = message.conversation
    packet = _with_line(packet_of(handoff.packet), message)
    asked_where = handoff.wants
    handoff.wants = _WISHES.get(plain(message.text), handoff.wants)
    handoff.packet = packet.to_json()
    handoff.save(update_fields=["packet", "wants"])
    is_choice = plain(message.text) in _WISHES
    is_answer = bool(asked_where) and _where_of(message, packet, asked_where) != ""
    if handoff.wants and (is_choice or is_answer):
        _arrange(handoff, conversation, packet, message)


def _with_line(packet: Packet, message: Message) -> Packet:
    """With the details that it gives, beside those that were given before: which of them holds, people see."""
    known = {(fact.label, plain(words)) for fact in packet.told for words in (fact.value, fact.shown)}
    new = [
        Fact(each.slot.value, each.value, each.source)
        for each in told_in(message.conversation)
        if each.source == message.pk and (each.slot.value, plain(each.value)) not in known
    ]
    mood = mood_of(message.text, packet.language)
    return replace(
        packet,
        told=(*packet.told, *new),
        moods=packet.moods if mood is None else (*packet.moods, Mood(message.pk, mood)),
        since=(*packet.since, message.pk)[-MOST:],
    )


def _where_of(message: Message, packet: Packet, wish: str) -> str:
    """The number or address that this very line gives."""
    needed = _NEEDS[wish]
    return next((fact.value for fact in packet.told if fact.label == needed and fact.source == message.pk), "")


def _arrange(handoff: Handoff, conversation: Conversation, packet: Packet, message: Message) -> None:
    """A duty to ring where we know their number; and they are told where, or asked."""
    wish = handoff.wants
    words = WORDS.get(packet.language.split("-")[0], WORDS["en"])
    identity = Identity.objects.filter(customer=conversation.customer_id, kind__in=_KINDS[wish])
    known = identity.order_by("-is_verified", "-last_seen_at").first()
    typed = next((fact.value for fact in packet.told if fact.label == _NEEDS[wish] and fact.source), "")
    if wish == "call" and known is not None and not typed:
        _owe(conversation, known)
    where = typed or (_masked(known) if known else "")
    key = f"will_{wish}" if where else f"which_{'number' if wish == 'call' else 'mail'}"
    try:
        by_rule.answer(conversation, html=f"<p>{escape(words[key] % {'where': where} if where else words[key])}</p>")
    except NotPossibleError:
        return  # there is no way to tell them: the card says it to the people
    conversation.refresh_from_db()


def _owe(conversation: Conversation, identity: Identity) -> None:
    try:
        call_backs.ask(conversation, identity=identity, by=None, due_at=timezone.now())
    except NotPossibleError:
        return  # they are to be called back already


def _masked(identity: Identity) -> str:
    """Who writes may be somebody else: enough to know it by, and no more."""
    label = identity.display or identity.value
    if identity.kind == Kind.EMAIL:
        name, _at, domain = label.partition("@")
        return f"{name[:1]}…@{domain}"
    return f"… {label[-3:]}"
