"""What all tests share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples() -> Path:
    """The real data that lies beside the checkout; it is no part of the project."""
    folder = Path(__file__).parents[2] / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip(f"the real data is not there: {folder}")
    return folder
