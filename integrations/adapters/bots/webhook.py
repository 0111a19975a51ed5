"""Any brain that can answer a call: our own signed bot webhook, message in, actions out (docs/bots.md).

It answers 200 with what to do, or 202, and calls back by the connector's own address, signed likewise.
Its settings: brain_url. Its secrets: signing_secret and webhook_secret, both ours to make.
"""

import json
import secrets as randomness
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from conversations.bots import acts
from conversations.bots.acts import Act, Line
from integrations.adapters import signed
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, CredentialError, Understood
from integrations.adapters.bots import asking, saying, schema
from integrations.adapters.bots.asking import Patience
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.offering import deeds_offered
from integrations.adapters.bots.thoughts import Answered, Later, Question, Thought
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media import ours
from integrations.adapters.media.heard import items_of
from integrations.adapters.media.provider import Fault, Provider
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent
from integrations.wiring import hook_address

Json = dict[str, Any]

ACCEPTED = 202
CHECKED_FOR = 10.0  # seconds

FAULTS = {
    **asking.REFUSALS,
    "401": Fault(gettext_lazy("The bot does not accept the desk's signature."), is_credential=True),
    "403": Fault(gettext_lazy("The bot does not accept the desk's signature."), is_credential=True),
    "409": Fault(gettext_lazy("The bot is busy with this question."), is_permanent=False),
    "410": Fault(gettext_lazy("The bot is not there any more.")),
}


def _codes(refused: RefusedError) -> tuple[str, ...]:
    return (str(refused.status),)


WEBHOOK = Provider(gettext_noop("The bot"), FAULTS, _codes)

ABOUT = About(
    title=gettext_lazy("A bot of your own"),
    what=gettext_lazy("Whatever can answer a signed call thinks for a bot of the desk, at once or by calling back."),
    fields=(
        Field(
            "brain_url",
            gettext_lazy("Where the desk asks"),
            "address",
            help=gettext_lazy("The desk calls it, signed, with what a customer wrote and what is known."),
            example="https://bot.example/desk",
            settled=ours.outside,
            columns=6,
        ),
    ),
    at_provider=(
        gettext_lazy("Signing secret, for both ways: {signing_secret}"),
        gettext_lazy("If it needs longer than a few seconds, have it answer 202, and call {address} with its answer."),
    ),
    made={
        "webhook_secret": lambda: randomness.token_urlsafe(24),
        "signing_secret": lambda: randomness.token_urlsafe(32),
    },
    has_hook=True,
)


class WebhookAdapter:
    about = ABOUT
    takes_instructions = True  # an agent's, with which they gave it back

    def think(self, connector: Connector, question: Question) -> Thought | Later:
        patience = Patience(question.patience)
        answer = _call(connector, patience, _told(connector, question), question.key)
        if answer.status == ACCEPTED:
            return Later()
        return thought_of(_read(asking.json_of(WEBHOOK, answer)), question.asked.buttons)

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        return ours.hear(connector, request, secret=secret, kind=kind)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return ours.each(items_of(bytes(raw.body)), _answered)

    def check(self, connector: Connector) -> Iterator[Step]:
        """As a question would, with a ping that it need only take."""
        began = time.monotonic()
        try:
            _call(connector, Patience(CHECKED_FOR), {"kind": "ping"}, f"ping-{int(time.time())}")
        except CredentialError as error:
            yield Step(str(error), False, time.monotonic() - began, _("Enter the signing secret there anew."))
            raise
        yield Step(_("Your bot took a signed call."), seconds=time.monotonic() - began)


def _call(connector: Connector, patience: Patience, said: Json, key: str) -> Answer:
    body = json.dumps({**said, "id": key}).encode()
    headers = {
        **signed.signed(connector.secrets.get("signing_secret", ""), body),
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    url = str(connector.settings.get("brain_url") or "")
    return asking.ask(WEBHOOK, patience, "POST", url=url, headers=headers, data=body)


def _told(connector: Connector, question: Question) -> Json:
    asked, memory = question.asked, question.asked.memory
    return {
        "kind": "question",
        "conversation": question.name,
        "language": asked.language,
        "medium": asked.medium,
        "buttons": asked.buttons,
        "name": asked.name,
        "page": asked.page,
        "lines": [_line(line) for line in asked.lines],
        "new": [line.source for line in asked.new],
        "known": saying.known_of(memory),
        "is_proven": bool(memory.proof),
        "instructions": memory.instructions,
        "deeds": deeds_offered(),
        "seconds": round(question.patience, 1),
        "answer_to": hook_address(connector),
        "at": timezone.now().isoformat(),
    }


def _line(line: Line) -> Json:
    return {
        "id": line.source,
        "who": line.who,
        "text": line.text,
        "at": line.at.isoformat(),
        "files": line.files,
        "images": line.images,
        "is_voice": line.is_voice,
        "named": [asdict(each) for each in line.named],
    }


def _read(found: object) -> schema.Answer:
    try:
        return schema.read(found)
    except ValueError as error:
        raise RudeError(WEBHOOK.name, str(error)) from error


def _answered(found: object) -> Iterable[Understood]:
    answer = schema.read(found)
    if not answer.id:
        raise ValueError("“id” is missing: the question's.")
    try:
        yield Answered(answer.id, thought_of(answer, saying.MOST_BUTTONS))
    except AdapterError as error:
        raise ValueError(error.said or str(error)) from error


def thought_of(answer: schema.Answer, buttons: int) -> Thought:
    done, team = list[Act](), ""
    for act in answer.acts:
        if isinstance(act, schema.Say):
            text = saying.text_of(act.text, WEBHOOK.name)
            say, _pressed = saying.says(buttons, text, [(label, label) for label in act.buttons], WEBHOOK.name)
            done += [say] if say else []
        elif isinstance(act, schema.Do):
            done.append(acts.Do(act.deed, saying.slots_of(act.values, {})))
        elif isinstance(act, schema.HandOver):
            done.append(saying.hand_over(act.reason, act.detail))
            team = act.team
        else:
            done.append(acts.Finish())
    if not done:
        raise asking.silent(WEBHOOK.name)
    return Thought(
        acts=saying.within(done, WEBHOOK.name),
        slots=saying.slots_of(answer.known, {}),
        topics=tuple((topic.name, topic.certainty) for topic in answer.topics),
        understood=answer.understood,
        skill=team,
    )
