"""Strangers' bytes end in a message or a refusal: the kept corpus, and what hypothesis makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import CORPUS, TARGETS

KEPT = [(target, path) for target in TARGETS for path in sorted((CORPUS / target).iterdir())]


@pytest.mark.parametrize(("target", "path"), KEPT, ids=[f"{target}-{path.name}" for target, path in KEPT])
def test_what_was_kept_harms_nothing(target: str, path: Path) -> None:
    assert TARGETS[target](path.read_bytes()) is None


def mutations(target: str) -> st.SearchStrategy[bytes]:
    """Pieces of kept inputs, repeated, cut and mixed with anything."""
    kept = [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]
    piece = st.one_of(
        st.sampled_from(kept),
        st.binary(max_size=40),
        st.tuples(st.sampled_from(kept), st.integers(0, 400), st.integers(0, 400)).map(
            lambda cut: cut[0][min(cut[1:]) : max(cut[1:])]
        ),
    )
    return st.lists(piece, max_size=5).map(b"".join)


@pytest.mark.parametrize("target", sorted(TARGETS))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_made_of_it_harms_nothing(target: str, data: st.DataObject) -> None:
    assert TARGETS[target](data.draw(mutations(target))) is None
