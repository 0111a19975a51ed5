"""How many text messages a text is cut into: as the networks count, and the same in the composer."""

import json
import re
import shutil
import subprocess

import pytest
from django.conf import settings

from conversations import segments
from conversations.segments import segments_of

TEXTS = {
    "nothing": ("", 0, 0, False),
    "one": ("a" * 160, 1, 160, False),
    "two": ("a" * 161, 2, 161, False),
    "ten": ("a" * 1530, 10, 1530, False),
    "an euro takes two": ("€" * 80, 1, 160, False),
    "no euro is cut in the middle": ("a" * 152 + "€" + "a" * 152, 3, 306, False),
    "an emoji": ("Hello 🙂", 1, 8, True),
    "an emoji in a long one": ("a" * 69 + "🙂", 2, 71, True),
    "no emoji is cut in the middle": ("a" * 66 + "🙂" + "a" * 66, 3, 134, True),
    "arabic": ("أ" * 70, 1, 70, True),
    "a curly quote": ("“" + "a" * 70, 2, 71, True),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_cut_as_the_networks_do(name):
    text, count, places, is_unicode = TEXTS[name]
    found = segments_of(text)
    assert (found.count, found.places, found.is_unicode) == (count, places, is_unicode)


def test_the_composer_counts_the_same():
    """Its page has the same letters; where there is a node, it is asked."""
    script = (settings.BASE_DIR / "static/js/segments.js").read_text()
    for letters in (segments.BASIC, segments.DOUBLE):
        assert json.dumps(letters, ensure_ascii=False) in script
    node = shutil.which("node")
    if node is None:
        return
    script = re.sub(r"^export ", "", script, flags=re.M)
    asked = json.dumps([text for text, *_rest in TEXTS.values()])
    code = f"{script}\nconsole.log(JSON.stringify({asked}.map((text) => segmentsOf(text).count)))"
    said = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True, timeout=20).stdout
    assert json.loads(said) == [count for _text, count, *_rest in TEXTS.values()]
