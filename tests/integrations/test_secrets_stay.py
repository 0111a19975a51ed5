"""A connector's secrets go only where they were given for."""

import pytest

from integrations import wiring
from integrations.models import Connector


@pytest.mark.parametrize(
    ("adapter", "before", "secret", "elsewhere"),
    [
        ("mastodon", {"site": "https://mastodon.example"}, "access_token", {"site": "https://evil.example"}),
        ("sms", {"send_url": "https://sms.example/send"}, "token", {"send_url": "https://evil.example/send"}),
        ("asterisk", {"ami_host": "pbx.example"}, "ami_secret", {"ami_host": "evil.example"}),
    ],
    ids=["mastodon", "sms", "asterisk"],
)
def test_a_secret_that_nobody_may_read_is_not_sent_elsewhere_either(db, adapter, before, secret, elsewhere):
    one = Connector(adapter=adapter, settings=before)
    one.secrets = {secret: "kept"}
    wiring.fill(one, before)  # the same address: it stays
    with pytest.raises(wiring.WrongError) as refusal:
        wiring.fill(one, elsewhere)
    assert list(refusal.value.where) == [secret] and one.settings.items() >= before.items()
    wiring.fill(one, {**elsewhere, secret: "another"})
    assert one.secrets[secret] == "another"
