"""What a customer's line is about, and what the bot does about it: a deed, an article, a question which, or people."""

from dataclasses import replace

from conversations.bots import working
from conversations.bots.deeds import Deed
from conversations.bots.draft import Draft, Option
from conversations.bots.guessing import Guess, Guessed
from conversations.bots.hearing.matter_words import ABOUT_AN_ORDER, ASKS_HOW, DEEDS_OF
from conversations.bots.hearing.reply_words import BUT, CHANGED_MIND, KNOWS_NOT, STOP
from conversations.bots.leaving import say_again
from conversations.bots.memory import Need
from conversations.bots.shelf import Page, plain
from conversations.bots.words import TABLES
from conversations.models import Topic
from conversations.models.handoff import HandoffReason
from conversations.models.routing import PEOPLE

AHEAD = 0.15  # by which the first topic is to be surer than the second
BOTH = 0.5  # of certainty, together, from which it is asked which of the two
RATHER_PEOPLE = 0.25
STRANGE = 0.2  # of certainty, below which nothing was taught that is like it
FEW_WORDS = 4  # of a line that may be a beginning of something
OTHER = "other"
VAGUE = 90  # signs of a line that says that it is about an order, and no more
MOST_OFFERED = 4
MENU = ("tracking", "status", "return", "address", "delivery", "stock", "hours", "invoice", "cancel")
KNOWS_NOT_WITHIN = 80  # signs


def is_likely(draft: Draft) -> bool:
    whole = draft.known.guessed.whole
    return whole.first is not None and whole.is_known and whole.certainty >= 0.25


def is_sure(draft: Draft, whole: Guess) -> bool:
    if whole.first is None or not whole.is_known or whole.certainty < draft.known.sure_from:
        return False
    return whole.certainty - whole.next_certainty >= AHEAD or _same_end(whole)


def take_up(draft: Draft) -> bool:
    """A new matter. While one is under way, only what is surely another; False where it is none that is known."""
    guessed, memory = draft.known.guessed, draft.memory
    if not draft.text or draft.signs.is_plain or _only_details(draft):
        return False
    if memory.task and draft.changed and not _other_cue(draft):
        return False  # they put right what they had told
    if several := _several(draft):
        draft.hand_over(HandoffReason.MIXED, ", ".join(topic.name for topic in several))
        return True
    whole = guessed.whole
    if is_sure(draft, whole) and whole.first:
        if memory.task and whole.first.bot_does == memory.task and memory.waits_for:
            return False
        return _begin(draft, whole.first)
    if memory.task and memory.waits_for:
        return False
    return _unsure(draft, guessed)


def answers(draft: Draft) -> bool:
    """To the bot's last question; False where it asked for nothing, or they speak of something else."""
    waits_for = draft.memory.waits_for
    if not waits_for or not draft.asked.new:
        return False
    if waits_for == "helped":
        return _helped(draft)
    if waits_for == "choice":
        return _chose(draft)
    deed = draft.known.deeds.get(draft.memory.task)
    if deed is None:
        draft.memory = replace(draft.memory, waits_for="", choices=())
        return False
    if waits_for == "confirm":
        return _confirmed(draft)
    if working.answered(draft, deed):
        working.go_on(draft, deed, answered=waits_for)
        return True
    if STOP.fullmatch(draft.text.strip(" .!")) or _thinks_otherwise(draft, deed):
        working.declined(draft, deed)
        return True
    if KNOWS_NOT.search(draft.text) and len(draft.text) <= KNOWS_NOT_WITHIN:
        draft.step(f"asked:{waits_for}", "unanswered")
        draft.hand_over(HandoffReason.NOT_ALLOWED, f"{deed.name}: {waits_for}", words="to_people_out_of_scope")
        return True
    if draft.signs.is_no and draft.signs.is_plain or waits_for == Need.CODE and draft.signs.is_no:
        draft.hand_over(HandoffReason.NOT_ALLOWED, f"{deed.name}: {waits_for}")
        return True
    if draft.changed or working.has_fresh_details(draft) or _is_other(draft):
        return False
    working.asked_in_vain(draft, deed)
    return True


def _thinks_otherwise(draft: Draft, deed: Deed) -> bool:
    """They changed their mind: at a code, or where that is no reason to send a thing back, the whole matter ends."""
    is_reason = Need.REASON in deed.needs and draft.memory.waits_for not in (Need.EMAIL, Need.CODE)
    text = draft.text.replace("’", "'")
    return not is_reason and len(text) <= KNOWS_NOT_WITHIN and bool(CHANGED_MIND.search(text)) and not BUT.search(text)


def courtesy(draft: Draft) -> bool:
    """Hello, thanks, goodbye, and what are you."""
    signs = draft.signs
    if signs.asks_what:
        draft.memory = replace(draft.memory, wrote_hello=True)
        draft.say("am_bot", bot=draft.known.bot)
        return True
    is_silent = not (draft.text or draft.asked.new or draft.memory.instructions)
    if is_silent or signs.is_hello or _only_names_an_order(draft):
        what_for(draft)
        return True
    if _smiles(draft):
        draft.finish("bye")
        return True
    is_over = signs.thanks or signs.is_done or (signs.worked and bool(draft.memory.steps))
    if is_over and not draft.memory.waits_for:
        if draft.memory.steps and draft.memory.wrote_hello:
            draft.finish("welcome" if signs.thanks else "bye")
        else:
            draft.say("welcome" if signs.thanks else "bye")
        return True
    if signs.is_plain and not draft.memory.waits_for and draft.memory.wrote_hello:
        return _plain(draft)
    return False


def collect(draft: Draft) -> bool:
    """The one detail that an agent wants; what else is said waits for them."""
    need = draft.memory.only_step
    if not need:
        return False
    kept = draft.memory.slots.get(need)
    if kept is None and draft.memory.waits_for == need and draft.signs.has_words and need in working.FREE:
        working.keep(draft, need, draft.text[: working.LONGEST])
        kept = draft.memory.slots.get(need)
    if kept and (kept.where != "customer" or draft.memory.waits_for == need):
        draft.step(f"asked:{need}", "answered", kept.shown or kept.value)
        draft.memory = replace(draft.memory, only_step="", waits_for="", instructions="")
        draft.hand_over(HandoffReason.STEPPED_IN, f"{need}: {kept.shown or kept.value}", words="to_people_done")
    elif draft.memory.waits_for == need and draft.asked.new:
        draft.step(f"asked:{need}", "unanswered")
        draft.memory = replace(draft.memory, only_step="", waits_for="")
        draft.hand_over(HandoffReason.MISUNDERSTOOD, need)
    else:
        draft.ask(draft.words(f"ask_{need}"), need)
    return True


def _begin(draft: Draft, topic: Topic) -> bool:
    draft.memory = replace(draft.memory, waits_for="", choices=())
    if topic.bot_does == PEOPLE:
        draft.hand_over(HandoffReason.NOT_ALLOWED, topic.name, words="to_people_out_of_scope")
        return True
    if topic.bot_does:
        deed = draft.known.deeds.get(topic.bot_does)
        if deed is None:
            draft.hand_over(HandoffReason.OUT_OF_SCOPE, topic.name)
            return True
        page = draft.known.shelf.of_topic(topic.pk, draft.text)
        if page and ASKS_HOW.search(draft.text) and not working.has_fresh_details(draft):
            _show(draft, page)  # they ask how it goes, and want nothing done yet
        else:
            working.begin(draft, deed)
        return True
    page = draft.known.shelf.of_topic(topic.pk, draft.text) or draft.known.shelf.alike(draft.text)
    if page is None:
        draft.hand_over(HandoffReason.OUT_OF_SCOPE, topic.name)
    else:
        _show(draft, page)
    return True


def _unsure(draft: Draft, guessed: Guessed) -> bool:
    whole = guessed.whole
    if page := draft.known.shelf.alike(draft.text):
        _show(draft, page)
        return True
    if ABOUT_AN_ORDER.search(draft.text) and len(draft.text) <= VAGUE and not guessed.cues:
        what_for(draft)
        return True
    if _is_rather_for_people(whole):
        draft.hand_over(HandoffReason.UNSURE, whole.first.name if whole.first else "")
        return True
    if whole.is_known and whole.certainty + whole.next_certainty >= BOTH:
        options = [option for topic in (whole.first, whole.second) if topic and (option := _option(draft, topic))]
        if len(options) == 2:
            other = Option(OTHER, draft.words("something_else"))
            draft.ask(draft.words("which_matter"), "choice", (*options, other))
            return True
    if not draft.asked.new:
        return False  # an agent's instructions
    if guessed.cues:
        draft.hand_over(HandoffReason.OUT_OF_SCOPE, ", ".join(guessed.cues))  # a thing that this bot is not to do
        return True
    if whole.first is None:
        return False  # nothing was taught yet
    is_strange = not whole.is_known or whole.certainty < STRANGE
    if is_strange and len(draft.text.split()) > FEW_WORDS and draft.known.topics:
        draft.hand_over(HandoffReason.OUT_OF_SCOPE)
        return True
    return False


def _is_rather_for_people(whole: Guess) -> bool:
    """Likeliest something that is theirs: to ask again would only cost time."""
    if whole.first is None or whole.first.bot_does != PEOPLE or not whole.is_known:
        return False
    return whole.certainty >= RATHER_PEOPLE and whole.certainty - whole.next_certainty >= AHEAD


def _show(draft: Draft, page: Page) -> None:
    was_no_help = any((step.what, step.result) == (page.name, "declined") for step in draft.memory.steps)
    if was_no_help or (draft.memory.steps and draft.memory.steps[-1].what == page.name):
        draft.hand_over(HandoffReason.FAILED, page.name, words="to_people_not_helped")
        return
    draft.said.append(plain(page.body))
    draft.article = page.text
    draft.step(page.name, "offered")
    draft.memory = replace(draft.memory, task="")
    yes, no = Option("yes", draft.words("it_helped")), Option("no", draft.words("no_help"))
    options = (yes, no) if draft.asked.buttons >= 2 else ()
    draft.ask(draft.words("did_it_help"), "helped", options)


def _helped(draft: Draft) -> bool:
    signs = draft.signs
    name = next((step.what for step in reversed(draft.memory.steps) if step.result == "offered"), "")
    if _is_negative(draft) or signs.did_not_work:
        draft.helped = False
        draft.step(name, "declined")
        draft.memory = replace(draft.memory, waits_for="", choices=())  # they answered
        draft.hand_over(HandoffReason.FAILED, name, words="to_people_not_helped")
        return True
    is_content = signs.worked or signs.is_done or (signs.is_thankful and not _is_other(draft))
    if _is_positive(draft) or signs.thanks or is_content:
        draft.helped = True
        draft.step(name, "answered")
        draft.finish("welcome" if signs.thanks or signs.is_thankful else "bye")
        return True
    draft.memory = replace(draft.memory, waits_for="", choices=())
    return False


def _chose(draft: Draft) -> bool:
    topics = [draft.known.topics.get(int(value)) for value in draft.memory.choices if value.isdigit()]
    options = [option for topic in topics if topic and (option := _option(draft, topic))]
    options.append(Option(OTHER, draft.words("something_else")))
    value = working.chosen(draft.text, options, by_a_word=False)
    draft.memory = replace(draft.memory, waits_for="", choices=())
    if value.isdigit():
        return _begin(draft, draft.known.topics[int(value)])
    if value == OTHER or draft.signs.is_no:
        draft.understood = False
        if draft.signs.is_plain or value:
            say_again(draft, "say_again")
            return True
    return False


def _confirmed(draft: Draft) -> bool:
    deed = draft.known.deeds[draft.memory.task]
    if draft.changed:
        return False
    if _is_negative(draft):
        if draft.signs.is_plain or not working.has_fresh_details(draft):
            working.declined(draft, deed)
            return True
        return False
    if _is_positive(draft) and not BUT.search(draft.text):
        working.agreed(draft, deed)
        return True
    if _tells_the_same(draft, deed):
        working.go_on(draft, deed)
        return True
    if _is_other(draft) or working.has_fresh_details(draft):
        return False
    working.asked_in_vain(draft, deed)
    return True


def _tells_the_same(draft: Draft, deed: Deed) -> bool:
    """What they are asked about once more, and nothing else: the question stands."""
    fresh = {line.source for line in draft.asked.new}
    told = {need for need, kept in draft.memory.slots.items() if kept.source in fresh}
    return bool(told) and told <= set(map(str, deed.needs)) and not _other_cue(draft)


def _is_positive(draft: Draft) -> bool:
    """By the whole of the button's words, never by one of them: “please send me the invoice” agrees to nothing."""
    buttons = [Option("yes", draft.words("do_it")), Option("yes", draft.words("it_helped"))]
    value = working.chosen(draft.text, buttons, by_a_word=False)
    return bool(value) or draft.signs.is_yes and not draft.signs.is_no or any(each in draft.text for each in "👍👌✅")


def _is_negative(draft: Draft) -> bool:
    buttons = [Option("no", draft.words("leave_it")), Option("no", draft.words("no_help"))]
    value = working.chosen(draft.text, buttons, by_a_word=False)
    return bool(value) or draft.signs.is_no or any(each in draft.text for each in "👎❌🚫")


def _plain(draft: Draft) -> bool:
    """Yes or no to nothing: to “is there anything else?”, or to what was done."""
    if draft.signs.is_no:
        draft.finish("bye")
    elif draft.memory.steps and draft.memory.steps[-1].result == "done":
        all_done = Option("all", draft.words("that_is_all"))
        draft.ask(draft.words("anything_else"), "", (all_done,) if draft.asked.buttons else ())
    else:
        what_for(draft)
    return True


def what_for(draft: Draft, key: str = "what_for") -> None:
    """Asks it, with what the bot can do to press, as far as there is room."""
    room = draft.asked.buttons - (0 if draft.memory.wrote_hello else 1)  # the first turn offers a person, too
    can = {topic.bot_does: topic for topic in reversed(list(draft.known.topics.values()))}
    topics = [can[key] for key in MENU if key in can]
    options = [option for topic in topics if (option := _option(draft, topic))][: max(0, min(room, MOST_OFFERED))]
    draft.ask(draft.words(key), "choice" if options else "", tuple(options))


def _only_names_an_order(draft: Draft) -> bool:
    """And nothing is under way that it could be for."""
    words = [word for word in draft.text.split() if word.isalpha()]
    is_new = working.has_fresh_details(draft) and Need.ORDER in draft.memory.slots
    return not draft.memory.task and is_new and len(words) < 2


def _smiles(draft: Draft) -> bool:
    """A face or a thumb at the end of what was done."""
    is_over = bool(draft.memory.steps) and not draft.memory.waits_for
    return is_over and not draft.signs.has_words and any(each in draft.text for each in "👍👌✅🙏😊🙂❤♥😀😃🥰")


def _other_cue(draft: Draft) -> bool:
    return any(draft.memory.task not in DEEDS_OF[cue] for cue in draft.known.guessed.cues)


def _several(draft: Draft) -> list[Topic]:
    """Different things to be done, each said surely in a sentence of its own."""
    found = list(draft.known.guessed.several)
    ends = {topic.bot_does or f"article {topic.pk}" for topic in found}
    return found if len(ends) > 1 else []


def _is_other(draft: Draft) -> bool:
    """They speak of another matter than the one under way. A yes or no speaks of none."""
    if draft.signs.is_plain:
        return False
    whole = draft.known.guessed.whole
    if not is_sure(draft, whole) or whole.first is None:
        return False
    return whole.first.bot_does != draft.memory.task or len(draft.text.split()) > FEW_WORDS


def _only_details(draft: Draft) -> bool:
    """An order number alone, or the like, is about what was spoken of before."""
    words = [word for word in draft.text.split() if word.isalpha()]
    return bool(draft.memory.task) and len(words) < 2 and bool(working.has_fresh_details(draft))


def _same_end(whole: Guess) -> bool:
    """Two topics about which the bot does the same need not be told apart."""
    first, second = whole.first, whole.second
    return bool(first and second and first.bot_does and first.bot_does == second.bot_does)


def _option(draft: Draft, topic: Topic) -> Option | None:
    """How a topic reads on a button, in their language; None for one that the bot can do nothing about."""
    if topic.bot_does in draft.known.deeds:
        key = f"matter_{topic.bot_does}"
        return Option(str(topic.pk), draft.words(key) if key in TABLES["en"] else topic.name)
    if topic.bot_does:
        return None
    page = draft.known.shelf.of_topic(topic.pk, draft.text)
    return Option(str(topic.pk), page.title) if page else None
