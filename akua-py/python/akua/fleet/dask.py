"""The work of a fleet spread over the workers of a Dask cluster. The ledger stays with the caller.

    fleet = client.clusters.fleet(plan, "rename.akua-fleet")
    summary = akua.fleet.dask.run(fleet, distributed.Client("tcp://scheduler:8786"))

A worker asks for one item after the other, and for a grant before the first byte of every version that a change is
tried on: the ledger then holds the token that settles it. Every execution of a task gets leases of its own. When Dask
starts a task again, since its worker is thought dead, what the former execution had is taken back; whatever still comes
from that is refused, and its last write is settled, never sent as another one.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import time
import uuid

from akua import _akua
from akua._errors import AkuaError, ConfigurationError, TimeoutError
from akua.fleet._progress import DRAINING, Shown, ask_about, became, extra, held_back, of
from akua.fleet._records import Canary, Counts, Summary, of_event

with extra("dask", "akua.fleet.dask"):
    import cloudpickle  # type: ignore[import-untyped]
    from distributed import KilledWorker, Queue, get_client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from akua.fleet import Fleet

__all__ = ["run"]

# In seconds: how long a worker waits for an answer; the pause between two looks at an empty queue, at the workers, and of one
# that waits for an operation at whether the run stops; how long to wait for workers when there are none; and the longest that
# one is sent away to ask again.
_PATIENCE = 120
_POLL = 0.02
_LOOK = 2
_STOPS = 2
_ALONE = 600
_AWAY = 1.0
# How often a task is begun again after its worker has died more often than Dask allows.
_TRIES = 20


def run(
    fleet: Fleet,
    cluster: Any,
    *,
    in_flight: int | None = None,
    rate: float | None = None,
    stop_after_failures: int | None = None,
    canary: int | None = None,
    check: Callable[[Counts], object] | None = None,
    wait: float | None = None,
    progress: Literal["bar", "lines", False] | None = None,
) -> Summary:
    """Carries the plan of `fleet` out, or on, by the workers of `cluster`, a `distributed.Client`.

    The client goes to the workers without its token: they take theirs from their own environment (`AKUA_API_TOKEN`) if
    the client did so here, or from the callable that it was made with; with a token that was given to it they send
    nothing. So do kubeconfigs: from `kubeconfigs` of the fleet, which goes along,
    never from the plan. What goes along has to be picklable.

    Args:
        fleet: The plan in its ledger.
        cluster: The client of the Dask cluster (the extra `akua[dask]`).
        in_flight: How many items are worked on at once. As many as the workers have threads.
        rate: How many requests are sent per second on average, by all workers together, reads included. It holds back new
            items, as does a server that answers 429 or 503, asks for patience, or gets slower: for all workers together.
        stop_after_failures: After so many items that are neither applied nor unchanged nothing new is begun.
        canary: So many items go first, and nothing else is given out until they have ended; then `check` decides, here and
            not on a worker, or you are asked. It is remembered in the ledger, as that of `Fleet.run`.
        check: Called with the counts when the canary items have ended; false stops the run.
        wait: As for `Fleet.run`. A run that stops waits no longer: the workers learn of it within a second or two.
        progress: As for `Fleet.run`. So is Ctrl-C, but that a second one leaves the calls under way to the workers: what
            becomes of them is for the next run to settle.

    Raises:
        ValidationError: A limit is out of its bounds, or there is a canary, no check, and nobody to ask. Nothing was sent.
        ConfigurationError: The ledger can't be written. No write is sent whose token is not on file. The message says how
            many items stand where, and `effect` sums it up.
        TimeoutError: The cluster had no workers for ten minutes. The ledger says what happened until then (`effect` sums
            it up), and another run goes on from there. While it waits for workers it says so.
        Exception: What has ended a task more often than it may: the workers can't make a client, or die again and again.
    """
    fleet._checked(in_flight, stop_after_failures, canary, check, wait, asks=True)
    if rate is not None:
        rate = _akua.rate("rate", rate)
    shown = of(progress)
    limits = {"rate": rate, "stop_after_failures": stop_after_failures, "canary": canary, "check": check, "wait": wait}
    keeper = _Keeper(fleet, cluster, **limits)
    try:
        return keeper.run(in_flight, shown)
    finally:
        keeper.core.close()
        fleet._ran()


class _Keeper:
    """Begins tasks on the workers, passes what they ask on to the dispatcher, and sees to those that were lost."""

    def __init__(self, fleet, cluster=None, *, rate=None, stop_after_failures=None, canary=None, check=None, wait=None):
        self.fleet, self.cluster = fleet, cluster
        self.core = fleet._core.dispatch(rate, stop_after_failures, canary, check, wait)
        self.shown = Shown(self.core.counts())
        # The execution that each slot is in, those before it, and the lease that each has.
        self.holder, self.past, self.leases = {}, set(), {}
        self.name = f"akua-fleet-{uuid.uuid4().hex}"
        self.futures, self.answers, self.numbers, self.lost = {}, {}, itertools.count(), 0
        # When to look at the workers again, and since when there are none.
        self.look, self.alone = 0, None

    def run(self, in_flight, shown):
        counts = self.core.counts()
        slots = min(in_flight or sum(self.cluster.nthreads().values()) or 1, max(1, counts.open))
        self.shown = shown(counts)
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
            self.tell()
            self.shown.close()
        summary, effect = self.summary()
        self.shown.end(summary)
        if interrupts:
            raise became(interrupts[0], summary, summary.counts)
        if self.futures and summary.stopped is None:
            told = f"the cluster had no workers for {_ALONE} s, and the ledger says what happened: {summary}"
            way_out = "once there are workers, run it again: it goes on from there"
            raise TimeoutError(f"{told} ({way_out})", effect=effect)
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
                self.tell()
                if interrupts and self.core.stopped() is None:
                    self.core.stop()
                    self.shown.say(DRAINING)

    def answer(self, slot, execution, what, *rest):
        """The answer to one question of an execution of the task in `slot`: whether a write is granted, or a wait; whether the
        run stops; or one more item, how many seconds to wait before asking again, or None if there is nothing for this
        execution."""
        if execution not in self.past and self.holder.get(slot) != execution:
            self.dead(slot)
            self.holder[slot] = execution
        if what == "grant":
            return self.core.grant(*rest)
        if what == "stops":
            return execution in self.past or self.core.stopped() is not None
        if rest:
            self.leases.pop(execution, None)
            self.core.record(*rest)
        if execution in self.past:
            return None
        answer = self.core.next()
        if isinstance(answer, tuple):
            self.leases[execution] = answer[1]
        return min(answer, _AWAY) if isinstance(answer, float) else answer

    def dead(self, slot):
        """What the execution in `slot` has is taken back."""
        execution = self.holder.pop(slot, None)
        if execution is not None:
            self.past.add(execution)
            if execution in self.leases:
                self.core.lost(self.leases.pop(execution))

    def tell(self):
        """Shows what has happened meanwhile, and asks about the canary if that has ended."""
        while (told := self.core.event()) is not None:
            event = of_event(told)
            if event is not None:
                self.shown.see(event)
            if isinstance(event, Canary):
                ask_about(self.core, event, self.shown)

    def canary_is_well(self):
        """Has the canary decided about, once all that was begun has ended. Whether there is more to be done after it."""
        ended = self.core.decide()
        self.tell()
        return ended and self.core.stopped() is None

    def summary(self):
        """How the run ended, and what is known about its effect."""
        told = self.core.summary()
        effect, counts = told.pop("effect"), Counts(**told.pop("counts"))
        return Summary(counts, **told), effect

    def failed(self, failure):
        """What is raised when `failure` has ended the run: it speaks of the run."""
        try:
            summary, effect = self.summary()
        except AkuaError as told:
            return told
        if isinstance(failure, AkuaError) and effect == "unknown":
            # Of the worker that it came from it may say that nothing was sent; others have.
            failure.effect = effect
            failure.args = (f"the run stopped: {failure.message.replace(': nothing was sent', '')}; {summary.counts}",)
        if hasattr(failure, "add_note"):
            failure.add_note(f"akua: the run stopped: {summary}")
        return failure

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
        return self.alone is not None and (self.core.stopped() is not None or now - self.alone >= _ALONE)

    def submit(self, slot):
        fleet = self.fleet
        inputs = {"function": fleet._plan._asked, "kubeconfigs": fleet._kubeconfigs, "policy": fleet._policy}
        # Packed, as the scheduler looks into what it hands on, and has no token.
        packed = cloudpickle.dumps((fleet._calls, inputs))
        key = f"{self.name}-{slot}-{next(self.numbers)}"
        return self.cluster.submit(_work, self.name, slot, packed, key=key, pure=False, retries=0)

    def asked(self, asks):
        """What is asked now."""
        questions = asks.get(batch=True)
        if not questions:
            time.sleep(_POLL)
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
            if self.core.stopped() is None:
                self.futures[slot] = self.submit(slot)


def _work(name, slot, packed):
    """The task: on a worker, one item after the other. It holds no state that a second execution could miss."""
    calls, inputs = pickle.loads(packed)
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
        item, lease, _, work = leased

        def grant(token, item=item, lease=lease):
            return ask("grant", item, lease, token)

        asked = time.monotonic()

        def stops():
            nonlocal asked
            if time.monotonic() - asked < _STOPS:
                return False
            asked = time.monotonic()
            return ask("stops")

        leased = ask("next", item, lease, calls._carry_out(work, grant, stops, **inputs))
