"""What can happen in the town, and histories of it."""

from collections.abc import Callable, Mapping
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ... import FirmId
from .. import strategies
from .town import (
    FEE_IDS,
    INVOICE_IDS,
    PAYMENT_IDS,
    Bill,
    addresses,
    bills,
    claims,
    client_entities,
    entity_ids,
    firm_ids,
    firms,
    places,
    proofs,
    rosters,
    waits,
)


def _at_a_firm(**about: SearchStrategy[object]) -> SearchStrategy[Mapping[str, object]]:
    return st.fixed_dictionaries({"firm_id": firm_ids, **about})


def _of_a_firm(**about: Callable[[FirmId], SearchStrategy[object]]) -> SearchStrategy[Mapping[str, object]]:
    """What has to know of which firm it is."""

    def at(firm_id: FirmId) -> SearchStrategy[Mapping[str, object]]:
        told = {name: strategy(firm_id) for name, strategy in about.items()}
        return st.fixed_dictionaries({"firm_id": st.just(firm_id), **told})

    return firm_ids.flatmap(at)


def _bills(firm_id: FirmId) -> SearchStrategy[list[Bill]]:
    return st.lists(bills(firm_id), min_size=1, max_size=3)


_names = st.sampled_from(["Jane Smith", "jane smith", "", "Smith"])
_named = st.sampled_from([None, True, True, False])

VERBS: Final[Mapping[str, SearchStrategy[Mapping[str, object]]]] = {
    "sign_up": _at_a_firm(address=addresses, name=_names, claim=st.one_of(st.none(), st.none(), claims)),
    "claim": _at_a_firm(who=places, claim=claims),
    "leave": _at_a_firm(who=places, entity_id=entity_ids),
    "admit_guest": _at_a_firm(proof=st.one_of(proofs, places)),
    "link": _at_a_firm(who=places, entity_id=entity_ids),
    "unlink": _at_a_firm(who=places, entity_id=entity_ids),
    "remove_user": _at_a_firm(who=places),
    "lift_bar": _at_a_firm(which=places),
    "change_roster": _of_a_firm(entities=rosters, complete=lambda _: st.booleans(), named=lambda _: _named),
    "plan_for_later": _of_a_firm(entities=rosters, complete=lambda _: st.booleans()),
    "apply_planned": st.fixed_dictionaries({"named": _named}),
    "store_entity": st.fixed_dictionaries({"entity": firm_ids.flatmap(client_entities)}),
    "save_bills": st.fixed_dictionaries({"bills": firm_ids.flatmap(_bills)}),
    "remove_bill": _at_a_firm(bill_id=st.sampled_from((*INVOICE_IDS, *FEE_IDS, *PAYMENT_IDS))),
    "change_settings": st.fixed_dictionaries({"firm": firm_ids.flatmap(firms)}),
    "change_policy": _at_a_firm(policy=strategies.policies()),
    "wait": st.fixed_dictionaries({"how_long": waits}),
}
"""What can happen, and about whom."""

_LAWS: Final = {
    "sign_up": "L2",
    "claim": "L10",
    "leave": "L3",
    "admit_guest": "L10",
    "link": "L9",
    "unlink": "L7",
    "remove_user": "L3",
    "lift_bar": "L7",
    "change_roster": "L13",
    "plan_for_later": "L13",
    "apply_planned": "L13",
}

OFTEN: Final = (*VERBS, *["sign_up", "link", "change_roster"] * 3, *["claim", "leave", "unlink", "lift_bar"] * 2)
"""How often, so that there is always something to undo."""


@attrs.frozen
class Act:
    """Something that happens: a method of `Trial`, and what it is about."""

    verb: str
    about: dict[str, object]

    @property
    def law(self) -> str:
        """The law that says most of what comes of it."""
        return _LAWS.get(self.verb, "The design")


def acts(*verbs: str) -> SearchStrategy[Act]:
    """Anything of these kinds; of every kind if none is named."""
    return st.one_of(*(st.builds(Act, st.just(verb), VERBS[verb].map(dict)) for verb in verbs or OFTEN))


def histories(*verbs: str, max_size: int = 12) -> SearchStrategy[list[Act]]:
    """What happens, one thing after another."""
    return st.lists(acts(*verbs), max_size=max_size)
