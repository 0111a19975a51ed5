"""Many lines in a rush are one matter, also where they outlast the bot's patience: what it has said to them by then, it
does not say to the rest of them once more. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from conversations.bots.acts import Act, Answer, Asked, Do, HandOver, Line, Say
from conversations.models.handoff import HandoffReason

GAP = timedelta(seconds=2)  # within which one line follows another
LEAST = 5  # lines that make a rush


def is_told_already(asked: Asked, answer: Answer, says: Sequence[Say], *, misunderstood: int) -> bool:
    """Whether all that comes of it (`says`, also what its deeds say) was said amid the same rush of lines; or these are
    not understood either, as those right before were not (`misunderstood` times)."""
    if not all(isinstance(act, Say | Do) or _gives_up(act) for act in answer.acts):
        return False
    rush = _rush(asked)
    ours = {line.text.strip() for line in rush if line.who == "bot"}
    if not ours or sum(line.who == "customer" for line in rush) < LEAST:
        return False
    if not answer.understood:
        return misunderstood > 0
    return bool(says) and not any(map(_gives_up, answer.acts)) and all(say.text.strip() in ours for say in says)


def _gives_up(act: Act) -> bool:
    return isinstance(act, HandOver) and act.reason == HandoffReason.MISUNDERSTOOD


def _rush(asked: Asked) -> list[Line]:
    """The lines since the customer last paused, ours among them."""
    theirs = [line for line in asked.lines if line.who == "customer"]
    begun = len(theirs) - 1
    while begun > 0 and theirs[begun].at - theirs[begun - 1].at <= GAP:
        begun -= 1
    return [line for line in asked.lines if theirs and line.at >= theirs[begun].at]
