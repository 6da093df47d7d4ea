"""Records of every type under each client library, against what the same client sees of base's IOC: arrays, enums,
strings, integers, drive limits; got, put with and without completion, and monitored."""
import pytest

from rig.client import run_python

DATABASE = """
record(waveform, "W:D") { field(FTVL, "DOUBLE") field(NELM, "1000") field(EGU, "V") field(PREC, "2") }
record(waveform, "W:C") { field(FTVL, "CHAR") field(NELM, "200") }
record(waveform, "W:S") { field(FTVL, "STRING") field(NELM, "4") }
record(waveform, "W:L") { field(FTVL, "LONG") field(NELM, "5") }
record(bi, "BI") { field(ZNAM, "Off") field(ONAM, "On") field(OSV, "MINOR") }
record(bo, "BO") { field(ZNAM, "Shut") field(ONAM, "Open") }
record(stringin, "SI") { field(VAL, "first") }
record(stringout, "SO") { field(VAL, "out") }
record(longin, "LI") { field(EGU, "mm") field(HOPR, "100") field(HIHI, "50") field(HHSV, "MAJOR") }
record(longout, "LO") { field(DRVH, "10") field(DRVL, "-10") }
record(ao, "AO") { field(DRVH, "5") field(DRVL, "-5") field(PREC, "2") field(EGU, "A") }
"""

# (name, value put); what is read back, in each form, must be the same from both IOCs.
PUTS = [("W:D", [1.5, -2.25, 3.0]), ("W:L", [1, -2, 3, 4, 5]), ("W:S", ["one", "two", "three"]), ("W:C", [104, 105, 0]),
        ("BI", 1), ("BO", "Open"), ("SI", "other"), ("SO", "x" * 39), ("LI", 77), ("LO", 25), ("LO.DRVH", 100),
        ("AO", 9.5), ("AO.DRVL", -100), ("AO", -50.25)]

AIOCA = """
import asyncio
from aioca import *
def plain(value):
    return value.tolist() if hasattr(value, "tolist") else value if isinstance(value, str) else value + 0
async def main():
    seen, subscriptions = {}, []
    # libca gives nothing of an array that is still empty.
    first = {name: asyncio.Event() for name in names if not name.startswith("W:")}
    def update(value, index):
        seen.setdefault(names[index], []).append(plain(value))
        if names[index] in first:
            first[names[index]].set()
    subscriptions = camonitor(names, update, all_updates=True)
    await asyncio.gather(*(asyncio.wait_for(event.wait(), 20) for event in first.values()))
    for name, value in puts:
        await caput(name, value, wait=wait, timeout=20)
    found = {}
    for name in names:
        text = await caget(name, datatype=DBR_STRING, timeout=20)
        ctrl = await caget(name, format=FORMAT_CTRL, timeout=20)
        found[name] = [plain(await caget(name, timeout=20)), plain(text), plain(ctrl), int(ctrl.severity), ctrl.datatype,
                       getattr(ctrl, "enums", None), getattr(ctrl, "units", None),
                       [str(getattr(ctrl, limit, None)) for limit in ("upper_ctrl_limit", "lower_ctrl_limit")],
                       (await connect(name, timeout=20)) is None]
    found["as text"] = await caget("W:C", datatype=DBR_CHAR_STR, timeout=20)
    found["two"] = plain(await caget("W:D", count=2, timeout=20))
    await asyncio.sleep(0)
    return [found, seen if wait else {}]
answer(asyncio.run(main()))
"""

PYEPICS = """
import epics
def plain(value):
    return value.tolist() if hasattr(value, "tolist") else list(value) if isinstance(value, tuple) else value
found = {}
pvs = {}
for name in {*names, *(name for name, _ in puts)}:
    pvs[name] = epics.PV(name, connection_timeout=20, form="ctrl", auto_monitor=False)
for pv in pvs.values():
    assert pv.wait_for_connection(20)
for name, value in puts:
    pvs[name].put(value, wait=wait, timeout=20)
for name in names:
    pv = pvs[name]
    found[name] = [plain(pv.get(timeout=20)), pv.get(as_string=True, timeout=20), pv.type, pv.count, pv.nelm,
                   [str(text) for text in pv.enum_strs or ()], pv.units, pv.severity, pv.upper_ctrl_limit]
answer([found, {}])
"""

CAPROTO = """
from caproto import ChannelType
from caproto.threading.client import Context
def plain(data):
    return [value.decode("latin-1") if isinstance(value, bytes) else value.item() if hasattr(value, "item") else value
            for value in data]
context = Context()
everything = sorted({*names, *(name for name, _ in puts)})
pvs = dict(zip(everything, context.get_pvs(*everything)))
for pv in pvs.values():
    pv.wait_for_connection(timeout=20)
for name, value in puts:
    texts = isinstance(value, str) or isinstance(value, list) and isinstance(value[0], str)
    pvs[name].write(value if isinstance(value, list) else [value], wait=wait, timeout=20,
                    data_type=ChannelType.STRING if texts else None)
found = {}
for name in names:
    pv = pvs[name]
    found[name] = [pv.channel.native_data_type.name, pv.channel.native_data_count]
    for kind in ("STRING", "DOUBLE", "LONG", "ENUM", "CHAR", "FLOAT", "INT"):
        if kind != "STRING" and name in ("W:S", "SI", "SO"):
            continue
        found[name].append(plain(pv.read(data_type=ChannelType[kind], timeout=20).data))
        found[name].append(plain(pv.read(data_type=ChannelType["TIME_" + kind], timeout=20).data))
    found[name].append(int(pv.read(data_type="control", timeout=20).metadata.severity))
answer([found, {}])
"""

CLIENTS = {"aioca": AIOCA, "pyepics": PYEPICS, "caproto": CAPROTO}
NAMES = ["W:D", "W:C", "W:S", "W:L", "BI", "BO", "SI", "SO", "LI", "LO", "AO"]


@pytest.mark.parametrize("wait", [True, False], ids=["with completion", "without"])
@pytest.mark.parametrize("client", CLIENTS)
def test_clients_see_the_same_as_of_base(soft_ioc, iochron_ioc, client, wait):
    code = f"names = {NAMES}\nputs = {PUTS}\nwait = {wait}\n" + CLIENTS[client]
    ours, our_updates = run_python(iochron_ioc(DATABASE).environment, code, timeout=120)
    base, base_updates = run_python(soft_ioc(DATABASE).environment, code, timeout=120)
    for name in base:
        assert ours[name] == base[name], name
    assert our_updates == base_updates
    assert our_updates or client != "aioca" or not wait
    assert ours.keys() >= set(NAMES)
