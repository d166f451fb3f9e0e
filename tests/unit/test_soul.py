"""Soul files, soul folders and tokenizer files: what is read back, and what a damaged one is told."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soulrig.errors import BadInput
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import Tokenizer

SPECIALS = {"<PAD>": 0, "<SEP>": 1, "<UNK>": 2, "<END>": 3}
VOCAB = {**SPECIALS, "a": 4, "b": 5, " ": 6, "ab": 7, "aba": 8, "b ": 9}
TOKENIZER = {"vocab": VOCAB, "merges": [["a", "b"], ["ab", "a"], ["b", " "]], "vocab_size": 10}


class Layout:
    """A soul file of any size, tensor by tensor, written down once more from its definition."""

    def __init__(self, vocabulary: int = 10, width: int = 8, ffn: int = 3, layers: int = 2, context: int = 6) -> None:
        self.tensors: list[list[Any]] = [["te", 0, vocabulary, width], ["pe", 0, context, width]]
        for layer in range(layers):
            for name, kind, rows, cols in (
                ("n1", 0, width, 1),
                ("q", 0, width, width),
                ("k", 0, width, width),
                ("v", 0, width, width),
                ("proj", 0, width, width),
                ("n2", 0, width, 1),
                ("fc1_w", 0, ffn, width),
                ("fc1_b", 1, ffn, 1),
                ("fc2_w", 0, width, ffn),
                ("fc2_b", 1, width, 1),
            ):
                self.tensors.append([f"layer{layer}.{name}", kind, rows, cols])
        self.tensors += [["norm", 0, width, 1], ["out", 0, vocabulary, width]]

    def pieces(self) -> Iterator[tuple[str, bytes]]:
        for name, kind, rows, cols in self.tensors:
            size = rows * cols * (kind + 1)
            yield name, struct.pack("<BHHb", kind, rows, cols, 5) + bytes(i * 7 % 256 for i in range(size))

    def offsets(self) -> dict[str, int]:
        result, offset = {}, 0
        for name, piece in self.pieces():
            result[name] = offset
            offset += len(piece)
        return result

    def data(self) -> bytes:
        return b"".join(piece for _, piece in self.pieces())


def complaint(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        Soul.from_bytes(data, "some.bin")
    message = str(caught.value)
    assert message.startswith("some.bin: ")
    return message


def names_in(message: str, offset: int) -> tuple[str | None, ...]:
    """The tensors that a message says are at `offset`: one, or two where the file can't tell them apart."""
    found = re.search(rf"tensor (\S+)(?: \(or (\S+)\))? at byte {offset}\b", message)
    assert found, message
    return found.groups()


SIZES = [
    {"layers": 1},
    {"layers": 2},
    {"layers": 3, "ffn": 1},
    {"layers": 4, "ffn": 8},
    {"layers": 2, "vocabulary": 8},  # `out` has the shape of `q`
    {"layers": 1, "vocabulary": 16, "width": 16, "context": 3},
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_sizes_and_bytes_survive(sizes: dict[str, int]) -> None:
    layout = Layout(**sizes)
    soul = Soul.from_bytes(layout.data())
    for name, value in sizes.items():
        assert getattr(soul.sizes, name) == value
    assert soul.sizes.heads == soul.sizes.width // 8
    assert soul.sizes.offsets() == layout.offsets()
    assert soul.to_bytes() == layout.data()
    assert soul.parameters == sum(rows * cols for _, _, rows, cols in layout.tensors)


def test_a_tensor_has_its_numbers_and_its_shape() -> None:
    soul = Soul.from_bytes(Layout(ffn=1).data())
    assert soul.tensors["te"].data.shape == (10, 8)
    assert soul.tensors["te"].data[1].tolist() == [56, 63, 70, 77, 84, 91, 98, 105]
    assert soul.tensors["layer1.fc1_b"].data.tolist() == [0x0700]
    assert soul.tensors["layer1.fc2_w"].data.shape == (8, 1)  # one column, yet a matrix
    assert soul.tensors["norm"].data.shape == (8,)
    assert soul.tensors["norm"].shift == 5


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_truncated_file_names_the_tensor_it_ends_in(sizes: dict[str, int]) -> None:
    layout = Layout(**sizes)
    data = layout.data()
    for name, offset in layout.offsets().items():
        for cut in (0, 1, 5, 6, 7):
            if name == "layer1.k" and cut == 0 and sizes.get("vocabulary") == 8:
                continue  # by its shapes a whole soul of one layer
            message = complaint(data[: offset + cut])
            assert f"ends at byte {offset + cut}" in message
            assert name in names_in(message, offset), f"{name} cut after {cut} bytes: {message}"
    assert "truncated" in complaint(data[:-1])


def test_an_empty_file_says_what_was_expected() -> None:
    message = complaint(b"")
    assert "ends at byte 0" in message
    assert "tensor te at byte 0" in message


def test_a_lone_header_without_columns_comes_to_an_end() -> None:
    assert "tensor pe at byte 6" in complaint(struct.pack("<BHHb", 0, 10, 0, 5))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("trailing", [1, 6, 300])
def test_trailing_bytes_are_refused(sizes: dict[str, int], trailing: int) -> None:
    data = Layout(**sizes).data()
    message = complaint(data + bytes(trailing))
    if sizes.get("vocabulary") != sizes.get("width", 8):
        assert f"{trailing} trailing bytes at byte {len(data)}, after the last tensor, out" in message


def test_an_unknown_kind_and_a_bad_shift_name_their_tensor() -> None:
    layout = Layout(layers=3)
    for name, offset in layout.offsets().items():
        for place, value, found in ((0, 2, "kind 2"), (5, 16, "shift 16"), (5, -9 & 255, "shift -9")):
            data = bytearray(layout.data())
            data[offset + place] = value
            message = complaint(bytes(data))
            assert f"at byte {offset} has {found}, expected" in message
            assert name in names_in(message, offset)


def test_the_widest_shifts_are_accepted() -> None:
    for shift in (-8, 15):
        data = bytearray(Layout().data())
        data[5] = shift & 255
        assert Soul.from_bytes(bytes(data)).tensors["te"].shift == shift


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_a_shape_that_does_not_fit_names_its_tensor(layers: int) -> None:
    names = [name for name, *_ in Layout(layers=layers).tensors]
    for index, name in enumerate(names):
        if name == "te":
            continue  # the others are measured against it
        for field in (2, 3):
            layout = Layout(layers=layers)
            if name in ("pe", "layer0.fc1_w") and field == 2:
                continue  # any number of rows will do: it says what the context and F are
            layout.tensors[index][field] += 1
            offset = layout.offsets()[name]
            message = complaint(layout.data())
            assert f"at byte {offset} is int" in message
            assert name in names_in(message, offset), (name, field)


def test_weights_where_biases_belong_are_refused() -> None:
    layout = Layout()
    for name, offset in layout.offsets().items():
        data = bytearray(layout.data())
        data[offset] ^= 1
        message = complaint(bytes(data))
        assert f"at byte {offset} is int" in message
        assert name in names_in(message, offset)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"vocabulary": 4}, "tensor te at byte 0 has 4 rows"),
        ({"width": 12}, "tensor te at byte 0 has 12 columns, expected a multiple of 8"),
        ({"width": 0, "layers": 1}, "tensor te at byte 0 has 0 columns"),
        ({"context": 2}, "tensor pe at byte 86 has 2 rows"),
        ({"ffn": 0}, "tensor layer0.fc1_w at byte 448 has 0 rows"),
        ({"vocabulary": 0, "width": 0, "context": 0, "ffn": 0}, "tensor te at byte 0 has 0 rows"),
    ],
    ids=str,
)
def test_sizes_that_make_no_soul_are_refused(sizes: dict[str, int], expected: str) -> None:
    assert expected in complaint(Layout(**sizes).data())


def test_any_bytes_are_read_or_refused(data: Path) -> None:
    rng = np.random.default_rng(7)
    layout = Layout().data()
    for _ in range(2000):
        content = bytearray(layout[: rng.integers(0, len(layout) + 1)])
        for _ in range(rng.integers(0, 4)):
            if content:
                content[rng.integers(0, len(content))] = rng.integers(0, 256)
        try:
            soul = Soul.from_bytes(bytes(content))
        except BadInput:
            continue
        assert soul.to_bytes() == bytes(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A soul folder as a user would put it together."""
    (tmp_path / "soul.bin").write_bytes(Layout().data())
    (tmp_path / "tokenizer.json").write_text(json.dumps(TOKENIZER))
    (tmp_path / "soul.json").write_text(json.dumps({"schema": "soulrig.soul/1", "decode": "v3", "max_reply": 4}))
    return tmp_path


def test_a_folder_is_loaded_and_saved(folder: Path, tmp_path: Path) -> None:
    soul = Soul.load(folder)
    assert (soul.decode, soul.max_reply, soul.reply_limit) == ("v3", 4, 4)
    assert soul.tokenizer is not None
    assert soul.tokenizer.tokens == tuple(VOCAB)
    copy = tmp_path / "new" / "copy"
    soul.save(copy)
    again = Soul.load(copy)
    assert (again.decode, again.max_reply, again.tokenizer) == ("v3", 4, soul.tokenizer)
    assert (copy / "soul.bin").read_bytes() == Layout().data()
    assert sorted(path.name for path in copy.iterdir()) == ["soul.bin", "soul.json", "tokenizer.json"]


def test_a_soul_without_description_has_the_defaults(folder: Path) -> None:
    (folder / "soul.json").unlink()
    (folder / "tokenizer.json").unlink()
    soul = Soul.load(folder)
    assert (soul.decode, soul.reply_limit, soul.tokenizer) == ("end", 6, None)


def test_a_lone_file_ignores_its_neighbours(folder: Path) -> None:
    soul = Soul.load(folder / "soul.bin")
    assert (soul.decode, soul.tokenizer) == ("end", None)


def test_what_is_asked_for_wins_over_the_folder(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**TOKENIZER, "merges": []}))
    soul = Soul.load(folder, other, "end")
    assert soul.decode == "end"
    assert soul.tokenizer is not None
    assert soul.tokenizer.merges == ()


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("{", "not JSON at line 1, column 2"),
        ("[" * 100_000, "JSON that can't be read: maximum recursion depth"),
        ("1" * 5000, "JSON that can't be read: Exceeds the limit"),
        ("[]", "holds a JSON list, expected an object"),
        ("{}", "schema None, expected 'soulrig.soul/1'"),
        ('{"schema": "soulrig.soul/2"}', "newer format soulrig.soul/2"),
        ('{"schema": "soulrig.soul/1", "decode": "best"}', "decode rule 'best', expected 'end' or 'v3'"),
        ('{"schema": "soulrig.soul/1", "max_reply": 0}', "max_reply 0, expected"),
        ('{"schema": "soulrig.soul/1", "max_reply": true}', "max_reply True, expected"),
        ('{"schema": "soulrig.soul/1", "max_reply": "9"}', "max_reply '9', expected"),
        ('{"schema": "soulrig.soul/1", "provenance": "me"}', "provenance is str, expected an object"),
    ],
)
def test_a_broken_description_is_refused(folder: Path, description: str, expected: str) -> None:
    (folder / "soul.json").write_text(description)
    with pytest.raises(BadInput, match=r"soul\.json: ") as caught:
        Soul.load(folder)
    assert expected in str(caught.value)


def test_files_that_are_not_there_are_named(folder: Path) -> None:
    (folder / "soul.bin").unlink()
    for load in (
        lambda: Soul.load(folder),
        lambda: Soul.load(folder / "soul.bin"),
    ):
        with pytest.raises(BadInput, match=r"soul\.bin: can't be read: No such file"):
            load()


def test_a_tokenizer_of_another_soul_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"vocab": {**VOCAB, "c": 10}, "merges": []}))
    with pytest.raises(BadInput, match=r"11 tokens, but the soul .* has 10"):
        Soul.load(folder)


def without_merges(vocab: dict[Any, Any]) -> dict[str, Any]:
    return {"vocab": vocab, "merges": []}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, "expected an object `vocab`"),
        ({"vocab": ["a"], "merges": []}, "expected an object `vocab`"),
        (without_merges({"a": "4"}), "expected an object `vocab` of strings and ids"),
        (without_merges({**SPECIALS, "a": 5}), "the ids in `vocab` are not 0..4"),
        (without_merges({**SPECIALS, "a": 3}), "the ids in `vocab` are not 0..4"),
        (without_merges({"a": 0, "b": 1}), "expected ['<PAD>', '<SEP>', '<UNK>', '<END>']"),
        ({**TOKENIZER, "vocab_size": 11}, "`vocab_size` is 11, but `vocab` has 10 entries"),
        ({"vocab": VOCAB}, "expected a list `merges`"),
        ({"vocab": VOCAB, "merges": [["a", "b"], ["a"]]}, "merge 1 is ['a'], expected a pair of strings"),
        ({"vocab": VOCAB, "merges": ["ab"]}, "merge 0 is 'ab', expected a pair of strings"),
        ({"vocab": VOCAB, "merges": [["a", "x"]]}, "merge 0 needs 'x', which is no text token"),
        ({"vocab": VOCAB, "merges": [["b", "a"]]}, "merge 0 needs 'ba', which is no text token"),
        ({"vocab": VOCAB, "merges": [["<SEP>", "a"]]}, "merge 0 needs '<SEP>'"),
        (without_merges({**SPECIALS, "": 4}), "token 4 is empty"),
    ],
)
def test_a_broken_tokenizer_is_refused(tmp_path: Path, content: dict[str, Any], expected: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(content))
    with pytest.raises(BadInput) as caught:
        Tokenizer.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert expected in str(caught.value)


def test_a_tokenizer_must_be_utf8_json(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b'{"vocab": "\xff"}')
    with pytest.raises(BadInput, match="not UTF-8 text at byte 11"):
        Tokenizer.load(path)


@pytest.fixture
def tokenizer(folder: Path) -> Tokenizer:
    return Tokenizer.load(folder / "tokenizer.json")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("ab", [7]),
        ("aba", [8]),
        ("abab", [7, 7]),  # no `a` is left for the second merge
        ("AbA b a", [8, 6, 9, 4]),
        ("abaab a", [8, 7, 6, 4]),
        ("aab", [4, 7]),
        ("bb", [5, 5]),
        ("xaäb?", [7]),  # unknown characters are skipped before anything is merged
        ("<UNK>", []),
        ("<sep>", []),
    ],
)
def test_text_becomes_ids(tokenizer: Tokenizer, text: str, ids: list[int]) -> None:
    assert tokenizer.encode(text) == ids


def test_ids_become_text_and_specials_none(tokenizer: Tokenizer) -> None:
    assert tokenizer.decode([1, 8, 2, 6, 0, 5, 3]) == "aba b"


def test_a_long_prompt_is_cut_by_tokens(tokenizer: Tokenizer) -> None:
    assert tokenizer.prompt_ids("aba" * 5, 6) == [1, *tokenizer.encode("aba" * 5)[:3], 1]
    assert tokenizer.prompt_ids("aab", 3) == [1, 1]
    assert tokenizer.prompt_ids("", 6) == [1, 1]


def test_a_saved_tokenizer_is_the_same(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "again.json"
    path.write_text(tokenizer.to_json())
    assert Tokenizer.load(path) == tokenizer
    assert Tokenizer.load(path).to_json() == tokenizer.to_json()


def test_nothing_is_left_of_a_write_that_failed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soul = Soul.load(folder)
    target = folder / "target"

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    replace: Callable[..., Any] = fail
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(BadInput, match=r"soul\.bin: can't be written: No space left on device"):
        soul.save(target)
    assert list(target.iterdir()) == []
