"""Ids: texts of the host's or the PMS's choosing, told apart by the type checker."""

import time
import uuid
from random import SystemRandom
from typing import NewType

FirmId = NewType("FirmId", str)
EntityId = NewType("EntityId", str)
UserId = NewType("UserId", str)
StaffId = NewType("StaffId", str)
InvoiceId = NewType("InvoiceId", str)
FeeId = NewType("FeeId", str)
PaymentId = NewType("PaymentId", str)
PlanId = NewType("PlanId", str)

_CHANCE = SystemRandom()  # what `secrets` asks, which takes some milliseconds to import
_RANDOM_BITS = 62
_VERSION_AND_VARIANT = (7 << 76) | (0b10 << 62)


def new_uuid() -> str:
    """A fresh UUIDv7 (RFC 9562, 5.7) as text: 48 bits of milliseconds, then 74 random bits.

    It never repeats in practice, and it sorts roughly by time, which keeps b-trees dense.
    """
    moment = time.time_ns() // 1_000_000
    random = _CHANCE.getrandbits(12 + _RANDOM_BITS)
    high, low = random >> _RANDOM_BITS, random & ((1 << _RANDOM_BITS) - 1)
    return str(uuid.UUID(int=(moment << 80) | _VERSION_AND_VARIANT | (high << 64) | low))
