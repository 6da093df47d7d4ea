"""Links from one IOC to another by Channel Access. Each test runs with base's IOC at both ends, which says what is right,
and with ours at either end and at both."""
import signal

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.server import Server

FAR = """
record(ao, "F:AO") { field(PREC, "2") field(VAL, "1") field(PINI, "YES") field(EGU, "mm")
                     field(HIGH, "5") field(HSV, "MINOR") field(HIHI, "8") field(HHSV, "INVALID") }
record(bo, "F:BO") { field(ZNAM, "off") field(ONAM, "on") field(VAL, "0") field(PINI, "YES") }
record(stringout, "F:TEXT") { field(VAL, "17") field(PINI, "YES") }
record(waveform, "F:WF") { field(FTVL, "LONG") field(NELM, "5") }
record(ao, "F:IN") { field(FLNK, "F:COUNT") }
record(calc, "F:COUNT") { field(CALC, "VAL+1") }
record(ao, "F:SLOW") { field(SIMM, "YES") field(SDLY, "0.3") field(FLNK, "F:DONE") }
record(calc, "F:DONE") { field(CALC, "VAL+1") }
"""
NEAR = """
record(calc, "N:CP") { field(CALC, "A") field(INPA, "F:AO CP MS") }
record(calc, "N:MSS") { field(CALC, "A") field(INPA, "F:AO CP MSS") }
record(calc, "N:MSI") { field(CALC, "A") field(INPA, "F:AO CP MSI") }
record(calc, "N:CPP") { field(CALC, "VAL+1") field(INPA, "F:AO CPP") }
record(calc, "N:SCANNED") { field(CALC, "VAL+1") field(INPA, "F:AO CPP") field(SCAN, "Event") }
record(calc, "N:PLAIN") { field(CALC, "A") field(INPA, "F:AO") }
record(stringin, "N:STATE") { field(INP, "F:BO CP") }
record(longin, "N:INDEX") { field(INP, "F:BO CP") }
record(stringin, "N:NUMBER") { field(INP, "F:AO CP") }
record(longin, "N:PARSED") { field(INP, "F:TEXT CP") }
record(longin, "N:FIRST") { field(INP, "F:WF CP") }
record(waveform, "N:WF") { field(INP, "F:WF CP") field(FTVL, "DOUBLE") field(NELM, "3") }
record(ai, "N:TSEL") { field(INP, "1") field(TSEL, "F:AO.TIME") }
record(ai, "N:TSE") { field(INP, "F:AO") field(TSE, "-2") }
record(ao, "N:OUT") { field(OUT, "F:IN PP") }
record(ao, "N:TO_TEXT") { field(OUT, "F:TEXT") field(PREC, "1") }
record(stringout, "N:SWITCH") { field(OUT, "F:BO PP") }
record(ao, "N:ASYNC") { field(DTYP, "Async Soft Channel") field(OUT, "F:SLOW PP") field(FLNK, "N:AFTER") }
record(calc, "N:AFTER") { field(CALC, "VAL+1") }
record(calc, "N:FORWARD") { field(FLNK, "F:COUNT.PROC") }
"""

CODE = """
import asyncio, time
from aioca import *
async def read(name):
    return str(await caget(name, datatype=DBR_STRING, timeout=10))
async def number(name):
    return float(await caget(name, timeout=10))
async def wait_for(name, wanted):
    latest = time.monotonic() + 60
    while time.monotonic() < latest:
        found = await (read if isinstance(wanted, str) else number)(name)
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{name} is {found}, not {wanted}")
async def alarm(name):
    return await read(name + ".STAT") + "/" + await read(name + ".SEVR")
async def put(name, value, **more):
    await caput(name, value, wait=True, timeout=10, **more)
"""

PAIRS = [("softioc", "softioc"), ("iochron", "softioc"), ("softioc", "iochron"), ("iochron", "iochron")]


@pytest.fixture(params=PAIRS, ids=lambda pair: f"{pair[0]}-to-{pair[1]}")
def pair(request, start):
    """Two IOCs that find each other, started and killed one by one: pair.start_far(), pair.start_near()."""
    return Pair(start, *request.param)


class Pair:
    def __init__(self, start, near, far):
        self._start, self._near, self._far = start, near, far
        environments = [private_environment(), private_environment()]
        both = " ".join(f"127.0.0.1:{each['EPICS_CAS_SERVER_PORT']}" for each in environments)
        self.near, self.far = (each | {"EPICS_CA_ADDR_LIST": both} for each in environments)

    def start_far(self):
        return self._start(self._far, FAR, environment=self.far)

    def start_near(self):
        return self._start(self._near, NEAR, environment=self.near)

    def run(self, code):
        return run_python(self.near, CODE + code + "\nanswer(asyncio.run(main()))", self._near, timeout=120)


def kill(server: Server):
    server.process.signal(signal.SIGKILL)
    server.close()


READS = """
async def main():
    result = {}
    await wait_for("N:CP", 1)
    events = {name: [] for name in ("N:CP", "N:MSS", "N:MSI")}
    for name, heard in events.items():
        camonitor(name, lambda value, heard=heard: heard.append([float(value), value.status, value.severity]),
                  format=FORMAT_TIME, all_updates=True)
    await asyncio.sleep(0.5)
    for value in (2, 6, 9, 9.25, 3):
        await put("F:AO", value)
        for name in events:
            await wait_for(name, value)
    result["events"] = {name: list(heard) for name, heard in events.items()}
    result["cpp"] = await number("N:CPP") > 4, await number("N:SCANNED")
    await put("N:PLAIN.PROC", 1)
    result["plain"] = [await number("N:PLAIN"), await alarm("N:PLAIN")]
    await put("F:AO", 2.75)
    await put("F:BO", 1)
    await wait_for("N:STATE", "on")
    await wait_for("N:INDEX", 1)
    await wait_for("N:NUMBER", "2.750000")
    await wait_for("N:PARSED", 17)
    await put("F:TEXT", "no number")
    await wait_for("N:PARSED.STAT", "LINK")
    await put("F:WF", [5, 6, 7, 8])
    await wait_for("N:FIRST", 5)
    await wait_for("N:WF.NORD", 3)
    result["array"] = list(map(float, await caget("N:WF", timeout=10)))
    for name in ("N:TSEL", "N:TSE"):
        await put(name + ".PROC", 1)
        near, far = [await caget(each, format=FORMAT_TIME, timeout=10) for each in (name, "F:AO")]
        result[name] = near.timestamp == far.timestamp
    result["units"] = (await caget("N:PLAIN.A", format=FORMAT_CTRL, timeout=10)).units
    return result
"""


def test_inputs_follow_what_the_other_ioc_posts(pair):
    pair.start_far()
    pair.start_near()
    link = 14
    found = pair.run(READS)
    assert found == {
        "events": {
            "N:CP": [[1, 0, 0], [2, 0, 0], [6, link, 1], [9, link, 3], [9.25, link, 3], [3, 0, 0]],
            "N:MSS": [[1, 0, 0], [2, 0, 0], [6, 4, 1], [9, 3, 3], [9.25, 3, 3], [3, 0, 0]],
            "N:MSI": [[1, 0, 0], [2, 0, 0], [6, 0, 0], [9, link, 3], [9.25, link, 3], [3, 0, 0]],
        },
        "cpp": [True, 0],
        "plain": [3, "NO_ALARM/NO_ALARM"],
        "array": [5, 6, 7],
        "N:TSEL": True,
        "N:TSE": True,
        "units": "mm",
    }


WRITES = """
async def main():
    result = {}
    await wait_for("N:CP", 1)
    await asyncio.sleep(0.5)
    await put("N:OUT", 5)
    await wait_for("F:IN", 5)
    await wait_for("F:COUNT", 1)
    await put("N:FORWARD.PROC", 1)
    await wait_for("F:COUNT", 2)
    await put("N:SWITCH", "on")
    await wait_for("F:BO", "on")
    await put("N:TO_TEXT", 2.75)
    await wait_for("F:TEXT", "2.750000")
    before = time.monotonic()
    await put("N:ASYNC", 4)
    result["async"] = [time.monotonic() - before > 0.25, await number("F:SLOW"), await number("F:DONE"),
                       await number("N:AFTER")]
    await put("N:SWITCH", "none of its states")
    result["switch"] = await alarm("N:SWITCH")
    return result
"""


def test_outputs_write_to_the_other_ioc(pair):
    pair.start_far()
    pair.start_near()
    assert pair.run(WRITES) == {"async": [True, 4, 1, 1], "switch": "NO_ALARM/NO_ALARM"}


ALONE = """
async def main():
    await put("N:CP.PROC", 1)
    await put("N:OUT", 5)
    await put("N:FORWARD.PROC", 1)
    return [await alarm("N:CP"), await read("N:CP.AMSG"), await alarm("N:OUT"), await number("N:CPP")]
"""
JOINED = """
async def main():
    await wait_for("N:CP", 1)
    await wait_for("N:CP.SEVR", "NO_ALARM")
    await put("N:PLAIN.PROC", 1)
    await asyncio.sleep(0.5)
    found = [await number("F:IN"), await number("F:COUNT"), await number("N:CPP")]
    await put("N:OUT", 6)
    await wait_for("F:IN", 6)
    return found + [await alarm("N:OUT")]
"""
# Base 7.0.10 leaves CP records as they were when the connection is lost, as no release before it did.
LOST = """
async def main():
    if sys.argv[1] == "softioc":
        while await alarm("N:PLAIN") == "NO_ALARM/NO_ALARM":
            await put("N:PLAIN.PROC", 1)
        await put("N:CP.PROC", 1)
    await wait_for("N:CP.STAT", "LINK")
    await wait_for("N:CP.SEVR", "INVALID")
    await put("N:OUT", 7)
    return [await alarm("N:OUT"), await number("N:CPP")]
"""
CHANGED = """
async def main():
    await put("N:PLAIN.INPA", "F:IN CP")
    await wait_for("N:PLAIN", await number("F:IN"))
    await put("F:IN", 33)
    await wait_for("N:PLAIN", 33)
    await put("N:PLAIN.INPA", "N:CPP NPP")
    await put("N:PLAIN.PROC", 1)
    return [await number("N:PLAIN") == await number("N:CPP"), await read("N:PLAIN.INPA")]
"""


def test_either_end_may_be_killed_and_come_back(pair):
    near = pair.start_near()
    assert pair.run(ALONE) == ["LINK/INVALID", "field INPA", "LINK/INVALID", 0]
    far = pair.start_far()
    assert pair.run(JOINED) == [0, 0, 1, "NO_ALARM/NO_ALARM"]  # what was written meanwhile was not kept
    kill(far)
    assert pair.run(LOST) == ["LINK/INVALID", 1]
    far = pair.start_far()
    assert pair.run(JOINED) == [0, 0, 2, "NO_ALARM/NO_ALARM"]
    kill(near)
    pair.start_near()
    assert pair.run(JOINED)[3] == "NO_ALARM/NO_ALARM"
    assert pair.run(CHANGED) == [True, "N:CPP NPP NMS"]
