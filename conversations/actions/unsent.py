"""What agents have begun to write goes along when two conversations become one, and comes back when they part."""

from conversations.models import Conversation, Draft


def bring(absorbed: Conversation, kept: Conversation) -> list[int]:
    """Gives the ids of the drafts that moved. Where the same agent had begun in both, both texts are in the one that is
    kept, and the other stays behind, out of sight. Both conversations are locked by the caller."""
    moved = []
    for draft in Draft.objects.filter(conversation=absorbed).select_for_update(no_key=True).order_by("pk"):
        if twin := _twin(draft, kept):
            twin.html, twin.files = twin.html + draft.html, [*twin.files, *draft.files]
            if twin.way != draft.way:  # what was written for one person's eyes may be among it now
                twin.way = {**twin.way, "visibility": "private"}
            twin.save(update_fields=["html", "files", "way", "updated_at"])
        else:
            moved.append(draft.pk)
    Draft.objects.filter(pk__in=moved).update(conversation=kept)
    return moved


def give_back(absorbed: Conversation, kept: Conversation, moved: list[int]) -> None:
    """Those that moved and are still unsent. Of two texts that were put together each gets its own again, unless the
    agent has sent or changed them since: then they stay as they are, in the conversation that was kept."""
    for draft in Draft.objects.filter(conversation=absorbed).select_for_update(no_key=True).order_by("pk"):
        twin = _twin(draft, kept)
        if twin and twin.html.endswith(draft.html) and twin.files[len(twin.files) - len(draft.files) :] == draft.files:
            twin.html = twin.html.removesuffix(draft.html)
            twin.files = twin.files[: len(twin.files) - len(draft.files)]
            twin.save(update_fields=["html", "files", "updated_at"])
        else:
            draft.delete()
    Draft.objects.filter(pk__in=moved, conversation=kept).update(conversation=absorbed)


def _twin(draft: Draft, kept: Conversation) -> Draft | None:
    same = Draft.objects.filter(conversation=kept, agent=draft.agent_id, mode=draft.mode)
    return same.select_for_update(no_key=True).first()
