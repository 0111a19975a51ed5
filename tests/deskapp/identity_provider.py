"""An OpenID provider on loopback (OpenID Connect Core 1.0), strict in what it takes."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "the-desk", "only the desk and the provider know"


class Provider(ThreadingHTTPServer):
    """`person` is who signs in; `says` overrides what the signed id_token claims."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person, self.says, self.codes, self.called = {}, {}, {}, []

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    def id_token(self, nonce):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **self.person}
        claims |= {"nonce": nonce} if nonce else {}
        return jwt.encode(claims | self.says, self.key, algorithm="RS256", headers={"kid": "one"})


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        url = urlsplit(self.path)
        self.server.called.append(url.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path:
            case "/.well-known/openid-configuration":
                self.say(200, self.discovery())
            case "/authorize":
                self.authorize(asked)
            case "/userinfo":
                is_known = self.headers.get("Authorization") == "Bearer an-access-token"
                self.say(200 if is_known else 401, self.server.person if is_known else {"error": "invalid_token"})
            case "/keys":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
                self.say(200, {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]})
            case _:
                self.say(404, {})

    def discovery(self):
        issuer = self.server.issuer
        return {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo", "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }  # fmt: skip

    def authorize(self, asked):
        """RFC 6749, 4.1.1, and RFC 7636: without PKCE nobody gets a code."""
        is_good = asked.get("client_id") == CLIENT and asked.get("response_type") == "code"
        is_good = (
            is_good and "openid" in asked.get("scope", "").split() and asked.get("code_challenge_method") == "S256"
        )
        if not (is_good and asked.get("state") and asked.get("redirect_uri")):
            return self.say(400, {"error": "invalid_request"})
        code = f"code-{len(self.server.codes)}"
        self.server.codes[code] = asked
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
        self.end_headers()

    def do_POST(self):  # noqa: N802
        self.server.called.append(self.path)
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        began = self.server.codes.pop(form.get("code", ""), None)  # a code is good once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != basic:
            return self.say(401, {"error": "invalid_client"})
        if not began or began["redirect_uri"] != form.get("redirect_uri") or began["code_challenge"] != challenge:
            return self.say(400, {"error": "invalid_grant"})
        token = {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 300}
        self.say(200, {**token, "id_token": self.server.id_token(began.get("nonce"))})

    def say(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
