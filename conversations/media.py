"""What each medium can carry: how long a text, which files, whether bold survives, how long one may answer."""

from dataclasses import dataclass
from datetime import timedelta

from conversations.models import Medium
from customers.models.identity import Kind

MB = 1024 * 1024


@dataclass(frozen=True)
class Carries:
    """`longest` in characters, `largest` in bytes for all files together; 0 files means none at all."""

    kinds: tuple[str, ...]  # of identities it can reach
    longest: int
    largest: int
    has_format: bool = False
    has_copies: bool = False  # Cc and Bcc
    has_quote: bool = False
    answer_within: timedelta | None = None  # since the customer's last message on this medium
    freely_within: timedelta | None = None  # after this, and until then, only a person's own answer may go
    can_change: bool = False  # what was said there can be edited, taken back or reacted to, and answered by itself
    has_answers: bool = False  # one can answer one message
    has_reactions: bool = False  # an agent can put an emoji on one
    buttons: int = 0  # that can be offered to press, at most
    button_longest: int = 20  # characters on one
    has_templates: bool = False  # texts allowed beforehand are the way out of the window
    can_be_public: bool = False  # everybody may read, where the agent wants it so
    longest_public: int = 0
    has_posts: bool = False  # of which each answers another, also between the two alone
    segments: int = 0  # that a text is cut into at most (conversations.segments); 0: it is not

    @property
    def has_letters(self) -> bool:
        """Each word is a mail, a post or a paid text by itself: two where one would do are one too many."""
        return self.has_quote or self.has_posts or self.segments > 0

    @property
    def has_files(self) -> bool:
        return self.largest > 0


CARRIES: dict[str, Carries] = {
    Medium.EMAIL: Carries((Kind.EMAIL,), 500_000, 25 * MB, has_format=True, has_copies=True, has_quote=True),
    # Its widget shows any number of buttons: more than eight is a wall of them.
    Medium.CHAT: Carries((Kind.VISITOR, Kind.SHOP), 10_000, 20 * MB, has_format=True, buttons=8, button_longest=60),
    Medium.VOICE: Carries((), 0, 0),
    # Ten segments of 153 (GSM 03.38 concatenated): more is refused by several carriers. Files go as pictures (5 MB:
    # www.twilio.com/docs/messaging/guides/accepted-mime-types), and as links where a number sends none.
    Medium.SMS: Carries((Kind.PHONE,), 1_530, 5 * MB, segments=10),
    # developers.facebook.com/documentation/business-messaging/whatsapp: the customer service window; a document has up
    # to 100 MB, other kinds of file less (integrations.adapters.media.meta.whatsapp.sending); 3 buttons.
    Medium.WHATSAPP: Carries(
        (Kind.WHATSAPP,),
        4_096,
        100 * MB,
        answer_within=timedelta(hours=24),
        can_change=True,
        has_answers=True,
        has_reactions=True,
        buttons=3,
        has_templates=True,
    ),
    # …/messenger-platform/send-messages: 24 hours, 7 days for a person; files of 25 MB (images 8), 13 quick replies.
    Medium.MESSENGER: Carries(
        (Kind.MESSENGER,),
        2_000,
        25 * MB,
        answer_within=timedelta(days=7),
        freely_within=timedelta(hours=24),
        can_change=True,
        has_answers=True,
        has_reactions=True,
        buttons=13,
    ),
    # …/instagram-messaging/features/send-message: 1000 bytes (more goes in parts), images of 8 MB, the rest 25.
    Medium.INSTAGRAM: Carries(
        (Kind.INSTAGRAM,),
        1_000,
        25 * MB,
        answer_within=timedelta(days=7),
        freely_within=timedelta(hours=24),
        can_change=True,
        has_answers=True,
        has_reactions=True,
        buttons=13,
    ),
    # core.telegram.org/bots/api: 4096 signs (sendMessage), files of 50 MB (sendDocument; pictures 10), callback_data of
    # 64 bytes. More than eight buttons is a wall of them.
    Medium.TELEGRAM: Carries(
        (Kind.TELEGRAM,),
        4_096,
        50 * MB,
        can_change=True,
        has_answers=True,
        has_reactions=True,
        buttons=8,
        button_longest=64,
        can_be_public=True,  # in a group, to whoever named the bot there
        longest_public=4_096,
    ),
    # docs.joinmastodon.org/entities/Instance: 500 characters and pictures of 16 MB (image_size_limit; films have
    # 99) are what Mastodon ships with; a server that has set others says so when it refuses.
    Medium.MASTODON: Carries(
        (Kind.MASTODON,),
        500,
        16 * MB,
        can_change=True,
        has_answers=True,
        can_be_public=True,
        longest_public=500,
        has_posts=True,
    ),
    Medium.X: Carries(
        (Kind.X,),
        10_000,
        5 * MB,
        can_change=True,
        has_answers=True,
        can_be_public=True,
        longest_public=280,
        has_posts=True,
    ),
    # developers.line.biz/en/reference/messaging-api: 5000 units of UTF-16, 13 quick replies of 20 signs each; pictures
    # of 10 MB, films and sounds of 200 by their address (integrations.adapters.media.line.files), the rest as links.
    Medium.LINE: Carries((Kind.LINE,), 5_000, 25 * MB, can_change=True, has_answers=True, buttons=13),
    Medium.API: Carries((Kind.API,), 100_000, 25 * MB, has_format=True, can_change=True, has_answers=True, buttons=8),
}


def carries(medium: str) -> Carries:
    return CARRIES[medium]
