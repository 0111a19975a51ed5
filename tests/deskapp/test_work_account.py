"""Signing in with the work account: a verified address finds its agent, and nothing else does."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin

from deskapp.accounts.adapters import WorkAccountAdapter
from deskapp.models import Role, User


def work_login(email, *, verified=True):
    account = SocialAccount(provider="work", uid=f"id-of-{email}")
    return SocialLogin(
        user=User(email=email), account=account, email_addresses=[EmailAddress(email=email, verified=verified)]
    )


def configured():
    app = {
        "provider_id": "work",
        "name": "Hollin ID",
        "client_id": "desk",
        "secret": "s",
        "settings": {"server_url": "https://id.example"},
    }
    return {"openid_connect": {"APPS": [app]}}


def knock(rf, login):
    request = rf.get("/")
    with context.request_context(request):
        WorkAccountAdapter().pre_social_login(request, login)
    return login


def test_a_verified_address_finds_its_agent(rf, ada, settings):
    settings.SOCIALACCOUNT_PROVIDERS = configured()
    login = knock(rf, work_login("Ada@desk.example"))
    assert login.is_existing and login.user == ada
    assert SocialAccount.objects.get().user == ada


@pytest.mark.parametrize("create", [True, False])
def test_an_unverified_address_finds_nobody(rf, ada, settings, create):
    settings.OIDC_CREATE = create
    with pytest.raises(ImmediateHttpResponse) as refused:
        knock(rf, work_login(ada.email, verified=False))
    assert refused.value.response.status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_was_deactivated_stays_out(rf, ada, settings):
    settings.OIDC_CREATE = True
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(ImmediateHttpResponse):
        knock(rf, work_login(ada.email))


def test_a_new_colleague_is_made_an_agent_only_where_that_is_wanted(rf, db, settings):
    settings.OIDC_CREATE = False
    with pytest.raises(ImmediateHttpResponse):
        knock(rf, work_login("new@desk.example"))
    settings.OIDC_CREATE = True
    login = knock(rf, work_login("new@desk.example"))
    assert not login.is_existing and WorkAccountAdapter().is_open_for_signup(rf.get("/"), login)
    someone = WorkAccountAdapter().populate_user(
        rf.get("/"), login, {"email": "new@desk.example", "name": "Noor Haddad"}
    )
    assert (someone.name, someone.role) == ("Noor Haddad", Role.AGENT)


def test_the_door_offers_it_when_it_is_configured(client, db, settings):
    assert "openid" not in client.get("/accounts/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = configured()
    assert "/accounts/oidc/work/login/" in client.get("/accounts/login/").content.decode()
