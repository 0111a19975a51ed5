"""Every address of the desk: the apps' own, and accounts."""

from django.conf import settings
from django.urls import include, path

from deskapp import health
from deskapp.accounts import errors, work
from deskapp.operations import metrics

handler400 = "deskapp.accounts.errors.bad_request"
handler403 = "deskapp.accounts.errors.forbidden"
handler404 = "deskapp.accounts.errors.not_found"
handler500 = "deskapp.accounts.errors.failed"

# Accounts are made by an admin's invitation, and their addresses changed by one.
CLOSED = ["signup/", "email/", "confirm-email/", "3rdparty/", "3rdparty/signup/"]

urlpatterns = [
    *(path(f"accounts/{closed}", errors.closed) for closed in CLOSED),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("accounts/oidc/<str:provider_id>/login/", work.login),
    path("accounts/", include("allauth.urls")),
    path("", include("deskapp.accounts.urls")),
    path("", include("deskapp.automation.urls")),
    path("", include("deskapp.topics.urls")),
    path("", include("deskapp.surveys.urls")),
    path("", include("deskapp.outreach.urls")),
    path("", include("deskapp.bots.urls")),
    path("", include("integrations.urls")),
    path("", include("conversations.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns.append(path("demo-shop/", include("integrations.simulators.demo_shop.urls")))
