"""Goes on with what a customer wants done: asks the next thing that a deed needs, then whether to do it, then does it.

The deed itself says what comes next (conversations.bots.deeds.prospect); here it becomes a question, with its answers
to press, and the answer becomes a value again.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from conversations.bots.acts import Asked, Do, Line
from conversations.bots.deeds import Choice, Deed, Prospect
from conversations.bots.details import PASSING, details_of
from conversations.bots.draft import Draft, Option
from conversations.bots.memory import Kept, Need
from conversations.bots.words import TABLES
from conversations.handoff.slots import WRONG
from conversations.models.handoff import HandoffReason

MOST_ASKED = 2  # times that one thing is asked for, without an answer
LONGEST = 200  # signs of an answer that is taken as it stands
BEFORE = 3  # lines of theirs that are of the matter that begins
FREE = {Need.ITEM, Need.REASON, Need.CONDITION, Need.WISH, Need.SHOP, Need.PRODUCT, Need.DATE, Need.DEVICE, Need.SIZE}
FREE |= {Need.ADDRESS}
NAMED = {Need.ORDER, Need.ITEM, Need.SHOP, Need.PRODUCT}  # whose answers are names of things
TOLD_BACK = {Need.ORDER, Need.ADDRESS, Need.EMAIL, Need.PHONE, Need.SIZE}
CODE = re.compile(r"(?<!\d)\d(?:[ -]?\d){5}(?!\d)")
_ORDINAL = re.compile(r"\W*(\d)\W*")


def begin(draft: Draft, deed: Deed) -> None:
    """With what they told right before; what was of another matter alone is forgotten."""
    fresh, slots = _fresh(draft), draft.memory.slots
    if draft.memory.task:
        slots = {need: kept for need, kept in slots.items() if need not in PASSING or kept.source in fresh}
    draft.memory = replace(draft.memory, task=deed.key, waits_for="", choices=(), slots=slots)
    lines = [line for line in draft.asked.lines if line.who == "customer" and not _is_button(draft, line)][-BEFORE:]
    note(draft, [line for line in lines if not draft.memory.steps or line.source in fresh], is_correction=False)
    go_on(draft, deed)


def note(draft: Draft, lines: Sequence[Line], *, is_correction: bool = True) -> None:
    """Takes down what `lines` tell of what the task takes."""
    deed = draft.known.deeds.get(draft.memory.task)
    if deed is None or not lines:
        return
    found = details_of(lines, deed.key)
    if {Need.PRODUCT, Need.SHOP} & set(deed.needs) or deed.key == "hours":
        found |= _goods(draft, lines[-1])
    for need, kept in found.items():
        if not kept.shown and f"{need}_{kept.value}" in TABLES["en"]:
            kept = replace(kept, shown=draft.words(f"{need}_{kept.value}"))  # as its button would read
        before = draft.memory.slots.get(need)
        if is_correction and before and before.value != kept.value:
            draft.changed[need] = kept.value
        if before is None or is_correction or before.source != kept.source:
            draft.memory = draft.memory.with_slot(need, kept)


def go_on(draft: Draft, deed: Deed, answered: str = "") -> None:
    """What comes next, with all that is known by now. Where that is what was just `answered`, it was no answer."""
    found = draft.known.wonder(deed, draft.asked, values_of(draft))
    _learn(draft, found)
    if found.state == "ask" and found.need == answered:
        slots = {need: kept for need, kept in draft.memory.slots.items() if need != answered}
        draft.memory = replace(draft.memory, slots=slots, waits_for=answered)
        asked_in_vain(draft, deed)
    elif found.state == "ask" and _named_before(draft, found):
        go_on(draft, deed)
    elif found.state == "ask":
        _ask(draft, deed, found)
    elif found.state == "confirm":
        _confirm(draft, found)
    elif found.state in ("ready", "proof"):
        if found.state == "proof":
            _say_where_the_code_goes(draft)
        _do(draft, deed)
    elif found.state == "people":
        draft.hand_over(HandoffReason(found.reason or HandoffReason.NOT_ALLOWED), found.about or str(deed.name))
    else:
        _cannot(draft, deed, found)


def answered(draft: Draft, deed: Deed) -> bool:
    """Takes what they wrote as the answer to what was asked last; False where it is none."""
    need = draft.memory.waits_for
    if need == Need.CODE:
        return _take_code(draft)
    options = _offered(draft, deed, need)
    is_told = need in draft.memory.slots and draft.memory.slots[need].source in _fresh(draft)
    value = chosen(draft.text, options, by_a_word=not is_told)
    value = value or ("" if is_told else _free(draft, need, has_choices=bool(options)))
    if value:
        keep(draft, need, value, shown=next((each.shown for each in options if each.value == value), ""))
    elif need == Need.ORDER and options and (item := _free(draft, Need.ITEM, has_choices=False)):
        keep(draft, Need.ITEM, item)  # "the boots" may tell which order
    elif not is_told:
        return False
    draft.step(f"asked:{need}", "answered")
    return True


def _offered(draft: Draft, deed: Deed, need: str) -> tuple[Option, ...]:
    """The answers that were offered to what was asked last."""
    if not draft.memory.choices:
        return ()
    values = {name: value for name, value in values_of(draft).items() if name != need}
    found = draft.known.wonder(deed, draft.asked, values)
    return _options(draft, found.choices) if found.need == need else ()


def asked_in_vain(draft: Draft, deed: Deed) -> None:
    """Once more, in other words; then a person."""
    need = draft.memory.waits_for
    draft.step(f"asked:{need}", "unanswered")
    vain = takewhile(lambda step: (step.what, step.result) == (f"asked:{need}", "unanswered"), draft.memory.steps[::-1])
    if len(list(vain)) >= MOST_ASKED:
        draft.understood = False
        draft.hand_over(HandoffReason.MISUNDERSTOOD, f"{deed.name}: {need}")
        return
    draft.understood = False
    draft.say("ask_again")
    if need == Need.CODE:
        draft.ask(draft.words("ask_code"), need)
    else:
        go_on(draft, deed)


def agreed(draft: Draft, deed: Deed) -> None:
    _do(draft, deed)


def declined(draft: Draft, deed: Deed) -> None:
    draft.step(deed.key, "declined")
    draft.memory = replace(draft.memory, task="", waits_for="", choices=())
    draft.say("left_it")


def values_of(draft: Draft) -> dict[str, str]:
    return {need: kept.value for need, kept in draft.memory.slots.items() if kept.value}


def chosen(text: str, options: Sequence[Option], *, by_a_word: bool = True) -> str:
    """The value that was pressed or typed, by its words, its number in the list or its own name, or where that is
    enough `by_a_word` that only one of them has; or ""."""
    said = _bare(text)
    if not said:
        return ""
    for option in options:
        if said in (_bare(option.shown), _bare(option.value)):
            return option.value
    if (found := _ORDINAL.fullmatch(text)) and 1 <= int(found[1]) <= len(options):
        return options[int(found[1]) - 1].value
    within = [option for option in options if by_a_word and _names(said, option)]
    return within[0].value if len(within) == 1 else ""


def _learn(draft: Draft, found: Prospect) -> None:
    """What the deed knew without asking: the only order there is."""
    slots = draft.memory.slots
    new = {need: Kept(value, None, "order") for need, value in found.values.items() if value and need not in slots}
    draft.memory = replace(draft.memory, slots={**new, **slots})


def _ask(draft: Draft, deed: Deed, found: Prospect) -> None:
    if found.need == draft.asked.memory.waits_for and has_fresh_details(draft) and not draft.changed:
        draft.say("noted")  # and the question stands
    for value in (value for need, value in draft.changed.items() if need in TOLD_BACK):
        draft.say("corrected", value=value)
    options = _options(draft, found.choices)
    own = draft.words(found.said.key, **found.said.values) if found.said else ""
    key = f"ask_{found.need}_choice" if options and f"ask_{found.need}_choice" in TABLES["en"] else f"ask_{found.need}"
    draft.ask(own or draft.words(key), found.need, options)


def _named_before(draft: Draft, found: Prospect) -> bool:
    """Of the answers that it has, they have named one already: it is not asked for."""
    options = _options(draft, found.choices)
    if found.need in draft.memory.slots or found.need not in NAMED or not options:
        return False
    begun = _begun(draft)
    for line in [line for line in draft.asked.lines if line.who == "customer" and line.source >= begun][::-1]:
        if "·" in line.text:
            continue  # a button's words for something else
        within = [option for option in options if _names(_bare(line.text[:LONGEST]), option)]
        if len(within) == 1:
            draft.memory = draft.memory.with_slot(found.need, Kept(within[0].value, line.source, shown=within[0].shown))
            return True
    return False


def _begun(draft: Draft) -> int:
    """The line with which the task under way began, or what is known of it."""
    first = draft.source or 0
    for heard in reversed(draft.memory.heard):
        topic = draft.known.topics.get(heard.topic or 0)
        if topic and topic.bot_does != draft.memory.task:
            break
        first = heard.source
    return first


def _confirm(draft: Draft, found: Prospect) -> None:
    text = draft.words(found.said.key, **found.said.values) if found.said else draft.words("shall_i")
    yes, no = Option("yes", draft.words("do_it")), Option("no", draft.words("leave_it"))
    draft.ask(text, "confirm", (yes, no) if draft.asked.buttons >= 2 else ())


def _do(draft: Draft, deed: Deed) -> None:
    draft.memory = replace(draft.memory, task=deed.key, waits_for="", choices=())
    draft.acts = [Do(deed.key, values_of(draft))]
    slots = {need: kept for need, kept in draft.memory.slots.items() if need != Need.CODE}
    draft.memory = replace(draft.memory, slots=slots)


def _say_where_the_code_goes(draft: Draft) -> None:
    """Where the address was not asked for, since we know it: as much of it as its owner needs to know it by."""
    email = draft.memory.slots.get(Need.EMAIL)
    if email and email.where == "profile" and Need.CODE not in draft.memory.slots:
        name, _at, house = email.value.partition("@")
        draft.say("code_to", address=f"{name[:1]}···@{house}")


def _cannot(draft: Draft, deed: Deed, found: Prospect) -> None:
    """It is said why, and a person is offered; an order that is not there may be named anew. The same again is not
    told twice: then a person looks at it."""
    draft.step(deed.key, "refused", found.about)
    why = draft.words(found.said.key, **found.said.values) if found.said else ""
    if said_before(draft.asked, why):
        draft.hand_over(HandoffReason.NOT_ALLOWED, found.about or str(deed.name), words="to_people_not_helped")
        return
    draft.said += [why] if why else []
    draft.offer_person()
    wrong = found.need or (str(Need.ORDER) if Need.ORDER in draft.memory.slots and _is_theirs(draft) else "")
    slots = {need: kept for need, kept in draft.memory.slots.items() if need != wrong}
    draft.memory = replace(draft.memory, slots=slots, waits_for="", choices=())


def said_before(asked: Asked, words: str) -> bool:
    """Whether the bot has told them this very thing already."""
    return bool(words) and any(line.who == "bot" and words in line.text for line in asked.lines)


def _is_theirs(draft: Draft) -> bool:
    return draft.memory.slots[Need.ORDER].where == "customer"


def _options(draft: Draft, choices: Sequence[Choice]) -> tuple[Option, ...]:
    return tuple(Option(each.value, each.shown or draft.words(each.key)) for each in choices)


def _is_button(draft: Draft, line: Line) -> bool:
    """Words of ours, that they pressed: "Return or exchange" wishes for neither."""
    labels = (words for key, words in TABLES[draft.language].items() if key.startswith("matter_"))
    return _bare(line.text) in map(_bare, labels)


def _goods(draft: Draft, line: Line) -> dict[str, Kept]:
    named = draft.known.names(line.text)
    found = {Need.PRODUCT: named.product, Need.SHOP: named.shop}
    return {str(need): Kept(value, line.source) for need, value in found.items() if value}


def _take_code(draft: Draft) -> bool:
    found = CODE.search(draft.text)
    if found:
        keep(draft, Need.CODE, re.sub(r"\D", "", found.group()))
    return bool(found)


def _free(draft: Draft, need: str, *, has_choices: bool) -> str:
    """An answer in their own words, where such a thing has any. Yes or no answers nothing that asks which."""
    line = " ".join(draft.text.split())
    signs = draft.signs
    if need not in FREE or not line or len(line) > LONGEST or signs.is_plain or signs.thanks or signs.is_hello:
        return ""
    if has_fresh_details(draft):
        return ""  # they told something else instead
    if line.endswith("?") or not signs.has_words or WRONG.search(line):
        return ""
    if need in (Need.SIZE, Need.ADDRESS) and not has_choices:
        return ""  # the guard's own words find these, where they are there
    return line


def keep(draft: Draft, need: str, value: str, shown: str = "") -> None:
    draft.memory = draft.memory.with_slot(need, Kept(value, draft.source, shown=shown))


def has_fresh_details(draft: Draft) -> bool:
    return any(kept.source in _fresh(draft) for kept in draft.memory.slots.values())


def _fresh(draft: Draft) -> set[int]:
    return {line.source for line in draft.asked.new}


def _names(said: str, option: Option) -> bool:
    """ "the kestrel one" names "HF-48213 · Kestrel Trail Jacket"."""
    shown = set(_bare(option.shown).split()) | set(_bare(option.value).split())
    strong = {word for word in said.split() if len(word) > 3 or any(sign.isdigit() for sign in word)}
    return bool(strong & shown)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
