"""Recordings of every kind through the real decoders: what is in them, and what is refused with which reason."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import numpy as np
import pytest

from bot.errors import AudioRefused, SpeechError
from bot.speech.audio import RATE, Audio, Limits
from bot.speech.decode import decode
from tests.unit.speech import sounds

PROJECT = Path(__file__).parents[2]
AUDIO = PROJECT.parent / "shared" / "data" / "audio"
ALL = sorted(sounds.WRITES)


def shared(name: str) -> Path:
    """A recording of the shared data."""
    if not AUDIO.is_dir():
        pytest.skip("no recordings at shared/data/audio beside the project")
    return AUDIO / name


def refused(source: bytes | Path, limits: Limits | None = None) -> str:
    """The reason for which it is refused."""
    with pytest.raises(AudioRefused) as caught:
        decode(source, limits or Limits())
    assert str(caught.value).endswith(".")
    return caught.value.code


@pytest.fixture(autouse=True)
def _needs_speech() -> None:
    sounds.ffmpeg()


@pytest.mark.parametrize("name", ALL)
def test_every_kind_keeps_its_length_and_its_tone(name: str) -> None:
    audio = decode(sounds.written(name, sounds.tone(2.0)))
    assert audio.container == sounds.CONTAINERS.get(name, name)
    assert audio.samples.dtype == np.int16
    assert audio.channels == 1
    assert audio.seconds == pytest.approx(2.0, abs=0.1)
    heard = audio.channel(0)
    assert heard.dtype == np.float32
    assert sounds.pitch(heard) == pytest.approx(200, abs=2)
    assert 0.2 < float(np.abs(heard).max()) < 0.45


@pytest.mark.parametrize("name", ["mp3", "m4a", "flac", "webm", "vorbis", "mulaw"])
def test_two_speakers_stay_on_their_channels(name: str) -> None:
    audio = decode(sounds.written(name, sounds.tone(2.0, channels=2)))
    assert audio.channels == 2
    assert sounds.pitch(audio.channel(0)) == pytest.approx(200, abs=2)
    assert sounds.pitch(audio.channel(1)) == pytest.approx(400, abs=2)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
def test_any_rate_becomes_ours(rate: int) -> None:
    audio = decode(sounds.tone(1.0, rate=rate))
    assert audio.samples.shape[1] == pytest.approx(RATE, abs=32)
    assert sounds.pitch(audio.channel(0)) == pytest.approx(200, abs=2)


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize(("mark", "end"), [(b"\x02", b""), (b"", b"\xff\xff")])
def test_silk_of_wechat_and_of_the_standard(frames: int, mark: bytes, end: bytes) -> None:
    audio = decode(sounds.silk(sounds.tone(3.0), frames=frames, mark=mark, end=end))
    assert audio.container == "silk"
    assert audio.seconds == pytest.approx(3.0, abs=0.001)
    assert sounds.pitch(audio.channel(0)) == pytest.approx(200, abs=2)


def test_speex_of_wechat_is_what_the_same_blocks_are_in_a_file() -> None:
    file = shared("codecs/BAC009S0150W0142.speex.spx").read_bytes()
    blocks, at = list[bytes](), 0
    while at < len(file):
        table = at + 27 + file[at + 26]
        at, sizes = table, file[at + 27 : table]
        for size in sizes:
            blocks.append(bytes([size]) + file[at : at + size])
            at += size
    sent = b"".join(blocks[2:])  # behind the two of the head
    audio = decode(sent)
    assert audio.container == "speex"
    assert np.array_equal(audio.samples, decode(file).samples)
    assert refused(sent[:-5]) == "truncated"


def test_wide_amr() -> None:
    """There is no encoder of it: frames without sound have to do."""
    audio = decode(b"#!AMR-WB\n" + b"\x7c" * 100)
    assert audio.container == "amr-wb"
    assert audio.seconds == pytest.approx(2.0)


@pytest.mark.parametrize(
    "speaker", ["BAC009S0150W0142", "BAC009S0150W0149", "BAC009S0252W0004", "BAC009S0252W0077"]
)
@pytest.mark.parametrize(
    ("ending", "container"),
    [("amr122.amr", "amr"), ("mulaw8k.wav", "wav"), ("speex.spx", "speex"), ("tg.ogg", "ogg")],
)
def test_codecs_of_the_channels_are_as_long_as_what_was_said(
    speaker: str, ending: str, container: str
) -> None:
    said = decode(shared(f"speech/{speaker}.wav"))
    audio = decode(shared(f"codecs/{speaker}.{ending}"))
    assert audio.container == container
    assert audio.seconds == pytest.approx(said.seconds, abs=0.06)
    assert _alike(said, audio) > 0.9


def test_silk_of_a_voice_is_as_long_as_what_was_said() -> None:
    said, audio = (
        decode(shared("speech/BAC009S0150W0123.wav")),
        decode(shared("codecs/BAC009S0150W0123.silk")),
    )
    assert audio.seconds == pytest.approx(said.seconds, abs=0.06)
    assert _alike(said, audio) > 0.9


def test_amr_with_frames_of_silence_is_decoded_fully() -> None:
    """ffmpeg's own decoder leaves those frames out and says that all is well."""
    content = shared("codecs/with_silence_frames.amr").read_bytes()
    sizes, at, frames = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1), 6, 0
    while at < len(content):
        at += sizes[content[at] >> 3 & 15]
        frames += 1
    assert decode(content).seconds == pytest.approx(frames * 0.02, abs=0.001)


def test_the_name_of_a_file_is_irrelevant(tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(sounds.written("ogg", sounds.tone(1.0)))
    assert decode(path).container == "ogg"
    path = tmp_path / "voice.amr"
    path.write_bytes(b"%PDF-1.7\n" + bytes(2000))
    assert refused(path) == "not_audio"


def test_a_slightly_damaged_mp3_is_decoded() -> None:
    mp3 = sounds.written("mp3", sounds.tone(2.0))
    assert decode(mp3 + b"\x00junk of a recorder" * 20).seconds == pytest.approx(2.0, abs=0.1)
    start = len(mp3) // 2
    assert decode(mp3[:start] + b"\x55" * 30 + mp3[start + 30 :]).seconds == pytest.approx(2.0, abs=0.2)


def test_a_recording_that_goes_on_with_other_channels_stays_readable() -> None:
    one, two = sounds.tone(1.0), sounds.tone(1.0, channels=2)
    audio = decode(sounds.written("mp3", one) + sounds.written("mp3", two))
    assert audio.channels == 1
    assert audio.seconds == pytest.approx(2.0, abs=0.2)


def test_a_wav_from_a_program_that_did_not_know_its_length() -> None:
    wav = sounds.tone(1.0)
    at = wav.index(b"data") + 4
    for length in (b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)):
        assert decode(wav[:at] + length + wav[at + 4 :]).seconds == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(500),
        "我要投诉".encode() * 50,
        b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500),
        b"MZ" * 300,
    ],
)
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    assert refused(content) == "not_audio"


def test_nothing_is_refused() -> None:
    assert refused(b"") == "empty"


def test_too_much_is_refused_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.write(sounds.tone(1.0))
        file.truncate(60 * 1024 * 1024)
    assert refused(path) == "too_large"
    assert refused(sounds.tone(1.0), Limits(bytes=1000)) == "too_large"


@pytest.mark.parametrize("name", ["amr", "ogg", "vorbis", "m4a", "3gp", "mulaw", "mp3", "webm", "flac"])
def test_half_a_file_is_refused(name: str) -> None:
    content = sounds.written(name, sounds.tone(2.0))
    assert refused(content[: len(content) // 2 + 1]) == "truncated"


def test_half_a_voice_note_of_wechat_is_refused() -> None:
    content = sounds.silk(sounds.tone(2.0))
    assert refused(content[: len(content) // 2 + 1]) == "truncated"


@pytest.mark.parametrize(
    "head",
    [b"fLaC", b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm", b"\xff\xfb\x90\x00", b"ID3\x04\x00\x00\x00\x00\x00\x00"],
)
def test_a_head_without_a_recording_is_refused(head: bytes) -> None:
    assert refused(head + _chance(6).randbytes(3000)) == "broken"


@pytest.mark.parametrize(
    "sound", [b"#!AMR\n", b"#!AMR\n\x7c", b"\x02#!SILK_V3", b"#!SILK_V3\xff\xff", b"#!SILK_V3\x00\x00"]
)
def test_a_recording_of_nothing_is_refused(sound: bytes) -> None:
    sounds.silk(sounds.tone(0.1))
    assert refused(sound) == "broken"


def test_more_channels_than_speakers_are_refused() -> None:
    assert refused(sounds.tone(1.0, channels=3)) == "too_many_channels"
    assert refused(sounds.written("flac", sounds.tone(1.0, channels=6))) == "too_many_channels"
    assert refused(sounds.tone(1.0, channels=2), Limits(channels=1)) == "too_many_channels"


def test_a_recording_over_its_time_is_refused() -> None:
    assert refused(sounds.tone(7.0), Limits(seconds=5)) == "too_long"
    assert refused(sounds.silk(sounds.tone(7.0)), Limits(seconds=5)) == "too_long"
    assert decode(sounds.tone(5.5), Limits(seconds=5)).seconds == pytest.approx(5.5)  # recorders overrun


def test_a_long_file_of_two_channels_is_refused_too() -> None:
    assert refused(sounds.written("mp3", sounds.tone(7.0, channels=2)), Limits(seconds=5)) == "too_long"


def test_a_file_that_cannot_be_opened_is_not_the_recordings_fault(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.wav"):
        with pytest.raises(SpeechError, match="cannot be opened") as caught:
            decode(path)
        assert not isinstance(caught.value, AudioRefused)


def _alike(first: Audio, second: Audio) -> float:
    """Correlation of loudness over time, 20 ms a step: the same words at the same times."""
    steps = [_loudness(audio) for audio in (first, second)]
    length = min(map(len, steps))
    return float(np.corrcoef(steps[0][:length], steps[1][:length])[0, 1])


def _loudness(audio: Audio) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Within the band of a telephone, which is all that some of them keep."""
    heard = np.fft.rfft(audio.channel(0))
    at = np.fft.rfftfreq(audio.samples.shape[1], 1 / RATE)
    samples = np.fft.irfft(np.where((at > 400) & (at < 3200), heard, 0))
    step = RATE // 50
    return np.sqrt((samples[: len(samples) // step * step].reshape(-1, step) ** 2).mean(axis=1))


def _chance(seed: int | str) -> random.Random:
    """The same chance in each run."""
    return random.Random(seed)  # noqa: S311 - nothing secret
