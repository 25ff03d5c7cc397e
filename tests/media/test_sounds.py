"""Laws of sounds as signals, and of the one reader that lets them in."""

import io
import struct

import av
import numpy as np
import pytest
import soundfile
import torch

from playground.core.errors import InputError
from playground.core.spectrogram import log_mel, mel_distance, mel_filters
from playground.media import decoders, sounds
from playground.media.modalities import AUDIO
from playground.media.sounds import RATE, Sound, read_part, read_sound


def tone(seconds: float = 0.5, *, rate: int = RATE, hertz: float = 440.0, size: float = 0.5) -> np.ndarray:
    """(T,) float32, a sine."""
    return (size * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def file_of(samples: np.ndarray, rate: int = RATE, **form: str) -> bytes:
    data = io.BytesIO()
    soundfile.write(data, samples, rate, **({"format": "WAV", "subtype": "PCM_16"} | form))
    return data.getvalue()


@pytest.mark.parametrize(
    ("form", "subtype"),
    [("WAV", "PCM_U8"), ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_32"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"),
     ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")],
)  # fmt: skip
def test_every_usual_file_is_read(form: str, subtype: str) -> None:
    heard = read_sound(file_of(tone(), format=form, subtype=subtype))
    assert heard.rate == RATE and heard.channels == 1
    assert abs(len(heard.samples) - RATE // 2) < 2400, "an MP3 may be padded"
    spectrum = np.abs(np.fft.rfft(heard.samples))
    assert abs(spectrum.argmax() * RATE / len(heard.samples) - 440) < 6


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_every_rate_becomes_16_kilohertz(rate: int) -> None:
    heard = read_sound(file_of(tone(rate=rate), rate))
    assert heard.rate == rate and abs(len(heard.samples) - RATE // 2) <= 1
    inner = slice(400, -400)
    assert np.abs(heard.samples[: RATE // 2][inner] - tone()[: len(heard.samples)][inner]).max() < 0.02


def test_channels_are_mixed_to_their_mean() -> None:
    parts = np.stack([tone(hertz=200 * (i + 1), size=0.1) for i in range(8)], 1)
    heard = read_sound(file_of(parts, subtype="FLOAT"))
    assert heard.channels == 8
    assert np.allclose(heard.samples, parts.mean(1), atol=1e-6)


def test_what_a_header_promises_is_not_believed() -> None:
    data = bytearray(file_of(tone()))
    data[4:8] = data[40:44] = struct.pack("<I", 2**32 - 10)
    assert len(read_sound(bytes(data)).samples) == RATE // 2


@pytest.mark.parametrize(("form", "subtype"), [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_a_file_that_breaks_off_gives_what_is_there_or_a_sentence(form: str, subtype: str) -> None:
    data = file_of(tone(4), format=form, subtype=subtype)
    for share in (0.05, 0.3, 0.8):
        try:
            samples = read_sound(data[: int(len(data) * share)]).samples
        except InputError:
            continue
        assert 16 <= len(samples) <= 4 * RATE + 2400 and np.isfinite(samples).all()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"once upon a time there was a text", "no sound file"),
        (file_of(np.zeros(0, np.float32)), "no sound in this file"),
        (file_of(np.zeros(1, np.float32)), "1 samples"),
        (file_of(np.full(999, np.nan, np.float32), subtype="FLOAT"), "no numbers"),
        (file_of(tone())[:44], "no sound in this file"),
    ],
)
def test_what_is_no_sound_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_sound(data)


def test_too_large_a_file_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "LARGEST_FILE", 1000)
    with pytest.raises(InputError, match="too large"):
        read_sound(file_of(tone()))


def test_broken_samples_count_as_silence() -> None:
    samples = tone()
    samples[100:110] = [np.nan, np.inf, -np.inf, 7, -7, np.nan, np.nan, np.nan, np.nan, np.nan]
    heard = read_sound(file_of(samples, subtype="FLOAT")).samples
    assert (heard[[100, 101, 102]] == 0).all() and heard[103] == 1 and heard[104] == -1


def test_only_so_much_of_a_long_sound_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "LONGEST", 1)
    assert len(read_sound(file_of(tone(3))).samples) == RATE


def test_a_window_is_chosen_by_its_share_of_what_is_left() -> None:
    data = file_of(np.linspace(-0.9, 0.9, 4 * RATE, dtype=np.float32), subtype="FLOAT")
    for at, start in ((0.0, 0), (0.5, 1.5), (1.0, 3)):
        fitted = AUDIO.fit(data, RATE, at=at)
        assert fitted.signal.shape == (1, 1, RATE) and fitted.source["start_s"] == start
        assert fitted.source["seconds"] == 4 and fitted.source["channels"] == 1
        assert torch.equal(fitted.signal, AUDIO.read(data)[..., int(start * RATE) :][..., :RATE])


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_write_and_save_undo_read(suffix: str, tmp_path) -> None:
    signal = AUDIO.read(Sound(tone()))
    AUDIO.write(signal).save(tmp_path / f"a{suffix}")
    again = AUDIO.read(tmp_path / f"a{suffix}")
    assert (again[..., :8000] - signal).abs().mean() < (0.02 if suffix == ".ogg" else 1e-4)
    with pytest.raises(ValueError, match="mp5"):
        AUDIO.write(signal).save(tmp_path / "a.mp5")


def test_quality_tells_near_from_far() -> None:
    clean = AUDIO.read(Sound(tone(2) * np.linspace(0, 1, 2 * RATE, dtype=np.float32)))
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    near, far = (AUDIO.quality(clean, clean + size * noise) for size in (0.001, 0.1))
    assert near["si_sdr_db"] > far["si_sdr_db"] + 30 and near["mel_db"] < far["mel_db"]
    assert near["stoi"] > far["stoi"]
    assert AUDIO.quality(clean, clean)["mel_db"] == 0
    assert "stoi" not in AUDIO.quality(clean[..., :4000], clean[..., :4000])


def test_quality_of_silence_is_a_number() -> None:
    silence = torch.zeros(1, 1, RATE)
    assert all(np.isfinite(value) for value in AUDIO.quality(silence, silence).values())


def test_a_full_scale_sine_stands_in_its_band() -> None:
    for hertz in (200, 1000, 4000, 7000):
        levels = log_mel(AUDIO.read(Sound(tone(1, hertz=hertz, size=1))))[0, :, 20]
        filters = mel_filters(80, 1024)
        assert filters[levels.argmax()].argmax() * RATE / 1024 == pytest.approx(hertz, abs=hertz * 0.05)
        assert -20 < levels.max() <= 1
    assert torch.allclose(mel_filters(80, 1024).sum(1), torch.ones(80))
    assert log_mel(torch.zeros(1, 1, RATE)).unique().item() == pytest.approx(-100)


def test_twice_the_amplitude_is_six_decibels_away() -> None:
    clean = 0.1 * torch.randn(1, 1, RATE, generator=torch.Generator().manual_seed(0))
    assert mel_distance(clean, 2 * clean).item() == pytest.approx(6.02, abs=0.05)


def test_an_mp3_is_read_without_breaks() -> None:
    """Its frames lean on those before: a decoder that is made to seek between blocks loses them."""
    bursts = np.tile(np.repeat([1, 0.01], RATE // 4), 6).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.2, len(bursts)).astype(np.float32)
    form = {"format": "MP3", "subtype": "MPEG_LAYER_III", "compression_level": 0.9, "bitrate_mode": "VARIABLE"}
    data = file_of(tone(len(bursts) / RATE) * bursts + noise * bursts, **form)
    whole, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    assert np.abs(read_sound(data).samples - whole.clip(-1, 1)).max() < 1e-6


@pytest.mark.parametrize("suffix", sounds.LOSSY)
def test_a_higher_level_makes_a_smaller_file(suffix: str) -> None:
    sound = Sound(tone(1))
    sizes = [len(sound.compressed(suffix, level)) for level in (0.0, 0.5, 0.95)]
    assert sizes == sorted(sizes, reverse=True)
    with pytest.raises(ValueError, match="wav"):
        sound.compressed(".wav", 0.5)


def container_of(samples: np.ndarray, form: str, codec: str, rate: int) -> bytes:
    """A sound (T,) as a phone or a browser records it."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp" if codec == "aac" else "flt", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return file.getvalue()


@pytest.mark.parametrize(("form", "codec"), [("ipod", "aac"), ("adts", "aac"), ("webm", "libopus"), ("mp4", "aac")])
def test_what_a_phone_or_a_browser_records_is_read(form: str, codec: str) -> None:
    heard = read_sound(container_of(tone(1, rate=48_000), form, codec, 48_000))
    assert (heard.rate, heard.channels) == (48_000, 1)
    assert abs(len(heard.samples) - RATE) < 1000
    assert abs(np.abs(np.fft.rfft(heard.samples)).argmax() * RATE / len(heard.samples) - 440) < 3


@pytest.mark.parametrize(("form", "codec"), [("ipod", "aac"), ("webm", "libopus")])
def test_a_part_of_a_recording_is_that_part(form: str, codec: str) -> None:
    data = container_of(tone(3, rate=48_000) * np.linspace(0, 1, 144_000, dtype=np.float32), form, codec, 48_000)
    part, whole = read_part(data, RATE // 2, at=0.5), read_sound(data).samples
    near = [np.abs(part.samples - whole[part.start + d :][: RATE // 2]).mean() for d in range(-20, 21)]
    assert min(near) < 5e-3, "within a millisecond; a decoder comes in slowly"


@pytest.mark.parametrize("mark", [b"\0\0\0\x1cftypM4A ", b"\x1aE\xdf\xa3", b"\xff\xf1"])
def test_a_damaged_recording_gets_a_sentence(mark: bytes) -> None:
    with pytest.raises(InputError, match="no sound in this file"):
        read_sound(mark + bytes(999))


def test_zeros_before_the_first_frame_of_an_mp3_are_passed_over() -> None:
    data = file_of(tone(1), format="MP3", subtype="MPEG_LAYER_III")
    assert np.array_equal(read_sound(bytes(5000) + data).samples, read_sound(data).samples)


@pytest.mark.parametrize("said", [0, 2**32 - 1])
def test_a_wav_whose_recorder_crashed_is_read_to_its_end(said: int) -> None:
    data = bytearray(file_of(tone()))
    data[4:8] = data[40:44] = struct.pack("<I", said)
    assert np.array_equal(read_sound(bytes(data)).samples, read_sound(file_of(tone())).samples)


@pytest.mark.parametrize("rate", [RATE, 44_100, 192_000])
@pytest.mark.parametrize(
    ("form", "subtype"), [("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")]
)
def test_a_part_is_that_part_of_the_whole(form: str, subtype: str, rate: int) -> None:
    if form == "MP3" and rate > 48_000:
        return
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * rate).astype(np.float32)
    data = file_of(noise, rate, format=form, subtype=subtype)
    whole = read_sound(data)
    for at in (0.0, 0.3, 1.0):
        part, expected = read_part(data, RATE, at=at), whole.part(RATE, at)
        assert part.start == expected.start and part.seconds == pytest.approx(whole.seconds, abs=1e-4)
        assert np.abs(part.samples - expected.samples)[50:-50].mean() < 2e-3, "another phase of the filter at most"


def test_no_more_is_decoded_than_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long silent file is small, and once took gigabytes."""
    decoded, blocks = [], decoders.SoundFile.blocks

    def counted(self: decoders.SoundFile, first: int = 0):
        for block in blocks(self, first):
            decoded.append(len(block))
            yield block

    monkeypatch.setattr(decoders.SoundFile, "blocks", counted)
    data = file_of(np.zeros(60 * 48_000, np.float32), 48_000, format="FLAC")
    for at in (0.0, 0.5, 1.0):
        decoded.clear()
        assert read_part(data, RATE, at=at).seconds == 60 and sum(decoded) < 1.6 * 48_000


def test_a_file_that_is_shorter_than_it_says_is_read_for_what_it_holds() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 8 * RATE).astype(np.float32)
    data = file_of(noise, format="FLAC")
    part = read_part(data[: len(data) // 2], RATE, at=1.0)
    assert 3 < part.seconds < 5 and part.start + RATE == pytest.approx(part.seconds * RATE)


def test_what_takes_too_much_a_second_is_refused() -> None:
    with pytest.raises(InputError, match="352800 samples a second in 9 channels"):
        read_sound(file_of(np.zeros((99, 9), np.float32), 352_800))


def test_only_so_many_numbers_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MOST_NUMBERS", RATE)
    assert len(read_sound(file_of(np.zeros((RATE, 2), np.float32))).samples) == RATE // 2


INTEGERS = {np.int16: 2**15, np.int32: 2**31, np.int8: 2**7}


@pytest.mark.parametrize("dtype", INTEGERS)
def test_whole_numbers_are_scaled_by_their_type(dtype: type) -> None:
    samples = tone()
    heard = read_sound((RATE, (samples * INTEGERS[dtype]).astype(dtype))).samples
    assert np.abs(heard - samples).max() < 2 / INTEGERS[dtype] + 1e-6
    assert np.abs(read_sound((RATE, (samples * 128 + 128).astype(np.uint8))).samples - samples).max() < 0.01


def test_arrays_are_taken_in_every_usual_form() -> None:
    stereo = np.stack([tone(), tone(hertz=330)], 1)
    mono, both = read_sound(Sound(tone())).samples, read_sound(file_of(stereo, subtype="FLOAT")).samples
    for pair in [
        (RATE, tone()),
        (tone(), RATE),
        [RATE, tone().astype(np.float64)],
        (np.int64(RATE), tone()[None, None]),
    ]:
        assert np.array_equal(read_sound(pair).samples, mono)
    for pair in [
        (RATE, stereo),
        (RATE, stereo.T),
        (torch.from_numpy(stereo), RATE),
        (RATE, torch.from_numpy(stereo.T)),
    ]:
        assert np.allclose(read_sound(pair).samples, both, atol=1e-7)


@pytest.mark.parametrize(
    "raw",
    [None, 3, object(), tone(), (RATE,), (RATE, RATE), (tone(), tone()), (RATE, tone(), 1), (RATE, "a"), (0, tone()),
     (16_000.5, tone()), (RATE, np.zeros((3, 90, 90))), (RATE, np.zeros(99, np.int64)), (RATE, np.array(["a"] * 99)),
     (RATE, tone() * 32768), (RATE, np.zeros(0)), (RATE, np.full(99, np.nan)), (RATE, [[1, 2], [3]])],
    ids=lambda raw: type(raw).__name__,
)  # fmt: skip
def test_what_is_no_sound_in_python_is_one_sentence(raw: object) -> None:
    with pytest.raises(InputError):
        read_sound(raw)


def test_of_channels_that_cancel_each_other_the_loudest_is_taken() -> None:
    wave = tone()
    cancelled = read_sound((RATE, np.stack([0.8 * wave, -0.8 * wave, 0.1 * wave * 0], 1)))
    assert cancelled.channel == 0 and np.allclose(cancelled.samples, 0.8 * wave, atol=1e-6)
    part = read_part((RATE, np.stack([0.5 * wave, -0.6 * wave], 1)), len(wave) // 2, at=1.0)
    assert part.channel == 1 and np.allclose(part.samples, -0.6 * wave[-len(part.samples) :], atol=1e-6)


@pytest.mark.parametrize("other", [0.0, 1.0, -0.5])
def test_what_does_not_cancel_is_mixed_as_ever(other: float) -> None:
    wave = tone()
    mixed = read_sound((RATE, np.stack([wave, other * wave], 1)))
    assert mixed.channel is None and np.allclose(mixed.samples, (1 + other) / 2 * wave, atol=1e-6)
    assert read_sound((RATE, np.zeros((4000, 2), np.float32))).channel is None, "silence cancels nothing"
