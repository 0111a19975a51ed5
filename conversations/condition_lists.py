"""What conditions are compared with: the lists that a form offers, and the names that sentences say."""

from collections.abc import Callable, Mapping, Sequence

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Channel, Medium, Priority, Skill, Status, Tag, Team, Topic
from conversations.person import language_name
from customers.models import Customer, Segment
from customers.models.order import OrderStatus

# Lists that are typed, since there may be thousands or what is meant may not have come yet.
TYPED = frozenset({"tags", "tiers"})
# What a snapshot calls an order with a return that is not done: the shop's own states do not say it.
RETURNING = "return"
MOST_TYPED = 200  # of a list that is typed: as many are offered while one types
_TIERS_FOR = 600  # seconds
# ISO 639-1, as the desk's helpers tell and the widget sends them.
_LANGUAGES = (
    "ar bg ca cs cy da de el en es et fa fi fr ga he hi hr hu id is it ja ko lt lv ms nl no pl pt ro ru sk sl sr sv th "
    "tr uk ur vi zh"
).split()


def _teams() -> dict[str, str]:
    return {str(pk): name for pk, name in Team.objects.order_by("name").values_list("pk", "name")}


def _channels() -> dict[str, str]:
    rows = Channel.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _skills() -> dict[str, str]:
    return {str(pk): name for pk, name in Skill.objects.order_by("name").values_list("pk", "name")}


def _agents() -> dict[str, str]:
    return {str(agent.pk): str(agent) for agent in get_user_model().objects.filter(is_active=True).order_by("name")}


def _topics() -> dict[str, str]:
    return {name: name for name in Topic.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)}


def _segments() -> dict[str, str]:
    return {str(pk): name for pk, name in Segment.objects.order_by("name").values_list("pk", "name")}


def _languages() -> dict[str, str]:
    return dict(sorted(((code, language_name(code)) for code in _LANGUAGES), key=lambda pair: pair[1]))


def _tags() -> dict[str, str]:
    return {name: name for name in Tag.objects.order_by("name").values_list("name", flat=True)[:MOST_TYPED]}


def _tiers() -> dict[str, str]:
    """Kept a while: to ask every customer for theirs takes its time."""
    rows = Customer.objects.exclude(tier="").order_by("tier").values_list("tier", flat=True).distinct()
    names: list[str] = cache.get_or_set("condition-tiers", lambda: list(rows[:MOST_TYPED]), _TIERS_FOR) or []
    return {name: name for name in names}


def _order_states() -> dict[str, str]:
    known = {str(value): str(label) for value, label in OrderStatus.choices}
    return {**known, RETURNING: _("Return under way")}


_HARD = {"1": gettext_lazy("Simple"), "2": gettext_lazy("Ordinary"), "3": gettext_lazy("Hard")}

_ASKED: Mapping[str, Callable[[], dict[str, str]]] = {
    "media": lambda: {str(value): str(label) for value, label in Medium.choices},
    "channels": _channels,
    "teams": _teams,
    "topics": _topics,
    "skills": _skills,  # these two are what outcomes speak of, not conditions
    "agents": _agents,
    "languages": _languages,
    "segments": _segments,
    "order_states": _order_states,
    "tiers": _tiers,
    "tags": _tags,
    "priorities": lambda: {str(value): str(label) for value, label in Priority.choices},
    "statuses": lambda: {str(value): str(label) for value, label in Status.choices},
    "complexities": lambda: {value: str(label) for value, label in _HARD.items()},
}


class Lists:
    """Each list as value → name, asked for when it is first wanted, and once. Make one for a request."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def of(self, name: str) -> dict[str, str]:
        if name not in self._known:
            self._known[name] = _ASKED[name]() if name in _ASKED else {}
        return self._known[name]

    def name(self, of: str, value: object) -> str:
        """As people call it; what is in no list says so, unless one may type what one likes."""
        text = str(value)
        if not of or of in TYPED:
            return text
        if of == "languages":
            return self.of(of).get(text) or language_name(text)
        return self.of(of).get(text) or _("%(value)s (no longer there)") % {"value": text}

    def gone(self, of: str, values: Sequence[str]) -> list[str]:
        """Those that nothing can be any more, such as a deleted team."""
        if not of or of in TYPED or of == "languages":
            return []
        return [value for value in values if value not in self.of(of)]
