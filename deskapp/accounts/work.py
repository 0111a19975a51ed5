"""The way to the work account's provider, and a page where the provider is not there."""

from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from requests import RequestException

from deskapp.accounts import errors


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except (RequestException, KeyError, ValueError):  # gone, or no OpenID provider at all
        return errors.page(
            503,
            title=_("Your work account does not answer"),
            words=_("Try again in a few minutes, or sign in with your password."),
        )
    return answer
