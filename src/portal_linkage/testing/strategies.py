"""Hypothesis strategies for what a firm knows and what people type: for our laws, and for a host's own tests.

>>> from hypothesis import given
>>> from portal_linkage import FirmId
>>> from portal_linkage.testing import strategies
>>> @given(strategies.rosters(FirmId("acme")))
... def each_client_once(roster):
...     assert len({entity.entity_id for entity in roster}) == len(roster)
>>> each_client_once()
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    told = "the test kit needs hypothesis: pip install 'portal_linkage[testing]'"
    raise ImportError(told, name=error.name) from error

from ..domain.entities import ClientEntity, Contact, Firm, Invoice, InvoiceStatus, LateFee, Payment, PortalSettings
from ..domain.policy import ArrivalRule, AutoLink, ContactRemoved, FirmUnlink, LinkagePolicy, SelfUnlink
from ..domain.values import EmailAddress, EntityId, FeeId, FirmId, InvoiceId, Money, PaymentId, UserId

if TYPE_CHECKING:
    from .histories import Act

# -- Addresses, as texts: what is let in, what only looks alike, and what is hostile -----------------------------------

_ATOM: Final = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-"
_LETTERS: Final = "éÉüÜßẞøñçşіжЖİאبदनम日本語한"
_MARKS: Final = "\u0301\u0308\u0327\u0331"
_LOOK_ASCII: Final = "\u212a\u037e\u1fef"
"""Kelvin sign, Greek question mark, Greek varia: their NFC forms are ASCII, so that L16 refuses them."""

_domains: Final = st.sampled_from(["example.com", "example.org", "mail.example.net", "x.example"])
_atoms: Final = st.text(_ATOM, min_size=1, max_size=8)


def _address(local: str, domain: str) -> str:
    return f"{local}@{domain}"


def ordinary_addresses() -> SearchStrategy[str]:
    """Addresses as most people have them: ``jane.smith@example.com``."""
    local = st.lists(_atoms, min_size=1, max_size=3).map(".".join)
    return st.builds(_address, local, _domains)


def plus_tagged_addresses() -> SearchStrategy[str]:
    """Addresses with a tag, which counts: ``jane.smith+tax@example.com``."""
    local = st.builds("{}+{}".format, _atoms, _atoms)
    return st.builds(_address, local, _domains)


def mixed_case_addresses() -> SearchStrategy[str]:
    """Addresses of which the case of A to Z may differ from the key's."""
    return st.builds(_shouted, ordinary_addresses(), st.integers(0, 2**24))


def _shouted(text: str, which: int) -> str:
    """The text, its letters a to z in the case that the bits of a number say; one that a mark follows stays."""
    alone = [letter.isascii() and not unicodedata.combining(after) for letter, after in pairwise(f"{text} ")]
    return "".join(
        letter.upper() if alone[place] and which >> place & 1 else letter for place, letter in enumerate(text)
    )


def international_addresses() -> SearchStrategy[str]:
    """Addresses that may have letters outside ASCII, composed or not, in either part."""
    letter = st.builds("{}{}".format, st.sampled_from("aeouhcn" + _LETTERS), st.sampled_from(["", *_MARKS]))
    part = st.lists(letter, min_size=1, max_size=5).map("".join)
    return st.builds(_address, part, st.one_of(_domains, part.map("{}.example".format)))


def addresses() -> SearchStrategy[str]:
    """Addresses of every kind that L16 lets in."""
    return st.one_of(ordinary_addresses(), plus_tagged_addresses(), mixed_case_addresses(), international_addresses())


def respellings(address: str) -> SearchStrategy[str]:
    """Other texts that are the same address by L16: other case of A to Z, decomposed, with blanks around."""
    composed = unicodedata.normalize("NFC", address)
    shouted = st.integers(0, 2 ** len(composed)).map(lambda which: _shouted(composed, which))
    spelled = st.builds(unicodedata.normalize, st.sampled_from(["NFC", "NFD"]), shouted)
    edges = st.text(" \t\r\n", max_size=2)
    return st.builds("{}{}{}".format, edges, spelled, edges)


def confusable_addresses() -> SearchStrategy[str]:
    """Texts that look like an address and are refused: one character of them only looks like ASCII."""
    return st.builds("{}{}{}".format, st.text("abk", max_size=3), st.sampled_from(_LOOK_ASCII), ordinary_addresses())


def hostile_texts(*, max_size: int = 40) -> SearchStrategy[str]:
    """Texts that nobody means well with: NUL, lone surrogates, controls, wild cards, quotes, and sheer length."""
    nasty = st.sampled_from(
        ["\0", "\ud800", "%", "_", "'; --", "\\", '"', "\u202e", "\u200b", "\n", "@", "..", "\u0130", "\U0010ffff"]
    )
    pieces = st.lists(st.one_of(nasty, st.text(max_size=5)), max_size=8).map("".join)
    endless = st.sampled_from(["a" * 501, "@" * 300, "x" * 250 + "@example.com", "\u0301" * 2000])
    return st.one_of(pieces.map(lambda text: text[:max_size]), st.text(max_size=max_size), endless)


def emails() -> SearchStrategy[EmailAddress]:
    """Addresses, read."""
    return addresses().map(EmailAddress.parse)


# -- What a firm keeps -------------------------------------------------------------------------------------------------


def names() -> SearchStrategy[str]:
    """Names of clients and people, with the words that tell a search apart."""
    words = "Smith|smith,|Jane|SMITH-Jane|Family|Trust|Straße|STRASSE|Café|Cafe\u0301|l'Été|3|1001|日本|&"
    known = st.lists(st.sampled_from(words.split("|")), max_size=4).map(" ".join)
    return st.one_of(known, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))


def client_numbers() -> SearchStrategy[str]:
    """Client numbers as they are in real feeds: digits, leading zeros, other digits, letters."""
    digits = st.text("0123456789", min_size=1, max_size=6)
    others = st.text("0123456789AaZz-/.٣² é", min_size=1, max_size=6)
    return st.one_of(digits, digits.map("00{}".format), others)


def currencies() -> SearchStrategy[str]:
    """Currencies with two usual decimals, with none, with three and with four."""
    return st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])


def amounts() -> SearchStrategy[Decimal]:
    """Amounts that L14 lets in: at most four decimals, below 10^11, negative ones and zero included."""
    largest = 10**15 - 1
    units = st.one_of(st.integers(1, 10**7), st.integers(-(10**7), 10**7), st.integers(-largest, largest))
    return units.map(lambda count: Decimal(count).scaleb(-4))


_currencies: Final = currencies()


def moneys(currency: SearchStrategy[str] = _currencies) -> SearchStrategy[Money]:
    """Amounts in a currency."""
    return st.builds(Money, amounts(), currency)


def days() -> SearchStrategy[date]:
    """Days of few months, so that some bills share one, and the farthest ones."""
    start = date(2026, 1, 1)
    near = st.integers(0, 60).map(lambda count: start + timedelta(days=count))
    return st.one_of(near, near, st.sampled_from([date.min, date.max]))


_ZONES: Final = (UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30)))


def moments() -> SearchStrategy[datetime]:
    """Aware times: some are equal, some a microsecond apart, some told in another zone, some decades away."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    near = st.integers(0, 3).map(lambda count: start + timedelta(microseconds=count))
    far = st.integers(-(10**9), 10**9).map(lambda seconds: start + timedelta(seconds=seconds))
    return st.builds(datetime.astimezone, st.one_of(near, near, far), st.sampled_from(_ZONES))


_firm_ids: Final = st.sampled_from([FirmId("acme"), FirmId("zenith")])
_emails: Final = emails()
_names: Final = names()
_client_numbers: Final = client_numbers()
_entity_ids: Final = st.integers(1001, 1999).map(str).map(EntityId)
_invoice_ids: Final = st.uuids().map(str).map(InvoiceId)
_fee_ids: Final = st.uuids().map(str).map(FeeId)
_payment_ids: Final = st.uuids().map(str).map(PaymentId)
_guests: Final[SearchStrategy[UserId | None]] = st.none()


def portal_settings() -> SearchStrategy[PortalSettings]:
    """What a firm shows in its portals."""
    return st.builds(PortalSettings, show_past_payments=st.booleans(), show_late_fees=st.booleans())


def firms(firm_ids: SearchStrategy[FirmId] = _firm_ids) -> SearchStrategy[Firm]:
    """Firms with any settings."""
    return st.builds(Firm, firm_id=firm_ids, name=names(), settings=portal_settings())


def policies() -> SearchStrategy[LinkagePolicy]:
    """Every way to set the switches; the limit on attempts is kept low, so that it is met."""
    return st.builds(
        LinkagePolicy,
        auto_link=st.sampled_from(AutoLink),
        contact_removed=st.sampled_from(ContactRemoved),
        arrival=st.sampled_from(ArrivalRule),
        firm_unlink=st.sampled_from(FirmUnlink),
        self_unlink=st.sampled_from(SelfUnlink),
        attempts=st.integers(1, 3),
    )


def contacts(
    of: SearchStrategy[EmailAddress] = _emails, *, named: SearchStrategy[str] = _names
) -> SearchStrategy[Contact]:
    """Contacts of any role."""
    roles = st.sampled_from(["billing", "owner", ""])
    return st.builds(Contact, email=of, name=named, role=roles)


_contacts: Final = contacts()


def client_entities(
    firm_id: FirmId,
    *,
    ids: SearchStrategy[EntityId] = _entity_ids,
    numbers: SearchStrategy[str] = _client_numbers,
    named: SearchStrategy[str] = _names,
    contacts_of: SearchStrategy[Contact] = _contacts,
) -> SearchStrategy[ClientEntity]:
    """Client entities of a firm, with ids, client numbers, names and contacts from where you say."""
    return st.builds(
        ClientEntity,
        firm_id=st.just(firm_id),
        entity_id=ids,
        name=named,
        client_number=numbers,
        contacts=st.lists(contacts_of, max_size=3),
        active=st.sampled_from([True] * 5 + [False]),
    )


def rosters(
    firm_id: FirmId, *, min_size: int = 0, max_size: int = 6, of: SearchStrategy[ClientEntity] | None = None
) -> SearchStrategy[list[ClientEntity]]:
    """Rosters of a firm: every entity once."""
    entities = client_entities(firm_id) if of is None else of
    return st.lists(entities, min_size=min_size, max_size=max_size, unique_by=lambda entity: entity.entity_id)


def invoices(
    firm_id: FirmId, entity_ids: Sequence[EntityId], *, ids: SearchStrategy[InvoiceId] = _invoice_ids
) -> SearchStrategy[Invoice]:
    """Invoices of these entities, in every state; numbers repeat, and what is due says nothing of the total."""
    currency = st.shared(currencies(), key="currency of an invoice")
    return st.builds(
        Invoice,
        firm_id=st.just(firm_id),
        invoice_id=ids,
        entity_id=st.sampled_from(entity_ids),
        number=st.sampled_from(["INV-1", "INV-2", "inv-1", "7"]),
        total=moneys(currency),
        amount_due=moneys(currency),
        issued_on=days(),
        due_on=days(),
        status=st.sampled_from([InvoiceStatus.OPEN] * 3 + [*InvoiceStatus]),
    )


def late_fees(
    firm_id: FirmId, entity_ids: Sequence[EntityId], *, ids: SearchStrategy[FeeId] = _fee_ids
) -> SearchStrategy[LateFee]:
    """Late fees of these entities; what is due on one need not be what was assessed."""
    return st.builds(
        LateFee,
        firm_id=st.just(firm_id),
        fee_id=ids,
        entity_id=st.sampled_from(entity_ids),
        amount=moneys(),
        amount_due=moneys(),
        assessed_on=days(),
    )


def payments(
    firm_id: FirmId,
    entity_ids: Sequence[EntityId],
    *,
    ids: SearchStrategy[PaymentId] = _payment_ids,
    payers: SearchStrategy[UserId | None] = _guests,
) -> SearchStrategy[Payment]:
    """Payments to these entities, by guests, or by whom you say."""
    return st.builds(
        Payment,
        firm_id=st.just(firm_id),
        payment_id=ids,
        entity_id=st.sampled_from(entity_ids),
        amount=moneys(),
        paid_at=moments(),
        payer=payers,
    )


def histories(*, max_size: int = 12) -> SearchStrategy[list["Act"]]:
    """Whole histories of three firms: see `portal_linkage.testing.histories`, and `portal_linkage.testing.happen`."""
    from . import histories as whole  # noqa: PLC0415 -- they are made of these strategies

    return whole.histories(max_size=max_size)
