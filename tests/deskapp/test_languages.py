"""The catalogues are whole, and an agent who chooses a language reads the desk in it."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from conversations.inbound.receive import receive
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email.letter import address
from integrations.adapters.media.email.smtp import cannot_connect
from tests.conftest import from_ann

CATALOGUES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))
PLACES = re.compile(r"%\(\w+\)\d*[sd]|%[sd]|\{\w*\}|</?\w+[^>]*>")


def entries(path):
    """Of a .po file: for each entry its lines of text by keyword, and its flags."""
    found, entry, key = [], {"flags": ""}, ""
    for line in [*path.read_text().splitlines(), ""]:
        if word := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
            key = word[1]
            entry[key] = ast.literal_eval(word[2])
        elif line.startswith('"'):
            entry[key] += ast.literal_eval(line)
        elif line.startswith("#,"):
            entry["flags"] += line
        elif not line and "msgid" in entry:
            found.append(entry)
            entry = {"flags": ""}
    return found


def form_of(path):
    """Of a .po file: which of its plural forms a number takes."""
    return gettext.c2py(re.search(r"plural=(.*);", entries(path)[0]["msgstr"])[1])


def pairs(entry, form):
    """The forms of the original beside those of the translation; only the form of 1 is that of the singular."""
    if "msgid_plural" not in entry:
        return [(entry["msgid"], entry["msgstr"])]
    forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr[")]
    assert len(forms) == len({form(number) for number in range(200)}), entry["msgid"]
    return [(entry["msgid" if number == form(1) else "msgid_plural"], said) for number, said in enumerate(forms)]


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request):
    return request.param


def test_every_language_an_agent_may_choose_has_its_catalogue():
    offered = {code for code, _name in settings.LANGUAGES} - {"en"}
    assert {path.parts[-3] for path in CATALOGUES} == offered


def test_every_catalogue_translates_the_same_sentences():
    said = [{(entry.get("msgctxt"), entry["msgid"]) for entry in entries(path)} for path in CATALOGUES]
    assert all(sentences == said[0] for sentences in said)


def test_catalogue_has_no_gap_and_nothing_fuzzy(catalogue):
    form = form_of(catalogue)
    for entry in entries(catalogue):
        assert "fuzzy" not in entry["flags"], entry["msgid"]
        assert all(translated for _, translated in pairs(entry, form)), entry["msgid"]


def test_what_is_filled_in_is_the_same_in_the_translation(catalogue):
    form = form_of(catalogue)
    for entry in entries(catalogue)[1:]:
        for original, translated in pairs(entry, form):
            assert sorted(PLACES.findall(original)) == sorted(PLACES.findall(translated)), original
            assert original.endswith("\n") == translated.endswith("\n"), original


def test_compiled_catalogue_is_that_of_the_source(catalogue):
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    form = form_of(catalogue)
    expected = {}
    for entry in entries(catalogue):
        context = entry["msgctxt"] + "\x04" if "msgctxt" in entry else ""
        if "msgid_plural" in entry:
            for number, (_, translated) in enumerate(pairs(entry, form)):
                expected[context + entry["msgid"], number] = translated
        else:
            expected[context + entry["msgid"]] = entry["msgstr"]
    assert compiled == expected, "run manage.py compilemessages"


@pytest.mark.django_db
def test_agent_who_chooses_german_reads_german(client, ada, mail):
    message = receive(from_ann(mail, "Where is my order?", subject="An order"))
    client.force_login(ada)
    assert "Inbox" in client.get("/inbox/mine/").content.decode()
    chosen = {"name": ada.name, "locale": "de", "timezone": "Europe/Berlin", "theme": "auto", "single_keys": "on"}
    assert client.post("/me/", chosen).status_code == 302
    said = client.get("/me/").content.decode()
    assert "Ihre Einstellungen" in said
    assert "Gespeichert." in said
    page = client.get(f"/conversations/{message.conversation_id}/")
    assert page["Content-Language"] == "de"
    words = page.content.decode()
    assert '<html lang="de"' in words
    for german in ("Posteingang", "Nicht zugewiesen", "Zurückstellen", "Private Notiz", "Textbaustein", "Senden"):
        assert german in words
    for english in (">Inbox<", ">Snooze<", ">Send<", ">Unassigned<", "Private note"):
        assert english not in words


@pytest.mark.django_db
def test_agent_who_chooses_arabic_reads_arabic_from_the_right(client, ada):
    client.force_login(ada)
    chosen = {"name": ada.name, "locale": "ar", "timezone": "Europe/Berlin", "theme": "auto", "single_keys": "on"}
    assert client.post("/me/", chosen).status_code == 302
    page = client.get("/inbox/mine/")
    assert page["Content-Language"] == "ar"
    words = page.content.decode()
    assert '<html lang="ar" dir="rtl"' in words
    assert "صندوق الوارد" in words
    assert ">Inbox<" not in words


def test_arabic_counts_in_six_forms():
    with translation.override("ar"):
        said = [translation.ngettext("%(n)d message", "%(n)d messages", n) % {"n": n} for n in (2, 3, 11, 100)]
    assert said == ["2 رسالتان", "3 رسائل", "11 رسالة", "100 رسالة"]


@pytest.mark.django_db
def test_door_speaks_the_language_of_the_browser(client):
    said = client.get("/accounts/login/", headers={"accept-language": "de-AT,de;q=0.9"}).content.decode()
    assert "Passwort vergessen?" in said
    assert "Forgot the password?" not in said


@pytest.mark.django_db
def test_quoted_history_speaks_the_customers_language_and_errors_the_desks(mail, ada):
    with translation.override("de"):
        assert "Prüfen Sie den Port" in cannot_connect(ConnectionRefusedError(), "mail.shop.example", 993)
        with translation.override("en"), pytest.raises(AdapterError) as refused:
            address("no address at all")
        assert str(refused.value) == "„no address at all“ ist keine E-Mail-Adresse."
