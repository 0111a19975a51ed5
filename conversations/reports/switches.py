"""Where customers went on by another medium: worked out with the episode that it happened in, and written down."""

from collections.abc import Iterator, Mapping, Sequence

from conversations.history import Line
from conversations.models import Episode, Switch
from conversations.models.fact import Outcome
from conversations.reports.cutting import Stretch

NAMES = ("episode_id", "at", "team_id", "from_medium", "medium", "was_answered", "was_repeated")


def switches_of(row: Episode, stretch: Stretch, repeats: Mapping[int, int]) -> list[Switch]:
    """As they should be stored. `repeats`: how often each message asked for what was known."""
    found = list(_turns(stretch.lines))
    if not found:
        return []
    ends = [place for place, _medium in found[1:]] + [len(stretch.lines)]
    switches = []
    for (place, before), end in zip(found, ends, strict=True):
        line, after = stretch.lines[place], stretch.lines[place:end]
        switches.append(
            Switch(
                message_id=line.message,
                at=line.at,
                team_id=row.team_id,
                from_medium=before,
                medium=line.medium,
                was_answered=any(each.what in ("answered", "bot") for each in after),
                was_repeated=any(repeats.get(each.message) for each in after),
            )
        )
    return switches


def _turns(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Which of the customer's lines came by another medium than theirs before, and by which that was."""
    medium = ""
    for place, line in enumerate(lines):
        if line.what == "asked" and line.medium:
            if medium and line.medium != medium:
                yield place, medium
            medium = line.medium


def agree(found: Sequence[tuple[Episode, Episode | None, Sequence[Switch]]]) -> None:
    """Stores what has changed, in the caller's transaction: of episodes that are stored, with what they were before and
    their switches. Spam and what was merged away has none. Where nobody switched, no statement is needed."""
    wanted = {}
    for row, _before, switches in found:
        for each in switches if row.outcome not in (Outcome.SPAM, Outcome.MERGED) else ():
            each.episode_id = row.pk
            wanted[each.message_id] = each
    if not wanted and not any(before and before.switches for _row, before, _switches in found):
        return
    keys = [row.pk for row, _before, _switches in found]
    stored = {each.message_id: each for each in Switch.objects.filter(episode__in=keys)}
    if moved := wanted.keys() - stored.keys():
        stored |= {each.message_id: each for each in Switch.objects.filter(message__in=moved)}
    if surplus := [each.pk for key, each in stored.items() if key not in wanted]:
        Switch.objects.filter(pk__in=surplus).delete()
    for key, each in wanted.items():
        if before := stored.get(key):
            changed = [name for name in NAMES if getattr(each, name) != getattr(before, name)]
            if changed:
                Switch.objects.filter(pk=before.pk).update(**{name: getattr(each, name) for name in changed})
    if new := [each for key, each in wanted.items() if key not in stored]:
        Switch.objects.bulk_create(new)
