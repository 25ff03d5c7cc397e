"""How fast a sound codec is, and how well it keeps sounds beside Opus at its lowest rate.

    python benchmarks/sound_codec.py DATA [--codec audio-rvq] [--every 1] [--trials 9]

DATA is a folder of sounds as `train` takes it; measured is its validation split, each table of it for itself.
Prints Markdown tables and writes them to benchmarks/results/sound_codec.md. Run it on a quiet machine.
"""

import argparse
import io
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as app.py: idle threads sleep

import numpy as np
import soundfile
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1]))

from playground import zoo
from playground.analysis.usage import Usage, count_codes
from playground.core.codec import Codec
from playground.core.tokens import Tokens
from playground.data.folders import list_files, read_files
from playground.data.sounds import SOUNDS
from playground.media.modalities import AUDIO
from playground.media.sounds import RATE, read_sound

RESULTS = Path(__file__).parent / "results" / "sound_codec.md"
SECONDS, CHUNK = 10, 25  # of the clip whose speed is measured; frames decoded at a time when it is streamed
FIGURES = {"mel_db": ("mel dB", 2, -1), "si_sdr_db": ("SI-SDR dB", 1, 1), "stoi": ("STOI", 3, 1)}  # digits, better is
SPEECH = "speech"  # the table for which STOI says something
GOALS = {"times": 8.0, "usage": 0.95, "stoi": 0.85, "megabytes": 20.0}


@dataclass(frozen=True, eq=False)
class Clip:
    """A sound to measure on: the table it is from, and the signal (1, 1, T)."""

    table: str
    signal: Tensor


def main() -> None:
    """Prints and writes the tables. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of sounds")
    parser.add_argument("--codec", default="audio-rvq", help="a name or a checkpoint folder")
    parser.add_argument("--every", type=int, default=1, help="one in so many sounds: to see that it runs")
    parser.add_argument("--trials", type=int, default=9)
    options = parser.parse_args()
    codec, folder = zoo.load(options.codec), zoo.folder_of(options.codec)
    clips = validation(options.data, options.every)
    with torch.inference_mode():
        fast, times = speed(codec, joined(clips), options.trials)
        kept, missed = quality(codec, clips)
    megabytes = sum(file.stat().st_size for file in folder.glob("*.safetensors")) / 1e6
    missed += [f"{times:.1f} × real time"] * (times < GOALS["times"])
    missed += [f"{megabytes:.1f} MB"] * (megabytes > GOALS["megabytes"])
    head = f"{os.cpu_count()} cores, torch {torch.__version__}. {folder.name}: {megabytes:.1f} MB, "
    head += f"{SECONDS} s clips, {options.trials} trials."
    lines = ["# A sound codec", "", head, "", *fast, "", *kept, "", f"Goals missed: {', '.join(missed) or 'none'}."]
    text = "\n".join(lines)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)
    sys.exit(int(bool(missed)))


def validation(folder: Path, every: int) -> list[Clip]:
    """The validation split of a folder, in its order."""
    files = list_files(folder, SOUNDS, "val")[::every]
    return [Clip(file.table, signal) for file, signal in read_files(files, SOUNDS, AUDIO.read)]


def joined(clips: list[Clip]) -> Tensor:
    """(1, 1, SECONDS · RATE): clips one after the other, again and again where they are too short."""
    sounds = torch.cat([clip.signal for clip in clips], dim=2)
    return sounds.repeat(1, 1, math.ceil(SECONDS * RATE / sounds.shape[2]))[..., : SECONDS * RATE]


# --- speed --------------------------------------------------------------------------------


def speed(codec: Codec, signal: Tensor, trials: int) -> tuple[list[str], float]:
    """A table of multiples of real time, and the one of encoding and decoding with two threads."""
    rows, both = [("threads", "encode", "decode", "encode + decode"), ("---",) * 4], 0.0
    for threads in (1, 2):
        torch.set_num_threads(threads)
        tokens = codec.encode(signal)
        encode = clocked(lambda: codec.encode(signal), trials)
        decode = clocked(lambda tokens=tokens: codec.decode(tokens), trials)
        both = SECONDS / (encode + decode)
        rows.append((str(threads), *(f"{SECONDS / taken:.1f} ×" for taken in (encode, decode)), f"{both:.1f} ×"))
    whole, streamed = codec.decode(tokens), stream(codec, tokens)
    apart = float((whole - streamed).abs().max())
    said = f"Decoded {CHUNK} frames at a time it differs from the whole by {apart:.1e} of 2 at most, "
    other = float((whole.mul(32768).round() != streamed.mul(32768).round()).float().mean())
    return [*table(rows), "", said + f"{other:.2%} of its 16-bit samples by one step."], both


def clocked(deed: Callable[[], object], trials: int) -> float:
    """Seconds of a call: the median, after one that does not count."""
    times = []
    for _ in range(trials + 1):
        begin = time.perf_counter()
        deed()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def stream(codec: Codec, tokens: Tokens) -> Tensor:
    """(1, 1, T), decoded in windows."""
    starts = range(0, tokens.grid[0], CHUNK)
    ends = (min(start + CHUNK, tokens.grid[0]) for start in starts)
    return torch.cat([codec.decode_window(tokens, (slice(a, b),)) for a, b in zip(starts, ends, strict=True)], dim=2)


# --- quality ------------------------------------------------------------------------------


def quality(codec: Codec, clips: list[Clip]) -> tuple[list[str], list[str]]:
    """The tables of figures for each number of codebooks and of usage, and the goals that are missed."""
    tokens = [codec.encode(clip.signal) for clip in clips]
    count = codec.quantizer.num_codebooks
    pairs = [opus(clip.signal) for clip in clips]
    figures = {"Opus": measured(clips, [sound for sound, _ in pairs])}
    for k in range(1, count + 1):
        figures[str(k)] = measured(clips, [codec.decode(item.first(k)) for item in tokens])
    seconds = sum(clip.signal.shape[2] for clip in clips) / RATE
    rates = {"Opus": sum(bits for _, bits in pairs) / seconds / 1000}
    rates |= {
        str(k): k * math.log2(codec.quantizer.codebook_size) * RATE / codec.stride / 1000 for k in range(1, count + 1)
    }
    used = [total([count_codes(item, k) for item in tokens]) for k in range(count)]
    lines = [*table(figure_rows(figures, rates)), "", *table(usage_rows(used))]
    said = f"{len(clips)} sounds, {seconds:.0f} s; means over sounds. Opus without its container, at its lowest rate."
    return [said, "", *lines], missed_goals(figures, used)


def measured(clips: list[Clip], sounds: list[Tensor]) -> dict[str, dict[str, float]]:
    """Table → figure → mean over its clips."""
    scores: dict[str, dict[str, list[float]]] = {}
    for clip, sound in zip(clips, sounds, strict=True):
        for name, value in AUDIO.quality(clip.signal, sound).items():
            scores.setdefault(clip.table, {}).setdefault(name, []).append(value)
    return {table: {name: statistics.fmean(values) for name, values in kept.items()} for table, kept in scores.items()}


def opus(signal: Tensor) -> tuple[Tensor, int]:
    """(1, 1, T) there and back through Opus at its lowest rate, and the bits of its packets."""
    file = io.BytesIO()
    soundfile.write(file, signal[0, 0].numpy(), RATE, format="OGG", subtype="OPUS", compression_level=1.0)
    heard = read_sound(file.getvalue()).samples[: signal.shape[2]]
    sound = np.pad(heard, (0, signal.shape[2] - len(heard)))
    return torch.from_numpy(sound)[None, None], 8 * packet_bytes(file.getvalue())


def packet_bytes(ogg: bytes) -> int:
    """Bytes of sound in an Ogg file: all pages but the two of headers, without their frames (RFC 3533, section 6)."""
    sizes, at = [], 0
    while at < len(ogg):
        segments = ogg[at + 26]
        sizes.append(sum(ogg[at + 27 : at + 27 + segments]))
        at += 27 + segments + sizes[-1]
    return sum(sizes[2:])


def total(usages: list[Usage]) -> Usage:
    """The usage of one codebook over all clips."""
    return Usage(sum(usage.counts for usage in usages), len(usages))


# --- tables and goals ---------------------------------------------------------------------


def figure_rows(figures: dict[str, dict], rates: dict[str, float]) -> list[tuple[str, ...]]:
    """A row for Opus and for each number of codebooks."""
    tables = list(next(iter(figures.values())))
    columns = [(t, name) for t in tables for name in FIGURES if name != "stoi" or t == SPEECH]
    heads = [f"{t} {FIGURES[name][0]}".strip() for t, name in columns]
    rows = [("codebooks", "kb/s", *heads), ("---",) * (2 + len(heads))]
    for row, means in figures.items():
        values = [f"{means[t][name]:.{FIGURES[name][1]}f}" for t, name in columns]
        rows.append((row, f"{rates[row]:.1f}", *values))
    return rows


def usage_rows(used: list[Usage]) -> list[tuple[str, ...]]:
    """A row for each codebook."""
    rows = [("codebook", "codes used", "perplexity", "tokens"), ("---",) * 4]
    for k, usage in enumerate(used, 1):
        rows.append((str(k), f"{usage.usage:.1%}", f"{usage.perplexity:.0f}", f"{usage.tokens:,}"))
    return rows


def missed_goals(figures: dict[str, dict], used: list[Usage]) -> list[str]:
    """What is not as it must be, in words."""
    missed = [f"usage of codebook {k}" for k, usage in enumerate(used, 1) if usage.usage < GOALS["usage"]]
    levels = list(figures)[1:]
    for name, means in figures[levels[-1]].items():
        if means["mel_db"] > figures["Opus"][name]["mel_db"]:
            missed.append(f"mel distance of {name} above that of Opus")
    for table_name in figures["Opus"]:
        for name, (_, _, sign) in FIGURES.items():
            if name == "stoi" and table_name != SPEECH:
                continue
            values = [sign * figures[k][table_name][name] for k in levels]
            worse = [k for k, a, b in zip(levels[1:], values, values[1:], strict=False) if b <= a]
            missed += [f"{table_name} {name} no better with codebook {k}" for k in worse]
    if SPEECH in figures["Opus"] and figures[levels[-1]][SPEECH]["stoi"] < GOALS["stoi"]:
        missed.append("STOI of speech")
    return missed


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Lines of a Markdown table."""
    return ["| " + " | ".join(cells) + " |" for cells in rows]


if __name__ == "__main__":
    main()
