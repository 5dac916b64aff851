"""The sealed form of a file: opens with its key at its name, and neither name nor length tells what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments.sealed import BLOCK, name_of, open_file, seal_file
from bot.errors import StorageError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@given(st.binary(max_size=3 * BLOCK))
def test_what_is_sealed_opens_again(content: bytes) -> None:
    name = name_of(KEY, content)
    assert open_file(KEY, name, seal_file(KEY, name, content)) == content


def test_the_same_file_has_one_name_for_a_citizen_and_another_for_each_other() -> None:
    assert name_of(KEY, b"photo") == name_of(KEY, b"photo")
    assert len({name_of(KEY, b"photo"), name_of(OTHER, b"photo"), name_of(KEY, b"photos")}) == 3


def test_files_of_nearly_one_length_cannot_be_told_apart_by_it() -> None:
    assert len(seal_file(KEY, "n", bytes(100))) == len(seal_file(KEY, "n", bytes(60_000)))
    assert (len(seal_file(KEY, "n", bytes(70_000))) - 29) % BLOCK == 0


def test_it_opens_with_no_other_key_and_at_no_other_name() -> None:
    sealed = seal_file(KEY, "one", b"photo")
    for key, name, content in [
        (OTHER, "one", sealed),
        (KEY, "two", sealed),
        (KEY, "one", sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ]:
        with pytest.raises(StorageError):
            open_file(key, name, content)
