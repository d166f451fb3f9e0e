"""Reading a screen from a picture that is drawn here, and the command that does: what it says, marks and refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from painted_screens import BLUE, HELLO, LIGHT_BLUE, WHITE, codes_of, enlarged, painted
from PIL import Image
from typer.testing import CliRunner

from soulrig.buildtools.rom import build_or_shipped_roms
from soulrig.capture.charset import Charset
from soulrig.capture.reading import UNREAD, open_picture, read_screen
from soulrig.cli import app
from soulrig.errors import BadInput


@pytest.fixture(scope="module")
def chargen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_or_shipped_roms(tmp_path_factory.mktemp("roms")).chargen


@pytest.fixture(scope="module")
def charset(chargen: Path) -> Charset:
    return Charset.load(chargen)


def texts(rows: list[str]) -> list[str]:
    return [row.rstrip() for row in rows][: len(HELLO)]


def test_a_picture_of_whole_pixels_is_read_exactly(charset: Charset) -> None:
    codes = codes_of(HELLO)
    codes[10:16] = np.arange(240).reshape(6, 40)
    reading = read_screen(Image.fromarray(painted(charset, codes)), charset)
    assert reading.way == "exact"
    assert reading.small_letters
    assert (charset.bitmaps[1][reading.codes] == charset.bitmaps[1][codes]).all()
    assert not reading.marked.any()
    assert texts(reading.rows) == HELLO
    assert np.allclose(reading.projection.corners[[0, 2]], [[23.5, 23.5], [343.5, 223.5]])


@pytest.mark.parametrize("crop", [(0, 0, 344, 224), (5, 7, 361, 247), (24, 24, 344, 224)])
def test_a_cropped_picture_is_read(charset: Charset, crop: tuple[int, int, int, int]) -> None:
    picture = Image.fromarray(painted(charset, codes_of(HELLO))).crop(crop)
    large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.NEAREST).crop((1, 2, 2000, 2000))
    for image in (picture, large.crop((0, 0, 3 * picture.width - 1, 3 * picture.height - 2))):
        if image is not picture and crop[0] == 24:
            continue  # that cut would go through the text screen
        reading = read_screen(image, charset)
        assert texts(reading.rows) == HELLO
        assert not reading.marked.any()


def test_text_alone_shows_the_grid_where_border_and_paper_are_one(charset: Charset) -> None:
    codes = codes_of([*HELLO, *[""] * 19, "x" * 40])
    reading = read_screen(Image.fromarray(painted(charset, codes, border=BLUE)), charset)
    assert texts(reading.rows) == HELLO
    assert reading.rows[24] == "x" * 40


def test_a_glyph_of_no_character_set_is_marked_and_not_guessed(charset: Charset) -> None:
    picture = painted(charset, codes_of(HELLO))
    picture[24 + 8 : 24 + 16, 24 : 24 + 8] = np.where(np.eye(8)[::-1, :, None] + np.eye(8)[..., None], 255, 0)
    for image in (Image.fromarray(picture), enlarged(picture, 2.3)):
        reading = read_screen(image, charset)
        assert reading.rows[1].rstrip() == UNREAD
        assert reading.marked.sum() == 1


def test_a_scaled_picture_is_read_as_a_photograph(charset: Charset) -> None:
    reading = read_screen(enlarged(painted(charset, codes_of(HELLO)), 1.7), charset)
    assert reading.way == "photograph"
    assert texts(reading.rows) == HELLO
    assert not reading.marked.any()
    assert reading.confidence.min() > 0.9
    assert np.abs(reading.projection.corners[[0, 2]] - np.array([[24, 24], [344, 224]]) * 1.7 + 0.5).max() < 0.5


def test_capitals_alone_leave_the_set_open(charset: Charset) -> None:
    ink = charset.bitmaps[0][codes_of(["hello"])].swapaxes(1, 2).reshape(200, 320, 1)
    picture = np.tile(np.array(LIGHT_BLUE, np.uint8), (248, 368, 1))
    picture[24:224, 24:344] = np.where(ink, np.array(WHITE), np.array(BLUE))
    reading = read_screen(Image.fromarray(picture), charset)
    assert reading.rows[0].rstrip() == "HELLO"
    assert not reading.set_is_certain
    assert read_screen(Image.fromarray(picture), charset, small_letters=True).rows[0].rstrip() == "HELLO"


def test_a_picture_without_a_screen_is_refused(charset: Charset) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    for image in (Image.fromarray(noise), Image.new("RGB", (400, 300), (90, 90, 90))):
        with pytest.raises(BadInput, match="no C64"):
            read_screen(image, charset)
    with pytest.raises(BadInput, match="100 x 80 pixels"):
        read_screen(Image.new("RGB", (100, 80)), charset)


def test_a_character_set_of_another_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "font.bin"
    path.write_bytes(bytes(2048))
    with pytest.raises(BadInput, match=r"font\.bin: 2048 bytes, expected a character set of 4096"):
        Charset.load(path)


def test_the_command_prints_text_json_and_leaves_the_grid(charset: Charset, tmp_path: Path) -> None:
    path, seen = tmp_path / "screen.png", tmp_path / "seen.png"
    Image.fromarray(painted(charset, codes_of(HELLO))).save(path)
    plain = CliRunner().invoke(app, ["screen", str(path), "--reading", str(seen)])
    assert plain.exit_code == 0
    assert plain.stdout.splitlines() == HELLO + [""] * 20
    with Image.open(seen) as drawn:
        assert drawn.width >= 368
    told = json.loads(CliRunner().invoke(app, ["screen", str(path), "--json"]).stdout)
    assert told["rows"][0].rstrip() == HELLO[0]
    assert told["codes"][0][:5] == [8, 5, 12, 12, 15]
    assert (told["letters"], told["marked"], told["way"]) == ("small", 0, "exact")


def test_the_picture_that_is_read_is_not_written_over(charset: Charset, tmp_path: Path) -> None:
    path, same = tmp_path / "screen.png", tmp_path / "same.png"
    Image.fromarray(painted(charset, codes_of(HELLO))).save(path)
    same.symlink_to(path)
    kept = path.read_bytes()
    result = CliRunner().invoke(app, ["screen", str(path), "--reading", str(same)])
    assert result.exit_code == 2
    assert "is a file that is read" in result.stderr
    assert path.read_bytes() == kept


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "AVIF", "WEBP", "BMP"])
def test_broken_pictures_are_refused_or_read_in_silence(
    kind: str, charset: Charset, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Bytes changed by lot: BadInput, and nothing else, where that leaves no picture."""
    written = io.BytesIO()
    Image.fromarray(painted(charset, codes_of(HELLO))).save(written, kind)
    random, path, refused = np.random.default_rng(1), tmp_path / "broken", 0
    for _ in range(40):
        content = bytearray(written.getvalue())
        for at in random.integers(0, len(content), 3):
            content[at if random.random() < 0.5 else at % 64] = random.integers(0, 256)
        path.write_bytes(content)
        try:
            open_picture(path)
        except BadInput:
            refused += 1
    assert refused
    assert not recwarn.list


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_grey_of_16_bits_is_read(kind: str, charset: Charset, tmp_path: Path) -> None:
    grey = np.asarray(Image.fromarray(painted(charset, codes_of(HELLO))).convert("L")).astype(np.uint16)
    path = tmp_path / f"grey.{kind}"
    Image.fromarray(grey * 257).save(path)
    assert read_screen(open_picture(path), charset).rows[0].rstrip() == HELLO[0]


def test_two_colours_without_a_screen_are_refused(charset: Charset) -> None:
    dots = np.random.default_rng(1).integers(0, 2, (300, 400), np.uint8) * 255
    with pytest.raises(BadInput, match="no C64"):
        read_screen(Image.fromarray(dots), charset)


def test_a_character_set_of_ink_alone_reads_a_photograph_as_nothing(charset: Charset) -> None:
    """What an empty EPROM holds."""
    photograph = enlarged(painted(charset, codes_of(HELLO)), 2.5)
    reading = read_screen(photograph, Charset.from_bytes(b"\xff" * 4096, "empty"), small_letters=True)
    assert reading.marked.sum() > 40


def test_the_command_refuses_what_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    for name, words in ((path, "not a picture"), (tmp_path / "none.png", "no such file")):
        result = CliRunner().invoke(app, ["screen", str(name)])
        assert result.exit_code == 2
        assert words in result.stderr
