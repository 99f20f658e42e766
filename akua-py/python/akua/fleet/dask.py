"""The work of a fleet spread over the workers of a Dask cluster. The ledger stays with the caller.

    fleet = client.clusters.fleet(plan, "rename.akua-fleet")
    summary = akua.fleet.dask.run(fleet, distributed.Client("tcp://scheduler:8786"))

A worker asks for one item after the other, and for a grant before the first byte of every version that a change is
tried on: the ledger then holds the token that settles it. Every execution of a task gets leases of its own. When Dask
starts a task again, since its worker is thought dead, what the former execution had is taken back; whatever still comes
from that is refused, and its last write is settled, never sent as another one.
"""

import contextlib
import itertools
import pickle
import time
import uuid

import cloudpickle
from distributed import KilledWorker, Queue, get_client

from akua._errors import ConfigurationError, TimeoutError
from akua.fleet import _invalid
from akua.fleet._keeper import Keeper
from akua.fleet._progress import DRAINING, became, effect, held_back, of
from akua.fleet._records import Counts, Summary
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


def run(
    fleet,
    cluster,
    *,
    in_flight=None,
    rate=None,
    stop_after_failures=None,
    canary=None,
    check=None,
    progress=None,
):
    """Carries the plan of `fleet` out, or on, by the workers of `cluster`, a `distributed.Client`."""
    fleet._checked(in_flight, stop_after_failures, canary, check, asks=True)
    if rate is not None and not 0 < rate < float("inf"):
        raise _invalid("rate", "is no rate (a number greater than 0 is)")
    shown = of(progress)
    limits = {"rate": rate, "stop_after_failures": stop_after_failures, "canary": canary, "check": check}
    return _Keeper(fleet, cluster, **limits).run(in_flight, shown)


class _Keeper(Keeper):
    """Begins tasks on the workers, fetches what they ask, and sees to those that were lost."""

    def __init__(self, fleet, cluster=None, **limits):
        super().__init__(fleet, **limits)
        self.cluster = cluster
        self.name = f"akua-fleet-{uuid.uuid4().hex}"
        self.futures, self.answers, self.numbers, self.lost = {}, {}, itertools.count(), 0
        # When to look at the workers again, and since when there are none.
        self.look, self.alone = 0, None

    def run(self, in_flight, shown):
        slots = min(in_flight or sum(self.cluster.nthreads().values()) or 1, max(1, self.to_do))
        self.shown = shown(Counts(**self.counts))
        asks = Queue(self.name, client=self.cluster)
        interrupts = []
        try:
            self.spread(slots, asks, interrupts)
            while not interrupts and not self.futures and self.canary_is_well():
                self.spread(slots, asks, interrupts)
        except KeyboardInterrupt as raised:
            interrupts.append(raised)
        except Exception as failure:
            if (told := self.failed(failure)) is failure:
                raise
            raise told from failure
        finally:
            # Whoever is still at work gets no more grants, and is told.
            left = [self.answers[execution] for execution in self.holder.values() if execution in self.answers]
            for slot, future in self.futures.items():
                # A ledger that can't be written leases nothing to anybody else either.
                with contextlib.suppress(ConfigurationError):
                    self.dead(slot)
                future.cancel()
            for queue in left:
                queue.put((None, None))
            for queue in (asks, *self.answers.values()):
                queue.close()
            self.shown.close()
        counts = Report(self.fleet.path).counts
        story = f"{self.tried} of {counts.total} items tried: {counts}"
        summary = Summary(counts, self.stopped, self.tried, story + (f"; stopped: {self.stopped}" if self.stopped else ""))
        self.shown.end(summary)
        if interrupts:
            raise became(interrupts[0], summary, summary.counts)
        if self.futures and self.stopped is None:
            told = f"the cluster had no workers for {_ALONE} s, and the ledger says what happened: {summary}"
            way_out = "once there are workers, run it again: it goes on from there"
            raise TimeoutError(f"{told} ({way_out})", effect=effect(counts))
        return summary

    def spread(self, slots, asks, interrupts):
        """Begins a task in each slot and answers until all have ended, or nobody is left to wait for."""
        # A question that was fetched and is not answered would be lost.
        with held_back(interrupts):
            for slot in range(slots):
                self.futures[slot] = self.submit(slot)
            while self.futures and not self.is_alone():
                for slot, execution, number, *question in self.asked(asks):
                    if execution not in self.answers:
                        self.answers[execution] = Queue(f"{self.name}-{execution}", client=self.cluster)
                    self.answers[execution].put((number, self.answer(slot, execution, *question)))
                self.look_after()
                if interrupts and self.stopped is None:
                    self.stop()
                    self.shown.say(DRAINING)

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

    def submit(self, slot):
        fleet = self.fleet
        supplies = {"function": fleet._plan._asked, "kubeconfigs": fleet._kubeconfigs, "policy": fleet._policy}
        # Packed, as the scheduler looks into what it hands on, and has no token.
        packed = cloudpickle.dumps((fleet._calls, supplies))
        key = f"{self.name}-{slot}-{next(self.numbers)}"
        return self.cluster.submit(_work, self.name, slot, packed, key=key, pure=False, retries=0)

    def asked(self, asks):
        """What is asked now."""
        questions = asks.get(batch=True)
        if not questions:
            time.sleep(_BREATH)
        return questions

    def look_after(self):
        """Ends what has ended; what was lost is begun again, and a fault of the caller's is raised."""
        for slot, future in list(self.futures.items()):
            if not future.done():
                continue
            self.dead(slot)
            del self.futures[slot]
            if future.status == "finished":
                continue
            self.lost += 1
            if self.lost > _TRIES or not isinstance(future.exception(), KilledWorker):
                future.result()
            if self.stopped is None:
                self.futures[slot] = self.submit(slot)


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
        if isinstance(leased, float):
            time.sleep(leased)
            leased = ask("next")
            continue
        item, lease, id, work = leased

        def grant(token, item=item, lease=lease):
            return ask("grant", item, lease, token)

        end = calls._carry_out(work, grant, **supplies)
        leased = ask("next", item, lease, id, end)
