"""Deadlines in words: what was promised, how long is left, and why a conversation stands under a policy."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.clocks import Promise
from conversations.models import Conversation

KINDS = {
    "first": gettext_lazy("first answer"),
    "next": gettext_lazy("next answer"),
    "resolution": gettext_lazy("solution"),
}


def spoken(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def length(much: timedelta) -> str:
    """In hours and minutes, since what counts is hours of work: "45 minutes", "1 hour 30 minutes", "20 hours"."""
    hours, left = divmod(max(0, int(much.total_seconds() // 60)), 60)
    in_hours = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    in_minutes = ngettext("%(n)d minute", "%(n)d minutes", left) % {"n": left}
    return " ".join(words for number, words in ((hours, in_hours), (left, in_minutes)) if number) or in_minutes


def late_reason(promise: Promise, kind: str) -> str:
    within = promise.within.get(kind, timedelta(0))
    words = {
        "first": _("“%(policy)s” promises the first answer within %(time)s"),
        "next": _("“%(policy)s” promises every further answer within %(time)s"),
        "resolution": _("“%(policy)s” promises a solution within %(time)s"),
    }
    return words[kind] % {"policy": promise.name, "time": length(within)}


def title_of(conversation: Conversation, kind: str, level: str) -> str:
    who = {"customer": conversation.customer.label}
    if level == "warned":
        soon = {
            "first": _("%(customer)s waits for a first answer, which is soon due"),
            "next": _("%(customer)s waits for an answer, which is soon due"),
            "resolution": _("A solution for %(customer)s is soon due"),
        }
        return soon[kind] % who
    if level == "late":
        late = {
            "first": _("The first answer to %(customer)s is late"),
            "next": _("The answer to %(customer)s is late"),
            "resolution": _("The solution for %(customer)s is late"),
        }
        return late[kind] % who
    if conversation.assignee is None:
        return _("%(customer)s is kept waiting, and nobody has it") % who
    return _("%(customer)s is kept waiting; %(agent)s has it") % {**who, "agent": str(conversation.assignee)}
