"""The faults, by what they do wrong."""

from ..fault import FAULTS
from . import (
    accounts,
    addresses,
    bars,
    collations,
    journal,
    limits,
    links,
    moments,
    money,
    proofs,
    readings,
    rosters,
    searches,
    viewers,
    walls,
)

__all__ = [
    "FAULTS",
    "accounts",
    "addresses",
    "bars",
    "collations",
    "journal",
    "limits",
    "links",
    "moments",
    "money",
    "proofs",
    "readings",
    "rosters",
    "searches",
    "viewers",
    "walls",
]
