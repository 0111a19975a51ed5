"""How one answer to a survey is shown: its colour, who served, and how it went."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.models import SurveyResponse
from conversations.models.survey import SurveyKind, Touchpoint
from conversations.reports.words import brief
from conversations.surveys.touching import asked_about
from conversations.templatetags.desk import hue

register = template.Library()
MILD = 0.4  # of a mood, up to which it is no word worth


@register.simple_tag
def customers_are_asked() -> bool:
    """A survey asks how it was when a matter is solved."""
    return not {Touchpoint.RESOLUTION, Touchpoint.HANDOFF, Touchpoint.BOT}.isdisjoint(asked_about())


@register.filter
def hue_of_answer(answer: SurveyResponse) -> str:
    return "bot" if answer.touchpoint == Touchpoint.BOT else hue(answer.medium)


@register.filter
def level_of_answer(answer: SurveyResponse) -> str:
    """good, warn or bad, on whichever scale."""
    if answer.score is None:
        return ""
    bounds = {SurveyKind.CSAT: (3, 4), SurveyKind.NPS: (7, 9), SurveyKind.CES: (4, 6)}
    middle, good = bounds.get(SurveyKind(answer.kind), (3, 4))
    return "good" if answer.score >= good else "warn" if answer.score >= middle else "bad"


@register.filter
def mood_word(mood: float | None) -> str:
    if mood is None or -MILD < mood < MILD:
        return ""
    return _("glad") if mood > 0 else _("angry")


@register.filter
def served_by(answer: SurveyResponse) -> str:
    """ "bot, then Emre", the greatest share first among people; "nobody" of an order's survey."""
    shares = sorted(answer.credits.all(), key=lambda credit: -credit.share)
    people = [str(credit.agent) for credit in shares if credit.agent]
    has_bot = any(credit.is_bot for credit in shares)
    if has_bot and people:
        return _("bot, then %(people)s") % {"people": ", ".join(people)}
    return _("bot") if has_bot else ", ".join(people) or "–"


@register.filter
def how_it_went(answer: SurveyResponse) -> str:
    """The wait, and what was asked again."""
    parts = []
    if answer.ask.waited is not None:
        parts.append(_("answered after %(time)s") % {"time": brief(timedelta(seconds=answer.ask.waited))})
    if answer.repeats:
        asked = ngettext("one question asked again", "%(n)d questions asked again", answer.repeats)
        parts.append(asked % {"n": answer.repeats} if answer.repeats > 1 else asked)
    return ", ".join(parts) or "–"
