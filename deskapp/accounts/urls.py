"""Addresses of an agent's own settings, the admin's, and the installable page."""

from django.urls import path
from django.views.generic import RedirectView

from deskapp.accounts import audit_log, branding, hours, installable, me, people, privacy, roles, skills, tags

urlpatterns = [
    path("me/", me.me, name="me"),
    path("me/push/", me.push, name="push"),
    path("me/sessions/<int:pk>/", me.end_session, name="end_session"),
    path("settings/", roles.first_page, name="settings"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/roles/new/", roles.role, name="new_role"),
    path("settings/roles/<int:pk>/", roles.role, name="role"),
    path("settings/agents/", people.agents, name="agents"),
    path("settings/agents/invitation/", people.invitation, name="invitation"),
    path("settings/agents/<int:pk>/", people.agent, name="agent"),
    path("settings/agents/<int:pk>/activity/", people.activity, name="agent_activity"),
    path("settings/agents/<int:pk>/invitation/", people.invite_again, name="invite_again"),
    path("settings/teams/", people.teams, name="teams"),
    path("settings/teams/new/", people.team, name="new_team"),
    path("settings/teams/<int:pk>/", people.team, name="team"),
    path("settings/channels/", RedirectView.as_view(pattern_name="connectors")),
    path("settings/shops/", RedirectView.as_view(pattern_name="connectors")),
    path("settings/privacy/", privacy.privacy, name="privacy"),
    path("settings/hours/", hours.hours_list, name="hours_list"),
    path("settings/hours/new/", hours.hours, name="new_hours"),
    path("settings/hours/preview/", hours.hours_preview, name="hours_preview"),
    path("settings/hours/<int:pk>/", hours.hours, name="hours"),
    path("settings/hours/<int:pk>/closures/", hours.closures, name="closures"),
    path("settings/hours/<int:pk>/closures/<int:closure_pk>/", hours.closure, name="closure"),
    path("settings/skills/", skills.skills, name="skills"),
    path("settings/skills/<int:pk>/", skills.skill, name="skill"),
    path("settings/tags/", tags.tag_list, name="tag_list"),
    path("settings/tags/<int:pk>/", tags.tag, name="tag"),
    path("settings/tags/<int:pk>/merge/", tags.tag_merge, name="tag_merge"),
    path("settings/branding/", branding.branding_list, name="branding_list"),
    path("settings/branding/<int:pk>/", branding.branding, name="branding"),
    path("settings/branding/<int:pk>/preview/", branding.branding_preview, name="branding_preview"),
    path("settings/audit/", audit_log.audit_log, name="audit_log"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("sw.js", installable.service_worker, name="service_worker"),
]
