"""The tables as they were first."""

from portal_linkage.adapters.sql.migrations.layout import (
    create,
    days,
    flags,
    index,
    integers,
    key,
    positions,
    texts,
)

revision = "portal_0001"
down_revision = None
branch_labels = ("portal_linkage",)
depends_on = None


def upgrade() -> None:
    """Create them."""
    _people()
    _links()
    _clients()
    _bills()
    things = [*texts("kind"), *texts("user_id entity_id ground", nullable=True), *texts("by"), *integers("at")]
    create("journal", [*key(), *positions("position"), *things])
    index("journal", "user", "user_id,position")
    index("journal", "entity", "entity_id,position")


def _people() -> None:
    user = [*texts("user_id name name_key email_search", nullable=True), *integers("signed_up_at", nullable=True)]
    create("mailbox", [*key("mailbox_id"), *texts("email email_key"), *integers("revision"), *user])
    index("mailbox", "email", "email_key", unique=True)
    index("mailbox", "user", "user_id", unique=True)
    index("mailbox", "name", "name_key,user_id")
    index("mailbox", "search", "email_search,user_id")
    create("user_word", key("user_id word"))
    index("user_word", "word", "word,user_id")
    create("attempt", [*key("subject"), *texts("refused"), *integers("until")])
    index("attempt", "until", "until,subject")


def _links() -> None:
    create("link", [*key("user_id"), *positions("revision position"), *texts("entity_id"), *integers("linked_at")])
    index("link", "entity", "entity_id,user_id", unique=True)
    create("ground", [*key("user_id entity_id kind"), *integers("position since"), *texts("by")])
    create("bar", [*key("mailbox_id entity_id"), *integers("since"), *texts("by")])
    index("bar", "since", "since,entity_id,mailbox_id")
    index("bar", "entity", "entity_id,mailbox_id")
    create("departure", key("mailbox_id entity_id"))
    index("departure", "entity", "entity_id,mailbox_id")


def _clients() -> None:
    create("firm", [*key(), *texts("name"), *flags("show_past_payments show_late_fees"), *integers("revision")])
    words = texts("name name_key name_words client_number number_key number_search")
    create("entity", [*key("entity_id"), *words, *flags("active")])
    index("entity", "number", "number_search,entity_id")
    index("entity", "words", "name_words,entity_id")
    create("entity_word", key("entity_id word"))
    index("entity_word", "word", "word,entity_id")
    named = [*texts("email email_key contact_name"), *texts("contact_id", nullable=True), *texts("role")]
    create("contact", [*key("entity_id source"), *positions("position"), *named])
    index("contact", "email", "email_key,entity_id")


def _bills() -> None:
    amounts = [*integers("total"), *texts("total_currency"), *integers("amount_due"), *texts("amount_due_currency")]
    invoice = [*texts("entity_id number"), *amounts, *days("issued_on due_on"), *texts("status")]
    create("invoice", [*key("invoice_id"), *invoice])
    due = "amount_due,amount_due_currency"
    is_open = "status = 'open' AND amount_due > 0"
    index("invoice", "open", f"entity_id,due_on,number,invoice_id,{due},status", where=is_open)
    index("invoice", "paid", "entity_id,issued_on DESC,invoice_id,status", where="status = 'paid'")
    index("invoice", "number", "entity_id,number,status")
    amounts = [*integers("amount"), *texts("amount_currency"), *integers("amount_due"), *texts("amount_due_currency")]
    fee = [*texts("entity_id"), *texts("invoice_id", nullable=True), *amounts, *days("assessed_on")]
    create("late_fee", [*key("fee_id"), *fee])
    index("late_fee", "due", f"entity_id,assessed_on,fee_id,{due}", where="amount_due > 0")
    paid = [*texts("entity_id"), *integers("amount"), *texts("amount_currency"), *integers("paid_at")]
    create("payment", [*key("payment_id"), *paid, *texts("invoice_ids"), *texts("payer", nullable=True)])
    index("payment", "paid", "entity_id,paid_at DESC,payment_id")
