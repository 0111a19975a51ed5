"""The page of a survey: what opens it keeps nothing; what is pressed on it is kept, for its own customer alone."""

import pytest
from django.urls import reverse

from conversations.models import Branding, SurveyResponse, SurveyVersion
from conversations.surveys import links, questions
from conversations.surveys.questions import BadQuestionError, Option, Question, check, read, shown
from customers.models import Consent
from tests.conversations.surveys.asked import asked, survey

pytestmark = pytest.mark.django_db


def test_a_robot_that_opens_every_link_answers_nothing(client, mail, ada):
    survey()
    ask = asked(mail, ada)
    for score in range(1, 6):
        page = client.get(links.address_of(ask, score=score))
        assert page.status_code == 200 and f'value="{score}" checked' in page.content.decode()
        client.head(links.address_of(ask, score=score))
    assert not SurveyResponse.objects.exists()
    assert page["Referrer-Policy"] == "no-referrer" and "no-store" in page["Cache-Control"]


def test_what_is_pressed_is_kept_and_thanked_for(client, mail, ada):
    survey()
    ask = asked(mail, ada)
    page = client.post(
        links.address_of(ask), {"score": "5", "comment": "Quick <b>and</b> kind", "whole": "1"}, follow=True
    )
    assert "You chose 5" in page.content.decode() or "goes to our support team" in page.content.decode()
    assert "Quick &lt;b&gt;and&lt;/b&gt; kind" in page.content.decode()
    response = SurveyResponse.objects.get()
    assert (response.score, response.comment, response.way) == (5, "Quick <b>and</b> kind", "link")
    client.force_login(ada)
    thread = client.get(reverse("conversation", args=[ask.conversation_id])).content.decode()
    assert "5 of 5" in thread and '<q dir="auto">Quick &lt;b&gt;and&lt;/b&gt; kind</q>' in thread
    assert client.post(links.address_of(ask), {"score": "9"}).status_code == 302  # no step of its scale
    response.refresh_from_db()
    assert response.score == 5


def test_a_changed_address_is_nobodys(client, mail, ada):
    survey()
    ask = asked(mail, ada)
    token = links.token_of(ask)
    for wrong in (f"{ask.pk + 1}{token[token.index('~') :]}", f"{ask.pk}~x", "x", f"{token}x"):
        assert client.get(f"/s/{wrong}/").status_code == 404
        assert client.post(f"/s/{wrong}/", {"score": "5"}).status_code == 404
    assert not SurveyResponse.objects.exists()


def test_stop_asking_me_takes_a_press(client, mail, ada):
    survey()
    ask = asked(mail, ada)
    client.get(links.stop_address_of(ask))
    assert not Consent.objects.filter(purpose="surveys").exists()
    assert "not ask you again" in client.post(links.stop_address_of(ask)).content.decode()
    assert Consent.objects.get(purpose="surveys").is_granted is False


def test_a_question_that_depends_on_an_answer_comes_with_it(client, mail, ada):
    one = survey()
    why = Question(
        "why", "choice", {"en": "What went wrong?"}, many=True, when={"score": ("1", "2")},
        options=(Option("slow", {"en": "Slow"}), Option("rude", {"en": "Rude"})),
    )  # fmt: skip
    body = questions.kept([*questions.standard("csat"), why])
    SurveyVersion.objects.filter(survey=one).update(questions=body)
    ask = asked(mail, ada)
    assert "What went wrong?" not in client.get(links.address_of(ask, score=5)).content.decode()
    page = client.post(links.address_of(ask), {"score": "2", "why": ["slow", "rude", "odd"]}, follow=True)
    assert "What went wrong?" in page.content.decode()
    assert SurveyResponse.objects.get().answers == {"score": 2, "why": ["slow", "rude"]}


def test_what_cannot_be_asked_is_said_in_words():
    score, comment = questions.standard("csat")
    pick = Question("q", "choice", {"en": "Which?"}, options=(Option("a", {"en": "A"}), Option("b", {"en": "B"})))
    check("csat", [score, comment, pick])
    for wrong, word in [
        ([], "one to 5"),
        ([comment], "from 1 to 5"),
        ([score, Question("x", "text", {})], "asks nothing"),
        ([score, Question("x", "text", {"en": "?"}, when={"score": ("9",)})], "nobody can give"),
        ([score, Question("x", "text", {"en": "?"}, when={"later": ("1",)})], "does not come before"),
        ([score, Question("x", "choice", {"en": "?"}, options=pick.options[:1])], "to choose from"),
    ]:
        with pytest.raises(BadQuestionError, match=word):
            check("csat", wrong)
    assert [each.key for each in shown([score, pick], {})] == ["score", "q"]
    assert read([score, pick], {"score": ["3"], "q": ["b"], "z": ["1"]}) == {"score": 3, "q": "b"}


def test_a_customer_whose_talk_has_no_language_reads_their_own(client, mail, ada):
    survey()
    ask = asked(mail, ada)
    ask.conversation.language, ask.customer.language = "", "de"
    ask.conversation.save(update_fields=["language"])
    ask.customer.save(update_fields=["language"])
    page = client.get(links.address_of(ask)).content.decode()
    assert '<html lang="de"' in page and "Wie war dieses Gespräch?" in page


def test_the_page_names_the_desk_as_customers_know_it(client, mail, ada, settings):
    settings.DESK_NAME = "Hollin & Fell"
    survey()
    ask = asked(mail, ada)
    assert '<p class="logo">Hollin &amp; Fell</p>' in client.get(links.address_of(ask)).content.decode()
    Branding.objects.create(channel=mail, title="The hill shop")
    assert '<p class="logo">The hill shop</p>' in client.get(links.address_of(ask)).content.decode()
