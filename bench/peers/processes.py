"""Servers and clients of a comparison as processes, which see each other on loopback and nothing else."""

import os
import pathlib
import socket
import subprocess
import threading

PATIENCE_S = 240


def free_port():
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM
        ) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port > 5000:
            return str(port)


def loopback_environment():
    port, repeater, search = free_port(), free_port(), free_port()
    return {
        **os.environ,
        "IOCHRON_LOG": "warning",
        "EPICS_CA_SERVER_PORT": port,
        "EPICS_CA_REPEATER_PORT": repeater,
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
        "EPICS_CAS_SERVER_PORT": port,
        "EPICS_CAS_BEACON_PORT": repeater,
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_BROADCAST_PORT": search,
        "EPICS_PVAS_SERVER_PORT": free_port(),
        "EPICS_PVAS_BROADCAST_PORT": search,
        "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
    }


class Process:
    """A child pinned to one core that is told and says lines; it ends with this object's block."""

    def __init__(self, command, cpu, environment, errors=subprocess.DEVNULL):
        def pin():
            if cpu < os.cpu_count():
                os.sched_setaffinity(0, {cpu})

        self.command = command
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            env=environment, preexec_fn=pin,
        )  # fmt: skip
        # A child that hangs is ended, which ends every wait for a line of it.
        self.watch = threading.Timer(PATIENCE_S, self.child.kill)
        self.watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        try:
            self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.watch.cancel()

    def tell(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def expect(self, start):
        for line in self.child.stdout:
            if line.lstrip("\r").startswith(start):
                return line
        raise RuntimeError(f"{' '.join(self.command)} ended without saying '{start}'")

    def cpu_s(self):
        """The time that its threads have run, to the nanosecond; clock ticks miss a process that wakes for 50 us."""
        tasks = pathlib.Path(f"/proc/{self.child.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def resident_bytes(self):
        pages = pathlib.Path(f"/proc/{self.child.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
