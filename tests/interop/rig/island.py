"""A network namespace in which a test runs programs, and whose link it may cut: no other test notices."""
import subprocess

import pytest


class Island:
    """All programs in it reach one another over its loopback interface, which `cut` takes away and `mend` gives back:
    packets are lost meanwhile, and no connection is told."""

    def __init__(self):
        self._keeper = subprocess.Popen(["unshare", "--user", "--map-root-user", "--net", "cat"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._keeper.stdin.write("here\n")
        self._keeper.stdin.flush()
        said = self._keeper.stdout.readline()
        if said != "here\n":
            self.close()
            pytest.skip(f"network namespaces are not allowed here: {said.strip()}")
        self.mend()

    def command(self, arguments):
        """The arguments that run a program in it."""
        return ["nsenter", "-t", str(self._keeper.pid), "--user", "--net", "--preserve-credentials", *arguments]

    def run(self, *arguments):
        subprocess.run(self.command(arguments), check=True, capture_output=True, timeout=20)

    def set(self, name, value):
        """A kernel setting of the namespace: "tcp_retries2"."""
        self.run("sh", "-c", f"echo {value} > /proc/sys/net/ipv4/{name}")

    def cut(self):
        self.run("ip", "link", "set", "lo", "down")

    def mend(self):
        self.run("ip", "link", "set", "lo", "up")

    def close(self):
        self._keeper.stdin.close()
        self._keeper.wait(10)
        self._keeper.stdout.close()
