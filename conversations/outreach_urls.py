"""The address by which customers say that they want no more of what rules write."""

from django.urls import path

from conversations.views import outreach

urlpatterns = [path("o/<str:token>/stop/", outreach.outreach_stop, name="outreach_stop")]
