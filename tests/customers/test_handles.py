"""A handle has one form, in which nothing is lost; what is merely likely to be the same is only alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.handles import alike, forms, normalise
from customers.identify import Handle, identify
from customers.models import Claim, Identity
from customers.role_addresses import is_role


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ann@Home.Example.", "ann@home.example"),
        ("ann@Bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@faß.example", "ann@xn--fa-hia.example"),  # not fass.example: IDNA 2008
        ('"ann.bell"@home.example', "ann.bell@home.example"),
        ('"ann \\"b\\" bell"@home.example', '"ann \\"b\\" bell"@home.example'),
        ('"a@b"@home.example', '"a@b"@home.example'),
        ("Jörg@home.example", "jörg@home.example"),
        ("Jo\u0308rg@home.example", "jörg@home.example"),
        ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
        ("a.n.n+shop@gmail.com", "a.n.n+shop@gmail.com"),
    ],
)
def test_an_address_is_compared_as_rfc_and_dns_read_it(given, kept):
    assert normalise("email", given) == kept
    assert normalise("email", kept) == kept


def test_two_long_addresses_that_begin_alike_stay_two():
    one, other = (normalise("email", f"{'a' * 400}{last}@home.example") for last in "xy")
    assert one != other and len(one) == len(other) == 320


@given(st.emails())
def test_the_form_of_an_address_is_its_own_form(address):
    assert normalise("email", normalise("email", address)) == normalise("email", address)


@pytest.mark.parametrize(
    ("kind", "given", "region", "kept"),
    [
        ("phone", "020 7946 0018", "GB", "+442079460018"),
        ("phone", "+44 20 7946 0018 ext. 7", None, "+442079460018;ext=7"),
        ("phone", "912 34 567", "NO", "+4791234567"),
        ("phone", "0047 912 34 567", None, "+4791234567"),
        ("whatsapp", "5551991234567", None, "+5551991234567"),
        ("whatsapp", "5551991234567", "NO", "+5551991234567"),
        ("whatsapp", "US.13491208655302741918", "NO", "US.13491208655302741918"),
        ("whatsapp", "US.ENT.11815799212886844830", None, "US.ENT.11815799212886844830"),
    ],
)
def test_a_number_is_compared_as_e164_with_the_region_of_its_channel(kind, given, region, kept):
    assert normalise(kind, given, region=region) == kept
    assert normalise(kind, kept) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+5551991234567", "+555191234567"),
        ("+5215512345678", "+525512345678"),
        ("+5491123456789", "+541123456789"),
    ],
)
def test_brazil_mexico_and_argentina_have_numbers_of_two_forms(one, other):
    assert set(forms("whatsapp", one)) == set(forms("whatsapp", other)) == {one, other}
    assert (alike("phone", one) or one) == (alike("phone", other) or other)


def test_who_hides_their_number_is_like_nobody_else():
    assert forms("whatsapp", "US.13491208655302741918") == ("US.13491208655302741918",)
    assert alike("whatsapp", "US.13491208655302741918") == ""
    with pytest.raises(ValueError, match="not a phone number"):
        normalise("phone", "US.13491208655302741918")


def test_a_landline_in_brazil_has_one_form():
    assert forms("phone", "+555133334444") == ("+555133334444",)


@pytest.mark.parametrize(
    ("kind", "value", "same"),
    [
        ("email", "a.n.n+shop@googlemail.com", "ann@gmail.com"),
        ("email", "ann+shop@home.example", "ann@home.example"),
        ("email", "ann@home.example", ""),
        ("email", "unverified:ann@home.example", "ann@home.example"),
        ("phone", "+442079460018;ext=7", "+442079460018"),
        ("visitor", "v1", ""),
    ],
)
def test_what_reaches_the_same_place_is_alike_and_not_the_same(kind, value, same):
    assert alike(kind, value) == same


@pytest.mark.parametrize("address", ["info@x.example", "Sales@x.example", "kunden-service@x.example"])
def test_an_address_of_a_role_is_known_by_its_local_part(address):
    assert is_role("email", normalise("email", address)) is (not address.startswith("kunden-"))


def test_a_tag_does_not_hide_a_role():
    assert is_role("email", "info+web@x.example") and not is_role("email", "ingrid@x.example")
    assert not is_role("visitor", "info@x.example")


@pytest.mark.django_db
def test_what_was_given_first_is_shown_and_nothing_of_it_is_lost():
    _, identity = identify([Handle("email", "Ann.Bell@Bücher.Example")])
    assert (identity.value, identity.display) == ("ann.bell@xn--bcher-kva.example", "Ann.Bell@Bücher.Example")
    again = identify([Handle("email", "ANN.BELL@XN--BCHER-KVA.example")])[1]
    assert (again.pk, again.label) == (identity.pk, "Ann.Bell@Bücher.Example")


@pytest.mark.django_db
def test_what_is_typed_as_a_number_and_is_none_does_not_stop_the_message():
    identify([Handle("visitor", "v1"), Handle("phone", "please call", is_verified=False)])
    assert not Claim.objects.exists() and Identity.objects.get().value == "v1"
    with pytest.raises(ValueError, match="not a phone number"):
        identify([Handle("visitor", "v1"), Handle("phone", "please call")])


@pytest.mark.django_db
def test_gmails_dots_make_two_identities_and_a_national_number_is_read_by_its_region():
    identify([Handle("email", "a.nn@gmail.com"), Handle("phone", "912 34 567", region="NO", is_verified=False)])
    identify([Handle("email", "ann@gmail.com")])
    assert Identity.objects.filter(kind="email").count() == 2
    assert Claim.objects.get().value == "+4791234567"
