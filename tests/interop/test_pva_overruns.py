"""What a server merges because its queue is full: our client counts it, by field, where the server says so. pvAccessCPP's
servers (EPICS base's IOC) and ours do; PVXS' merge without a word."""
import fcntl
import re
import struct
import subprocess
import time

from rig.big_endian import BigEndianServer
from rig.ports import private_environment
from rig.process import Process
from rig.server import iochron_program

BURSTS = """
record(dfanout, "BURST") { field(SCAN, ".1 second") %s }
record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") }
""" % " ".join(f'field(OUT{letter}, "COUNT.PROC")' for letter in "ABCDEFGH")


class Overrunning(BigEndianServer):
    """Five more updates follow the first, three of them with fields that were overrun: the number, all, and one that
    there is not."""

    OVERRUN = [b"\x00", b"\x01\x02", b"\x00", b"\x01\x01", b"\x02\x00\x80"]

    def _answers(self, command, order, payload):
        answers = super()._answers(command, order, payload)
        if command != 13 or not payload[8] & 0x40:
            return answers
        request = struct.unpack(order + "I", payload[4:8])[0]
        for n, overrun in enumerate(self.OVERRUN):
            answers.append((13, struct.pack(">IB", request, 0) + b"\x01\x02" + struct.pack(">d", n) + overrun))
        return answers


def watch(environment, *arguments):
    return Process([iochron_program("pvmonitor"), "-O", *arguments], environment)


def end(monitor):
    """The line that sums up, of a monitor that is asked to end."""
    monitor.terminate()
    monitor.stop()
    return [line for line in monitor.lines if " of them overrun" in line]


def test_updates_and_fields_are_counted_as_the_server_says():
    environment = private_environment()
    server = Overrunning(int(environment["EPICS_PVA_SERVER_PORT"]), int(environment["EPICS_PVA_BROADCAST_PORT"]), "MERGED")
    try:
        monitor = watch(environment, "-M", "json", "MERGED")
        monitor.wait_for_line("<Overrun> 3")
        assert [line for line in monitor.lines if line.startswith("MERGED ")][1:] == [
            'MERGED {"number":0}', 'MERGED {"number":1}', "MERGED <Overrun> 1", 'MERGED {"number":2}', 'MERGED {"number":3}',
            "MERGED <Overrun> 2", 'MERGED {"number":4}', "MERGED <Overrun> 3"]
        assert end(monitor) == ["MERGED 6 updates, 3 of them overrun: number 2, counts 1, name 1, 0 merged here"]
    finally:
        server.close()


def test_base_s_server_overruns_and_says_so(soft_ioc):
    server = soft_ioc(BURSTS)
    monitor = watch(server.environment, "-r", "record[queueSize=2]", "COUNT")
    monitor.wait_for_line("<Overrun> 3")
    shown = end(monitor)[0]
    updates, overrun = map(int, re.search(r"(\d+) updates, (\d+) of them overrun: ", shown).groups())
    assert 3 <= overrun < updates
    assert f"value {overrun}, " in shown and shown.endswith(" 0 merged here")


def test_pvxs_server_overruns_and_does_not_say_so(pvxs_ioc):
    monitor = watch(pvxs_ioc(BURSTS).environment, "-M", "json", "-r", "field(value)record[queueSize=2]", "COUNT")
    monitor.wait_for_line('{"value":32')
    monitor.wait_for_line('{"value":40}')
    assert " 0 of them overrun, 0 merged here" in end(monitor)[0]
    values = [int(value) for value in re.findall(r'"value":(\d+)', monitor.output)]
    assert len(values) < values[-1] - values[0] + 1, "it has merged"


def merged(server):
    """How many updates our server has coalesced, by its own count."""
    at = len(server.process.lines)
    server.process.type("counters")
    end = server.process.wait_for_line("end of counters", after=at)
    return sum(int(line.split()[1]) for line in server.process.lines[at:end] if re.match(r"pva\S*\.(coalesced|paused) ", line))


def test_our_server_tells_what_it_has_merged_for_a_client_that_grants_nothing(iochron_ioc):
    """A monitor whose output nobody reads takes no more updates, so that the server's window is shut."""
    server = iochron_ioc('record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }')
    command = [iochron_program("pvmonitor"), "-O", "-vvv", "-r", "field()record[queueSize=4,pipeline=true]", "COUNT"]
    with subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True) as client:
        try:
            fcntl.fcntl(client.stdout, fcntl.F_SETPIPE_SZ, 4096)
            deadline = time.monotonic() + 60
            while merged(server) == 0:
                assert time.monotonic() < deadline
                server.process.wait_for_news(0.2)
            while client.stdout.readline() != "COUNT <Overrun> 1\n":
                pass
        finally:
            client.terminate()
            rest = client.communicate(timeout=20)[1]
    updates, overrun, value = map(int, re.search(r"(\d+) updates, (\d+) of them overrun: value (\d+), ", rest).groups())
    assert overrun == value >= 1 and updates > overrun


def test_what_is_merged_on_this_side_is_counted_apart(iochron_ioc):
    """Without a pipeline the server sends all; the client merges what nobody takes."""
    server = iochron_ioc('record(calc, "COUNT") { field(INPA, "COUNT NPP NMS") field(CALC, "A+1") field(SCAN, ".1 second") }')
    with subprocess.Popen([iochron_program("pvmonitor"), "-O", "-vvv", "COUNT"], env=server.environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as client:
        try:
            fcntl.fcntl(client.stdout, fcntl.F_SETPIPE_SZ, 4096)
            other = Process([iochron_program("pvmonitor"), "-M", "json", "-r", "field(value)", "COUNT"], server.environment)
            other.wait_for_line('{"value":60}')  # the server has gone on for longer than a client keeps updates
            other.stop()
            values = []
            while len(values) < 2 or values[-1] == values[-2] + 1:
                line = client.stdout.readline()
                if line.startswith("    double value "):
                    values.append(int(line.split()[-1]))
        finally:
            client.terminate()
            rest = client.communicate(timeout=20)[1]
    assert re.search(r" 0 of them overrun, [1-9]\d* merged here", rest)
