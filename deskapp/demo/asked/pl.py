"""What customers write about each topic, in Polish."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Chcę zwrócić kurtkę, jak to zrobić?", "Proszę o etykietę zwrotną.", "Ile dni mam na zwrot?", "Rozmyśliłam się i odsyłam plecak.", "Czy muszę płacić za przesyłkę zwrotną?"),
    "size": ("Buty są za małe, czy mogę wymienić na większy rozmiar?", "Chcę wymienić kurtkę na rozmiar M.", "Polar jest o wiele za szeroki, potrzebuję S.", "Pomyliłem rozmiar, jak wymienić?", "Potrzebuję 43 zamiast 42."),
    "late": ("Gdzie jest moje zamówienie?", "Paczka jeszcze nie przyszła.", "Śledzenie przesyłki stoi od czterech dni.", "Kiedy będzie dostawa?", "Kurier twierdzi, że doręczono, a niczego nie ma."),
    "address": ("Przeprowadziłam się, proszę wysłać na nowy adres.", "Czy można zmienić adres dostawy?", "Podałem zły numer domu.", "Proszę dostarczyć do biura, nie do domu.", "Kod pocztowy w zamówieniu jest błędny."),
    "delivery": ("Czy zamówienie może przyjść tydzień później?", "Proszę nie doręczać przed poniedziałkiem, wyjeżdżam.", "Czy kurier może zostawić paczkę u sąsiada?", "Proszę o inny dzień dostawy.", "Proszę zostawić paczkę w bezpiecznym miejscu.", "Czy można przełożyć dostawę?"),
    "refund": ("Kiedy dostanę zwrot pieniędzy?", "Odebraliście moją paczkę, a pieniędzy nie ma na koncie.", "Jak długo trwa zwrot środków?", "Wolę pieniądze niż bon.", "Zwrot jest mniejszy niż to, co zapłaciłem."),
    "twice": ("Pobrano opłatę dwa razy.", "Na karcie są dwie płatności za jedno zamówienie.", "Dlaczego obciążono mnie podwójnie?", "Kwota zeszła z konta dwukrotnie.", "Proszę anulować drugie obciążenie."),
    "fault": ("Zamek zepsuł się po dwóch miesiącach.", "Szew się rozszedł, czy to gwarancja?", "Namiot przecieka.", "Podeszwa się odkleja.", "Przyszło uszkodzone, rękaw jest rozdarty."),
    "stock": ("Czy zielona kurtka jest dostępna w Kendal?", "Kiedy buty w rozmiarze 43 znów będą w sprzedaży?", "Czy macie ten namiot w sklepie?", "Wyprzedane, czy będzie dostawa towaru?", "Czy możecie odłożyć jedną dla mnie w sklepie?"),
    "invoice": ("Proszę o fakturę.", "Potrzebuję faktury VAT na firmę.", "Proszę o kopię faktury w PDF.", "Na fakturze brakuje NIP.", "Zgubiłam paragon."),
    "hours": ("Jakie są godziny otwarcia?", "Czy w sobotę jest otwarte?", "Czy sklep działa w święta?", "Do której dziś otwarte?", "Czy otwieracie w niedzielę?"),
    "cancel": ("Chcę anulować zamówienie.", "Czy mogę jeszcze anulować?", "Zamówiłem przez pomyłkę, proszę anulować.", "Proszę anulować zamówienie przed wysyłką.", "Jak anulować zamówienie?"),
}  # fmt: skip
