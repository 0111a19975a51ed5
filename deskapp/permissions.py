"""What an agent may: each permission with a sentence, and which of them the three built-in roles have.

Agents, teams and roles are no permission but the admin's alone: who gives rights could give themselves all of them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PURCHASES, BROWSING = "purchases.see", "browsing.see"


@dataclass(frozen=True)
class Permission:
    name: str
    label: "StrOrPromise"
    says: "StrOrPromise"


PERMISSIONS = (
    Permission("teams.all", _("All teams"), _("Reads and answers what is written to any team.")),
    Permission("notes.edit", _("Notes of others"), _("Changes private notes that somebody else wrote.")),
    Permission(
        "words.share", _("Words for everybody"), _("Keeps canned replies, macros and shared views of the whole desk.")
    ),
    Permission("segments.change", _("Segments"), _("Makes and changes segments of customers.")),
    Permission(PURCHASES, _("Purchases"), _("Sees what customers bought.")),
    Permission(BROWSING, _("Browsing"), _("Sees what customers looked at.")),
    Permission("refunds.more", _("Refunds of a supervisor"), _("Gives money back up to the limit of supervisors.")),
    Permission("refunds.limitless", _("Refunds without limit"), _("Gives back as much as was paid.")),
    Permission(
        "customers.export",
        _("Export of a customer"),
        _("Downloads all we keep of a customer; purchases and browsing must be theirs to see as well."),
    ),
    Permission("customers.erase", _("Forgetting a customer"), _("Has a customer erased, everywhere and for good.")),
    Permission(
        "routing.see", _("Routing"), _("Reads routing decisions of every team, and changes them with a reason.")
    ),
    Permission("routing.rules", _("Routing rules"), _("Drafts, tries, publishes and rolls back routing rules.")),
    Permission("live.see", _("Live board"), _("Watches queues, agents and alerts.")),
    Permission("reports.see", _("Satisfaction and reports"), _("Reads what customers answered, and the figures.")),
    Permission("settings.surveys", _("Surveys"), _("Decides what customers are asked, where and when.")),
    Permission("settings.sla", _("Deadlines"), _("Decides how fast customers are to be answered.")),
    Permission("settings.automation", _("Automation"), _("Makes rules that act on conversations by themselves.")),
    Permission("settings.topics", _("Topics"), _("Teaches the desk what conversations are about.")),
    Permission("settings.bots", _("Bots"), _("Says what bots do, and writes what they answer out of.")),
    Permission("settings.connectors", _("Connectors"), _("Connects, tests, pauses and repairs channels and shops.")),
    Permission("settings.hours", _("Hours"), _("Changes when the desk is open.")),
    Permission("settings.skills", _("Skills"), _("Keeps the list of skills.")),
    Permission("settings.tags", _("Tags"), _("Renames, merges and deletes tags.")),
    Permission("settings.branding", _("Branding"), _("Decides how the widget and the mails look to customers.")),
    Permission("settings.privacy", _("Retention"), _("Decides how long each kind of data is kept.")),
    Permission(
        "settings.moves",
        _("Import and export"),
        _("Brings in customers and old conversations, and takes out everything the desk keeps."),
    ),
    Permission("settings.audit", _("Audit log"), _("Reads who changed what.")),
)
NAMES = frozenset(permission.name for permission in PERMISSIONS)

_AGENT = frozenset({PURCHASES, BROWSING})
_SUPERVISOR = _AGENT | {"teams.all", "notes.edit", "segments.change", "refunds.more", "customers.export"}
_SUPERVISOR |= {"routing.see", "routing.rules", "live.see", "settings.sla", "settings.automation", "settings.topics"}
_SUPERVISOR |= {"settings.bots", "reports.see", "settings.surveys"}
BUILT_IN = {"agent": _AGENT, "supervisor": _SUPERVISOR, "admin": NAMES}
