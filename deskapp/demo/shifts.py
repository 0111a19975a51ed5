"""When the demo's agents were there, and those who nobody plays go on being there: online, at lunch, in a training."""

import random
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import timezone

from conversations.actions.states import resolve
from conversations.live import sockets
from conversations.models import AgentState, Conversation, RoutingDecision, Status
from conversations.routing import availability
from deskapp.models import User
from deskapp.sign_ins import SIGN_INS

DAYS = 30  # of the past
SHIFT = (  # the state, its reason, and when it begins
    ("online", "", time(9)),
    ("away", "break", time(10, 45)),
    ("online", "", time(11)),
    ("away", "lunch", time(12, 30)),
    ("online", "", time(13, 10)),
    ("offline", "", time(17, 15)),
)
# Of those whom nobody signs in as, who is not online at this moment.
AWAY = {"ines": "lunch", "dafydd": "training"}
LEAST_ROOM = 3  # units that an agent has free when the demo begins


def build(domain: str, now: datetime) -> None:
    """Once: their past, their room, and how they are now."""
    if AgentState.objects.exists():
        return
    chance = random.Random(8)
    agents = list(User.objects.filter(email__endswith=f"@{domain}", teams__isnull=False).distinct().order_by("pk"))
    loads = Conversation.objects.open().filter(status=Status.OPEN).values_list("assignee").annotate(n=Count("pk"))
    loaded = dict(loads)
    rows: list[AgentState] = []
    for agent in agents:
        local = agent.email.partition("@")[0]
        state = "away" if local in AWAY else "offline" if _is_played(agent) else "online"
        rows += _past(agent, now, chance)
        since = now - timedelta(minutes=chance.randint(8, 150))
        rows.append(AgentState(agent=agent, state=state, reason=AWAY.get(local, ""), since=since, is_chosen=True))
        User.objects.filter(pk=agent.pk).update(
            capacity=max(agent.capacity, loaded.get(agent.pk, 0) + LEAST_ROOM),
            presence="away" if state == "away" else "online",
            presence_reason=AWAY.get(local, ""),
        )
    AgentState.objects.bulk_create(rows)


def _is_played(agent: User) -> bool:
    return any(agent.email == who.email for who in SIGN_INS)


def _past(agent: User, now: datetime, chance: random.Random) -> list[AgentState]:
    """The last thirty days, but for today, in the agent's own zone."""
    zone, rows = ZoneInfo(agent.get_timezone()), []
    for back in range(DAYS, 0, -1):
        day = (now - timedelta(days=back)).astimezone(zone).date()
        if day.weekday() >= 5 or chance.random() < 0.06:  # ill, or on leave
            continue
        starts = [
            datetime.combine(day, begins, zone) + timedelta(minutes=chance.randint(-6, 12)) for _, _, begins in SHIFT
        ]
        for (state, reason, _begins), since, until in zip(SHIFT, starts, starts[1:], strict=False):
            rows.append(AgentState(agent=agent, state=state, reason=reason, since=since, until=until))
    return [row for row in rows if row.until and row.until < now - timedelta(hours=3)]


def keep_there() -> None:
    """As their browsers would: call every twenty seconds. Who is full has done what they had longest."""
    for agent in User.objects.filter(is_active=True, teams__isnull=False).distinct():
        if not _is_played(agent) and agent.presence != "offline":
            sockets.opened("demo", agent.pk)
            availability.came(agent.pk)
            _finish_one_if_full(agent)


def _finish_one_if_full(agent: User) -> None:
    """Of what routing gave them since the demo began: the stories it begins with stay."""
    given = RoutingDecision.objects.filter(agent=agent, kind="agent", created_at__gt=timezone.now() - timedelta(days=1))
    theirs = Conversation.objects.open().filter(assignee=agent, status=Status.OPEN)
    if theirs.count() + 1 > agent.capacity:
        oldest = theirs.filter(pk__in=given.values("conversation")).order_by("last_message_at").first()
        if oldest:
            resolve(oldest, by=agent)
