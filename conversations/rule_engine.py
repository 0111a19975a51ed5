"""Works rules of automation off: what happened in one conversation, in its order, each event once, and why in words."""

from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from conversations import rules
from conversations.actions.change import NotPossibleError, locked, log
from conversations.conditions import holds
from conversations.models import Activity, Conversation, Rule, RuleEvent, RuleRun
from conversations.models.rule import RuleEventKind
from conversations.routing.facts import Matter
from conversations.rule_actions import ACTIONS, SILENT, TALKS, Options, carry_out
from conversations.rule_matters import matter_now
from conversations.rule_words import why_not
from conversations.rules_of_the_clock import is_over

logger = structlog.get_logger(__name__)

MOST_DEPTH = 3  # rules that set each other off
WITHIN = timedelta(hours=1)
MOST_OFTEN, MOST_TALK = 5, 2  # times that one rule acts in one conversation within that; those that the customer hears
MOST_EVENTS = 200  # of one task; the next goes on
TRIES, REST = 5, timedelta(minutes=1)

SAID = (RuleEventKind.ARRIVED, RuleEventKind.WROTE)
Outcome = RuleRun.Outcome


class ActionError(Exception):
    """An action of a rule did not fit: what was done before it is taken back."""

    def __init__(self, do: str, said: str) -> None:
        super().__init__(said)
        self.do, self.said = do, said


@dataclass
class Verdict:
    outcome: str
    why: dict[str, object] = field(default_factory=dict)
    did: list[dict[str, str]] = field(default_factory=list)


_OVER = Verdict(Outcome.DID_NOT_HOLD, {"code": "over", "about": {}})


def run(conversation_id: int) -> int:
    """Everything that happened in it and is due. Gives how many events were looked at. Several workers may do this at
    once: the conversation's lock has each event looked at by one."""
    done = 0
    while done < MOST_EVENTS and (key := _oldest(conversation_id)):
        try:
            _work_off(key, conversation_id)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # of one event; those after it are not to wait for it
            logger.exception("an event of the rules failed", event_id=key)
            _set_back(key, error)
        done += 1
    return done


def due() -> list[int]:
    """Conversations of which something waits: a broker that was gone, a worker that died, what was set back."""
    waiting = RuleEvent.objects.filter(done_at=None, due_at__lte=timezone.now())
    found = waiting.order_by("due_at").values_list("conversation", flat=True)[:500]
    return list(dict.fromkeys(found))


def _oldest(conversation_id: int) -> int | None:
    waiting = RuleEvent.objects.filter(conversation=conversation_id, done_at=None, due_at__lte=timezone.now())
    return waiting.order_by("pk").values_list("pk", flat=True).first()


@transaction.atomic
def _work_off(key: int, conversation_id: int) -> None:
    conversation = locked(Conversation(pk=conversation_id))
    event = RuleEvent.objects.filter(pk=key, done_at=None).select_for_update().first()
    if event is None:
        return
    matter = None
    for rule in _rules(event):
        matter = matter or _matter(event, conversation)
        verdict = _try(rule, event, conversation, matter) if matter else _OVER
        _write_down(rule, event, verdict)
        if verdict.outcome == Outcome.RAN:
            matter = None  # what it did is seen by those after it
            if rule.stops:
                break
    if event.rule_id:
        RuleEvent.objects.filter(pk=key).update(done_at=timezone.now())
    else:
        event.delete()


def _rules(event: RuleEvent) -> list[Rule]:
    found = Rule.objects.filter(is_active=True, event=event.event).order_by("place", "pk")
    return list(found.filter(pk=event.rule_id) if event.rule_id else found)


def _matter(event: RuleEvent, conversation: Conversation) -> Matter | None:
    """As it stands now; None where there is nothing to act on any more."""
    conversation.refresh_from_db()
    if conversation.is_spam or conversation.merged_into_id or is_over(event, conversation):
        return None
    return matter_now(conversation, understands=event.event in SAID)


def _try(rule: Rule, event: RuleEvent, conversation: Conversation, matter: Matter) -> Verdict:
    if not holds(rule.conditions, matter):
        return Verdict(Outcome.DID_NOT_HOLD, why_not(rule.conditions, matter))
    if why := _held_back(rule, event, conversation):
        return Verdict(Outcome.HELD_BACK, why)
    try:
        return Verdict(Outcome.RAN, did=_carry_out(rule, event, conversation))
    except ActionError as error:
        about = {"action": str(ACTIONS[error.do].label), "said": error.said}
        return Verdict(Outcome.COULD_NOT, {"code": "refused", "about": about})


def _held_back(rule: Rule, event: RuleEvent, conversation: Conversation) -> dict[str, object] | None:
    """What keeps rules from going round in circles: among themselves, and by way of the world outside."""
    if rule.pk in event.chain:
        return {"code": "itself", "about": {}}
    if len(event.chain) >= MOST_DEPTH:
        return {"code": "depth", "about": {"depth": len(event.chain)}}
    acted = RuleRun.objects.filter(rule=rule, conversation=conversation, outcome=Outcome.RAN)
    if event.rule_id and acted.filter(at__gt=conversation.last_inbound_at or conversation.created_at).exists():
        return {"code": "once", "about": {}}  # what it said itself would make the time count anew
    most = MOST_TALK if TALKS & {str(action["do"]) for action in rule.actions} else MOST_OFTEN
    times = acted.filter(at__gt=timezone.now() - WITHIN).count()
    return {"code": "often", "about": {"times": times}} if times >= most else None


def _carry_out(rule: Rule, event: RuleEvent, conversation: Conversation) -> list[dict[str, str]]:
    """All of it, or nothing."""
    options, did = Options(), []
    with transaction.atomic(), rules.acting(rule, tuple(event.chain)):
        for action in rule.actions:
            try:
                did.append(carry_out(action, conversation, rule, options))
            except NotPossibleError as refusal:
                raise ActionError(str(action["do"]), str(refusal)) from refusal
        if SILENT & {each["do"] for each in did}:
            log(conversation, Activity.Verb.RULE_RAN, by=None, to=rule.name)
    return did


def _write_down(rule: Rule, event: RuleEvent, verdict: Verdict) -> None:
    RuleRun.objects.create(
        rule=rule,
        rule_name=rule.name,
        conversation_id=event.conversation_id,
        event=event.event,
        outcome=verdict.outcome,
        why=verdict.why,
        did=verdict.did,
        depth=len(event.chain),
    )


@transaction.atomic
def _set_back(key: int, error: Exception) -> None:
    """It comes again after a while, and is given up after some tries: then every rule it would have met says so."""
    event = RuleEvent.objects.filter(pk=key, done_at=None).select_for_update().first()
    if event is None:
        return
    if event.tries + 1 < TRIES:
        RuleEvent.objects.filter(pk=key).update(tries=F("tries") + 1, due_at=timezone.now() + REST * 2**event.tries)
        return
    for rule in _rules(event):
        about = {"said": f"{type(error).__name__}."}
        _write_down(rule, event, Verdict(Outcome.FAILED, {"code": "failed", "about": about}))
    RuleEvent.objects.filter(pk=key).update(done_at=timezone.now())
