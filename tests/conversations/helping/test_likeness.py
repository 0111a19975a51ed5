"""Solved before, much alike: found among all, seen by who may, in order of use, and forgotten with its customer."""

import numpy as np
import pytest
from django.db import connection

from conversations.actions.states import resolve
from conversations.helping import learnt, nearest, remembering, vectors
from conversations.helping.alike import alike
from conversations.helping.learnt import Shown
from conversations.helping.vectors import by_words, vectors_of
from conversations.inbound.receive import receive
from conversations.models import Conversation, Hint, Likeness, Translation
from conversations.models.help import HintKind, Verdict
from customers import privacy
from tests.conftest import agent, from_ann

pytestmark = pytest.mark.django_db

ZIP = "The zip of my jacket is broken after two weeks, what can be done?"
OTHER_ZIP = "My new jacket has a broken zip. Can you repair the zip or send another jacket?"
INVOICE = "Please send me the invoice of last month again, my accountant wants it."


@pytest.fixture(autouse=True, params=["pgvector", "newest"])
def _way(request, db):
    """By the index where there is pgvector, and by the newest where there is none."""
    if request.param == "pgvector" and not nearest.index():
        pytest.skip("this PostgreSQL has no pgvector")
    nearest.look_again()
    yield request.param
    nearest.look_again()


def solved(mail, text, *, by, who="tove", team=None):
    message = receive(from_ann(mail, text, address=f"{who}@home.example"))
    Conversation.objects.filter(pk=message.conversation_id).update(team=team)
    return resolve(message.conversation, by=by)


@pytest.fixture
def asked(mail):
    return receive(from_ann(mail, ZIP)).conversation


def likest(conversation, someone):
    return [each.conversation for each in alike(conversation, someone)]


def test_what_was_solved_is_found_by_what_it_was_about(mail, ada, returns, asked):
    zip_, invoice = (
        solved(mail, OTHER_ZIP, by=ada, team=returns),
        solved(mail, INVOICE, by=ada, who="per", team=returns),
    )
    assert remembering.remember_fresh() == 2 and remembering.remember_fresh() == 0
    found = alike(asked, ada)
    assert [each.conversation for each in found] == [zip_] and found[0].percent > 22
    assert invoice not in likest(asked, ada) and asked not in likest(zip_, ada)


def test_only_what_the_agent_may_see(mail, ada, linus, returns, billing, asked):
    theirs = solved(mail, OTHER_ZIP, by=linus, team=billing)
    ours = solved(mail, OTHER_ZIP + " Thank you", by=ada, who="per", team=returns)
    remembering.remember_fresh()
    assert likest(asked, ada) == [ours]
    assert likest(asked, linus) == [theirs]
    assert set(likest(asked, agent("Sam Reyes", "supervisor"))) == {theirs, ours}
    ada.is_active = False
    assert likest(asked, ada) == []


def test_what_is_open_again_spam_or_merged_away_falls_out(mail, ada, returns, asked):
    kept = solved(mail, OTHER_ZIP, by=ada, team=returns)
    remembering.remember_fresh()
    for change in ({"status": "open"}, {"is_spam": True}, {"merged_into": asked}):
        before = {name: getattr(kept, name) for name in change}
        Conversation.objects.filter(pk=kept.pk).update(**change)
        assert likest(asked, ada) == []
        Conversation.objects.filter(pk=kept.pk).update(**before)
    assert likest(asked, ada) == [kept]


def test_what_was_refused_goes_and_what_was_taken_rises(mail, ada, grace, returns, asked):
    one = solved(mail, OTHER_ZIP, by=ada, team=returns)
    two = solved(mail, OTHER_ZIP, by=ada, who="per", team=returns)
    remembering.remember_fresh()
    first, second = likest(asked, ada)
    hints = learnt.show(asked, grace, [Shown(HintKind.SIMILAR, second.pk)])
    learnt.say(hints[HintKind.SIMILAR, second.pk], Verdict.TAKEN)
    assert likest(asked, ada) == [second, first] and {first, second} == {one, two}
    mine = learnt.show(asked, ada, [Shown(HintKind.SIMILAR, second.pk)])
    learnt.say(mine[HintKind.SIMILAR, second.pk], Verdict.REFUSED)
    assert likest(asked, ada) == [first]  # for Ada, here
    assert second in likest(asked, grace)


def test_nothing_is_like_a_word_that_says_nothing(mail, ada, returns):
    solved(mail, OTHER_ZIP, by=ada, team=returns)
    quiet = solved(mail, "", by=ada, who="quiet", team=returns)
    remembering.remember_fresh()
    assert Likeness.objects.get(conversation=quiet).model == "" and remembering.remember_all() == 0
    assert alike(receive(from_ann(mail, "?")).conversation, ada) == []


def test_an_erased_customer_is_like_nobody(mail, ada, returns, root, asked):
    theirs = solved(mail, OTHER_ZIP, by=ada, team=returns)
    remembering.remember_fresh()
    learnt.show(asked, ada, [Shown(HintKind.SIMILAR, theirs.pk)])
    learnt.show(theirs, ada, [Shown(HintKind.CANNED, 1)])
    privacy.ask(theirs.customer, by=root)
    privacy.carry_on_all()
    assert not Hint.objects.exists() and not Likeness.objects.exists()
    remembering.remember_all()
    assert likest(asked, ada) == []


class Encoder:
    """Stands for the optional one: any that gives vectors will do to see whose are compared with whose."""

    def encode(self, texts):
        return np.stack([by_words(text).astype(np.float32) / 127 for text in texts])


def test_with_the_encoder_rows_are_made_anew_and_a_translation_crosses_languages(mail, ada, returns, monkeypatch):
    english = solved(mail, OTHER_ZIP, by=ada, team=returns)
    said = receive(from_ann(mail, "Glidelåsen på jakken min er ødelagt etter to uker, hva kan gjøres med den?"))
    remembering.remember_fresh()
    with monkeypatch.context() as installed:
        installed.setattr(vectors, "encoder", Encoder)
        assert remembering.remember_all() == 1 and Likeness.objects.get().model == vectors.MEANING
        assert likest(said.conversation, ada) == []
        Translation.objects.create(message=said, language="en", text=OTHER_ZIP, by="Words")
        assert likest(said.conversation, ada) == [english]
    assert remembering.remember_all() == 1 and Likeness.objects.get().model == vectors.BY_WORDS


def test_bits_and_bytes_say_the_same_of_who_is_near():
    jacket, same, far = (vectors_of([(text, "en")])[0] for text in (ZIP, OTHER_ZIP, INVOICE))
    near, away = jacket.likeness_to([same.raw, far.raw])
    assert near > 0.3 > away and jacket.likeness_to([jacket.raw])[0] == pytest.approx(1.0)
    apart = [sum(a != b for a, b in zip(jacket.bits, each.bits, strict=True)) for each in (same, far)]
    assert apart[0] < apart[1] and len(jacket.bits) == 384


def test_small_words_alone_make_nobody_alike():
    one, other = by_words("What can I do with my kettle, please?"), by_words("What can I do with my tent, please?")
    cosine = (
        float(one.astype(float) @ other.astype(float))
        / float((one.astype(float) ** 2).sum() ** 0.5)
        / float((other.astype(float) ** 2).sum() ** 0.5)
    )
    assert cosine < 0.35


def test_the_statement_walks_the_index(mail, ada, returns, _way):
    """However many there are: the nearest by bits come from the index, and only they are looked at one by one."""
    if _way != "pgvector":
        pytest.skip("the newest are read through an index of their own")
    [vector] = vectors_of([(ZIP, "en")])
    asked = nearest.statement(vector, ada, but=0, many=120)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")  # of a table so small, sorting would be cheaper
        cursor.execute(f"explain {asked[0]}", asked[1])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert nearest.INDEX in plan
