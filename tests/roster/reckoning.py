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
    """Who went into whom, and has not been active since."""

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
    was_active, records = dict(books.active), _by_new_key(change)
    moves = _moves(books, change, records)
    standing = _standing(books, {**change.merged, **change.renumbered}, records)
    _write(books, change, records, moves)
    into: dict[str, list[str]] = {}
    for gone, survivor in moves:
        books.active[gone] = False
        if was_active.get(gone, True) or not _brought_along(standing, dict(moves), gone, survivor):
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


def _end(chain: Mapping[str, str], at: str) -> str | None:
    """Where a chain ends; nowhere, if it runs in a circle."""
    passed = {at}
    while at in chain:
        at = chain[at]
        if at in passed:
            return None
        passed.add(at)
    return at


def _by_new_key(change: Change) -> Records:
    """What is told under a key that is an old one is told of the new one, unless that is told of itself."""
    told = {entity_id: record for entity_id, record in change.records.items() if entity_id not in change.renumbered}
    for entity_id, record in change.records.items():
        key = _end(change.renumbered, entity_id) or entity_id
        if key not in change.records:
            told[key] = record
    return told


def _moves(books: Books, change: Change, records: Records) -> Sequence[tuple[str, str]]:
    """Who goes into whom: from those who are there, to the end of each chain, if somebody is there."""
    told = {**change.merged, **change.renumbered}
    chain = {**_standing(books, told, records), **told}
    ends = {gone: _end(chain, gone) or gone for gone in told}
    known = books.active.keys() | records.keys() | change.records.keys()
    new = {
        key
        for old in change.renumbered.keys() & known
        if (key := _end(change.renumbered, old)) == ends[old] and change.renumbered[old] not in known
    }
    return [(gone, end) for gone, end in ends.items() if gone in known and end in known | new]


def _standing(books: Books, told: Mapping[str, str], records: Records) -> dict[str, str]:
    """The merges of before that stand: of who is not awake now, and that lead in no circle with what is told."""
    awake = {entity_id for entity_id, (_, is_active) in records.items() if is_active}
    standing = {gone: into for gone, into in books.merged.items() if gone not in awake}
    for start in told:
        while _end(chain := {**standing, **told}, start) is None:
            at = start
            for _ in chain:  # so many steps on, it is within the circle
                at = chain[at]
            round_about = {at}
            while chain[at] not in round_about:
                at = chain[at]
                round_about.add(at)
            standing = {gone: into for gone, into in standing.items() if gone not in round_about - told.keys()}
    return standing


def _brought_along(standing: Mapping[str, str], moves: Mapping[str, str], gone: str, survivor: str) -> bool:
    """Whether somebody went into the survivor before, or into one that goes there now, or did so before."""
    at, steps = standing.get(gone), {**standing, **moves}
    for _ in steps:
        if at is None or at == survivor:
            break
        at = steps.get(at)
    return at == survivor


def _write(books: Books, change: Change, records: Records, moves: Sequence[tuple[str, str]]) -> None:
    of_source = books.listed.setdefault(change.source, {})
    if change.complete:
        for entity_id in books.active.keys() - records.keys():
            if change.source == "pms":
                books.active[entity_id] = False
            else:
                of_source[entity_id] = frozenset()
    known = books.active.keys() | records.keys()
    for entity_id, (addresses, is_active) in records.items():
        if change.source == "pms":
            books.active[entity_id] = is_active
        if entity_id in books.active:
            of_source[entity_id] = addresses
    for gone, survivor in moves:
        if gone not in known:  # told under a key that nobody has heard of
            of_source[gone] = change.records[gone][0]
        if survivor not in known and change.renumbered.get(gone) not in known:
            of_source[survivor], books.active[survivor] = of_source.get(gone, frozenset()), books.active[gone]


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
