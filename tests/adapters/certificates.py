"""An authority of the tests' own, and what it signs."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    def __init__(self, name):
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), named(name)
        made = started(self.name, self.name, self.key).add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                               "key_agreement", "encipher_only", "decipher_only"], False)  # fmt: skip
        made = made.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        self.pem = made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def context(self, folder, *, host="127.0.0.1", days=10):
        """What a server shows that says it is `host`; with `days` below zero it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        made = started(named(host), self.name, key, days).add_extension(x509.SubjectAlternativeName([name]), False)
        path = folder / f"{host}.pem"
        path.write_bytes(
            made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def started(subject, issuer, key, days=10):
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=30))
    return made.not_valid_after(now + timedelta(days=days))
