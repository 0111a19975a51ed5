"""Addresses of the bots and of the articles that they answer out of."""

from django.urls import path

from deskapp.bots import articles, bots, mistakes, trying

urlpatterns = [
    path("settings/bots/", bots.bot_list, name="bots"),
    path("settings/bots/new/", bots.bot, name="new_bot"),
    path("settings/bots/mistakes/", mistakes.mistake_list, name="bot_mistakes"),
    path("settings/bots/mistakes/<int:pk>/", mistakes.correction, name="bot_correction"),
    path("messages/<int:pk>/mistake/", mistakes.mistake, name="bot_mistake"),
    path("settings/bots/<int:pk>/", bots.bot, name="bot"),
    path("settings/bots/<int:pk>/try/", trying.try_bot, name="try_bot"),
    path("settings/articles/", articles.article_list, name="articles"),
    path("settings/articles/preview/", articles.preview, name="article_preview"),
    path("settings/articles/<int:pk>/", articles.article, name="article"),
    path("settings/articles/<int:pk>/texts/new/", articles.new_text, name="new_article_text"),
    path("settings/articles/<int:pk>/texts/<int:text_pk>/", articles.text, name="article_text"),
]
