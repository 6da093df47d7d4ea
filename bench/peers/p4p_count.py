"""The same counting client as pvxs_count.cpp, as a user of p4p writes it: PREFIX PVS MONITORS SECONDS."""

import json
import sys
import threading
import time

from p4p.client.thread import Context

PATIENCE_S = 120


class Count:
    """What one monitor has got. p4p calls from several threads, but one at a time for each monitor."""

    def __init__(self):
        self.last = None
        self.received = self.lost = 0

    def take(self, value):
        value = int(value)
        if self.last is not None and value != self.last + 1:
            self.lost += max(value - self.last - 1, 1)
        self.last = value
        self.received += 1


def main():
    prefix, pvs, monitors, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    context = Context("pva")
    counts = [Count() for _ in range(pvs * monitors)]
    start = time.monotonic()
    kept = [context.monitor(f"{prefix}{i % pvs:06}", count.take, request="record[queueSize=64]")
            for i, count in enumerate(counts)]  # fmt: skip
    silent = lambda: sum(count.received == 0 for count in counts)
    while silent() and time.monotonic() - start < PATIENCE_S:
        time.sleep(0.05)
    subscribe_s = time.monotonic() - start
    time.sleep(0.5)
    print("measuring", flush=True)
    start, before = time.monotonic(), sum(count.received for count in counts)
    threading.Event().wait(seconds)
    received, measured = sum(count.received for count in counts) - before, time.monotonic() - start
    seen = {"subscribe s": subscribe_s, "silent": silent(), "updates/s": received / measured,
            "lost": sum(count.lost for count in counts), "seconds": measured}  # fmt: skip
    print(json.dumps(seen), flush=True)
    sys.stdin.readline()  # whoever measures this process looks at it first
    for subscription in kept:
        subscription.close()


if __name__ == "__main__":
    main()
