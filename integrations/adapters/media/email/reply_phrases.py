"""What mail programs of many languages write around a quote: the knowledge behind `replies`."""

import re

_VERBS = (
    "wrote|writes|wrote the following|schrieb|geschrieben|schreef|geschreven|a écrit|a ecrit|écrivait|ha scritto|scrisse|scrive"
    "|escribió|escribio|escribi[óo]:|escreveu|va escriure|escrigué|skrev|kirjoitti|napisał\\(a\\)|napisała|napisał|napisal|pisze"
    "|napsala?|napsal\\(a\\)|napísala?|napísal\\(a\\)|написала?|написав|пишет|пише|написа|írta|írta a következőt|a scris|yazdı|şunu yazdı|đã viết"
    "|έγραψε|כתב/ה|כתבה|כתב|كتب|napisao|napisala|je napisao|je napisal|rašė|parašė|kirjutas|rakstīja|menulis|tulis|เขียนว่า|idatzi"
)
# Chinese, Japanese and Korean put no space before it.
_GLUED_VERBS = "写道|寫道|の書き込み|書きました|のメール|님이 작성|작성"
_ENDING_VERB = re.compile(
    rf"(?:(?:\b|(?<=[\s)>\"”]))(?:{_VERBS})|{_GLUED_VERBS})(?:\s*\([^()]{{0,40}}\))?\s*[:：]?$", re.I
)
_ANY_VERB = re.compile(rf"(?:\b|(?<=[\s,]))(?:{_VERBS})(?:\b|(?=[\s:(]))", re.I)
_START = re.compile(
    r"^(?:(?:on|at|am|le|el|em|il giorno|il|op|den|de|dne|dňa|w dniu|dnia|in data|vào|pada|στις|в|на|a|у|ngày|la data de|pe|u|dana|kell|בתאריך|في|ใน)\b"
    r"[^\d]{0,40}\d|\d|(?:[^\W\d_]{1,12}[.,]{0,2}\s+){1,3}\d)",
    re.I,
)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2}\b|\b\d{1,2}[:.h]\d{2}\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|年\s*\d+月",
    re.I,
)
_FULL_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}\b|年\s*\d+月")
_ADDRESS_LAST = re.compile(
    r"[<(\[\"]\s*(?:mailto:)?[^\s<>()\[\]@]{1,120}@[^\s<>()\[\]]{1,200}\s*[>)\]\"]+(?:\s*<mailto:[^<>]*>>?)?\W{0,6}$"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]@:;,]+@[^\s<>()\[\]@]+\.\w+")
_QUOTING = re.compile(r"^(?:quoting|zitat von|citando a?|quoted from|citation de|citat fr[åa]n)\b.{2,120}:$", re.I)
_BIDI = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
MAX_ATTRIBUTION = 420


def is_attribution(text: str, *, before_quote: bool = False) -> bool:
    """Whether `text` (one to four lines) introduces a quote: "On …, Ann <a@b> wrote:" and its kin."""
    text = " ".join(_BIDI.sub("", text.replace("*", "")).split())
    has_dashes = text.startswith("--") and text.endswith("--")
    text = text.strip("-_ ")
    if not 6 < len(text) <= MAX_ATTRIBUTION:
        return False
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    if _ends_with_verb(text, before_quote=before_quote or has_dashes):
        return True
    if _QUOTING.match(text) and (before_quote or "@" in text):
        return True
    has_colon = text.endswith((":", "："))
    if not (has_colon or before_quote) or not _START.match(text) or not _DATE.search(text):
        return False
    # "2014-10-17 11:28 GMT+03:00 Ann <ann@example.com>:", no verb at all.
    if _ADDRESS_LAST.search(text) and _FULL_DATE.search(text):
        return True
    # "Am 3.2.2019 um 13:55 schrieb Max Mustermann:", the verb before the name.
    return has_colon and _ANY_VERB.search(text) is not None and len(text) < 160


def _ends_with_verb(text: str, *, before_quote: bool) -> bool:
    if not _ENDING_VERB.search(text):
        return False
    has_date = _DATE.search(text) is not None and _START.match(text) is not None
    has_address = _ADDRESS.search(text) is not None
    if has_date:
        return text.endswith((":", "：")) or has_address or before_quote
    if has_address:
        return text.endswith((":", "：")) and len(text) < 160
    return before_quote and len(text) < 120


# ---------------------------------------------------------------- "-----Original Message-----"
_ORIGINAL = (
    "original message|original email|original appointment|reply message|original|ursprüngliche (?:nachricht|mail|e-mail)|originalnachricht|original-nachricht"
    "|message d['’]origine|message original|message initial|courriel original|messaggio originale|mensaje original|mensagem original"
    "|oprindelig (?:besked|meddelelse|mail)|original(?:t)? meddelelse|ursprungligt meddelande|originalmeddelande|opprinnelig melding|original melding"
    "|alkuperäinen viesti|oorspronkelijk bericht|origineel bericht|wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa"
    "|eredeti üzenet|исходное сообщение|оригинальное сообщение|пересылаемое сообщение|оригінальне повідомлення|mesaj original|orijinal (?:mesaj|ileti)"
    "|izvirno sporočilo|izvorna poruka|originalna poruka|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية|missatge original|thư gốc|tin nhắn gốc|pesan asli"
    "|原始邮件|原始邮件信息|原邮件|原始郵件|元のメッセージ|オリジナルメッセージ|원본 메시지|원본 이메일|ข้อความต้นฉบับ"
)
ORIGINAL_DIVIDER = re.compile(
    rf"^\s*\W{{0,3}}[-_=*—–‐]{{2,}}(?:\s|&nbsp;)*(?:{_ORIGINAL})\s*:?(?:\s|&nbsp;)*[-_=*—–‐]{{2,}}\W{{0,3}}$", re.I
)
_FORWARDED = (
    "forwarded message|forwarded by .{1,80}|forwarded|weitergeleitete nachricht|message transféré|message transmis|messaggio inoltrato|mensaje reenviado"
    "|mensagem encaminhada|doorgestuurd bericht|videresendt (?:besked|melding)|vidarebefordrat (?:meddelande|mail)|välitetty viesti"
    "|wiadomość przekazana|przekazana wiadomość|přeposlaná zpráva|továbbított üzenet|пересланное сообщение|переслане повідомлення|iletilen (?:mesaj|ileti)"
    "|转发的?邮件信息|转发邮件|轉寄郵件|転送されたメッセージ|전달된 메시지"
)
FORWARD_DIVIDER = re.compile(
    rf"^\s*(?:[-_=]{{2,}}\s*(?:{_FORWARDED})\s*:?\s*[-_=]{{2,}}|begin forwarded message\s*:|début du message (?:transféré|réexpédié)\s*:"
    r"|anfang der weitergeleiteten (?:nachricht|e-mail)\s*:|inizio messaggio inoltrato\s*:|inicio del mensaje reenviado\s*:)\s*$",
    re.I,
)
FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vb|pd|vl|fs|továbbítás|转发|轉寄)\s*:", re.I)
ABOVE_THIS_LINE = re.compile(
    r"^\W{0,8}(?:please |bitte )?(?:type|write|reply|respond|enter|antworten sie|schreiben sie|répondez|répondre|escriba|responda|scrivi)\b"
    r".{0,50}\b(?:above this line|oberhalb dieser (?:linie|zeile)|au-dessus de cette ligne|encima de esta línea|acima desta linha|sopra questa (?:linea|riga))\b",
    re.I,
)
SEPARATOR = re.compile(r"^\s*(?:[=_*~#—–-]\s?){3,}\s*$")
MARKDOWN_FENCE = re.compile(r"^\s*(?:```|~~~)")

# ---------------------------------------------------------------- "From: … Sent: … To: … Subject: …"
_HEADER_KEYS = {
    "from": "from|von|de|da|van|fra|från|od|lähettäjä|mittente|feladó|expéditeur|remitente|remetente|от|від|kimden|gönderen|发件人|寄件者|寄件人|差出人"
    "|送信者|보낸 사람|보낸사람|αποστολέας|από|de la|expeditor|nuo|saatja|no|pošiljatelj|šalje|afsender|avsändare|avsender|afzender|nadawca|odesílatel|отправитель"
    "|מאת|من|từ|dari|จาก|de parte de|absender",
    "date": "date|sent|sent at|gesendet|gesendet am|datum|envoyé|envoyé le|envoyée?|date d['’]envoi|enviado|enviado el|enviado em|enviada em|enviada|data"
    "|fecha|inviato|inviato il|verzonden|verzonden op|sendt|dato|skickat|lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno|odoslané|dátum|küldve|elküldve"
    "|дата|отправлено|надіслано|изпратено|tarih|gönderildi|gönderme tarihi|gönderilme tarihi|发送时间|发送日期|日期|時間|寄件日期|送信日時|日付|日時|보낸 날짜|보낸시간|날짜"
    "|στάλθηκε|ημερομηνία|trimis|poslano|נשלח|תאריך|tanggal|dikirim|đã gửi|ngày|message du|reçu le|data di invio|datum van verzending|التاريخ|تاريخ الإرسال|saatmise aeg",
    "to": "to|an|à|a|para|aan|til|till|do|komu|vastaanottaja|destinatario|destinataire|destinatário|címzett|кому|до|kime|alıcı|收件人|收件者|宛先|받는 사람"
    "|받는사람|προς|către|za|prima|אל|إلى|kepada|đến|per|pour|empfänger|modtager|mottagare|mottaker|odbiorca|ถึง",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|tárgy|тема|относно|konu|主题|主旨|標題|件名|제목"
    "|θέμα|subiect|teema|tema|zadeva|נושא|الموضوع|subjek|perihal|chủ đề|assumpte|sujet|เรื่อง",
    "cc": "cc|kopie|copie à|copie|copia|kopia|kopi|dw|udw|kópia|kopio|másolat|копия|копія|bilgi|抄送|副本|참조|κοιν|עותק|نسخة|ccn|cci|bcc|reply-to|répondre à|antwort an"
    "|organization|organisation|importance|priority|wichtigkeit",
}
_KEY_KINDS = {key: kind for kind, keys in _HEADER_KEYS.items() for key in re.split(r"\|", keys)}
_HEADER_LINE = re.compile(
    r"^[\s>*_]{0,8}((?:" + "|".join(keys for keys in _HEADER_KEYS.values()) + r"))\s{0,3}\*{0,2}\s{0,3}[:：]\*{0,2}",
    re.I,
)
EMAIL = _ADDRESS


def header_kind(line: str) -> str:
    """`from`, `date`, `to`, `subject` or `cc` where the line is such a field of a quoted header, else ""."""
    match = _HEADER_LINE.match(line)
    if match is None:
        return ""
    key = match[1].lower().replace("’", "'")
    if key in _KEY_KINDS:
        return _KEY_KINDS[key]
    return next((kind for kind, keys in _HEADER_KEYS.items() if re.fullmatch(keys, key, re.I)), "cc")


# ---------------------------------------------------------------- signatures
_DEVICE_VERBS = (
    "sent from|sent via|sent with|sent by|sent using|sent wirelessly from|send from|gesendet von|gesendet mit|von meinem .{2,40} gesendet|von .{2,40} gesendet"
    "|diese nachricht wurde von .{2,60} gesendet|envoyé de|envoyé depuis|envoyé à partir d[e'’]|envoyé avec|envoye de|envoyé via|envoyé par"
    "|inviato da|inviato dal|inviato con|enviado desde|enviado d[eo]|enviado do meu|enviado a partir d[eo]|enviado con|enviat des|verzonden vanaf"
    "|verzonden vanuit|verstuurd vanaf|verstuurd met|verzonden met|verzonden via|sendt fra|sendt med|skickat från|skickades från|skickat med|lähetetty"
    "|wysłane z|wysłano z|odesláno z|odesláno ze|odoslané z|küldve|отправлено с|отправлено из|отправлено от|надіслано з|изпратено от|trimis de pe"
    "|gönderildi|στάλθηκε από|poslano z|poslano s|saadetud|terkirim dari|dikirim dari|được gửi từ|נשלח מה|أرسلت من|ส่งจาก|get outlook for"
    "|hol(?:en sie sich)? dir outlook|holen sie sich outlook|obtenez outlook|obtener outlook|télécharger outlook|scarica outlook|ottieni outlook|download outlook"
    "|outlook voor .{2,20} downloaden|hent outlook|hämta outlook|pobierz outlook|obter o outlook|baixar o outlook|скачать outlook"
)
_DEVICES = (
    r"iphon\w*|ipad\w*|ipod|apple watch|macbook|imac|android|samsung|galaxy|blackberry|nokia|windows|outlook|yahoo|gmail|mail\.ru|myMail|mymail|aol|huawei|htc|lg|sony"
    r"|xperia|xiaomi|redmi|mi phone|oneplus|oppo|pixel|motorola|moto|wiko|zte|honor|realme|vivo|fairphone|nexus|lumia|smartphone|handy|mobile|mobil\w*|cell ?phone"
    r"|phone|telefon\w*|téléphone|telefono|telefone|teléfono|tablet\w*|tablette|device|appareil|gerät|dispositivo|terminal|verizon|t-mobile|vodafone|proton\w*"
    r"|tutanota|tuta|typeapp|type mail|mailbird|newton|spark|airmail|sparrow|thunderbird|edison|bluemail|boxer|nine|polymail|zoho|superhuman|front|k-9|fastmail|hey"
    r"|gmx\S*|web\.de|freenet|posteo|orange|sfr|laposte|libero|tiscali|mailspring|canary|aquamail|移动|手机|iosi?|bell|rogers|telus|o2|att|at&t|4g|lte|5g"
)
_DEVICE_LINE = re.compile(rf"^\W{{0,4}}(?:{_DEVICE_VERBS})\b.{{0,80}}$", re.I)
_DEVICE_NAME = re.compile(rf"(?:\b|[\u4e00-\u9fff])(?:{_DEVICES})(?:\b|[\u4e00-\u9fff])", re.I)
_ASIAN_DEVICE = re.compile(
    r"^\s*(?:发自我的|從我的|从我的|發自我的|我的.{1,20}发送|.{0,20}(?:iPhone|iPad|Android|スマートフォン).{0,6}から送信|나의 .{1,20}에서 보냄|内?.{0,10}(?:iPhone|Samsung).{0,8}에서 보냄).{0,40}$",
    re.I,
)
_SENTENCE = re.compile(r"[.!?…](?:\s|$)|\b(?:is|are|was|were|which|because|and|und|ist|war|est|et|to all|not)\b", re.I)


def is_device_signature(line: str) -> bool:
    """ "Sent from my iPhone" and its kin: the line a program adds, never a sentence that begins so."""
    if len(line) > 200:
        return False
    bare = re.sub(r"<?\(?https?://[^\s<>]+>?\)?|[\[\]*_]", " ", line).strip()
    if not bare or len(bare) > 100:
        return False
    if _ASIAN_DEVICE.match(bare):
        return True
    if not _DEVICE_LINE.match(bare) or not _DEVICE_NAME.search(bare):
        return False
    words = bare.rstrip(".!").replace("mail.ru", "mail").replace("Mail.Ru", "mail").replace("web.de", "web")
    return _SENTENCE.search(re.sub(r"\b(?:sent|gesendet) .{0,20}\bvon\b", "", words)) is None


CLOSING = re.compile(
    r"^\s*(?:(?:best|kind|warm|kindest|warmest|many|with (?:best|kind)) )?(?:regards|wishes)[,.!]?\s*$"
    r"|^\s*(?:mit )?(?:freundlichen?|besten?|herzlichen?|viele|liebe|schöne) (?:gr(?:ü|ue)(?:ß|ss)en?)[,.!]?\s*$|^\s*(?:mfg|lg|vg)[,.]?\s*$"
    r"|^\s*(?:bien |très )?cordialement[,.]?\s*$|^\s*(?:cordiali|distinti) saluti[,.]?\s*$|^\s*(?:un )?(?:cordial )?saludos?(?: cordiales)?[,.]?\s*$"
    r"|^\s*atenciosamente[,.]?\s*$|^\s*met vriendelijke groet(?:en)?[,.]?\s*$|^\s*(?:med )?vänlig(?:a)? hälsning(?:ar)?[,.]?\s*$|^\s*(?:med )?venlig hilsen[,.]?\s*$"
    r"|^\s*z poważaniem[,.]?\s*$|^\s*с уважением[,.]?\s*$|^\s*s pozdravem[,.]?\s*$",
    re.I,
)
CONTACT = re.compile(
    r"https?://|www\.|[^\s@]+@[^\s@]+\.\w|(?:\+|\b00)\d[\d ()/.-]{6,}|\b(?:tel|phone|fon|mobile?|fax|cell|direct|office|tél|telefon|telefono)\b\.?\s?:?\s*[\d+(]"
    r"|\b(?:CEO|CTO|CFO|COO|director|manager|engineer|developer|head of|founder|president|geschäftsführer\w*|leiter\w*|vertrieb|directeur|directrice|responsable"
    r"|gerente|direttore|consultant|GmbH|Ltd|Inc|LLC|S\.?A\.?R\.?L|B\.V)\b",
    re.I,
)
