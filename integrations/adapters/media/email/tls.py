"""Whom a mail connection trusts: the authorities the system knows, and those named for the connector."""

import ssl

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.models import Connector

# https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_EXPIRED, _EARLY = {10}, {9}
_OTHER_NAME = {62, 64}
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21, 27}


def trust(connector: Connector) -> ssl.SSLContext:
    """The system's authorities, or those of SSL_CERT_FILE and SSL_CERT_DIR; beside them the connector's own."""
    context = ssl.create_default_context()
    if pem := str(connector.settings.get("ca", "")):
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            words = _("The certificate authority in the settings of this mailbox cannot be read: it is a file in PEM.")
            raise AdapterError(words, said=str(error)) from error
    return context


def not_trusted(error: ssl.SSLCertVerificationError, host: str) -> str:
    """In the admin's words: what is wrong with the certificate, and what to look at."""
    if error.verify_code in _OTHER_NAME:
        return _("The certificate of %(host)s is for another name: is the server's name right?") % {"host": host}
    if error.verify_code in _UNKNOWN_AUTHORITY:
        words = _(
            "Nobody the desk trusts has signed the certificate of %(host)s. If it is your own, name its authority."
        )
        return words % {"host": host}
    if error.verify_code in _EXPIRED:
        return _("The certificate of %(host)s has expired: its owner must renew it.") % {"host": host}
    if error.verify_code in _EARLY:
        return _("The certificate of %(host)s is not valid yet: is the clock of this machine right?") % {"host": host}
    said = {"host": host, "said": error.verify_message}
    return _("The certificate of %(host)s is not good (%(said)s).") % said
