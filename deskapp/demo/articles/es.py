"""The articles in Spanish, as far as they are written."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Devolver un artículo",
        "Tiene **30 días** desde el día en que llega.\n\n1. Abra el pedido en su cuenta y elija *Devolver*.\n2. La etiqueta llega por correo: cualquier oficina la lee en el teléfono.\n3. Empaquételo como vino, con sus etiquetas.\n\nLa etiqueta es gratis. También puede entregarlo en nuestras tiendas de Kendal, York, Oslo y Bergen.",
    ),
    "delivery": (
        "Cuánto tarda el envío",
        "Lo que se pide antes de las doce se empaqueta el mismo día; lo demás, el siguiente día laborable.\n\n- Gran Bretaña: de 2 a 3 días laborables\n- Irlanda y Noruega: de 3 a 5\n- El resto de Europa: de 4 a 6\n\nCuando el transportista lo tiene, el número de seguimiento llega por correo.",
    ),
}
