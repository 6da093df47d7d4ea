"""What a server refuses, ends or warns of reaches who asked, with the server's words."""
import struct

import pytest

from rig.big_endian import BigEndianServer, text
from rig.client import run_tool
from rig.ports import private_environment
from rig.process import Process
from rig.server import iochron_program

GET, PUT, MONITOR, MESSAGE, RPC = 10, 11, 13, 18, 20
INIT = 0x08


class Scripted(BigEndianServer):
    """Answers as BigEndianServer, but where `script(command, subcommand)` gives something else: a list of (command,
    what follows the number of the request, or a function of the answer that there would be)."""

    def __init__(self, environment, name, script):
        self._script = script
        super().__init__(int(environment["EPICS_PVA_SERVER_PORT"]), int(environment["EPICS_PVA_BROADCAST_PORT"]), name)

    def _answers(self, command, order, payload):
        other = self._script(command, payload[8]) if command in (GET, PUT, MONITOR, RPC) else None
        usual = super()._answers(command, order, payload)
        if other is None:
            return usual
        number = struct.pack(">I", struct.unpack(order + "I", payload[4:8])[0])
        return [item for one in other for item in (usual if one is USUAL else [(one[0], number + one[1])])]


USUAL = object()


def error(words):
    return b"\x02" + text(words) + text("trace")


def warning(words):
    return b"\x01" + text(words) + text("")


@pytest.fixture
def serve():
    """serve(script) -> the environment in which a Scripted server has the PV "IT"."""
    made = []

    def start(script):
        environment = private_environment() | {"IOCHRON_LOG": "info"}
        made.append(Scripted(environment, "IT", script))
        return environment

    yield start
    for server in made:
        server.close()


def refusing(refused):
    def script(command, subcommand):
        if command == refused and subcommand & INIT:
            return [(command, bytes([subcommand]) + error("not on a Tuesday"))]
        return None
    return script


def test_a_refused_monitor_is_told_and_ends_pvmonitor(serve):
    run = run_tool(serve(refusing(MONITOR)), "pvmonitor", "IT", check=False)
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "IT Error not on a Tuesday\n")


@pytest.mark.parametrize("command, tool", [(GET, ["pvget", "IT"]), (PUT, ["pvput", "-q", "IT", "number=1"]),
                                           (RPC, ["pvcall", "IT"])])
def test_a_refused_operation_is_told(serve, command, tool):
    run = run_tool(serve(refusing(command)), *tool, check=False)
    assert run.returncode == 1 and run.stdout == "" and "not on a Tuesday" in run.stderr


def test_a_monitor_that_its_server_ends_with_a_last_update(serve):
    def script(command, subcommand):
        last = b"\x10\xff" + b"\x01\x02" + struct.pack(">d", 7) + b"\x00"
        return [USUAL, (MONITOR, last)] if command == MONITOR and not subcommand & INIT else None
    run = run_tool(serve(script), "pvmonitor", "-M", "json", "IT", check=False)
    assert (run.returncode, run.stdout.splitlines()[1:]) == (0, ['IT {"number":7}'])


def test_a_monitor_that_its_server_ends_with_an_error(serve):
    def script(command, subcommand):
        return [USUAL, (MONITOR, b"\x10" + error("out of paper"))] if command == MONITOR and not subcommand & INIT else None
    run = run_tool(serve(script), "pvmonitor", "-M", "json", "IT", check=False)
    assert (run.returncode, len(run.stdout.splitlines()), run.stderr) == (1, 1, "IT Error out of paper\n")


def test_warnings_of_a_put_come_with_its_completion(serve):
    def script(command, subcommand):
        if command != PUT or subcommand & INIT:
            return None
        return [(MESSAGE, b"\x01" + text("half of it")), (PUT, bytes([subcommand]) + warning("the other half too"))]
    run = run_tool(serve(script), "pvput", "-q", "IT", "number=1")
    assert run.stderr == "IT: Warning: half of it; the other half too\n"


def test_messages_of_other_operations_are_logged_as_serious_as_they_are(serve):
    def script(command, subcommand):
        if command == GET and not subcommand & INIT:
            return [(MESSAGE, bytes([kind]) + text(words)) for kind, words in enumerate(["so so", "hm", "bad"])] + [USUAL]
        if command == MONITOR and subcommand & INIT:
            return [USUAL, (MESSAGE, b"\x01" + text("slow today"))]
        return None
    environment = serve(script)
    shown = run_tool(environment, "pvget", "-M", "json", "IT")
    assert shown.stdout.startswith('IT {"number":2.5')
    for level, words in (("info", "so so"), ("warning", "hm"), ("error", "bad")):
        (line,) = [line for line in shown.stderr.splitlines() if line.endswith(": IT: " + words)]
        assert level in line
    monitor = Process([iochron_program("pvmonitor"), "IT"], environment)
    monitor.wait_for_line(": IT: slow today")
    monitor.terminate()
    monitor.stop()


@pytest.mark.parametrize("kind", ["iochron", "pvxs"])
def test_a_pvrequest_for_what_there_is_not(start, kind):
    server = start(kind, 'record(ai, "AI") {}')
    for tool in ("pvmonitor", "pvget"):
        run = run_tool(server.environment, tool, "-r", "field(nothing)", "AI", check=False)
        assert run.returncode == 1 and run.stdout == ""
        assert run.stderr.startswith("AI") and run.stderr.count("\n") == 1, run.stderr
