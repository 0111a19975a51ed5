"""The articles in Polish, as far as they are written."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Jak coś odesłać",
        "Mają Państwo **30 dni** od dnia, w którym paczka dotrze.\n\n1. Proszę otworzyć zamówienie na koncie i wybrać *Odeślij*.\n2. Etykieta przychodzi mailem: każda poczta odczyta ją z telefonu.\n3. Proszę zapakować tak, jak przyszło, z metkami.\n\nEtykieta jest bezpłatna. Można też oddać rzecz w naszych sklepach w Kendal, Yorku, Oslo i Bergen.",
    ),
    "delivery": (
        "Jak długo trwa dostawa",
        "Co zamówiono przed południem, pakujemy tego samego dnia, resztę następnego dnia roboczego.\n\n- Wielka Brytania: 2 do 3 dni roboczych\n- Irlandia i Norwegia: 3 do 5\n- Reszta Europy: 4 do 6\n\nGdy kurier ma paczkę, numer przesyłki przychodzi mailem.",
    ),
}
