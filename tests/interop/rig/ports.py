"""Ports that nobody uses, and an environment in which EPICS programs see one server on loopback and nothing else."""
import os
import random
import socket

# Below the range from which the kernel picks ports for outgoing connections, so that none of those can take ours.
FIRST, LAST = 20000, 32000


def _is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_ports(count):
    """Different ports, free for TCP and for UDP."""
    found = []
    for port in random.sample(range(FIRST, LAST), LAST - FIRST):
        if _is_free(port):
            found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError("no free ports on loopback")


def private_environment():
    """An environment for one server and its clients. A PV of another server of the machine is never found by it."""
    ca, repeater, pva, broadcast = free_ports(4)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EPICS_", "PYEPICS_"))}
    return kept | {
        "EPICS_CA_ADDR_LIST": "127.0.0.1",
        "EPICS_CA_AUTO_ADDR_LIST": "NO",
        "EPICS_CA_SERVER_PORT": str(ca),
        "EPICS_CA_REPEATER_PORT": str(repeater),
        "EPICS_CAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_CAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_CAS_SERVER_PORT": str(ca),
        "EPICS_PVA_ADDR_LIST": "127.0.0.1",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_SERVER_PORT": str(pva),
        "EPICS_PVA_BROADCAST_PORT": str(broadcast),
        "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.1",
        "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
        "EPICS_PVAS_SERVER_PORT": str(pva),
        "EPICS_PVAS_BROADCAST_PORT": str(broadcast),
    }
