"""What a rule of automation may do: each action with its words, what it is done with, and how it is carried out.

An action is {"do": one of ACTIONS, "value": …}, the value as the form has it: a tag's name, a number, "team:2", a text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.actions import macros
from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError
from conversations.actions.labels import prioritise, tag, untag
from conversations.actions.states import reopen, resolve, snooze
from conversations.canned_words import filled
from conversations.models import CannedReply, Conversation, Macro, Priority, Rule, Survey, Tag, Team, Webhook
from conversations.outbound import by_rule, calling_out
from conversations.surveys import touching
from conversations.typed import whole_number

MOST_ACTIONS, LONGEST_NOTE, MOST_HOURS = 10, 2000, 24 * 90
Json = Mapping[str, object]


class BadActionError(ValueError):
    """An action that cannot be carried out; the text is for whoever wrote it."""


@dataclass(frozen=True)
class Action:
    """`label` stands in the form's list, `says` in a sentence. `control`: how its value is entered: "list" (of
    `options`), "typed" (offering `options`), "hours", "text" or "none"."""

    label: object
    says: object
    control: str
    do: Callable[[Conversation, str, Rule], None]
    options: Callable[[], dict[str, str]] = dict


def _agents_and_teams() -> dict[str, str]:
    agents = get_user_model().objects.filter(is_active=True).order_by("name")
    teams = {f"team:{pk}": name for pk, name in Team.objects.order_by("name").values_list("pk", "name")}
    return {**teams, **{f"agent:{one.pk}": one.name for one in agents}, "nobody": _("nobody")}


def _named(model: type[CannedReply] | type[Webhook]) -> Callable[[], dict[str, str]]:
    return lambda: {str(pk): name for pk, name in model._default_manager.order_by("name").values_list("pk", "name")}


def _macros() -> dict[str, str]:
    """Those that need no agent: nobody is there to send a reply, nor to be given the work."""
    found = Macro.objects.filter(to_me=False, canned=None).order_by("name")
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def _tags() -> dict[str, str]:
    return {name: name for name in Tag.objects.order_by("name").values_list("name", flat=True)[:200]}


def _tag(conversation: Conversation, value: str, rule: Rule) -> None:
    tag(conversation, name=value, by=None)


def _untag(conversation: Conversation, value: str, rule: Rule) -> None:
    if mark := Tag.objects.filter(name__iexact=value).first():
        untag(conversation, mark=mark, by=None)


def _prioritise(conversation: Conversation, value: str, rule: Rule) -> None:
    prioritise(conversation, priority=int(value), by=None)


def _assign(conversation: Conversation, value: str, rule: Rule) -> None:
    kind, _colon, key = value.partition(":")
    to = get_user_model().objects.filter(pk=key).first() if kind == "agent" else None
    team = Team.objects.filter(pk=key).first() if kind == "team" else None
    if to is None and team is None and value != "nobody":
        raise NotPossibleError(_("Who was to have it is no longer there."))
    assign(conversation, to=to, team=team, by=None)


def _reply(conversation: Conversation, value: str, rule: Rule) -> None:
    canned = CannedReply.objects.filter(pk=value).first()
    if canned is None:
        raise NotPossibleError(_("The canned reply is no longer there."))
    by_rule.answer(conversation, html=linebreaks(filled(canned.text, conversation, None), autoescape=True))


def _note(conversation: Conversation, value: str, rule: Rule) -> None:
    by_rule.note(conversation, html=linebreaks(filled(value, conversation, None), autoescape=True))


def _snooze(conversation: Conversation, value: str, rule: Rule) -> None:
    snooze(conversation, until=timezone.now() + timedelta(hours=int(value)), by=None)


def _resolve(conversation: Conversation, value: str, rule: Rule) -> None:
    resolve(conversation, by=None)


def _reopen(conversation: Conversation, value: str, rule: Rule) -> None:
    reopen(conversation, by=None)


def _macro(conversation: Conversation, value: str, rule: Rule) -> None:
    macro = Macro.objects.filter(pk=value).first()
    if macro is None:
        raise NotPossibleError(_("The macro is no longer there."))
    if macro.to_me or macro.canned_id:
        raise NotPossibleError(_("The macro “%(name)s” needs an agent who runs it.") % {"name": macro})
    macros.run(macro, conversation, by=None)


def _webhook(conversation: Conversation, value: str, rule: Rule) -> None:
    webhook = Webhook.objects.filter(pk=value).first()
    if webhook is None or not webhook.is_active:
        raise NotPossibleError(_("The webhook is switched off, or no longer there."))
    calling_out.call(webhook, conversation, rule)


def _surveys() -> dict[str, str]:
    found = Survey.objects.filter(touchpoint=Survey.Touchpoint.RULE, is_active=True).order_by("name")
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def _survey(conversation: Conversation, value: str, rule: Rule) -> None:
    survey = Survey.objects.filter(pk=value, is_active=True).first()
    if survey is None:
        raise NotPossibleError(_("The survey is switched off, or no longer there."))
    ask = touching.by_rule(survey, conversation)
    if ask is None:
        raise NotPossibleError(_("They were asked about this already."))
    if ask.why:
        raise NotPossibleError(_("They are not asked: %(why)s.") % {"why": ask.get_why_display()})


ACTIONS: Mapping[str, Action] = {
    "tag": Action(gettext_lazy("add a tag"), gettext_lazy("adds #%(value)s"), "typed", _tag, _tags),
    "untag": Action(gettext_lazy("take a tag off"), gettext_lazy("takes #%(value)s off"), "typed", _untag, _tags),
    "priority": Action(
        gettext_lazy("set the priority"),
        gettext_lazy("sets the priority to %(value)s"),
        "list",
        _prioritise,
        lambda: {str(value): str(label) for value, label in Priority.choices},
    ),
    "assign": Action(
        gettext_lazy("give it to"), gettext_lazy("gives it to %(value)s"), "list", _assign, _agents_and_teams
    ),
    "reply": Action(
        gettext_lazy("reply with"), gettext_lazy("replies with “%(value)s”"), "list", _reply, _named(CannedReply)
    ),
    "note": Action(gettext_lazy("add a private note"), gettext_lazy("notes “%(value)s”"), "text", _note),
    "survey": Action(
        gettext_lazy("ask how it was, by"), gettext_lazy("asks by “%(value)s”"), "list", _survey, _surveys
    ),
    "snooze": Action(gettext_lazy("snooze it"), gettext_lazy("snoozes it for %(value)s hours"), "hours", _snooze),
    "resolve": Action(gettext_lazy("solve it"), gettext_lazy("solves it"), "none", _resolve),
    "reopen": Action(gettext_lazy("open it again"), gettext_lazy("opens it again"), "none", _reopen),
    "macro": Action(gettext_lazy("run a macro"), gettext_lazy("runs “%(value)s”"), "list", _macro, _macros),
    "webhook": Action(
        gettext_lazy("call a webhook"), gettext_lazy("calls “%(value)s”"), "list", _webhook, _named(Webhook)
    ),
}
TALKS = frozenset({"reply", "survey"})  # what a customer hears: done less often
SILENT = frozenset({"reply", "note", "survey", "webhook"})  # what leaves no line of its own in the log


class Options:
    """The lists that actions choose from, each asked for when it is first wanted. Make one for a request."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def of(self, do: str) -> dict[str, str]:
        if do not in self._known:
            self._known[do] = ACTIONS[do].options() if do in ACTIONS else {}
        return self._known[do]

    def name(self, do: str, value: str) -> str:
        if do not in ACTIONS or ACTIONS[do].control != "list":
            return value
        return self.of(do).get(value) or _("%(value)s (no longer there)") % {"value": value}


def carry_out(action: Json, conversation: Conversation, rule: Rule, options: Options) -> dict[str, str]:
    """Raises NotPossibleError. Gives what was done, with names that are still there when the things are gone."""
    do, value = str(action["do"]), str(action.get("value", ""))
    ACTIONS[do].do(conversation, value, rule)
    return {"do": do, "value": options.name(do, value)}


def check(actions: object, options: Options) -> None:
    """Raises BadActionError in the words of whoever wrote them."""
    if not isinstance(actions, list) or not actions:
        raise BadActionError(_("It does nothing yet: choose at least one thing."))
    if len(actions) > MOST_ACTIONS:
        raise BadActionError(_("These are too many actions for one rule."))
    for action in actions:
        _check_one(action, options)
    done = [str(action["do"]) for action in actions]
    if "resolve" in done and ("snooze" in done or "reopen" in done):
        raise BadActionError(_("It cannot be solved and snoozed, or opened again, at once."))
    if done.count("assign") > 1 or done.count("reply") > 1:
        raise BadActionError(_("Give it to one, and reply once."))


def _check_one(action: object, options: Options) -> None:
    known = ACTIONS.get(str(action.get("do", ""))) if isinstance(action, Mapping) else None
    if known is None or not isinstance(action, Mapping):
        raise BadActionError(_("Choose what it does."))
    do, value = str(action["do"]), str(action.get("value", "")).strip()
    if known.control != "none" and not value:
        raise BadActionError(_("Fill in the rest of “%(action)s”.") % {"action": known.label})
    if known.control == "list" and value not in options.of(do):
        raise BadActionError(_("What “%(action)s” speaks of is no longer there.") % {"action": known.label})
    if known.control == "hours" and not 1 <= (whole_number(value) or 0) <= MOST_HOURS:
        raise BadActionError(_("Snooze for 1 to %(most)d hours.") % {"most": MOST_HOURS})
    if known.control == "typed" and len(value) > 40:
        raise BadActionError(_("A tag has at most 40 letters."))
    if known.control == "text" and len(value) > LONGEST_NOTE:
        raise BadActionError(_("The note is too long."))


def said(actions: Sequence[object], options: Options) -> list[str]:
    """Each in words. Never fails."""
    return [_said(action, options) for action in actions if isinstance(action, Mapping)]


def _said(action: Json, options: Options) -> str:
    do, value = str(action.get("do", "")), str(action.get("value", ""))
    if do not in ACTIONS:
        return _("something that is not known here")
    return str(ACTIONS[do].says) % {"value": options.name(do, value)}


def done_in_words(did: Sequence[object]) -> list[str]:
    """Of RuleRun.did, where names stand already."""
    known = [each for each in did if isinstance(each, Mapping) and each.get("do") in ACTIONS]
    return [str(ACTIONS[str(each["do"])].says) % {"value": each.get("value", "")} for each in known]
