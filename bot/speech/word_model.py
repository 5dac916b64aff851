"""Whisper's decoder over one stretch of sound, for several readings at once that share what they listen to.

openai-whisper keeps a copy of the sound for each reading and weighs all languages' tokens. Here the readings are rows of one question to one
copy, and only a :class:`bot.speech.vocabulary.Vocabulary` is weighed: the same words in half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class WordModel:
    """The decoder of a model, made ready once.

    Args:
        decoder: ``whisper.model.TextDecoder``; its embedding shrinks to the vocabulary.
        kept: The numbers of the tokens of the vocabulary.
        said: How many of them, from the first, may be said.
    """

    def __init__(self, decoder: Any, kept: Sequence[int], said: int) -> None:
        import torch

        self.torch, self.decoder, self.said = torch, decoder, said
        self.heads = decoder.blocks[0].attn.n_head
        if decoder.token_embedding.weight.shape[0] != len(kept):
            rows = decoder.token_embedding.weight.detach()[torch.tensor(kept)].clone()
            decoder.token_embedding.weight = torch.nn.Parameter(rows, requires_grad=False)

    def listen(self, sound: Any) -> Readings:
        """Readings of a stretch.

        Args:
            sound: What the encoder made of it, shape (1, positions, width).
        """
        return Readings(self, sound)


class Readings:
    """What comes next in each reading of one stretch."""

    def __init__(self, model: WordModel, sound: Any) -> None:
        self._torch, self._decoder, self._heads = model.torch, model.decoder, model.heads
        self._said = model.said
        self._sound = [
            (self._split(block.cross_attn.key(sound)), self._split(block.cross_attn.value(sound)))
            for block in self._decoder.blocks
        ]
        self._before: list[tuple[Any, Any]] = []

    def begin(self, tokens: Sequence[int]) -> Any:
        """Read what stands before every reading; logits after each of its tokens, shape (tokens, whole vocabulary)."""
        self._before = []
        state = self._step(self._torch.tensor([tokens]), 0)[0]
        return state @ self._decoder.token_embedding.weight.T

    def go_on(self, tokens: Sequence[int], sources: Sequence[int]) -> Any:
        """One more token in each reading.

        Args:
            tokens: The token.
            sources: Number of the reading, of those before, that it continues.

        Returns:
            Logits of the next token, shape (readings, what may be said).
        """
        if list(sources) != list(range(self._before[0][0].shape[0])):
            at = self._torch.tensor(sources)
            self._before = [(keys[at], values[at]) for keys, values in self._before]
        length = self._before[0][0].shape[2]
        state = self._step(self._torch.tensor(tokens)[:, None], length)[:, 0]
        # In this order the large matrix is read once, in rows; the other way round takes twice the time.
        return (self._decoder.token_embedding.weight[: self._said] @ state.T).T

    def _step(self, tokens: Any, offset: int) -> Any:
        decoder, attend = self._decoder, self._torch.nn.functional.scaled_dot_product_attention
        count, length = tokens.shape
        x = decoder.token_embedding(tokens) + decoder.positional_embedding[offset : offset + length]
        heard: list[tuple[Any, Any]] = []
        for number, block in enumerate(decoder.blocks):
            asked = block.attn_ln(x)
            keys, values = self._split(block.attn.key(asked)), self._split(block.attn.value(asked))
            if self._before:
                keys = self._torch.cat([self._before[number][0], keys], dim=2)
                values = self._torch.cat([self._before[number][1], values], dim=2)
            heard.append((keys, values))
            found = attend(self._split(block.attn.query(asked)), keys, values, is_causal=length > 1)
            x = x + block.attn.out(found.transpose(1, 2).flatten(2))
            # All rows ask the same sound: to attention they are positions of one question.
            asked = block.cross_attn.query(block.cross_attn_ln(x)).flatten(0, 1)[None]
            found = attend(self._split(asked), *self._sound[number])
            x = x + block.cross_attn.out(found.transpose(1, 2).reshape(count, length, -1))
            x = x + block.mlp(block.mlp_ln(x))
        self._before = heard
        return decoder.ln(x)

    def _split(self, x: Any) -> Any:
        """(rows, positions, width) -> (rows, heads, positions, width of a head)."""
        return x.view(*x.shape[:2], self._heads, -1).transpose(1, 2)
