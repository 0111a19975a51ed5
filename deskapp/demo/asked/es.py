"""What customers write about each topic, in Spanish."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Quiero devolver la chaqueta, ¿cómo lo hago?", "Por favor, envíenme una etiqueta de devolución.", "¿Cuántos días tengo para devolver un artículo?", "He cambiado de idea y devuelvo la mochila.", "¿Tengo que pagar los gastos de devolución?"),
    "size": ("Las botas me quedan pequeñas, ¿puedo cambiarlas por un número más?", "Quiero cambiar la chaqueta por una talla M.", "El forro es demasiado ancho, necesito una S.", "Me equivoqué de talla, ¿cómo la cambio?", "Necesito el 43 en lugar del 42."),
    "late": ("¿Dónde está mi pedido?", "Mi paquete todavía no ha llegado.", "El seguimiento no cambia desde hace cuatro días.", "¿Cuándo me lo entregan?", "El mensajero dice entregado pero no tengo nada."),
    "address": ("Me he mudado, envíenlo a mi nueva dirección.", "¿Pueden cambiar la dirección de entrega?", "Puse mal el número de la calle.", "Por favor, entréguenlo en la oficina y no en casa.", "El código postal de mi pedido está mal."),
    "delivery": ("¿Puede llegar el pedido una semana más tarde?", "No lo entreguen antes del lunes, estoy de viaje.", "¿Pueden dejarlo con un vecino?", "Quisiera otro día de entrega.", "Dejen el paquete en un lugar seguro, por favor.", "¿Pueden aplazar la entrega?"),
    "refund": ("¿Cuándo me devuelven el dinero?", "Recibieron mi devolución pero no veo el reembolso.", "¿Cuánto tarda el reembolso?", "Prefiero el dinero a un vale.", "El reembolso es menos de lo que pagué."),
    "twice": ("Me han cobrado dos veces.", "Hay dos cargos en mi tarjeta por un solo pedido.", "¿Por qué me han cobrado el doble?", "El importe salió duplicado de mi cuenta.", "Anulen el segundo cargo, por favor."),
    "fault": ("La cremallera se rompió a los dos meses.", "Se ha descosido la costura, ¿entra en garantía?", "La tienda de campaña deja pasar el agua.", "La suela se despega.", "Llegó dañado, la manga está rota."),
    "stock": ("¿Tienen la chaqueta verde en la tienda de Kendal?", "¿Cuándo habrá otra vez botas del 43?", "¿Queda alguna en existencias?", "Pone agotado, ¿van a recibir más?", "¿Me pueden reservar una en la tienda?"),
    "invoice": ("Envíenme la factura, por favor.", "Necesito una factura con IVA para mi empresa.", "¿Me mandan una copia de la factura en PDF?", "Falta nuestro NIF en la factura.", "He perdido el recibo de compra."),
    "hours": ("¿Qué horario tienen?", "¿Abren los sábados?", "¿La tienda abre los festivos?", "¿Hasta qué hora están abiertos hoy?", "¿Están abiertos el domingo?"),
    "cancel": ("Quiero cancelar mi pedido.", "¿Todavía puedo cancelarlo?", "Lo pedí por error, cancélenlo por favor.", "Cancelen el pedido antes de enviarlo.", "¿Cómo se cancela un pedido?", "Ya no lo quiero, anulen el pedido de esta mañana."),
}  # fmt: skip
