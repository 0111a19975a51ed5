"""The ways Ingrid is known: an address that Noor merged by hand, and somebody who may be her."""

from conversations.actions.people import merge_customers
from customers import suggestions
from customers.identify import Handle, identify
from customers.models import Customer, Identity
from customers.models.identity import Kind
from deskapp.models import User

ADDRESS = "ingrid.sorensen@fjordmail.example"


def ways() -> None:
    """Through the same doors as everybody: handles, an agent's word, and a claim that joins nobody by itself."""
    ingrid = Identity.objects.select_related("customer").get(kind=Kind.EMAIL, value=ADDRESS).customer
    noor = User.objects.get(name="Noor Haddad")
    old, _identity = identify([Handle(Kind.EMAIL, "i.sorensen@oldmail.example", source="mail")])
    merge_customers(old, into=ingrid, by=noor, because="she told me on the phone")
    identify(
        [
            Handle(Kind.INSTAGRAM, "ingrid.sor", "I. Sørensen", source="Instagram"),
            Handle(Kind.EMAIL, ADDRESS, is_verified=False, source="written in a message"),
        ]
    )
    suggestions.look(Customer.objects.filter(looked_at=None).order_by("pk").values_list("pk", flat=True))
