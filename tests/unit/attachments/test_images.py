"""Pictures are kept without what they say of their taker, and nothing that is sent can break the reader."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from bot.attachments.images import LONGEST, prepare
from bot.errors import MediaRefused
from tests.unit.attachments import pictures as make


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_the_place_is_found_and_then_gone_with_everything_else() -> None:
    sent = make.photo()
    assert make.SECRET.encode() in sent
    picture = prepare(sent)
    assert picture.place == {
        "latitude": pytest.approx(make.PLACE[0], abs=1e-5),
        "longitude": pytest.approx(make.PLACE[1], abs=1e-5),
        "system": "wgs84",
    }
    for content in (picture.content, picture.thumbnail):
        assert make.SECRET.encode() not in content
        assert not opened(content).getexif()
        assert b"Exif" not in content
        assert set(opened(content).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_on_its_side_stands_upright() -> None:
    picture = opened(prepare(make.photo((1200, 800), orientation=6)).content)
    assert picture.size == (800, 1200)
    # Turned a quarter to the right, what was left is above.
    red, _green, blue = picture.getpixel((400, 100))  # type: ignore[misc]
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_phone_gives_what_pillow_itself_would_show(orientation: int) -> None:
    sent = make.photo((320, 200), orientation=orientation)
    shown = ImageOps.exif_transpose(opened(sent))
    kept = opened(prepare(sent).content)
    assert kept.size == shown.size
    corners = [(5, 5), (kept.width - 6, 5), (5, kept.height - 6)]
    for corner in corners:
        difference = [
            abs(one - other) for one, other in zip(kept.getpixel(corner), shown.getpixel(corner), strict=True)
        ]
        assert max(difference) < 20


def test_a_photo_whose_notes_are_damaged_is_kept_all_the_same() -> None:
    sent = bytearray(make.photo())
    start = sent.index(b"Exif\x00\x00") + 6
    sent[start : start + 8] = b"nonsense"
    picture = prepare(bytes(sent))
    assert picture.place is None
    assert make.SECRET.encode() not in picture.content


@pytest.mark.parametrize(("latitude", "longitude"), [(-33.9, 151.2), (40.7, -74.0)])
def test_south_and_west_are_negative(latitude: float, longitude: float) -> None:
    place = prepare(make.photo(place=(latitude, longitude))).place
    assert place is not None
    assert place["latitude"] == pytest.approx(latitude, abs=1e-4)
    assert place["longitude"] == pytest.approx(longitude, abs=1e-4)


def test_a_photo_without_a_place_suggests_none() -> None:
    assert prepare(make.photo(place=None)).place is None
    assert prepare(make.photo(place=(0.0, 0.0))).place is None


def test_a_screenshot_stays_a_picture_without_loss_and_loses_its_texts() -> None:
    picture = prepare(make.screenshot())
    assert picture.media_type == "image/png"
    assert make.SECRET.encode() not in picture.content
    assert opened(picture.content).getpixel((10, 10)) == (0, 128, 0, 120)


def test_of_an_animation_the_first_picture_is_kept() -> None:
    picture = prepare(make.animation())
    assert picture.media_type == "image/png"
    assert make.SECRET.encode() not in picture.content
    assert getattr(opened(picture.content), "n_frames", 1) == 1


def test_a_thumbnail_is_a_small_jpeg() -> None:
    small = opened(prepare(make.photo((4000, 3000), orientation=1)).thumbnail)
    assert (small.format, small.size) == ("JPEG", (320, 240))


def test_nothing_larger_than_a_screen_can_use_is_kept() -> None:
    kept = opened(prepare(make.photo((9000, 3000), orientation=1)).content)
    assert max(kept.size) <= LONGEST
    assert kept.size[0] / kept.size[1] == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize("size", [(10_000, 8_100), (60_000, 60_000), (200_000, 200_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    sent = make.bomb(*size)
    assert len(sent) < 10_000
    with pytest.raises(MediaRefused) as refused:
        prepare(sent)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("content", [make.bomb(100, 100)[:60], make.photo()[:500], b"\xff\xd8\xff", make.PDF])
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(MediaRefused) as refused:
        prepare(content)
    assert refused.value.code == "broken"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_photo_is_kept_or_refused_and_nothing_else_happens(data: st.DataObject) -> None:
    sent = bytearray(make.photo((160, 120)))
    for _ in range(data.draw(st.integers(1, 12))):
        sent[data.draw(st.integers(2, len(sent) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = prepare(bytes(sent)).content
    except MediaRefused:
        return
    assert make.SECRET.encode() not in kept
