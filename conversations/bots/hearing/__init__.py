"""What a line of a customer's says beside its matter: a person, law or danger, anger, yes, no, thanks. Pure."""

import re
from dataclasses import dataclass

from conversations.bots.hearing import people_words, reply_words, serious_words

MOST_SIGNS = 6000  # of what was written that are read for it
SHORT = 60  # signs of an answer that says yes or no and nothing else
_YES, _NO = reply_words.compiled(reply_words.YES), reply_words.compiled(reply_words.NO)
_HEAD = re.compile(r"^[^,.!;:\n–—]{1,25}")
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Signs:
    """`has_words`: letters or digits at all. `is_yes`, `is_no`: it begins with that; both where it says either."""

    has_words: bool = True
    asks_person: bool = False
    asks_what: bool = False
    is_serious: str = ""  # the word that says so
    is_angry: bool = False
    is_yes: bool = False
    is_no: bool = False
    thanks: bool = False
    is_thankful: bool = False  # a short line that ends with thanks, and neither asks nor objects
    is_done: bool = False
    is_hello: bool = False
    worked: bool = False
    did_not_work: bool = False
    is_plain: bool = False  # yes or no, and nothing else


def hear(text: str, language: str) -> Signs:
    text = _clean(text)
    line = " ".join(text.split())
    serious = serious_words.DANGER.search(text) or serious_words.LAW.search(text)
    is_calm = serious_words.CALM.search(text)
    yes, no = _YES.get(language, _YES["en"]), _NO.get(language, _NO["en"])
    head = _HEAD.match(line)
    begins = head.group() if head else ""
    return Signs(
        has_words=bool(_LETTER.search(text)),
        asks_person=_asks_person(line),
        asks_what=bool(people_words.WHAT_ARE_YOU.search(line)),
        is_serious=serious.group() if serious and not is_calm else "",
        is_angry=bool(serious_words.ANGER.search(text)) and not is_calm or _shouts(text),
        is_yes=_is(yes, line, begins),
        is_no=_is(no, line, begins),
        thanks=bool(reply_words.THANKS.fullmatch(line)),
        is_thankful=_is_thankful(line),
        is_done=bool(reply_words.ALL_DONE.fullmatch(line)),
        is_hello=bool(reply_words.HELLO.fullmatch(line)),
        worked=len(line) <= 2 * SHORT and bool(reply_words.WORKED.search(line)),
        did_not_work=bool(reply_words.DID_NOT_WORK.search(line)),
        is_plain=len(line) <= SHORT and bool(yes.fullmatch(line) or no.fullmatch(line)),
    )


def without_hello(text: str) -> str:
    """What comes after the greeting, or the whole where that is all."""
    found = re.match(rf"(?:{reply_words.HELLO.pattern})", text.strip(), re.IGNORECASE)
    rest = text.strip()[found.end() :].strip(" ,.!\n") if found else text.strip()
    return rest or text.strip()


def _asks_person(line: str) -> bool:
    if people_words.ALONE.fullmatch(line.strip(" .!?")):
        return True
    return bool(people_words.ASKS.search(line)) and not people_words.DENIES.search(line)


def _is(words: re.Pattern[str], line: str, begins: str) -> bool:
    return bool(words.fullmatch(line) or words.fullmatch(begins.strip()))


def _is_thankful(line: str) -> bool:
    is_short = len(line) <= 2 * SHORT and "?" not in line
    return is_short and bool(reply_words.THANKFUL.search(line)) and not reply_words.BUT.search(line)


def _shouts(text: str) -> bool:
    """Five words in capitals, and signs of exclamation."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", text)]
    loud = sum(word.isupper() for word in words)
    return loud >= 5 and loud * 2 > len(words) and "!" in text


def _clean(text: str) -> str:
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\x00", "")
    if len(text) <= MOST_SIGNS:
        return text
    return f"{text[: MOST_SIGNS // 2]}\n{text[-MOST_SIGNS // 2 :]}"
