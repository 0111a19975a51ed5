"""What is done to a tag itself, wherever it hangs: renamed, merged into another, deleted."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError
from conversations.models import Conversation, Macro, SavedView, Tag


def name_for(tag: Tag, typed: str) -> str:
    """As a tag is written. Raises NotPossibleError for none, and for another's."""
    name = " ".join(typed.replace("\x00", "").split()).lstrip("#")[:40]
    if not name:
        raise NotPossibleError(_("A tag needs a name."))
    if Tag.objects.filter(name__iexact=name).exclude(pk=tag.pk).exists():
        words = _("There is a tag “%(name)s” already: merge the two instead.") if tag.pk else ""
        raise NotPossibleError((words or _("There is a tag of this name already.")) % {"name": name})
    return name


@transaction.atomic
def rename_tag(tag: Tag, name: str) -> Tag:
    """Saved views that ask for it go on asking for it. Raises NotPossibleError."""
    name = name_for(tag, name)
    former, tag.name = Tag.objects.select_for_update().get(pk=tag.pk).name, name
    tag.save(update_fields=["name"])
    _ask_anew(former, name)
    return tag


@transaction.atomic
def merge_tags(gone: Tag, *, into: Tag) -> int:
    """Whatever had one of them has `into`, once. A macro that would add and take off the same adds it. How many
    conversations had the one that goes."""
    if gone.pk == into.pk:
        raise NotPossibleError(_("A tag cannot be merged with itself."))
    list(Tag.objects.select_for_update().filter(pk__in=[gone.pk, into.pk]).order_by("pk"))
    count = gone.conversations.count()
    for through, owner in (
        (Conversation.tags.through, "conversation_id"),
        (Macro.add_tags.through, "macro_id"),
        (Macro.drop_tags.through, "macro_id"),
    ):
        _move(through, owner, gone, into)
    adding = Macro.add_tags.through._base_manager.filter(tag=into).values("macro_id")
    Macro.drop_tags.through._base_manager.filter(tag=into, macro_id__in=adding).delete()
    name = gone.name
    gone.delete()
    _ask_anew(name, into.name)
    return count


def _move(through: type[Model], owner: str, gone: Tag, into: Tag) -> None:
    rows = through._base_manager
    rows.filter(tag=gone, **{f"{owner}__in": rows.filter(tag=into).values(owner)}).delete()
    rows.filter(tag=gone).update(tag=into)


def _ask_anew(former: str, name: str) -> None:
    for view in SavedView.objects.filter(query__contains="tag="):
        pairs = parse_qsl(view.query)
        changed = [(key, name if key == "tag" and value.lower() == former.lower() else value) for key, value in pairs]
        if changed != pairs:
            SavedView.objects.filter(pk=view.pk).update(query=urlencode(changed))
