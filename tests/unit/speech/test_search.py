"""Following several readings of a stretch: the decoder of ours says what openai-whisper's does, and no reading repeats itself."""

from __future__ import annotations

from typing import Any

import pytest

from bot.speech.transcriber import PROMPT
from bot.speech.vocabulary import Vocabulary, repeats_itself


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    pytest.importorskip("whisper", reason="speech is not installed (`make setup` brings it)")
    from whisper.tokenizer import get_tokenizer

    return get_tokenizer(True, num_languages=99, language="zh", task="transcribe")


@pytest.fixture(scope="module")
def vocabulary(tokenizer: Any) -> Vocabulary:
    return Vocabulary(tokenizer, PROMPT)


@pytest.mark.parametrize(
    "text", ["我家楼上漏水，三号楼五零二。", "用WiFi和APP都不行！", "喆堃犇里：“二〇二六年”"]
)
def test_what_people_say_can_be_written(tokenizer: Any, vocabulary: Vocabulary, text: str) -> None:
    number = {token: at for at, token in enumerate(vocabulary.kept[: vocabulary.end])}
    spelt = [token for character in text for token in tokenizer.encode(character)]
    assert vocabulary.text([number[token] for token in spelt]) == text


@pytest.mark.parametrize("text", ["這", "們", "の", "я", " because", "2", " 2014"])
def test_other_languages_traditional_characters_and_digits_cannot(
    tokenizer: Any, vocabulary: Vocabulary, text: str
) -> None:
    (token,) = tokenizer.encode(text)
    assert token not in vocabulary.kept[: vocabulary.end]


def test_only_words_the_end_and_times_may_be_said(tokenizer: Any, vocabulary: Vocabulary) -> None:
    assert vocabulary.kept[vocabulary.end] == tokenizer.eot
    assert vocabulary.kept[vocabulary.times] == tokenizer.timestamp_begin
    assert vocabulary.kept[vocabulary.size - 1] == tokenizer.encoding.n_vocab - 1
    before = [vocabulary.kept[token] for token in vocabulary.begin]
    assert before == [tokenizer.sot_prev, *tokenizer.encode(" " + PROMPT), *tokenizer.sot_sequence]
    assert before[vocabulary.asked] == tokenizer.sot


def test_the_words_are_as_likely_as_openai_whisper_finds_them(vocabulary: Vocabulary) -> None:
    torch = pytest.importorskip("torch", reason="speech is not installed (`make setup` brings it)")
    from whisper.model import TextDecoder

    from bot.speech.word_model import WordModel

    torch.manual_seed(20260101)
    with torch.inference_mode():
        decoder = TextDecoder(n_vocab=51865, n_ctx=448, n_state=32, n_head=2, n_layer=2).eval()
        torch.nn.init.normal_(decoder.positional_embedding)
        sound = torch.randn(1, 40, 32)
        before = [vocabulary.kept[token] for token in vocabulary.begin]
        said = [[5, 700, 41], [5, 900, 42], [5, 900, 43]]
        whole = [
            decoder(torch.tensor([before + [vocabulary.kept[t] for t in one]]), sound)[0, :, vocabulary.kept]
            for one in said
        ]
        readings = WordModel(decoder, vocabulary.kept, vocabulary.size).listen(sound)
        first = readings.begin(vocabulary.begin)
        readings.go_on([5], [0])
        readings.go_on([700, 900], [0, 0])
        found = readings.go_on([41, 42, 43], [0, 1, 1])
    assert torch.allclose(first, whole[0][: len(before)], atol=1e-4)
    for ours, theirs in zip(found, whole, strict=True):
        assert torch.allclose(ours, theirs[-1, : vocabulary.size], atol=1e-4)


@pytest.mark.parametrize(
    ("words", "loops"),
    [
        ([7] * 15, False),
        ([7] * 16, True),
        ([1, 2] * 7, False),
        ([1, 2] * 8, True),
        ([0, 9, *[1, 2, 3, 4, 5, 6] * 3], True),
        ([*[1, 2, 3, 4, 5, 6] * 3, 9], False),
        ([1, 2, 3, 4, 5, 6, 7] * 2, False),  # 有没有人管啊，有没有人管啊
        ([*range(20), *range(11)], False),
        ([*range(20), *range(12)], True),
        ([0, *range(8), *range(8)], True),
        ([*range(8), *range(20, 40), *range(8)], False),  # the same words, but others between
        (list(range(60)), False),
        ([], False),
    ],
)
def test_words_that_stand_there_once_more(words: list[int], loops: bool) -> None:
    assert repeats_itself(words) is loops
