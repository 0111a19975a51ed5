"""Addresses of the topics and of what they are learnt from."""

from django.urls import path

from deskapp.topics import examples, learning, offers, topics

urlpatterns = [
    path("settings/topics/", topics.topic_list, name="topics"),
    path("settings/topics/guess/", learning.guess, name="guess_topic"),
    path("settings/topics/learning/", learning.learning, name="learn_topics"),
    path("settings/topics/mistaken/", learning.mistaken, name="mistaken_topics"),
    path("settings/topics/offers/", offers.offers, name="topic_offers"),
    path("settings/topics/<int:pk>/", topics.topic, name="topic_settings"),
    path("settings/topics/<int:pk>/examples/", examples.examples, name="topic_examples"),
    path("settings/topics/<int:pk>/examples/<int:example_pk>/", examples.example, name="topic_example"),
]
