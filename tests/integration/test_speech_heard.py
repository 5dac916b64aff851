"""What the real model hears, in this process and through the one of its own. Slow: it loads Whisper's base weights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import numpy as np
import pytest

from bot.errors import SpeechError
from bot.settings import PROJECT, Settings
from bot.speech.audio import RATE, Audio
from bot.speech.building import build_recogniser
from bot.speech.client import SpeechClient
from bot.speech.decode import decode
from bot.speech.evaluation import evaluate, one_after_the_other, read_manifest
from bot.speech.nonspeech import nonspeech
from bot.speech.recogniser import Recogniser
from bot.speech.settings import SpeechSettings
from bot.speech.transcript import NO_SPEECH
from bot.storage.secrets import engine_secret
from serve.speech import create_speech
from tests.support.platforms.serving import serving
from tests.support.ports import free_port
from tests.support.speech_weights import base_weights

AUDIO = PROJECT.parent / "shared" / "data" / "audio"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def speech() -> SpeechSettings:
    return SpeechSettings(model=str(base_weights()), port=free_port(), _env_file=None)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("speech"), _env_file=None)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def recogniser(settings: Settings, speech: SpeechSettings) -> Iterator[Recogniser]:
    return build_recogniser(settings, speech)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def manifest() -> Path:
    if not AUDIO.is_dir():
        pytest.skip("no recordings at shared/data/audio beside the project")
    return AUDIO / "manifest.tsv"


def test_nothing_is_heard_where_nobody_speaks(recogniser: Recogniser) -> None:
    heard = {}
    for name, sound in nonspeech().items():
        transcript = recogniser.hear_audio(Audio((sound * 32767).astype(np.int16)[None, :], "wav"))
        if transcript.text or transcript.rejected is None:
            heard[name] = transcript.text
    assert heard == {}


@pytest.mark.parametrize("voices", [1, 4, 10])
def test_nothing_is_made_of_voices_that_say_nothing(
    recogniser: Recogniser, manifest: Path, voices: int
) -> None:
    """Speech played backwards, alone and as a crowd: it passes for speech, and the model answers with its prompt."""
    chance = np.random.default_rng(20260101)
    said = [decode(one.file).samples[0, ::-1] for one in read_manifest(manifest) if one.group == "speech"]
    crowd = sum(
        np.roll(np.resize(said[number], 10 * RATE), chance.integers(10 * RATE)).astype(np.float64)
        for number in chance.choice(len(said), voices, replace=False)
    )
    audio = Audio((crowd / np.abs(crowd).max() * 16_000).astype(np.int16)[None, :], "wav")
    assert recogniser.hear_audio(audio).rejected is not None


def test_complaints_are_heard_and_put_right(recogniser: Recogniser, manifest: Path) -> None:
    spoken = [one for one in read_manifest(manifest) if one.group == "complaints"][:4]
    report = evaluate(recogniser, spoken)
    (group,) = report.as_json()["groups"].values()
    assert group["cer"] <= 9.0
    assert group["cer"] <= group["cer_unrepaired"]
    assert group["traditional_files"] == 0


def test_what_is_said_behind_a_sentence_and_a_pause_is_heard(recogniser: Recogniser, manifest: Path) -> None:
    """The model takes the first sentence for all there is, and has to be asked when it ended."""
    recordings = read_manifest(manifest)
    found = [one for one in recordings if one.file.stem in ("BAC009S0252W0456", "fs_00")]
    transcript = recogniser.hear_audio(one_after_the_other(found)[1])
    assert "日光" in transcript.text
    assert "烧烤" in transcript.text


def two_channels(manifest: Path) -> tuple[np.ndarray, np.ndarray]:
    """A read sentence, then a complaint, each on a channel of its own (int16)."""
    operator = decode(manifest.parent / "speech" / "BAC009S0150W0142.wav").samples[0]
    caller = decode(manifest.parent / "complaints" / "fs_06.wav").samples[0]
    pause = np.zeros(RATE, np.int16)
    first = np.concatenate([operator, pause, np.zeros_like(caller)])
    second = np.concatenate([np.zeros_like(operator), pause, caller])
    return first, second


def test_two_speakers_on_two_channels_are_told_apart_and_nothing_is_heard_twice(
    recogniser: Recogniser, manifest: Path
) -> None:
    operator, caller = two_channels(manifest)
    leaking = (caller + 0.1 * operator).round().astype(np.int16)
    said = recogniser.hear_audio(Audio(np.stack([operator, leaking]), "wav")).segments
    assert [one.channel for one in said] == [0, 1]
    assert "最大购买力" in said[0].text
    assert "楼上漏水" in said[1].text

    both = np.stack([operator + caller] * 2)
    copied = recogniser.hear_audio(Audio(both, "wav")).segments
    assert [one.channel for one in copied] == [0] * len(copied)
    assert "".join(one.text for one in copied).count("楼上漏水") == 1


def at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@pytest.fixture
async def client(
    recogniser: Recogniser, settings: Settings, speech: SpeechSettings
) -> AsyncIterator[SpeechClient]:
    app = create_speech(settings, speech, build=lambda *_: recogniser)
    async with (
        app.router.lifespan_context(app),
        serving(app, speech.port),
        aiohttp.ClientSession() as http,
    ):
        yield SpeechClient(at(speech.port), engine_secret(settings), http)


async def test_a_voice_note_is_heard_by_the_process_of_its_own(client: SpeechClient, manifest: Path) -> None:
    note = manifest.parent / "codecs" / "BAC009S0150W0142.amr122.amr"
    transcript = await client.transcribe(note.read_bytes())
    assert "居民最大购买力" in transcript.text
    assert transcript.rejected is None
    assert 4.0 < transcript.audio_seconds < 6.0


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"PK\x03\x04" * 100, "not_audio")])
async def test_what_is_no_recording_is_said_to_be_none(
    client: SpeechClient, content: bytes, why: str
) -> None:
    assert (await client.transcribe(content)).rejected == why


async def test_silence_is_no_text(client: SpeechClient) -> None:
    silence = b"#!AMR\n" + (b"\x3c" + b"\x00" * 31) * 250  # frames of nothing
    transcript = await client.transcribe(silence)
    assert (transcript.text, transcript.rejected) == ("", NO_SPEECH)


async def test_strangers_and_an_absent_process_are_errors_not_texts(
    client: SpeechClient, speech: SpeechSettings
) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(SpeechError, match="answered 401"):
            await SpeechClient(at(speech.port), "wrong", http).transcribe(b"RIFF")
        with pytest.raises(SpeechError, match="does not answer"):
            await SpeechClient(at(free_port()), "any", http).transcribe(b"RIFF")
