"""The work of a fleet spread over the workers of a Dask cluster. The ledger stays with the caller.

    fleet = client.clusters.fleet(plan, "rename.akua-fleet")
    summary = akua.fleet.dask.run(fleet, distributed.Client("tcp://scheduler:8786"))

A worker asks for one item after the other, and for a grant before the first byte of every version that a change is
tried on: the ledger then holds the token that settles it. Every execution of a task gets leases of its own. When Dask
starts a task again, since its worker is thought dead, what the former execution had is taken back; whatever still comes
from that is refused, and its last write is settled, never sent as another one.
"""

import itertools
import json
import pickle
import time
import uuid

import cloudpickle
from distributed import KilledWorker, Queue, get_client

from akua._errors import TimeoutError
from akua.fleet._progress import DRAINING, Shown, became, effect, held_back, of
from akua.fleet._records import Counts, Ended, Started, Stopping, Summary
from akua.fleet._tables import Report

__all__ = ["run"]

# How long a worker waits for an answer, the caller between two looks at an empty queue, and at the workers; and how
# long it waits for one when there is none, in seconds.
_PATIENCE = 120
_BREATH = 0.02
_LOOK = 2
_ALONE = 600
# How often a task is begun again after its worker has died more often than Dask allows.
_TRIES = 20

_WELL = ("applied", "unchanged")


def run(fleet, cluster, *, in_flight=None, stop_after_failures=None, progress=None):
    """Carries the plan of `fleet` out, or on, by the workers of `cluster`, a `distributed.Client`."""
    for name, number in (("in_flight", in_flight), ("stop_after_failures", stop_after_failures)):
        if number is not None:
            fleet._checked(name, number)
    shown = of(progress)
    return _Keeper(fleet, cluster, stop_after_failures).run(in_flight, shown)


class _Keeper:
    """Answers what the workers ask: the only one who touches the ledger."""

    def __init__(self, fleet, cluster=None, stop_after_failures=None):
        self.fleet, self.cluster = fleet, cluster
        self.core = fleet._core
        self.name = f"akua-fleet-{uuid.uuid4().hex}"
        self.counts = self.core.begin()
        self.failures_left = stop_after_failures
        self.tried, self.stopped = 0, None
        # When to look at the workers again, and since when there are none.
        self.look, self.alone = 0, None
        self.shown = Shown(Counts(**self.counts))
        # The execution that each slot is in, those before it, what each has leased, and where an item stood at first.
        self.holder, self.past, self.leased, self.stood = {}, set(), {}, {}

    def answer(self, slot, execution, what, *rest):
        """The answer to one question of an execution of the task in `slot`."""
        if execution not in self.past and self.holder.get(slot) != execution:
            self.dead(slot)
            self.holder[slot] = execution
        if what == "grant":
            return self.core.grant(*rest)
        if rest:
            self.record(execution, *rest)
        return self.next(execution)

    def next(self, execution):
        """One more item; None if there is nothing left for this execution."""
        if self.stopped or execution in self.past:
            return None
        for item, lease, work in self.core.lease(1):
            self.leased[execution] = item
            told = json.loads(work)
            self.stood.setdefault(item, told["state"])
            self.shown.see(Started(item, told["id"], "resume" in told["work"]))
            return item, lease, told["id"], work
        return None

    def record(self, execution, item, lease, id, end):
        if not self.core.record(item, lease, end):
            return
        self.leased.pop(execution, None)
        told = json.loads(end)
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
                self.core.revoke(self.leased.pop(execution))

    def stop(self, why):
        if self.stopped is None:
            self.stopped = why
            self.shown.see(Stopping(why))

    def run(self, in_flight, shown):
        slots = min(in_flight or sum(self.cluster.nthreads().values()) or 1, max(1, Counts(**self.counts).open))
        self.shown = shown(Counts(**self.counts))
        asks = Queue(self.name, client=self.cluster)
        answers, futures, tries = {}, {}, itertools.count()
        lost = False
        # A question that was fetched and is not answered would be lost.
        with held_back() as interrupts:
            try:
                for slot in range(slots):
                    futures[slot] = self.submit(slot, next(tries))
                while futures and not lost:
                    for slot, execution, number, *question in self.asked(asks):
                        if execution not in answers:
                            answers[execution] = Queue(f"{self.name}-{execution}", client=self.cluster)
                        answers[execution].put((number, self.answer(slot, execution, *question)))
                    self.look_after(futures, tries, slots)
                    lost = self.is_alone()
                    if interrupts and self.stopped is None:
                        self.stop("asked")
                        self.shown.say(DRAINING)
            except KeyboardInterrupt as raised:
                interrupts.append(raised)
            finally:
                # Whoever is still at work gets no more grants, and is told.
                left = [answers[execution] for execution in self.holder.values() if execution in answers]
                for slot, future in futures.items():
                    self.dead(slot)
                    future.cancel()
                for queue in left:
                    queue.put((None, None))
                for queue in (asks, *answers.values()):
                    queue.close()
                self.shown.close()
        counts = Report(self.fleet.path).counts
        story = f"{self.tried} of {counts.total} items tried: {counts}"
        summary = Summary(counts, self.stopped, self.tried, story + (f"; stopped: {self.stopped}" if self.stopped else ""))
        self.shown.end(summary)
        if interrupts:
            raise became(interrupts[0], summary)
        if lost and self.stopped is None:
            told = f"the cluster had no workers for {_ALONE} s, and the ledger says what happened: {summary}"
            raise TimeoutError(f"{told} (once there are workers, run it again: it goes on from there)", effect=effect(counts))
        return summary

    def is_alone(self):
        """Whether there is nobody left to wait for: no workers for long, or no workers and nothing to be begun."""
        now = time.monotonic()
        if now >= self.look:
            self.look = now + _LOOK
            if self.cluster.nthreads():
                if self.alone is not None:
                    self.shown.say("there are workers again")
                self.alone = None
            elif self.alone is None:
                self.alone = now
                self.shown.say(f"the cluster has no workers: waiting for one, at most {_ALONE} s")
        return self.alone is not None and (self.stopped is not None or now - self.alone >= _ALONE)

    def submit(self, slot, number):
        fleet = self.fleet
        supplies = {"function": fleet._plan._asked, "kubeconfigs": fleet._kubeconfigs, "policy": fleet._policy}
        # Packed, as the scheduler looks into what it hands on, and has no token.
        packed = cloudpickle.dumps((fleet._calls, supplies))
        key = f"{self.name}-{slot}-{number}"
        return self.cluster.submit(_work, self.name, slot, packed, key=key, pure=False, retries=0)

    def asked(self, asks):
        """What is asked now."""
        questions = asks.get(batch=True)
        if not questions:
            time.sleep(_BREATH)
        return questions

    def look_after(self, futures, tries, slots):
        """Ends what has ended; what was lost is begun again, and a fault of the caller's is raised."""
        for slot, future in list(futures.items()):
            if not future.done():
                continue
            self.dead(slot)
            del futures[slot]
            if future.status == "finished":
                continue
            number = next(tries)
            if number >= slots + _TRIES or not isinstance(future.exception(), KilledWorker):
                future.result()
            if self.stopped is None:
                futures[slot] = self.submit(slot, number)


def _work(name, slot, packed):
    """The task: on a worker, one item after the other. It holds no state that a second execution could miss."""
    calls, supplies = pickle.loads(packed)
    execution, numbers = uuid.uuid4().hex, itertools.count()
    client = get_client()
    asks, answers = Queue(name, client=client), Queue(f"{name}-{execution}", client=client)

    def ask(*question):
        number = next(numbers)
        asks.put((slot, execution, number, *question))
        while True:
            answered, answer = answers.get(timeout=_PATIENCE)
            if answered is None:
                raise RuntimeError("whoever has the ledger has ended the run")
            if answered == number:
                return answer

    leased = ask("next")
    while leased is not None:
        item, lease, id, work = leased

        def grant(token, item=item, lease=lease):
            return ask("grant", item, lease, token)

        end = calls._carry_out(work, grant, **supplies)
        leased = ask("next", item, lease, id, end)
