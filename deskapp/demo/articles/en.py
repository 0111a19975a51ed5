"""The articles in English."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Sending something back",
        "You have **30 days** from the day it arrives.\n\n1. Open the order in your account and choose *Send back*.\n2. The label comes by mail: any post counter scans it from your phone.\n3. Pack it as it came. The box may be torn, the tags should still be on.\n\nThe label is free. You can also hand it in at our shops in Kendal, York, Oslo and Bergen.",
    ),
    "delivery": (
        "How long delivery takes",
        "We pack on the day you order if you order before noon, otherwise on the next working day.\n\n- Great Britain: 2 to 3 working days\n- Ireland and Norway: 3 to 5\n- The rest of Europe: 4 to 6\n\nAs soon as the carrier has it, the tracking number comes by mail. It may take a day until the first scan is shown.",
    ),
    "size": (
        "Finding the right size",
        "Measure over what you will wear under it.\n\n- **Jackets** are cut to go over a thin fleece; for a thick one, take the next size up.\n- **Boots** should leave a thumb's width before the toes. Between two sizes, take the larger.\n- **Trousers** come in three leg lengths.\n\nThe wrong size is changed free of charge, once, within 30 days.",
    ),
    "money": (
        "When the money comes back",
        "It leaves us on the day that we see your parcel, and goes back the way you paid.\n\n- Cards: 3 to 5 working days, as your bank shows it\n- PayPal: within a day\n- Vouchers: at once\n\nYou get a mail as soon as it is on its way.",
    ),
    "care": (
        "Caring for wool and waterproofs",
        "**Wool** is washed at 30 degrees with a wool detergent and dried flat. It never goes in the dryer.\n\n**Waterproofs** want washing, too: dirt makes them leak. Close every zip, use soap flakes, rinse twice. When drops no longer stand on the cloth, spray it anew while it is damp.",
    ),
    "abroad": (
        "Delivery to other countries, and customs",
        "We send to all of Europe, and to Japan, Canada and the United States.\n\nWithin the EU and Norway duties are in the price. Elsewhere the carrier asks for them at the door, as your customs decide. Stoves with gas stay in Great Britain.",
    ),
}
