"""`manage.py check --deploy` refuses a desk that cannot work; each refusal is one sentence that says what to do."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from deskapp.environment import text

NEEDED = {
    "SECRET_KEY": "it signs the sessions, so make a long random one and keep it",
    "ENCRYPTION_KEYS": "they seal the connectors' passwords, so make a long random one and keep it",
    "DATABASE_URL": "as in postgres://desk:password@host/desk",
    "REDIS_URL": "as in redis://host:6379/0",
    "SITE_URL": "the address that agents open, as in https://desk.example",
    "ALLOWED_HOSTS": "the names the desk answers to, as in desk.example",
}


@register(Tags.security, deploy=True)
def environment(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    found: list[CheckMessage] = [
        Error(f"{name} is not set: {why}.", id=f"desk.E00{number}")
        for number, (name, why) in enumerate(NEEDED.items(), start=1)
        if not text(name)
    ]
    return [*found, *_senseless()]


def _senseless() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    site = urlsplit(settings.SITE_URL)
    if text("SITE_URL") and site.scheme != "https":
        found.append(Error("SITE_URL is not https: passwords would cross the network in the clear.", id="desk.E010"))
    if text("ALLOWED_HOSTS") and not _is_allowed(site.hostname or ""):
        words = f"ALLOWED_HOSTS does not have {site.hostname}, the host of SITE_URL: nobody could open the desk."
        found.append(Error(words, id="desk.E011"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS is *: name the hosts, or links in mails can be forged.", id="desk.E012"))
    if settings.DEMO:
        words = "THROUGHLINE_DEMO is on: everybody knows the demo's passwords, so unset it."
        found.append(Error(words, id="desk.E013"))
    if any(len(key) < 32 for key in settings.ENCRYPTION_KEYS):
        found.append(Error("ENCRYPTION_KEYS has a key shorter than 32 letters: make a longer one.", id="desk.E014"))
    if settings.VAPID_PRIVATE_KEY and not _is_vapid(settings.VAPID_PRIVATE_KEY):
        words = "VAPID_PRIVATE_KEY is no private key of the curve P-256 (see README): phones stay silent."
        found.append(Error(words, id="desk.E017"))
    found.extend(_work_account())
    return found


def _is_vapid(key: str) -> bool:
    from py_vapid import Vapid, VapidException

    try:
        Vapid.from_string(key).public_key  # noqa: B018  reading it tries the key
    except (VapidException, ValueError, TypeError):
        return False
    return True


def _is_allowed(host: str) -> bool:
    return any(
        allowed in ("*", host) or (allowed.startswith(".") and f".{host}".endswith(allowed))
        for allowed in settings.ALLOWED_HOSTS
    )


def _work_account() -> list[CheckMessage]:
    given = [name for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if text(name)]
    if given and len(given) < 3:
        missing = {"OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"} - set(given)
        words = f"{' and '.join(sorted(missing))} missing: signing in by work account needs all three OIDC variables."
        return [Error(words, id="desk.E015")]
    if text("OIDC_ISSUER") and not text("OIDC_ISSUER").startswith("https://"):
        return [Warning("OIDC_ISSUER is not https: whoever sits between could sign in as anybody.", id="desk.W016")]
    return []
