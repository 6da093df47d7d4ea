"""Records that count, read by every client at once: no gap, no repetition, also across kills and restarts."""
import signal
import threading

import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.server import Server, iochron_ioc_command

RECORDS = 1000
DATABASE = "".join(
    f'record(calc, "C:{n}") {{ field(INPA, "C:{n} NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }}\n'
    for n in range(RECORDS))

# Each watches all records until each has `wanted` updates in a row, and answers with the gaps it saw.
COUNT = """
import threading
records, wanted = int(sys.argv[1]), int(sys.argv[2])
last, counts, gaps, left, enough = {}, {}, [], set(range(records)), threading.Event()
def update(value, index):
    value = int(value)
    if index in last and value != last[index] + 1:
        gaps.append((index, last[index], value))
    last[index] = value
    counts[index] = counts.get(index, 0) + 1
    if counts[index] == wanted:
        left.discard(index)
        if not left:
            enough.set()
names = [f"C:{n}" for n in range(records)]
def answer_gaps():
    assert enough.wait(60), f"{len(left)} records have fewer than {wanted} updates"
    answer(gaps)
"""

AIOCA = COUNT + """
import asyncio
from aioca import camonitor
async def main():
    subscriptions = camonitor(names, update, all_updates=True)
    await asyncio.to_thread(enough.wait, 60)
    for subscription in subscriptions:
        subscription.close()
asyncio.run(main())
answer_gaps()
"""

PYEPICS = COUNT + """
import epics
def watch(index):
    return epics.PV(names[index], auto_monitor=True, callback=lambda value=None, **_: update(value, index))
pvs = [watch(n) for n in range(records)]
answer_gaps()
"""

CAPROTO = COUNT + """
from caproto.threading.client import Context
def watch(pv, index):
    def told(subscription, response):
        update(response.data[0], index)
    pv.subscribe().add_callback(told)
    return told
context = Context()
pvs = context.get_pvs(*names)
for pv in pvs:
    pv.wait_for_connection(timeout=30)
kept = [watch(pv, n) for n, pv in enumerate(pvs)]
answer_gaps()
"""

CLIENTS = {"aioca": (AIOCA, RECORDS), "pyepics": (PYEPICS, RECORDS), "caproto": (CAPROTO, 100)}


def test_all_clients_at_once_miss_nothing(iochron_ioc):
    environment = iochron_ioc(DATABASE).environment
    gaps = {}

    def watch(name):
        code, records = CLIENTS[name]
        gaps[name] = run_python(environment, code, records, 20, timeout=120)

    threads = [threading.Thread(target=watch, args=(name,)) for name in CLIENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gaps == {name: [] for name in CLIENTS}


# Monitors one record through a restart of its server: the driver says "again" once it has been killed and started.
RECONNECT = """
import asyncio
from aioca import camonitor
async def main():
    values, first, again = [], asyncio.Event(), asyncio.Event()
    def update(value):
        if not value.ok:
            values.append("lost")
            return
        values.append(int(value))
        first.set()
        if "lost" in values and len(values) - values.index("lost") > 10:
            again.set()
    subscription = camonitor("C:0", update, all_updates=True, notify_disconnect=True)
    await asyncio.wait_for(first.wait(), 20)
    print("connected", flush=True)
    await asyncio.wait_for(again.wait(), 60)
    subscription.close()
    return values
answer(asyncio.run(main()))
"""


def test_every_update_after_a_restart_is_in_order(tmp_path):
    path = tmp_path / "count.db"
    path.write_text(DATABASE)
    environment = private_environment()
    first = Server(iochron_ioc_command(path), environment)
    values = []
    client = threading.Thread(target=lambda: values.extend(run_python(environment, RECONNECT, timeout=120)))
    client.start()
    try:
        # The client prints "connected" only to itself; a get through the same server shows that it is up.
        run_python(environment, AIOCA, 10, 5, timeout=60)
    finally:
        first.process.signal(signal.SIGKILL)
        first.close()
    second = Server(iochron_ioc_command(path), environment)
    client.join()
    second.close()
    lost = values.index("lost")
    for run in (values[:lost], values[lost + 1:]):
        assert run == list(range(run[0], run[0] + len(run))), values
    assert len(values[lost + 1:]) >= 10


@pytest.mark.parametrize("client", ["aioca", "pyepics"])
def test_ten_thousand_channels(iochron_ioc, client):
    database = "".join(f'record(ai, "N:{n}") {{ field(VAL, "{n}") }}\n' for n in range(10_000))
    code = {
        "aioca": """
import asyncio
from aioca import caget
async def main():
    return sum(float(v) for v in await caget([f"N:{n}" for n in range(10_000)], timeout=60))
answer(asyncio.run(main()))
""",
        "pyepics": """
import epics
answer(sum(epics.caget_many([f"N:{n}" for n in range(10_000)], connection_timeout=60, timeout=60)))
"""}[client]
    assert run_python(iochron_ioc(database).environment, code, timeout=120) == sum(range(10_000))
