"""Whose bills are shown: what a reader answers is what `Scope.covers` says."""

from hypothesis import given
from hypothesis import strategies as st

from ...domain.values import UserId
from ...domain.viewers import LinkedTo, Only
from ...ports import Store
from .._worlds import World
from ..builders import ACME, JANE_ID, OTHER_FIRM, REALTY, SMITH, TRUST, entity, jane_at, sign_up, user
from ..promises import Capability, needs
from ._base import VISIT, ReaderPromises, for_each_reader, link_jane, listed
from ._bills import ABSENT


class ReaderScopes(ReaderPromises):
    """Whose bills are shown: what a reader answers is what `Scope.covers` says."""

    law = "L4"

    def drawn(self, store: Store, data: st.DataObject) -> World:
        """Put a firm at random into the store, its bills into the tables, and the like of another firm beside it."""
        world = data.draw(self.kind.worlds(self.means)).at(ACME)
        bills = self.kind.of(world)
        firms = [world, world.at(OTHER_FIRM)] if self.means.have(Capability.FIRMS) else [world]
        with store.transaction() as tx:
            for firm in firms:
                firm.settle(tx)
        self.seed(bills)
        if firms[1:]:
            self.seed([self.kind.elsewhere(one, OTHER_FIRM, self.means) for one in bills])
        return world

    @for_each_reader
    @given(data=st.data(), limit=st.integers(1, 4))
    def test_what_is_listed_is_what_is_in_scope(self, data: st.DataObject, limit: int) -> None:
        """A listing shows exactly the bills of covered entities, in its order, on pages of any length."""
        with self.anew() as store:
            world = self.drawn(store, data)
            for listing in self.kind.listings:
                assert listed(store, listing, world.scope, limit) == listing.expected(world)

    def test_a_user_is_shown_the_bills_of_all_their_clients(self, linked: Store) -> None:
        """Bills of every client that they are linked to are listed, and of no other."""
        self.bill_each(TRUST, REALTY, SMITH)
        assert self.owners(linked) == [SMITH, REALTY]

    def test_a_user_may_be_shown_the_bills_of_one_client(self, linked: Store) -> None:
        """Cut down to one client, bills of that one are listed if they are linked to it, and else none."""
        self.bill_each(REALTY, SMITH, TRUST)
        assert self.owners(linked, LinkedTo(ACME, JANE_ID, SMITH)) == [SMITH]
        assert self.owners(linked, LinkedTo(ACME, JANE_ID, TRUST)) == []
        assert self.owners(linked, LinkedTo(ACME, JANE_ID, ABSENT)) == []

    def test_who_holds_no_link_is_shown_nothing(self, linked: Store) -> None:
        """Somebody who is no user of the firm, or no user any more, is shown no bill at all."""
        self.bill_each(REALTY, SMITH, TRUST)
        assert self.owners(linked, LinkedTo(ACME, UserId("nobody"))) == []
        assert self.owners(linked, LinkedTo(ACME, UserId("nobody"), REALTY)) == []

    def test_what_others_are_linked_to_makes_no_difference(self, linked: Store) -> None:
        """Each user is shown the bills of their own clients, whoever else is linked to which."""
        self.bill_each(REALTY, SMITH, TRUST)
        with linked.transaction() as tx:
            sign_up(tx, user("ann", jane_at(1)), TRUST, SMITH)
        assert self.owners(linked) == [SMITH, REALTY]
        assert self.owners(linked, LinkedTo(ACME, UserId("ann"))) == [SMITH, TRUST]

    def test_a_visit_shows_the_bills_of_one_client(self, linked: Store) -> None:
        """A visit shows those of the client visited, whoever is linked to it, and of no other."""
        self.bill_each(REALTY, SMITH, TRUST)
        assert self.owners(linked, VISIT) == [REALTY]
        assert self.owners(linked, Only(ACME, TRUST)) == [TRUST]
        assert self.owners(linked, Only(ACME, ABSENT)) == []

    def test_bills_of_an_inactive_client_are_shown_to_nobody(self, linked: Store) -> None:
        """A client that is not active any more takes its bills along, and brings them back."""
        self.bill_each(REALTY, SMITH)
        with linked.transaction() as tx:
            tx.entities.save(entity(SMITH, active=False))
        assert self.owners(linked) == [REALTY]
        assert self.owners(linked, Only(ACME, SMITH)) == []
        with linked.transaction() as tx:
            tx.entities.save(entity(SMITH))
        assert self.owners(linked) == [SMITH, REALTY]

    def test_a_bill_may_be_there_before_its_client(self, store: Store) -> None:
        """A bill of a client that is not there yet is shown to nobody, and is shown when the client comes."""
        link_jane(store)
        with store.transaction() as tx:
            sign_up(tx, user("ann", jane_at(1)), ABSENT)
        self.bill_each(ABSENT)
        anns = LinkedTo(ACME, UserId("ann"))
        assert (self.owners(store, anns), self.owners(store, Only(ACME, ABSENT))) == ([], [])
        with store.transaction() as tx:
            tx.entities.save(entity(ABSENT))
        assert (self.owners(store, anns), self.owners(store, Only(ACME, ABSENT))) == ([ABSENT], [ABSENT])


class ReaderWalls(ReaderPromises):
    """Firms are walls: two of them may use all the same ids."""

    law = "L6"

    def test_another_firm_is_shown_nothing_of_ours(self, linked: Store) -> None:
        """A firm that has users and clients of the same ids, but no bills, is shown none."""
        link_jane(linked, OTHER_FIRM)
        self.bill_each(REALTY, SMITH, TRUST)
        assert self.owners(linked, LinkedTo(OTHER_FIRM, JANE_ID)) == []
        assert self.owners(linked, Only(OTHER_FIRM, TRUST)) == []

    @needs(Capability.FIRMS)
    def test_bills_of_two_firms_are_apart(self, linked: Store) -> None:
        """Where two firms have clients, and if it can be bills, of the same ids, each is shown its own."""
        link_jane(linked, OTHER_FIRM)
        for number, listing in enumerate(self.kind.listings, 1):
            mine, other = (listing.row(self.means, f"{number}", REALTY, place) for place in (1, 2))
            theirs = self.kind.elsewhere(other, OTHER_FIRM, self.means)
            self.seed([mine, theirs])
            assert listed(linked, listing) == (mine,)
            assert listed(linked, listing, LinkedTo(OTHER_FIRM, JANE_ID)) == (theirs,)
