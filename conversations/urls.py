"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("conversations.reading_urls")),
    path("", include("conversations.writing_urls")),
    path("", include("conversations.customer_urls")),
    path("", include("conversations.commerce_urls")),
    path("", include("conversations.asking_urls")),
    path("", include("conversations.calling_urls")),
    path("", include("conversations.routing_urls")),
    path("", include("conversations.deadline_urls")),
    path("", include("conversations.board_urls")),
    path("", include("conversations.helping_urls")),
    path("", include("conversations.survey_urls")),
    path("", include("conversations.outreach_urls")),
]
