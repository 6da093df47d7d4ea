"""Channel filters and ranges in names: which open, how many elements they have, what they read, and which updates
pass, as from base's IOC."""
import struct
import time

import pytest

from rig import dbr
from rig.circuit import Circuit
from rig.client import run_python
from rig.pair import same

DATABASE = """
record(waveform, "W") { field(FTVL, "LONG") field(NELM, "10") }
record(waveform, "T") { field(FTVL, "STRING") field(NELM, "5") }
record(ai, "A") { field(VAL, "1.5") field(DESC, "text") }
record(bi, "R") { field(DTYP, "Db State") field(INP, "@red") }
record(bi, "N") { field(DTYP, "Db State") field(INP, "@a state with a long") }
"""

NAMES = ["W.VAL[2]", "W.[2]", "W.VAL[1:3]", "W.VAL[1:2:7]", "W.VAL[:]", "W.VAL[::]", "W.VAL[0x1:010]", "W.VAL[1::3]",
         "W.VAL[-2]", "W.VAL[-2:]", "W.VAL[:-3]", "W.VAL[0:-1:5]", "W.VAL[-20:2]", "W.VAL[1:20]", "W[1]", "W.VAL[]",
         "W.VAL[1", "W.VAL[1:2:3:4]", "W.VAL[a]", "W.VAL[1]x", "W.VAL[1][0]", "W.VAL{}[1]", "W.VAL{}", "W.VAL{arr:{}}",
         'W.VAL{"arr":{"s":1,"e":2}}', "W.{arr:{s:1,i:2}}", "W.VAL{arr:{i:0}}", "W.VAL{arr:{'s':'2',e:3}}",
         "W.VAL{arr:{s:0x2}}", "W.VAL{arr:{s:1.9,e:3}}", "W.VAL{arr:{s:true,e:3}}", "W.VAL{arr:{s:1,},}",
         "W.VAL{ arr : { s : 1 } }", "W.VAL{arr:{x:1}}", "W.VAL{arr:{start:1}}", "W.VAL{arr:{s:'x'}}",
         "W.VAL{arr:{s:null}}", "W.VAL{arr:{s:[1]}}", "W.VAL{arr:3}", "W.VAL{arr:[]}", "W.VAL{none:{}}",
         "W.VAL{ar:{}}", "W.VAL{arr:{s:1}", "W.VAL{arr:{s:1}}x", "W.VAL[1:5]{arr:{s:1,e:2}}",
         "W.VAL{arr:{s:1,e:5},arr:{s:-2}}", "T.VAL[1:]", "T.VAL[-1]", "W.VAL[5:2]", "W.VAL[8:]",
         "W.VAL{arr:{s:Infinity}}", "W.VAL{/*c*/}", "W.VAL{'':{}}", "W.VAL{arr:{'':1}}", "W.VAL{,}",
         "W.VAL{arr:{s:.5e1}}", "W.VAL{arr:{s:+2}}", "W.VAL{arr:{s:99999999999}}", "A.VAL[0]", "A.VAL{arr:{s:3}}",
         "W.VAL{arr:{s:'2x',e:3}}", "W.VAL{arr:{s:' 2',e:3}}", "W.VAL{arr:{s:'',e:3}}", "W.VAL{arr:{s:'0x2',e:'3.9'}}",
         "A.VAL{dbnd:{}}", "A.VAL{dbnd:{x:1}}", "A.VAL{dbnd:{d:'x'}}", "A.VAL{dbnd:{d:'1e3x'}}", "A.VAL{dbnd:{m:'x'}}",
         "A.VAL{dbnd:{m:''}}", "A.VAL{dbnd:{m:2}}", "A.VAL{dbnd:{m:1.0}}", "A.VAL{dbnd:{m:true}}", "A.VAL{dbnd:{m:'relx'}}",
         "A.VAL{dbnd:{absx:1}}", "A.VAL{dbnd:{d:1e400}}", "A.VAL{dbnd:{d:9999999999}}", "A.VAL{dbnd:{d:9999999999.0}}",
         "A.VAL{dbnd:{d:null}}", "A.VAL{dbnd:{d:1e-400}}", "A.VAL{dbnd:1}", "A.VAL{dbn:{}}", "A.VAL{dbndx:{}}",
         "A.VAL{dec:{}}", "A.VAL{dec:{n:0}}", "A.VAL{dec:{n:-1}}", "A.VAL{dec:{n:2.0}}", "A.VAL{dec:{n:'2'}}",
         "A.VAL{dec:{n:true}}", "A.VAL{dec:{n:2147483647}}", "A.VAL{dec:{n:2147483648}}", "A.VAL{dec:{N:2}}",
         "A.VAL{dec:{n:0,n:2}}", "A.VAL{dec:{n:2,n:0}}", "A.VAL{utag:{m:1}}", "A.VAL{utag:{M:4294967295}}",
         "A.VAL{utag:{M:1.5,V:'7'}}", "A.VAL{utag:{M:'x'}}", "A.VAL{sync:{}}", "A.VAL{sync:{m:'while'}}",
         "A.VAL{sync:{s:'red'}}", "A.VAL{sync:{m:'while',s:'red'}}", "A.VAL{sync:{m:'while',s:'green'}}",
         "A.VAL{sync:{m:'nope',s:'red'}}", "A.VAL{sync:{m:5,s:'red'}}", "A.VAL{sync:{m:6,s:'red'}}",
         "A.VAL{sync:{m:true,s:'red'}}", "A.VAL{sync:{while:'red'}}", "A.VAL{sync:{while:1}}", "A.VAL{sync:{m:'red'}}",
         "A.VAL{sync:{s:'red',m:'w'}}", "A.VAL{sync:{while:'a state with a long name'}}", "A.VAL{sync:{f:'red'}}",
         "A.VAL{sync:{while:'a state with a long'}}", "A.VAL{ts:{}}", "A.VAL{ts:{num:2}}", "A.VAL{ts:{num:''}}",
         "A.VAL{ts:{num:true}}", "A.VAL{ts:{x:'dbl'}}", "A.VAL{ts:{epoch:1}}", "A.VAL{ts:{str:1}}",
         "A.VAL{dbnd:{d:1},dec:{n:2},ts:{},arr:{}}", "A.VAL{dbnd:{d:1}}{dec:{n:2}}", "A.VAL{dbnd:{d:1},}", "A{dbnd:{d:1}}",
         "A.{dbnd:{d:1}}", "A.DESC{dbnd:{d:1}}", "A.DESC${dec:{n:2}}", "A.INP{dec:{n:2}}", "A.INP${dec:{n:2}}",
         "A.FLNK{dbnd:{}}", "A.RTYP{dec:{n:2}}", "A.VAL{dbnd:{d:1}} ", "A.VAL{dbnd:{d:1}} \t", "A.VAL{dbnd:{d:1}} /*c*/",
         "A.VAL{dbnd:{d:1}} x", "A.VAL{dbnd:{d:1}} {}", "W.VAL[0:1] ", "A.VAL{} ", "A.VAL{dbnd:{d:{}}}",
         "A.VAL{dbnd:{d:{d:1}}}", "A.VAL{dbnd:{x:{}}}", "A.VAL{dbnd:{d:{x:1}}}", "A.VAL{dbnd:{d:[]}}", "A.VAL{dec:{n:{}}}",
         "A.VAL{dec:{n:{n:2}}}", "W.VAL{arr:{s:{}}}", "W.VAL{arr:{s:{s:2},e:4}}"]

READ = """
import epics
from epics import ca
w = epics.PV("W", connection_timeout=20)
assert w.wait_for_connection(20)
w.put([10, 11, 12, 13, 14, 15], wait=True, timeout=20)
t = epics.PV("T", connection_timeout=20)
assert t.wait_for_connection(20)
t.put(["a", "b", "c"], wait=True, timeout=20)
names = NAMES
channels = [ca.create_channel(name, auto_cb=False, connect=False) for name in names]
ca.connect_channel(channels[0], timeout=20)
ca.poll(evt=1.0, iot=1.0)
found = {}
for name, channel in zip(names, channels):
    if not ca.isConnected(channel):
        found[name] = "refused"
        continue
    values = ca.get(channel, timeout=20, as_numpy=False)
    found[name] = [ca.element_count(channel), list(values) if hasattr(values, "__len__") and not isinstance(values, str) else values]
answer(found)
""".replace("NAMES", repr(NAMES))


def test_names_open_and_read_as_from_base(soft_ioc, iochron_ioc):
    ours = run_python(iochron_ioc(DATABASE).environment, READ, timeout=60)
    base = run_python(soft_ioc(DATABASE).environment, READ, timeout=60)
    assert {name: (base[name], ours[name]) for name in base if base[name] != ours[name]} == {}
    assert sum(found == "refused" for found in base.values()) > 10


UPDATES = """
record(ao, "A") { field(HIGH, "50") field(HSV, "MINOR") field(DISV, "9") }
record(longout, "L") { field(VAL, "3") field(PINI, "YES") }
record(mbbo, "M") { field(ZRST, "zero") field(ONST, "one") field(TWST, "two") }
record(stringout, "S") { }
record(waveform, "W") { field(FTVL, "LONG") field(NELM, "6") }
record(bo, "FLAG") { field(DTYP, "Db State") field(OUT, "@red") }
record(ao, "TAG0") { field(UTAG, "0") field(PINI, "YES") }
record(ao, "TAG6") { field(UTAG, "6") field(PINI, "YES") }
record(ao, "TAG7") { field(UTAG, "7") field(PINI, "YES") }
record(longout, "FENCE") { }
"""

DEADBANDS = ["{dbnd:{}}", "{dbnd:{abs:0}}", "{dbnd:{abs:1.5}}", '{"dbnd":{"rel":20}}', "{dbnd:{d:2}}", "{dbnd:{m:'rel',d:50}}",
             "{dbnd:{m:1,d:50}}", "{dbnd:{abs:-1}}", "{dbnd:{r:-5}}", "{dbnd:{d:'3'}}", "{dbnd:{abs:true}}",
             "{dbnd:{abs:Infinity}}", "{dbnd:{rel:5,abs:1}}"]
DECIMATIONS = ["{dec:{n:1}}", "{dec:{n:2}}", "{dec:{'':3}}", "{dec:{n:1000}}"]
TAGS = ["{utag:{}}", "{utag:{M:1,V:1}}", "{utag:{M:6,V:6}}", "{utag:{V:7}}", "{utag:{M:-2,V:'6'}}", "{utag:{M:0,V:1}}"]
SYNCS = ["{sync:{m:'before',s:'red'}}", "{sync:{first:'red'}}", "{sync:{m:2,s:'red'}}", "{sync:{a:'red'}}",
         "{sync:{w:'red'}}", "{sync:{unless:'red'}}", "{sync:{unless:'green',m:'while',s:'red'}}"]
CHAINS = ["{dbnd:{abs:1},dec:{n:2}}", "{dec:{n:2},dbnd:{abs:1}}", "{sync:{while:'red'},dec:{n:2}}",
          "{dec:{n:2},sync:{while:'red'}}", "{utag:{M:1,V:1},dbnd:{rel:10}}", "{dec:{n:2},dec:{n:2}}"]
TIMES = ["{ts:{}}", "{ts:{num:'sec'}}", "{ts:{num:'sec',epoch:'unix'}}", "{ts:{num:'nsec'}}", "{ts:{num:'dbl'}}",
         "{ts:{num:'dbl',epoch:'u'}}", "{ts:{num:'ts'}}", "{ts:{num:'ts',epoch:'unix'},arr:{s:1}}", "{ts:{str:'epics'}}",
         "{ts:{str:'iso'}}", "{ts:{s:'',num:'nsec'}}"]
ALL = DEADBANDS + DECIMATIONS + TAGS + SYNCS + CHAINS
NAMED = ([("A.VAL" + text, mask) for text in ALL for mask in (1, 4, 5, 15)] +
         [(f"{record}.VAL" + text, 5) for record in "LSW" for text in DEADBANDS[:5]] +
         [(f"{record}.VAL" + text, 5) for record in "LMSW" for text in DECIMATIONS + SYNCS[1:2] + SYNCS[3:6]] +
         [("L.VAL" + text, 1) for text in SYNCS] + [("A.HIGH" + text, 15) for text in ALL[::3]] + [("A.EGU" + text, 15) for text in ALL[::5]] +
         [("A.VAL$" + text, 5) for text in DEADBANDS[:2]] + [("S.VAL$" + text, 5) for text in DEADBANDS[:2]])
PUTS = [("A", dbr.DOUBLE, [v]) for v in (1, 2, 2.5, 4, 6, 6.1, -3, -3.1, 60, 61, 61.2, 49, float("inf"), float("inf"), -9,
                                         float("nan"), float("nan"), 5)]
PUTS += [("FLAG", dbr.ENUM, [1])] + [("A", dbr.DOUBLE, [v]) for v in (5.5, 7, 8, 7, 7.5)] + [("FLAG", dbr.ENUM, [0])]
PUTS += [("A", dbr.DOUBLE, [v]) for v in (1, 3)] + [("A.EGU", dbr.STRING, ["mm"]), ("A.HIGH", dbr.DOUBLE, [3])]
PUTS += [put for tag in (6, 7, 0, 7, 7) for put in (("A.TSEL", dbr.STRING, [f"TAG{tag}.TIME"]), ("A", dbr.DOUBLE, [tag + 0.5]))]
PUTS += [("FLAG", dbr.ENUM, [1]), ("L", dbr.LONG, [5]), ("L", dbr.LONG, [6]), ("M", dbr.ENUM, [2]), ("M", dbr.ENUM, [1]),
         ("S", dbr.STRING, ["2"]), ("S", dbr.STRING, ["3.5"]), ("S", dbr.STRING, ["x"]), ("W", dbr.LONG, [1, 2, 3]),
         ("W", dbr.LONG, [7]), ("FLAG", dbr.ENUM, [0]), ("L", dbr.LONG, [7]), ("L", dbr.LONG, [9]), ("M", dbr.ENUM, [0]),
         ("S", dbr.STRING, ["4"]), ("W", dbr.LONG, [9, 9]), ("W", dbr.LONG, [8, 8]), ("A", dbr.DOUBLE, [9])]


class Watching:
    """A server, and what it sends to subscriptions: a circuit for each few, since base's queues hold 36 subscriptions."""

    def __init__(self, server, wanted):
        self.port = int(server.environment["EPICS_CA_SERVER_PORT"])
        self.control, self.fences = Circuit(self.port), 0
        targets = sorted({name for name, _, _ in PUTS} | {"FENCE"})
        self.targets = dict(zip(targets, self.control.create(targets)))
        self.circuits = []
        for at in range(0, len(wanted), 25):
            circuit = Circuit(self.port)
            circuit.labels = ["FENCE"] + wanted[at:at + 25]
            fence, *channels = circuit.create(["FENCE"] + [name for name, _ in circuit.labels[1:]])
            circuit.subscribe(fence, dbr.LONG, 1, 1)
            for channel, (_, mask) in zip(channels, circuit.labels[1:]):
                if channel.sid is None:
                    circuit.subscriptions.append(None)
                else:
                    circuit.subscribe(channel, 14 + channel.type, 2 if "'ts'" in channel.name and "arr" not in channel.name else 0, mask)
            circuit.send()
            self.circuits.append(circuit)

    def put(self, puts):
        """{label: updates, or None where the channel was refused} that a put and the fence behind it have made."""
        for name, kind, values in puts:
            self.control.ask_write(self.targets[name], kind, values)
        self.fences += 1
        self.control.ask_write(self.targets["FENCE"], dbr.LONG, [self.fences])
        self.control.send()
        assert all(answer[2] == 1 for answer in self.control.answers(len(puts) + 1))
        found = {}
        for circuit in self.circuits:
            while not any(e[0] == 0 and int.from_bytes(e[4][:4], "big", signed=True) == self.fences for e in circuit.events):
                circuit.message()
            for number, kind, count, _, payload in circuit.events:
                if number:
                    found.setdefault(circuit.labels[number], []).append(dbr.decode(kind, count, payload))
            circuit.events.clear()
            found.update({label: None for label, subscription in zip(circuit.labels, circuit.subscriptions)
                          if subscription is None})
        return found

    def close(self):
        for circuit in [self.control, *self.circuits]:
            circuit.close()


def without_stamps(updates):
    return updates and [{key: value for key, value in update.items() if key != "stamp"} for update in updates]


def test_updates_pass_as_from_base(soft_ioc, iochron_ioc):
    sides = [Watching(start(UPDATES), NAMED) for start in (soft_ioc, iochron_ioc)]
    differing, counted = [], 0
    for put in [None, *PUTS]:
        base, ours = [side.put([put] if put else []) for side in sides]
        counted += sum(len(updates or []) for updates in base.values())
        differing += [(put, label, base.get(label), ours.get(label)) for label in sorted({*base, *ours})
                      if not same(without_stamps(base.get(label)), without_stamps(ours.get(label)))]
    for side in sides:
        side.close()
    assert differing == []
    assert counted > 1000


def as_told(name, update):
    """What ts is to give as the value, by the time stamp that came with it."""
    seconds, ns = struct.unpack(">II", update["stamp"])
    local = time.localtime(seconds + 631152000)
    if "s:''" in name or "str:" in name:
        form = "%Y-%m-%dT%H:%M:%S.{:06}%z" if "iso" in name else "%Y-%m-%d %H:%M:%S.{:06}"
        return [time.strftime(form.format(min((ns + 500) // 1000, 999999)), local).encode()]
    seconds += 631152000 if "epoch" in name else 0
    if "dbl" in name:
        return [repr(seconds + ns * 1e-9)]
    parts = [repr(float(seconds)), repr(float(ns))]
    return parts if "'ts'" in name and "arr" not in name else parts[:1] if "'sec'" in name else parts[1:]


@pytest.mark.parametrize("zone", ["UTC", "XYZ-5:30"])
def test_ts_gives_the_time_as_the_value(any_ioc, environment, zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    wanted = [(record + text, 5) for record in ("A.VAL", "M.VAL", "W.VAL", "S.VAL") for text in TIMES]
    side = Watching(any_ioc(UPDATES, environment={**environment, "TZ": zone}), wanted)
    side.put([])
    found = side.put([("A", dbr.DOUBLE, [2]), ("M", dbr.ENUM, [2]), ("S", dbr.STRING, ["a"]), ("W", dbr.LONG, [4, 5])])
    side.close()
    plain = {"A.VAL": ["2.0"], "M.VAL": ["2"], "W.VAL": ["4", "5"], "S.VAL": [b"a"]}
    for name, mask in wanted:
        update = found[name, mask][-1]
        if "{ts:{}}" in name:
            assert update["value"][:len(plain[name[:5]])] == plain[name[:5]], name
            assert abs(struct.unpack(">II", update["stamp"])[0] + 631152000 - time.time()) < 60
        else:
            assert update["value"] == as_told(name, update), name


def test_the_shell_sets_states(iochron_ioc):
    server = iochron_ioc(UPDATES)
    for line in ["dbStateCreate green", "dbStateSet green", "dbStateShow green", "dbStateClear green", "dbStateShow green",
                 "dbStateSet red", "dbStateShowAll 0"]:
        server.process.type(line)
    first = server.process.wait_for_line("TRUE")
    second = server.process.wait_for_line("FALSE", after=first + 1)
    assert "'" not in server.process.lines[first] + server.process.lines[second]
    server.process.wait_for_line("'green' : FALSE", after=second + 1)
    server.process.wait_for_line("'red' : TRUE", after=second + 1)
