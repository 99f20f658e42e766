"""Answers what workers elsewhere ask, and holds them to the limits of a run. It knows no engine that spreads work."""

import json
import time

from akua._callables import answer
from akua._errors import AkuaError, ConfigurationError
from akua.fleet._progress import Shown, ask_about
from akua.fleet._records import Canary, Counts, Ended, Started, Stopping

_WELL = ("applied", "unchanged")
# How many requests an item takes if nothing comes in between: a read and a write.
_USUAL = 2
# The longest that a worker is sent away to ask again, in seconds.
_AWAY = 1.0


class Keeper:
    """The only one who touches the ledger."""

    def __init__(self, fleet, *, rate=None, stop_after_failures=None, canary=None, check=None):
        self.fleet, self.core = fleet, fleet._core
        self.counts, passed = self.core.begin()
        self.failures_left = stop_after_failures
        # How many requests per second, and from when on another item may be begun.
        self.rate, self.due = rate, 0.0
        # How many items may be begun until the canary is found well, and those that were; None: as many as there are.
        counts = Counts(**self.counts)
        self.first = None if canary is None or passed else canary - (counts.total - counts.pending)
        self.check, self.begun = check, set()
        self.tried, self.to_do, self.stopped = 0, counts.open, None
        self.shown = Shown(counts)
        # The execution that each slot is in, those before it, what each has leased, and where an item stood at first.
        self.holder, self.past, self.leased, self.stood = {}, set(), {}, {}
        # Those that may have been written to in this run, and of them those whose end is not on file.
        self.wrote, self.granted = False, set()

    def answer(self, slot, execution, what, *rest):
        """The answer to one question of an execution of the task in `slot`."""
        if execution not in self.past and self.holder.get(slot) != execution:
            self.dead(slot)
            self.holder[slot] = execution
        if what == "grant":
            granted = self.core.grant(*rest)
            if granted:
                self.wrote = True
                self.granted.add(rest[0])
            return granted
        if rest:
            self.record(execution, *rest)
        return self.next(execution)

    def next(self, execution):
        """One more item; how many seconds to wait before asking again; None if there is nothing for this execution."""
        if self.stopped or execution in self.past or (self.first is not None and len(self.begun) >= self.first):
            return None
        if (wait := self.due - time.monotonic()) > 0:
            return min(wait, _AWAY)
        for item, lease, work in self.core.lease(1):
            self.leased[execution] = item
            told = json.loads(work)
            # What only settles an earlier write is no canary.
            if self.stood.setdefault(item, told["state"]) != "indeterminate":
                self.begun.add(item)
            else:
                self.wrote = True
            self.charge(_USUAL)
            self.shown.see(Started(item, told["id"], "resume" in told["work"]))
            return item, lease, told["id"], work
        return None

    def charge(self, requests):
        """So many requests more: what is new waits for its turn."""
        if self.rate is not None:
            self.due = max(self.due, time.monotonic()) + requests / self.rate

    def record(self, execution, item, lease, id, end):
        told = json.loads(end)
        self.charge(told["requests"] - _USUAL)
        if not self.core.record(item, lease, end):
            return
        self.leased.pop(execution, None)
        self.granted.discard(item)
        self.counts[self.stood.pop(item)] -= 1
        self.counts[told["state"]] += 1
        self.tried += 1
        self.shown.see(Ended(item, id, told["state"], told["detail"], Counts(**self.counts)))
        if told.get("status") == 401:
            self.stop("unauthorized")
        if self.failures_left is not None and told["state"] not in _WELL:
            self.failures_left -= 1
            if self.failures_left <= 0:
                self.stop("failures")

    def dead(self, slot):
        """What the execution in `slot` has is taken back."""
        execution = self.holder.pop(slot, None)
        if execution is not None:
            self.past.add(execution)
            if execution in self.leased:
                item = self.leased.pop(execution)
                self.begun.discard(item)
                self.core.revoke(item)

    def stands(self):
        """Where all items stand by what was told until now, as the ledger may be past reading."""
        counts = dict(self.counts)
        for item in self.granted:
            counts[self.stood[item]] -= 1
            counts["indeterminate"] += 1
        return Counts(**counts)

    def failed(self, failure):
        """What is raised when `failure` has ended the run: it speaks of the run."""
        stands = self.stands()
        if getattr(failure, "kind", None) != "ledger":
            if isinstance(failure, AkuaError) and (self.wrote or stands.indeterminate):
                # Of the worker that it came from it may say that nothing was sent; others have.
                failure.effect = "unknown"
                failure.args = (f"the run stopped: {failure.message.replace(': nothing was sent', '')}; {stands}",)
            if hasattr(failure, "add_note"):
                failure.add_note(f"akua: the run stopped: {self.tried} of {stands.total} items tried: {stands}")
            return failure
        effect = "unknown" if self.wrote or stands.indeterminate else "not_applied"
        unsent = "" if effect == "unknown" else "; no write was sent"
        why = str(failure).replace("; nothing was sent", "")
        facts = {"kind": "ledger", "effect": effect, "hint": failure.hint}
        return ConfigurationError(f"the run stopped: {why}; {stands}{unsent}", **facts)

    def stop(self, why="asked"):
        if self.stopped is None:
            self.stopped = why
            self.shown.see(Stopping(why))

    def go_on(self):
        self.core.pass_canary()
        self.first = None

    def canary_is_well(self):
        """Asks about the canary, once all that was begun has ended. Whether there is more to be done after it."""
        if self.stopped or self.first is None or len(self.begun) < self.first or self.tried >= self.to_do:
            return False
        ask_about(self, Canary(Counts(**self.counts), self.check is None), self.shown)
        if self.check is not None:
            self.go_on() if answer("check", self.check(dict(self.counts))) else self.stop("canary")
        return self.stopped is None
