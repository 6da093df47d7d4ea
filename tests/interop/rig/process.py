"""A process with a time to live, whose output can be waited for. Nothing here sleeps."""
import ctypes
import signal
import subprocess
import threading

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    """In the child, before it becomes the program: killed when the test run is, so that no server is left behind."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program whose standard output and error are collected line by line."""

    def __init__(self, arguments, environment):
        self.arguments = [str(argument) for argument in arguments]
        self.lines = []
        self._news = threading.Condition()
        self._ended = False
        self._popen = subprocess.Popen(self.arguments, env=environment, text=True, bufsize=1, errors="replace",
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       preexec_fn=_die_with_parent)
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self):
        for line in self._popen.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    @property
    def pid(self):
        return self._popen.pid

    @property
    def output(self):
        with self._news:
            return "\n".join(self.lines)

    def wait_for_line(self, text, timeout=30, after=0):
        """The index of the first line at or after an index that holds a text; an error with all output otherwise."""
        with self._news:
            self._news.wait_for(lambda: self._ended or any(text in line for line in self.lines[after:]), timeout)
            for index in range(after, len(self.lines)):
                if text in self.lines[index]:
                    return index
            why = "ended without" if self._ended else f"did not within {timeout} s print"
        raise AssertionError(f"{' '.join(self.arguments)} {why} '{text}'; its output:\n{self.output}")

    def wait_for_news(self, timeout):
        """Until it prints a line or ends, or the time is over."""
        with self._news:
            if not self._ended:
                self._news.wait(timeout)

    def type(self, line):
        """Types one line on its standard input."""
        self._popen.stdin.write(line + "\n")
        self._popen.stdin.flush()

    def signal(self, number):
        self._popen.send_signal(number)

    def wait(self, timeout=10):
        """Its exit status, once it has ended by itself."""
        return self._popen.wait(timeout)

    def terminate(self):
        """Asks it to end, where the end of its input does not."""
        self._popen.terminate()

    def stop(self):
        """Ends its input, which is how an IOC is told to stop; who does not hear is killed. Returns the exit status."""
        try:
            self._popen.stdin.close()
        except BrokenPipeError:
            pass
        for insist in (lambda: None, self._popen.terminate, self._popen.kill):
            insist()
            try:
                self._popen.wait(5)
                break
            except subprocess.TimeoutExpired:
                continue
        self._thread.join(5)
        self._popen.stdout.close()
        return self._popen.returncode
