"""The roster of a firm, and the numbers that its clients bear."""

from ...domain.values import EntityId
from ...ports import Store
from ..builders import ACME, JANE, OTHER_FIRM, SMITH, entity
from ..promises import Promises
from ._furnished import CONTACTS


class RosterPromises(Promises):
    """The roster of a firm, and the numbers that its clients bear: what `EntityRepository` promises."""

    law = "L13"

    def test_entities_are_found_by_their_exact_numbers(self, store: Store) -> None:
        """L10: A client number finds whoever bears exactly it: case, zeros and blanks count."""
        numbers = {"e1": "A7", "e2": "a7", "e3": "A7", "e4": "A70", "e5": "0A7", "e6": "A7 ", "e7": "B"}
        with store.transaction() as tx:
            tx.entities.save_many(entity(one, JANE, client_number=number) for one, number in numbers.items())
        with store.snapshot() as snapshot:
            found = snapshot.entities.numbered(ACME, ["A7", "B", "A7", "none"])
        assert found == (
            entity("e1", client_number="A7"),
            entity("e3", client_number="A7"),
            entity("e7", client_number="B"),
        )

    def test_an_inactive_entity_is_not_found_by_its_number(self, store: Store) -> None:
        """L10: A number that only an inactive entity bears finds nothing."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
        with store.snapshot() as snapshot:
            assert snapshot.entities.numbered(ACME, ["1001"]) == ()

    def test_a_number_given_away_finds_who_bears_it_now(self, store: Store) -> None:
        """L10: After an entity was renumbered, its old number does not find it."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
            tx.entities.save(entity(SMITH, client_number="2001"))
            assert tx.entities.numbered(ACME, ["1001"]) == ()
            assert tx.entities.numbered(ACME, ["2001"]) == (entity(SMITH, client_number="2001"),)

    def test_no_numbers_find_no_entities(self, store: Store) -> None:
        """Who names no number, or asks another firm, is given nothing."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
        with store.snapshot() as snapshot:
            assert snapshot.entities.numbered(ACME, []) == snapshot.entities.numbered(OTHER_FIRM, ["1001"]) == ()

    def test_the_roster_holds_all_entities_by_id(self, store: Store) -> None:
        """The roster is every entity, active or not, with its contacts, by entity id."""
        saved = [
            entity("b", contacts=CONTACTS),
            entity("a", active=False),
            entity("B"),
            entity("10"),
            entity("9", JANE),
        ]
        with store.transaction() as tx:
            tx.entities.save_many(saved)
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME)) == sorted(saved, key=lambda one: one.entity_id)

    def test_the_roster_may_be_asked_for_some_entities(self, store: Store) -> None:
        """Of some ids, those that exist come once each, with their contacts, by entity id."""
        with store.transaction() as tx:
            tx.entities.save_many([entity("a", JANE), entity("b"), entity("c", active=False)])
        asked = [EntityId(text) for text in ("c", "a", "x", "c")]
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME, asked)) == [entity("a", JANE), entity("c", active=False)]

    def test_the_roster_of_no_entities_is_empty(self, store: Store) -> None:
        """No ids are not all ids; and another firm has a roster of its own."""
        with store.transaction() as tx:
            tx.entities.save(entity(SMITH))
        with store.snapshot() as snapshot:
            assert list(snapshot.entities.roster(ACME, [])) == list(snapshot.entities.roster(OTHER_FIRM)) == []

    def test_a_roster_may_be_saved_while_it_is_read(self, store: Store) -> None:
        """Entities saved while the roster is walked through disturb nothing: each is met once."""
        with store.transaction() as tx:
            tx.entities.save_many(entity(str(number)) for number in range(9))
            met: list[str] = []
            for one in tx.entities.roster(ACME):
                met.append(one.entity_id)
                tx.entities.save(entity(one.entity_id, JANE))
            assert met == [str(number) for number in range(9)]
