"""A gateway made of our client and our server, between base's IOC and libca."""
from rig.client import run_python
from rig.ports import private_environment
from rig.process import Process
from rig.server import PROGRAM, READY, soft_ioc_command

LOOK = """
import asyncio
from aioca import caget, caput, camonitor, FORMAT_TIME

async def main():
    before = await caget("A", timeout=20)
    got = asyncio.Queue()
    subscription = camonitor("A", got.put, format=FORMAT_TIME)
    first = await asyncio.wait_for(got.get(), 20)
    await caput("A", 3.5, wait=True, timeout=20)
    second = await asyncio.wait_for(got.get(), 20)
    name = await caget("A.DESC", timeout=20)
    absent = await caget("NOT:THERE", timeout=0.5, throw=False)
    subscription.close()
    answer({"before": float(before), "values": [float(first), float(second)], "description": str(name),
            "absent": bool(absent.ok), "severity": int(second.severity)})

asyncio.run(main())
"""

READ = """
import asyncio
from aioca import caget
answer({"value": float(asyncio.run(caget("A", timeout=40)))})
"""


def soft_ioc(environment, database):
    process = Process(soft_ioc_command(database), environment)
    process.wait_for_line(READY)
    return process


def test_base_behind_our_gateway_and_libca_in_front(tmp_path):
    near, far = private_environment(), private_environment()
    database = tmp_path / "a.db"
    database.write_text('record(ao, "A") { field(VAL, "1.5") field(DESC, "behind") field(PINI, "YES") field(HIGH, "3") '
                        'field(HSV, "MINOR") }\n')
    between = near | {name: far[name] for name in far if name.startswith("EPICS_CAS_")}
    gateway = Process([PROGRAM.with_name("ca_gateway")], between)
    server = soft_ioc(near, database)
    try:
        gateway.wait_for_line(f"serving at port {far['EPICS_CAS_SERVER_PORT']}")
        seen = run_python(far, LOOK, timeout=100)
        assert seen == {"before": 1.5, "values": [1.5, 3.5], "description": "behind", "absent": False, "severity": 1}
        server.stop()
        server = soft_ioc(near, database)
        assert run_python(far, READ, timeout=100) == {"value": 1.5}
    finally:
        server.stop()
        gateway.stop()
