"""The sentence model reads whatever citizens type, and near meanings come out near."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bot.embedding import LONGEST, clean, get_embedder


def test_the_same_matter_in_other_words_is_nearer_than_another_matter() -> None:
    asked, same, other = get_embedder().encode(["暖气啥时候来", "供暖几号开始", "遗失身份证如何补办"])
    assert asked @ same > asked @ other


def test_vectors_have_length_one_and_the_order_of_the_texts() -> None:
    texts = ["路灯不亮", "井盖丢了", "路灯不亮", "噪音扰民"]
    vectors = get_embedder().encode(texts)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    again = np.concatenate([get_embedder().encode([text]) for text in texts])
    assert np.all(np.sum(vectors * again, axis=1) > 0.99)
    assert get_embedder().encode([]).shape == (0, vectors.shape[1])


def test_what_a_model_cannot_read_is_taken_out() -> None:
    """NUL would cut the text short in C, a lone surrogate cannot be encoded."""
    assert clean("路灯\0不亮\ud83d 了\n三天") == "路灯 不亮 了 三天"
    assert len(clean("长" * 100_000)) == LONGEST
    with_nul, plain = get_embedder().encode(["路灯\0不亮了三天没人修", "路灯 不亮了三天没人修"])
    assert with_nul @ plain > 0.999
    assert np.isfinite(get_embedder().encode(["", "\0", "\udc00", "😀" * 3000])).all()


def test_several_threads_may_ask_at_once() -> None:
    texts = [
        f"{street}的路灯坏了" for street in ("学院路", "长安街", "平安大街", "南苑路", "朝阳路", "望京街")
    ]
    expected = np.concatenate([get_embedder().encode([text]) for text in texts])
    fresh = [text + "。" for text in texts]
    with ThreadPoolExecutor(6) as pool:
        found = np.concatenate(list(pool.map(lambda text: get_embedder().encode([text]), fresh)))
    assert np.all(np.argmax(found @ expected.T, axis=1) == np.arange(len(texts)))
