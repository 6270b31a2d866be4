"""A course on each engine."""

from collections.abc import Iterator

import pytest

from tests import engines

from .course import Course, laid_out


@pytest.fixture(scope="module", params=engines.SQL)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """A database with nothing in it, for all races of a module."""
    with laid_out(request.param, tmp_path_factory.mktemp("course")) as laid:
        yield laid
