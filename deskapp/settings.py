"""Every setting of the desk, read from the environment; README lists them."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from deskapp import embedded
from deskapp.environment import address, flag, kept_secret, number, one_of, text, words, zone
from deskapp.operations import logs
from deskapp.preparing import PreparingCursor

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.data_dir()
TESTING = embedded.testing()
DEMO = flag("THROUGHLINE_DEMO")
DEBUG = flag("DEBUG")

LOCAL = DEMO or TESTING or DEBUG or not text("SECRET_KEY")  # a desk on one's own machine
SECRET_KEY = text("SECRET_KEY") or kept_secret(DATA_DIR, "django")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver")
SITE_URL = (address("SITE_URL", "http", "https") or "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", SITE_URL)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "channels",
    "csp",
    "django_htmx",
    "anymail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "deskapp",
    "customers",
    "conversations",
    "integrations",
]

MIDDLEWARE = [
    "deskapp.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "deskapp.middleware.AgentMiddleware",
]

ROOT_URLCONF = "deskapp.urls"
ASGI_APPLICATION = "deskapp.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL names no database; it ends in /name.")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}  # as libpq has it, for a socket's path
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": query.get("port") or str(parts.port or ""),
    }


_database_url = address("DATABASE_URL", "postgres", "postgresql")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **(_database(_database_url) if _database_url else embedded.database_settings()),
        # A thread hop per view costs a new connection each time, so they come from a pool.
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": number("DATABASE_POOL", 10, at_least=1), "timeout": 20},
            "cursor_factory": PreparingCursor,
        },
        # A PostgreSQL that was restarted leaves dead connections in the pool: each is tried before it is handed out.
        "CONN_HEALTH_CHECKS": True,
    }
}

DATABASE_PREPARES = flag("DATABASE_PREPARES", default=True)
WEB_PROCESSES = number("WEB_PROCESSES", 2, at_least=1)
REDIS_URL = address("REDIS_URL", "redis", "rediss", "unix") or embedded.redis_url()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
# Desks on one Redis, and the tests' workers, are kept apart by it.
REDIS_PREFIX = f"{DATABASES['default']['NAME']}{text('PYTEST_XDIST_WORKER')}"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX},
    }
}

# Celery: late acks and idempotent tasks, so that a killed worker loses nothing.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Nobody waits for a broker that is gone: what could not be queued is left to the sweeps (integrations.tasks).
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | list[int]] = {
    "visibility_timeout": 600,
    "max_retries": 0,
    "interval_start": 0,
    "priority_steps": [0],  # one list for each queue, where there would be four
}
CELERY_TASK_DEFAULT_QUEUE = "celery"
# A worker takes from each of its queues in turn: whose channel has much to do stands in its own lane.
LANES = 8
QUEUES = ["inbound", "outbound", "routing", "bots", "reports", "celery"]
QUEUES += [f"{way}.{lane}" for way in ("inbound", "outbound") for lane in range(LANES)]
CELERY_TASK_ROUTES = {
    "integrations.inbound.*": {"queue": "inbound"},
    "integrations.outbound.*": {"queue": "outbound"},
    "conversations.bot_*": {"queue": "bots"},
    "conversations.reports.*": {"queue": "reports"},
    "conversations.*": {"queue": "routing"},
}
CELERY_TASK_ALWAYS_EAGER = False

AUTH_USER_MODEL = "deskapp.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "deskapp.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin's invitation reaches the address, or nobody can set a password
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Throughline"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL  # http://localhost has no certificate
USERSESSIONS_ADAPTER = "deskapp.accounts.adapters.SessionsAdapter"
SOCIALACCOUNT_ADAPTER = "deskapp.accounts.adapters.WorkAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that ends at another host is what form-action forbids
OIDC_NAME = text("OIDC_NAME", "your work account")
OIDC_CREATE = flag("OIDC_CREATE")
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if text("OIDC_CLIENT_ID"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "work",
            "name": OIDC_NAME,
            "client_id": text("OIDC_CLIENT_ID"),
            "secret": text("OIDC_CLIENT_SECRET"),
            "settings": {"server_url": address("OIDC_ISSUER", "http", "https")},
        }
    ]

# The desk's own mail: invitations and passwords. Customers' mail goes by its connector.
_smtp = urlsplit(address("SMTP_URL", "smtp", "smtps", "smtp+tls"))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _smtp.hostname else 'console'}.EmailBackend"
if DEMO and not _smtp.hostname:
    EMAIL_BACKEND = "deskapp.demo.posting.MailboxBackend"
EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "localhost", _smtp.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _smtp.scheme == "smtps", _smtp.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = text("MAIL_FROM", "Throughline <desk@localhost>")

LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("ar", _("Arabic")),
]
LANGUAGE_CODE = one_of("LANGUAGE_CODE", "en", [code for code, _name in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "deskapp" / "locale"]
TIME_ZONE = zone("TIME_ZONE", "Europe/London")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(text("MEDIA_ROOT") or DATA_DIR / "files")
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024 * 1024  # a mail of 40 MB, as an ESP's webhook posts it: a third longer
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LARGEST_FILE = number("LARGEST_FILE_MB", 100, at_least=1) * 1024 * 1024  # that is fetched from a provider
CLAMD = address("CLAMD", "tcp", "unix")  # a virus scanner that looks through what customers send
CALL_RECORDS = words("CALL_RECORDS", "/var/log/asterisk")  # folders in which files of a phone system may be read

# The desk's own conversations.
ENCRYPTION_KEYS = words("ENCRYPTION_KEYS") or [kept_secret(DATA_DIR, "connector")]
REOPEN_WINDOW_DAYS = number("REOPEN_WINDOW_DAYS", 14)
CALLS_AT_ONCE = number("CALLS_AT_ONCE", 1, at_least=1)  # to one provider; fewer than the workers' processes
UNDO_SECONDS = number("UNDO_SECONDS", 8)
CHAT_TO_MAIL_SECONDS = number("CHAT_TO_MAIL_SECONDS", 120)
SUPERVISOR_REFUND_LIMIT = number("SUPERVISOR_REFUND_LIMIT", 500)  # in the order's currency; admins have none
BOT_REFUND_LIMIT = number("BOT_REFUND_LIMIT", 250)  # likewise; what a bot may give back by cancelling an order
RETURN_DAYS = number("RETURN_DAYS", 30)  # after it was delivered, within which a bot starts a return
CART_LEFT_MINUTES = number("CART_LEFT_MINUTES", 60, at_least=1)

# Nothing foreign runs: scripts and styles are our own files; only style attributes (a hue, a span) may be inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https:")
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", SITE_URL.startswith("https:"))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https:") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "deskapp.accounts.errors.csrf_failure"

DESK_NAME = text("DESK_NAME", "Hollin & Fell support desk" if DEMO else "Support desk")
METRICS_TOKEN = text("METRICS_TOKEN")  # without it /metrics answers to this machine only
VAPID_PRIVATE_KEY = text("VAPID_PRIVATE_KEY")  # for web push; without it one is made and kept in the data directory
LOGGING = logs.configure(local=LOCAL)
