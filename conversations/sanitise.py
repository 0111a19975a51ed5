"""Makes foreign HTML harmless: an allow-list of tags, attributes and styles; nothing loads or runs by itself."""

import re

import nh3

TAGS = set(
    (
        "a abbr address b blockquote br caption center cite code col colgroup dd del details div dl dt em figcaption "
        "figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary "
        "sup table tbody td tfoot th thead tr tt u ul var"
    ).split()
)
ATTRIBUTES = {
    "*": {"align", "dir", "lang", "title", "valign", "width", "height", "style", "bgcolor"},
    "a": {"href"},
    "blockquote": {"type"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# No position, no z-index, no url(): a mail lays out its own box and loads nothing.
STYLES = set(
    (
        "background-color border border-bottom border-collapse border-color border-left border-radius border-right "
        "border-spacing border-style border-top border-width color direction font-family font-size font-style "
        "font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left "
        "margin-right margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top "
        "text-align text-decoration text-indent text-transform unicode-bidi vertical-align white-space width "
        "word-break"
    ).split()
)
MAX_HTML = 2_000_000  # characters; a longer one is shown as its text
DEEPEST = 4000  # tags open at once, counting <p> and <br> that nobody closes: browsers slow down badly beyond
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$", re.IGNORECASE)
# What an agent's composer writes, and no more: a thread shows it without a frame around it.
PLAIN_TAGS = set("a b blockquote br code div em i img li ol p pre s strong u ul".split())
_OPENED = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_IN_STYLE = re.compile(r"url\s*\(|expression\s*\(|@import|\\", re.IGNORECASE)


def sanitise(html: str) -> str:
    """`html` without anything that runs or escapes its box. Addresses of remote images stay: the frame in which a mail
    is shown has a Content-Security-Policy that loads none of them until the agent asks."""
    if not html or len(html) > MAX_HTML or _is_too_deep(html):
        return ""
    return nh3.clean(
        html.replace("\x00", ""),
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "head", "svg", "math", "template", "iframe", "object"},
        attributes=ATTRIBUTES,
        filter_style_properties=STYLES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def sanitise_own(html: str, pictures: dict[str, str]) -> str:
    """Our own words for the thread: the composer's few tags without styles or classes. `pictures` gives the address of
    each picture that the words name by its cid:; any other picture is dropped."""
    if not html or len(html) > MAX_HTML or _is_too_deep(html):
        return ""

    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return pictures.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
        return value if name in {"alt", "rel", "target"} or _OPENED.match(value) else None

    return nh3.clean(
        html.replace("\x00", ""),
        tags=PLAIN_TAGS,
        clean_content_tags={"script", "style", "title", "head", "svg", "math", "template", "iframe", "object"},
        attributes={"a": {"href"}, "img": {"src", "alt"}},
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if value.strip().lower().startswith("data:") and not (tag == "img" and _PICTURE.match(value.strip())):
        return None
    if name == "style" and _IN_STYLE.search(value):
        return None
    return value


def _is_too_deep(html: str) -> bool:
    depth = 0
    for tag in re.finditer(r"<(/?)[a-zA-Z]", html):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return True
    return False
