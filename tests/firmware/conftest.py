"""The rig ROM's BASIC at its prompt, for the tests of what it says."""

from __future__ import annotations

import pytest
from basic_prompt import Prompt


@pytest.fixture(scope="session")
def basic_machine() -> Prompt:
    return Prompt()


@pytest.fixture
def prompt(basic_machine: Prompt) -> Prompt:
    """As it was after the reset."""
    return basic_machine.restart()
