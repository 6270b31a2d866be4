"""What a roster change comes to, reckoned in dicts and sets of plain texts: it shares no rule with the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Addresses = frozenset[str]
Records = Mapping[str, tuple[Addresses, bool]]
"""By entity: the addresses that it lists, and whether it is active."""


@dataclass
class Books:
    """A firm: who lists whom, by source; who is active; and by address: links with their grounds, bars and leavings."""

    listed: dict[str, dict[str, Addresses]] = field(default_factory=dict[str, dict[str, Addresses]])
    active: dict[str, bool] = field(default_factory=dict[str, bool])
    links: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict[str, dict[str, frozenset[str]]])
    """Of the addresses that have a user, who holds a link."""
    barred: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    left: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    merged: dict[str, str] = field(default_factory=dict[str, str])
    """Who went into whom so far."""

    def listing(self, entity_id: str) -> Addresses:
        """All that any source lists with an entity."""
        return frozenset[str]().union(*(by_entity.get(entity_id, ()) for by_entity in self.listed.values()))


@dataclass(frozen=True)
class Change:
    """What is told of a roster."""

    records: Records
    source: str = "pms"
    complete: bool = False
    merged: Mapping[str, str] = field(default_factory=dict[str, str])
    renumbered: Mapping[str, str] = field(default_factory=dict[str, str])


def carry_out(books: Books, change: Change, *, continuous: bool, withdraw: bool) -> None:
    """Change the books as the design says, paragraph by paragraph."""
    listed = {entity_id: books.listing(entity_id) for entity_id in books.active}
    shown = {entity_id: listed[entity_id] for entity_id, is_active in books.active.items() if is_active}
    was_active = dict(books.active)
    moves = _moves(books, change)
    _write(books, change, moves)
    into: dict[str, list[str]] = {}
    for gone, survivor in moves:
        books.active[gone] = False
        if was_active.get(gone, True) or books.merged.get(gone) != survivor:
            into.setdefault(survivor, []).append(gone)
        if was_active.get(gone):
            shown[survivor] = shown.get(survivor, frozenset()) | listed[gone]
    for survivor, together in into.items():
        _merge(books, sorted(together), survivor, withdraw=withdraw)
    for entity_id in books.active:
        if entity_id in dict(moves):
            continue
        after = books.listing(entity_id)
        if continuous and books.active[entity_id]:
            _appear(books, entity_id, after - shown.get(entity_id, frozenset()))
        if withdraw:
            _vanish(books, entity_id, listed.get(entity_id, frozenset()) - after)
    books.links = {address: held for address, held in books.links.items() if held}


def _moves(books: Books, change: Change) -> Sequence[tuple[str, str]]:
    """Who goes into whom: from those who are there, to the end of each chain, if somebody is there."""
    chain = {**change.merged, **change.renumbered}
    ends: dict[str, str] = {}
    for gone in chain.keys() & (books.active.keys() | change.records.keys()):
        ends[gone] = gone
        while ends[gone] in chain:
            ends[gone] = chain[ends[gone]]
    new = {change.renumbered[gone] for gone, end in ends.items() if change.renumbered.get(gone) == end}
    there = {*books.active, *change.records, *new}
    return [(gone, ends[gone]) for gone in chain if ends.get(gone) in there]


def _write(books: Books, change: Change, moves: Sequence[tuple[str, str]]) -> None:
    of_source = books.listed.setdefault(change.source, {})
    before, was_active = dict(of_source), dict(books.active)
    if change.complete:
        for entity_id in (
            books.active.keys() - change.records.keys() - {*change.renumbered, *change.renumbered.values()}
        ):
            if change.source == "pms":
                books.active[entity_id] = False
            else:
                of_source[entity_id] = frozenset()
    for entity_id, (addresses, is_active) in change.records.items():
        if change.source == "pms":
            books.active[entity_id] = is_active
        if entity_id in books.active:
            of_source[entity_id] = addresses
    for gone, survivor in moves:
        if survivor not in books.active and change.renumbered.get(gone) == survivor:
            as_it_was = (before.get(gone, frozenset[str]()), was_active.get(gone, False))
            of_source[survivor], books.active[survivor] = change.records.get(gone, as_it_was)


def _merge(books: Books, together: Sequence[str], survivor: str, *, withdraw: bool) -> None:
    books.merged.update(dict.fromkeys(together, survivor))
    places = {survivor, *together}
    for refused in (books.barred, books.left):
        refused |= {(address, survivor) for address, entity_id in refused if entity_id in places}
    for address, held in books.links.items():
        kinds = frozenset[str]().union(*(held.get(place, ()) for place in places))
        was_linked = survivor in held
        is_left = (address, survivor) in books.left and kinds <= {"contact_listing"}
        is_barred = (address, survivor) in books.barred and "firm_grant" not in kinds
        of_gone = frozenset[str]().union(*(held.pop(place, ()) for place in together))
        if is_left or is_barred:
            held.pop(survivor, None)
        elif kinds:
            for refused in (books.barred, books.left):
                refused -= {(address, place) for place in places}
            if withdraw and address not in books.listing(survivor):
                of_gone -= {"contact_listing"}
            if of_gone or was_linked:
                held[survivor] = held.get(survivor, frozenset()) | of_gone


def _appear(books: Books, entity_id: str, addresses: Addresses) -> None:
    for address in addresses & books.links.keys():
        place, held = (address, entity_id), books.links[address]
        if entity_id in held or (place not in books.barred and place not in books.left):
            held[entity_id] = held.get(entity_id, frozenset()) | {"contact_listing"}


def _vanish(books: Books, entity_id: str, addresses: Addresses) -> None:
    for address in addresses & books.links.keys():
        held = books.links[address]
        if entity_id in held:
            held[entity_id] -= {"contact_listing"}
            if not held[entity_id]:
                del held[entity_id]
