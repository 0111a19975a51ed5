"""The other screens of the desk: those that there are, and an agent may open."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User


@dataclass(frozen=True)
class Place:
    icon: str
    label: "StrOrPromise"
    href: str
    go: str = ""  # the key after G


def has_own_reports() -> bool:
    """Some report that every agent reads of themselves."""
    from conversations.reports.every import REPORTS  # which read what draws this list

    return any(each.is_own for each in REPORTS)


def places_of(agent: "User") -> list[Place]:
    """The other screens that this desk has, and this agent may open."""
    routing = "routing" if agent.may("routing.see") else "routing_rules"
    wanted = [
        ("mine", _("Customers"), "customers", "c", True),
        ("browse", _("On the site"), "visitors", "", agent.sees_browsing),
        ("filter", _("Segments"), "segments", "", agent.sees_purchases),
        ("live", _("Live"), "live", "l", agent.may("live.see")),
        ("routing", _("Routing"), routing, "r", agent.may("routing.see") or agent.may("routing.rules")),
        ("satisfaction", _("Satisfaction"), "satisfaction", "s", agent.may("reports.see")),
        ("reports", _("Reports"), "reports", "p", agent.may("reports.see") or has_own_reports()),
        ("macro", _("Canned replies"), "canned_replies", "", True),
        ("macro", _("Macros"), "macros", "", True),
        ("view", _("Saved views"), "saved_views", "", True),
        ("connector", _("Settings"), "settings", "", agent.may_set_up),
    ]
    return [Place(icon, label, reverse(name), go) for icon, label, name, go, is_theirs in wanted if is_theirs]
