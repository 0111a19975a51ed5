"""What is said in Polish."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="pl",
    timezone="Europe/Warsaw",
    cities=("Łódź", "Kraków", "Zakopane", "Gdańsk", "Wrocław", "Bielsko-Biała"),
    first=("Mateusz", "Małgorzata", "Łukasz", "Zofia", "Wojciech", "Agnieszka", "Paweł", "Bożena"),
    last=("Wójcik", "Dąbrowska", "Zieliński", "Kołodziej", "Szymańska", "Górski", "Żak", "Mąka"),
    hello=("Dzień dobry,", "Witam,", "Dobry wieczór,"),
    bye=("Pozdrawiam", "Z góry dziękuję", "Z poważaniem", "Serdecznie pozdrawiam"),
    details=("Metki są nadal przy ubraniu.", "Reszta zamówienia bez zarzutu.", "Załączam zdjęcie.", "To był prezent."),
    more=(
        "Czy wiadomo już coś o {order}?",
        "Etykieta nie otwiera się w telefonie, czy jest w PDF?",
        "Czy {product} w {other} ma też dłuższe rękawy?",
        "Paczka gotowa. Co napisać na wierzchu?",
        "Czy może trafić do paczkomatu obok pracy?",
    ),
    thanks=(
        "Dotarło i leży idealnie, dziękuję!",
        "Pieniądze są na koncie. Dziękuję za pomoc.",
        "Świetnie, to wszystko.",
    ),
    our_hello=("Dzień dobry {customer},", "Dziękuję za wiadomość, {customer}.", "Cześć {customer},"),
    our_bye=("Pozdrawiam\n{agent}", "Miłego dnia\n{agent}", "Serdeczności\n{agent}"),
    settled=(
        "Bardzo się cieszę. Jedno zdanie wystarczy, by wrócić do sprawy.",
        "U nas też wszystko zaksięgowane.",
        "Zwrot wyszedł dziś rano, potrwa trzy dni.",
    ),
    exchange=Topic(
        subjects=("Wymiana {product}: {size} na {other}", "{product} za ciasny", "Zły rozmiar, {order}"),
        openers=(
            "{product} z {order} jest piękny, ale {size} ciągnie w ramionach.",
            "Źle wybrałam rozmiar: pod {product} {size} nie mieści się sweter.",
            "Czy mogę wymienić {product} {size} na {other}?",
        ),
        asks=("Czy {other} jest na stanie?", "Czy zdąży do soboty?"),
        answers=(
            "{other} odłożony, wychodzi dziś wieczorem. Etykieta dla {size} w załączniku.",
            "Wymiana do {order} otwarta: proszę nadać {size}, a {other} ruszy od razu.",
        ),
    ),
    late=Topic(
        subjects=("Gdzie jest {order}?", "Paczka stoi od soboty", "{order} rzekomo doręczone"),
        openers=(
            "Od pięciu dni {order} leży w sortowni i nic się nie dzieje.",
            "System twierdzi, że {order} doręczono, a u mnie pusto.",
            "W dzisiejszym pudełku zabrakło {product}.",
        ),
        asks=("Czy ktoś może zadzwonić do kuriera?", "Czy da się przekierować do punktu odbioru?"),
        answers=(
            "Paczka była źle posortowana, jutro przed południem będzie u Państwa.",
            "Dziewięć dni to za długo. Wysłałam właśnie drugi {product}.",
        ),
    ),
    warranty=Topic(
        subjects=("Zepsuty zamek: {product}", "Puszcza szew w {product}", "Naprawa {product}"),
        openers=(
            "Zamek w {product} rozchodzi się po jednej zimie.",
            "Pod pachą {product} puścił szew na szerokość kciuka.",
            "{product} przemaka na ramionach przy każdym większym deszczu.",
        ),
        asks=("Czy to obejmuje gwarancja?", "Ile kosztowałaby naprawa?"),
        answers=(
            "To po naszej stronie. Proszę wysłać do warsztatu z tą etykietą, dwa tygodnie.",
            "Wystarczy nowy suwak, bez opłat. Prosimy tylko o wypranie.",
        ),
    ),
    invoice=Topic(
        subjects=("Faktura do {order}", "Podwójna płatność", "Faktura na firmę"),
        openers=(
            "Księgowość prosi o fakturę VAT do {order}.",
            "Za {order} pobrano pieniądze dwa razy.",
            "Kod rabatowy przyjęto, lecz kwota {order} się nie zmieniła.",
        ),
        asks=("Czy można w PDF?", "Czy da się to jeszcze poprawić?"),
        answers=(
            "Faktura do {order} w załączniku, z VAT w osobnym wierszu.",
            "Druga kwota to tylko blokada, zniknie do piątku.",
        ),
    ),
    returned=Topic(
        subjects=("Zwrot {order}", "Czy paczka doszła?", "Pieniądze za {product}"),
        openers=(
            "Odsyłam {product}, w dziennym świetle to nie mój kolor.",
            "W poniedziałek odebrali Państwo zwrot z {order}.",
            "Drukarka nie działa, a etykieta wymaga papieru.",
        ),
        asks=("Kiedy będą pieniądze?", "Czy jest kod do pokazania w telefonie?"),
        answers=(
            "Jest u nas, wszystko w porządku. Kwota za {order} wychodzi dziś.",
            "Zamiast etykiety kod: proszę pokazać w okienku.",
        ),
    ),
)
