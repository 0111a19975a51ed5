"""What the card shows of a call that rings: who it is, what is open with them, what they bought and said last."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from conversations.call_words import about, call_of, happened, is_by_number, title
from conversations.envelopes import CallDetails
from conversations.handoff.card import Card, card_of
from conversations.known import Facts
from conversations.live import ringing
from conversations.models import Conversation, Message
from conversations.models.message import MessageKind
from conversations.person import facts

if TYPE_CHECKING:
    from deskapp.models import User

MOST = 3


@dataclass(frozen=True)
class Pop:
    """`conversation` is None for whom the agent may see the number of, and no more."""

    message: Message
    call: CallDetails
    conversation: Conversation | None
    known: Facts | None
    last: Message | None
    is_mine: bool
    card: Card | None = None  # what the bot handed over

    @property
    def title(self) -> str:
        name = self.conversation.customer.label if self.conversation else self.call.get("number", "")
        if self.conversation and self.state == "ringing" and self.is_by_number:
            return _("%(name)s is calling, the number says") % {"name": name}
        return title(self.call, name)

    @property
    def is_by_number(self) -> bool:
        return is_by_number(self.call)

    @property
    def about(self) -> str:
        """How it stands, once it rings no more."""
        return " · ".join(about(self.call)) if self.state != "ringing" else ""

    @property
    def state(self) -> str:
        return self.call.get("state", "")

    @property
    def in_words(self) -> str:
        return happened(self.call)


def pops(agent: "User") -> list[Pop]:
    """The newest first. Nothing is asked of the database where nothing rings."""
    wanted = ringing.calls_for(agent)
    if not wanted:
        return []
    rows = Message.objects.filter(pk__in=wanted, kind=MessageKind.CALL).select_related("channel").defer("search")
    messages = list(rows.order_by("-created_at")[:MOST])
    seen = Conversation.objects.visible_to(agent).select_related("customer")
    known = {each.pk: each for each in seen.filter(pk__in=[message.conversation_id for message in messages])}
    return [_pop(agent, message, known.get(message.conversation_id)) for message in messages]


def _pop(agent: "User", message: Message, conversation: Conversation | None) -> Pop:
    call = call_of(message)
    is_mine = any(each["agent"] == agent.pk for each in call.get("answered", []))
    if conversation is None:
        return Pop(message, call, None, None, None, is_mine)
    known = facts(agent, conversation.customer_id)
    return Pop(message, call, conversation, known, _last_words(conversation), is_mine, card_of(conversation, agent))


def _last_words(conversation: Conversation) -> Message | None:
    said = conversation.messages.filter(kind__in=[MessageKind.INBOUND, MessageKind.OUTBOUND]).exclude(text="")
    return said.select_related("channel", "author").defer("search").order_by("-created_at", "-pk").first()
