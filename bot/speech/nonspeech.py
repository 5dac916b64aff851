"""Twenty kinds of sound in which nobody speaks, made and not recorded: nothing may be heard in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bot.speech.audio import RATE

Sound = NDArray[np.float32]

SECONDS = 10.0
_SEED = 20260101


def nonspeech(seconds: float = SECONDS) -> dict[str, Sound]:
    """Name -> samples at 16 kHz in [-1, 1], the same each time."""
    made: dict[str, Sound] = {}
    for name, make in _KINDS.items():
        chance = np.random.default_rng([_SEED, len(made)])
        time = np.arange(int(seconds * RATE)) / RATE
        sound = make(time, chance)
        made[name] = np.clip(sound, -1, 1).astype(np.float32)
    return made


def _white(time: NDArray[np.float64], chance: np.random.Generator, level: float = 0.1) -> NDArray[np.float64]:
    return level * chance.standard_normal(time.size)


def _coloured(time: NDArray[np.float64], chance: np.random.Generator, power: float) -> NDArray[np.float64]:
    """Noise whose power falls with the frequency: 1 pink, 2 brown."""
    spectrum = np.fft.rfft(chance.standard_normal(time.size))
    frequency = np.maximum(np.fft.rfftfreq(time.size, 1 / RATE), 20.0)
    shaped: NDArray[np.float64] = np.fft.irfft(spectrum / frequency ** (power / 2), time.size)
    loud: NDArray[np.float64] = 0.2 * shaped / np.abs(shaped).max()
    return loud


def _tone(time: NDArray[np.float64], *frequencies: float, level: float = 0.2) -> NDArray[np.float64]:
    waves = [np.sin(2 * np.pi * frequency * time) for frequency in frequencies]
    mean: NDArray[np.float64] = level * np.sum(waves, axis=0) / len(waves)
    return mean


def _every(time: NDArray[np.float64], on: float, off: float) -> NDArray[np.float64]:
    return ((time % (on + off)) < on).astype(np.float64)


def _bursts(
    time: NDArray[np.float64], chance: np.random.Generator, a_second: float, decay: float
) -> NDArray[np.float64]:
    """Clicks, drops, knocks: short bursts of noise that die away."""
    sound = np.zeros(time.size)
    tail = np.exp(-np.arange(int(6 * decay * RATE)) / (decay * RATE))
    for start in chance.integers(0, time.size, int(a_second * time[-1])):
        piece = tail[: time.size - start] * chance.standard_normal(min(tail.size, time.size - start))
        sound[start : start + piece.size] += 0.4 * piece
    return sound


def _melody(time: NDArray[np.float64], chance: np.random.Generator, chords: bool) -> NDArray[np.float64]:
    scale = 261.6 * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
    sound = np.zeros(time.size)
    step = int(0.4 * RATE)
    for start in range(0, time.size, step):
        piece = time[start : start + step] - time[start]
        notes = chance.choice(scale, 3 if chords else 1, replace=False)
        harmonics = [note * factor for note in notes for factor in (1, 2, 3)]
        sound[start : start + step] = _tone(piece, *harmonics, level=0.4) * np.exp(-3 * piece)
    return sound


def _sweep(time: NDArray[np.float64], low: float, high: float, period: float) -> NDArray[np.float64]:
    frequency = low + (high - low) * 0.5 * (1 + np.sin(2 * np.pi * time / period))
    return 0.25 * np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


_KINDS: dict[str, Callable[[NDArray[np.float64], np.random.Generator], NDArray[np.float64]]] = {
    "digital silence": lambda time, _: np.zeros(time.size),
    "quiet room": lambda time, chance: _white(time, chance, 0.001),
    "white noise": lambda time, chance: _white(time, chance, 0.1),
    "loud white noise": lambda time, chance: _white(time, chance, 0.4),
    "pink noise": lambda time, chance: _coloured(time, chance, 1),
    "brown noise": lambda time, chance: _coloured(time, chance, 2),
    "mains hum": lambda time, chance: _tone(time, 50, 100, 150) + _white(time, chance, 0.005),
    "ring-back tone": lambda time, _: _tone(time, 450) * _every(time, 1, 4),
    "busy tone": lambda time, _: _tone(time, 450) * _every(time, 0.35, 0.35),
    "keypad tones": lambda time, _: _tone(time, 770, 1336) * _every(time, 0.1, 0.3),
    "fax": lambda time, _: _tone(time, 2100) * _every(time, 3, 1),
    "siren": lambda time, _: _sweep(time, 500, 1500, 4),
    "alarm": lambda time, _: _tone(time, 2900) * _every(time, 0.2, 0.2),
    "single notes": lambda time, chance: _melody(time, chance, chords=False),
    "chords": lambda time, chance: _melody(time, chance, chords=True),
    "clicks": lambda time, chance: _bursts(time, chance, 3, 0.002),
    "knocking": lambda time, chance: _bursts(time, chance, 2, 0.03),
    "rain": lambda time, chance: _bursts(time, chance, 400, 0.003) * 0.3 + _white(time, chance, 0.02),
    "engine": lambda time, chance: (
        _tone(time, 32, 64, 96, 128) * (1 + 0.3 * np.sin(12 * time)) + _coloured(time, chance, 2)
    ),
    "wind": lambda time, chance: _coloured(time, chance, 2) * (1 + np.sin(1.3 * time)) * 2,
}
