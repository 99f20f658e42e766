"""Follows a run for a person: a bar, plain lines, or nothing; asks about the canary; and lets Ctrl-C drain it.

What is shown decides nothing: where it can't be written, it is lost, and the run goes on.
"""

import contextlib
import io
import os
import signal
import sys
import threading
import time

from akua import _akua
from akua._errors import CancelledError
from akua.fleet._records import Accepted, Canary, Ended, Rate, Stopping

# Lines come so often at most, in seconds, and so many items that did not end well are told while the run goes on.
_EVERY = 5
_TROUBLES = 10

# What needs nobody: it is as wanted, or its operation goes on.
_WELL = ("applied", "unchanged", "started")

DRAINING = "finishing the items that were already started; press Ctrl-C again to abort them"


def in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


def is_terminal(stream):
    with contextlib.suppress(Exception):
        return stream.isatty()
    return False


def can_ask():
    # `input` wants all three.
    return in_notebook() or is_terminal(sys.stdin) and None not in (sys.stdout, sys.stderr)


@contextlib.contextmanager
def extra(name, what):
    """Imports what an extra of the package brings, or says which."""
    try:
        yield
    except ModuleNotFoundError as missing:
        told = f"{what} needs {missing.name}, which is not installed: pip install 'akua[{name}]'"
        raise ModuleNotFoundError(told, name=missing.name) from missing


def tqdm():
    """The bar for this place; in a notebook without widgets one of text, without a word about that."""
    import warnings

    with warnings.catch_warnings(), extra("fleet", 'progress="bar"'):
        warnings.filterwarnings("ignore", message="IProgress not found")
        from tqdm.auto import tqdm  # type: ignore[import-untyped]
    return tqdm


def of(progress):
    """What is shown: by `"bar"`, `"lines"`, False for nothing, None for what suits the place."""
    if progress is None:
        if not in_notebook() and not is_terminal(sys.stderr):
            return Lines
        try:
            tqdm()
        except ImportError:
            return Lines
        return Bar
    if progress == "bar":
        tqdm()
        return Bar
    if progress == "lines":
        return Lines
    if progress is False:
        return Shown
    from akua.fleet._plan import invalid

    raise invalid("progress", f'is {progress!r} ("bar", "lines", False or None are allowed)')


class _StandardError:
    """Standard error as it is now, for text that is lost if it can't be written there."""

    def write(self, text):
        stream = sys.stderr
        with contextlib.suppress(Exception):
            encoding = getattr(stream, "encoding", None) or "utf-8"
            data = text.encode(encoding, "backslashreplace")
            if not isinstance(stream, io.TextIOWrapper):
                stream.write(data.decode(encoding))
                return stream.flush()
            # Past its buffer: what is left in there would fail at the end of the process, and make its exit code.
            stream.flush()
            while data:
                data = data[os.write(stream.fileno(), data) :]

    def flush(self):
        pass

    def __getattr__(self, name):
        return getattr(sys.stderr, name)


_STDERR = _StandardError()


def line(text):
    return f"akua: {_akua.printable(str(text))}"


class Shown:
    """Shows nothing."""

    def __init__(self, counts):
        self.open = counts.open
        self.tried = self.troubles = 0
        self.counts = counts
        # The items whose operations are waited for.
        self.waiting = set()

    def see(self, event):
        if isinstance(event, Ended):
            self.tried += 1
            self.counts = event.counts
            self.waiting.discard(event.item)
            self.advance(1)
            if event.state not in _WELL:
                self.troubles += 1
                if self.troubles <= _TROUBLES:
                    self.say(f"{event.id}: {event.detail}")
                elif self.troubles == _TROUBLES + 1:
                    self.say("others that did not end well are in the report")
        elif isinstance(event, Accepted):
            self.waiting.add(event.item)
            self.advance(0)
        elif isinstance(event, Rate):
            if event.slowed:
                self.say(f"slower, for the server's sake: {event.per_second:.1f} requests per second")
        elif isinstance(event, Stopping):
            self.say(f"stopping ({event.why}): nothing new is begun")

    def story(self):
        under_way = f"; {len(self.waiting)} operations under way" if self.waiting else ""
        return f"{self.counts}{under_way}"

    def advance(self, *told):
        pass

    say = pause = end = close = advance


class Lines(Shown):
    """Plain lines on standard error, for logs."""

    def __init__(self, counts):
        super().__init__(counts)
        self.told = time.monotonic()
        self.say(f"{self.open} of {counts.total} items to be tried")

    def advance(self, ended):
        if time.monotonic() - self.told >= _EVERY:
            self.told = time.monotonic()
            self.say(f"{self.tried} of {self.open} tried: {self.story()}")

    def say(self, text):
        _STDERR.write(f"{line(text)}\n")

    def end(self, summary):
        self.say(summary)


class Bar(Shown):
    """A bar of tqdm's, in a terminal or a notebook."""

    def __init__(self, counts):
        super().__init__(counts)
        self.bar = None
        # In a notebook it is no text, and looks for its place by itself.
        where = {} if in_notebook() else {"file": _STDERR}
        with contextlib.suppress(Exception):
            self.bar = tqdm()(total=self.open, unit="item", desc="akua", dynamic_ncols=True, **where)

    def _does(self, what, *args, **options):
        with contextlib.suppress(Exception):
            getattr(self.bar, what)(*args, **options)

    def advance(self, ended):
        self._does("set_postfix_str", self.story(), refresh=not ended)
        if ended:
            self._does("update")

    def say(self, text):
        self._does("write", line(text), file=_STDERR)

    def pause(self):
        self._does("clear")

    def close(self):
        self._does("close")


def follow(run, shown):
    """Reads the events of `run` to its end. Ctrl-C stops it, a second one ends the calls under way; raised at its end,
    with what was recorded as its cause and note."""
    interrupts, failed = [], None
    shown = shown(run.counts)

    def note(number, frame):
        # Only the first is raised: what it begins must not be cut short before the end is known.
        interrupts.append(KeyboardInterrupt())
        if len(interrupts) == 1:
            raise interrupts[0]
        run.cancel()

    with handled(note):
        while True:
            try:
                for event in run:
                    shown.see(event)
                    if isinstance(event, Canary) and not interrupts:
                        ask_about(run, event, shown)
                summary = run.finish()
                break
            except KeyboardInterrupt as raised:
                if raised not in interrupts:
                    interrupts.append(raised)
                if len(interrupts) == 1:
                    run.stop()
                    shown.say(DRAINING)
                else:
                    run.cancel()
            except Exception as raised:
                # Of the question: the run is ended first. Of the run itself: it has ended.
                if failed is not None:
                    raise
                failed = raised
                run.stop()
    shown.close()
    if failed is not None:
        raise failed
    if summary is None:
        # The check was interrupted, which ends the run without a summary.
        raise became(interrupts[0], str(run.counts), run.counts)
    shown.end(summary)
    if interrupts:
        raise became(interrupts[0], summary, summary.counts)
    return summary


def ask_about(run, event, shown):
    if not event.asks:
        return shown.say(f"the first items have ended: {event.counts}; the check decides")
    shown.pause()
    answer = input(f"akua: the first items have ended: {event.counts}. Go on? [y/N] ")
    if answer.strip().lower() in ("y", "yes"):
        run.go_on()
    else:
        run.stop()


def effect(counts):
    # Of an operation that goes on, or has ended otherwise than it should, nobody knows how much was done.
    if counts.indeterminate or counts.started or counts.failed or counts.cancelled or counts.lost_track:
        return "unknown"
    return "applied" if counts.applied else "not_applied"


@contextlib.contextmanager
def handled(note):
    """Ctrl-C is told to `note`. Where it does something else than raise, that is left as it is."""
    here = threading.current_thread() is threading.main_thread()
    usual = here and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if usual:
        signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        if usual:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def held_back(interrupts):
    """Ctrl-C goes into a list, for whoever must not be interrupted in the middle of something; a second one is raised."""

    def note(number, frame):
        if interrupts:
            raise KeyboardInterrupt
        interrupts.append(KeyboardInterrupt())

    return handled(note)


def became(interrupted, story, counts):
    """What Ctrl-C raised, with what the ledger says."""
    message = f"the run was interrupted, and the ledger says what happened: {story}"
    if hasattr(interrupted, "add_note"):
        interrupted.add_note(f"akua: {message}")
    interrupted.__cause__ = CancelledError(message, effect=effect(counts))
    return interrupted
