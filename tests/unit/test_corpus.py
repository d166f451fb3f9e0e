"""Reading a corpus: what counts, what doesn't, and what is said of a broken line."""

from __future__ import annotations

from pathlib import Path

import pytest

from soulrig.errors import BadInput
from soulrig.model.corpus import Corpus, Exchange
from soulrig.model.tokenizer import END, FIRST_TEXT, SEP, SPECIALS, Tokenizer


def test_blank_lines_and_comments_do_not_count() -> None:
    corpus = Corpus.parse(
        "# a comment\n\n<SEP>Hello<SEP>Hi there!<SEP>\n   \n  <SEP> who? <SEP>me. <SEP>\r\n", "x/one.txt"
    )
    assert corpus.name == "one.txt"
    assert corpus.exchanges == (Exchange(3, "hello", "hi there!"), Exchange(5, "who?", "me."))


def test_a_question_may_have_several_answers() -> None:
    corpus = Corpus.parse("<SEP>hi<SEP>hello.<SEP>\n<SEP>HI<SEP>hey.<SEP>\n<SEP>bye<SEP>bye.<SEP>", "c")
    assert corpus.answers() == {"hi": {"hello.", "hey."}, "bye": {"bye."}}


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.write_bytes("\ufeff<SEP>hi<SEP>£5.<SEP>\n".encode())
    assert Corpus.load(path).exchanges == (Exchange(1, "hi", "£5."),)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hello", ["0 <SEP>", "'hello'"]),
        ("<SEP>hello", ["1 <SEP>"]),
        ("<SEP>hello<SEP>hi", ["2 <SEP>"]),
        ("hello<SEP>hi<SEP>", ["2 <SEP>"]),
        ("<SEP>hello<SEP>hi<SEP>there<SEP>", ["4 <SEP>"]),
        ("<SEP>hello<SEP>hi<SEP>there", ["3 <SEP>", "nothing around it"]),
        ("x<SEP>hello<SEP>hi<SEP>", ["3 <SEP>", "nothing around it"]),
        ("<sep>hello<sep>hi<sep>", ["0 <SEP>"]),
        ("<SEP> <SEP>hi<SEP>", ["question is empty"]),
        ("<SEP>hello<SEP><SEP>", ["answer is empty"]),
        ("<SEP>hello<SEP>caf\u00e9<SEP>", ["answer has 'é' (U+00E9)"]),
        ("<SEP>it\u2019s<SEP>yes.<SEP>", ["question has '’' (U+2019)"]),
        ("<SEP>a\tb<SEP>yes.<SEP>", ["question has '\\t' (U+0009)"]),
        ("<SEP>" + "x" * 500, ["..."]),
    ],
)
def test_a_broken_line_is_named(line: str, says: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        Corpus.parse(f"# first\n<SEP>fine<SEP>fine.<SEP>\n{line}\n", "folder/broken.txt")
    message = str(caught.value)
    assert message.startswith("folder/broken.txt:3: ")
    assert len(message) < 200
    for words in says:
        assert words in message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_a_corpus_without_exchanges_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"empty\.txt: no exchange in it"):
        Corpus.parse(text, "empty.txt")


def test_a_missing_or_binary_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.txt"):
        Corpus.load(tmp_path / "absent.txt")
    (tmp_path / "binary.txt").write_bytes(b"<SEP>\xff<SEP>x<SEP>")
    with pytest.raises(BadInput, match="byte 5"):
        Corpus.load(tmp_path / "binary.txt")


def test_an_exchange_fits_with_its_end() -> None:
    tokenizer = Tokenizer((*SPECIALS, "a", "b"), ())
    corpus = Corpus.parse("<SEP>ab<SEP>ba<SEP>\n<SEP>ab<SEP>bab<SEP>\n", "c")
    a, b = FIRST_TEXT, FIRST_TEXT + 1
    assert corpus.exchanges[0].ids(tokenizer) == [SEP, a, b, SEP, b, a, END]
    assert [one.line for one in corpus.too_long(tokenizer, 7)] == [2]
    assert corpus.too_long(tokenizer, 8) == ()
