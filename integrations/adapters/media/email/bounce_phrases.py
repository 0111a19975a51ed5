"""What mail servers of all ages write when they give a message back: the knowledge behind `bounces`."""

import re

SENDER = re.compile(
    r"mailer[-_.]?daemon|^postmaster|mail[-_. ]?(?:delivery|system|administrator|er)|delivery[-_. ]?(?:system|subsystem|status|notif)|^mdaemon|^smtpd?$|^double-bounce"
    r"|system[-_. ]administrator|^administrat|^bounces?\b|microsoftexchange|^imss|^interscan|^root$|^daemon$|^mail$|undeliver|^mmdf|postmast|^exchange",
    re.I,
)
SUBJECT = re.compile(
    r"undeliver|non[- ]?deliver|not (?:be )?deliver|delivery (?:has )?(?:fail|status|report|notif|problem|error|delay|unsuccess|warning|subsystem|incomplete)"
    r"|fail(?:ed|ure)? (?:mail|delivery|notice|to deliver)|failed mail|mail (?:delivery|system|status|error|failure|return)|failure notice|returned? (?:mail|to sender|message|e-?mail|due)"
    r"|message (?:status|delay|undeliver|not deliver|could not)|mail(?:ing)? (?:could|was|has|can)?\s?not|unable to deliver|could not (?:be )?(?:send|sent|deliver)|couldn'?t be delivered"
    r"|can(?:no|')t (?:be )?deliver|warning: (?:message|could not|e?-?mail)|delayed|bounce|user unknown|unknown (?:user|recipient|address)|address not found|processing error|undelivered"
    r"|unzustellbar|nicht zustellbar|zustellung|zurückgesendet|fehlgeschlagen|non remis|échec|echec|non distribu|ikke leveret|kan ikke leveres|kunde inte levereras|niet bezorgd|onbestelbaar"
    r"|no entregad|no se (?:pudo|puede|ha podido) entregar|rechazad|falha|não entregue|devolvid|devuelto|mancata consegna|non recapit|impossibile|niedostarcz|zwrot|nedoruč"
    r"|недостав|не доставлен|ошибка доставки|配信不能|配信エラー|退信|邮件传输失败|投递失败|系统退信|반송|mail error|problem deliver|mailbox (?:full|unavail)|quota|invalid (?:address|recipient)|no such",
    re.I,
)
BODY = re.compile(
    r"(?:could|can|was|were|has|have|had|is|are)(?:\s*n[o']t|not| not yet| never)(?:\s+yet)?(?:\s+be|\s+been)?\s+(?:able to be\s+)?(?:deliver|sent|reach|accept|relay|complet|forward|process)"
    r"|(?:un|not )able to (?:be )?(?:deliver|send|relay|reach|complete)|undeliver|non-?deliver|delivery (?:to the following|has )?(?:recipients? )?(?:failed|attempts? (?:has|have) )"
    r"|deliv\w+ (?:to .{0,60})?(?:has )?fail|failed (?:recipient|address|to deliver)|permanent(?:ly)? (?:fatal )?(?:error|fail)|did not reach|does not (?:exist|have)|mail(?:box)? (?:is )?(?:full|unavail|disabled)"
    r"|over (?:its |their )?(?:disk )?quota|exceed(?:ed|ing|s)? (?:their|its|the|his|storage)?\s?(?:quota|storage|limit)|mailbox (?:size|space|full|quota)|no such (?:user|recipient|mailbox|person|addr)|user(?:id)? (?:is )?(?:not|un)\s?(?:known|found|listed|listing)"
    r"|unknown (?:user|recipient|local|address|mailbox|account)|(?:invalid|bad|incorrect|unrouteable|illegal) (?:final |delivery )*(?:user|recipient|address|mailbox)|recipient (?:address )?(?:rejected|unknown|not)|account (?:has been |is |was )?(?:disabled|closed|suspend|inactive|cancel|not)"
    r"|returned (?:to (?:you|sender)|mail|message|because|undeliv)|mail (?:delivery )?(?:fail|system error|error)|message (?:was )?undeliver|delivery (?:error|failure|delayed|problem|report|status)|rcpt to.{0,80}\b5\d\d\b"
    r"|had (?:permanent|transient)|has been delayed|still being retried|given up|no longer (?:valid|active|exist|here|work|use)|not listed in|bounced|nicht (?:zugestellt|zustellbar|ausgeliefert|erreicht)|konnte nicht"
    r"|n'a (?:pas )?p[ua]s? (?:pu )?[êe]tre|non remis|no (?:se )?(?:pudo|ha podido|puede) (?:ser )?(?:entreg|enviar)|não (?:pôde|foi|pode) (?:ser )?entreg|non (?:è stato|può essere|e' stato) (?:possibile|recapit|consegn)|kon niet"
    r"|kunne ikke|kunde inte|не (?:был\w*|может быть|удалось) достав|не доставл|невозможно доставить|无法(?:发送|投递|送达|传送)|配信できません|届けられません|host unknown|name service error|too many hops|loop(?:s|ed)? back"
    r"|intended recipient:|delivery failed|sorry[,. ].{0,60}(?:your message|no mailbox|couldn't|wasn't)|message.{0,40} rejected|undelivered|wasn't able to deliver|couldn't be delivered|not listed|following address",
    re.I,
)
# Words of a warning: the server goes on trying.
TEMPORARY = re.compile(
    r"warning message only|not yet been (?:delivered|sent)|will (?:continue|keep|be re)\s?(?:to )?(?:try|attempt|retr|re-?sen)|still (?:being )?(?:tr|in the|queued|undeliv|attempt)|delivery attempts will continue|has been delayed"
    r"|delayed for|is delayed|will be retried|no action is required on your part|do not need to resend|temporar(?:y|ily) (?:delay|deferred)|retry(?:ing)? (?:until|for)|delivery (?:to .{0,60} )?(?:has been )?delayed|mail server will try",
    re.I,
)
# Where the returned message begins: nothing below names a failed recipient.
COPY = re.compile(
    r"^[ \t>]*(?:received: |return-path:|x-track:|x-received:|dkim-signature:|message-id: ?<|mime-version: ?1)"
    r"|^[\W_]{0,80}(?:(?:start|begin|here|below|this is|included|following|attached|the|a|copy|header|first|top|unsent|returned|original|your|is|of|this|next|line|\d+|and|message|mail|lines)\W+){1,16}?"
    r"(?:copy of (?:the|your)|original message|returned (?:message|mail)|message (?:header|text|body|copy|below|follows|included)|(?:message|mail|header)s? (?:follow|is attached|attached)|unsent message|mail follows|source mail)\b",
    re.I | re.M,
)
COPY_SIMPLE = re.compile(
    r"^[\W_]{0,80}(?:original message|returned mail|unsent message|message header|headers?|message text|copy of the|transcript of message|the original message|below (?:this|the next) line|begin (?:original|message)|start of returned"
    r"|end of (?:message|transcript)|ниже этой линии|bounced message|undelivered message|mensaje original|nachrichtentext|ursprüngliche nachricht|kopie der nachricht)[^\n]{0,80}(?:follow|below|---|copy|message|:|included|attached)",
    re.I | re.M,
)
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
SMTP_CODE = re.compile(r"(?<![\d.])([45]\d\d)[ -](?=[^\d])")
# Lines whose addresses are no failed recipients.
NOT_RECIPIENTS = re.compile(
    r"(?:contact|please (?:reply|write|send|forward|e-?mail)|further assistance|assistance|help|questions|reply to|report(?:ed)? to|postmaster|abuse@|message-id|message id|\bmsgid|from:|from address|sender:|mail from|envelope-from|reporting-mta"
    r"|received:|subject:|date:|for more information|return-path|in-reply-to|references:|from <|\bx-|administrator|\bid:|by postfix|via |originat|you sent|sent by|\bhelo\b|orig(?:inal)? sender)",
    re.I,
)
EXPLICIT = re.compile(
    r"(?:final|original|failed|intended|invalid|unknown|bad|rejected|undeliverable|your|the|following|delivery (?:to|failed)|message (?:to|for)|deliver(?:ed)? (?:to|mail to|message to)|recipients?|users?|mailbox|address(?:es)?|account|attempts|rcpt to|destinataire|empfänger|destinatario|адрес\w*"
    r"|addressed to|is full|userid|to|for|non-existent|inactive)\W{0,40}$",
    re.I,
)
