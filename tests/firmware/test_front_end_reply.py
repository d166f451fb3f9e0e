"""The whole program on py65, from BASIC's SYS to `q`: what it says, shows, sounds and tells of itself."""

from collections.abc import Callable

import pytest
from front_end_build import CONTEXT, small_build, small_soul
from program_cpu import PLOT, RETURN_TO, Memory, ProgramCpu
from test_front_end_sound import CLOCKS, chords

from soulrig.buildtools.build import Built
from soulrig.buildtools.petscii import from_screen_codes, to_petscii
from soulrig.model.reference import Reference
from soulrig.model.soul import DecodeRule

pytestmark = pytest.mark.cc65

RETURN = 0x0D
STATES = {"idle": 0, "thinking": 1, "done": 2, "stopped": 3}
STOPS = {"none": 0, "end": 1, "context": 2, "limit": 3, "key": 4}
BEGIN, CUT = 341, 342  # chords
ENTRY = 0x080E  # what the BASIC line's SYS says
BASIC_ENDS = (0x2D, 0x2F, 0x31)  # where its variables begin and end: behind all of the program


class Session:
    """The program at its prompt, and its telemetry read by the manifest."""

    def __init__(self, built: Built, seed: int = 1) -> None:
        self.cpu = ProgramCpu(built, seed=seed)
        self.manifest = built.manifest["telemetry"]
        self.enter()

    def enter(self) -> None:
        """RUN: a call from BASIC, with the stack somewhere in the midst."""
        self.cpu.cpu.sp = 0xF0
        self.cpu.memory[0x1F1], self.cpu.memory[0x1F2] = (RETURN_TO - 1) & 255, (RETURN_TO - 1) >> 8
        self.cpu.cpu.pc = ENTRY
        self.to_prompt()

    def to_prompt(self) -> None:
        """Run until a key is waited for."""
        self.cpu.run_to(self.cpu.symbols["edit_begin"])

    def say(self, prompt: str) -> None:
        self.cpu.keys.extend([*to_petscii(prompt), RETURN])
        self.cpu.run_to(self.cpu.symbols["reply_begin"])
        self.to_prompt()

    def field(self, name: str) -> int:
        entry = self.manifest["fields"][name]
        start = self.manifest["address"] + entry["offset"]
        return int.from_bytes(bytes(self.cpu.memory[start : start + entry["size"]]), "little")

    def records(self) -> list[dict[str, int]]:
        records = self.manifest["records"]
        result = []
        for index in range(self.field("steps")):
            start = self.field("records_address") + index * records["size"]
            result.append(
                {
                    name: int.from_bytes(bytes(self.cpu.memory[start + f["offset"] :][: f["size"]]), "little")
                    for name, f in records["fields"].items()
                }
            )
        return result

    def prompt_ids(self) -> list[int]:
        start = self.field("prompt_address")
        return list(self.cpu.memory[start : start + self.field("prompt_length")])

    def text(self) -> list[str]:
        """The screen's rows, without blanks at the end."""
        cells = bytes(self.cpu.screen())
        return [from_screen_codes(cells[row * 40 : row * 40 + 40]).rstrip() for row in range(25)]


def find_soul(stop: str, decode: DecodeRule, max_reply: int | None, prompt: str) -> int:
    """The seed of a small soul whose reply to `prompt` has some tokens and stops for the wanted reason."""
    for seed in range(1, 400):
        reply = Reference(small_soul(decode, max_reply, seed)).reply(prompt)
        if reply.stop == stop and len(reply.tokens) >= 2:
            return seed
    raise AssertionError("no such soul")


CASES: list[tuple[str, DecodeRule, int | None]] = [
    ("end", "end", None),
    ("context", "end", None),
    ("context", "v3", None),
    ("limit", "v3", 5),
]


@pytest.mark.parametrize(("stop", "decode", "max_reply"), CASES)
def test_a_reply_is_the_references(stop: str, decode: DecodeRule, max_reply: int | None) -> None:
    prompt = "hello, the you"
    seed = find_soul(stop, decode, max_reply, prompt)
    soul = small_soul(decode, max_reply, seed)
    session = Session(small_build(decode, max_reply, seed))
    assert session.field("state") == STATES["idle"]
    assert session.field("sequence") == 0
    session.say(prompt)

    reply = Reference(soul).reply(prompt)
    assert reply.stop == stop
    assert session.prompt_ids() == reply.prompt_ids
    assert [record["token"] for record in session.records()] == reply.steps
    assert session.field("state") == STATES["done"]
    assert session.field("stop") == STOPS[stop]
    assert session.field("sequence") == 1
    for record, logits in zip(session.records(), reply.logits, strict=True):
        s1 = s2 = 0
        for logit in logits:
            s1 += int(logit)
            s2 += s1
        assert (record["s1"], record["s2"]) == (s1 & 0xFFFF, s2 & 0xFFFF)

    assert soul.tokenizer is not None
    said = "c64> " + soul.tokenizer.decode(reply.tokens)
    rows = session.text()
    first = rows.index("you> " + prompt) + 1
    shown = [said[at : at + 40].rstrip() for at in range(0, len(said), 40)]
    assert rows[first : first + len(shown) + 2] == [*shown, "", "you>"]

    session.cpu.call("sound_finish")
    heard = [chord.token for chord in chords(session.cpu.sid[:-25], CLOCKS["pal"])]
    assert heard == [BEGIN, *reply.steps, *([] if stop == "end" else [CUT])]


def test_cycles_are_all_there() -> None:
    """Prefill and steps add up to the time from RETURN to done."""
    session = Session(small_build("v3"))
    cpu = session.cpu
    cpu.keys.extend([*to_petscii("hello there"), RETURN])
    cpu.run_to(cpu.symbols["is_quit"])
    begin = cpu.cycles
    cpu.run_to(cpu.symbols["telemetry_finish"])
    total = cpu.cycles - begin
    told = session.field("prefill") + sum(record["cycles"] for record in session.records())
    assert abs(told - total) < 0.001 * total


def test_state_changes_last() -> None:
    """Whenever a reply is said to be done, all the rest is there; while thinking, nothing of the one before."""
    session = Session(small_build("v3"))
    cpu = session.cpu
    seen: list[tuple[int, int, int]] = []
    state_address = session.manifest["address"] + session.manifest["fields"]["state"]["offset"]

    class Watched(Memory):
        def __setitem__(self, address: int, value: int) -> None:
            super().__setitem__(address, value)
            if address == state_address:
                seen.append((value, session.field("sequence"), session.field("stop")))

    cpu.memory.__class__ = Watched
    session.say("a")
    session.say("b")
    done, thinking = STATES["done"], STATES["thinking"]
    assert seen == [(thinking, 0, 0), (done, 1, STOPS["context"]), (thinking, 1, STOPS["context"]), (done, 2, 2)]


@pytest.mark.parametrize("ids", [[1], [5, 0, 2, 255, 3], [7] * (CONTEXT - 1), [7] * CONTEXT])
def test_a_reply_from_ids_set_by_a_rig(ids: list[int]) -> None:
    soul = small_soul("v3")
    ids = [min(token, soul.sizes.vocabulary - 1) for token in ids]
    session = Session(small_build("v3"))
    cpu = session.cpu
    cpu.run_to(cpu.symbols["keyboard_take"])  # the cursor shown, more on the stack
    cpu.put("prompt_ids", ids)
    cpu["prompt_length"] = len(ids)
    cpu.cpu.sp -= 3
    cpu.cpu.pc = cpu.symbols["reply_from_ids"]
    session.to_prompt()
    reply = Reference(soul).reply_to_ids(ids)
    assert [record["token"] for record in session.records()] == reply.tokens
    assert session.prompt_ids() == ids
    assert session.field("stop") == STOPS["context"]
    assert max(cpu.screen()) < 0x80, "a cursor was left behind"
    session.say("hello")
    assert session.field("sequence") == 2


def test_the_stop_key_ends_a_reply() -> None:
    session = Session(small_build("v3"))
    cpu = session.cpu
    cpu.keys.extend([*to_petscii("hello"), RETURN])
    cpu.run_to(cpu.symbols["telemetry_record"])
    cpu.run_to(cpu.symbols["engine_step"])
    cpu.stop_key = True
    session.to_prompt()
    cpu.stop_key = False
    assert session.field("state") == STATES["stopped"]
    assert session.field("stop") == STOPS["key"]
    assert session.field("steps") == 1
    assert any(row.endswith("(stopped)") for row in session.text())
    session.say("hello")
    assert session.field("state") == STATES["done"]


def test_the_stop_key_ends_a_prompts_reading() -> None:
    session = Session(small_build("v3"))
    cpu = session.cpu
    cpu.stop_key = True
    session.say("hello")
    assert session.field("stop") == STOPS["key"]
    assert session.field("steps") == 0


def test_quit_leaves_things_as_they_were_and_run_works_again() -> None:
    session = Session.__new__(Session)
    built = small_build("end")
    session.cpu = cpu = ProgramCpu(built)
    session.manifest = built.manifest["telemetry"]
    kept = [*range(0x02, 0x90), 0x0291, 0x0318, 0x0319, 0xD018, 0xD020, 0xD021]
    before = {address: cpu.memory[address] for address in kept}
    end = next(segment.end for segment in built.segments if segment.name == "RODATA") + 1
    before |= {pointer + part: end >> 8 * part & 255 for pointer in BASIC_ENDS for part in range(2)}
    replies = []
    for _ in range(2):
        session.enter()
        assert cpu.memory[0x01] == 0x35
        session.say("hello")
        replies.append((session.records(), session.text()))
        cpu.keys.extend([ord("Q"), RETURN])
        calls: list[tuple[int, int, int]] = []
        cpu.run_to(PLOT)
        calls.append((cpu.cpu.x, cpu.cpu.y, cpu.carry))
        cpu.run_to(RETURN_TO)
        assert cpu.cpu.sp == 0xF2
        assert cpu.memory[0x01] == 0x37
        assert {address: cpu.memory[address] for address in kept} == before
        rows = session.text()
        assert calls == [(rows.index("you> q") + 1, 0, False)]
        assert not cpu.cpu.p & 0x04, "interrupts are on"
        assert bytes(cpu.memory[0xCF00:0xCF04]) != b"SOUL"
        assert [cpu.memory[0xDD0E], cpu.memory[0xDD0F]] == [0x08, 0x08]
        assert [value for _, _, value in cpu.sid[-25:]] == [0] * 25
    first, second = replies
    assert [{**record, "cycles": 0} for record in first[0]] == [{**record, "cycles": 0} for record in second[0]]
    assert first[1] == second[1]


@pytest.mark.parametrize("key", [0x51, 0xD1, 0x71])
def test_every_q_quits(key: int) -> None:
    session = Session(small_build())
    session.cpu.keys.extend([key, RETURN])
    session.cpu.run_to(RETURN_TO)


def test_a_line_that_begins_with_q_is_a_prompt() -> None:
    session = Session(small_build())
    session.say("qq")
    assert session.field("sequence") == 1


def test_restore_does_nothing() -> None:
    session = Session(small_build())
    low, high = session.cpu.memory[0xFFFA:0xFFFC]
    assert session.cpu.memory[low | high << 8] == 0x40  # RTI


def test_type_ahead_is_the_next_line() -> None:
    session = Session(small_build())
    cpu = session.cpu
    cpu.keys.extend([*to_petscii("hello"), RETURN])
    cpu.run_to(cpu.symbols["telemetry_record"])
    ahead = to_petscii("the you") + bytes([RETURN])
    cpu.memory[0x0277 : 0x0277 + len(ahead)] = list(ahead)
    cpu.memory[0xC6] = len(ahead)
    cpu.run_to(cpu.symbols["telemetry_finish"])
    assert cpu.memory[0xC6] == len(ahead)
    cpu.run_to(cpu.symbols["telemetry_prompt"])
    session.to_prompt()
    assert session.prompt_ids() == Reference(small_soul()).reply("the you").prompt_ids
    assert session.field("sequence") == 2


def test_kernal_zero_page_and_cia_1_are_left_alone() -> None:
    session = Session(small_build())
    cpu = session.cpu
    written: list[int] = []
    write: Callable[[int, int], None] = cpu.memory.write

    def watch(address: int, value: int) -> None:
        written.append(address)
        write(address, value)

    cpu.memory.write = watch
    before = cpu.memory[0x90:0x100]
    session.say("hello")
    assert cpu.memory[0x90:0x100] == before  # the mailbox's count was 0 and is again
    assert {address for address in written if 0xDC00 <= address < 0xDE00} <= {0xDC00}
