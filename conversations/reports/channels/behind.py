"""The rows behind a number of channels: switches here; episodes and answers by the reports that count them."""

from collections.abc import Mapping
from dataclasses import replace

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import ChannelRate, Medium, Switch
from conversations.reports.answers.behind import behind as behind_answers
from conversations.reports.service.behind import behind as behind_service
from conversations.reports.sheets.finding import column_of, number, of_asked
from conversations.reports.sheets.names import name
from conversations.reports.sheets.sheet import Asked, Behind, Column

YES = "1"


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    what = wanted.get("what", "")
    if what == "switches":
        return _switches(asked, wanted)
    if what == "begun_at":
        medium = {name: wanted[name] for name in ("medium",) if name in wanted}
        found = behind_service(asked, {"what": "begun", **medium})
        return replace(found, rows=found.rows.filter(_at_address(wanted)))
    return behind_answers(asked, wanted) if what == "answers" else behind_service(asked, wanted)


def _switches(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    """`from` and `medium` (where to); `answered`: only those that were."""
    rows = Switch.objects.filter(of_asked(asked), at__gte=asked.begins, at__lt=asked.ends)
    if "from" in wanted:
        rows = rows.filter(from_medium=_medium(wanted["from"]))
    if "medium" in wanted:
        rows = rows.filter(medium=_medium(wanted["medium"]))
    if wanted.get("answered") == YES:
        rows = rows.filter(was_answered=True)
    rows = rows.select_related("episode__conversation", "team").order_by("-at", "-pk")
    return Behind(
        _("Switches"), rows, "at", COLUMNS_OF_SWITCHES,
        lambda row: row.episode.conversation_id,  # type: ignore[attr-defined]
        lambda row: row.episode.conversation.customer_id,  # type: ignore[attr-defined]
    )  # fmt: skip


def _at_address(wanted: Mapping[str, str]) -> Q:
    """One with a rate of its own, or all others of its medium."""
    if "address" in wanted:
        return Q(channel=number(wanted["address"]))
    own = ChannelRate.objects.filter(channel__isnull=False, medium=_medium(wanted.get("medium", "")))
    return Q(channel=None) | ~Q(channel__in=own.values("channel"))


def _medium(text: str) -> str:
    if text not in Medium.values:
        raise Http404
    return text


COLUMNS_OF_SWITCHES = (
    Column(gettext_lazy("From"), lambda row: name("medium", row.from_medium)),  # type: ignore[attr-defined]
    Column(gettext_lazy("To"), lambda row: name("medium", row.medium)),  # type: ignore[attr-defined]
    Column(gettext_lazy("Answered"), column_of("was_answered")),
    Column(gettext_lazy("Asked again"), column_of("was_repeated")),
    Column(gettext_lazy("Team"), column_of("team")),
)
