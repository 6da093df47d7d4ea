"""Channel Access requests that make no sense or nearly none, as bytes. What EPICS base's softIoc and iochron answer is
in bad_input_outcomes.py; test_bad_input_rows.py sends each to both, and fails where either answers anything else."""
import struct
from dataclasses import dataclass
from typing import Callable

from bad_input_outcomes import OUTCOMES
from rig import dbr
from rig.answers import Asking
from rig.circuit import (CLEAR_CHANNEL, CLIENT_NAME, CREATE_CHAN, EVENT_ADD, EVENT_CANCEL, HOST_NAME, READ, READ_NOTIFY,
                         SEARCH, VERSION, WRITE, WRITE_NOTIFY, frame)

DATABASE = """
record(ai, "A") { field(VAL, "1.5") field(DESC, "a text") field(INP, "5") }
record(calc, "C") { field(INPA, "1") field(CALC, "A") }
record(mbbo, "M") { field(ZRST, "zero") field(ONST, "one") }
record(waveform, "W") { field(FTVL, "DOUBLE") field(NELM, "10") }
record(waveform, "T") { field(FTVL, "CHAR") field(NELM, "100") }
record(stringout, "S") { field(VAL, "text") }
"""


@dataclass
class Row:
    """One request, or a few that belong together."""
    name: str
    channels: list
    ask: Callable  # (circuit, its channels) -> bytes
    late: int = 0  # updates and ends of puts that belong to the answer
    cut: bool = False  # our side ends behind the bytes
    greet: bool = True
    minor: int = VERSION
    overruns: bool = False  # base reads or writes behind its buffers: not sent to it

    def __post_init__(self):
        self.base, self.ours, self.why = OUTCOMES.get(self.name, ("?", "?", ""))
        if self.name.startswith(("write ", "acknowledge ", "link ")) and " SID " not in self.name:
            self.late = 1

    def run(self, port):
        """What a server on that port of loopback answers."""
        circuit = Asking(port, minor=self.minor, greet=self.greet)
        try:
            channels = circuit.create(self.channels) if self.channels else []
            return circuit.outcome(self.ask(circuit, channels), self.late, self.cut)
        finally:
            circuit.close()


def named(text):
    """A CREATE_CHAN of a name, as bytes or text."""
    data = text if isinstance(text, bytes) else text.encode() + b"\0"
    return lambda *_: frame(CREATE_CHAN, p1=500, p2=VERSION, payload=data)


def on(command, kind=6, count=1, payload=b"", p2=77):
    """A request on the first channel."""
    return lambda _, channels: frame(command, kind, count, channels[0].sid, p2, payload)


def extended(command, kind, count, size, payload=b"", p2=77):
    """The same with an extended header that says any size."""
    return lambda _, channels: struct.pack(">HHHHIIII", command, 0xFFFF, kind, 0, channels[0].sid, p2, size,
                                           count) + payload


def cut(data, size):
    """The first bytes of a message."""
    return lambda *more: data(*more)[:size]


def header(command, size=0, kind=0, count=0, p1=0, p2=0):
    return struct.pack(">HHHHII", command, size, kind, count, p1, p2)


def raw(data):
    return lambda *_: data


def put(kind, values):
    return dbr.encode(kind, values)


def event(mask=1, size=16):
    return struct.pack(">fffHH", 0, 0, 0, mask, 0)[:size]


def subscribed(circuit, channel):
    """Subscribes with id 5, and waits for the first value; nothing is left to be sent."""
    circuit.send(frame(EVENT_ADD, 6, 1, channel.sid, 5, event()))
    assert circuit.message() is None
    return b""


def shown(text):
    return repr(text) if len(text) < 60 else f"{text[:12]!r} and so on, {len(text)} letters"


def stranger(command):
    """A request with the SID of a channel that another circuit has."""
    def ask(circuit, _):
        other = Asking(circuit.socket.getpeername()[1])
        circuit.companions.append(other)
        channel, = other.create(["A"])
        return frame(command, 6, 1, channel.sid, 5, event() if command == EVENT_ADD else bytes(8))
    return ask


NAMES = [Row(f"name {shown(text)}", [], named(text)) for text in [
    "", " ", ".", ".VAL", "A.", "A..VAL", "A.NOSUCH", "A.VAL.VAL", "A.val", "A VAL", "A.VAL ", "A\tVAL", "A\x01", "Ä",
    "NOSUCH", "A.VAL$", "A.DESC$", "A.DESC$$", "A.$", "A$", "S$", "T$", "W.VAL$", "A.INP$", "A.DESC $",
    "A.VAL{", "A.VAL{}", "A.VAL{}}", "A.VAL{]", 'A.VAL{"nosuch":{}}', 'A.VAL{"nosuch"}', "A.VAL{{{{", "A{}", "A.{}",
    'W.VAL{"arr":{"s":"x"}}', 'W.VAL{"arr":{"s":1}', 'W.VAL{"arr":{"nosuch":1}}', 'W.VAL{"arr":5}',
    'W.VAL{"arr":{"s":99999999999999999999}}', 'W.VAL{"arr":{"i":0}}', 'W.VAL{"arr":{"i":-1}}',
    "W[", "W[]", "W[a]", "W[1", "W[1:2", "W[1:2:3:4]", "W[1:0:2]", "W[::]", "W[-1]", "W[99999999999]", "W[2]]",
    "W[1.5]",
    "W.VAL[1:2]$", "A[0]", "A[5]", "W[20:30]", "W[5:2]",
    'A.VAL{"dbnd":{}}', 'A.VAL{"dbnd":{"d":"x"}}', 'A.VAL{"dbnd":{"m":"nosuch"}}', 'A.VAL{"dbnd":{"abs":-1}}',
    'A.VAL{"dbnd":{"d":1e999}}', 'A.VAL{"dbnd":{"d":null}}', 'A.VAL{"dbnd":1}', 'A.VAL{"dbnd":{"d":true}}',
    'A.VAL{"dec":{}}', 'A.VAL{"dec":{"n":0}}', 'A.VAL{"dec":{"n":-1}}', 'A.VAL{"dec":{"n":"2"}}',
    'A.VAL{"dec":{"n":2.5}}',
    'A.VAL{"dec":{"n":2,"m":1}}', 'A.VAL{"ts":{}}', 'A.VAL{"ts":{"num":"nosuch"}}', 'A.VAL{"ts":{"epoch":"nosuch"}}',
    'A.VAL{"ts":{"str":5}}', 'A.VAL{"utag":{}}', 'A.VAL{"utag":{"M":"x"}}', 'A.VAL{"sync":{}}',
    'A.VAL{"sync":{"m":"nosuch","s":"x"}}', 'A.VAL{"sync":{"m":"while"}}', 'A.VAL{"sync":{"s":"x"}}',
    'A.VAL{"dbnd":{"d":1},"dec":{"n":2}}', 'A.VAL{"dec":{"n":2},"dec":{"n":3}}', 'A.VAL{"dbnd":{"d":1}}{"dec":{"n":2}}',
    "A.VAL{dbnd:{d:1}}", "A.VAL{'dbnd':{'d':1}}", 'A.VAL{"DBND":{"d":1}}', 'A.VAL{"dbnd":{"D":1}}',
    'A.DESC{"dbnd":{"d":1}}', 'A.DESC${"dec":{"n":2}}', 'W[1:2]{"dec":{"n":2}}', 'A.VAL {"dec":{"n":2}}',
    'A.VAL{"dec":{"n":2}} ', 'A.VAL{"dec":{"n":2}}x', 'A.VAL{"dec":{"n":2},}', 'A.VAL{"dec":{"n":2}/* */}',
    "A.VAL" + "{" * 900, "W" + "[0]" * 100, "X" * 60, "X" * 61, "X" * 1000, "A.VAL" + " " * 1000,
]] + [
    Row("name that is not terminated", [], named(b"A.VAL   ")),
    Row("name with bytes behind its end", [], named(b"A\0.NOSUCH\0\0\0\0\0\0\0")),
    Row("name of zeros", [], named(bytes(64))),
    Row("name of 16,000 letters", [], named(b"Y" * 16000 + bytes(8))),
]

READS = [
    Row(f"read {count} of W as {kind}", ["W"], on(READ_NOTIFY, kind, count))
    for kind in (0, 6, 34) for count in (1, 9, 10, 11, 65535)
] + [
    Row("read as type 35", ["A"], on(READ_NOTIFY, 35)),
    Row("read as type 37", ["A"], on(READ_NOTIFY, 37)),
    Row("read as type 38", ["A"], on(READ_NOTIFY, 38)),
    Row("read as type 39", ["A"], on(READ_NOTIFY, 39)),
    Row("read as type 65535", ["A"], on(READ_NOTIFY, 65535)),
    Row("READ as type 39", ["A"], on(READ, 39)),
    Row("READ as type 35", ["A"], on(READ, 35)),
    Row("read with a payload", ["A"], on(READ_NOTIFY, 6, 1, b"payload!")),
    Row("read 0 of the long string", ["A.DESC$"], on(READ_NOTIFY, 4, 0)),
    Row("read 1 of the long string", ["A.DESC$"], on(READ_NOTIFY, 4, 1)),
    Row("read 200 of the long string", ["A.DESC$"], on(READ_NOTIFY, 4, 200)),
    Row("read the long string as STRING", ["A.DESC$"], on(READ_NOTIFY, 0, 1)),
    Row("read the long string as DOUBLE", ["A.DESC$"], on(READ_NOTIFY, 6, 1)),
    Row("read 2**29+1 doubles", ["W"], extended(READ_NOTIFY, 6, 0x20000001, 0), overruns=True),
    Row("read 2**31 chars", ["T"], extended(READ_NOTIFY, 4, 0x80000000, 0), overruns=True),
    Row("read 2**32-1 chars", ["T"], extended(READ_NOTIFY, 4, 0xFFFFFFFF, 0), overruns=True),
    Row("read 2**32-1 strings", ["T"], extended(READ_NOTIFY, 0, 0xFFFFFFFF, 0), overruns=True),
    Row("READ 2**29+1 doubles", ["W"], extended(READ, 6, 0x20000001, 0), overruns=True),
]

WRITES = [
    Row("write 11 of 10", ["W"], on(WRITE_NOTIFY, 6, 11, put(6, [1.0] * 11))),
    Row("write 0", ["W"], on(WRITE_NOTIFY, 6, 0)),
    Row("write 0 with a payload", ["W"], on(WRITE_NOTIFY, 6, 0, put(6, [1.0]))),
    Row("write 2 to a scalar", ["A"], on(WRITE_NOTIFY, 6, 2, put(6, [1.0, 2.0]))),
    Row("write 0 to a scalar", ["A"], on(WRITE_NOTIFY, 6, 0)),
    Row("write 10 with a payload of 2", ["W"], on(WRITE_NOTIFY, 6, 10, put(6, [1.0, 2.0])), overruns=True),
    Row("write 1 without payload", ["A"], on(WRITE_NOTIFY, 6, 1), overruns=True),
    Row("WRITE 1 without payload", ["A"], on(WRITE, 6, 1), overruns=True),
    Row("write 2**32-1 with a payload of 1", ["W"], extended(WRITE_NOTIFY, 6, 0xFFFFFFFF, 8, bytes(8)), overruns=True),
    Row("write 2**29+1 with a payload of 1", ["W"], extended(WRITE_NOTIFY, 6, 0x20000001, 8, bytes(8)), overruns=True),
    Row("WRITE 2**29+1 with a payload of 1", ["W"], extended(WRITE, 6, 0x20000001, 8, bytes(8)), overruns=True),
    Row("write a text without end", ["S"], on(WRITE_NOTIFY, 0, 1, b"x" * 40)),
    Row("write a text of 80 bytes", ["S"], on(WRITE_NOTIFY, 0, 1, b"x" * 79 + b"\0")),
    Row("write a short text without end", ["S"], on(WRITE_NOTIFY, 0, 1, b"x" * 8)),
    Row("write two texts short", ["S"], on(WRITE_NOTIFY, 0, 2, b"x" * 16), overruns=True),
    Row("write no number", ["A"], on(WRITE_NOTIFY, 0, 1, b"nonsense")),
    Row("write a text that is no choice", ["M"], on(WRITE_NOTIFY, 0, 1, b"nonsense")),
    Row("write a choice that is none", ["M"], on(WRITE_NOTIFY, 3, 1, put(3, [99]))),
    Row("write a SCAN that is none", ["A.SCAN"], on(WRITE_NOTIFY, 3, 1, put(3, [99]))),
    Row("write NaN to an ai", ["A"], on(WRITE_NOTIFY, 6, 1, put(6, [float("nan")]))),
    Row("write as type 7", ["A"], on(WRITE_NOTIFY, 7, 1, bytes(48))),
    Row("write as type 20", ["A"], on(WRITE_NOTIFY, 20, 1, bytes(24))),
    Row("write as type 38", ["A"], on(WRITE_NOTIFY, 38, 1, bytes(40))),
    Row("write as type 39", ["A"], on(WRITE_NOTIFY, 39, 1, bytes(40))),
    Row("WRITE as type 39", ["A"], on(WRITE, 39, 1, bytes(40))),
    Row("WRITE as type 20", ["A"], on(WRITE, 20, 1, bytes(24))),
    Row("WRITE no number", ["A"], on(WRITE, 0, 1, b"nonsense")),
    Row("write NAME", ["A.NAME"], on(WRITE_NOTIFY, 0, 1, b"B\0")),
    Row("WRITE NAME", ["A.NAME"], on(WRITE, 0, 1, b"B\0")),
    Row("write a long string too long", ["A.DESC$"], on(WRITE_NOTIFY, 4, 60, b"y" * 60)),
    Row("write a long string without end", ["A.DESC$"], on(WRITE_NOTIFY, 4, 8, b"y" * 8)),
    Row("write a long string of nothing", ["A.DESC$"], on(WRITE_NOTIFY, 4, 0)),
    Row("write a long string as DOUBLE", ["A.DESC$"], on(WRITE_NOTIFY, 6, 1, put(6, [1.5]))),
    Row("acknowledge with a text", ["A"], on(WRITE_NOTIFY, 36, 1, b"x" * 8)),
    Row("acknowledge with 2", ["A"], on(WRITE_NOTIFY, 35, 2, bytes(8))),
    Row("acknowledge without payload", ["A"], on(WRITE_NOTIFY, 35, 1), overruns=True),
]

LINKS = [Row(f"link text {text!r}", ["A.INP"], on(WRITE_NOTIFY, 0, 1, text.encode() + b"\0")) for text in [
    "", " ", "C.VAL PP", "C PP PP", "C NPP PP MS NMS", "C.NOSUCH", "NOSUCH.VAL", "C.VAL nosuch", "C.VAL CPP CP",
    "@nosuch", "#C0 S0", "1e400", "0x", "[1,2", "[1,2,3]", '["a"]', "{}",
    "{", '{"nosuch":{}}', '{"const":}', '{"const":7}',
    '{"const":[1,2}', '{"pva":{}}', '{"calc":', "C.VAL" + " " * 30, "C C C C C C C C C C C C C C C C C C",
]] + [
    Row("link text of 200 letters", ["A.INP$"], on(WRITE_NOTIFY, 4, 200, b"L" * 199 + b"\0")),
    Row("link text of 2,000 brackets", ["A.INP$"], on(WRITE_NOTIFY, 4, 2000, b"[" * 1999 + b"\0")),
    Row("link text of 2,000 braces", ["A.INP$"], on(WRITE_NOTIFY, 4, 2000, b'{"a":' * 399 + b"\0" * 5)),
    Row("link text of zeros", ["A.INP$"], on(WRITE_NOTIFY, 4, 100, bytes(100))),
    Row("link text of bytes that are no text", ["A.INP$"], on(WRITE_NOTIFY, 4, 8, b"\xff\xfe\x01\x02\x03\x80\x90\x00")),
    Row("link text to FLNK", ["A.FLNK"], on(WRITE_NOTIFY, 0, 1, b"A.NOSUCH PP\0")),
    Row("link as DOUBLE", ["A.INP"], on(WRITE_NOTIFY, 6, 1, put(6, [2.5]))),
]

IDS = [
    Row("read a SID that is none", [], raw(frame(READ_NOTIFY, 6, 1, 4_000_000, 1))),
    Row("READ a SID that is none", [], raw(frame(READ, 6, 1, 4_000_000, 1))),
    Row("write to a SID that is none", [], raw(frame(WRITE_NOTIFY, 6, 1, 4_000_000, 1, bytes(8)))),
    Row("WRITE to a SID that is none", [], raw(frame(WRITE, 6, 1, 4_000_000, 1, bytes(8)))),
    Row("subscribe to a SID that is none", [], raw(frame(EVENT_ADD, 6, 1, 4_000_000, 1, event()))),
    Row("cancel at a SID that is none", [], raw(frame(EVENT_CANCEL, 6, 1, 4_000_000, 1))),
    Row("clear a SID that is none", [], raw(frame(CLEAR_CHANNEL, 0, 0, 4_000_000, 1))),
    *(Row(f"a SID of another circuit, command {command}", [], stranger(command))
      for command in (READ_NOTIFY, READ, WRITE, EVENT_ADD, EVENT_CANCEL, CLEAR_CHANNEL)),
    Row("SID 0", [], raw(frame(READ_NOTIFY, 6, 1, 0, 1))),
    Row("SID 2**32-1", [], raw(frame(READ_NOTIFY, 6, 1, 0xFFFFFFFF, 1))),
    Row("read after the clear", ["A"], lambda _, c: frame(CLEAR_CHANNEL, 0, 0, c[0].sid, 0) +
        frame(READ_NOTIFY, 6, 1, c[0].sid, 1)),
    Row("clear twice", ["A"], lambda _, c: frame(CLEAR_CHANNEL, 0, 0, c[0].sid, 0) * 2),
    Row("clear with another CID", ["A"], lambda _, c: frame(CLEAR_CHANNEL, 0, 0, c[0].sid, 12345)),
    Row("create with a CID in use", ["A"], raw(frame(CREATE_CHAN, p1=0, p2=VERSION, payload=b"A\0"))),
    Row("cancel what is none", ["A"], on(EVENT_CANCEL, p2=999)),
    Row("cancel twice", ["A"], lambda circuit, c: subscribed(circuit, c[0]) +
        frame(EVENT_CANCEL, 6, 1, c[0].sid, 5) * 2, late=2),
    Row("cancel at another channel", ["A", "C"], lambda circuit, c: subscribed(circuit, c[0]) +
        frame(EVENT_CANCEL, 6, 1, c[1].sid, 5), late=1),
    Row("subscribe twice with one id", ["A", "C"], lambda _, c: frame(EVENT_ADD, 6, 1, c[0].sid, 5, event()) +
        frame(EVENT_ADD, 6, 1, c[1].sid, 5, event()), late=2),
    Row("two requests with one id", ["A"], lambda _, c: frame(READ_NOTIFY, 6, 1, c[0].sid, 5) * 2),
]

EVENTS = [
    Row("subscribe without payload", ["A"], on(EVENT_ADD)),
    Row("subscribe with 8 bytes", ["A"], on(EVENT_ADD, payload=event(size=8))),
    Row("subscribe with 24 bytes", ["A"], on(EVENT_ADD, payload=event() + bytes(8)), late=1),
    Row("subscribe to nothing", ["A"], on(EVENT_ADD, payload=event(0))),
    Row("subscribe to unknown bits alone", ["A"], on(EVENT_ADD, payload=event(0x80)), late=1),
    Row("subscribe to all bits", ["A"], on(EVENT_ADD, payload=event(0xFFFF)), late=1),
    Row("subscribe as type 35", ["A"], on(EVENT_ADD, 35, payload=event()), late=1),
    Row("subscribe as type 39", ["A"], on(EVENT_ADD, 39, payload=event())),
    Row("subscribe to 11 of 10", ["W"], on(EVENT_ADD, 6, 11, event()), late=1),
    Row("subscribe to 2 of a scalar", ["A"], on(EVENT_ADD, 6, 2, event()), late=1),
    Row("subscribe to 2**29+1 doubles", ["W"], extended(EVENT_ADD, 6, 0x20000001, 16, event()), overruns=True),
    Row("subscribe to 2**32-1 chars", ["T"], extended(EVENT_ADD, 4, 0xFFFFFFFF, 16, event()), overruns=True),
]

EARLY = [
    Row(f"first of all {what}", [], raw(data), greet=False, cut=True) for what, data in [
        ("CREATE_CHAN", frame(CREATE_CHAN, p1=1, p2=VERSION, payload=b"A\0")),
        ("READ_NOTIFY", frame(READ_NOTIFY, 6, 1, 0, 1)),
        ("CLIENT_NAME", frame(CLIENT_NAME, payload=b"me\0")),
        ("SEARCH", frame(SEARCH, 5, VERSION, 1, 1, b"A\0")),
        ("ECHO", frame(23)),
        ("VERSION 3", frame(0, 0, 3)),
        ("VERSION 4", frame(0, 0, 4)),
        ("VERSION 99", frame(0, 0, 99)),
        ("VERSION 65535", frame(0, 0, 65535)),
        ("VERSION of priority 99", frame(0, 99, 13)),
        ("VERSION of priority 100", frame(0, 100, 13)),
        ("VERSION with a payload", frame(0, 0, 13, payload=bytes(8))),
    ]
] + [
    Row("CREATE_CHAN of version 3", [], raw(frame(CREATE_CHAN, p1=1, p2=3, payload=b"A\0"))),
    Row("CREATE_CHAN of version 0", [], raw(frame(CREATE_CHAN, p1=1, p2=0, payload=b"A\0"))),
    Row("CLIENT_NAME without payload", [], raw(frame(CLIENT_NAME))),
    Row("CLIENT_NAME without end", [], raw(frame(CLIENT_NAME, payload=b"abcdefgh"))),
    Row("CLIENT_NAME of 600 letters", [], raw(frame(CLIENT_NAME, payload=b"n" * 600))),
    Row("CLIENT_NAME after a channel", ["A"], raw(frame(CLIENT_NAME, payload=b"other\0"))),
    Row("HOST_NAME without payload", [], raw(frame(HOST_NAME))),
    Row("HOST_NAME without end", [], raw(frame(HOST_NAME, payload=b"abcdefgh"))),
    Row("HOST_NAME of 600 letters", [], raw(frame(HOST_NAME, payload=b"n" * 600))),
    Row("HOST_NAME after a channel", ["A"], raw(frame(HOST_NAME, payload=b"other\0"))),
    Row("SEARCH of version 3", [], raw(frame(SEARCH, 10, 3, 1, 1, b"NOSUCH\0"))),
    Row("SEARCH without payload", [], raw(frame(SEARCH, 10, 13, 1, 1))),
    Row("SEARCH without end", [], raw(frame(SEARCH, 5, 13, 1, 1, b"AAAAAAAA"))),
    Row("SEARCH for what is none", [], raw(frame(SEARCH, 10, 13, 1, 1, b"NOSUCH\0"))),
    Row("SEARCH for what is none, no reply", [], raw(frame(SEARCH, 5, 13, 1, 1, b"NOSUCH\0"))),
    Row("SEARCH for A", [], raw(frame(SEARCH, 5, 13, 1, 1, b"A\0"))),
]

STREAM = [
    Row("a payload of 4 bytes", [], raw(header(23, 4) + b"four")),
    Row("a payload of 9 bytes", [], raw(header(23, 9) + b"ninebytes")),
    Row("half a header", [], raw(header(23)[:8]), cut=True),
    Row("half a payload", [], raw(frame(CREATE_CHAN, p1=1, p2=VERSION, payload=b"A\0")[:20]), cut=True),
    Row("half an extended header", ["W"], cut(extended(READ_NOTIFY, 6, 1, 0), 20), cut=True),
    Row("half a write", ["A"], cut(on(WRITE_NOTIFY, 6, 1, put(6, [5.0])), 20), cut=True),
    Row("an extended header of nothing", [], raw(struct.pack(">HHHHIIII", 23, 0xFFFF, 0, 0, 0, 7, 0, 0))),
    Row("an extended header of 12 bytes", [], raw(struct.pack(">HHHHIIII", 23, 0xFFFF, 0, 0, 0, 7, 12, 0) + bytes(12))),
    Row("a payload of 2**32-8 bytes", [], raw(struct.pack(">HHHHIIII", 23, 0xFFFF, 0, 0, 0, 7, 0xFFFFFFF8, 0)),
        cut=True),
    Row("an extended header from version 8", ["A"],
        lambda _, c: struct.pack(">HHHHIIII", READ_NOTIFY, 0xFFFF, 6, 0, c[0].sid, 1, 0, 1), minor=8, cut=True),
] + [Row(f"command {number}", [], raw(frame(number, payload=bytes(8)))) for number in
     (5, 7, 11, 13, 14, 16, 17, 22, 24, 25, 26, 27, 28, 99, 65535)]

ROWS = NAMES + READS + WRITES + LINKS + IDS + EVENTS + EARLY + STREAM
