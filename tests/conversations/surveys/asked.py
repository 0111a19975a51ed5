"""What tests of surveys share: a survey that is on, and a conversation that was answered and solved."""

import uuid
from datetime import timedelta

from django.utils import timezone

from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.models import Delivery, Survey, SurveyAsk, SurveyVersion
from conversations.outbound.compose import reply
from conversations.surveys import asking, questions, touching
from tests.conftest import from_ann


def survey(kind="csat", touchpoint="resolution", **fields):
    fields = {"is_active": True, "rest_days": 0, **fields}
    one = Survey.objects.create(name=f"{kind} {touchpoint}", kind=kind, touchpoint=touchpoint, **fields)
    SurveyVersion.objects.create(survey=one, number=1, questions=questions.kept(questions.standard(kind)))
    touching.forget()
    return one


def answered(conversation, by, text="Here you are"):
    last = conversation.messages.order_by("-created_at").first()
    message = reply(
        conversation,
        html=f"<p>{text}</p>",
        by=by,
        channel=last.channel,
        identity=last.identity,
        client_id=uuid.uuid4(),
    )
    Delivery.objects.filter(message=message).update(status="sent")
    return message


def solved(channel, by, **fields):
    fields = {"at": timezone.now() - timedelta(hours=1), **fields}
    conversation = receive(from_ann(channel, **fields)).conversation
    answered(conversation, by)
    conversation.refresh_from_db()
    return resolve(conversation, by=by)


def asked(channel, by, **fields):
    """The one that is asked now."""
    conversation = solved(channel, by, **fields)
    asking.ask_due()
    return SurveyAsk.objects.get(conversation=conversation)
