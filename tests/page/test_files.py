"""Files in and out: what is taken comes back as it was, what cannot be taken is said and changes nothing."""

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from playground.core.tokens import Tokens
from playground.ui import calls
from tests.page.bench import Bench, Visit, near, pixels

HOSTILE = (
    "<img src=x onerror=window.caught=1>{code}${window.caught=1}.png"  # runs where it is taken for HTML or a template
)


def downloaded(bench: Bench, deed: str, folder: Path) -> Path:
    with bench.page.expect_download() as waiting:
        bench.deed(deed, "output")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def jpeg(picture: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def test_an_uploaded_picture_is_encoded_and_shown_beside_its_resynthesis(
    bench: Bench, photos: dict[str, bytes]
) -> None:
    bench.opens("wide.png", photos["wide.png"])
    expected = calls.encode("image-vq", photos["wide.png"])
    assert bench.message()["indices"] == expected["indices"]
    square = np.asarray(Image.open(io.BytesIO(photos["wide.png"])).crop((100, 0, 300, 200)).resize((256, 256)))
    assert near(bench.screen("original"), square)
    bench.follows()
    expect(bench.part("input", "[data-crop]")).to_contain_text("400 × 200 photo lost 50 % at the sides")
    expect(bench.part("picture", "[data-chip=psnr]")).to_contain_text(f"{expected['quality']['psnr_db']:.1f} dB")


def test_a_picture_held_sideways_is_turned_upright(bench: Bench, photos: dict[str, bytes]) -> None:
    upright = Image.open(io.BytesIO(photos["red.png"]))
    exif = Image.Exif()
    exif[274] = 6  # "turn me clockwise"
    bench.opens("phone.jpg", jpeg(upright.transpose(Image.Transpose.ROTATE_90), exif=exif, quality=95))
    assert near(bench.screen("original"), np.asarray(upright))


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_can_be_dropped_or_pasted(bench: Bench, photos: dict[str, bytes], event: str) -> None:
    script = """([kind, data]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], "tall.png", { type: "image/png" }));
      const event = kind === "drop" ? DragEvent : ClipboardEvent;
      const target = document.querySelector("[data-widget=picture] canvas");
      const options = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
      target.dispatchEvent(new event(kind, options));
    }"""
    epoch = bench.store("state.epoch")
    bench.page.evaluate(script, [event, base64.b64encode(photos["tall.png"]).decode()])
    bench.until(f"state.epoch > {epoch}")
    assert bench.message()["indices"] == calls.encode("image-vq", photos["tall.png"])["indices"]
    bench.follows()


def test_a_drawing_goes_onto_the_bench(bench: Bench) -> None:
    epoch = bench.store("state.epoch")
    bench.part("input", "[data-way=draw]").click()
    bench.page.locator(".draw-ink").nth(2).click()
    sheet = bench.page.locator(".draw-sheet")
    box = sheet.bounding_box()
    sheet.hover(position={"x": 5, "y": box["height"] / 2})
    bench.page.mouse.down()
    bench.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2, steps=5)
    bench.page.mouse.up()
    bench.page.locator("[data-use]").click()
    bench.until(f"state.epoch > {epoch}")
    original = bench.screen("original")
    assert (original[5] == 255).all(), "paper"
    assert (original[128, 20:236].std(0) < 1).all(), "one straight line"
    assert (original[128, 128] < 255).any()
    bench.follows()


def test_downloads_hold_what_is_on_the_bench(bench: Bench, tmp_path: Path) -> None:
    bench.deed("shuffle")
    edited = bench.indices
    png = downloaded(bench, "png", tmp_path)
    assert png.name == "temple-image-vq.png"
    assert np.array_equal(pixels(png.read_bytes()), pixels(calls.file(bench.message(), "png").data))
    for ending in ("json", "npz"):
        tokens = Tokens.load(downloaded(bench, ending, tmp_path))
        assert tokens.indices.flatten().tolist() == edited
        assert (tokens.codec, tokens.size) == ("image-vq", (256, 256))


def test_downloaded_tokens_come_back_in(bench: Bench, tmp_path: Path) -> None:
    for deed, ending, card in (("mirror", "json", "output"), ("shuffle", "npz", "input")):  # either card takes either
        bench.deed(deed)
        edited = bench.indices
        path = downloaded(bench, ending, tmp_path)
        bench.deed("undo")
        assert bench.indices != edited
        bench.opens(path.name, path.read_bytes(), card)
        assert bench.indices == edited
        bench.follows()


def test_tokens_without_a_picture_are_not_measured_against_one(visit: Visit, tmp_path: Path) -> None:
    bench = visit()
    bench.page.clock.install()  # quality is measured when the hand has rested for a while
    bench.reload()
    tokens = downloaded(bench, "json", tmp_path).read_bytes()
    asked: list[dict] = []
    bench.page.on("request", lambda request: "/measure" in request.url and asked.append(request.post_data_json))
    bench.deed("mirror")
    bench.follows()
    bench.opens("tokens.json", tokens)
    bench.page.clock.fast_forward(2000)
    bench.follows()
    assert all(message["original"] for message in asked)
    expect(bench.part("picture", "[data-chip=rate]")).to_be_visible()
    expect(bench.part("picture", "[data-chip=psnr]")).to_have_count(0)


def bad_files(photos: dict[str, bytes]) -> dict[str, tuple[str, bytes]]:
    """What the sentence says → a file's name and bytes."""
    header = {"format": "codebook-playground-tokens", "version": 1, "codec": "small-vq", "codebook_size": 40}
    foreign = json.dumps(header | {"size": [8, 8], "indices": [[[[1]]]]}).encode()
    own = json.loads(foreign) | {"codec": "image-vq", "codebook_size": 64}
    photo = jpeg(Image.open(io.BytesIO(photos["red.png"])))
    line = io.BytesIO()
    Image.new("RGB", (5000, 1)).save(line, "PNG")
    return {
        "is not a picture": ("holiday.png", b"Dear diary, this is no picture."),
        "empty (0 bytes)": ("empty.jpg", b""),
        "JPEG file is damaged or cut off": ("half.jpg", photo[: len(photo) // 2]),
        "HEIC": ("phone.png", b"\0\0\0\x18ftypheic" + bytes(64)),
        "5,000 × 1 pixels": ("line.png", line.getvalue()),
        "belong to “small-vq”": ("foreign.json", foreign),
        "not valid JSON": ("tokens.json", b'{"format": "codebook-'),
        "Token 64 is out of range": ("high.json", json.dumps(own | {"indices": [[[[64]]]]}).encode()),
        "whole numbers": ("halves.json", json.dumps(own | {"indices": [[[[0.5]]]]}).encode()),
        "NPZ file is damaged": ("tokens.npz", b"PK\3\4" + bytes(99)),
    }


def test_a_bad_file_is_said_and_changes_nothing(bench: Bench, photos: dict[str, bytes]) -> None:
    bench.forgive("status of 422")
    bench.deed("mirror")
    bench.follows()
    kept, shown, epoch = bench.indices, bench.resynthesis(), bench.store("state.epoch")
    for sentence, (name, data) in bad_files(photos).items():
        bench.upload(name, data)
        assert sentence in bench.said()
        assert (bench.indices, bench.store("state.epoch")) == (kept, epoch)
        assert np.array_equal(bench.resynthesis(), shown)
        expect(bench.part("picture", ".spinner")).to_be_hidden()
    bench.deed("undo")  # the history is still there too
    bench.follows()


def test_a_file_that_is_too_large_is_not_even_sent(bench: Bench) -> None:
    asked: list[str] = []
    bench.page.on("request", lambda request: asked.append(request.url))
    choose = """(input) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(24 * 2 ** 20 + 1)], "huge.jpg"));
      input.files = files.files;
      input.dispatchEvent(new Event("change"));
    }"""
    bench.part("input", "input[type=file]").evaluate(choose)
    assert "up to 24 MB" in bench.said()
    assert not [url for url in asked if "encode" in url]


def test_bad_files_are_said_in_chinese_too(visit: Visit) -> None:
    bench = visit(locale="zh-CN")
    bench.forgive("status of 422")
    bench.upload("notes.png", b"no picture")
    assert "不是图片" in bench.said()


def test_a_file_name_is_text_wherever_it_is_shown(bench: Bench, photos: dict[str, bytes], tmp_path: Path) -> None:
    bench.opens(HOSTILE, photos["tall.png"])
    expect(bench.part("output", "pre code")).to_contain_text(HOSTILE)  # as text, in the recipe
    bench.part("actions", ".actions-more summary").click()
    bench.part("actions", "[data-second] input[type=file]").set_input_files(
        {"name": HOSTILE, "mimeType": "image/png", "buffer": photos["red.png"]}
    )
    bench.part("actions", "[data-codes]").click()
    bench.until("history().past.length === 1")
    expect(bench.page.locator(".edit").first).to_contain_text("<img src=x")
    name = downloaded(bench, "png", tmp_path).name
    assert not set("<>{}$=") & set(name)
    assert bench.page.locator("img[src=x]").count() == 0
    assert bench.page.evaluate("window.caught") is None
