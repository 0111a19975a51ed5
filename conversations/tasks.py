"""The doors through which Celery walks in: each calls one function and may run twice."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations import (
    dry_runs,
    escalating,
    leftovers,
    mentions,
    recounting,
    refreshing,
    rule_engine,
    rule_log,
    rules_of_the_clock,
    silent_carts,
)
from conversations.actions import lending, orders, states
from conversations.bots import codes, learning, together, turn, watching
from conversations.bots.deeds import at_shop
from conversations.helping import nearest, remembering
from conversations.inbound import early
from conversations.live import webpush
from conversations.live.customers import push_customer
from conversations.models import BotDeed, OrderAct
from conversations.outreach import lists, running
from conversations.reports import back_fill, due, work
from conversations.reports.journeys import deriving as journeys
from conversations.reports.sales import deriving as sales
from conversations.reports.sending import due as sending_reports
from conversations.reports.tallies import rolling, streams
from conversations.routing import availability, drain, replay, waiting
from conversations.surveys import asking
from customers import privacy, retention, suggestions

PASSED_FOR = timedelta(minutes=10)  # in which nobody else took what somebody gave back
MISSED_AFTER = timedelta(minutes=1)  # who waits so long in no queue was forgotten by the way they came

SWEPT_FOR = 5  # seconds, after which the next sweep comes
ADDS_UP_FOR = 50  # seconds, after which the next comes

log = structlog.get_logger(__name__)


@shared_task(name="conversations.wake_snoozed")
def wake_snoozed() -> None:
    states.wake_snoozed()


@shared_task(name="conversations.ask_surveys", expires=15)
def ask_surveys() -> None:
    asking.ask_due()


@shared_task(name="conversations.remember_solved", expires=120)
def remember_solved() -> None:
    """For “solved before, much alike”."""
    nearest.index()
    remembering.remember_fresh()


@shared_task(name="conversations.remember_all_solved", expires=3600)
def remember_all_solved() -> None:
    remembering.remember_all()


@shared_task(name="conversations.reports.sales", expires=60)
def derive_sales() -> None:
    """Of whom something came, went or is known by now."""
    sales.work_off()


@shared_task(name="conversations.reports.sweep_sales", expires=3600 * 6)
def sweep_sales() -> None:
    sales.sweep()


@shared_task(name="conversations.reports.journeys", expires=60)
def derive_journeys() -> None:
    """Of whom something came, went or is over."""
    due.work_off(due.JOURNEYS, journeys.derive)


@shared_task(name="conversations.reports.add_up", expires=60)
def add_up() -> None:
    """What reports read."""
    rolling.roll_up(streams.EVERY, seconds=ADDS_UP_FOR)


@shared_task(name="conversations.reports.episodes", expires=120)
def derive_episodes() -> None:
    """Of conversations from before there were episodes, until all are done."""
    back_fill.go_on()


@shared_task(name="conversations.reports.work", expires=60)
def write_work() -> None:
    work.write()


@shared_task(name="conversations.clear_unsent")
def clear_unsent() -> None:
    leftovers.clear_unsent()


@shared_task(name="conversations.drop_early_changes")
def drop_early_changes() -> None:
    """The messages that they wait for are ones that we do not keep."""
    early.drop_old()


@shared_task(name="conversations.web_push", expires=600)
def web_push(message_id: int) -> None:
    """Whoever runs it twice shows one notification twice over: the browser replaces what has the same tag."""
    webpush.wake(message_id)


@shared_task(name="conversations.web_notify", expires=600)
def web_notify(agent: int, title: str, body: str, conversation: int) -> None:
    """Twice is once, too: it has a tag of its conversation."""
    webpush.wake_with(agent, title=title, body=body, conversation=conversation)


@shared_task(name="conversations.watch_deadlines", expires=30)
def watch_deadlines() -> None:
    escalating.watch()


@shared_task(name="conversations.recount_deadlines")
def recount_deadlines() -> None:
    recounting.walk()


@shared_task(name="conversations.refresh_profiles", expires=60)
def refresh_profiles() -> None:
    refreshing.refresh()


@shared_task(name="conversations.fill_segments", expires=3600)
def fill_segments() -> None:
    """What comes true by the clock alone, such as ninety days without an order."""
    refreshing.fill_segments()


@shared_task(name="conversations.erase")
def erase_asked() -> None:
    """Every erasure that is under way; what has to be waited for is looked at again by beat."""
    privacy.carry_on_all()


@shared_task(name="conversations.retain", expires=3600 * 12)
def retain() -> None:
    dropped = retention.carry_out()
    log.info("retention carried out", **{f"dropped_{kind}": rows for kind, rows in dropped.items()})


def erase_soon() -> None:
    """After commit; beat is the net for a broker that is gone."""
    transaction.on_commit(_erase_soon, robust=True)


def _erase_soon() -> None:
    try:
        erase_asked.apply_async(retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the erasure is left to the sweep")


@shared_task(name="conversations.leave_silent_carts", expires=60)
def leave_silent_carts() -> None:
    silent_carts.leave()


@shared_task(name="conversations.refresh_lists", expires=300)
def refresh_lists() -> None:
    """Carts left, parcels late, products due, customers at risk."""
    lists.refresh_due()


@shared_task(name="conversations.reach_out", expires=300)
def reach_out() -> None:
    running.go_round()


@shared_task(name="conversations.suggest", expires=60)
def suggest() -> None:
    """Who may be whom: of everybody of whom something is new."""
    mentions.note_new()
    push_customer(suggestions.sweep())


@shared_task(name="conversations.run_rules")
def run_rules(conversation_id: int) -> None:
    if rule_engine.run(conversation_id) >= rule_engine.MOST_EVENTS:
        run_rules.delay(conversation_id)


@shared_task(name="conversations.sweep_rules", expires=10)
def sweep_rules() -> None:
    """Moments of the clock, and what was left of the rules' work: a broker that was gone, a worker that died."""
    rules_of_the_clock.sweep()
    for conversation_id in rule_engine.due():
        run_rules.delay(conversation_id)


@shared_task(name="conversations.fold_rule_log", expires=300)
def fold_rule_log() -> None:
    rule_log.fold()


@shared_task(name="conversations.dry_run")
def dry_run_on(dry_run_id: int) -> None:
    """A stretch of it; the next task goes on."""
    dry_runs.run(dry_run_id)


@shared_task(name="conversations.replay_chunk")
def replay_chunk(chunk_id: int) -> None:
    replay.play(chunk_id)


@shared_task(name="conversations.sweep_replays", expires=60)
def sweep_replays() -> None:
    replay.sweep()


@shared_task(name="conversations.sweep_dry_runs", expires=10)
def sweep_dry_runs() -> None:
    for dry_run_id in dry_runs.due():
        dry_runs.ask(dry_run_id)


@shared_task(name="conversations.mail_proof_code", autoretry_for=(OSError,), retry_backoff=5, max_retries=4)
def mail_proof_code(pk: int) -> None:
    codes.mail_code(pk)


@shared_task(name="conversations.sweep_proof_codes", expires=20)
def sweep_proof_codes() -> None:
    for pk in codes.not_mailed():
        mail_proof_code.delay(pk)


@shared_task(name="conversations.give_up_on_order_acts", expires=60)
def give_up_on_order_acts() -> None:
    orders.give_up_on_the_dead(OrderAct.objects.all())
    at_shop.give_up_on_the_dead(BotDeed.objects.all())


@shared_task(name=waiting.TASK)
def route() -> None:
    """Whoever is to be decided now; and everybody who waits, where an agent has room."""
    drain.drain(room=waiting.begun())


@shared_task(name="conversations.look_round", expires=5)
def look_round() -> None:
    """Who went without a word; and who is due: overflow, the end of waiting for somebody, what a lost task left."""
    availability.look_round()
    drain.drain(room=False)


@shared_task(name="conversations.end_loans", expires=60)
def end_loans() -> None:
    lending.end_due()


@shared_task(name="conversations.look_through", expires=60)
def look_through() -> None:
    """Certainty beside speed: who waits while somebody has room, and who waits in no queue."""
    waiting.enter_missing(timezone.now() - MISSED_AFTER)
    waiting.offer_again(timezone.now() - PASSED_FOR)
    drain.drain(room=True)


@shared_task(name=together.TASK)
def bot_turns(slot: int) -> None:
    """Those that are due in one tenth of a second."""
    turn.run_each(together.take(slot))


@shared_task(name="conversations.bot_turn")
def bot_turn(conversation_id: int) -> None:
    turn.run(conversation_id)


@shared_task(name="conversations.bot_sweep", expires=10)
def sweep_bot_turns() -> None:
    for conversation_id in watching.due():  # where there is more to do than workers do, it is swept up again
        bot_turn.apply_async((conversation_id,), expires=SWEPT_FOR)


@shared_task(name="conversations.bot_look_round", expires=30)
def look_round_bots() -> None:
    watching.look_round()


@shared_task(name="conversations.learn_topics")
def learn_topics() -> None:
    """One worker learns, and every other finds nothing to do."""
    learning.run()


@shared_task(name="conversations.reports.send_due", expires=60)
def send_due_reports() -> None:
    for sending in sending_reports.take_due():
        send_report.delay(sending)


@shared_task(name="conversations.reports.send")
def send_report(sending: int) -> None:
    sending_reports.send(sending)
