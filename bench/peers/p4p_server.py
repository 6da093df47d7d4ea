"""PVS SharedPVs of NTScalar('i') that count at RATE, as a user of p4p serves them. Ends with its standard input; the
line "stop" ends the counting."""

import sys
import threading
import time

from p4p.nt import NTScalar
from p4p.server import Server
from p4p.server.thread import SharedPV


def count(pvs, period, stop):
    start, number = time.monotonic(), 0
    while not stop.wait(max(0, start + (number + 1) * period - time.monotonic())):
        number += 1
        for pv in pvs:
            pv.post(number, timestamp=time.time())


def main():
    names = [f"BENCH{i:06}" for i in range(int(sys.argv[1]))]
    pvs = [SharedPV(nt=NTScalar("i"), initial=0) for _ in names]
    stop = threading.Event()
    with Server(providers=[dict(zip(names, pvs))]):
        counting = threading.Thread(target=count, args=(pvs, 1 / float(sys.argv[2]), stop))
        counting.start()
        print("iocRun: All initialization complete", flush=True)
        for line in sys.stdin:
            if line.strip() == "stop":
                stop.set()
                counting.join()
                print("stopped", flush=True)
        stop.set()
        counting.join()


if __name__ == "__main__":
    main()
