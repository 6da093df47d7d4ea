"""A CA repeater for one environment. libca starts a repeater process of its own, which outlives it, unless somebody
holds the port; this one holds the port and confirms registrations, so nothing is left behind and nobody waits."""
import socket
import struct
import threading

REPEATER_CONFIRM = 17


class Repeater:
    def __init__(self, port):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        confirm = struct.pack(">HHHHI4s", REPEATER_CONFIRM, 0, 0, 0, 0, socket.inet_aton("127.0.0.1"))
        while True:
            data, sender = self._socket.recvfrom(65536)
            if data == b"stop":
                return
            if len(data) in (0, 16):
                self._socket.sendto(confirm, sender)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wake:
            wake.sendto(b"stop", self._socket.getsockname())
        self._thread.join(60)
        self._socket.close()
