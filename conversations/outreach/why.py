"""Why somebody is not written to, in the order in which it is looked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    GONE = "gone", _("merged away, forgotten or about to be")
    BLOCKED = "blocked", _("blocked")
    SPAM = "spam", _("known for spam alone")
    TALKING = "talking", _("in a conversation that is not solved")
    ANGRY = "angry", _("angry when they last wrote")
    EARLY = "early", _("the minutes to wait are not over")
    NO_WAY = "no_way", _("no way that they use is open to us")
    NO_CONSENT = "consent", _("has not agreed to marketing there")
    REFUSED = "refused", _("asked for no such messages")
    OWN_REST = "own_rest", _("this rule came to them not long ago")
    REST = "rest", _("another rule wrote to them not long ago")
    QUIET = "quiet", _("quiet hours there now: later")
    DAILY = "daily", _("as many as a day may have went today: tomorrow")
