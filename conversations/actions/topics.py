"""What a conversation is about, by a person's word: set, and given back to what the desk learnt."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations import sla
from conversations.actions.change import NotPossibleError, locked, log
from conversations.bots.understanding import understand_each
from conversations.live.push import push_row
from conversations.models import Activity, Conversation, Topic
from conversations.reports import episode_steps
from conversations.routing.matters import last_said

if TYPE_CHECKING:
    from deskapp.models import User


@transaction.atomic
def set_topic(conversation: Conversation, *, topic: Topic, by: "User | None") -> Conversation:
    """From now on it is certain, and no model changes it. Raises NotPossibleError for a topic that is switched off."""
    conversation = locked(conversation)
    if not topic.is_active and conversation.topic_id != topic.pk:
        raise NotPossibleError(_("There is no such topic any more."))
    if (conversation.topic_id, conversation.certainty) != (topic.pk, None):
        conversation.topic, conversation.certainty = topic, None
        _keep(conversation, topic.name, by)
    return conversation


@transaction.atomic
def guess_topic(conversation: Conversation, *, by: "User | None") -> Conversation:
    """Takes back what a person said of it: what the customer wrote is understood anew."""
    conversation = locked(conversation)
    if conversation.topic_id is None or conversation.certainty is not None:
        return conversation
    conversation.topic = None
    Conversation.objects.filter(pk=conversation.pk).update(topic=None)
    said = last_said([conversation.pk]).get(conversation.pk)
    understand_each([(conversation, said.words if said else [])])
    _keep(conversation, conversation.topic.name if conversation.topic else "", by)
    return conversation


def _keep(conversation: Conversation, name: str, by: "User | None") -> None:
    Conversation.objects.filter(pk=conversation.pk).update(topic=conversation.topic, certainty=conversation.certainty)
    log(conversation, Activity.Verb.TOPIC, by=by, to=name or _("not known"))
    episode_steps.retopic(conversation)
    sla.refresh(conversation)
    push_row(conversation)
