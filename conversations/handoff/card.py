"""The card at the top of a thread: what the packet holds, as far as this agent may see it, in five parts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from conversations.actions.declining import REASONS
from conversations.bots.deeds import DEEDS
from conversations.bots.memory import Need
from conversations.handoff.packet import Fact, Packet, Tried, packet_of
from conversations.models import Activity, Conversation, Handoff, Message, Status
from conversations.models.handoff import HandoffReason
from conversations.person import language_name
from customers.models import Order

if TYPE_CHECKING:
    from deskapp.models import User

LABELS = {
    Need.ORDER: pgettext_lazy("a detail", "Order"),
    Need.ADDRESS: pgettext_lazy("a detail", "Address"),
    Need.EMAIL: pgettext_lazy("a detail", "Email"),
    Need.PHONE: pgettext_lazy("a detail", "Phone"),
    Need.SIZE: pgettext_lazy("a detail", "Size"),
    Need.DEVICE: pgettext_lazy("a detail", "Device"),
    Need.DATE: pgettext_lazy("a detail", "Date"),
    Need.PHOTO: pgettext_lazy("a detail", "Photos"),
    Need.ITEM: pgettext_lazy("a detail", "Item"),
    Need.REASON: pgettext_lazy("a detail", "Reason"),
    Need.CONDITION: pgettext_lazy("a detail", "Condition"),
    Need.WISH: pgettext_lazy("a detail", "Wants"),
    Need.SHOP: pgettext_lazy("a detail", "Shop"),
    Need.PRODUCT: pgettext_lazy("a detail", "Product"),
}
WHERE = {
    "profile": gettext_lazy("from their profile"),
    "order": gettext_lazy("from their order"),
    "page": gettext_lazy("by the page they had open"),
    "earlier": gettext_lazy("from an earlier conversation"),
    "agent": gettext_lazy("from a colleague"),
}
RESULTS = {
    "done": gettext_lazy("done"),
    "offered": gettext_lazy("offered, no answer yet"),
    "declined": gettext_lazy("they said no"),
    "refused": gettext_lazy("not possible"),
    "failed": gettext_lazy("did not work"),
    "uncertain": gettext_lazy("perhaps done, look before you repeat it"),
    "answered": gettext_lazy("answered"),
    "unanswered": gettext_lazy("not answered"),
}
BUTTONS = {
    "status": gettext_lazy("Look up the order"),
    "tracking": gettext_lazy("Look up the parcel"),
    "delivery": gettext_lazy("Change the delivery"),
    "address": gettext_lazy("Change the address"),
    "return": gettext_lazy("Start the return"),
    "stock": gettext_lazy("Look in the shops"),
    "hours": gettext_lazy("Look up the hours"),
    "invoice": gettext_lazy("Send the invoice"),
    "cancel": gettext_lazy("Cancel the order"),
}
PROOFS = {
    "signed_in": gettext_lazy("Signed in at the shop"),
    "channel": gettext_lazy("Their channel proves it"),
    "code": gettext_lazy("By a code"),
}
NEW = timedelta(hours=2)  # after the first answer
FALLING = -0.3  # a mood from which it is said


@dataclass(frozen=True)
class Line:
    """One thing they told us. `source` is the message that says it, `conversation` another one where it stands there.
    `after` is what the desk knows beside it, such as how the order stands."""

    label: str
    value: str
    source: int | None = None
    conversation: int | None = None
    where: str = ""
    after: str = ""
    order: int | None = None
    is_first: bool = True  # of those of the same detail


@dataclass(frozen=True)
class TriedLine:
    what: str
    how: str
    source: int | None = None


@dataclass(frozen=True)
class Step:
    """The next one: with a `deed` a button does it, else it is words alone."""

    text: str
    button: str = ""
    deed: str = ""


@dataclass(frozen=True)
class Card:
    handoff: Handoff
    packet: Packet
    bot: str
    goal: str
    told: list[Line] = field(default_factory=list)
    tried: list[TriedLine] = field(default_factory=list)
    since: list[Message] = field(default_factory=list)  # what they wrote since, until a person answered
    step: Step | None = None
    page: str = ""
    is_free: bool = False  # nobody has it, so that this agent may accept it
    goal_source: int | None = None
    question: Fact | None = None  # the bot's last, which nobody answered
    is_awaited: bool = False  # they wrote, and wait for us

    @property
    def reason(self) -> str:
        label = str(HandoffReason(self.handoff.reason).label)
        return f"{label[:1].upper()}{label[1:]}"

    @property
    def sure(self) -> int | None:
        """Per cent."""
        topic = self.packet.topic
        return round(topic.certainty * 100) if topic and topic.certainty else None

    @property
    def is_folded(self) -> bool:
        """Whoever answered has read it; while it is new and they wait again, it stays open for the next answer."""
        answered_at = self.handoff.answered_at
        return answered_at is not None and not (self.is_awaited and answered_at > timezone.now() - NEW)

    @property
    def title(self) -> str:
        if self.handoff.reason == HandoffReason.STEPPED_IN and self.handoff.by:
            return _("%(agent)s took over from %(bot)s") % {"agent": self.handoff.by.short_name, "bot": self.bot}
        return _("Handed over by %(bot)s") % {"bot": self.bot}

    @property
    def asks(self) -> list[tuple[str, str]]:
        """What the bot can be sent to ask for, what is missing first."""
        told = {fact.label for fact in self.packet.told}
        first = [need for need in self.packet.not_asked if need in LABELS]
        needs = dict.fromkeys([*first, *(need.value for need in LABELS if need not in told)])
        return [(need, str(LABELS[Need(need)])) for need in needs]

    @property
    def refusals(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in REASONS.items()]

    @property
    def proof(self) -> str:
        proof = PROOFS.get(self.packet.proof)
        if proof is None:
            return ""
        return f"{proof}: {self.packet.proven_by}" if self.packet.proven_by else str(proof)

    @property
    def language(self) -> str:
        return language_name(self.packet.language) if self.packet.language else ""

    @property
    def mood(self) -> str:
        moods = [each.mood for each in self.packet.moods]
        if not moods or moods[-1] > FALLING:
            return ""
        return _("falling") if len(moods) > 1 and moods[-1] < moods[0] else _("angry")

    @property
    def mood_source(self) -> int | None:
        return self.packet.moods[-1].source if self.packet.moods else None

    @property
    def wants(self) -> str:
        return {"call": _("They want to be called"), "mail": _("They want the answer by email")}.get(
            self.handoff.wants, ""
        )


def card_of(conversation: Conversation, agent: "User") -> Card | None:
    """Of the last handoff to people, until it is solved. None while the bot has the word."""
    if conversation.status in (Status.PENDING, Status.RESOLVED):
        return None
    handoff = current(conversation)
    return card(handoff, conversation, agent) if handoff else None


def current(conversation: Conversation) -> Handoff | None:
    """The last to people since the conversation was last solved, if the bot was not given it back since."""
    rows = Handoff.objects.filter(conversation=conversation).select_related(
        "talk__bot", "by", "opened_by", "accepted_by"
    )
    last = rows.order_by("-created_at", "-pk").first()
    if last is None or not last.to_people:
        return None
    solved = Activity.objects.filter(conversation=conversation, verb=Activity.Verb.RESOLVED)
    return None if solved.filter(created_at__gte=last.created_at).exists() else last


def card(handoff: Handoff, conversation: Conversation, agent: "User") -> Card:
    """Of this handoff, current or not."""
    packet = packet_of(handoff.packet)
    hidden = [fact for fact in packet.told if not _may_see(fact, agent)]
    orders = _orders(conversation, packet) if agent.sees_purchases else {}
    sources = [*(fact.source for fact in packet.told), *(each.source for each in packet.tried)]
    seen = _seen([packet.goal_source, *sources], agent)
    return Card(
        handoff=handoff,
        packet=packet,
        bot=bot_of(handoff),
        goal=_without(packet.goal, hidden),
        told=_told([fact for fact in packet.told if _may_see(fact, agent)], orders, seen, conversation),
        tried=[_tried(each, seen) for each in _last_words(packet.tried)],
        since=written_since(handoff),
        step=_step(packet),
        page=packet.page if agent.sees_browsing else "",
        is_free=conversation.is_open and conversation.assignee_id is None,
        goal_source=packet.goal_source if packet.goal_source in seen else None,
        question=packet.open_question,
        is_awaited=conversation.waiting_since is not None,
    )


def bot_of(handoff: Handoff) -> str:
    return handoff.talk.bot.name if handoff.talk and handoff.talk.bot else str(_("the bot"))


def written_since(handoff: Handoff) -> list[Message]:
    """The customer's lines between the handoff and the first answer of a person."""
    said = Message.objects.filter(
        conversation=handoff.conversation_id, kind=Message.Kind.INBOUND, is_automatic=False,
        created_at__gt=handoff.created_at,
    )  # fmt: skip
    if handoff.answered_at:
        said = said.filter(created_at__lt=handoff.answered_at)
    return list(said.only("pk", "text", "created_at").order_by("created_at", "pk")[:20])


def _may_see(fact: Fact, agent: "User") -> bool:
    """What they said themselves is in the thread for all to read; what was looked up is for who may look."""
    if fact.where == "order":
        return agent.sees_purchases
    return agent.sees_browsing if fact.where == "page" else True


def _without(goal: str, hidden: Iterable[Fact]) -> str:
    for fact in hidden:
        for words in filter(None, (fact.shown, fact.value)):
            goal = goal.replace(words, "…")
    return goal


def _orders(conversation: Conversation, packet: Packet) -> dict[str, Order]:
    numbers = [fact.value.lstrip("#") for fact in packet.told if fact.label == Need.ORDER]
    rows = Order.objects.of(conversation.customer_id) if numbers else []
    return {row.number.lstrip("#").casefold(): row for row in rows if row.number.lstrip("#") in numbers}


def _seen(sources: Iterable[int | None], agent: "User") -> dict[int, int]:
    """Which of these messages this agent may open, with the conversation that has it now."""
    known = {source for source in sources if source is not None}
    if not known:
        return {}
    return dict(Message.objects.visible_to(agent).filter(pk__in=known).values_list("pk", "conversation"))


def _told(facts: list[Fact], orders: dict[str, Order], seen: dict[int, int], conversation: Conversation) -> list[Line]:
    """In the order of the packet, the lines of one detail beside each other."""
    order = list(dict.fromkeys(fact.label for fact in facts))
    sorted_facts = [fact for label in order for fact in facts if fact.label == label]
    firsts = [not index or sorted_facts[index - 1].label != fact.label for index, fact in enumerate(sorted_facts)]
    return [
        replace(_line(fact, orders, seen, conversation), is_first=is_first)
        for fact, is_first in zip(sorted_facts, firsts, strict=True)
    ]


def _line(fact: Fact, orders: dict[str, Order], seen: dict[int, int], conversation: Conversation) -> Line:
    label = str(LABELS[Need(fact.label)]) if fact.label in LABELS else fact.label
    home = seen.get(fact.source or 0)
    bought = orders.get(fact.value.lstrip("#").casefold()) if fact.label == Need.ORDER else None
    return Line(
        label=label,
        value=fact.shown or fact.value,
        source=fact.source if home else None,
        conversation=home if home and home != conversation.pk else None,
        where=str(WHERE.get(fact.where, "")),
        after=_standing(bought) if bought else "",
        order=bought.pk if bought else None,
    )


def _standing(order: Order) -> str:
    """ "delivered 16 Nov"."""
    return f"{str(order.get_status_display()).lower()} {_day(order.changed_at)}"


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j M")


def _last_words(tried: Sequence[Tried]) -> Iterator[Tried]:
    """Without what was only offered, where the answer to it follows."""
    for n, each in enumerate(tried):
        if each.result != "offered" or each.about or all(later.what != each.what for later in tried[n + 1 :]):
            yield each


def _tried(tried: Tried, seen: dict[int, int]) -> TriedLine:
    how = str(RESULTS.get(tried.result, tried.result))
    return TriedLine(_what(tried.what), tried.about or how, tried.source if seen.get(tried.source or 0) else None)


def _what(what: str) -> str:
    """A deed's name, an article's, or "asked:<need>"."""
    if what in DEEDS:
        return str(DEEDS[what].name)
    kind, _colon, need = what.partition(":")
    if kind == "asked" and need in LABELS:
        return _("Asked for: %(detail)s") % {"detail": str(LABELS[Need(need)]).lower()}
    return what


def _step(packet: Packet) -> Step | None:
    """The deed that was on its way, with its button; else what the bot could still ask for."""
    step = packet.next_step
    if step and step.deed in DEEDS:
        name = str(DEEDS[step.deed].name)
        return Step(step.text or name, step.button or str(BUTTONS.get(step.deed, _("Do it"))), deed=step.deed)
    return Step(step.text) if step and step.text else None
