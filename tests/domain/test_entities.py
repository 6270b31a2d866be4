"""The firm's nouns: their defaults, and what they refuse."""

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import attrs
import pytest

from portal_linkage import (
    Arrival,
    ClientEntity,
    Contact,
    EntityId,
    Firm,
    FirmId,
    FirmStaff,
    GroundKind,
    Guest,
    InvalidValue,
    Invoice,
    InvoiceProof,
    InvoiceStatus,
    LateFee,
    Money,
    Payment,
    PortalSettings,
    PortalUser,
    StaffId,
    StaffVisit,
    UserId,
)
from portal_linkage.testing import builders as b

SAMPLES: dict[str, Any] = {
    "Firm": b.firm(),
    "PortalSettings": PortalSettings(),
    "Contact": Contact(email=b.JANE),
    "ClientEntity": b.entity(b.REALTY, b.JANE),
    "User": b.user(),
    "Ground": b.ground(),
    "Link": b.link(),
    "Bar": b.bar(),
    "Invoice": b.invoice(),
    "LateFee": b.late_fee(),
    "Payment": b.payment(),
    "PortalUser": PortalUser(b.ACME, b.JANE_ID),
    "StaffVisit": StaffVisit(b.ACME, b.STAFF, b.REALTY),
    "Guest": Guest(b.ACME, b.REALTY),
    "FirmStaff": FirmStaff(b.ACME, b.STAFF),
    "InvoiceProof": InvoiceProof("1003", "INV-1"),
}
IDS = {"firm_id", "entity_id", "user_id", "staff_id", "invoice_id", "fee_id", "payment_id", "contact_id", "payer"}
NUMBERS = {"client_number", "invoice_number", "number"}
NAMES = {"name", "role"}
FIELDS = [(kind, field.name) for kind, sample in SAMPLES.items() for field in attrs.fields(type(sample))]


def with_field(kind: str, field: str, value: object) -> object:
    """The sample with another value of one field."""
    return attrs.evolve(SAMPLES[kind], **{field: value})


def refusal(kind: str, field: str, value: object) -> str:
    """Why the value is refused; the error names the field."""
    with pytest.raises(InvalidValue) as refused:
        with_field(kind, field, value)
    assert refused.value.field == field
    return refused.value.reason


def fields_named(*names: str) -> list[tuple[str, str]]:
    """The fields of all samples with one of these names."""
    return [(kind, field) for kind, field in FIELDS if field in names]


# -- Every field of every entity ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "field"), [*fields_named(*IDS, *NUMBERS), ("Ground", "by"), ("Bar", "by")])
def test_an_id_or_a_number_is_a_text_of_1_to_200_characters(kind: str, field: str) -> None:
    """No NUL, no lone surrogate, not empty, not longer, in every entity that bears it."""
    assert refusal(kind, field, "") == "must not be empty"
    assert refusal(kind, field, "x" * 201) == "is longer than 200 characters"
    assert refusal(kind, field, "a\0") == "holds a NUL character"
    assert refusal(kind, field, "\ud800") == "holds a lone surrogate"
    longest = "\U0001f600" * 200
    assert getattr(with_field(kind, field, longest), field) == longest


@pytest.mark.parametrize(("kind", "field"), fields_named(*NAMES))
def test_a_name_is_a_text_of_up_to_500_characters(kind: str, field: str) -> None:
    """Names may be empty, and long, but hold no NUL and no lone surrogate."""
    assert refusal(kind, field, "x" * 501) == "is longer than 500 characters"
    assert refusal(kind, field, "a\0") == "holds a NUL character"
    assert refusal(kind, field, "\udfff") == "holds a lone surrogate"
    for name in ("", "x" * 500, "  Smith\tJane\n"):
        assert getattr(with_field(kind, field, name), field) == name


@pytest.mark.parametrize(("kind", "field"), FIELDS)
@pytest.mark.parametrize("value", [object(), 3.5, b"1003", 1003])
def test_a_wrong_type_is_refused_everywhere(kind: str, field: str, value: object) -> None:
    """No field of any entity takes what is not of its type."""
    with pytest.raises(TypeError):
        with_field(kind, field, value)


@pytest.mark.parametrize(("kind", "field"), [pair for pair in FIELDS if pair[1] not in {"contact_id", "payer"}])
def test_none_is_no_value_where_something_is_needed(kind: str, field: str) -> None:
    """An absent value is absent only where the design says so."""
    if (kind, field) == ("LateFee", "invoice_id"):
        assert attrs.asdict(b.late_fee(invoice_id=None))["invoice_id"] is None
    else:
        with pytest.raises(TypeError):
            with_field(kind, field, None)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("User", "signed_up_at"), ("Ground", "since"), ("Link", "linked_at"), ("Bar", "since"), ("Payment", "paid_at")],
)
def test_a_time_is_aware_and_kept_in_utc(kind: str, field: str) -> None:
    """A naive time is refused; any other becomes the same moment in UTC."""
    assert refusal(kind, field, datetime(2026, 3, 2, 12)) == "must be an aware time: give it a time zone"  # noqa: DTZ001
    east = timezone(timedelta(hours=14))
    assert refusal(kind, field, datetime(1, 1, 1, tzinfo=east)) == "lies outside the years 1 to 9999 in UTC"
    kept = getattr(with_field(kind, field, datetime(2026, 3, 3, 2, tzinfo=east)), field)
    assert kept == b.NOON
    assert kept.tzinfo is UTC


@pytest.mark.parametrize(("kind", "field"), fields_named("issued_on", "due_on", "assessed_on"))
def test_a_date_is_no_time(kind: str, field: str) -> None:
    """The day of a time depends on a zone, so a time is refused as a date."""
    with pytest.raises(TypeError, match=f"{field} must be date, not datetime"):
        with_field(kind, field, b.NOON)
    assert getattr(with_field(kind, field, date(9999, 12, 31)), field) == date(9999, 12, 31)


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_entity_travels_whole_and_never_changes(kind: str) -> None:
    """Pickled or copied it is equal, with the same hash; nothing on it can be set."""
    sample = SAMPLES[kind]
    for again in (pickle.loads(pickle.dumps(sample)), copy.copy(sample), copy.deepcopy(sample)):  # noqa: S301
        assert again == sample
        assert hash(again) == hash(sample)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(sample, attrs.fields(type(sample))[0].name, "x")
    with pytest.raises(AttributeError):
        object.__setattr__(sample, "anything_else", "x")


@pytest.mark.parametrize("kind", SAMPLES)
def test_no_repr_holds_an_address(kind: str) -> None:
    """Entities stand in logs and tracebacks; addresses do not."""
    assert str(b.JANE) not in repr(SAMPLES[kind])
    assert b.JANE.key not in repr(SAMPLES[kind])


# -- One by one --------------------------------------------------------------------------------------------------------


def test_a_firm_shows_past_payments_and_late_fees_by_default() -> None:
    """Unless it says otherwise."""
    assert Firm(firm_id=b.ACME, name="Acme").settings == PortalSettings(show_past_payments=True, show_late_fees=True)


def test_a_client_s_number_is_its_id_unless_it_has_another() -> None:
    """``client_number`` is what people type; without one, the PMS's key."""
    plain = ClientEntity(firm_id=b.ACME, entity_id=b.REALTY, name="Jane Smith Realty Group")
    assert (plain.client_number, plain.contacts, plain.active) == ("1003", (), True)
    assert plain.label == "Jane Smith Realty Group (1003)"
    assert attrs.evolve(plain, client_number="77").label == "Jane Smith Realty Group (77)"


def test_contacts_are_contacts() -> None:
    """A list of addresses is not a list of contacts."""
    with pytest.raises(TypeError, match="contacts must be Contact, not EmailAddress"):
        b.entity(b.REALTY, contacts=[b.JANE])
    with pytest.raises(TypeError, match="contacts must be Contact, not str"):
        b.entity(b.REALTY, contacts="jane.smith@example.com")
    with pytest.raises(TypeError, match="grounds must be Ground, not GroundKind"):
        b.link(b.REALTY, b.JANE_ID, GroundKind.PROOF)  # type: ignore[arg-type]


def test_a_user_is_the_one_who_is_asking() -> None:
    """``user.viewer`` is what readings take."""
    assert b.user().viewer == PortalUser(b.ACME, b.JANE_ID)


def test_a_link_knows_its_grounds() -> None:
    """A ground comes last, and goes by its kind (L12)."""
    proof, grant = b.ground(GroundKind.PROOF), b.ground(GroundKind.FIRM_GRANT, by=b.STAFF)
    link = b.link(b.REALTY, b.JANE_ID, proof).with_ground(grant)
    assert link.grounds == (proof, grant)
    assert [link.has(kind) for kind in GroundKind] == [False, False, True, True]
    assert link.without(GroundKind.PROOF).grounds == (grant,)
    assert link.without(GroundKind.ARRIVAL) == link


@pytest.mark.parametrize("status", InvoiceStatus)
@pytest.mark.parametrize(("due", "positive"), [("0.0001", True), ("0", False), ("-5", False)])
def test_an_invoice_is_open_while_something_is_due(status: InvoiceStatus, due: str, *, positive: bool) -> None:
    """``OPEN`` with more than nothing due; a credit is not a debt."""
    invoice = b.invoice(status=status, amount_due=b.usd(due), total=b.usd(1200))
    assert invoice.is_open is (positive and status is InvoiceStatus.OPEN)


def test_an_invoice_s_number_is_its_id_unless_it_has_another() -> None:
    """People read the number; the id is the PMS's."""
    assert b.invoice("INV-1").number == "INV-1"
    assert b.invoice("INV-1", number="2026-001").number == "2026-001"


def test_status_and_amounts_do_not_constrain_each_other() -> None:
    """Feeds are dirty: a paid invoice with something due, two currencies, and due before it was issued, are stored."""
    invoice = b.invoice(
        status=InvoiceStatus.PAID,
        total=Money(-1, "EUR"),
        amount_due=b.usd(7),
        issued_on=date(2026, 3, 2),
        due_on=date(2026, 3, 1),
    )
    assert not invoice.is_open


@pytest.mark.parametrize(("due", "is_due"), [("25", True), ("0.0001", True), ("0", False), ("-1", False)])
def test_a_late_fee_is_due_in_full_unless_it_says_otherwise(due: str, *, is_due: bool) -> None:
    """``amount_due`` is the amount by default; the fee may be of no invoice in particular."""
    fee = b.late_fee(amount_due=b.usd(due))
    assert fee.is_due is is_due
    assert b.late_fee().amount_due == b.usd(25)
    assert b.late_fee().invoice_id is None


def test_a_payment_may_be_of_several_invoices_and_of_nobody_known() -> None:
    """A guest has no id; the invoices come as any collection of ids."""
    payment = b.payment(invoice_ids=["INV-1", "INV-2"])
    assert payment.invoice_ids == ("INV-1", "INV-2")
    assert payment.payer is None
    assert b.payment(payer="jane").payer == "jane"
    with pytest.raises(InvalidValue, match="invoice_ids: must not be empty"):
        b.payment(invoice_ids=["INV-1", ""])


def test_one_id_is_not_a_collection_of_ids() -> None:
    """``invoice_ids="INV-1"`` would be the five invoices I, N, V, - and 1: it is a mistake in the program."""
    with pytest.raises(TypeError, match=r"^invoice_ids must be a collection of ids, not one text$"):
        b.payment(invoice_ids="INV-1")


def test_amounts_are_money() -> None:
    """A number has no currency, and a total is no text."""
    for kind, field in fields_named("total", "amount_due", "amount"):
        with pytest.raises(TypeError, match=f"{field} must be Money"):
            with_field(kind, field, "1200.00")


@pytest.mark.parametrize(("kind", "field", "word"), [("Invoice", "status", "open"), ("Ground", "kind", "proof")])
def test_a_word_is_not_a_status(kind: str, field: str, word: str) -> None:
    """Feeds turn words into an InvoiceStatus; the word alone, or that of another enum, is a mistake in the program."""
    other = StrEnum("other", {"WORD": word})
    for value in (word, other.WORD):
        with pytest.raises(TypeError, match=f"{field} must be"):
            with_field(kind, field, value)


# -- Who is asking, who is acting, and what they claim -----------------------------------------------------------------


def test_those_who_ask_are_made_by_position() -> None:
    """The shapes of the design, for matching too."""
    match StaffVisit(FirmId("acme"), StaffId("s"), EntityId("1003")):
        case StaffVisit(firm_id, staff_id, entity_id):
            assert (firm_id, staff_id, entity_id) == ("acme", "s", "1003")
    match PortalUser(FirmId("acme"), UserId("u")):
        case PortalUser(firm_id, user_id):
            assert (firm_id, user_id) == ("acme", "u")
    assert len({Guest(FirmId("acme"), EntityId("1")), FirmStaff(FirmId("acme"), StaffId("1"))}) == 2


def test_an_arrival_is_attested_by_the_host_alone() -> None:
    """It cannot be constructed, and says how the host knows, but not in a log."""
    arrival = Arrival.attest(b.REALTY, via="token 1234")
    assert (arrival.entity_id, arrival.via) == ("1003", "token 1234")
    assert repr(arrival) == "Arrival(entity_id='1003')"
    assert pickle.loads(pickle.dumps(arrival)) == copy.deepcopy(arrival) == arrival  # noqa: S301 -- our own
    with pytest.raises(TypeError, match=r"^an arrival is attested, .*: Arrival\.attest\(entity_id, via='\.\.\.'\)$"):
        Arrival(b.REALTY)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Arrival\.attest"):
        Arrival()


@pytest.mark.parametrize(
    ("entity_id", "via", "error", "told"),
    [
        ("", "mail", InvalidValue, "entity_id: "),
        ("x" * 201, "mail", InvalidValue, "entity_id: "),
        ("1003\0", "mail", InvalidValue, "entity_id: "),
        (1003, "mail", TypeError, "entity_id must be str, "),
        ("1003", "", InvalidValue, "via: "),
        ("1003", "x" * 501, InvalidValue, "via: "),
        ("1003", "\ud800", InvalidValue, "via: "),
        ("1003", None, TypeError, "via must be str, "),
    ],
)
def test_nonsense_is_not_attested(entity_id: object, via: object, error: type[Exception], told: str) -> None:
    """An id is an id, and the host's word is a text; the refusal names which of the two it is about."""
    with pytest.raises(error, match=f"^{told}"):
        Arrival.attest(entity_id, via=via)  # type: ignore[arg-type]


def test_a_proof_is_masked() -> None:
    """What somebody typed to prove who they are stands in no log."""
    assert repr(InvoiceProof("1003", "INV-1")) == "InvoiceProof(***)"
    assert InvoiceProof("1003", "INV-1") != InvoiceProof("1003", "inv-1")


def test_fees_and_bills_take_keywords_alone() -> None:
    """Nine fields in a row would be mixed up: by position nothing is made."""
    kinds: list[Callable[..., object]] = [Invoice, LateFee, Payment, ClientEntity, Firm, Contact]
    for kind in kinds:
        with pytest.raises(TypeError, match="positional"):
            kind("acme", "1")
