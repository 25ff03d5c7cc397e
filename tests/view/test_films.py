"""Films: every picture is in them, there and back."""

import io

import av
import numpy as np
import pytest
from PIL import Image

from playground.view import films

PICTURES = [Image.new("RGB", (32, 24), (60 * i, 255 - 60 * i, 90)) for i in range(5)]


def test_a_film_goes_there_and_back_and_rests_at_its_ends() -> None:
    shown = films.there_and_back(PICTURES)
    assert [picture for picture, _ in shown] == [*PICTURES, *PICTURES[3:0:-1]]
    assert [duration for _, duration in shown].count(films.REST_MS) == 2
    assert films.there_and_back(PICTURES[:1]) == [(PICTURES[0], films.REST_MS)]


@pytest.mark.parametrize("write", [films.gif, films.webp])
def test_every_picture_is_in_it(write) -> None:
    film = Image.open(io.BytesIO(write(PICTURES)))
    assert film.n_frames == 8
    assert film.info.get("loop") == 0
    for i, picture in enumerate(PICTURES):
        film.seek(i)
        assert np.abs(np.asarray(film.convert("RGB"), float) - np.asarray(picture)).mean() < 6


def test_a_film_for_players_holds_them_too() -> None:
    with av.open(io.BytesIO(films.mp4([picture.resize((33, 25)) for picture in PICTURES]))) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (32, 24)
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
    assert len(frames) == 2 * 21 + 6 * 2
    assert np.abs(frames[0].astype(float) - np.asarray(PICTURES[0])).mean() < 8
