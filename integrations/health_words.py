"""How a connector does, in words: one verdict with its reasons, from what is counted. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.health import WARNED_BEFORE
from integrations.models import Connector

SLOW = timedelta(minutes=1)  # what is older and not processed is late
MANY_FAIL = 0.02  # of what came or went in a day


@dataclass(frozen=True)
class Counts:
    """Of one connector. The first four are now, the others of the last 24 hours."""

    waiting: int = 0  # kept, and not processed
    oldest_at: datetime | None = None  # of these
    aside: int = 0
    outgoing: int = 0  # deliveries that wait
    came: int = 0
    failed_in: int = 0
    went: int = 0
    failed_out: int = 0

    @property
    def share(self) -> float:
        """Of all that came and went in a day, how much failed."""
        all_of_it = self.came + self.went
        return (self.failed_in + self.failed_out) / all_of_it if all_of_it else 0.0


@dataclass(frozen=True)
class Verdict:
    word: str
    tone: str = ""  # good, warn, bad, or "" for what is neither
    reasons: list[str] = field(default_factory=list)

    @property
    def needs_you(self) -> bool:
        return self.tone in ("warn", "bad")


def verdict(connector: Connector, counts: Counts, now: datetime) -> Verdict:
    if not connector.is_active:
        return Verdict(_("Disconnected"), reasons=[connector.error] if connector.error else [])
    if connector.is_draft:
        return Verdict(_("Not finished"), reasons=[_("What comes is kept until it is set up.")])
    if connector.broken_at:
        return Verdict(_("Failing"), "bad", [connector.error, _("Nothing is tried until it is mended.")])
    if connector.paused_at:
        return Verdict(_("Paused"), reasons=[_paused(connector)])
    if connector.error:
        return Verdict(_("Failing"), "bad", [connector.error])
    reasons = list(_warnings(connector, counts, now))
    return Verdict(_("Check"), "warn", reasons) if reasons else Verdict(_("Well"), "good")


def _paused(connector: Connector) -> str:
    assert connector.paused_at is not None
    on = date_format(localtime(connector.paused_at), "MONTH_DAY_FORMAT")
    if connector.paused_by is None:
        return _("Paused on %(date)s") % {"date": on}
    return _("Paused by %(name)s, %(date)s") % {"name": connector.paused_by.short_name, "date": on}


def _warnings(connector: Connector, counts: Counts, now: datetime) -> list[str]:
    found = []
    if connector.expires_at and connector.expires_at < now + WARNED_BEFORE:
        until = date_format(localtime(connector.expires_at), "DATE_FORMAT")
        words = (
            _("Its key has expired: %(until)s.") if connector.expires_at < now else _("Its key expires on %(until)s.")
        )
        found.append(words % {"until": until})
    if counts.oldest_at and now - counts.oldest_at > SLOW:
        found.append(_("The oldest event waits since %(time)s.") % {"time": ago(counts.oldest_at, now)})
    if counts.aside:
        words = ngettext("%(n)s event is set aside.", "%(n)s events are set aside.", counts.aside)
        found.append(words % {"n": counts.aside})
    if counts.share > MANY_FAIL:
        found.append(_("%(share)s of what came and went since yesterday failed.") % {"share": percent(counts.share)})
    return found


def in_short(connector: Connector, counts: Counts, now: datetime) -> str:
    """“Last event 40 s ago · 0.1% errors · 0 waiting”"""
    if connector.paused_at and connector.is_active:
        waiting = ngettext("%(n)s waiting", "%(n)s waiting", counts.waiting) % {"n": counts.waiting}
        return f"{_paused(connector)} · {waiting}"
    last = max(filter(None, (connector.last_in_at, connector.last_out_at)), default=None)
    parts = [_("Last event %(time)s") % {"time": ago(last, now)} if last else _("Nothing came yet")]
    if connector.is_active:
        parts.append(_("%(share)s errors") % {"share": percent(counts.share)})
        n = counts.waiting + counts.outgoing
        parts.append(ngettext("%(n)s waiting", "%(n)s waiting", n) % {"n": n})
    return " · ".join(parts)


def ago(at: datetime, now: datetime) -> str:
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < 2:
        return _("just now")
    if seconds < 90:
        return _("%(n)s s ago") % {"n": seconds}
    if seconds < 5400:
        return _("%(n)s min ago") % {"n": seconds // 60}
    if seconds < 129_600:
        return _("%(n)s h ago") % {"n": seconds // 3600}
    return ngettext("%(n)s day ago", "%(n)s days ago", seconds // 86_400) % {"n": seconds // 86_400}


def percent(share: float) -> str:
    return f"{share:.0%}" if share == 0 or share >= 0.1 else f"{share:.1%}"
