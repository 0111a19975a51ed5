"""/settings/branding/: colour, logo and words of a channel, in the widget and around its mails."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conversations.colours import contrast, on
from conversations.models import AuditEntry, Branding
from integrations.adapters.media.email import framing

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


@pytest.mark.parametrize(("colour", "ink", "ratio"), [
    ("#000000", "#ffffff", 21.0), ("#ffffff", "#14181a", 17.8), ("#767676", "#ffffff", 4.5),
    ("#ffdd00", "#14181a", 13.3),
])  # fmt: skip
def test_the_ink_that_is_read_better(colour, ink, ratio):
    assert on(colour) == ink and contrast(ink, colour) == pytest.approx(ratio, abs=0.15)


def test_the_widget_takes_colour_logo_name_and_greeting(as_root, client, shop):
    where = reverse("branding", args=[shop.channel.pk])
    data = {"colour": "#1F6F78", "title": "Hollin help", "greeting": "Good day"}
    as_root.post(where, {**data, "picture": SimpleUploadedFile("l.png", PNG, "image/png")})
    assert AuditEntry.objects.latest("pk").after["colour"] == "#1f6f78"
    module = client.get("/chat/chat-key/brand.js").content.decode()
    assert '"colour": "#1f6f78", "ink": "#ffffff"' in module and "/chat/chat-key/logo" in module
    picture = client.get("/chat/chat-key/logo")
    assert picture.content == PNG and picture["Content-Type"] == "image/png"
    answer = client.post(
        "/chat/chat-key/session", {}, content_type="application/json", HTTP_ORIGIN="https://shop.example"
    )
    assert (answer.json()["desk"]["name"], answer.json()["desk"]["greeting"]) == ("Hollin help", "Good day")
    as_root.post(where, {**data, "drop_logo": "on"})
    assert client.get("/chat/chat-key/logo").status_code == 404


def test_without_branding_the_widget_is_as_it_was(client, shop):
    assert client.get("/chat/chat-key/brand.js").content == b"export default {};"
    assert client.get("/chat/another/brand.js").status_code == 404


@pytest.mark.parametrize(("given", "said"), [
    ({"colour": "red"}, b"written as #1f6f78"),
    ({"picture": SimpleUploadedFile("l.svg", b"<svg onload=alert(1)>", "image/png")}, b"It is no PNG"),
    ({"picture": SimpleUploadedFile("l.png", PNG + bytes(100_000), "image/png")}, b"larger than 100 kB"),
])  # fmt: skip
def test_what_cannot_be_is_refused(as_root, mail, given, said):
    answer = as_root.post(reverse("branding", args=[mail.pk]), given)
    assert answer.status_code == 422 and said in answer.content and not Branding.objects.exists()


def test_the_preview_says_whether_it_can_be_seen_and_stores_nothing(as_root, shop):
    where = reverse("branding_preview", args=[shop.channel.pk])
    page = as_root.post(where, {"colour": "#ffee88", "title": "Help <b>"}).content.decode()
    assert "hard to see" in page and "Words on it are dark" in page and "Help &lt;b&gt;" in page
    assert "seen well" in as_root.post(where, {"colour": "#123456"}).content.decode()
    assert not Branding.objects.exists()


def test_the_preview_shows_a_logo_that_is_not_saved_yet_and_says_why_one_cannot_be(as_root, shop):
    where = reverse("branding_preview", args=[shop.channel.pk])
    page = as_root.post(where, {"colour": "red", "picture": SimpleUploadedFile("l.png", PNG)}).content.decode()
    assert "data:image/png;base64," in page and "written as #1f6f78" in page
    assert b"It is no PNG" in as_root.post(where, {"picture": SimpleUploadedFile("l.svg", b"<svg>")}).content
    assert not Branding.objects.exists()
    Branding.objects.create(channel=shop.channel, logo=PNG, logo_type="image/png")
    assert b"data:image/png" in as_root.post(where, {}).content
    assert b"data:image/png" not in as_root.post(where, {"drop_logo": "on"}).content


def test_mails_carry_the_frame_and_nothing_of_it_is_markup(mail):
    frame = Branding.objects.create(
        channel=mail, colour="#1f6f78", mail_header="Hollin <script>", mail_footer="Mill Lane\n4", logo=PNG,
        logo_type="image/png",
    )  # fmt: skip
    assert framing.frame_of(mail) == frame
    above, below = framing.above(frame), framing.below(frame)
    assert "cid:logo.brand" in above and "&lt;script&gt;" in above and "#1f6f78" in above
    assert "Mill Lane<br>4" in below
    [picture] = framing.logo(frame)
    assert (picture.content, picture.content_id, picture.content_type) == (PNG, "logo.brand", "image/png")
