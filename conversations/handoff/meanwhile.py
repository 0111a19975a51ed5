"""Between the handoff and the first word of a person: what the customer writes lands in the packet, and where they
would rather be called, or have the answer by mail, that is what happens."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions import call_backs
from conversations.actions.change import NotPossibleError
from conversations.bots.hearing import hear
from conversations.bots.hearing.wish_words import wish_of
from conversations.bots.mood import mood_of
from conversations.bots.words import say, spoken
from conversations.handoff import promising
from conversations.handoff.building import plain
from conversations.handoff.given import told_in
from conversations.handoff.lease import last_line
from conversations.handoff.packet import Fact, Mood, Packet, packet_of
from conversations.handoff.promise_words import WORDS
from conversations.media import carries
from conversations.models import CallBack, Channel, Conversation, Handoff, Medium, Message, Status
from conversations.models.message import MessageKind
from conversations.outbound import speaking
from customers.handles import LONGEST, UNVERIFIED, alike, can_be_dialled, fitted, normalise, region_of
from customers.models import Identity
from customers.models.identity import Kind

NUMBER = "call_to"  # in what was promised: the number that they typed, until they say that it is right
MOST = 200  # lines that are named one by one
_ASKED = uuid.UUID("7f2a1f0e-53a9-4e53-9d5f-5b7f0a1f3d10")
_KINDS = {"call": (Kind.PHONE, Kind.WHATSAPP), "mail": (Kind.EMAIL,)}
_NEEDS = {"call": "phone", "mail": "email"}
_WISHES = {plain(words[wish]): wish for words in WORDS.values() for wish in ("call", "mail")}


def offers(channel: Channel, language: str) -> tuple[str, ...]:
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
    asked_where, offered = handoff.wants, str(handoff.promised.get(NUMBER, ""))
    wish = _WISHES.get(plain(message.text)) or wish_of(message.text)
    handoff.wants = "" if wish == "wait" else wish or handoff.wants
    handoff.packet = packet.to_json()
    handoff.promised = {name: value for name, value in handoff.promised.items() if name != NUMBER}
    handoff.save(update_fields=["packet", "wants", "promised"])
    if handoff.wants != "call" and asked_where == "call":
        _forget_call(handoff, conversation)
    is_answer = bool(handoff.wants) and _where_of(message, packet, handoff.wants) != ""
    agrees = _says_yes(message, packet) if offered and handoff.wants == "call" and not is_answer else None
    if agrees is not None:
        _settle_number(conversation, packet, offered if agrees else "")
    elif wish == "wait":
        _goes_on_waiting(conversation, packet)
    elif wish or is_answer and asked_where:
        _arrange(handoff, conversation, packet)


def _forget_call(handoff: Handoff, conversation: Conversation) -> None:
    """They would have it another way now: nobody rings them."""
    owed = CallBack.objects.filter(conversation=conversation, done_at=None, missed=None)
    for each in owed.filter(asked_at__gte=handoff.created_at):
        call_backs.end(each, by=None, outcome=_("They would rather have it another way."))


def _goes_on_waiting(conversation: Conversation, packet: Packet) -> None:
    """What is true of it, unless that was our last word."""
    text = promising.told(conversation, packet.language).text or promising.somebody(packet.language)
    last = Message.objects.filter(conversation=conversation, kind=MessageKind.OUTBOUND).order_by("-created_at", "-pk")
    if not (last.values_list("text", flat=True).first() or "").endswith(text):
        _tell(conversation, text)


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


def _arrange(handoff: Handoff, conversation: Conversation, packet: Packet) -> None:
    """A duty to ring where we know their number; one that they typed is asked for once more, as a slip of a digit has
    us ring a stranger. They are told where, or asked."""
    wish = handoff.wants
    if wish == "mail" and not Channel.objects.filter(is_active=True, medium=Medium.EMAIL).exists():
        return  # the card says what they would like: nothing of it can be promised
    identity = Identity.objects.filter(customer=conversation.customer_id, kind__in=_KINDS[wish])
    known = identity.order_by("-is_verified", "-last_seen_at").first()
    typed = next((fact.value for fact in reversed(packet.told) if fact.label == _NEEDS[wish] and fact.source), "")
    if wish == "call" and typed and not can_be_dialled(typed, _region()):
        _say(conversation, packet, "not_number", typed)
        return
    if wish == "call" and typed:
        _ask_whether(handoff, conversation, packet, typed)
        return
    if wish == "call" and known is not None:
        _owe(conversation, known)
    where = typed or (_masked(known) if known else "")
    key = f"will_{wish}" if where else f"which_{'number' if wish == 'call' else 'mail'}"
    _say(conversation, packet, key, where)


def _ask_whether(handoff: Handoff, conversation: Conversation, packet: Packet, typed: str) -> None:
    handoff.promised = {**handoff.promised, NUMBER: typed}
    handoff.save(update_fields=["promised"])
    language = spoken(packet.language) or "en"
    yes_no = (say("do_it", language), say("leave_it", language))
    _tell(conversation, WORDS[language]["is_number"] % {"where": typed}, yes_no)


def _says_yes(message: Message, packet: Packet) -> bool | None:
    """None where they say neither."""
    language = spoken(packet.language) or "en"
    signs = hear(message.text, language)
    if signs.is_no or plain(message.text) == plain(say("leave_it", language)):
        return False
    return True if signs.is_yes or plain(message.text) == plain(say("do_it", language)) else None


def _settle_number(conversation: Conversation, packet: Packet, typed: str) -> None:
    """It is theirs by their word alone: nobody who calls from it is taken for them."""
    if not typed:
        _say(conversation, packet, "which_number", "")
        return
    identity = _claimed(conversation, typed)
    if identity is not None:
        _owe(conversation, identity)
    _say(conversation, packet, "will_call", typed)  # where it is no number that can be dialled, the card has it


def _claimed(conversation: Conversation, typed: str) -> Identity | None:
    """None where it is no number by itself, or somebody else's word already."""
    try:
        value = normalise(Kind.PHONE, typed, region=_region())
    except ValueError:
        return None
    theirs = Identity.objects.filter(customer=conversation.customer_id, kind=Kind.PHONE, value=value).first()
    if theirs:
        return theirs
    claim = fitted(f"{UNVERIFIED}{value}")
    about = {"display": typed[:LONGEST], "alike": alike(Kind.PHONE, claim), "source": "typed for a call-back"}
    made, _new = Identity.objects.get_or_create(
        kind=Kind.PHONE, value=claim, defaults={"customer_id": conversation.customer_id, **about}
    )
    return made if made.customer_id == conversation.customer_id else None


def _region() -> str | None:
    """Of the desk's telephone, for who leaves out the country."""
    line = Channel.objects.filter(is_active=True, medium=Medium.VOICE).order_by("pk").first()
    return region_of(line.address) if line else None


def _say(conversation: Conversation, packet: Packet, key: str, where: str) -> None:
    """By the bot: no person has read it yet, and the widget shows whoever else speaks as one who has. Where nothing
    reaches them, the card says it to the people."""
    language = spoken(packet.language) or "en"
    text = WORDS[language][key] % {"where": where} if where else WORDS[language][key]
    _tell(conversation, text)


def _tell(conversation: Conversation, text: str, buttons: tuple[str, ...] = ()) -> None:
    heard = last_line(conversation)
    path = speaking.path_to(conversation, heard)
    if path is None or heard is None:
        return
    key = uuid.uuid5(_ASKED, f"{heard.pk} {text}")
    speaking.part(conversation, speaking.Words(text, key, buttons), path)


def _owe(conversation: Conversation, identity: Identity) -> None:
    try:
        call_backs.ask(conversation, identity=identity, by=None, due_at=timezone.now())
    except NotPossibleError:
        return  # they are to be called back already


def _masked(identity: Identity) -> str:
    """Who writes may be somebody else: enough to know it by, and no more."""
    label = identity.display or identity.value
    if identity.kind == Kind.EMAIL:
        name, _sign, domain = label.partition("@")
        return f"{name[:1]}…@{domain}"
    return f"… {label[-3:]}"
