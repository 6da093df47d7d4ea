"""What a Channel Access server answers to bytes, in words that can be compared: "ERROR 142 of READ_NOTIFY; closed"."""
import socket
import struct

from rig.circuit import ECHO, ERROR, EVENT_ADD, WRITE_NOTIFY, Circuit, frame

NAMES = {0: "VERSION", 1: "EVENT_ADD", 2: "EVENT_CANCEL", 3: "READ", 4: "WRITE", 6: "SEARCH", 10: "READ_SYNC", 11: "ERROR",
         12: "CLEAR_CHANNEL", 14: "NOT_FOUND", 15: "READ_NOTIFY", 18: "CREATE_CHAN", 19: "WRITE_NOTIFY",
         20: "CLIENT_NAME", 21: "HOST_NAME", 22: "ACCESS_RIGHTS", 23: "ECHO", 26: "CREATE_CH_FAIL", 27: "SERVER_DISCONN"}
FENCE = 0x7EEDF00D  # the id of the echo behind all that is asked


def name(command):
    return NAMES.get(command, str(command))


def in_words(message):
    """Command, and what of its fields tells an outcome: sizes, counts and codes, no ids."""
    command, kind, count, p1, p2, payload = message
    if command == 11:
        return f"ERROR {p2} of {name(struct.unpack('>H', payload[:2])[0])}"
    if command == 1 and not payload:
        return "EVENT_ADD of nothing"
    if command in (1, 15):
        return f"{name(command)} {len(payload)} bytes, {count} of type {kind}, code {p1}"
    if command == 3:
        return f"READ {len(payload)} bytes, {count} of type {kind}"
    if command == 19:
        return f"WRITE_NOTIFY code {p1}"
    if command == 18:
        return f"CREATE_CHAN {count} of type {kind}"
    if command == 22:
        return f"ACCESS_RIGHTS {p2}"
    return name(command)


class Asking(Circuit):
    """A circuit that sends any bytes, and tells what comes of them. Its companions are closed with it."""

    def __init__(self, port, **more):
        super().__init__(port, **more)
        self.companions = []

    def close(self):
        for companion in self.companions:
            companion.close()
        super().close()

    def outcome(self, data, late=0, cut=False):
        """What is answered to the bytes, with an echo behind them that ends the answer; then whether the circuit stays.
        So many updates, ends of puts and errors are waited for too, since in base some come by another way. With `cut` no echo
        follows, and our side ends: all is heard until the server ends too."""
        self.send(data)
        if cut:
            self.socket.shutdown(socket.SHUT_WR)
        else:
            self.socket.sendall(frame(ECHO, p2=FENCE))
        said, echoed, seen = [], False, 0
        try:
            while cut or not echoed or seen < late:
                message = self.receive()
                if message[0] == ECHO and message[4] == FENCE:
                    echoed = True
                elif message[0] != 0:
                    seen += message[0] in (EVENT_ADD, WRITE_NOTIFY, ERROR)
                    said.append(in_words(message))
        except ConnectionError:
            said.append("closed" if not cut else "end")
        return "; ".join(sorted(said, key=lambda each: each.startswith(("EVENT_ADD", "WRITE_NOTIFY")))) or "nothing"
