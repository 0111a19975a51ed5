"""Local parts of addresses that a role has, and many people read: they say little of who writes.

From RFC 2142, and from what shops and firms print on their sites, in the languages of the desk.
"""

from customers.handles import UNVERIFIED
from customers.models.identity import Kind

ROLES = frozenset(
    """
    abuse admin administrator all billing board careers compliance contact contacts customercare customerservice
    customersupport desk dispatch dpo editor enquiries enquiry everyone feedback finance frontdesk ftp help helpdesk
    hello hi hostmaster hr info information inquiries inquiry invoice invoices it jobs legal list logistics mail
    mailbox marketing media news newsletter noc no-reply nobody noreply office operations order orders payroll post
    postmaster press privacy procurement purchasing queries reception recruiting recruitment registrar returns root
    sales secretary security service services shop shipping staff store support sysadmin team tech
    undisclosed-recipients usenet uucp warehouse web webmaster welcome workshop www
    anfrage anfragen bestellung bestellungen buchhaltung buero büro einkauf kontakt kundendienst kundenservice
    presse rechnung rechnungen sekretariat verkauf versand vertrieb zentrale
    accueil achats assistance bonjour bureau commande commandes commercial comptabilite comptabilité facturation
    secretariat ventes
    administracion administración atencionalcliente ayuda compras contabilidad contacto facturacion facturación hola
    oficina pedidos recepcion recepción tienda ventas
    acquisti amministrazione assistenza contatti fatture negozio ordini ufficio vendite
    administratie bestellingen boekhouding facturen inkoop klantenservice verkoop winkel
    bestilling butikk faktura firmapost kundeservice ordre postmottak salg
    biuro faktury kontakt ksiegowosc księgowość obsluga obsługa sekretariat sklep sprzedaz sprzedaż
    zamowienia zamówienia
    bilgi destek iletisim iletişim muhasebe satis satış siparis sipariş
    """.split()
)


def is_role(kind: str, value: str) -> bool:
    """Whether this is an address of a role. A tag behind a plus changes nothing."""
    if kind != Kind.EMAIL:
        return False
    local = value.removeprefix(UNVERIFIED).rpartition("@")[0].partition("+")[0]
    return local.replace(".", "").replace("_", "") in ROLES or local in ROLES
