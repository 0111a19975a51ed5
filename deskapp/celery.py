"""The Celery app, and everything that beat runs, as one table."""

import os
import sys

from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import task_prerun, worker_before_create_process, worker_init
from django.db import close_old_connections, connections

from deskapp import preparing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deskapp.settings")

app = Celery("throughline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize  # Celery would close every connection, and the pool, around each task
app.autodiscover_tasks()

KEPT_FOR = 600  # seconds


@worker_init.connect
def keep_connections(**_sender: object) -> None:
    """A worker's process does one task at a time: it keeps one connection for all of them, and needs no pool."""
    for place in connections.settings.values():
        place["OPTIONS"].pop("pool", None)
        place["CONN_MAX_AGE"] = KEPT_FOR
    preparing.begin()


@task_prerun.connect
def leave_broken_connections(sender: Task, **_sent: object) -> None:
    """Before each task, as Django does before each request; a connection that is kept is tried before it is used."""
    if not sender.request.is_eager:
        close_old_connections()


@worker_init.connect  # before beat's process begins, which is the first
@worker_before_create_process.connect
def load_what_is_shared(**_sender: object) -> None:
    from deskapp.sharing import share_memory  # which needs the apps, ready by now

    share_memory()


app.conf.beat_schedule = {
    "process what was kept but not processed": {"task": "integrations.inbound.sweep", "schedule": 10.0},
    "fetch files that messages named": {"task": "integrations.inbound.fetch_files", "schedule": 5.0},
    "read in shops what is due": {"task": "integrations.inbound.fetch", "schedule": 10.0},
    "go on with imports and exports": {"task": "integrations.moves", "schedule": 10.0},
    "deliver what was queued but not sent": {"task": "integrations.outbound.sweep", "schedule": 5.0},
    "tell admins of connectors that are broken or expire": {"task": "integrations.look_after", "schedule": 60.0},
    "read the templates that providers allow": {"task": "integrations.sync_templates", "schedule": 600.0},
    "renew credentials before they end": {"task": "integrations.renew", "schedule": crontab(hour=4, minute=10)},
    "ask providers whether they know our keys": {"task": "integrations.prove", "schedule": 120.0},
    "tell brains what became of handoffs": {"task": "integrations.brains.tell", "schedule": 5.0},
    "count what connectors do": {"task": "integrations.measure_health", "schedule": 300.0},
    "send by mail what chat visitors left unread": {"task": "integrations.outbound.chat_by_mail", "schedule": 10.0},
    "say that beat lives": {"task": "deskapp.beat_lives", "schedule": 10.0},
    "compute the profiles of whom something changed": {"task": "conversations.refresh_profiles", "schedule": 1.0},
    "look for customers who may be one": {"task": "conversations.suggest", "schedule": 3.0},
    "say of acts on orders that were interrupted that they are uncertain": {
        "task": "conversations.give_up_on_order_acts",
        "schedule": 60.0,
    },
    "mail codes whose task was lost": {"task": "conversations.sweep_proof_codes", "schedule": 20.0},
    "mark carts that were left": {"task": "conversations.leave_silent_carts", "schedule": 60.0},
    "bring the lists of whom to write to up to date": {"task": "conversations.refresh_lists", "schedule": 60.0},
    "write to who is on a list, where a rule says so": {"task": "conversations.reach_out", "schedule": 60.0},
    "fill the segments anew": {"task": "conversations.fill_segments", "schedule": 1800.0},
    "go on with erasures": {"task": "conversations.erase", "schedule": 60.0},
    "drop what was kept long enough": {"task": "conversations.retain", "schedule": crontab(hour=2, minute=40)},
    "make the months of events": {"task": "customers.make_months", "schedule": 600.0},
    "warn of deadlines, and escalate those that passed": {"task": "conversations.watch_deadlines", "schedule": 5.0},
    "reckon deadlines by changed policies": {"task": "conversations.recount_deadlines", "schedule": 15.0},
    "look who went, and who is due in the queue": {"task": "conversations.look_round", "schedule": 5.0},
    "end loans of agents to other teams": {"task": "conversations.end_loans", "schedule": 60.0},
    "look through the queue": {"task": "conversations.look_through", "schedule": 60.0},
    "go on with the rules of automation": {"task": "conversations.sweep_rules", "schedule": 15.0},
    "keep the log of the rules short": {"task": "conversations.fold_rule_log", "schedule": 300.0},
    "go on with replays of routing": {"task": "conversations.sweep_replays", "schedule": 60.0},
    "come for the bot's turns that nobody came for": {"task": "conversations.bot_sweep", "schedule": 5.0},
    "look whether somebody with the bot was forgotten": {"task": "conversations.bot_look_round", "schedule": 30.0},
    "learn topics if somebody waits for it": {"task": "conversations.learn_topics", "schedule": 60.0},
    "go on with dry runs of rules": {"task": "conversations.sweep_dry_runs", "schedule": 10.0},
    "call the webhooks that rules asked for": {"task": "integrations.outbound.sweep_webhooks", "schedule": 10.0},
    "add up what reports read": {"task": "conversations.reports.add_up", "schedule": 60.0},
    "mail the reports that are due": {"task": "conversations.reports.send_due", "schedule": 60.0},
    "ask customers how it was": {"task": "conversations.ask_surveys", "schedule": 15.0},
    "derive the sales of whom something changed": {"task": "conversations.reports.sales", "schedule": 10.0},
    "derive the sales of whom time has told more": {
        "task": "conversations.reports.sweep_sales",
        "schedule": crontab(hour=3, minute=20),
    },
    "derive the journeys of whom something changed": {"task": "conversations.reports.journeys", "schedule": 10.0},
    "work out the episodes of before": {"task": "conversations.reports.episodes", "schedule": 120.0},
    "write down what agents were at": {"task": "conversations.reports.work", "schedule": 60.0},
    "wake snoozed conversations": {"task": "conversations.wake_snoozed", "schedule": 15.0},
    "hand on reactions that were queued but not sent": {
        "task": "integrations.outbound.sweep_reactions",
        "schedule": 10.0,
    },
    "drop changes whose messages never came": {"task": "conversations.drop_early_changes", "schedule": 3600.0},
    "remember what was solved": {"task": "conversations.remember_solved", "schedule": 60.0},
    "remember what was solved before": {"task": "conversations.remember_all_solved", "schedule": 3600.0},
    "delete files that agents uploaded and never sent": {"task": "conversations.clear_unsent", "schedule": 3600.0},
    "delete files that visitors uploaded and never sent": {
        "task": "integrations.chat.clear_unsent",
        "schedule": 3600.0,
    },
}
