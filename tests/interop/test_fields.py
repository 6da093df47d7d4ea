"""Fields of records under every client library: all families and types that they can ask for, puts with and without
completion, rights, `.FIELD` names, and names that nobody has. Each test runs on base's IOC too."""
import pytest

from rig.client import run_python

DATABASE = """
record(ai, "A") {
    field(VAL, "1.25") field(EGU, "mm") field(PREC, "3") field(HOPR, "10") field(LOPR, "-10") field(DESC, "An input")
    field(HIHI, "9") field(HIGH, "8") field(LOW, "-8") field(LOLO, "-9")
    field(HHSV, "MAJOR") field(HSV, "MINOR") field(LSV, "MINOR") field(LLSV, "MAJOR")
}
record(calc, "SUM") { field(INPA, "A") field(CALC, "A*2") field(B, "7") field(EGU, "V") field(PREC, "1") }
"""

AIOCA = """
import asyncio
from aioca import *
async def main():
    found = {}
    for kind in (DBR_STRING, DBR_SHORT, DBR_FLOAT, DBR_CHAR, DBR_LONG, DBR_DOUBLE):
        value = await caget("A", datatype=kind, timeout=20)
        found[str(kind)] = value if isinstance(value, str) else float(value)
    ctrl = await caget("A", format=FORMAT_CTRL, timeout=20)
    for name in ("units", "precision", "upper_disp_limit", "lower_disp_limit", "upper_alarm_limit",
                 "upper_warning_limit", "lower_warning_limit", "lower_alarm_limit", "upper_ctrl_limit",
                 "lower_ctrl_limit", "status", "severity"):
        found[name] = getattr(ctrl, name)
    time = await caget("A", format=FORMAT_TIME, timeout=20)
    found["stamped"] = time.raw_stamp[0] > 0
    names = ["A.RTYP", "SUM.RTYP", "A.DESC", "A.EGU", "SUM.CALC", "A.SCAN", "A.NAME", "A.PREC", "SUM.B", "A.VAL", "A.HHSV"]
    found["fields"] = await caget([f for f in names], datatype=DBR_STRING, timeout=20)
    found["long string"] = await caget("A.DESC$", datatype=DBR_CHAR_STR, timeout=20)
    found["menu"] = [int(await caget("A.SCAN", timeout=20)), (await caget("A.SCAN", format=FORMAT_CTRL, timeout=20)).enums]
    return found
answer(asyncio.run(main()))
"""

CAPROTO = """
from caproto import ChannelType
from caproto.sync.client import read
found = {}
for family in ("", "STS_", "TIME_", "GR_", "CTRL_"):
    for kind in ("STRING", "INT", "FLOAT", "ENUM", "CHAR", "LONG", "DOUBLE"):
        answered = read("A", data_type=ChannelType[family + kind], timeout=20, repeater=False)
        value = answered.data[0]
        found[family + kind] = value.decode() if isinstance(value, bytes) else float(value)
        if family:
            found[family + kind] = [found[family + kind], int(answered.metadata.status), int(answered.metadata.severity)]
for name in ("A.DESC", "SUM.CALC", "A.RTYP", "A.SCAN"):
    found[name] = read(name, data_type=ChannelType.STRING, timeout=20, repeater=False).data[0].decode()
graphic = read("A.SCAN", data_type=ChannelType.CTRL_ENUM, timeout=20, repeater=False)
found["choices"] = [text.decode() for text in graphic.metadata.enum_strings]
answer(found)
"""

PYEPICS = """
import epics
found = {}
for form in ("native", "time", "ctrl"):
    pv = epics.PV("A", form=form, connection_timeout=20)
    assert pv.wait_for_connection(20)
    found[form] = [pv.get(timeout=20), pv.get(as_string=True, timeout=20), pv.type, pv.count, pv.access]
for name in ("units", "precision", "upper_disp_limit", "lower_alarm_limit", "severity", "status"):
    found[name] = getattr(pv, name)
found["fields"] = [epics.caget(name, as_string=True, timeout=20, connection_timeout=20)
                   for name in ("A.DESC", "SUM.CALC", "A.SCAN", "A.RTYP", "A.PREC", "A.HHSV")]
scan = epics.PV("A.SCAN", connection_timeout=20)
assert scan.wait_for_connection(20)
found["choices"] = list(scan.enum_strs)
found["scan"] = scan.get(timeout=20)
answer(found)
"""

READERS = {"aioca": AIOCA, "caproto": CAPROTO, "pyepics": PYEPICS}


@pytest.mark.parametrize("client", READERS)
def test_clients_read_the_same_as_from_base(soft_ioc, iochron_ioc, client):
    ours = run_python(iochron_ioc(DATABASE).environment, READERS[client], timeout=120)
    base = run_python(soft_ioc(DATABASE).environment, READERS[client], timeout=120)
    assert ours == base
    assert len(ours) > 5


# Each puts, with completion where `wait` says so, and answers with what is read back afterwards.
AIOCA_PUT = """
import asyncio
from aioca import caget, caput
async def main():
    for name, value, wait in puts:
        await caput(name, value, wait=wait, timeout=20)
    return [str(await caget(name, datatype=str, timeout=20)) for name in back]
answer(asyncio.run(main()))
"""
PYEPICS_PUT = """
import epics
for name, value, wait in puts:
    pv = epics.PV(name, connection_timeout=20)
    assert pv.wait_for_connection(20)
    assert pv.put(value, wait=wait, timeout=20) is not None
from epics import ca
def text(name):
    channel = ca.create_channel(name)
    assert ca.connect_channel(channel, timeout=20)
    return ca.get(channel, ftype=0, timeout=20, as_string=True)
answer([text(name) for name in back])
"""
CAPROTO_PUT = """
from caproto import ChannelType
from caproto.threading.client import Context
context = Context()
for name, value, wait in puts:
    pv, = context.get_pvs(name)
    pv.wait_for_connection(timeout=20)
    pv.write([value], wait=wait, timeout=20, data_type=ChannelType.STRING if isinstance(value, str) else None)
def text(name):
    pv, = context.get_pvs(name)
    pv.wait_for_connection(timeout=20)
    return pv.read(data_type=ChannelType.STRING, timeout=20).data[0].decode()
answer([text(name) for name in back])
"""
WRITERS = {"aioca": AIOCA_PUT, "pyepics": PYEPICS_PUT, "caproto": CAPROTO_PUT}
PUTS = [("A", 2.5), ("A.DESC", "Another"), ("A.PREC", 1), ("A.HIHI", 2), ("A.EGU", "kV"), ("SUM.CALC", "A+B"),
        ("SUM.SCAN", "1 second"), ("A.LOPR", "-3.5")]
BACK = ["A.VAL", "A.DESC", "A.PREC", "A.HIHI", "A.EGU", "SUM.CALC", "SUM.SCAN", "A.LOPR", "A.SEVR"]


@pytest.mark.parametrize("wait", [True, False], ids=["with completion", "without"])
@pytest.mark.parametrize("client", WRITERS)
def test_puts(any_ioc, client, wait):
    code = f"puts = {[(*put, wait) for put in PUTS]}\nback = {BACK}\n" + WRITERS[client]
    found = run_python(any_ioc(DATABASE).environment, code, timeout=120)
    assert found[1:8] == ["Another", "1", "2.0", "kV", "A+B", "1 second", "-3.5"]
    assert float(found[0]) == 2.5


def test_a_put_that_processes_completes_after_its_own_monitor(iochron_ioc):
    """Our promise alone: base's server sends updates and completions from two threads."""
    code = """
import asyncio
from aioca import camonitor, caput, caget
async def main():
    seen, first = [], asyncio.Event()
    def update(value):
        seen.append(float(value))
        first.set()
    camonitor("SUM", update, all_updates=True)
    await asyncio.wait_for(first.wait(), 20)
    for value in (3, 4, 5):
        await caput("A", value, wait=True, timeout=20)
        await caput("SUM.PROC", 1, wait=True, timeout=20)
    return seen
answer(asyncio.run(main()))
"""
    assert run_python(iochron_ioc(DATABASE).environment, code)[1:] == [6, 8, 10]


def test_rights_and_fields_that_may_not_be_written(soft_ioc, iochron_ioc):
    code = """
from epics import ca
found = {}
for name in ("A.NAME", "A.RTYP", "A.STAT", "A.SEVR", "A.ASLO", "SUM.CALC", "A", "A.DESC"):
    channel = ca.create_channel(name)
    assert ca.connect_channel(channel, timeout=20)
    try:
        ca.put(channel, ca.get(channel, timeout=20), wait=True, timeout=20)
        found[name] = "accepted"
    except (ca.ChannelAccessException, ca.CASeverityException):
        found[name] = "refused"
    found[name] = [found[name], bool(ca.read_access(channel)), bool(ca.write_access(channel))]
answer(found)
"""
    ours = run_python(iochron_ioc(DATABASE).environment, code, timeout=60)
    assert ours == run_python(soft_ioc(DATABASE).environment, code, timeout=60)
    assert ours["A.NAME"][0] == "refused" and ours["A.DESC"] == ["accepted", True, True]


def test_names_as_base_has_them(soft_ioc, iochron_ioc):
    code = """
from epics import ca
import time
names = ["NOBODY", "A.NOFIELD", "A.", "A.VAL.VAL", "A B", "A.VAL$$", "A.DESC$", "A.VAL$", "A.VAL ", "a", "A.val", "SUM.INPA$"]
channels = {name: ca.create_channel(name) for name in names}
assert ca.connect_channel(channels["A.DESC$"], timeout=20)
deadline = time.monotonic() + 3
answer({name: bool(ca.connect_channel(channel, timeout=max(0.1, deadline - time.monotonic())))
        for name, channel in channels.items()})
"""
    ours = run_python(iochron_ioc(DATABASE).environment, code)
    assert ours == run_python(soft_ioc(DATABASE).environment, code)
    assert ours["A.DESC$"] and not ours["NOBODY"]
