"""A scope as SQL: the same in every statement about somebody's bills."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from sqlalchemy import ColumnElement, Executable, Select, Subquery, and_, bindparam, literal_column, select, true

from ...domain.viewers import LinkedTo, Only, Scope
from .tables import Tables, shown

Kind = Literal["linked", "linked to one", "only"]


def kind_of(scope: Scope) -> Kind:
    """Which of the statements answers."""
    if isinstance(scope, Only):
        return "only"
    return "linked" if scope.entity_id is None else "linked to one"


def scope_values(scope: Scope) -> dict[str, Any]:
    """What that statement is filled with."""
    user_id = scope.user_id if isinstance(scope, LinkedTo) else None
    return {"firm": scope.firm_id, "user": user_id, "entity": scope.entity_id}


def _linked(tables: Tables) -> Select[*tuple[Any, ...]]:
    link, entity = tables.link, tables.entity
    same = and_(entity.c.firm_id == link.c.firm_id, entity.c.entity_id == link.c.entity_id)
    return (
        select(*shown(entity), link.c.revision, link.c.position)
        .select_from(link.join(entity, same))
        .where(link.c.firm_id == bindparam("firm"), link.c.user_id == bindparam("user"), entity.c.active == true())
    )


def _only(tables: Tables) -> Select[*tuple[Any, ...]]:
    entity = tables.entity
    first: ColumnElement[int] = literal_column("0")
    return select(*shown(entity), first.label("revision"), first.label("position")).where(
        entity.c.firm_id == bindparam("firm"), entity.c.entity_id == bindparam("entity"), entity.c.active == true()
    )


Scoped = Mapping[Kind, Executable]


def scoped(tables: Tables, build: Callable[[Subquery], Executable]) -> Scoped:
    """A statement about visible entities (as shown to a viewer, and their link order) for each kind of scope."""
    linked = _linked(tables)
    visible: dict[Kind, Select[*tuple[Any, ...]]] = {
        "linked": linked,
        "linked to one": linked.where(tables.link.c.entity_id == bindparam("entity")),
        "only": _only(tables),
    }
    return {kind: build(entities.subquery("visible")) for kind, entities in visible.items()}
