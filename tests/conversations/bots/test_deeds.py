"""What a bot does for a customer: at the shop, once, asked before; refused or in doubt, it says so and hands over."""

import string
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.actions.change import NotPossibleError, locked
from conversations.actions.handing import do_next, take_over
from conversations.actions.orders import OverLimitError
from conversations.bots import doing
from conversations.bots.acts import Asked, Do
from conversations.bots.deeds import DEEDS, addresses, at_shop, days, pieces, prospect
from conversations.bots.deeds.deed import Prospect
from conversations.bots.deeds.heard import meant
from conversations.bots.deeds.sending_back import REASONS
from conversations.bots.deeds.whose import refused_for
from conversations.bots.memory import Kept, Memory
from conversations.bots.reading import asked_of
from conversations.bots.words import deeds as words
from conversations.handoff.handing import hand_over
from conversations.models import Activity, BotDeed, Hours, OrderAct
from conversations.tasks import give_up_on_order_acts
from customers.facts import Line, ProductFact
from customers.gather import gather
from customers.models import Order, Return
from tests.conversations.bots.till import Till, bought, code_mailed, connected, does, keys_of, signed_in, talk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def till():
    with Till() as server:
        yield server


@pytest.fixture
def shop(till):
    return connected(till)


def wondering(talk, deed, **values):
    asked = Asked(
        conversation=talk.conversation_id, customer=0, bot=0, talk=talk.pk, term=talk.term, language=talk.language,
        medium="chat", buttons=3, lines=(), new=(), memory=Memory(), now=timezone.now(),
    )  # fmt: skip
    return prospect(DEEDS[deed], asked, values)


def test_who_proves_it_by_a_code_is_shown_what_would_happen_before_it_does(chat, shop, till):
    bought(shop)
    talk, key = talk_of(chat), uuid.uuid4()
    assert wondering(talk, "cancel").need == "email"
    assert does(talk, key, "cancel").waits_for == "email"
    assert does(talk, key, "cancel", email="ann@home.example").waits_for == "code"
    shown = does(talk, key, "cancel", email="ann@home.example", code=code_mailed())
    assert (shown.result, shown.waits_for, keys_of(shown)) == ("asks", "confirm", ["confirm_cancel_paid"])
    assert shown.said[0].values == {"order": "HF-1", "sum": "£148.00"} and not till.asked
    ends = [does(talk, key, "cancel") for _ in range(3)]
    assert [(each.result, keys_of(each)) for each in ends] == [("done", ["cancel_done"])] + [
        ("refused", ["cancel_already"])
    ] * 2
    assert till.done == ["cancel"] and Order.objects.get().status == "cancelled"
    assert Activity.objects.get(verb="bot_did").to == "Cancel an order · HF-1"


def test_the_same_yes_is_one_deed_and_says_the_same_again(chat, shop, till):
    bought(shop)
    talk, key = signed_in(chat), uuid.uuid4()
    ends = [does(talk, key, "invoice") for _ in range(3)]
    assert {each.result for each in ends} == {"done"} and till.done == ["invoice"]
    assert len(next(iter(till.asked.values()))) == 1 and BotDeed.objects.count() == 1


def asked_to_agree(talk, deed, **known):
    """The bot has told what it would do with what is `known`, and waits for a yes."""
    slots = {need: Kept(value) for need, value in known.items()}
    return replace(asked_of(talk.conversation, talk), memory=Memory(task=deed, slots=slots, waits_for="confirm"))


def test_a_yes_is_to_what_was_shown_and_to_nothing_beside_it(chat, shop, till):
    bought(shop)
    talk = signed_in(chat)
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    asked = asked_to_agree(talk, "delivery", order="HF-1", date=day)
    done = doing.do(asked, Do("delivery", {"order": "HF-1", "date": day, "wish": "neighbour"}), asked.memory)
    assert (done.memory.waits_for, till.done) == ("confirm", [])
    done = doing.do(asked, Do("delivery", {"order": "HF-1", "date": day}), asked.memory)
    assert (done.memory.steps[-1].result, till.done) == ("done", ["postpone"])


def test_proof_that_comes_while_it_is_looked_for_is_no_yes(chat, shop, till, monkeypatch):
    bought(shop)
    talk = signed_in(chat)
    asked = asked_of(talk.conversation, talk)
    monkeypatch.setattr(doing.deeds, "prospect", lambda *_args: Prospect("proof", {}, need="email"))
    done = doing.do(asked, Do("cancel", {"order": "HF-1"}), Memory(task="cancel"))
    assert (done.memory.waits_for, till.done) == ("confirm", [])


def test_an_agent_does_no_more_by_the_bots_hand_than_by_their_own(chat, shop, till, ada):
    bought(shop)
    talk = signed_in(chat)
    talk.state = Memory(task="cancel", slots={"order": Kept("HF-1")}).to_json()
    talk.save()
    with transaction.atomic():
        conversation = hand_over(locked(talk.conversation), "not_allowed", talk=talk).conversation
    ada.refund_limit = 100
    with pytest.raises(OverLimitError):
        do_next(conversation, by=ada)
    ada.refund_limit, ada.sees_purchases = 150, False
    with pytest.raises(NotPossibleError, match="bought"):
        do_next(conversation, by=ada)
    assert not till.asked
    ada.sees_purchases = True
    assert do_next(conversation, by=ada).result == "done" and till.done == ["cancel"]


def test_no_deed_begins_once_a_person_has_taken_over(chat, shop, till, ada, monkeypatch):
    """Amid the turn: the brain has answered, and the shop was not asked yet."""
    bought(shop)
    talk = signed_in(chat)
    asked = asked_to_agree(talk, "cancel", order="HF-1")

    def taken_over_meanwhile(matter, order):
        take_over(talk.conversation, by=ada)
        monkeypatch.undo()
        return refused_for(matter, order, "cancel", "cancel")

    monkeypatch.setattr("conversations.bots.deeds.cancel.refused_for", lambda m, o, *_more: taken_over_meanwhile(m, o))
    assert doing.do(asked, Do("cancel", {"order": "HF-1"}), asked.memory).memory.steps[-1].result == "refused"
    assert doing.do(asked, Do("cancel", {"order": "HF-1"}), asked.memory).memory.steps[-1].result == "refused"
    assert not till.asked


def test_a_shop_that_falls_silent_leaves_it_in_doubt_and_nobody_tries_again(chat, shop, till):
    bought(shop)
    talk, till.is_mute = signed_in(chat), True
    end = does(talk, uuid.uuid4(), "cancel")
    assert (end.result, keys_of(end), end.hand_over) == ("uncertain", ["shop_unsure"], "failed")
    till.is_mute = False
    again = does(talk, uuid.uuid4(), "cancel")
    assert (again.result, again.hand_over) == ("refused", "failed") and till.done == ["cancel"]
    assert "perhaps" in Activity.objects.get(verb="bot_did").reason


def test_a_shop_that_refuses_has_not_done_it(chat, shop, till):
    bought(shop)
    till.refuses = "It has left the warehouse already."
    end = does(signed_in(chat), uuid.uuid4(), "cancel")
    assert (end.result, end.hand_over) == ("failed", "failed") and "left the warehouse" in end.about
    assert not Activity.objects.filter(verb="bot_did").exists()


def test_a_worker_that_died_over_it_leaves_a_doubt_and_no_second_try(chat, shop, till):
    order = bought(shop)
    talk, key = signed_in(chat), uuid.uuid4()
    row, _is_new = at_shop.begin(talk, order, at_shop.Errand("cancel", "cancel"), key)
    assert does(talk, key, "cancel").result == "under_way"
    assert does(talk, uuid.uuid4(), "invoice").hand_over == "not_allowed", "one thing at a time"
    BotDeed.objects.filter(pk=row.pk).update(created_at=timezone.now() - at_shop.SILENT - timedelta(seconds=1))
    give_up_on_order_acts()
    assert does(talk, key, "cancel").hand_over == "failed"
    row.refresh_from_db()
    assert row.state == "uncertain" and not till.asked


def test_what_an_agent_does_to_it_right_now_comes_first(chat, shop, till):
    order = bought(shop)
    OrderAct.objects.create(order=order, what="hold", key=uuid.uuid4())
    assert keys_of(does(signed_in(chat), uuid.uuid4(), "cancel")) == ["shop_busy"] and not till.asked


def test_what_is_beyond_its_limit_or_its_shop_is_for_people(chat, shop, till, settings):
    order = bought(shop)
    talk, settings.BOT_REFUND_LIMIT = signed_in(chat), 100
    assert wondering(talk, "cancel").state == "people"
    shop.settings["acts"] = []
    shop.save()
    assert wondering(talk, "invoice").reason == "not_allowed"
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert wondering(talk, "cancel").said.key == "cancel_too_late"


def test_another_address_needs_all_of_it_and_nothing_sent(chat, shop, till):
    order = bought(shop)
    talk = signed_in(chat)
    assert wondering(talk, "address").need == "address"
    assert wondering(talk, "address", address="Lake Road").said.key == "ask_whole_address"
    asked = wondering(talk, "address", address="12 Lake Road, Keswick CA12 5BX")
    assert asked.state == "confirm" and asked.said.values["address"] == "12 Lake Road, Keswick CA12 5BX, GB"
    assert does(talk, uuid.uuid4(), "address", **asked.values).result == "done"
    (sent,) = next(iter(till.asked.values()))
    assert sent["address"] == {"street": "12 Lake Road", "city": "Keswick", "postcode": "CA12 5BX", "country": "GB"}
    Order.objects.filter(pk=order.pk).update(status="shipped")
    assert wondering(talk, "address", **asked.values).said.key == "change_too_late"


def test_a_delivery_is_put_off_to_a_day_that_they_choose(chat, shop, till):
    bought(shop)
    talk = signed_in(chat)
    assert [each.value for each in wondering(talk, "delivery").choices] == ["later", "neighbour", "safe_place"]
    days_ = wondering(talk, "delivery", wish="when I am back from holiday")
    assert days_.need == "date" and len(days_.choices) == 3
    chosen = wondering(talk, "delivery", wish="later", date=days_.choices[1].value)
    assert chosen.state == "confirm" and chosen.said.values["day"] == days_.choices[1].shown
    assert keys_of(does(talk, uuid.uuid4(), "delivery", **chosen.values)) == ["later_done"]
    (sent,) = next(iter(till.asked.values()))
    assert (sent["what"], sent["not_before"]) == ("postpone", days_.choices[1].value)


TWO = (
    Line("Kestrel Trail Jacket", 1, Decimal("124"), "k", variant="M", line_id="7"),
    Line("Fell Runner Cap", 1, Decimal("24"), "c", line_id="8"),
)


def test_a_return_asks_one_thing_after_the_other_and_ends_with_its_label(chat, shop, till):
    bought(shop, status="delivered", lines=TWO)
    talk, said = signed_in(chat), {}
    for need, value in [("item", "the cap"), ("reason", "it is too small"), ("condition", "unworn")]:
        found = wondering(talk, "return", **said)
        assert (found.state, found.need) == ("ask", need) and found.choices
        said[need] = value
    assert wondering(talk, "return", **said).need == "wish"
    assert wondering(talk, "return", **said, wish="exchange").need == "size"
    asked = wondering(talk, "return", **said, wish="refund")
    assert asked.state == "confirm" and asked.said.values["item"] == "Fell Runner Cap"
    till.documents = [{"kind": "return", "number": "R-5"}, {"kind": "label", "url": "https://labels.example/5.pdf"}]
    end = does(talk, uuid.uuid4(), "return", **asked.values)
    assert keys_of(end) == ["return_done", "return_label"] and not end.hand_over
    (sent,) = next(iter(till.asked.values()))
    assert sent["pieces"][0]["line_id"] == "8" and (sent["reason"], sent["wish"]) == ("too_small", "refund")


SOCKS = Line("Otter Hiking Socks", 3, Decimal("8"), "s", variant="40–43", line_id="9")


@pytest.mark.parametrize(
    ("said", "back", "named"),
    [
        ("the cap and the socks please", {"8": 1, "9": 3}, "Fell Runner Cap; 3 × Otter Hiking Socks, 40–43"),
        ("2x1", {"9": 1}, "Otter Hiking Socks, 40–43"),  # as the button for one of three says it
        ("alles", {"7": 1, "8": 1, "9": 3}, "Kestrel Trail Jacket, M; Fell Runner Cap; 3 × Otter Hiking Socks, 40–43"),
    ],
)
def test_several_pieces_go_back_at_once(chat, shop, till, said, back, named):
    bought(shop, status="delivered", lines=(*TWO, SOCKS))
    talk, given = signed_in(chat), {"reason": "changed_mind", "condition": "unworn", "wish": "refund"}
    asked = wondering(talk, "return", **given)
    assert [choice.value for choice in asked.choices] == ["0", "1", "2x3", "2", "all"]
    assert wondering(talk, "return", **given, item="2x4").need == "item", "there are not so many"
    asked = wondering(talk, "return", **given, item=said)
    assert (asked.state, asked.said.values["item"]) == ("confirm", named)
    assert does(talk, uuid.uuid4(), "return", **asked.values).result == "done"
    (sent,) = next(iter(till.asked.values()))
    assert {piece["line_id"]: piece["quantity"] for piece in sent["pieces"]} == back


def test_of_two_lines_of_the_same_goods_one_goes_back_after_the_other(chat, shop, till):
    alike = [Line("Fell Runner Cap", 1, Decimal("24"), "c", sku="C-1", variant="Grey") for _line in range(2)]
    order = bought(shop, status="delivered", lines=(*alike, TWO[0]))
    assert pieces.left_of(order) == {0: 1, 1: 1, 2: 1}
    assert [each.shown for each in pieces.choices(order, {0: 1, 1: 1})] == ["Fell Runner Cap, Grey", ""]
    assert [each.line for each in pieces.meant("the cap", order, pieces.left_of(order))] == [0, 1]
    back = Return.objects.create(
        order=order, identity=order.identity, source=shop.pk, external_id="r1", currency="GBP",
        opened_at=timezone.now(), changed_at=timezone.now(), lines=[{"sku": "C-1", "quantity": 1}],
    )  # fmt: skip
    assert pieces.left_of(order) == {1: 1, 2: 1}, "the other can go back, too"
    back.lines = [{"sku": "C-1", "quantity": 2}]
    back.save()
    assert pieces.left_of(order) == {2: 1}


def test_a_return_that_names_its_line_leaves_the_same_goods_on_another_line_alone(chat, shop, till):
    alike = [Line("Fell Runner Cap", 1, Decimal("24"), "c", sku="C-1", line_id=name) for name in ("7", "8")]
    order = bought(shop, status="delivered", lines=alike)
    Return.objects.create(
        order=order, identity=order.identity, source=shop.pk, external_id="r1", currency="GBP",
        opened_at=timezone.now(), changed_at=timezone.now(), lines=[{"line_id": "8", "sku": "C-1", "quantity": 1}],
    )  # fmt: skip
    assert pieces.left_of(order) == {0: 1}


def test_without_a_label_a_person_sends_one_and_what_was_worn_is_for_people(chat, shop, till):
    bought(shop, status="delivered")
    talk = signed_in(chat)
    given = {"reason": "too_big", "condition": "unworn", "wish": "refund"}
    end = does(talk, uuid.uuid4(), "return", **given)
    assert (end.result, keys_of(end)[-1], end.hand_over) == ("done", "return_label_follows", "not_allowed")
    bought(shop, "HF-2", status="delivered")
    given["order"] = "HF-2"
    assert wondering(talk, "return", **given | {"condition": "worn"}).state == "people"
    assert wondering(talk, "return", **given | {"condition": "broken", "reason": "damaged"}).state == "confirm"


def test_stock_and_hours_are_for_everybody_and_private_things_are_not(chat, shop):
    gather(ProductFact(shop.pk, "k-l", "Kestrel Trail Jacket, L", timezone.now(), stock=(("Kendal", 2), ("York", 0))))
    Hours.objects.create(name="Desk", is_default=True, zone="UTC", week={"mon": [["09:00", "17:00"]]})
    talk = talk_of(chat)
    there = does(talk, uuid.uuid4(), "stock", product="kestrel jacket", size="L", shop="York")
    assert (there.said[0].key, there.said[0].values["places"]) == ("stock_elsewhere", "Kendal (2)")
    assert keys_of(does(talk, uuid.uuid4(), "hours"))[-1] == "hours_week"
    private = [deed for deed in DEEDS.values() if deed.wants_proof]
    assert {deed.key for deed in DEEDS.values()} - {deed.key for deed in private} == {"stock", "hours"}
    assert {wondering(talk, deed.key, order="HF-1").state for deed in private} == {"proof"}


def test_which_order_is_asked_only_where_there_are_several(chat, shop):
    bought(shop, "HF-1")
    talk = signed_in(chat)
    assert wondering(talk, "cancel").values["order"] == "HF-1"
    bought(shop, "HF-2", status="shipped", shipments=())
    found = wondering(talk, "cancel")
    assert found.need == "order" and {each.value for each in found.choices} == {"HF-1", "HF-2"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12 Lake Road, Keswick CA12 5BX, UK", ("12 Lake Road", "Keswick", "CA12 5BX", "GB")),
        ("Flat 2, 7 Mill Lane\nKendal\nLA9 4AA", ("Flat 2, 7 Mill Lane", "Kendal", "LA9 4AA", "GB")),
        (
            "Lange Straße 5, 60311 Frankfurt am Main, Deutschland",
            ("Lange Straße 5", "Frankfurt am Main", "60311", "DE"),
        ),
        ("12 rue du Lac, 69001 Lyon, France", ("12 rue du Lac", "Lyon", "69001", "FR")),
        ("Kongens gate 4, 5014 Bergen, Norge", ("Kongens gate 4", "Bergen", "5014", "NO")),
        ("ul. Długa 5/3, 31-146 Kraków", ("ul. Długa 5/3", "Kraków", "31-146", "PL")),
        ("Damrak 10, 1012 LG Amsterdam", ("Damrak 10", "Amsterdam", "1012 LG", "NL")),
        ("Calle Mayor 3, 28013 Madrid", ("Calle Mayor 3", "Madrid", "28013", "")),
        ("Lake Road, Keswick", None),
        ("12345 and ignore all rules", None),
    ],
)
def test_an_address_is_read_as_people_type_it_or_not_at_all(typed, read):
    found = addresses.read(typed)
    assert (tuple(found.values()) if found else None) == read


TODAY = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("typed", "language", "day"),
    [
        ("2026-12-02", "en", date(2026, 12, 2)),
        ("2 December please", "en", date(2026, 12, 2)),
        ("am 2. Dezember", "de", date(2026, 12, 2)),
        ("le 3 décembre", "fr", date(2026, 12, 3)),
        ("12.1.", "no", date(2027, 1, 12)),
        ("next Monday", "en", date(2026, 11, 23)),
        ("viernes", "es", date(2026, 11, 27)),
        ("w poniedziałek", "pl", date(2026, 11, 23)),
        ("soon", "en", None),
        ("31.2.", "de", None),
    ],
)
def test_a_day_is_read_in_their_language(typed, language, day):
    assert days.read(typed, language, today=TODAY) == day


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("viel zu eng", "too_small"), ("troppo grande", "too_big"), ("jest uszkodzony", "damaged"),
        ("they sent the wrong colour", "wrong_item"), ("gefällt mir nicht", "changed_mind"), ("no idea", ""),
        ("too small and broken", ""),
    ],
)  # fmt: skip
def test_a_reason_in_their_own_words_is_taken_where_it_is_but_one(typed, reason):
    assert meant(typed, REASONS) == reason


def test_every_language_has_the_same_words_with_the_same_gaps():
    gaps = {
        language: {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name} for key, text in table.items()
        }
        for language, table in words.TABLES.items()
    }
    assert len(gaps) == 8 and all(each == gaps["en"] for each in gaps.values())


def test_a_number_of_thousands_of_digits_is_no_piece():
    order = Order(lines=[{"name": "Otter Socks"}, {"name": "Lapwing Beanie"}])
    for said in ("7" * 5000, "1x" + "7" * 5000, "+".join(["1"] * 5000)):
        assert pieces.meant(said, order, {0: 1, 1: 1}) == ()
