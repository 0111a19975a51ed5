"""Every address of the desk: the apps' own, and accounts."""

from django.conf import settings
from django.urls import include, path

from deskapp import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("accounts/", include("allauth.urls")),
    path("", include("deskapp.accounts.urls")),
    path("", include("integrations.urls")),
    path("", include("conversations.urls")),
]
if settings.DEMO or settings.TESTING:
    urlpatterns.append(path("demo-shop/", include("integrations.simulators.demo_shop.urls")))
