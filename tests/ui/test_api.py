"""The HTTP API, asked as a script asks it: with gradio_client."""

import base64
import contextlib
import io
import json
import math
import random
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from playground.core.errors import InputError
from playground.edits import cells, time
from playground.media import token_files
from playground.media.modalities import IMAGE
from playground.media.sounds import read_sound
from playground.ui import api, calls, samples
from playground.zoo import Zoo
from tests.served import Served

TEMPLE = samples.EXAMPLES / "temple.webp"
YES = samples.EXAMPLES / "sounds" / "yes.opus"


@pytest.fixture(scope="module")
def client(site: Served) -> Client:
    return Client(site.address, verbose=False)


def tokens_of(codec: str, sample: str) -> dict:
    """Tokens of a sample, as /encode gives them."""
    return json.loads(calls.tokens_file(calls.sample(codec, sample), "json"))


@pytest.fixture
def tokens() -> dict:
    """Tokens of a sample picture."""
    return tokens_of("image-vq", "temple")


@pytest.fixture
def sound() -> dict:
    """Tokens of a sample sound: 3 codebooks, 100 frames."""
    return tokens_of("audio-rvq", "yes")


def test_the_catalogue_says_what_there_is(client: Client) -> None:
    cards = client.predict(api_name="/catalogue")
    found = [(card["name"], card["num_codebooks"], card["codebook_size"]) for card in cards]
    residual = {("audio-rvq", 3, 24), ("some-rvq", 3, 24), ("text-rvq", 3, 24)}
    assert set(found) == residual | {("image-vq", 1, 64), ("small-vq", 1, 40)}


def test_encode_gives_tokens_quality_rate_and_usage(client: Client, tokens: dict) -> None:
    answer = client.predict(handle_file(str(TEMPLE)), "image-vq", api_name="/encode")
    assert answer["tokens"] == tokens
    assert answer["rate"] == {"bits": 6 * 1024, "bits_per_pixel": 6 / 64}
    assert answer["usage"]["codes"] == len(np.unique(tokens["indices"]))
    assert set(answer["quality"]) == {"psnr_db", "ssim"}
    measured = client.predict(handle_file(str(TEMPLE)), tokens, "image-vq", api_name="/measure")
    assert measured == pytest.approx(answer["quality"])


def test_a_sound_is_encoded_measured_and_decoded_too(client: Client, sound: dict, codecs: Zoo) -> None:
    answer = client.predict(handle_file(str(YES)), "audio-rvq", api_name="/encode")
    assert answer["tokens"] == sound
    bits = 3 * 100 * math.log2(24)
    assert answer["rate"] == pytest.approx({"bits": bits, "rate_kbps": bits / 1000})  # of one second
    assert set(answer["quality"]) == {"si_sdr_db", "mel_db", "stoi"}
    measured = client.predict(handle_file(str(YES)), sound, "audio-rvq", api_name="/measure")
    assert measured == pytest.approx(answer["quality"])
    url = client.predict(sound, "audio-rvq", api_name="/decode")
    decoded = read_sound(base64.b64decode(url.removeprefix("data:audio/wav;base64,"))).samples
    expected = codecs.load("audio-rvq").decode(token_files.from_json(json.dumps(sound)))[0, 0].clamp(-1, 1).numpy()
    assert np.abs(decoded - expected).max() < 1e-4


def test_decode_gives_the_picture(client: Client, tokens: dict, codecs: Zoo) -> None:
    url = client.predict(tokens, "image-vq", api_name="/decode")
    picture = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))
    expected = IMAGE.write(codecs.load("image-vq").decode(token_files.from_json(json.dumps(tokens))))
    assert np.array_equal(np.asarray(picture), np.asarray(expected))


def test_edit_does_what_python_does(client: Client, tokens: dict) -> None:
    a = tokens["indices"][0][0][5][5]
    value = token_files.from_json(json.dumps(tokens))
    edited = client.predict(tokens, "replace", {"a": a, "b": 9}, "image-vq", api_name="/edit")
    assert edited == json.loads(token_files.to_json(cells.replace(value, a, 9)))


EDITS = {
    "paint": {"code": 3},
    "replace": {"a": 1, "b": 2},
    "exchange": {"a": 1, "b": 2},
    "erase": {},
    "restrict": {"codes": [5, 6]},
    "keep": {"count": 3},
    "shuffle": {"seed": 4},
    "sort": {},
    "mirror": {"axis": 1},
    "shift": {"steps": [1, -2]},
    "paste": {"at": [4, 6]},
    "drop": {"levels": [0]},
}
SOUND_EDITS = EDITS | {
    "mirror": {"axis": 0},
    "shift": {"steps": [-2]},
    "paste": {"at": [4]},
    "drop": {"levels": [0, 2]},
    "freeze": {"frame": 50},
    "reverse": {},
}
WHOLE = {"graft": {"count": 1}, "stretch": {"factor": 1.5}}  # edits that know no window


def edited(tokens: dict, name: str, options: dict) -> np.ndarray:
    """(K, *grid)."""
    source = {"source": tokens} if name in ("paste", "graft") else {}
    return np.array(api.edit(tokens, name, source | options, tokens["codec"])["indices"])[0]


def of_sound(sound: dict, name: str, level: int = 0) -> dict:
    """Options that change something about frame 30."""
    code = sound["indices"][0][level][30]
    return (
        {"level": level} | SOUND_EDITS[name] | ({"a": code, "b": (code + 1) % 24} if "a" in SOUND_EDITS[name] else {})
    )


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_stays_in_its_window(tokens: dict, name: str) -> None:
    inside = np.zeros((1, 32, 32), bool)
    inside[:, 4:10, 6:12] = True
    changed = edited(tokens, name, EDITS[name] | {"window": [4, 6, 10, 12]}) != np.array(tokens["indices"])[0]
    assert not changed[~inside].any()


@pytest.mark.parametrize("name", SOUND_EDITS)
def test_every_edit_of_a_sound_stays_in_its_window(sound: dict, name: str) -> None:
    inside = np.zeros((3, 100), bool)
    inside[:, 4:60] = True
    changed = edited(sound, name, of_sound(sound, name) | {"window": [4, 60]}) != np.array(sound["indices"])[0]
    assert not changed[~inside].any()
    assert changed.any() or name == "paste"  # of itself to its own place
    assert SOUND_EDITS.keys() | WHOLE.keys() == set(api.EDITS), "an edit without a test"


@pytest.mark.parametrize("name", ["paint", "replace", "exchange", "erase", "restrict", "keep"])
def test_codes_of_any_one_codebook_are_edited(sound: dict, name: str) -> None:
    before = np.array(sound["indices"])[0]
    for level in range(3):
        changed = edited(sound, name, of_sound(sound, name, level)) != before
        assert changed[level].any()
        assert not np.delete(changed, level, 0).any()


def test_time_and_codebooks_are_edited_as_python_does(sound: dict, codecs: Zoo) -> None:
    value = token_files.from_json(json.dumps(sound))
    longer = api.edit(sound, "stretch", {"factor": 1.5}, "audio-rvq")
    assert longer == json.loads(token_files.to_json(time.stretch(value, 1.5, 160)))
    assert len(api.decode(longer, "audio-rvq")) > 1.4 * len(api.decode(sound, "audio-rvq"))
    grafted = edited(sound, "graft", {"source": longer, "count": 1})
    assert np.array_equal(grafted[0], np.array(sound["indices"])[0, 0])
    assert np.array_equal(grafted[1:], np.array(longer["indices"])[0, 1:, :100])


def test_a_picture_has_no_time(tokens: dict) -> None:
    for name, options in {"stretch": {"factor": 2}, "freeze": {"frame": 0}, "reverse": {}}.items():
        with pytest.raises(InputError, match="Only sounds"):
            api.edit(tokens, name, options, "image-vq")


def test_explain_and_codebook_answer(client: Client, codecs: Zoo) -> None:
    answer = client.predict(codecs.load("image-vq").codebook()[7].tolist(), "image-vq", api_name="/explain")
    assert answer["nearest"][0] == {"code": 7, "distance": 0}
    book = client.predict("image-vq", api_name="/codebook")
    assert (book["codebook_size"], len(book["colours"]), len(book["order"])) == (64, 64, 64)
    assert client.predict("small-vq", api_name="/codebook")["counts"] == []  # it came without reference pictures


@pytest.mark.parametrize(
    ("endpoint", "arguments", "sentence"),
    [
        ("/encode", [{"path": "nowhere.png"}, "image-vq"], "Upload the file first"),
        ("/encode", [handle_file(str(Path(__file__))), "image-vq"], "is not a picture"),
        ("/encode", [handle_file(str(TEMPLE)), "nobody"], "There is no codec “nobody”"),
        ("/decode", [{"format": "other"}, "image-vq"], "holds no tokens"),
        ("/edit", [{}, "paint", {}, "image-vq"], "holds no tokens"),
        ("/explain", [[1, 2], "image-vq"], "latent of the wrong shape"),
        ("/codebook", ["../image-vq"], "There is no codec “../image-vq”"),
    ],
    ids=["no upload", "no picture", "no codec", "no tokens", "nothing to edit", "short latent", "path"],
)
def test_bad_input_is_answered_with_the_sentence(client: Client, endpoint: str, arguments: list, sentence: str) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(*arguments, api_name=endpoint)


def test_only_the_named_endpoints_are_there_each_with_its_words(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    bench = {"/catalogue", "/encode", "/decode", "/edit", "/measure", "/explain", "/codebook"}
    blend = {"/blend", "/blend_film", "/game", "/drift", "/wobble"}
    generate = {"/priors", "/generate", "/cell_probabilities", "/neighbours"}
    refill = {"/refill", "/extend", "/variations", "/repair"}
    joint = {"/joint_models", "/joint_think", "/joint_make"}
    assert set(endpoints) == bench | blend | {"/compare", "/compare_output"} | generate | refill | joint
    assert not client.view_api(return_format="dict", print_info=False)["unnamed_endpoints"]
    assert all(endpoint.get("description") for endpoint in endpoints.values())


VALUES: list[object] = [
    *(
        None,
        True,
        -1,
        0,
        1.5,
        63,
        64,
        2**31,
        2**63,
        2**64,
        10**400,
        float("nan"),
        "",
        "1",
        "x" * 3000,
        [],
        [1],
        [-1],
        [1.5],
    ),
    *([True, False], ["1"], [[1, 2], [3]], [10**30, 1], [2**62, 2**62], [None, None], {}, {"a": 1}),
]
WINDOWS = [[0, 0, 32, 32], [0, 50], [99, 100], [0] * 4, [-1, 0, 1, 1], [0, 0, 33, 32], [0.0, 0, 1, 1]]
OPTIONS = ("code", "a", "b", "codes", "count", "seed", "axis", "steps", "window", "source", "at", "level", "levels")
OPTIONS += ("factor", "frame")


@pytest.mark.parametrize("name", SOUND_EDITS | WHOLE)
@pytest.mark.parametrize("codec", ["image-vq", "audio-rvq"])
def test_no_options_whatever_raise_anything_but_a_sentence(tokens: dict, sound: dict, codec: str, name: str) -> None:
    draw = random.Random(name)
    given = tokens if codec == "image-vq" else sound
    usual = (EDITS if codec == "image-vq" else SOUND_EDITS) | WHOLE
    good = {"source": given} | usual.get(name, SOUND_EDITS.get(name, {}))
    for _ in range(150):
        options = dict(good)
        for option in draw.sample(OPTIONS, 2):
            options[option] = draw.choice(VALUES + WINDOWS)
        for option in draw.sample([*options], draw.randrange(2)):
            options[option] = draw.choice(VALUES + WINDOWS)
        try:
            changed = api.edit(given, name, options, codec)
        except InputError:
            continue
        assert name == "stretch" or np.array(changed["indices"]).shape == np.array(given["indices"]).shape


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value)[:20])
def test_no_argument_of_another_type_raises_anything_but_a_sentence(tokens: dict, value: object) -> None:
    arguments = {
        api.encode: [value, "image-vq"],
        api.decode: [value, "image-vq"],
        api.edit: [value, "paint", {"code": 1}, "image-vq"],
        api.measure: [value, tokens, "image-vq"],
        api.explain: [value, "image-vq"],
        api.codebook: [value],
    }
    for function, given in arguments.items():
        with pytest.raises(InputError):
            function(*given)
    for given in ([value, {"code": 1}, "image-vq"], ["paint", {"code": 1}, value]):
        with pytest.raises(InputError):
            api.edit(tokens, *given)
    with contextlib.suppress(InputError):  # of the options, whatever is none counts as none
        api.edit(tokens, "sort", value, "image-vq")
