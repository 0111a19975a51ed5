"""Telegram, Mastodon, X and LINE hold to the contract of every adapter."""

import json
import time

import pytest

from conversations.models import Medium
from integrations.adapters.media.mastodon.watching import arrival, edit
from integrations.inbound import listening
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector
from integrations.simulators import line, mastodon, telegram, x
from tests.adapters.contract import Contract, Provider, Sent

ANN = 23
AT = 1_760_000_000


class Telegram(Provider):
    adapter, medium, to = "telegram", Medium.TELEGRAM, str(ANN)
    settings = {"way": "webhook", "groups": "none", "username": telegram.BOT["username"]}
    secrets = {"token": telegram.TOKEN, "secret_token": "only-Telegram-knows"}

    def sent(self, update, secret="only-Telegram-knows"):  # noqa: S107
        return Sent(json.dumps(update).encode(), headers={"X-Telegram-Bot-Api-Secret-Token": secret})

    def message(self, number, **parts):
        who = {"id": ANN, "is_bot": False, "first_name": "Ann", "last_name": "Bell"}
        return {"message_id": number, "from": who, "chat": {"id": ANN, "type": "private"}, "date": AT + number, **parts}

    def said(self, text="Hello", number=1):
        return self.sent({"update_id": number, "message": self.message(number, text=text)})

    def forged(self):
        return self.sent({"update_id": 1, "message": self.message(1, text="Hello")}, secret="guessed")  # noqa: S106

    def answering(self, number, answered):
        question = self.message(answered, text="Hello")
        return self.sent({"update_id": number, "message": self.message(number, text="So", reply_to_message=question)})

    def edited(self, number, text, version):
        message = self.message(number, text=text, edit_date=AT + 100 + version)
        return self.sent({"update_id": 100 + version, "edited_message": message})

    def reacted(self, number, emoji):
        told = {**self.message(number), "user": self.message(1)["from"], "old_reaction": []}
        return self.sent(
            {"update_id": 500, "message_reaction": {**told, "new_reaction": [{"type": "emoji", "emoji": emoji}]}}
        )

    def uninteresting(self):
        group = {"id": -5, "type": "group", "title": "Walkers"}
        told = [{"message": {**self.message(1, text="among us"), "chat": group}}, {"poll": {"id": "1"}}]
        return [self.sent({"update_id": 900 + number, **each}) for number, each in enumerate(told)]

    def garbage(self):
        bodies = [b"{no json", b"[]", b"{}", b"[[[[" * 2000, b'{"update_id": 1, "message": {"text": "nobody"}}']
        return [Sent(body, headers=self.said().headers) for body in bodies]

    def refuses(self):
        self.server.blocked.add(ANN)

    def revokes(self, connector):
        self.server.revoked = True


class TestTelegram(Contract):
    @pytest.fixture
    def provider(self, db):
        with telegram.TelegramServer() as server:
            server.person(ANN)
            yield Telegram(server)


class Mastodon(Provider):
    """What comes by its stream and its list: there is no door to knock at."""

    adapter, medium, to = "mastodon", Medium.MASTODON, "ann@elsewhere.example"
    settings = {"site": "https://mastodon.example", "domain": mastodon.DOMAIN, "account_id": mastodon.US["id"]}
    secrets = {"access_token": mastodon.TOKEN}

    def arrives(self, connector, sent, *, address=None):
        """As the watcher keeps it; a wrong address cannot be had, nor too large a body."""
        if address or not connector.is_active or sent.headers.get("Content-Length"):
            return 400
        connector = Connector.objects.select_related("channel").get(pk=connector.pk)
        listening.take(connector, News((Arrival(sent.headers["name"], sent.kind, sent.body, sent.kind),)))
        return 200

    def sent(self, found):
        return Sent(found.body, headers={"name": found.message_id}, kind=found.kind)

    def status(self, number, text, **more):
        known = {"id": str(number), "created_at": "2026-11-22T10:00:00.000Z", "visibility": "direct"}
        account = {"id": "77", "acct": self.to, "display_name": "Ann Bell"}
        content = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
        return {**known, "content": f"<p>{content}</p>", "account": account, **more}

    def notification(self, number, kind="mention", text="Hello", **more):
        return self.sent(arrival({"id": str(number), "type": kind, "status": self.status(number, text, **more)}))

    def said(self, text="Hello", number=1):
        return self.notification(number, text=text)

    def answering(self, number, answered):
        return self.notification(number, in_reply_to_id=str(answered))

    def album(self, files):
        media = [{"type": "image", "url": f"https://files.example/{n}.png"} for n in range(files)]
        return self.notification(1, media_attachments=media)

    def edited(self, number, text, version):
        return self.sent(edit(self.status(number, text, edited_at=f"2026-11-22T11:0{version}:00.000Z")))

    def taken_back(self, number):
        return Sent(json.dumps({"id": str(number)}).encode(), headers={"name": f"delete:{number}"}, kind="delete")

    def uninteresting(self):
        return [self.notification(number, kind) for number, kind in enumerate(("favourite", "reblog", "follow"), 5)]

    def garbage(self):
        bodies = [b"{no json", b"[]", b"{}", b'{"type": "mention"}']
        return [Sent(body, headers={"name": f"n{number}"}, kind="mention") for number, body in enumerate(bodies)]

    def refuses(self):
        self.server.longest = 1

    def revokes(self, connector):
        self.server.revoked = True


class TestMastodon(Contract):
    @pytest.fixture
    def provider(self, db):
        with mastodon.MastodonServer() as server:
            yield Mastodon(server)


class Ex(Provider):
    adapter, medium, to = "x", Medium.X, "2222222222222222222"
    settings = {"way": "polling", "auth": "oauth2", "account_id": x.US["id"]}

    @property
    def secrets(self):
        return {**x.SECRETS, "access_ends": str(time.time() + 7000)}

    def sent(self, said, secret=x.SECRETS["client_secret"]):
        body = json.dumps(said).encode()
        return Sent(body, headers={"X-Twitter-Webhooks-Signature-OAuth2": x.sign(secret, body)})

    def event(self, text="Hello", number=1, **more):
        create = {"target": {"recipient_id": x.US["id"]}, "sender_id": self.to, "message_data": {"text": text, **more}}
        event = {"type": "message_create", "id": str(number), "created_timestamp": str((AT + number) * 1000)}
        users = {self.to: {"id": self.to, "name": "Ann Bell", "screen_name": "annbell"}}
        return {
            "for_user_id": x.US["id"],
            "direct_message_events": [{**event, "message_create": create}],
            "users": users,
        }

    def status(self, number, text, **more):
        user = {"id_str": self.to, "name": "Ann Bell", "screen_name": "annbell"}
        post = {"id_str": str(number), "text": text, "user": user, "timestamp_ms": str((AT + number) * 1000), **more}
        return {"for_user_id": x.US["id"], "tweet_create_events": [post]}

    def said(self, text="Hello", number=1):
        return self.sent(self.event(text, number))

    def forged(self):
        return self.sent(self.event(), secret="guessed")  # noqa: S106

    def answering(self, number, answered):
        told = {"data": {"event_type": "post.mention.create", "event_uuid": str(number)}}
        answer = {"id": str(number), "text": "So", "author_id": self.to, "created_at": "2026-11-22T10:00:00.000Z"}
        answer["referenced_tweets"] = [{"type": "replied_to", "id": f"dm:{answered}"}]
        told["data"]["payload"] = answer
        return self.sent(told)

    def album(self, files):
        media = [{"type": "photo", "media_url_https": f"https://pbs.example/{n}.jpg"} for n in range(files)]
        return self.sent(self.status(1, "Three", extended_entities={"media": media}))

    def uninteresting(self):
        told = [{"follow_events": [{}]}, {"favorite_events": [{}]}, {"direct_message_indicate_typing_events": [{}]}]
        return [self.sent({"for_user_id": x.US["id"], **each}) for each in told]

    def garbage(self):
        bodies = [b"{no json", b"[]", b"{}", b'{"for_user_id": "1111111111111111111", "direct_message_events": [{}]}']
        secret = x.SECRETS["client_secret"]
        headers = [{"X-Twitter-Webhooks-Signature-OAuth2": x.sign(secret, body)} for body in bodies]
        return [Sent(body, headers=each) for body, each in zip(bodies, headers, strict=True)]

    def refuses(self):
        self.server.closed.add(self.to)

    def revokes(self, connector):
        self.server.revoked = True


class TestX(Contract):
    @pytest.fixture
    def provider(self, db):
        with x.XServer() as server:
            yield Ex(server)


class Line(Provider):
    adapter, medium, to = "line", Medium.LINE, "U4af4980629"
    secrets = {"channel_secret": line.SECRET, "access_token": line.TOKEN}

    def sent(self, *events, secret=line.SECRET):
        body = json.dumps({"destination": line.BOT["userId"], "events": list(events)}).encode()
        return Sent(body, headers={"X-Line-Signature": line.sign(secret, body)})

    def event(self, kind, number, **more):
        source = {"type": "user", "userId": self.to}
        return {
            "type": kind,
            "timestamp": (AT + number) * 1000,
            "source": source,
            "webhookEventId": f"e{number}",
            **more,
        }

    def said(self, text="Hello", number=1, **more):
        message = {"id": str(number), "type": "text", "text": text, **more}
        return self.sent(self.event("message", number, message=message))

    def forged(self):
        return self.sent(self.event("message", 1, message={"id": "1", "type": "text", "text": "x"}), secret="guessed")  # noqa: S106

    def answering(self, number, answered):
        return self.said("So", number, quotedMessageId=str(answered))

    def taken_back(self, number):
        return self.sent(self.event("unsend", 50, unsend={"messageId": str(number)}))

    def uninteresting(self):
        group = {"type": "group", "groupId": "C1", "userId": self.to}
        beacon = self.event("beacon", 8, beacon={"hwid": "d41d8cd98f"})
        return [self.sent(), self.sent({**self.event("message", 9), "source": group}), self.sent(beacon)]

    def garbage(self):
        bodies = [b"{no json", b"[]", b"{}", b'{"destination": "U", "events": [{"type": "message"}]}']
        return [Sent(body, headers={"X-Line-Signature": line.sign(line.SECRET, body)}) for body in bodies]

    def refuses(self):
        self.server.friends.clear()

    def revokes(self, connector):
        self.server.token = "another"  # noqa: S105


class TestLine(Contract):
    @pytest.fixture
    def provider(self, db):
        with line.LineServer() as server:
            server.friends.add(Line.to)
            yield Line(server)

    def test_silence_after_the_whole_message_is_for_a_person_to_judge(self, provider, sends):
        """Nobody has to: its retry key makes a second try the same message."""
        provider.server.breaks = 1
        assert not self.fails(sends).permanent
        assert sends().status == "sent"
        assert len(provider.server.said) == 1
