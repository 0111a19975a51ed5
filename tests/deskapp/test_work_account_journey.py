"""The whole way through an identity provider: who is known comes in, everybody else stays outside."""

from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount

from deskapp.models import User
from tests.deskapp.identity_provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    with Provider() as provider:
        app = {"provider_id": "work", "name": "Hollin ID", "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": provider.issuer}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield provider


def knock(client, provider, person):
    """From the door to the provider and back, as a browser goes. Gives the desk's last answer."""
    provider.person = person
    away = client.get("/accounts/oidc/work/login/")
    assert away.status_code == 302
    assert away["Location"].startswith(f"{provider.issuer}/authorize?")
    back = urlsplit(httpx.get(away["Location"]).headers["Location"])
    assert back.path == "/accounts/oidc/work/login/callback/"
    return client.get(f"{back.path}?{back.query}")


def is_signed_in(client):
    return "_auth_user_id" in client.session


def person(email, *, verified=True, sub="person-1"):
    return {"sub": sub, "email": email, "email_verified": verified, "name": "Ada Okafor"}


def test_member_comes_in_and_is_known_again_by_the_account_and_not_by_the_address(client, provider, ada):
    answer = knock(client, provider, person(ada.email))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert {"/.well-known/openid-configuration", "/authorize", "/token", "/userinfo"} <= set(provider.called)
    client.logout()
    knock(client, provider, person("ada.married@desk.example"))
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert SocialAccount.objects.get().uid == "person-1"


@pytest.mark.parametrize(
    ("email", "verified"), [("stranger@elsewhere.example", True), ("ada@desk.example", False), ("", True)]
)
def test_stranger_and_unverified_address_stay_outside(client, provider, ada, email, verified):
    answer = knock(client, provider, person(email, verified=verified))
    assert answer.status_code == 403
    assert "No account for you here yet" in answer.content.decode()
    assert not is_signed_in(client)
    assert list(User.objects.all()) == [ada]


def test_who_was_deactivated_after_the_first_time_stays_outside(client, provider, ada):
    knock(client, provider, person(ada.email))
    client.logout()
    User.objects.update(is_active=False)
    knock(client, provider, person(ada.email))
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "says",
    [
        {"aud": "another-client"},
        {"iss": "https://another-provider.example"},
        {"exp": 1_000_000},
    ],
)
def test_token_that_is_not_for_us_lets_nobody_in(client, provider, ada, says):
    provider.says = says
    answer = knock(client, provider, person(ada.email))
    assert answer.status_code == 401
    assert "did not let you in" in answer.content.decode()
    assert not is_signed_in(client)


def test_answer_to_a_question_that_this_browser_did_not_ask_lets_nobody_in(client, provider, ada):
    provider.person = person(ada.email)
    away = client.get("/accounts/oidc/work/login/")
    back = urlsplit(httpx.get(away["Location"]).headers["Location"])
    victim = type(client)()
    victim.get("/accounts/login/")
    answer = victim.get(f"{back.path}?{back.query}")
    assert answer.status_code == 401
    assert not is_signed_in(victim)


def test_code_is_good_once(client, provider, ada):
    provider.person = person(ada.email)
    away = client.get("/accounts/oidc/work/login/")
    back = urlsplit(httpx.get(away["Location"]).headers["Location"])
    client.get(f"{back.path}?{back.query}")
    assert is_signed_in(client)
    client.logout()
    client.get(f"{back.path}?{back.query}")
    assert not is_signed_in(client)


def test_provider_that_is_gone_is_a_page_and_no_crash(client, provider, ada):
    provider.shutdown()
    provider.server_close()
    answer = client.get("/accounts/oidc/work/login/")
    assert answer.status_code == 503
    assert "Your work account does not answer" in answer.content.decode()
