"""What every brain of another maker must hold to, as one suite; each joins it with how its provider says things.

To join, subclass BrainProvider (its simulator is `server`) and BrainContract with a fixture `provider`. A method that
is left out skips the promises that need it, with its name as the reason.
"""

import json
import time

import pytest

from conversations.bots.acts import Do, HandOver, Say
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.thoughts import Later
from integrations.models import Connector
from integrations.simulators.server import Reply
from integrations.wiring import GO_THERE
from tests.adapters.bots.asking import question

EMOJI = "Danke 👩‍👩‍👧🇨🇭 ❤️ ½ ﷽"
RIGHT_TO_LEFT = "שלום, איפה ההזמנה שלי? abc 123"
SECRET_WORDS = "My grandmother Wilhelmina lives at Gartenweg 7"


class BrainProvider:
    """`server`: the simulator. Each of the methods sets what it answers from now on."""

    adapter = ""
    settings: dict = {}
    secrets: dict = {}

    def __init__(self, server):
        self.server = server

    def connect(self):
        connector = Connector(name=self.adapter, adapter=self.adapter)
        connector.settings = {"brain_url": self.server.url, **self.settings}
        connector.secrets = dict(self.secrets)
        connector.save()
        return connector

    def says(self, text, buttons=()):
        raise NotImplementedError

    def says_nothing(self):
        raise NotImplementedError

    def says_much(self, times):
        """So many messages at once."""
        raise NotImplementedError

    def hands_over(self, detail):
        raise NotImplementedError

    def asks_for(self, deed, values):
        raise NotImplementedError

    def revokes(self, connector):
        """The key is not good any more."""
        raise NotImplementedError

    def answers(self, reply):
        """Whatever is asked, with this, which no version of its protocol has."""
        self.server.answer = lambda call: reply


@pytest.mark.django_db
class BrainContract:
    @pytest.fixture
    def connector(self, provider):
        return provider.connect()

    def set(self, provider, name, *args, **more):
        try:
            return getattr(provider, name)(*args, **more)
        except NotImplementedError:
            pytest.skip(f"{type(provider).__name__} has no {name}")

    def think(self, connector, *texts, **fields):
        mine = Connector.objects.get(pk=connector.pk)
        return adapter_named(connector.adapter).think(mine, question(*texts, **fields))

    def fails(self, connector, kind, *texts, **fields):
        """Every failure is a typed one, in a sentence, with no secret of ours and no word of the customer's."""
        with pytest.raises(AdapterError) as failed:
            self.think(connector, *(texts or (SECRET_WORDS,)), **fields)
        error = failed.value
        assert isinstance(error, kind), f"{error!r} {error.said}"
        assert str(error)[0].isupper() and str(error).rstrip()[-1] in ".?!"
        secrets = [secret for secret in Connector.objects.get(pk=connector.pk).secrets.values() if len(secret) > 7]
        assert not [secret for secret in secrets if secret in f"{error} {error.said}"]
        assert "Wilhelmina" not in str(error)
        return error

    # -- what it says

    @pytest.mark.parametrize("text", ["On its way.", EMOJI, RIGHT_TO_LEFT, "a & b\n\nlast"], ids=list("abcd"))
    def test_what_it_says_comes_through(self, provider, connector, text):
        self.set(provider, "says", text)
        thought = self.think(connector)
        assert [act.text for act in thought.acts if isinstance(act, Say)] == [text] and thought.understood

    def test_it_hears_every_script_and_sign(self, provider, connector):
        self.set(provider, "says", "Yes")
        for text in (EMOJI, RIGHT_TO_LEFT, "a & b <c> \"d\" 'e' \\n %20"):
            self.think(connector, text)
            heard = [call.body.decode() for call in provider.server.calls]
            escaped = {json.dumps(text)[1:-1], json.dumps(json.dumps(text, ensure_ascii=False))[1:-1]}
            escaped |= {json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(json.dumps(text))[1:-1]}
            assert any(part[:200].strip('"\\') in body for body in heard for part in escaped)

    def test_markup_is_not_handed_on(self, provider, connector):
        self.set(provider, "says", 'Look <img src=x onerror="alert(1)"> here <b>now</b>\x07')
        [say] = self.think(connector).acts
        assert say.text == "Look  here now"

    def test_signs_that_no_database_takes_are_dropped(self, provider, connector):
        self.set(provider, "hands_over", "Wants\x00 a cheque\x1b[0m")
        *_words, last = self.think(connector).acts
        assert "Wants a cheque[0m" in last.detail

    def test_a_question_that_is_refused_is_not_repeated_to_the_admins(self, provider, connector):
        provider.answers(Reply({"error": {"message": SECRET_WORDS}, "message": SECRET_WORDS}, 422))
        assert self.fails(connector, AdapterError).permanent

    def test_buttons_are_offered_where_the_medium_has_them(self, provider, connector):
        self.set(provider, "says", "Which one?", ("The coat", "The hat"))
        [say] = self.think(connector).acts
        assert (say.text, say.buttons) == ("Which one?", ("The coat", "The hat"))
        [listed] = self.think(connector, buttons=0).acts
        assert listed.text == "Which one?\n• The coat\n• The hat" and listed.buttons == ()

    def test_it_hands_over_and_says_why(self, provider, connector):
        self.set(provider, "hands_over", "Wants to pay by cheque")
        *_words, last = self.think(connector).acts
        assert isinstance(last, HandOver) and "cheque" in last.detail and last.reason in ("asked", "out_of_scope")

    def test_it_may_ask_for_a_deed_and_only_with_details_that_the_desk_knows(self, provider, connector):
        self.set(provider, "asks_for", "status", {"order": "4471", "password": "x", "sql": "drop table"})
        assert [act for act in self.think(connector).acts if isinstance(act, Do)] == [Do("status", {"order": "4471"})]

    @pytest.mark.parametrize("texts", [("x" * 20_000,), tuple(f"Line {n}" for n in range(50))], ids=["20 kB", "fifty"])
    def test_much_at_once_is_one_question(self, provider, connector, texts):
        self.set(provider, "says", "All right.")
        assert self.think(connector, *texts).acts == (Say("All right."),)

    # -- how it fails: every one of them ends with people (tests/journeys/test_brains.py)

    def test_down_is_for_everybody(self, provider, connector):
        provider.server.outage = True
        self.fails(connector, AwayError)

    def test_busy_is_for_everybody(self, provider, connector):
        provider.server.busy = 1
        error = self.fails(connector, AwayError)
        assert error.wait is None or error.wait > 0

    def test_nobody_there(self, provider, connector):
        Connector.objects.update(settings={**connector.settings, "brain_url": "http://127.0.0.1:9"})
        self.fails(connector, AwayError)

    @pytest.mark.parametrize("how", ["silence", "delay"])
    def test_who_is_waited_for_too_long_is_not_waited_for(self, provider, connector, how):
        self.set(provider, "says", "Late")
        setattr(provider.server, how, 9 if how == "silence" else 1.5)
        began = time.monotonic()
        self.fails(connector, AwayError, patience=0.6)
        assert time.monotonic() - began < 5

    def test_a_line_that_breaks(self, provider, connector):
        self.set(provider, "says", "Never heard")
        provider.server.breaks = 9
        self.fails(connector, AwayError)

    def test_nothing_said_is_silence(self, provider, connector):
        self.set(provider, "says_nothing")
        self.fails(connector, AwayError, patience=0.6)

    @pytest.mark.parametrize(
        "body",
        [b"<html>Bad gateway</html>", b"", b'"yes"', b"[[[[", b'{"choices": 7, "acts": 7, "activities": 7}',
         b"\xff\xfe", b"[1, 2]", b"[" * 100_000],
        ids=["html", "empty", "string", "cut", "numbers", "bytes", "list", "deep"],
    )  # fmt: skip
    def test_what_no_version_of_it_says_is_rude(self, provider, connector, body):
        provider.answers(Reply(body, headers={"Content-Type": "application/json"}))
        self.fails(connector, RudeError)

    def test_far_too_much_is_rude_and_is_not_read_to_its_end(self, provider, connector):
        provider.answers(Reply(b"[" + b" " * 3_000_000))
        self.fails(connector, RudeError)

    @pytest.mark.parametrize("text", ["x" * 5000, "\n".join(["word"] * 5000)], ids=["long", "lines"])
    def test_a_flood_of_words_is_rude(self, provider, connector, text):
        self.set(provider, "says", text)
        self.fails(connector, RudeError)

    def test_a_flood_of_messages_is_rude(self, provider, connector):
        self.set(provider, "says_much", 200)
        self.fails(connector, RudeError)

    def test_a_key_that_was_taken_back_is_told_to_the_admins(self, provider, connector):
        self.set(provider, "revokes", connector)
        self.fails(connector, CredentialError)

    # -- what it tells of itself

    def test_it_tells_an_admin_what_it_is(self, provider):
        about = adapter_named(provider.adapter).about
        assert str(about.title) and str(about.what).endswith(".") and about.medium == ""
        kinds = {field.name: field.kind for field in about.fields}
        assert all(kinds.get(name, "secret") == "secret" for name in provider.secrets), "a secret that is shown"
        sent_there = {name for name, kind in kinds.items() if kind == "secret"}
        assert sent_there <= set(GO_THERE["brain_url"]), "a key that follows to another address unasked"

    def test_its_check_really_calls_and_says_what_to_mend(self, provider, connector):
        adapter, before = adapter_named(provider.adapter), len(provider.server.calls)
        self.set(provider, "says", "Hello")
        well = list(adapter.check(connector))
        assert well and all(step.is_well for step in well) and len(provider.server.calls) > before
        self.set(provider, "revokes", connector)
        mine = Connector.objects.get(pk=connector.pk)
        with pytest.raises(CredentialError):
            list(adapter.check(mine))
        if hasattr(adapter, "prove"):
            with pytest.raises(CredentialError):
                adapter.prove(mine)

    def test_it_answers_at_once_or_says_that_it_comes_later(self, provider, connector):
        self.set(provider, "says", "At once")
        assert not isinstance(self.think(connector), Later)
