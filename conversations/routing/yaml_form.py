"""The rules as YAML, with names instead of numbers, so that they can be read, kept elsewhere, and brought to another
desk; and back, with what is wrong and in which rule."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

import yaml
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from conversations.condition_lists import Lists
from conversations.conditions import FIELDS, BadConditionsError, check, strings
from conversations.routing import kept
from conversations.routing.checking import MOST_RULES
from conversations.routing.drafting import new_key
from conversations.routing.facts import Policy
from conversations.routing.written import BadWritingError, plain

_KEY = re.compile(r"[-a-z0-9_]{1,40}")
MOST_SIGNS = 500_000
LONGEST = 8000  # signs of one value: a number of 60s ("1:1:1…") takes time by the square of its length
DEEPEST = 20  # lists and mappings in each other; conditions and outcomes have half as many
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where there is libyaml
MOST = 10**9  # of a figure
NUMBERED = frozenset({"teams", "channels", "segments"})  # lists whose values are numbers of this desk
Json = Mapping[str, object]


class BadYamlError(ValueError):
    """The text is for whoever brought it."""


def to_yaml(policy: Policy, *, name: str, lists: Lists) -> str:
    body = kept.written_policy(policy)
    rules = [_named_rule(plain(rule), lists) for rule in policy.rules]
    told: dict[str, object] = {
        "name": name,
        "rules": rules,
        "otherwise": _named_outcome(plain(policy.otherwise), lists),
    }
    told |= {setting: body[setting] for setting in _SETTINGS if setting in body}
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)


def from_yaml(text: str, *, lists: Lists) -> tuple[str, Policy]:
    """The name and the rules. Raises BadYamlError; what the desk lacks (a team, a skill) is named."""
    told = _read(text)
    rules = told.get("rules", [])
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        raise BadYamlError(_("“rules” is to be a list of at most %(most)s.") % {"most": MOST_RULES})
    unknown = told.keys() - {"name", "rules", "otherwise", *_SETTINGS}
    if unknown:
        raise BadYamlError(_("There is no setting “%(name)s”.") % {"name": sorted(map(str, unknown))[0]})
    numbered = _Numbered(lists)
    body: dict[str, object] = {setting: told[setting] for setting in _SETTINGS if setting in told}
    body["rules"] = [_numbered_rule(rule, place, numbered) for place, rule in enumerate(rules, start=1)]
    if "otherwise" in told:
        body["otherwise"] = numbered.outcome(told["otherwise"], where=_("otherwise"))
    try:
        policy = kept.read_policy(body, number=0)
    except BadWritingError as error:
        raise BadYamlError(_("Something is not as it should be: %(error)s.") % {"error": error}) from error
    return str(told.get("name") or "")[:120], _with_keys(policy)


_SETTINGS = tuple(field.name for field in fields(Policy) if field.name not in ("version", "rules", "otherwise"))


def _read(text: str) -> dict[str, object]:
    """Looked through before anything is made of it: what would take long or much is refused."""
    if len(text) > MOST_SIGNS:
        raise BadYamlError(_("That is too long to be rules."))
    try:
        _refuse_bombs(text)
        told = yaml.load(text, Loader=_LOADER)  # noqa: S506  one of the two safe ones
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, BadYamlError):
            raise
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        last = text.rstrip("\n").count("\n")  # libyaml finds the end in a line of its own
        where = _(" in line %(line)s") % {"line": min(line, last) + 1} if line is not None else ""
        raise BadYamlError(_("This cannot be read as YAML%(where)s.") % {"where": where}) from error
    if not isinstance(told, dict):
        raise BadYamlError(_("This is no YAML of rules."))
    _refuse_strange(told)
    return told


def _refuse_bombs(text: str) -> None:
    """Aliases, too: a few of them make gigabytes of a short text."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise BadYamlError(_("Aliases (* and &) are not read here."))
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST:
            raise BadYamlError(_("A value is too long."))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadYamlError(_("That is nested too deeply to be rules."))


def _refuse_strange(told: object) -> None:
    """Dates, figures without end and signs that no text has: YAML can say them, and rules cannot."""
    if isinstance(told, dict):
        for name, value in told.items():
            _refuse_strange(name)
            _refuse_strange(value)
    elif isinstance(told, list):
        for value in told:
            _refuse_strange(value)
    elif isinstance(told, str):
        if "\x00" in told:
            raise BadYamlError(_("A text has a sign that no text can have."))
    elif not (told is None or (isinstance(told, int | float) and abs(told) <= MOST)):
        raise BadYamlError(_("“%(value)s” is nothing that rules can say.") % {"value": told})


def _with_keys(policy: Policy) -> Policy:
    """A key that is missing, or there twice, is given anew."""
    seen: set[str] = set()
    rules = []
    for rule in policy.rules:
        key = rule.key if _KEY.fullmatch(rule.key) and rule.key not in seen else new_key()
        seen.add(key)
        rules.append(replace(rule, key=key))
    return replace(policy, rules=tuple(rules))


def _named_rule(rule: object, lists: Lists) -> dict[str, object]:
    assert isinstance(rule, dict)
    named = dict(rule)
    if "conditions" in rule:
        named["conditions"] = _conditions(rule["conditions"], lambda of, value: lists.of(of).get(value, value))
    if "outcome" in rule:
        named["outcome"] = _named_outcome(rule["outcome"], lists)
    return named


def _named_outcome(outcome: object, lists: Lists) -> dict[str, object]:
    assert isinstance(outcome, dict)
    named = dict(outcome)
    for name in ("required", "preferred"):
        if name in named:
            named[name] = {lists.of("skills").get(key, key): level for key, level in outcome[name].items()}
    if "team" in named:
        named["team"] = _team_name(outcome["team"], lists)
    if "overflow" in named:
        named["overflow"] = [{**step, "team": _team_name(step["team"], lists)} for step in outcome["overflow"]]
    if named.get("agent"):
        named["agent"] = _emails().get(outcome["agent"], outcome["agent"])
    return named


def _team_name(team: object, lists: Lists) -> object:
    return lists.of("teams").get(str(team), team)


def _emails() -> dict[int, str]:
    return dict(get_user_model().objects.values_list("pk", "email"))


def _conditions(group: object, value_of: Callable[[str, str], str]) -> object:
    """The same conditions with each value of a numbered list as `value_of` (list, value) says."""
    if not isinstance(group, Mapping):
        return group
    if isinstance(group.get("rules"), list):
        return {**group, "rules": [_conditions(rule, value_of) for rule in group["rules"]]}
    field = FIELDS.get(str(group.get("field", "")))
    if field is None or field.options not in NUMBERED:
        return dict(group)
    return {**group, "value": [value_of(field.options, value) for value in strings(group.get("value"))]}


@dataclass
class _Numbered:
    """Names as this desk's numbers. A name that it has not is an error that says so."""

    lists: Lists

    def of(self, name: str, value: object, *, where: str) -> str:
        for number, known in self.lists.of(name).items():
            if known.casefold() == str(value).casefold():
                return number
        words = {"teams": _("team"), "channels": _("channel"), "segments": _("segment"), "skills": _("skill")}
        said = {"where": where, "what": words[name], "value": value}
        raise BadYamlError(_("%(where)s: this desk has no %(what)s “%(value)s”.") % said)

    def outcome(self, told: object, *, where: str) -> dict[str, object]:
        if not isinstance(told, dict):
            raise BadYamlError(_("%(where)s: the outcome is to be a mapping.") % {"where": where})
        body = dict(told)
        if body.get("team"):
            body["team"] = int(self.of("teams", body["team"], where=where))
        for name in ("required", "preferred"):
            if isinstance(body.get(name), dict):
                body[name] = {self.of("skills", skill, where=where): level for skill, level in body[name].items()}
        if isinstance(body.get("overflow"), list):
            body["overflow"] = [self._step(step, where) for step in body["overflow"]]
        if body.get("agent"):
            body["agent"] = self._agent(body["agent"], where)
        return body

    def _step(self, step: object, where: str) -> object:
        if not isinstance(step, dict) or "team" not in step:
            raise BadYamlError(_("%(where)s: a step of the overflow has “after” and “team”.") % {"where": where})
        return {**step, "team": int(self.of("teams", step["team"], where=where))}

    def _agent(self, email: object, where: str) -> int:
        agent = get_user_model().objects.filter(is_active=True, email__iexact=str(email)).first()
        if agent is None:
            raise BadYamlError(
                _("%(where)s: nobody here has the address %(email)s.") % {"where": where, "email": email}
            )
        return agent.pk


def _numbered_rule(rule: object, place: int, numbered: _Numbered) -> dict[str, object]:
    where = _("Rule %(place)s") % {"place": place}
    if not isinstance(rule, dict) or not str(rule.get("name") or "").strip():
        raise BadYamlError(_("%(where)s has no name.") % {"where": where})
    where = f"{where}, “{rule['name']}”"
    body = {"key": str(rule.get("key") or ""), **{name: rule[name] for name in rule if name != "key"}}
    try:
        check(rule.get("conditions", {}))
    except BadConditionsError as error:
        raise BadYamlError(f"{where}: {error}") from error
    body["conditions"] = _conditions(
        rule.get("conditions", {}), lambda name, value: numbered.of(name, value, where=where)
    )
    body["outcome"] = numbered.outcome(rule.get("outcome", {}), where=where)
    return body
