"""Addresses of the widget's door."""

from django.urls import path

from integrations.adapters.media.chat import views

urlpatterns = [
    path("widget/throughline.js", views.script, name="widget"),
    path("widget/strings/<slug:language>.js", views.strings, name="widget_strings"),
    path("chat/<str:key>/brand.js", views.brand, name="chat_brand"),
    path("chat/<str:key>/logo", views.logo, name="chat_logo"),
    path("chat/<str:key>/session", views.session, name="chat_session"),
    path("chat/<str:key>/messages", views.messages, name="chat_messages"),
    path("chat/<str:key>/files", views.files, name="chat_files"),
    path("chat/<str:key>/files/<str:signed>", views.file, name="chat_file"),
]
