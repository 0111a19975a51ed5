"""Addresses of the tracking API, as the public client libraries know them: with a slash at the end or without."""

from django.urls import path

from integrations.adapters.trackers.door import track

urlpatterns = [
    path("<slug:kind>", track, name="track"),
    path("<slug:kind>/", track),
]
