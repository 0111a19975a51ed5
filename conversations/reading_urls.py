"""Addresses of the reading side: the lists, a conversation, a customer's HTML, the rail's switches."""

from django.urls import path

from conversations.views import inbox, mail, me, thread

urlpatterns = [
    path("", inbox.home, name="home"),
    path("inbox/<slug:view>/", inbox.inbox, name="inbox_view"),
    path("inbox/<slug:view>/filters/", inbox.filters, name="inbox_filters"),
    path("changed/", inbox.changed, name="changed_rows"),
    path("rail/", inbox.rail, name="rail"),
    path("conversations/<int:pk>/", thread.conversation, name="conversation"),
    path("conversations/<int:pk>/reading/", thread.reading, name="reading"),
    path("conversations/<int:pk>/row/", thread.row, name="row"),
    path("messages/<int:pk>/html/", mail.html, name="message_html"),
    path("pictures/<str:signed>/", mail.picture, name="inline_picture"),
    path("me/presence/", me.presence, name="presence"),
    path("me/theme/", me.theme, name="theme"),
]
