"""What is said in Spanish."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="es",
    timezone="Europe/Madrid",
    cities=("Zaragoza", "Gijón", "Granada", "Pamplona", "Bilbao", "Jaca", "A Coruña"),
    first=("José Ángel", "Begoña", "Íñigo", "Lucía", "Álvaro", "Noelia", "Jesús", "Inés", "Ramón", "Aitana"),
    last=("Peña", "Echeverría", "Muñoz", "Cabañas", "Ibáñez", "Ordóñez", "Roldán", "Quintana", "Güell"),
    hello=("Hola:", "Buenos días:", "Buenas tardes:", "Hola de nuevo:"),
    bye=("Un saludo", "Muchas gracias", "Saludos cordiales", "Gracias de antemano"),
    details=(
        "Todavía lleva las etiquetas.",
        "Salgo a la montaña el jueves, pero leo el correo por la noche.",
        "Lo demás del pedido llegó perfecto.",
        "Adjunto una foto.",
        "Pagué con tarjeta, por si importa.",
    ),
    more=(
        "¿Se sabe algo de {order}?",
        "La etiqueta no se abre en el móvil, ¿me la mandan en PDF?",
        "¿El {product} en {other} es también más largo de manga?",
        "¿Podría llegar a mi trabajo? En casa no hay nadie.",
        "Ya tengo el paquete hecho. ¿Qué pongo por fuera?",
        "En la segunda foto se ve mejor el roto.",
    ),
    thanks=(
        "Ya ha llegado y me queda de maravilla. ¡Gracias!",
        "El dinero está en mi cuenta, muchas gracias.",
        "Perfecto, era todo lo que necesitaba.",
        "Da gusto que contesten tan rápido.",
    ),
    our_hello=("Hola, {customer}:", "Buenos días, {customer}:", "Gracias por escribirnos, {customer}."),
    our_bye=("Un abrazo,\n{agent}", "Un saludo,\n{agent}", "Que tenga buen día,\n{agent}"),
    settled=(
        "¡Qué bien! Con una línea suya volvemos a abrirlo.",
        "Por nuestra parte también está todo hecho.",
        "El abono salió esta mañana; tarda tres días.",
        "Hay una {other} apartada a su nombre.",
    ),
    exchange=Topic(
        subjects=(
            "Cambio de {product}: {size} por {other}",
            "Me queda justo el {product}",
            "Talla equivocada, {order}",
        ),
        openers=(
            "El {product} de {order} es precioso, pero la {size} me tira de los hombros.",
            "Calculé mal: con la {size} del {product} no cabe un jersey debajo.",
            "¿Puedo cambiar un {product} de la {size} por una {other}?",
        ),
        asks=("¿Les queda la {other}?", "¿Llegaría antes del sábado?"),
        answers=(
            "La {other} está apartada y sale esta noche. La etiqueta para la {size} va adjunta.",
            "He abierto el cambio en {order}: entregue la {size} y enviamos la {other}.",
        ),
    ),
    late=Topic(
        subjects=("¿Dónde está {order}?", "El paquete no se mueve", "{order} figura como entregado"),
        openers=(
            "El seguimiento de {order} lleva cinco días sin moverse.",
            "Dicen que {order} se entregó, y aquí no hay nada.",
            "En la caja de hoy faltaba el {product}.",
        ),
        asks=("¿Pueden llamar al transportista?", "¿Podría ir a un punto de recogida?"),
        answers=(
            "Estaba mal clasificado en el almacén: pasa mañana antes de las doce.",
            "Nueve días son demasiados. Acaba de salir otro {product}.",
        ),
    ),
    warranty=Topic(
        subjects=("Cremallera rota: {product}", "Se abre una costura del {product}", "¿Arreglan el {product}?"),
        openers=(
            "La cremallera del {product} se abre por detrás tras un solo invierno.",
            "Se ha soltado una costura del {product} bajo el brazo.",
            "El {product} cala por los hombros en cuanto llueve de verdad.",
        ),
        asks=("¿Entra en la garantía?", "¿Cuánto costaría arreglarlo si no?"),
        answers=(
            "Eso es cosa nuestra. Envíelo al taller con esta etiqueta, son dos semanas.",
            "Con un cursor nuevo basta, sin coste. Lávelo antes, por favor.",
        ),
    ),
    invoice=Topic(
        subjects=("Factura de {order}", "Cobro duplicado", "¿Me reenvían la factura?"),
        openers=(
            "En mi empresa piden factura con IVA de {order}.",
            "Me han cobrado {order} dos veces, con cuatro minutos de diferencia.",
            "El vale de otoño se aceptó, pero el total de {order} no bajó.",
        ),
        asks=("¿Puede ser en PDF?", "¿Se puede corregir todavía?"),
        answers=(
            "Adjunto la factura de {order}, con el IVA en su línea.",
            "El segundo cargo es solo una retención y caduca el viernes.",
        ),
    ),
    returned=Topic(
        subjects=("Devolución de {order}", "¿Ha llegado mi paquete?", "Reembolso del {product}"),
        openers=(
            "Devuelvo el {product}: a la luz del día el color no es el mío.",
            "El lunes firmaron la devolución de {order}.",
            "No tengo impresora y la etiqueta pide papel.",
        ),
        asks=("¿Cuándo llegará el reembolso?", "¿Hay un código para enseñar en el móvil?"),
        answers=(
            "Está aquí y en orden. El importe de {order} sale esta noche.",
            "Le mando un código: en el mostrador imprimen lo demás.",
        ),
    ),
)
