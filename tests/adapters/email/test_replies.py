"""What a person wrote is told from quotes and signatures, in the forms of many clients and languages."""

import pytest

from integrations.adapters.media.email.replies import split_reply


def said(text, subject="Re: Your order"):
    segments = split_reply(text, subject)
    assert "".join(segment.text for segment in segments) == text
    parts = [segment.text.strip("\n") for segment in segments if segment.kind == "said"]
    return "\n\n".join(part for part in parts if part.strip()).strip()


INTRODUCTIONS = [
    "On 01/03/11 7:07 PM, Russell Brown wrote:",
    "On Aug 22, 2011, at 7:37 PM, Support<reply@shop.example> wrote:",
    "On Dec 16, 2011, at 12:47 PM, Corey Donohoe\n<reply@shop.example>\nwrote:",
    "On Fri, May 6, 2011 at 6:03 PM, Shop Support from Hollin and Fell\n<support@shop.example> wrote:",
    "On Nov 30, 2011, at 12:47 PM, Somebody <\n416ffd3258d4d2fa4c85cfa4c44e1721d66e3e8f4@example.com>wrote:",
    "On 11-Apr-2011, at 6:54 PM, Ann Example <ann@example.com> wrote:",
    "On Wed, 14 Nov 2018 08:14:43 -0200 Ann Example <ann@example.com> wrote",
    "On Tue, Apr 11, 2017 at 10:07 PM Ann Example\n\n< mailto:Ann Example <ann@example.com> >\nwrote:",
    "---- On Wed, 24 Feb 2021 14:02:50 +0530 ann@example.com wrote ----",
    "On 9 Jan 2014, at 2:47 pm, Ann Example wrote:",
    "On Thursday, October 25, 2012 at 3:03 PM, life is short. on Bob wrote:",
    "2014-10-17 11:28 GMT+03:00 Shop <\nsupport@shop.example>:",
    "30.09.2017, 18.30, \"Shop - Hollin\" <support@shop.example>:",
    "11:00 AM, November 17, 2021, \"Shop\" <support@shop.example>:",
    "Wednesday, 17 November 2021, 3:32 PM +0300 from support@shop.example <support@shop.example>:",
    "Am 13.12.2017 21:11 schrieb \"Shop Support <support@shop.example>:",
    "Am 3. Februar 2019 um 13:55 schrieb Shop Support:",
    "Am Mo., 2. Juli 2018 um 09:21 Uhr schrieb Shop <support@shop.example>:",
    "Le lun. 15 nov. 2021 à 19:42, Shop Support <support@shop.example>\na écrit :",
    "Le 29 avr. 2025 à 11:11, Shop <support@shop.example> a écrit :",
    "El lun, 9 mar 2020 a las 11:05, Shop (<support@shop.example>) escribió:",
    "El 9 de marzo de 2020 a las 11:05, Shop <support@shop.example> escribió:",
    "Em 10 de julho de 2017 às 16:32:35, Shop (\nsupport@shop.example) escreveu:",
    "Em seg., 9 de mar. de 2020 às 11:05, Shop <support@shop.example> escreveu:",
    "Il giorno gio 8 dic 2016 alle ore 10:12 Shop <support@shop.example>\nha scritto:",
    "In data 11 ottobre 2017 21:11:31 \"Shop\" <support@shop.example> ha scritto:",
    "Op 12 december 2016 19:05 schreef Shop <\nsupport@shop.example>:",
    "Op 17-feb.-2015, om 13:18 heeft Shop <support@shop.example> het volgende geschreven:",
    "Op ma 9 mrt. 2020 om 11:05 schreef Shop <support@shop.example>:",
    "tir. 18. apr. 2017 kl. 13:09 skrev Shop <support@shop.example\n>:",
    "Den man. 9. mar. 2020 kl. 11.05 skrev Shop <support@shop.example>:",
    "Den 14 september, 2015 02:23:18, Shop (support@shop.example) skrev:",
    "Den mån 9 mars 2020 kl 11:05 skrev Shop <support@shop.example>:",
    "pe 20. lokakuuta 2017 klo 17.50 Shop\n<support@shop.example> kirjoitti:",
    "W dniu 2017-01-09 11:59:39 użytkownik Shop <support@shop.example> napisał:",
    "W dniu 28 stycznia 2015 01:53 użytkownik Shop <support@shop.example>\nnapisał:",
    "Dnia 27 grudnia 2016 12:08 Shop <support@shop.example> napisał(a):",
    "pon., 9 mar 2020 o 11:05 Shop <support@shop.example> napisał(a):",
    "po 9. 3. 2020 v 11:05 odesílatel Shop <support@shop.example> napsal:",
    "ср, 30 апр. 2025 г. в 15:19, Shop <support@shop.example>:",
    "30 апреля 2025 г., 15:19 пользователь Shop <support@shop.example> написал:",
    "пн, 9 бер. 2020 о 11:05 Shop <support@shop.example> пише:",
    "Shop <support@shop.example> ezt írta (időpont: 2020. márc. 9., H, 11:05):",
    "9 Mar 2020 Pzt, saat 11:05 tarihinde Shop <support@shop.example> şunu yazdı:",
    "Vào 14:24 8 tháng 6, 2017, Shop <support@shop.example> đã viết:",
    "Pada tanggal Sen, 9 Mar 2020 pukul 11.05 Shop <support@shop.example> menulis:",
    "2014年5月28日 17:18 Shop <support@shop.example>:",
    "2020年3月9日(月) 11:05 Shop <support@shop.example>:",
    "Shop <support@shop.example> 于2020年3月9日周一 上午11:05写道：",
    "2020년 3월 9일 (월) 오전 11:05, Shop <support@shop.example>님이 작성:",
    "Στις Δευ, 9 Μαρ 2020 στις 11:05 π.μ., ο χρήστης Shop <support@shop.example> έγραψε:",
    "בתאריך יום ב׳, 9 במרץ 2020 ב-11:05 מאת Shop <‪support@shop.example‬‏>:",
    "Ann Example <ann@example.com> wrote:",
    "Quoting Ann Example <ann@example.com>:",
    "Zitat von Ann Example <ann@example.com>:",
    "At 10:09 AM 5/5/2010, ann@example.com wrote:",
]  # fmt: skip


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_a_quote_with_marks_below_its_introduction_is_no_reply(introduction):
    assert said(f"It has not come.\n\n{introduction}\n\n> We sent it.\n>\n> The shop\n") == "It has not come."


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_a_quote_without_marks_below_its_introduction_is_no_reply(introduction):
    assert said(f"It has not come.\n\n{introduction}\n\nWe sent it.\n\nThe shop\n") == "It has not come."


HEADERS = [
    "From: Shop <support@shop.example>\nSent: Monday, August 26, 2019 4:37 PM\nTo: Ann <ann@example.com>\nSubject: Your order",
    "From: Shop\nSent: March-19-11 5:42 PM\nTo: Ann\nSubject: Your order",
    "From: Shop [mailto:support@shop.example]\nSent: 26 August 2019 16:37\nTo: Ann\nCc: Bob\nSubject: Your order",
    "*From:* Shop <support@shop.example>\n*Sent:* Monday\n*To:* ann@example.com\n*Subject:* Your order",
    "From: Shop \n<a-really-long-address+1234556@shop.example> \nSent: Monday, August 26, 2019 4:37 PM\nTo: Ann\nSubject: Your order",
    "Von: Shop <support@shop.example>\nGesendet: Donnerstag, 23. März 2023 17:11\nAn: Ann <ann@example.com>\nBetreff: Ihre Bestellung",
    "De : Shop [mailto:support@shop.example]\nEnvoyé : vendredi 23 janvier 2015 16:39\nÀ : Ann\nObjet : Votre commande",
    "De : Shop<mailto:support@shop.example>\nEnvoyé le :jeudi 15 décembre 2016 09:35\nÀ : ann@example.com\nObjet :Votre commande",
    "De: Shop <support@shop.example>\nEnviado: lunes, 9 de marzo de 2020 11:05\nPara: Ann\nAsunto: Su pedido",
    "De: Shop\nEnviado el: lunes, 9 de marzo de 2020 11:05\nPara: ann@example.com\nAsunto: Su pedido",
    "De: Shop <support@shop.example>\nEnviada em: segunda-feira, 9 de março de 2020\nPara: Ann\nAssunto: Seu pedido",
    "Da: Shop<mailto:support@shop.example>\nInviato: martedì 3 gennaio 2017 10:35\nA: ann@example.com\nOggetto: Il suo ordine",
    "Van: Shop [mailto:support@shop.example]\nVerzonden: maandag 5 december 2016 17:00\nAan: Ann\nOnderwerp: Uw bestelling",
    "Fra: Shop <support@shop.example>\nSendt: 9. marts 2020 11:05\nTil: Ann\nEmne: Din ordre",
    "Från: Shop <support@shop.example>\nSkickat: den 9 mars 2020 11:05\nTill: Ann\nÄmne: Din order",
    "Lähettäjä: Shop <support@shop.example>\nLähetetty: 9. maaliskuuta 2020\nVastaanottaja: Ann\nAihe: Tilauksesi",
    "From: Shop <support@shop.example>\nDate: Thursday, July 7, 2016 at 3:10 PM\nTo: Ann <ann@example.com>\nSubject: Re:",
    "Od: Shop <support@shop.example>\nWysłano: poniedziałek, 9 marca 2020\nDo: Ann\nTemat: Zamówienie",
    "Od: Shop <support@shop.example>\nOdesláno: pondělí 9. března 2020\nKomu: Ann\nPředmět: Objednávka",
    "От: Shop <support@shop.example>\nОтправлено: 9 марта 2020 г.\nКому: Ann\nТема: Заказ",
    "Feladó: Shop <support@shop.example>\nElküldve: 2020. március 9.\nCímzett: Ann\nTárgy: Rendelés",
    "Kimden: Shop <support@shop.example>\nGönderildi: 9 Mart 2020\nKime: Ann\nKonu: Siparişiniz",
    "发件人: Shop <support@shop.example>\n发送时间: 2020年3月9日\n收件人: Ann\n主题: 订单",
    "差出人: Shop <support@shop.example>\n送信日時: 2020年3月9日\n宛先: Ann\n件名: ご注文",
    "Date: Fri, 23 Mar 2012 12:35:31 -0600\nTo: ann@example.com\nFrom: support@shop.example\nSubject: Your order",
    "From: support@shop.example\nDate: Wed, 16 May 2012 00:15:02 -0600",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("separator", ["", "________________________________\n", "====\n\n"])
def test_a_quoted_header_block_and_all_below_it_is_no_reply(header, separator):
    assert said(f"It has not come.\n\n{separator}{header}\n\nWe sent it.\n\nThe shop\n") == "It has not come."


@pytest.mark.parametrize(
    "divider",
    [
        "-----Original Message-----", "----- Original Message -----", "-----original message-----", "-------- Original message --------",
        "-----Ursprüngliche Nachricht-----", "-------- Message d'origine --------", "-----Message d’origine-----", "-------- Oprindelig besked --------",
        "-----Mensaje original-----", "-----Mensagem original-----", "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----",
        "-----Ursprungligt meddelande-----", "-----Alkuperäinen viesti-----", "-----Wiadomość oryginalna-----", "-----Исходное сообщение-----",
        "-----Original Appointment-----", "-----Original-Nachricht-----",
        "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐", "------------------&nbsp;原始邮件&nbsp;------------------", "------------------ 原始邮件 ------------------", "________ Original Message ________",
        "##- Please type your reply above this line -##",
    ],
)  # fmt: skip
def test_all_below_the_divider_of_an_original_message_is_no_reply(divider):
    assert said(f"It has not come.\n\n{divider}\n\nHi Ann,\n\nWe sent it.\n") == "It has not come."


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from my iPad", "Sent from my Verizon Wireless BlackBerry", "Sent from my Wiko RIDGE FAB 4G",
        "Sent from Yahoo Mail for iPhone", "Sent from Mail for Windows", "Sent from Outlook for Android<https://aka.ms/AAb9ysg>",
        "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent wirelessly from my BlackBerry device on the Bell network.",
        "Sent from TypeApp<http://www.typeapp.com/r?b=2621>", "Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone",
        "Von meinem iPhone gesendet", "Gesendet von meinem iPhone", "Gesendet von Mail für Windows 10", "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
        "Envoyé de mon iPhone", "Envoyé depuis mon iPad", "Envoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>", "Envoyé de mon appareil mobile",
        "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Inviato dal mio iPad", "Verstuurd vanaf mijn iPhone",
        "Sendt fra min iPhone", "Skickat från min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Odesláno z iPhonu",
        "Отправлено с iPhone", "发自我的 iPhone", "iPhoneから送信", "Enviat des del meu iPhone",
    ],
)  # fmt: skip
def test_the_line_that_a_device_adds_is_a_signature(line):
    assert said(f"It has not come.\n\n{line}\n") == "It has not come."
    assert (
        said(f"It has not come.\n\n{line}\n\nOn 9 Jan 2014, at 2:47 pm, Shop wrote:\n\n> Sent.\n") == "It has not come."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Sent from my desk, is much easier then my mobile phone.",
        "The notification was sent from my iPhone app to all users.",
        "This email was sent from our automated system, not Sent from my iPad.",
        "On the surface, this looks like a quote header but it's not.",
        "On average, this parser works well.",
        "On Monday 3 May I wrote to you about order 2017 and got no answer.",
        "Invitation:\n\nDate: Wednesday 3, October 2011\nTime: 7 : 00am\nAddress: 130 Fox St\n\nPlease bring your ID.",
        "From: Berlin\nTo: Munich\nDate: 3 May 2020\n\nIs this trip insured?",
        "Formats:\n\n2024-01-15 14:30:25\n15.01.2024 14:30\n01/15/2024 at 2:30 PM\n\nWhich is yours?",
        "Points:\n-- first point\n-- second point\n-- third point\n\nThanks!",
        "Here is my analysis:\n\n## Key Points\n----\n\n1. Fast\n\n----\n\nThe dashes are mine.\n\n====\n\nThese too.",
        "```\nfunction f() {\n  // Sent from my custom mailer\n  return '--\\nJohn'\n}\n```\n\nWhy does it fail?",
        "Visit us now!\n>>> >>>  http://www.shop.example <<<\nVisit our site by clicking the link above",
        "Dear Ann,\n\nyour bill is due.\n\nSincerely,\nSuper Domain Name Manager",
        "I wanted to discuss it with regards to the payment.\n\nAs regards the timeline, Friday.",
        "🎉\n\n—\nJohn Doe\nCEO at Pandaland\n\n@pandaland",
        "Thanks.\n\n-Abhishek Kona",
        "Is this right? My note says: On 3 May 2020 Bob told me to write to bob@example.com for help:\n\nand then nothing came.",
        "Order:\n\nName: Ann\nFrom: 3 May 2020\nTo: 5 May 2020\nEmail: ann@example.com\n\nPlease confirm",
        "You have a new message from your website:\n\nFrom: Ann <ann@example.com>\nSubject: Broken\n\nIt broke.",
        "Run:\n\nSELECT 1\n--\nSELECT 2;\n\nand tell me, what is this error?",
        "Hello,\n\nRegards to your team!\nPlease send the invoice 2020 to +49 30 1234567.",
    ],
)  # fmt: skip
def test_a_customers_own_words_are_never_hidden(sentence):
    assert said(sentence) == sentence.strip()


def test_words_between_quotes_stay_visible_in_order():
    text = "See below:\n\n> Is it red?\n\nNo, blue.\n\n> Size?\nXL\n> Thanks\n\nBye, Ann\n"
    assert [(segment.kind, segment.text.strip()) for segment in split_reply(text)] == [
        ("said", "See below:"),
        ("quote", "> Is it red?"),
        ("said", "No, blue."),
        ("quote", "> Size?"),
        ("said", "XL"),
        ("quote", "> Thanks"),
        ("said", "Bye, Ann"),
    ]


def test_words_below_a_quote_stay_visible():
    assert said("On 04/19/2011 07:10 AM, Shop wrote:\n\n>\n> Test\nIt came.\n") == "It came."


def test_words_below_a_marked_original_message_stay_visible():
    assert said("-----Original Message-----\nFrom: Shop <s@shop.example>\n\n> Is it red?\n\nNo, blue.") == "No, blue."


def test_words_below_a_device_signature_stay_visible():
    assert said("Hi\n\nSent from my iPhone\n\nOh, and it is broken.") == "Hi\n\nOh, and it is broken."


def test_a_message_that_is_all_quote_is_shown_whole():
    text = "> We sent it.\n> The shop\n"
    assert said(text) == text.strip()


def test_a_link_that_broke_out_of_a_quote_is_still_quote():
    text = "Blah\n\nOn Thursday, October 25, 2012 at 3:03 PM, Bob wrote:\n\n>\n> Post a response\n>\n(http://example.com/c/YzOTYzMmE) >\n> life (http://example.com/c/YzMmE)\n>\n"
    assert said(text) == "Blah"


def test_the_wrapped_end_of_a_long_quoted_line_is_still_quote():
    text = "Yes.\n\nOn 9 Jan 2014, at 2:47 pm, Shop wrote:\n> In efficitur augue ac tristique ullamcorper. Aenean tincidunt ornare diam,\neget accumsan est viverra quis.\n> Bye\n"
    assert said(text) == "Yes."


def test_a_signature_below_its_delimiter_is_folded():
    assert split_reply("It is here.\n\n-- \nAnn\nHead of Things\n")[1].kind == "signature"
    assert said("Hi folks\n\nHow?\n\n--\nAnn Example\nExample Corp\n") == "Hi folks\n\nHow?"
    assert said("Hi folks\n\n_____\nlist mailing list\nlist@lists.example\nhttp://lists.example/list\n") == "Hi folks"


def test_a_corporate_closing_with_contact_lines_is_folded_and_a_plain_one_is_not():
    assert said("Can you help?\n\nRegards,\n\nJohn Doe\nCEO @ Acme !") == "Can you help?"
    assert said("Kommt es?\n\nMit freundlichen Grüßen\nAnn Muster\nMuster GmbH\nTel. +49 30 1234567") == "Kommt es?"
    assert said("Can you help?\n\nBest regards,\nJohn") == "Can you help?\n\nBest regards,\nJohn"
    assert "When" in said("Thanks!\n\nRegards,\nJohn\nwww.acme.example\n\nPS: When does it come?")


def test_a_forwarded_message_is_shown_because_it_is_what_the_customer_sends():
    forwarded = "See below.\n\n---------- Forwarded message ---------\nFrom: A <a@example.com>\nDate: Mon, Dec 15\nSubject: B\nTo: c@example.com\n\nPlease look."
    assert said(forwarded, "Fwd: B") == forwarded
    outlook = "Please see.\n\nFrom: A <a@example.com>\nSent: Monday\nTo: B\nSubject: Broken\n\nIt broke."
    assert said(outlook, "FW: Broken") == outlook
    assert said(outlook, "Re: Broken") == "Please see."


def test_a_mail_of_nothing_but_dashes_is_read_soon_and_loses_nothing():
    text = "Hello\n" + "--\n" * 19_000
    segments = split_reply(text)
    assert "".join(segment.text for segment in segments) == text
    assert segments[0].kind == "said"
