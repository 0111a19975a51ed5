"""The questions of a survey: what one is, how it is kept, which are shown after which answers, and what fits them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from django.utils.translation import gettext as _

from conversations.models.survey import SurveyKind
from conversations.surveys import words

MOST, LONGEST, MOST_CHOICES, WIDEST = 5, 2000, 10, 10
SCORE = "score"  # the key of the question by which a survey of a kind is counted
COMMENT = "comment"
SCALES: Mapping[str, tuple[int, int]] = {SurveyKind.CSAT: (1, 5), SurveyKind.NPS: (0, 10), SurveyKind.CES: (1, 7)}

Words = Mapping[str, str]  # by language
Answers = Mapping[str, "int | str | list[str]"]


@dataclass(frozen=True)
class Option:
    key: str
    words: Words


@dataclass(frozen=True)
class Question:
    """`low` and `high` are of a scale, ends included. It is shown when every question in `when` was answered by one of
    the values named there (a scale's as "1")."""

    key: str
    kind: Literal["scale", "choice", "text"]
    words: Words = field(default_factory=dict)
    low: int = 1
    high: int = 5
    low_words: Words = field(default_factory=dict)
    high_words: Words = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    many: bool = False  # of a choice: as many as one likes
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def steps(self) -> range:
        return range(self.low, self.high + 1)


class BadQuestionError(ValueError):
    """A survey that cannot be asked like this; the text is for whoever writes it."""


def standard(kind: str) -> tuple[Question, ...]:
    """What a survey of this kind asks before anybody has changed it: the score, and a word if they like."""
    comment = Question(COMMENT, "text", words.every("comment"))
    if kind == SurveyKind.OWN:
        return (comment,)
    low, high = SCALES[kind]
    ends = words.every(f"{kind}_low"), words.every(f"{kind}_high")
    return (Question(SCORE, "scale", words.every(kind), low, high, *ends), comment)


def questions_of(body: Iterable[Mapping[str, object]]) -> tuple[Question, ...]:
    """From SurveyVersion.questions."""
    return tuple(_question(each) for each in body)


def kept(questions: Iterable[Question]) -> list[dict[str, object]]:
    return [asdict(each) for each in questions]


def _question(body: Mapping[str, object]) -> Question:
    known = {name: value for name, value in body.items() if name in Question.__dataclass_fields__}
    options, when = known.pop("options", ()), known.pop("when", {})
    return Question(
        **known,  # type: ignore[arg-type]
        options=tuple(Option(**each) for each in options) if isinstance(options, list | tuple) else (),
        when={key: tuple(map(str, values)) for key, values in when.items()} if isinstance(when, Mapping) else {},
    )


def check(kind: str, questions: Sequence[Question]) -> None:
    """Raises BadQuestionError with what is to be mended first."""
    if not 1 <= len(questions) <= MOST:
        raise BadQuestionError(_("A survey has one to %(most)s questions.") % {"most": MOST})
    if kind in SCALES:
        first = questions[0]
        if first.key != SCORE or first.kind != "scale" or (first.low, first.high) != SCALES[kind] or first.when:
            low, high = SCALES[kind]
            raise BadQuestionError(
                _("Its first question is answered from %(low)s to %(high)s.") % {"low": low, "high": high}
            )
    seen: dict[str, Question] = {}
    for number, question in enumerate(questions, 1):
        if trouble := _trouble(question, seen):
            raise BadQuestionError(_("Question %(number)s: %(trouble)s") % {"number": number, "trouble": trouble})
        seen[question.key] = question


def _trouble(question: Question, before: Mapping[str, Question]) -> str:
    if not question.key or question.key in before:
        return _("it needs a name of its own.")
    if not any(text.strip() for text in question.words.values()):
        return _("it asks nothing yet.")
    if question.kind == "scale" and not 1 <= question.high - question.low <= WIDEST:
        return _("a scale has 2 to %(most)s steps.") % {"most": WIDEST + 1}
    if question.kind == "choice":
        if not 2 <= len(question.options) <= MOST_CHOICES:
            return _("there are 2 to %(most)s answers to choose from.") % {"most": MOST_CHOICES}
        if len({each.key for each in question.options}) < len(question.options):
            return _("two of its answers are the same.")
    for key, values in question.when.items():
        asked = before.get(key)
        if asked is None:
            return _("it depends on a question that does not come before it.")
        if not values or not set(values) <= possible(asked):
            return _("it depends on an answer that nobody can give.")
    return ""


def possible(question: Question) -> set[str]:
    if question.kind == "scale":
        return {str(step) for step in question.steps}
    return {each.key for each in question.options}


def shown(questions: Sequence[Question], answers: Answers) -> list[Question]:
    """Those that are to be asked after what was answered so far."""
    found: list[Question] = []
    for question in questions:
        if all(_given(answers.get(key)) & set(values) for key, values in question.when.items()):
            found.append(question)
    return found


def _given(answer: "int | str | list[str] | None") -> set[str]:
    if answer is None:
        return set()
    return set(answer) if isinstance(answer, list) else {str(answer)}


def read(questions: Sequence[Question], raw: Mapping[str, Sequence[str]]) -> dict[str, "int | str | list[str]"]:
    """The answers in a form, by the question's key; what fits no question, or one that is not shown, is left out."""
    answers: dict[str, int | str | list[str]] = {}
    for question in questions:
        if question not in shown(questions, answers):
            continue
        value = _answer(question, [each for each in raw.get(question.key, ()) if each.strip()])
        if value is not None:
            answers[question.key] = value
    return answers


def _answer(question: Question, values: Sequence[str]) -> "int | str | list[str] | None":
    if not values:
        return None
    if question.kind == "text":
        return values[0].replace("\x00", "").strip()[:LONGEST]
    if question.kind == "scale":
        first = values[0].strip()
        return int(first) if first in possible(question) else None
    picked = [each for each in values if each in possible(question)]
    return picked if question.many and picked else (picked[0] if picked else None)
