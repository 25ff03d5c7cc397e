"""Pictures, sounds and texts as modalities: read by the guarded readers beside, written and measured."""

import threading
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..core.errors import InputError
from ..core.modality import Fitted, Modality
from ..core.spectrogram import RATE, mel_distance
from .pictures import Picture, read_square, read_whole
from .sounds import Sound, read_part, read_sound
from .texts import LONGEST_WHOLE, at_character, from_character, read_text

_IMPORTING = threading.Lock()  # torchmetrics imports itself in circles: of two threads at it at once, one would fail

SILENT = 1e-9  # mean square, −90 dB: the last bit of 16 is as loud


class Pictures:
    """Pictures: RGB, signals (1, 3, H, W). Anything that `pictures.Picture` names is read."""

    kind = "image"
    rank = 2

    def read(self, raw: Picture) -> Tensor:
        """(1, 3, H, W) in [−1, 1], the picture's own size. Raises InputError below 8 or above 4096 pixels a side."""
        return _signal(read_whole(raw))

    def fit(self, raw: Picture, length: int = 256, *, at: float = 0.5) -> Fitted:
        """The centre square, scaled to (1, 3, length, length). Raises InputError below 8 pixels a side."""
        square, (height, width) = read_square(raw, length, at=at)
        return Fitted(_signal(square), {"height": height, "width": width})

    def write(self, signal: Tensor) -> Image.Image:
        """(1, 3, H, W) → RGB picture, clamped and rounded. Raises ValueError for another shape or infinite numbers."""
        if signal.ndim != 4 or signal.shape[:2] != (1, 3):
            raise ValueError(f"one picture is (1, 3, H, W), not {tuple(signal.shape)}")
        if not signal.isfinite().all():
            raise ValueError("the signal holds numbers that are not finite")
        pixels = (signal[0].float().clamp(-1, 1) + 1) * 127.5
        return Image.fromarray(pixels.round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())

    def save(self, raw: Image.Image, path: Path) -> None:
        """Writes a picture."""
        raw.save(path)

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """Mean over pictures (B, 3, H, W) of PSNR in dB and SSIM (Wang et al. 2004, 11 × 11 Gaussian window).

        Both are taken as they are shown, clamped to [−1, 1]. Equal pictures have a `psnr_db`
        of infinity, which JSON has no word for. Below 11 pixels a side the window does not
        fit, and `ssim` is left out. Raises ValueError for different shapes.
        """
        if a.shape != b.shape or a.ndim != 4:
            raise ValueError(f"pictures of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be compared")
        a, b = a.float().clamp(-1, 1), b.float().clamp(-1, 1)
        metrics = _metrics().image
        measured = {"psnr_db": metrics.peak_signal_noise_ratio(a, b, data_range=2.0, dim=(1, 2, 3)).item()}
        if min(a.shape[2:]) >= 11:
            measured["ssim"] = metrics.structural_similarity_index_measure(a, b, data_range=2.0).item()
        return measured


class Sounds:
    """Sounds: one channel at 16 kHz, signals (1, 1, T). A file, its path or bytes, or a `sounds.Sound` is read."""

    kind = "audio"
    rank = 1

    def read(self, raw: Any) -> Tensor:
        """(1, 1, T) in [−1, 1], the whole sound. Raises InputError for less than 16 samples."""
        return torch.from_numpy(read_sound(raw).samples)[None, None]

    def fit(self, raw: Any, length: int = 30 * RATE, *, at: float = 0.0) -> Fitted:
        """(1, 1, T), T at most `length` samples of a longer sound, beginning at the share `at` of the rest."""
        heard = read_part(raw, length, at=at)
        facts = {"seconds": heard.seconds, "start_s": heard.start / RATE}
        facts |= {"rate_hz": heard.rate, "channels": heard.channels}
        if heard.channel is not None:
            facts["channel"] = heard.channel
        return Fitted(torch.from_numpy(heard.samples)[None, None], facts)

    def write(self, signal: Tensor) -> Sound:
        """(1, 1, T) → a Sound, clamped. Raises ValueError for another shape or infinite numbers."""
        if signal.ndim != 3 or signal.shape[:2] != (1, 1):
            raise ValueError(f"one sound is (1, 1, T), not {tuple(signal.shape)}")
        if not signal.isfinite().all():
            raise ValueError("the signal holds numbers that are not finite")
        return Sound(signal[0, 0].float().clamp(-1, 1).cpu().numpy())

    def save(self, raw: Sound, path: Path) -> None:
        """Writes WAV, FLAC, OGG or Opus."""
        raw.save(path)

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """How near sounds b (B, 1, T) are to a: means over the sounds.

        si_sdr_db  scale-invariant signal-to-distortion ratio (Le Roux et al. 2019); it punishes another phase
        mel_db     mean absolute difference of the log-mel spectrograms, in dB; 0 is equal
        stoi       intelligibility of speech, about 0 … 1 (Taal et al. 2011); left out below half a second

        Of silence only the mel distance is defined.
        """
        if a.shape != b.shape or a.ndim != 3:
            raise ValueError(f"sounds of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be compared")
        a, b = a.float(), b.float().clamp(-1, 1)
        if (a - a.mean(-1, keepdim=True)).square().mean((1, 2)).min() < SILENT:
            return {"mel_db": mel_distance(a, b).item()}
        ratios = _metrics().audio.scale_invariant_signal_distortion_ratio(b, a, zero_mean=True)
        measured = {"si_sdr_db": ratios.mean().item(), "mel_db": mel_distance(a, b).item()}
        if a.shape[-1] >= RATE // 2:
            measured["stoi"] = _intelligibility(a, b)
        return measured


def multiscale_ssim(a: Tensor, b: Tensor) -> float:
    """MS-SSIM of pictures (B, 3, H, W) as they are shown (Wang, Simoncelli, Bovik 2003; five scales), 0 … 1.

    It takes several times as long as `quality`. Raises ValueError below 161 pixels a side.
    """
    a, b = a.float().clamp(-1, 1), b.float().clamp(-1, 1)
    return _metrics().image.multiscale_structural_similarity_index_measure(a, b, data_range=2.0).item()


def _metrics() -> ModuleType:
    """What measures, imported when it is first needed: with what it brings along that takes seconds."""
    with _IMPORTING:
        from torchmetrics import functional
    return functional


def _intelligibility(a: Tensor, b: Tensor) -> float:
    import pystoi

    pairs = zip(a[:, 0].cpu().numpy(), b[:, 0].cpu().numpy(), strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of sounds with hardly anything but silence
        return float(np.mean([pystoi.stoi(clean, other, RATE) for clean, other in pairs]))


class Texts:
    """Texts: UTF-8 bytes, signals (1, 256, T), one-hot as they are read, any numbers (logits) as they are written."""

    kind = "text"
    rank = 1

    def read(self, raw: Any) -> Tensor:
        """(1, 256, T), of a text, a file's bytes or a path. Raises InputError for nothing, or too much."""
        data = read_text(raw)
        if len(data) > LONGEST_WHOLE:
            raise InputError(
                "This text has {count} bytes; up to {most} are taken whole. Shorten it.",
                count=len(data),
                most=LONGEST_WHOLE,
            )
        return _one_hot(data)

    def fit(self, raw: Any, length: int = 1024, *, at: float = 0.0) -> Fitted:
        """(1, 256, T): of a longer text whole characters of at most `length` bytes, from the share `at` of the rest."""
        data = read_text(raw)
        start = from_character(data, round(max(0, len(data) - length) * min(max(at, 0.0), 1.0)))
        end = len(data) if start + length >= len(data) else at_character(data, start + length)
        facts = {"bytes": len(data), "characters": len(data.decode()), "start_byte": start}
        return Fitted(_one_hot(data[start:end]), facts)

    def write(self, signal: Tensor) -> str:
        """(1, 256, T) → the text of the likeliest bytes; those that are no UTF-8 become U+FFFD, and nothing fails."""
        if signal.ndim != 3 or signal.shape[:2] != (1, 256):
            raise ValueError(f"one text is (1, 256, T), not {tuple(signal.shape)}")
        return bytes(signal[0].argmax(0).tolist()).decode("utf-8", errors="replace")

    def save(self, raw: str, path: Path) -> None:
        """Writes a text as UTF-8."""
        path.write_text(raw, encoding="utf-8", newline="")

    def quality(self, a: Tensor, b: Tensor) -> dict[str, float]:
        """How near texts b (B, 256, T) are to a: means over the texts.

        byte_accuracy   share of the bytes that are the same, 0 … 1
        edit_distance   characters inserted, deleted or exchanged (Levenshtein), over those of a
        chrf            character n-gram F-score, 0 … 100 (Popović 2015; sacrebleu)
        bleu            word n-gram precision, 0 … 100 (Papineni et al. 2002; sacrebleu, smoothed for single sentences)
        rouge_l         F-score of the longest common sequence of words, 0 … 1 (Lin 2004)

        A Chinese character counts as a word.
        """
        from rapidfuzz.distance import Levenshtein
        from sacrebleu.metrics import BLEU, CHRF

        if a.shape != b.shape or a.ndim != 3:
            raise ValueError(f"texts of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be compared")
        pairs = [(self.write(x[None]), self.write(y[None])) for x, y in zip(a, b, strict=True)]
        distances = [Levenshtein.distance(x, y) / max(1, len(x)) for x, y in pairs]
        return {
            "byte_accuracy": (a.argmax(1) == b.argmax(1)).float().mean().item(),
            "edit_distance": float(np.mean(distances)),
            "chrf": float(np.mean([CHRF().sentence_score(y, [x]).score for x, y in pairs])),
            "bleu": float(
                np.mean([BLEU(tokenize="zh", effective_order=True).sentence_score(y, [x]).score for x, y in pairs])
            ),
            "rouge_l": float(np.mean([_common_words(x, y) for x, y in pairs])),
        }


class _Words:
    """What rouge-score splits texts with: its own way leaves out all that is not ASCII."""

    def tokenize(self, text: str) -> list[str]:
        from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

        return TokenizerZh()(text).split()


def _common_words(original: str, other: str) -> float:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"], tokenizer=_Words()).score(original, other)["rougeL"].fmeasure


def _one_hot(data: bytes) -> Tensor:
    values = torch.from_numpy(np.frombuffer(data, np.uint8).astype(np.int64))
    return torch.zeros(1, 256, len(data)).scatter_(1, values[None, None], 1.0)  # (1, 256, T)


def _signal(picture: Image.Image) -> Tensor:
    pixels = torch.from_numpy(np.array(picture))  # (H, W, 3)
    # In place: a large picture is 200 MB of floats, and needs no copies of them.
    return pixels.permute(2, 0, 1).unsqueeze(0).contiguous().float().div_(127.5).sub_(1)  # (1, 3, H, W)


IMAGE, AUDIO, TEXT = Pictures(), Sounds(), Texts()
MODALITIES: dict[str, Modality] = {modality.kind: modality for modality in (IMAGE, AUDIO, TEXT)}
