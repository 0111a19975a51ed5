"""Tries a connection, or compares with the provider, step by step: each step is kept as soon as it was made, for the
page that asks for it."""

import time
from collections.abc import Iterator

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from integrations import health, turns
from integrations.adapters import adapter_named
from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.models import Connector, Reread, Trial
from integrations.queueing import queue_templates, queue_trial
from integrations.reconciling import compared

log = structlog.get_logger(__name__)

KEPT = 20  # of each connector


@transaction.atomic
def begin(connector: Connector, what: str = Trial.What.CHECK, **period: object) -> Trial:
    """Has it tried by a worker; `period` is since and until, of a comparison. Done for a draft, too."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    trial = Trial.objects.create(connector=connector, what=what, language=language, **period)
    newest = Trial.objects.filter(connector=connector).order_by("-pk").values("pk")[:KEPT]
    Trial.objects.filter(connector=connector).exclude(pk__in=newest).delete()
    transaction.on_commit(lambda: queue_trial(trial.pk), robust=True)
    return trial


def run(trial_id: int) -> None:
    """Once: whoever comes second finds it begun."""
    if not Trial.objects.filter(pk=trial_id, began_at=None).update(began_at=timezone.now()):
        return
    trial = Trial.objects.select_related("connector__channel").get(pk=trial_id)
    with translation.override(trial.language or settings.LANGUAGE_CODE):
        for step in _steps(trial):
            trial.steps.append(_kept(step))
            trial.save(update_fields=["steps"])
    Trial.objects.filter(pk=trial_id).update(ended_at=timezone.now())


def newest(connector: Connector) -> Trial | None:
    return Trial.objects.filter(connector=connector).order_by("-pk").first()


def can_check(adapter: str) -> bool:
    return hasattr(adapter_named(adapter), "check")


def _steps(trial: Trial) -> Iterator[Step]:
    connector, began = trial.connector, time.monotonic()
    before, steps, fault = dict(connector.settings), list[Step](), None
    try:
        for step in _tries(trial):
            steps.append(step)
            yield step
            began = time.monotonic()
    except AdapterError as error:
        fault = error
    except Exception as error:
        # Whatever an adapter did not think of: the page says so, and the log has the trace.
        log.exception("a trial failed", connector=connector.pk)
        fault = AdapterError(_("Something unexpected happened: %(error)s. The log says more.") % {"error": error})
    if fault is not None and all(step.is_well for step in steps):
        steps.append(Step(str(fault), is_well=False, seconds=time.monotonic() - began))
        yield steps[-1]
    if trial.what == Trial.What.CHECK:
        _conclude(connector, before, steps, fault)


def _tries(trial: Trial) -> Iterator[Step]:
    adapter = adapter_named(trial.connector.adapter)
    if trial.what == Trial.What.RECONCILE:
        return compared(trial.connector, trial.since, trial.until)
    return iter(adapter.check(trial.connector))  # type: ignore[attr-defined]  # whoever begins one has asked can_check


def _kept(step: Step) -> dict[str, object]:
    return {"text": str(step.text), "is_well": step.is_well, "seconds": step.seconds, "fix": str(step.fix)}


def _conclude(connector: Connector, before: dict[str, object], steps: list[Step], fault: AdapterError | None) -> None:
    """What the provider alone knows is kept, beside whatever an admin has changed meanwhile."""
    wrong = next((step for step in steps if not step.is_well), None)
    words = f"{wrong.text} {wrong.fix}".strip() if wrong else ""
    learnt = {name: value for name, value in connector.settings.items() if before.get(name) != value}
    with transaction.atomic():
        row = Connector.objects.select_for_update(of=("self",), no_key=True).get(pk=connector.pk)
        row.settings, row.expires_at = {**row.settings, **learnt}, connector.expires_at
        row.checked_at, row.error = timezone.now(), words[:2000]
        row.save(update_fields=["settings", "expires_at", "checked_at", "error"])
    if isinstance(fault, CredentialError):
        health.broken(row, words)
    elif wrong is None:
        health.mended(row)
        turns.wake(row)
        if hasattr(adapter_named(row.adapter), "templates"):
            queue_templates(row.pk)
        Reread.objects.filter(connector=row, due_at=None).update(due_at=timezone.now(), tries=0, error="")
