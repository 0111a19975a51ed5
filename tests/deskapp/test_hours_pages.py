"""/settings/hours/: a week is typed and explained, holidays are named, and the widget goes by what was chosen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.models import AuditEntry, Closure, Hours
from conversations.routing.hours import DAYS
from conversations.routing.whose_hours import hours_of
from deskapp.accounts.hours_forms import HoursForm, spans_in
from integrations.adapters.media.chat import presence

pytestmark = pytest.mark.django_db
OFFICE = {f"{day}-0-opens": "09:00" for day in DAYS[:5]} | {f"{day}-0-closes": "17:30" for day in DAYS[:5]}
LONDON = {"name": "London", "zone": "Europe/London", "country": "GB", "subdivision": "ENG", **OFFICE}


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


def test_a_week_with_a_break_is_kept_and_written_down(as_root):
    as_root.post(reverse("new_hours"), {**LONDON, "mon-1-opens": "18:00", "mon-1-closes": "00:00", "is_default": "on"})
    one = Hours.objects.get()
    assert one.week["mon"] == [["09:00", "17:30"], ["18:00", "24:00"]] and "sat" not in one.week
    assert (one.country, one.subdivision, one.is_default) == ("GB", "ENG", True)
    assert AuditEntry.objects.get().after["week"]["tue"] == [["09:00", "17:30"]]
    page = as_root.get(reverse("hours", args=[one.pk])).content.decode()
    assert 'name="mon-1-closes" value="00:00"' in page and "Christmas Day" in page


@pytest.mark.parametrize(("typed", "said"), [
    ([("09:00", "")], "not when you close"),
    ([("", "17:00")], "not when you open"),
    ([("17:00", "09:00")], "opens at"),
    ([("9", "17:00")], "written as 09:00"),
    ([("09:00", "13:00"), ("12:00", "17:00")], "overlap"),
    ([("09:00", "25:00")], "written as"),
])  # fmt: skip
def test_what_does_not_fit_is_said(typed, said):
    with pytest.raises(ValueError, match=said):
        spans_in(typed)


def test_what_is_typed_is_explained_before_it_is_saved(as_root):
    page = as_root.post(reverse("hours_preview"), LONDON).content.decode()
    assert "Boxing Day" in page and "Scotland" in page and not Hours.objects.exists()
    page = as_root.post(reverse("hours_preview"), {**LONDON, "mon-0-closes": "08:00"}).content.decode()
    assert "Monday: It closes at 08:00" in page
    page = as_root.post(reverse("hours_preview"), {**LONDON, "country": "DE"}).content.decode()
    assert "Bayern" in page and "State or region:" not in page  # the region of the country before is let go


def test_wrong_times_are_refused_and_kept_on_the_page(as_root):
    answer = as_root.post(reverse("new_hours"), {**LONDON, "fri-0-closes": "08:30"})
    assert answer.status_code == 422 and b'value="08:30"' in answer.content and not Hours.objects.exists()


def test_there_is_one_default(as_root):
    for name in ("One", "Other"):
        as_root.post(reverse("new_hours"), {**LONDON, "name": name, "is_default": "on"})
    assert Hours.objects.get(is_default=True).name == "Other"


def test_days_of_our_own(as_root):
    one = Hours.objects.create(name="Office")
    where = reverse("closures", args=[one.pk])
    as_root.post(where, {"day": "2030-06-03", "reason": "Stock-taking"})
    as_root.post(where, {"day": "2030-06-04", "opens": "10:00", "closes": "12:00"})
    assert [each.spans for each in one.closures.order_by("day")] == [[], [["10:00", "12:00"]]]
    assert as_root.post(where, {"day": "2030-06-03"}).status_code == 422
    as_root.delete(reverse("closure", args=[one.pk, one.closures.first().pk]))
    assert one.closures.count() == 1


def test_whose_hours_count(chat, returns):
    default, of_team, own = (Hours.objects.create(name=name, is_default=name == "a") for name in "abc")
    assert hours_of(chat) == default
    returns.hours = of_team
    returns.save()
    chat.refresh_from_db()
    assert hours_of(chat) == of_team
    chat.hours = own
    assert hours_of(chat) == own


def test_they_are_chosen_at_a_team(as_root, returns):
    one = Hours.objects.create(name="Office")
    as_root.post(reverse("team", args=[returns.pk]), {"name": "Returns", "hours": one.pk})
    returns.refresh_from_db()
    assert returns.hours == one and AuditEntry.objects.get().after["hours"] == "Office"


def test_the_widget_says_when_we_are_back(client, shop, ada):
    one = Hours.objects.create(name="Office", zone="UTC", week={day: [["00:00", "24:00"]] for day in DAYS})
    Closure.objects.create(hours=one, day=timezone.now().date())
    assert presence.answers_now(shop) and presence.back_at(shop) is None
    shop.channel.hours = one
    shop.channel.save()
    back = presence.back_at(shop)
    tomorrow = timezone.now().date() + timedelta(days=1)
    assert back == datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)
    answer = client.post(
        "/chat/chat-key/session", {}, content_type="application/json", HTTP_ORIGIN="https://shop.example"
    )
    assert answer.json()["desk"]["back"] == back.isoformat() and answer.json()["desk"]["here"] is False


def test_each_language_of_the_widget_says_it():
    from integrations.adapters.media.chat.bundle import LANGUAGES, words

    for language in LANGUAGES:
        said = words(language)
        assert "  back: " in said and "{day}" in said and "  backToday: " in said


def test_the_form_of_new_hours_is_valid_with_no_day_at_all():
    form = HoursForm({"name": "Always", "zone": "UTC"}, instance=Hours())
    assert form.is_valid() and form.save().week == {}
