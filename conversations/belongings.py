"""What this room keeps of a customer: how it is exported, and how it is erased."""

from collections.abc import Callable, Iterable

from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from conversations import traces
from conversations.actions import call_backs
from conversations.bots import learning
from conversations.call_words import call_of
from conversations.helping import remembering
from conversations.inbound import early
from conversations.leftovers import drop_files
from conversations.models import (
    Activity,
    Advice,
    ArticleVerdict,
    Attachment,
    BotDeed,
    BotMistake,
    BotTalk,
    BotTurn,
    CallBack,
    Conversation,
    Delivery,
    DeliveryAttempt,
    Draft,
    FieldValue,
    Handoff,
    Hint,
    Journey,
    Message,
    MessageEdit,
    Moment,
    Participant,
    ProofCode,
    Reaction,
    ReplayChange,
    RoutingDecision,
    RuleRun,
    Sale,
    TopicExample,
    Translation,
    WebhookCall,
)
from conversations.outreach import remembering as outreach
from conversations.surveys import remembering as surveys
from customers.models import Identity
from customers.privacy import AT_ONCE, Row, Section, Step, Whose, emptied

_WHERE = ("message", "page", "cart", "order__number")
_OF_A_CALL = (
    "direction", "state", "number", "ours", "ringing_at", "answered_at", "ended_at", "seconds", "cause", "keys",
    "transcript", "language",
)  # fmt: skip
_HANDED = ("conversation", "created_at", "to_people", "reason", "detail", "packet", "promised", "wants")
_DONE = ("talk__conversation", "created_at", "order__number", "what", "values", "state", "result")
_CHOSEN = ("conversation", "created_at", "trigger", "kind", "team__name")
_WENT = ("episode__conversation", "at", "before", "contact", "after", "outcome")
_COUNTED = ("direction", "state", "seconds")
_SAID = ("pk", "created_at", "kind", "channel__medium", "channel__address", "subject", "text", "is_bot")


def sections(of: Whose) -> Iterable[Section]:
    """What was said to and fro. Private notes are the desk's own and stay here, as a lawyer would have it; an admin
    reads them in the thread."""
    here = Conversation.objects.filter(customer__in=of.customers).order_by("pk")
    columns = ("pk", "subject", "status", "language", "created_at", "resolved_at")
    yield Section("conversations", _("Your conversations"), list(here.values(*columns)))
    said = Message.objects.filter(traces.said_by(of)).exclude(kind=Message.Kind.NOTE)
    messages: list[Row] = list(said.order_by("created_at", "pk").values(*_SAID))
    yield Section("messages", _("What was said"), messages)
    yield Section("calls", _("Your calls"), [_told(call) for call in _calls(said)])
    owed = CallBack.objects.filter(_owed_to(of)).order_by("pk")
    asked: list[Row] = [dict(row) for row in owed.values("asked_at", "due_at", "tries", "note", "done_at", "outcome")]
    yield Section("call_backs", _("When we were to call you back"), asked)
    chosen = RoutingDecision.objects.filter(conversation__in=here).order_by("pk")
    choices: list[Row] = [dict(row) for row in chosen.values(*_CHOSEN)]
    yield Section("decisions", _("How it was decided who answers"), choices)
    handed = Handoff.objects.filter(conversation__in=here).order_by("pk")
    handoffs: list[Row] = [dict(row) for row in handed.values(*_HANDED)]
    yield Section("handoffs", _("What went along when you were passed on"), handoffs)
    went = Journey.objects.filter(episode__conversation__in=here).order_by("at", "pk")
    ways: list[Row] = [dict(row) for row in went.values(*_WENT)]
    yield Section("journeys", _("By which ways you came to us"), ways)
    yield Section("surveys", _("How you said it was"), surveys.told(of.customers))
    yield Section("outreach", _("When we wrote to you by ourselves, or might have"), outreach.told(of.customers))
    talked = BotTalk.objects.filter(conversation__in=here).order_by("pk")
    talks: list[Row] = [dict(row) for row in talked.values("conversation", "began_at", "ended_at", "end", "state")]
    yield Section("bot_talks", _("What the bot kept of your talks with it"), talks)
    did = BotDeed.objects.filter(talk__conversation__in=here).order_by("pk")
    deeds: list[Row] = [dict(row) for row in did.values(*_DONE)]
    yield Section("bot_deeds", _("What the bot did for you"), deeds)
    yield from _judged(here)
    filled = FieldValue.objects.filter(conversation__in=here).order_by("pk")
    values: list[Row] = [dict(row) for row in filled.values("conversation", "field__name", "value")]
    yield Section("fields", _("What was written down when it was solved"), values)
    moments = Moment.objects.filter(message__in=said).order_by("message")
    where: list[Row] = list(moments.values(*_WHERE))
    taught = TopicExample.objects.filter(conversation__in=here).order_by("pk")
    lines: list[Row] = [dict(row) for row in taught.values("conversation", "topic__name", "text", "created_at")]
    yield Section("topic_examples", _("Words of yours by which we tell what others write about"), lines)
    foreign = Translation.objects.filter(message__in=said).order_by("message", "language")
    worded: list[Row] = [dict(row) for row in foreign.values("message", "language", "text", "by")]
    yield Section("translations", _("Messages in other languages"), worded)
    shown = Reaction.objects.filter(message__in=said, taken_off_at=None).order_by("message", "pk")
    emoji: list[Row] = [dict(row) for row in shown.values("message", "emoji", "created_at", "state")]
    yield Section("reactions", _("Emoji on messages"), emoji)
    yield Section("moments", _("Where you were when you wrote"), where)
    files = Attachment.objects.filter(message__in=said).order_by("pk")
    rows: list[Row] = [dict(row) for row in files.values("pk", "message", "name", "content_type", "size")]
    yield Section("files", _("Files"), rows, [(_path(file), _reader(file)) for file in files if file.file])


def _judged(here: models.QuerySet[Conversation]) -> Iterable[Section]:
    """What was thought of the bot's answers: by the desk, and by the customer."""
    wrong = BotMistake.objects.filter(message__conversation__in=here).order_by("pk")
    remarks: list[Row] = [dict(row) for row in wrong.values("message", "created_at", "why", "right__name")]
    yield Section("wrong_answers", _("Answers of the bot’s to you that we called wrong"), remarks)
    said = ArticleVerdict.objects.filter(message__conversation__in=here).exclude(helped=None).order_by("pk")
    verdicts: list[Row] = [dict(row) for row in said.values("message", "at", "text__title", "helped")]
    yield Section("article_verdicts", _("Whether an article helped you"), verdicts)


def _owed_to(of: Whose) -> models.Q:
    return models.Q(conversation__customer__in=of.customers) | models.Q(identity__in=of.identities)


def _calls(said: models.QuerySet[Message]) -> models.QuerySet[Message]:
    return said.filter(kind=Message.Kind.CALL).defer("search").order_by("created_at", "pk")


def _told(message: Message) -> Row:
    """Without what is kept for the desk's own use: the reports one by one, and its agents' lines."""
    call = call_of(message)
    return {"message": message.pk, "created_at": message.created_at, **{name: call.get(name) for name in _OF_A_CALL}}


def _path(file: Attachment) -> str:
    """Safe on every system: a name from outside may hold anything."""
    name = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in file.name)
    return f"files/{file.pk}-{name.replace('..', '_')[-80:]}"


def _reader(file: Attachment) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with file.file.open("rb") as opened:
                return opened.read()
        except FileNotFoundError:
            return b""

    return read


def _erase_files(of: Whose, cursor: int) -> tuple[int, int | None]:
    """The rows at once, the bytes when that is certain."""
    messages = Message.objects.filter(traces.said_by(of))
    drafts = Draft.objects.filter(conversation__customer__in=of.customers).values_list("files", flat=True)
    waiting = models.Q(message=None, pk__in={file for files in drafts for file in files})
    theirs = models.Q(message__in=messages) | models.Q(uploaded_by_identity__in=of.identities) | waiting
    found = list(Attachment.objects.filter(theirs).order_by("pk")[:AT_ONCE])
    drop_files(found)
    return emptied(len(found), 0)


def _erase_messages(of: Whose, cursor: int) -> tuple[int, int | None]:
    """The words go, with every earlier wording and what a provider said of them. That something was said, when, by
    which agent and on which channel stays: the desk's own figures are of that."""
    rows = Message.objects.filter(traces.said_by(of), pk__gt=cursor).order_by("pk")
    talks = dict(rows.values_list("pk", "conversation")[:AT_ONCE])
    found = list(talks)
    here = {"message__in": found}
    MessageEdit.objects.filter(**here).delete()
    Reaction.objects.filter(**here).delete()
    Translation.objects.filter(**here).delete()
    Moment.objects.filter(**here).delete()
    DeliveryAttempt.objects.filter(delivery__in=Delivery.objects.filter(**here)).update(said="")
    Delivery.objects.filter(**here).update(external_id="", error="")
    calls = _bare(found)
    Message.objects.filter(pk__in=found).update(
        identity=None, subject="", text="", html="", quoted=[], details={}, external_id=""
    )
    for pk, call in calls.items():
        Message.objects.filter(pk=pk).update(details={"call": call})
    traces.tell_anew(set(talks.values()), of)
    return emptied(len(found), found[-1] if found else None)


def _bare(found: list[int]) -> dict[int, dict[str, object]]:
    """Of calls, what figures count: which way they went, how they ended, how long they took."""
    calls = Message.objects.filter(pk__in=found, kind=Message.Kind.CALL).only("details", "kind")
    return {call.pk: {name: value for name in _COUNTED if (value := call_of(call).get(name))} for call in calls}


def _erase_traces(of: Whose, cursor: int) -> tuple[int, int | None]:
    """With what they did to messages that have not come."""
    written = Identity.objects.filter(pk__in=of.identities).values_list("value", "display")
    waiting = early.forget(value for row in written for value in row if value)
    return traces.erase(of) + waiting, None


def _erase_conversations(of: Whose, cursor: int) -> tuple[int, int | None]:
    rows = Conversation.objects.filter(customer__in=of.customers, pk__gt=cursor).order_by("pk")
    found = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    here = {"conversation__in": found}
    Participant.objects.filter(**here).delete()
    Draft.objects.filter(**here).delete()
    call_backs.forget(CallBack.objects.filter(_owed_to(of)))
    # That somebody was chosen, and by which rule, stays; what they wrote and were does not.
    bare = Func(F("matter"), Value("words"), Value("attributes"), arg_joiner=" - ", template="(%(expressions)s)")
    RoutingDecision.objects.filter(**here).update(matter=bare, changed_reason="")
    ReplayChange.objects.filter(**here).delete()
    learning.forget(found)
    remembering.forget(found)
    surveys.forget(of.customers)
    outreach.forget(of.customers)
    Hint.objects.filter(Hint.of_conversations(found)).delete()
    BotTurn.objects.filter(**here).delete()
    # Where they were before and after is theirs, though no page is in it; with its moves and what made it hard.
    Journey.objects.filter(episode__conversation__in=found).delete()
    BotTalk.objects.filter(**here).update(state={})
    BotMistake.objects.filter(message__conversation__in=found).update(why="")
    BotDeed.objects.filter(talk__conversation__in=found).update(values={}, result={}, error="")
    ProofCode.objects.filter(models.Q(**here) | models.Q(identity__in=of.identities)).delete()
    # That it was handed over, when and why, stays; not what went along.
    Handoff.objects.filter(**here).update(packet={}, detail="", promised={}, wants="")
    # So does that a rule acted, and a choice of a list; not what was known of them, nor what was put in words.
    RuleRun.objects.filter(**here).update(why={})
    WebhookCall.objects.filter(**here).update(error="")
    FieldValue.objects.filter(field__kind="text", **here).delete()
    Activity.objects.filter(**here).exclude(verb=Activity.Verb.ASSIGNED).update(to="", reason="")
    Activity.objects.filter(verb=Activity.Verb.ASSIGNED, **here).update(reason="")  # who has it stays, not why
    Conversation.objects.filter(pk__in=found).update(subject="", snippet="", call_back_at=None)
    return emptied(len(found), found[-1] if found else None)


def _erase_sales(of: Whose, cursor: int) -> tuple[int, int | None]:
    """What reports count of their purchases; the orders themselves are the shop's figures, and stay without a name."""
    count = Sale.objects.filter(customer__in=of.customers).delete()[1].get("conversations.Sale", 0)
    Advice.objects.filter(customer__in=of.customers).delete()
    return count, None


STEPS = (
    Step("sales", _erase_sales),
    Step("files", _erase_files),
    Step("messages", _erase_messages),
    Step("traces", _erase_traces),
    Step("conversations", _erase_conversations),
)
