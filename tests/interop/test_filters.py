"""Channel filters and ranges in names: which open, how many elements they have, and what they read, as from base's IOC."""
from rig.client import run_python

DATABASE = """
record(waveform, "W") { field(FTVL, "LONG") field(NELM, "10") }
record(waveform, "T") { field(FTVL, "STRING") field(NELM, "5") }
record(ai, "A") { field(VAL, "1.5") field(DESC, "text") }
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
         "W.VAL{arr:{s:.5e1}}", "W.VAL{arr:{s:+2}}", "W.VAL{arr:{s:99999999999}}", "A.VAL[0]", "A.VAL{arr:{s:3}}"]

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
