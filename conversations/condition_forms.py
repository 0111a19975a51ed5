"""The builder of conditions, for whatever form holds one: read from what was typed, changed row by row, checked.

    builder = ConditionsForm(rule.conditions, post=request.POST if request.method == "POST" else None)
    if builder.wants_rows: draw the page anew and save nothing (a button of the builder was pressed)
    if builder.is_valid(): rule.conditions = builder.conditions

and `{% include "conversations/conditions/builder.html" with builder=builder %}` within the form. The same buttons ask
`condition_rows` where there is JavaScript. Each line has a path: "2.0" is the first of the group in the third place.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _

from conversations.condition_lists import TYPED, Lists
from conversations.condition_words import FLAGS, flag_words, said
from conversations.conditions import (
    ASKS,
    FIELDS,
    MOST_DEPTH,
    MOST_RULES,
    BadConditionsError,
    Field,
    Json,
    check,
    rules_of,
    strings,
)
from conversations.typed import whole_number

FIRST_ASK = "topic.is"
MOST_CHIPS = 12  # values that stand side by side; more are a list
LONGEST = 400  # signs of a typed value


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Line:
    """One rule of the builder, or one group of them."""

    prefix: str
    path: str
    rule: Json
    lists: Lists
    focused: str = ""  # the path that the cursor goes to

    @property
    def name(self) -> str:
        return f"{self.prefix}-{self.path}"

    @property
    def number(self) -> str:
        """For people: "3.1" is the first of the group in the third place."""
        return ".".join(str(int(part) + 1) for part in self.path.split("."))

    @property
    def is_focused(self) -> bool:
        return self.path == self.focused

    @property
    def is_group(self) -> bool:
        return "rules" in self.rule

    @property
    def match(self) -> str:
        return "any" if self.rule.get("match") == "any" else "all"

    @property
    def lines(self) -> list["Line"]:
        return _lines(self.prefix, self.rule, self.lists, under=f"{self.path}.", focused=self.focused)

    @property
    def may_nest(self) -> bool:
        return self.path.count(".") + 2 < MOST_DEPTH

    @property
    def ask(self) -> str:
        return f"{self.rule.get('field', '')}.{self.rule.get('is', '')}"

    @cached_property
    def field(self) -> Field | None:
        return FIELDS.get(str(self.rule.get("field", "")))

    @property
    def control(self) -> str:
        """How its value is entered: "chips", "list", "one", "number", "typed", "pair", "filled" or "none"."""
        if self.field is None or self.field.kind == "flag":
            return "none"
        if self.field.kind == "pair":
            return "filled" if self.rule.get("is") == "has" else "pair"
        if self.field.kind == "number":
            return "one" if self.field.options else "number"
        if self.field.kind == "words" or self.field.options in TYPED:
            return "typed"
        return "chips" if len(self.choices) <= MOST_CHIPS else "list"

    @cached_property
    def choices(self) -> list[Choice]:
        """All there are, and those that were chosen and are gone, so that one sees and drops them."""
        options = self.field.options if self.field else ""
        known, chosen = self.lists.of(options), self.values
        gone = {value: self.lists.name(options, value) for value in chosen if value not in known}
        return [Choice(value, label, value in chosen) for value, label in {**known, **gone}.items()]

    @property
    def values(self) -> list[str]:
        value = self.rule.get("value")
        return [] if value is None else list(strings(value))

    @property
    def text(self) -> str:
        return ", ".join(self.values)

    @property
    def pair(self) -> tuple[str, str]:
        name, _equals, wanted = str(self.rule.get("value") or "").partition("=")
        return name, wanted


@dataclass
class ConditionsForm:
    stored: object
    prefix: str = "when"
    post: QueryDict | None = None
    lists: Lists = field(default_factory=Lists)
    only: Collection[str] = ()  # the fields that may be asked here; all of them, where none is named

    def __post_init__(self) -> None:
        self.error = ""
        self.focused = "none"
        known = self.stored if isinstance(self.stored, Mapping) else {}
        self.conditions: dict[str, object] = {"match": "all", "rules": [], **known}
        if self.post is not None:
            self.conditions = _typed(self.prefix, self.post, self.lists)
            self._change(str(self.post.get(f"{self.prefix}-do", "")))

    @property
    def wants_rows(self) -> bool:
        """A button of the builder was pressed: the form is to be drawn anew, not saved."""
        return self.post is not None and f"{self.prefix}-do" in self.post

    def is_valid(self) -> bool:
        try:
            check(self.conditions)
            self._check_fields()
        except BadConditionsError as error:
            self.error = str(error)
        return not self.error

    @property
    def match(self) -> str:
        return "any" if self.conditions.get("match") == "any" else "all"

    @property
    def lines(self) -> list[Line]:
        return _lines(self.prefix, self.conditions, self.lists, focused=self.focused)

    @property
    def is_add_focused(self) -> bool:
        return self.focused == ""

    @property
    def may_add(self) -> bool:
        return sum(1 for _rule in rules_of(self.conditions)) < MOST_RULES

    @cached_property
    def asks(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Everything that can be asked, by field: each as "field.is" and in words."""
        asked = [(name, known) for name, known in FIELDS.items() if not self.only or name in self.only]
        return [(str(known.label), _asks_of(name, known)) for name, known in asked]

    def _check_fields(self) -> None:
        """A form of fewer fields may be sent with others by hand."""
        for rule in rules_of(self.conditions):
            if self.only and rule.get("field") not in self.only:
                label = FIELDS[str(rule["field"])].label
                raise BadConditionsError(_("“%(field)s” cannot be asked here.") % {"field": label})

    @property
    def words(self) -> str:
        return said(self.conditions, self.lists)

    def _change(self, deed: str) -> None:
        """What a button of the builder asks for: "add:2", "group:", "remove:2.1" …"""
        verb, _colon, path = deed.partition(":")
        if verb in ("add", "group") and (rules := _rules_at(self.conditions, path)) is not None and self.may_add:
            rules.append(_new_rule() if verb == "add" else {"match": "any", "rules": [_new_rule()]})
            here = f"{path}.{len(rules) - 1}" if path else str(len(rules) - 1)
            self.focused = here if verb == "add" else f"{here}.0"
        elif verb == "remove":
            above, _dot, last = path.rpartition(".")
            rules, number = _rules_at(self.conditions, above), whole_number(last)
            if rules and number is not None and number < len(rules):
                del rules[number]
                before = str(max(0, number - 1)) if rules else ""
                self.focused = f"{above}.{before}" if above and before else above or before


def _new_rule() -> dict[str, object]:
    name, _dot, how = FIRST_ASK.partition(".")
    return {"field": name, "is": how}


def _asks_of(name: str, known: Field) -> list[tuple[str, str]]:
    if name in FLAGS:
        return [(f"{name}.{how}", flag_words(name, how)) for how in ASKS["flag"]]
    return [(f"{name}.{how}", f"{known.label} {words}") for how, words in ASKS[known.kind].items()]


def _lines(prefix: str, group: Json, lists: Lists, *, under: str = "", focused: str = "") -> list[Line]:
    rules = group.get("rules")
    known = [rule for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    return [Line(prefix, f"{under}{place}", rule, lists, focused) for place, rule in enumerate(known)]


def _rules_at(conditions: Json, path: str) -> list[Json] | None:
    """The rules of the group at `path`; "" is the outermost."""
    group: object = conditions
    for part in path.split(".") if path else ():
        rules = group.get("rules") if isinstance(group, Mapping) else None
        number = whole_number(part)
        if not isinstance(rules, list) or number is None or number >= len(rules):
            return None
        group = rules[number]
    found = group.get("rules") if isinstance(group, Mapping) else None
    return found if isinstance(found, list) else None


def _typed(prefix: str, post: QueryDict, lists: Lists) -> dict[str, object]:
    root: dict[str, object] = {"match": _match(post, f"{prefix}-match"), "rules": []}
    groups: dict[str, list[object]] = {"": root["rules"]}  # type: ignore[dict-item]
    for path in post.getlist(f"{prefix}-row")[: 2 * MOST_RULES]:
        above = path.rpartition(".")[0]
        if above not in groups:
            continue
        name = f"{prefix}-{path}"
        if f"{name}-match" in post:
            inner: list[object] = []
            groups[above].append({"match": _match(post, f"{name}-match"), "rules": inner})
            groups[path] = inner
        else:
            groups[above].append(_typed_rule(name, post, lists))
    return root


def _match(post: QueryDict, name: str) -> str:
    return "any" if post.get(name) == "any" else "all"


def _typed_rule(name: str, post: QueryDict, lists: Lists) -> dict[str, object]:
    asked, _dot, how = str(post.get(f"{name}-ask", "")).partition(".")
    rule: dict[str, object] = {"field": asked, "is": how}
    known = FIELDS.get(asked)
    values = [each.replace("\x00", "").strip()[:LONGEST] for each in post.getlist(f"{name}-value")]
    if known is None or known.kind == "flag" or post.get(f"{name}-was") not in (asked, None, ""):
        return rule  # another field was chosen: what stood beside the former one is no answer to it
    if known.kind == "pair":
        rule["value"] = _pair(how, values)
    elif known.kind == "number":
        rule["value"] = _number(values[0] if values else "")
    elif known.kind == "words" or known.options in TYPED:
        rule["value"] = _spelt(strings(values[0]) if values else [], lists.of(known.options))
    else:
        rule["value"] = [value for value in values if value]
    return rule


def _pair(how: str, values: list[str]) -> str:
    name, wanted = [*values, "", ""][:2]
    return name if how == "has" or not wanted else f"{name}={wanted}"


def _number(text: str) -> object:
    """As a number where it is one; else as it was typed, for the one who typed it to see."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _spelt(typed: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """A name in the spelling it has, whatever case it was typed in."""
    spellings = {name.casefold(): name for name in known}
    return [spellings.get(each.casefold(), each) for each in typed]
