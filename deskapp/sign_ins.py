"""The three people one can sign in as in the demo: the seed makes them, bin/demo prints them."""

from dataclasses import dataclass

from deskapp.models import Role


@dataclass(frozen=True)
class SignIn:
    role: Role
    name: str
    email: str
    password: str


SIGN_INS = (
    SignIn(Role.AGENT, "Ada Okafor", "ada@hollinfell.example", "throughline"),
    SignIn(Role.SUPERVISOR, "Grace Lindqvist", "grace@hollinfell.example", "throughline"),
    SignIn(Role.ADMIN, "Linus Aalto", "linus@hollinfell.example", "throughline"),
)
