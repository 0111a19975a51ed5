"""What every adapter must hold to, as one suite of tests; each adapter joins it with what its provider sends.

To join, write in your own test file:

    class Pigeon(Provider):                      # what the provider sends, and how it misbehaves
        adapter, medium = "pigeon", Medium.API
        secrets = {"token": "t", "signing_key": "k"}
        def said(self, text="Hello", number=1, **about): return Sent(body, headers=sign(body))
        ...

    class TestPigeon(Contract):
        @pytest.fixture
        def provider(self, db):
            with PigeonServer() as server:       # a simulator (integrations.simulators.server.ProviderServer)
                yield Pigeon(server)

Each method of Provider that you leave out skips the promises that need it, with the name of the method as the reason:
so `pytest -rs` shows what an adapter does not say of itself. All that a method gives is genuine, unless its name says
not. Where the provider has no webhooks (a socket, a mailbox), override `arrives` to bring a Sent to the desk in its own
way.
"""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conversations.envelopes import InboundMessage
from conversations.inbound.receive import receive
from conversations.models import Delivery, Message
from conversations.outbound.compose import reply
from customers.identify import Handle
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError, Ignored, UncertainError
from integrations.inbound.process import MOST_TRIES, process
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver, envelope
from tests.adapters.contract_provider import ADDRESS, Provider, Sent
from tests.conftest import from_ann

__all__ = ["ADDRESS", "Contract", "Provider", "Sent"]

EMOJI = "Danke 👩‍👩‍👧🇨🇭 ❤️ ½ ﷽"
RIGHT_TO_LEFT = "שלום, איפה ההזמנה שלי? abc 123"


def work_off():
    for raw_id in list(RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True)):
        process(raw_id)


def states():
    return list(RawEvent.objects.order_by("pk").values_list("state", flat=True))


def theirs():
    return list(Message.objects.filter(kind="inbound").order_by("created_at", "pk"))


@pytest.mark.django_db
@pytest.mark.urls("integrations.urls")
class Contract:
    """`provider`: a fixture of the subclass."""

    @pytest.fixture
    def connector(self, provider):
        return provider.connect()

    @pytest.fixture
    def arrives(self, provider, connector):
        """Brings what the method `name` gives to the door, and works it off."""

        def bring(name, *args, times=1, **more):
            sent = self.given(provider, name, *args, **more)
            answers = [provider.arrives(connector, sent) for _ in range(times)]
            work_off()
            return answers

        return bring

    def given(self, provider, name, *args, **more):
        try:
            return getattr(provider, name)(*args, **more)
        except NotImplementedError:
            pytest.skip(f"{type(provider).__name__} has no {name}")

    # -- at the door

    def test_what_is_genuine_is_kept_and_answered(self, arrives):
        assert arrives("said") == [200] and states() == ["done"]

    def test_the_same_webhook_again_and_again_is_one_message(self, arrives):
        assert arrives("said", times=5) == [200] * 5
        assert [message.text for message in theirs()] == ["Hello"]

    @pytest.mark.parametrize("name", ["forged", "old"])
    def test_what_is_not_genuine_is_refused_and_not_kept(self, arrives, name):
        [status] = arrives(name)
        assert 400 <= status < 500 and not RawEvent.objects.exists()

    def test_a_wrong_address_is_refused(self, provider, connector):
        sent = self.given(provider, "said")
        assert 400 <= provider.arrives(connector, sent, address="guessed") < 500
        connector.is_active = False
        connector.save()
        assert 400 <= provider.arrives(connector, sent) < 500
        assert not RawEvent.objects.exists()

    def test_too_much_is_refused_and_not_kept(self, provider, connector):
        self.given(provider, "said")
        sent = Sent(b" ", headers={"Content-Length": str(provider.largest)})
        assert 400 <= provider.arrives(connector, sent) < 500
        assert not RawEvent.objects.exists()

    def test_garbage_costs_nobody_anything(self, provider, connector):
        for sent in self.given(provider, "garbage"):
            assert provider.arrives(connector, sent) < 500
        for _try in range(MOST_TRIES):
            work_off()
        assert not Message.objects.exists() and set(states()) <= {"aside", "ignored"}
        assert all(RawEvent.objects.values_list("error", flat=True))

    # -- understanding

    def test_understanding_asks_no_database_and_says_the_same_each_time(self, provider, connector):
        self.given(provider, "said")
        provider.arrives(connector, provider.said(EMOJI))
        adapter, raw = adapter_named(connector.adapter), RawEvent.objects.select_related("connector__channel").get()

        def refuse(*_asked):
            raise AssertionError("understand asks the database")

        with connection.execute_wrapper(refuse):
            first, second = (list(adapter.understand(raw.connector, raw)) for _ in range(2))
        assert [_comparable(each) for each in first] == [_comparable(each) for each in second] and first

    @pytest.mark.parametrize(
        "text",
        [EMOJI, RIGHT_TO_LEFT, "a & b <c> \"d\" 'e' \\n %20", "line\nanother\n\nlast"],
        ids=["emoji", "right to left", "signs", "lines"],
    )
    def test_every_script_and_sign_comes_through(self, arrives, text):
        arrives("said", text)
        assert [message.text for message in theirs()] == [text]

    def test_who_writes_is_known_the_second_time(self, arrives):
        arrives("said", number=1)
        arrives("said", number=2)
        first, second = theirs()
        assert first.identity == second.identity and first.identity.is_verified
        assert first.conversation == second.conversation

    def test_an_album_loses_no_file(self, provider, arrives):
        arrives("album", 3)
        messages = theirs()
        assert sum(message.attachments.count() for message in messages) == 3
        assert len(messages) == (3 if provider.splits_albums else 1)

    def test_an_answer_knows_what_it_answers_in_either_order(self, arrives):
        arrives("answering", 2, 1)
        arrives("said", number=1)
        question, answer = sorted(theirs(), key=lambda message: bool(message.answers_id))
        assert answer.answers == question

    def test_edits_in_any_order_end_the_same(self, arrives):
        arrives("said", "one", number=1)
        arrives("edited", 1, "three", 3)
        arrives("edited", 1, "two", 2)
        arrives("edited", 1, "three", 3)
        [message] = theirs()
        assert message.text == "three"
        assert sorted(message.edits.values_list("text", flat=True)) == ["one", "two"]

    @pytest.mark.parametrize("is_first", [False, True], ids=["after", "before"])
    def test_what_is_taken_back_says_so(self, arrives, is_first):
        steps = [("said",), ("taken_back", 1)]
        for name, *args in reversed(steps) if is_first else steps:
            arrives(name, *args)
        [message] = theirs()
        assert message.taken_back_at

    @pytest.mark.parametrize("is_first", [False, True], ids=["after", "before"])
    def test_an_emoji_lies_on_its_message(self, arrives, is_first):
        steps = [("said",), ("reacted", 1, "👍"), ("reacted", 1, "👍")]
        for name, *args in reversed(steps) if is_first else steps:
            arrives(name, *args)
        [message] = theirs()
        assert list(message.reactions.filter(taken_off_at=None).values_list("emoji", flat=True)) == ["👍"]

    def test_what_asks_for_nothing_is_kept_and_says_why(self, provider, connector):
        for sent in self.given(provider, "uninteresting"):
            assert provider.arrives(connector, sent) == 200
        work_off()
        assert set(states()) == {"ignored"} and not Message.objects.exists()
        assert all(RawEvent.objects.values_list("error", flat=True))

    # -- reports

    def test_reports_in_any_order_and_number_end_at_the_last(self, provider, connector, ada):
        delivery = self.answered(connector, provider, ada)
        self.given(provider, "reported", delivery, provider.statuses[-1])
        for status in (provider.statuses[-1], *provider.statuses, provider.statuses[-1]):
            assert provider.arrives(connector, provider.reported(delivery, status)) == 200
            work_off()
        delivery.refresh_from_db()
        assert delivery.status == provider.statuses[-1]

    def test_a_failure_is_said_in_the_agents_words(self, provider, connector, ada):
        delivery = self.answered(connector, provider, ada)
        provider.arrives(connector, self.given(provider, "reported", delivery, "failed"))
        work_off()
        delivery.refresh_from_db()
        assert delivery.status == "failed" and _is_sentence(delivery.error)

    def answered(self, connector, provider, ada):
        """A message of ours that the provider has, whatever it has said of it until now."""
        message = self.ours(connector, provider, ada)
        Message.objects.filter(pk=message.pk).update(external_id="ours-1")
        Delivery.objects.filter(message=message).update(status="sent", tries=1, external_id="ours-1")
        return Delivery.objects.get(message=message)

    def ours(self, connector, provider, ada):
        handle = Handle(provider.kind or str(provider.medium), provider.to, "Ann Bell")
        question = receive(from_ann(connector.channel, handles=(handle,), external_id="question"))
        message = reply(
            question.conversation, html="<p>On its way.</p>", by=ada, channel=connector.channel,
            identity=question.identity, client_id=uuid.uuid4(),
        )  # fmt: skip
        Delivery.objects.filter(message=message).update(due_at=timezone.now() - timedelta(seconds=1))
        return message

    # -- sending

    @pytest.fixture
    def sends(self, provider, connector, ada):
        """Hands an answer to the adapter, and gives its report. `changed`: fields of the envelope."""
        if provider.server is None:
            pytest.skip(f"{type(provider).__name__} has no server")
        written = envelope(self.ours(connector, provider, ada).delivery)

        def send(**changed):
            mine = Connector.objects.select_related("channel").get(pk=connector.pk)
            return adapter_named(connector.adapter).send(mine, replace(written, **changed))

        return send

    @pytest.mark.parametrize("text", ["On its way.", EMOJI, RIGHT_TO_LEFT], ids=["plain", "emoji", "right to left"])
    def test_sent_is_said_only_with_the_providers_name_of_it(self, sends, text):
        report = sends(text=text)
        assert report.status == "sent" and report.external_id

    def test_a_limit_is_waited_for(self, provider, sends):
        provider.rate_limits()
        error = self.fails(sends)
        assert not error.permanent and (error.wait is None or error.wait > 0)

    def test_an_outage_is_waited_for(self, provider, sends):
        provider.goes_down()
        assert isinstance(self.fails(sends), AwayError)  # the connector rests, and what is to go keeps its order

    def test_silence_after_the_whole_message_is_for_a_person_to_judge(self, provider, sends):
        provider.falls_silent()
        assert isinstance(self.fails(sends), UncertainError)

    def test_a_revoked_credential_stops_the_connector_and_keeps_the_message(self, provider, connector, sends):
        self.given(provider, "revokes", connector)
        assert isinstance(self.fails(sends), CredentialError)

    def test_a_refusal_for_good_is_not_tried_again(self, provider, sends):
        self.given(provider, "refuses")
        error = self.fails(sends)
        assert error.permanent and not isinstance(error, UncertainError)

    def fails(self, sends):
        """Every failure is a typed one, in a sentence, and holds no secret of ours."""
        with pytest.raises(AdapterError) as failed:
            sends()
        error = failed.value
        assert _is_sentence(str(error))
        secrets = [secret for secret in Connector.objects.get().secrets.values() if len(secret) > 7]
        assert not [secret for secret in secrets if secret in f"{error} {error.said}"]
        return error

    def test_a_whole_answer_goes_once(self, provider, connector, ada):
        if provider.server is None:
            pytest.skip(f"{type(provider).__name__} has no server")
        ours = self.ours(connector, provider, ada)
        first, second = deliver(ours.delivery.pk), deliver(ours.delivery.pk)
        ours.refresh_from_db()
        assert first.status in ("sent", "delivered") and second is None and ours.external_id

    # -- what it tells of itself

    def test_it_tells_an_admin_what_it_is(self, provider):
        about = getattr(adapter_named(provider.adapter), "about", None)
        if about is None:
            pytest.skip(f"{provider.adapter} tells nothing of itself yet")
        assert str(about.title) and str(about.what).endswith(".")
        assert about.medium == provider.medium
        kinds = {field.name: field.kind for field in about.fields}
        assert all(kinds.get(name, "secret") == "secret" for name in provider.secrets), "a secret that is shown"
        json.dumps([[str(field.label), str(field.help), field.kind] for field in about.fields])

    def test_its_check_really_calls_and_says_what_to_mend(self, provider, connector):
        adapter = adapter_named(provider.adapter)
        if not hasattr(adapter, "check") or provider.server is None:
            pytest.skip(f"{provider.adapter} cannot be checked")
        before = len(provider.server.calls)
        well = list(adapter.check(connector))
        assert well and all(step.is_well for step in well) and len(provider.server.calls) > before
        self.given(provider, "revokes", connector)
        mine = Connector.objects.select_related("channel").get(pk=connector.pk)
        try:
            *_others, last = adapter.check(mine)
        except AdapterError as error:
            assert isinstance(error, CredentialError) and _is_sentence(str(error))
        else:
            assert not last.is_well and str(last.fix)


def _comparable(envelope):
    """Reading functions of files are made anew each time."""
    if isinstance(envelope, InboundMessage):
        files = [(file.name, file.content_type, file.size, dict(file.source)) for file in envelope.attachments]
        return {**vars(envelope), "attachments": files}
    return str(envelope) if isinstance(envelope, Ignored) else envelope


def _is_sentence(words):
    return bool(words) and words[0].isupper() and words.rstrip()[-1] in ".?!" and "Error" not in words.split()[0]
