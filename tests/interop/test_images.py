"""Images of 4 MiB at a rate, to several clients of p4p at once: each gets every one, with every byte of it."""
import pytest

from rig.client import run_python
from rig.ports import private_environment
from rig.process import Process
from rig.server import PROGRAM

WATCH = """
import queue
from p4p.client.thread import Context

images = int(sys.argv[1])
contexts = [Context("pva", nt=False) for _ in range(3)]
seen = []
for context in contexts:  # a connection each
    got = queue.Queue()
    request = "record[pipeline=true,queueSize=4]"
    seen.append((got, context.monitor("IMAGE", got.put, request=request)))
answered = []
for got, subscription in seen:
    updates = [got.get(timeout=30) for _ in range(images)]
    subscription.close()
    numbers = [int(update.uniqueId) for update in updates]
    whole = [len(update.value) for update in updates[1:]]
    right = [bool((update.value == int(update.uniqueId) % 256).all()) for update in updates[1:]]
    shape = [int(part["size"]) for part in updates[0].dimension]
    marks = sorted(updates[-1].changedSet())
    answered.append({"numbers": numbers, "sizes": sorted(set(whole)), "right": all(right), "shape": shape, "marks": marks})
answer(answered)
"""
IMAGES = 15


@pytest.fixture(scope="module")
def seen():
    environment = private_environment()
    server = Process([str(PROGRAM.with_name("images")), "2048", "2048", "5"], environment)
    try:
        server.wait_for_line("ready")
        yield run_python(environment, WATCH, IMAGES, timeout=90)
    finally:
        server.terminate()
        server.stop()


def test_every_client_gets_every_image(seen):
    assert len(seen) == 3
    for client in seen:
        numbers = client["numbers"]
        assert numbers == list(range(numbers[0], numbers[0] + IMAGES))


def test_every_byte_of_them_is_right(seen):
    for client in seen:
        assert client["sizes"] == [4 << 20] and client["right"]
        assert client["shape"] == [2048, 2048]


def test_only_what_changed_is_sent(seen):
    for client in seen:
        assert client["marks"] == ["timeStamp.nanoseconds", "timeStamp.secondsPastEpoch", "uncompressedSize", "uniqueId",
                                   "value"]
