"""What was thought of the bot's answers to somebody is theirs to read."""

import io
import json
import zipfile

import pytest

from conversations.models import Article, ArticleText, ArticleVerdict, BotMistake, BotTalk, Message, Topic
from customers import privacy
from tests.conversations.bots.stage import asks, takes_turn, with_bot

pytestmark = pytest.mark.django_db


def test_remarks_about_wrong_answers_and_verdicts_on_articles_are_exported(chat):
    with_bot(chat)
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    said = Message.objects.get(is_bot=True)
    topic = Topic.objects.create(name="Delivery")
    BotMistake.objects.create(message=said, talk=BotTalk.objects.get(), why="She meant the parcel", right=topic)
    text = ArticleText.objects.create(article=Article.objects.create(name="wool"), language="en", title="Washing wool")
    ArticleVerdict.objects.create(text=text, message=said, helped=False)
    into = io.BytesIO()
    privacy.export(conversation.customer, into)
    files = zipfile.ZipFile(into)
    [remark], [verdict] = (json.loads(files.read(f"data/{n}.json")) for n in ("wrong_answers", "article_verdicts"))
    assert (remark["message"], remark["why"], remark["right__name"]) == (said.pk, "She meant the parcel", "Delivery")
    assert (verdict["message"], verdict["text__title"], verdict["helped"]) == (said.pk, "Washing wool", False)
