"""Acknowledgement of alarms over Channel Access: DBR_PUT_ACKT, DBR_PUT_ACKS and DBR_STSACK_STRING, on both IOCs."""
from rig.client import run_python

DATABASE = """
record(ai, "A") { field(HIHI, "20") field(HIGH, "10") field(HHSV, "MAJOR") field(HSV, "MINOR") field(UDF, "0") }
record(calc, "COUNT") { field(CALC, "VAL+1") field(INPA, "A CP") }
"""

CAPROTO = """
import time
from caproto import ChannelType
from caproto.sync.client import read, write
steps = []
def state():
    got = read("A", data_type=ChannelType.STSACK_STRING, timeout=20, repeater=False)
    m = got.metadata
    steps.append([int(m.status), int(m.severity), int(m.ackt), int(m.acks)])
def put(value):
    write("A", value, data_type=ChannelType.DOUBLE, notify=True, timeout=20, repeater=False)
    state()
def acknowledge(kind, number, notify=False):
    write("A", [number], data_type=kind, notify=notify, timeout=20, repeater=False)
    if not notify:
        time.sleep(0.2)
    state()
put(0); put(30); put(12); put(0)
acknowledge(ChannelType.PUT_ACKS, 1)
acknowledge(ChannelType.PUT_ACKS, 2)
put(12)
put(30)
put(12)
acknowledge(ChannelType.PUT_ACKT, 0)
put(0)
acknowledge(ChannelType.PUT_ACKT, 1, True)
put(30)
acknowledge(ChannelType.PUT_ACKS, 3, True)
answer(steps)
"""

HIHI, HIGH = 3, 4


def test_alarms_are_acknowledged_over_channel_access(any_ioc):
    server = any_ioc(DATABASE)
    assert run_python(server.environment, CAPROTO, timeout=60) == [
        [0, 0, 1, 0], [HIHI, 2, 1, 2], [HIGH, 1, 1, 2], [0, 0, 1, 2],
        [0, 0, 1, 2], [0, 0, 1, 0],
        [HIGH, 1, 1, 1], [HIHI, 2, 1, 2], [HIGH, 1, 1, 2],
        [HIGH, 1, 0, 1], [0, 0, 0, 0], [0, 0, 1, 0],
        [HIHI, 2, 1, 2], [HIHI, 2, 1, 0]]
