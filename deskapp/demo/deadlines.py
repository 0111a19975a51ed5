"""What the demo's desk promises, and the deadlines of its past by that: kept ones, broken ones, and those that run."""

from datetime import datetime, timedelta

from django.utils import timezone

from conversations import promises, sla
from conversations.models import Conversation, Medium, Priority, SlaPolicy, Status, Team

QUICK = [Medium.CHAT, Medium.WHATSAPP, Medium.MESSENGER, Medium.INSTAGRAM, Medium.TELEGRAM]
JUDGED = timedelta(days=30)  # of what is solved, as much as reports of a month show
POLICIES: tuple[dict[str, object], ...] = (
    {
        "name": "Urgent", "first_response": 30, "next_response": 60, "resolution": 24 * 60, "escalate_after": 30,
        "rules": [{"field": "priority", "is": "at_least", "value": Priority.URGENT.value}],
    },
    {
        "name": "Chat and messengers", "first_response": 10, "next_response": 15, "resolution": 12 * 60,
        "escalate_after": 10, "raise_to": Priority.HIGH, "is_round_the_clock": True,
        "rules": [{"field": "medium", "is": "is", "value": [str(medium) for medium in QUICK]}],
    },
    {
        "name": "Gold", "first_response": 60, "next_response": 120, "resolution": 36 * 60,
        "rules": [{"field": "tier", "is": "is", "value": ["Gold"]}],
    },
    {
        "name": "Repairs take their time", "first_response": 480, "next_response": 480, "tells_supervisors": False,
        "rules": [{"field": "team", "is": "is", "value": ["Repairs"]}],
    },
    {"name": "Everybody", "first_response": 240, "next_response": 360, "resolution": 96 * 60, "rules": []},
)  # fmt: skip


def build() -> None:
    """Once: what somebody changed since stays as it is."""
    if SlaPolicy.objects.exists():
        return
    for place, told in enumerate(POLICIES):
        known = {name: value for name, value in told.items() if name != "rules"}
        SlaPolicy.objects.create(order=place, conditions=_conditions(told["rules"]), **known)
    SlaPolicy.objects.update(created_at=timezone.now() - timedelta(days=200))
    promises.forget()


def _conditions(rules: object) -> dict[str, object]:
    """Teams by their keys, which no two desks share."""
    keys = {team.name: str(team.pk) for team in Team.objects.all()}
    assert isinstance(rules, list)
    return {"match": "all", "rules": [{**rule, "value": _value(rule, keys)} for rule in rules]}


def _value(rule: dict[str, object], keys: dict[str, str]) -> object:
    value = rule["value"]
    return [keys[str(name)] for name in value] if rule["field"] == "team" and isinstance(value, list) else value


def reckon(now: datetime) -> None:
    """Of what is past already, nobody is told."""
    lately = Conversation.objects.exclude(status=Status.RESOLVED) | Conversation.objects.filter(
        resolved_at__gte=now - JUDGED
    )
    for conversation in lately.select_related("customer").order_by("pk"):
        sla.refresh(conversation, hushed=True)
