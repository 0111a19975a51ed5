"""When the demo's agents were there, and those who nobody plays go on being there: online, at lunch, in a training."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
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
EARLIER_OR_LATER = (timedelta(hours=-1), timedelta(), timedelta(hours=4, minutes=45))  # the shop answers 8 to 22
ALONE = (timedelta(minutes=25), timedelta(minutes=50))  # before and after what somebody took out of their shift
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
    taken = _taken(now)
    rows: list[AgentState] = []
    for number, agent in enumerate(agents):
        local = agent.email.partition("@")[0]
        state = "away" if local in AWAY else "offline" if _is_played(agent) else "online"
        since = now - timedelta(minutes=chance.randint(8, 150))
        rows += _past(agent, number, since, taken.get(agent.pk, []), chance)
        rows.append(AgentState(agent=agent, state=state, reason=AWAY.get(local, ""), since=since, is_chosen=True))
        User.objects.filter(pk=agent.pk).update(
            capacity=max(agent.capacity, loaded.get(agent.pk, 0) + LEAST_ROOM),
            presence="away" if state == "away" else "online",
            presence_reason=AWAY.get(local, ""),
        )
    AgentState.objects.bulk_create(rows)


def _is_played(agent: User) -> bool:
    return any(agent.email == who.email for who in SIGN_INS)


def _taken(now: datetime) -> dict[int, list[datetime]]:
    """When each was given what they answered: they were there."""
    rows = Conversation.objects.filter(assignee__isnull=False, created_at__gte=now - timedelta(days=DAYS + 1))
    found: dict[int, list[datetime]] = {}
    for agent, at in rows.order_by("created_at").values_list("assignee", "created_at"):
        found.setdefault(agent, []).append(at)
    return found


def _past(
    agent: User, number: int, until: datetime, taken: Sequence[datetime], chance: random.Random
) -> Iterator[AgentState]:
    """The last thirty days, in the agent's own zone: a shift of most days, and whatever else they took."""
    zone = ZoneInfo(agent.get_timezone())
    today, last = until.astimezone(zone).date(), until - timedelta(days=DAYS + 2)
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        theirs = [at for at in taken if at.astimezone(zone).date() == day]
        theirs += [until] if day == today else []  # when the demo begins, they are at work
        stretches = _shift(day, zone, number, theirs, chance) if _works(day, number, theirs, chance) else []
        for since, ends, state, reason in _with(stretches, theirs):
            since, ends = max(since, last), min(ends, until)
            if since < ends:
                yield AgentState(agent=agent, state=state, reason=reason, since=since, until=ends)
                last = ends


def _works(day: date, number: int, theirs: Sequence[datetime], chance: random.Random) -> bool:
    if day.weekday() >= 5:  # they take turns
        return bool(theirs) or (day.toordinal() + number) % 6 == 0
    return chance.random() >= 0.2 or bool(theirs)  # ill, on leave, or their day off


Stretch = tuple[datetime, datetime, str, str]  # since, until, the state and its reason


def _shift(day: date, zone: ZoneInfo, number: int, theirs: Sequence[datetime], chance: random.Random) -> list[Stretch]:
    """The early, the usual or the late one: in which most of theirs came, or else whose turn it is."""
    turn = (day.toordinal() + number) % len(EARLIER_OR_LATER)
    begins = [datetime.combine(day, at, zone) + timedelta(minutes=chance.randint(-6, 12)) for _, _, at in SHIFT]
    ways = [[at + by for at in begins] for by in (*EARLIER_OR_LATER[turn:], *EARLIER_OR_LATER[:turn])]
    best = max(ways, key=lambda way: sum(way[0] <= at < way[-1] for at in theirs))
    return [
        (since, until, state, reason)
        for (state, reason, _begins), since, until in zip(SHIFT, best, best[1:], strict=False)
    ]


def _with(stretches: Iterable[Stretch], theirs: Sequence[datetime]) -> list[Stretch]:
    """No break while something was given to them; and what came out of their hours, they came for."""
    found = [
        (since, until, "online", "") if any(since <= at < until for at in theirs) else (since, until, state, reason)
        for since, until, state, reason in stretches
    ]
    for at in theirs:
        if any(since <= at < until for since, until, _state, _reason in found):
            continue
        before = max((until for _since, until, _, _ in found if until <= at), default=at - ALONE[0])
        after = min((since for since, _until, _, _ in found if since > at), default=at + ALONE[1])
        found.append((max(before, at - ALONE[0]), min(after, at + ALONE[1]), "online", ""))
    return sorted(found)


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
