"""Threads, forks, other processes, and the end of a client: nothing hangs, nothing is mixed up.

What would hang or crash if it failed runs in a Python of its own with a hard limit.
"""

import asyncio
import copy
import dataclasses
import gc
import inspect
import os
import pickle
import threading
import time

import akua
import pytest
from akua.fleet import Fleet, Plan


def test_32_threads_on_one_client(python, akua_sim):
    done = python(
        """
        import sys, threading
        import akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        start = threading.Barrier(32)
        counted = []

        def work(number):
            start.wait()
            for turn in range(25):
                cluster = client.clusters.get(f"clu_{1 + number % 5}")
                assert cluster.id == f"clu_{1 + number % 5}"
                counted.append([each.id for each in client.clusters.list()])

        threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert all(ids == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"] for ids in counted)
        print(len(counted))
        """,
        akua_sim.url,
        akua_sim.token,
    )
    assert done.stdout.strip() == str(32 * 25)
    assert len(akua_sim.log()) == 32 * 25 * 2


def test_8_threads_count_up_and_none_is_lost(akua_sim):
    akua_sim.write("clu_1", name="0")
    failed = []

    def count(client):
        try:
            for _ in range(5):
                client.clusters.edit_with(
                    "clu_1", lambda cluster: {"name": str(int(cluster.name) + 1)}, max_versions=1000
                )
        except Exception as error:
            failed.append(error)

    with akua_sim.client() as client:
        threads = [threading.Thread(target=count, args=(client,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert client.clusters.get("clu_1").name == "40"


def test_the_interpreter_is_let_go_during_a_call(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    with akua_sim.client(timeout=10) as client:
        thread = threading.Thread(target=client.clusters.get, args=("clu_1",))
        thread.start()
        while akua_sim.control({"op": "state"})["requests_held"] == 0:
            pass
        # Only because the call holds nothing, this thread gets to do all that before the call runs out of time.
        for _ in range(100):
            time.sleep(0.001)
        assert thread.is_alive()
        akua_sim.release()
        thread.join(60)
        assert not thread.is_alive()


def test_fork_with_an_open_client(python, akua_sim):
    done = python(
        """
        import os, sys
        import akua

        client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
        for number in range(5):
            client.clusters.get("clu_1")
        children = []
        for number in range(4):
            child = os.fork()
            if child == 0:
                try:
                    for turn in range(50):
                        assert client.clusters.get(f"clu_{number + 1}").id == f"clu_{number + 1}"
                    client.close()
                    os._exit(0)
                finally:
                    os._exit(1)
            children.append(child)
        for turn in range(50):
            assert client.clusters.get("clu_5").id == "clu_5"
        print([os.waitpid(child, 0)[1] for child in children])
        """,
        akua_sim.url,
        akua_sim.token,
    )
    assert done.stdout.strip() == "[0, 0, 0, 0]"


def test_fork_while_other_threads_are_in_calls(python, akua_sim):
    akua_sim.inject({"hold": "until_released"}, path="/v1/clusters/clu_2", times="forever")
    done = python(
        """
        import os, sys, threading, time
        import akua

        client = akua.Client(base_url=sys.argv[1], token=lambda: sys.argv[2], use_env=False, timeout=30)

        def stall():
            try:
                client.clusters.get("clu_2")
            except akua.AkuaError:
                pass

        for _ in range(4):
            threading.Thread(target=stall, daemon=True).start()
        client.clusters.get("clu_1")
        child = os.fork()
        if child == 0:
            # The end of the child waits for no call of its parent's.
            assert client.clusters.get("clu_3").id == "clu_3"
            sys.exit(0)
        print(os.waitpid(child, 0)[1])
        """,
        akua_sim.url,
        akua_sim.token,
    )
    assert done.stdout.strip() == "0"


def test_fork_with_a_simulator(python):
    done = python(
        """
        import os, sys
        from akua.sim import Simulator

        sim = Simulator(clusters=1)
        client = sim.client()
        client.clusters.get("clu_1")
        child = os.fork()
        if child == 0:
            assert client.clusters.get("clu_1").id == "clu_1"
            try:
                sim.log()
            except RuntimeError as error:
                assert "process" in str(error)
                sim.close()
                del sim
                sys.exit(0)
            sys.exit(1)
        print(os.waitpid(child, 0)[1])
        assert client.clusters.get("clu_1").id == "clu_1"
        sim.close()
        """
    )
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(python, akua_sim, method):
    done = python(
        """
        import multiprocessing, sys
        import akua

        def rename(url, token, cluster):
            client = akua.Client(base_url=url, token=token, use_env=False)
            renamed = client.clusters.update(cluster, name="by " + cluster.id)
            try:
                client.clusters.update(cluster, name="again")
            except akua.ConflictError as error:
                return renamed, error

        if __name__ == "__main__":
            client = akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False)
            clusters = list(client.clusters.list())
            with multiprocessing.get_context(sys.argv[3]).Pool(2) as pool:
                work = [(sys.argv[1], sys.argv[2], cluster) for cluster in clusters]
                for renamed, error in pool.starmap(rename, work):
                    assert renamed == client.clusters.get(renamed.id)
                    assert error.base == {"name": "cluster " + renamed.id[-1]}, error.base
                    assert error.status == 409
                    print(renamed.name)
        """,
        akua_sim.url,
        akua_sim.token,
        method,
    )
    assert done.stdout.splitlines() == [f"by clu_{number}" for number in range(1, 6)]


def test_a_client_dies_in_another_thread(akua_sim):
    client = akua_sim.client()
    client.clusters.get("clu_1")
    holder = [client]
    del client

    def drop():
        holder.clear()
        gc.collect()

    thread = threading.Thread(target=drop)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_a_client_dies_during_its_call(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    clusters = akua_sim.client().clusters
    got = []
    thread = threading.Thread(target=lambda: got.append(clusters.get("clu_1")))
    thread.start()
    while akua_sim.control({"op": "state"})["requests_held"] == 0:
        pass
    del clusters
    gc.collect()
    akua_sim.release()
    thread.join(60)
    assert got[0].id == "clu_1"


def test_a_client_is_closed_during_its_call(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    client = akua_sim.client()
    got = []
    thread = threading.Thread(target=lambda: got.append(client.clusters.get("clu_1")))
    thread.start()
    while akua_sim.control({"op": "state"})["requests_held"] == 0:
        pass
    client.close()
    akua_sim.release()
    thread.join(60)
    assert got[0].id == "clu_1"


def test_a_list_is_for_one_thread_at_a_time(akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="GET")
    with akua_sim.client() as client:
        clusters = client.clusters.list()
        thread = threading.Thread(target=next, args=(clusters,))
        thread.start()
        while akua_sim.control({"op": "state"})["requests_held"] == 0:
            pass
        with pytest.raises(RuntimeError, match="another thread"):
            next(clusters)
        akua_sim.release()
        thread.join(60)
        assert next(clusters).id == "clu_2"


OPTIONS = {
    "context": "ws_1",
    "timeout": 7,
    "retry_attempts": 2,
    "contract": {"key_retention": 60.0},
    "user_agent_suffix": "mine",
}

# How a program may come to a client, and what each is copied as.
CLIENTS = {
    "client": lambda client: client,
    "its clusters": lambda client: client.clusters,
    "its workspaces": lambda client: client.workspaces,
    "with options": lambda client: client.with_options(timeout=5),
}


def reads(copy):
    """Makes a call with whatever was copied or brought here."""
    calls = copy.clusters if hasattr(copy, "clusters") else copy
    got = calls.get("ws_1" if "Workspaces" in repr(calls) else "clu_1")
    return asyncio.run(awaited(got)).id if inspect.isawaitable(got) else got.id


async def awaited(call):
    return await call


@pytest.fixture
def other_token(monkeypatch):
    """The token of somebody else is in the environment, as the service there would see it."""
    monkeypatch.setenv("AKUA_API_TOKEN", "B-must-not-be-sent")


@pytest.mark.usefixtures("other_token")
@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("which", CLIENTS)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: copy.deepcopy({"in": [it]})["in"][0]])
def test_b2_a_copy_in_the_same_process_is_the_same_client(akua_sim, which, copied, asynchronous):
    make = akua.AsyncClient if asynchronous else akua.Client
    one = CLIENTS[which](make(base_url=akua_sim.url, token=akua_sim.token))
    assert copied(one) is one
    assert reads(copied(one)) in ("clu_1", "ws_1")


@pytest.mark.usefixtures("other_token")
def test_b2_what_holds_a_client_is_copied_with_that_client(akua_sim, tmp_path):
    @dataclasses.dataclass
    class Job:
        client: akua.Client
        calls: akua.Clusters
        other: akua.AsyncClient
        plan: Plan
        fleet: Fleet
        sim: object

    client = akua.Client(base_url=akua_sim.url, token=akua_sim.token)
    plan = Plan.patches({"clu_1": {"kubeconfig": "secret"}})
    with client.clusters.fleet(plan, tmp_path / "plan.akua-fleet") as fleet:
        job = Job(client, client.clusters, akua_sim.async_client(), plan, fleet, akua_sim)
        for copied in (dataclasses.asdict(job), vars(copy.copy(job)), vars(copy.deepcopy(job)), vars(dataclasses.replace(job))):
            assert all(copied[name] is given for name, given in vars(job).items())
        # The secret of a plan is still in it.
        copied["fleet"].close()
    with client.clusters.fleet(copied["plan"], tmp_path / "other.akua-fleet"):
        pass


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("which", CLIENTS)
@pytest.mark.parametrize("environment", ["none", "another token", "the same token"])
@pytest.mark.parametrize("use_env", [False, True])
def test_b2_a_given_token_stays_behind_and_no_other_takes_its_place(
    akua_sim, monkeypatch, which, asynchronous, environment, use_env
):
    monkeypatch.delenv("AKUA_API_TOKEN", raising=False)
    if environment != "none":
        monkeypatch.setenv("AKUA_API_TOKEN", "other" if environment == "another token" else akua_sim.token)
    make = akua.AsyncClient if asynchronous else akua.Client
    client = make(base_url=akua_sim.url, token=akua_sim.token, use_env=use_env, **OPTIONS)
    data = pickle.dumps(CLIENTS[which](client))
    assert akua_sim.token.encode() not in data
    there = pickle.loads(data)
    # Neither does it come back on the way to a third process.
    for copied in (there, pickle.loads(pickle.dumps(there)), copy.deepcopy(there)):
        assert akua_sim.url in repr(copied)
        for _ in range(2):
            with pytest.raises(akua.ConfigurationError, match=r"token stayed behind.*akua\.Client\(token=…\)") as told:
                reads(copied)
            assert not told.value.may_have_taken_effect
        with pytest.raises(akua.ConfigurationError, match="stayed behind"):
            (copied.clusters if hasattr(copied, "clusters") else copied).list()
    assert akua_sim.log() == []
    if hasattr(there, "with_options"):
        with pytest.raises(akua.ConfigurationError, match="stayed behind"):
            reads(there.with_options(timeout=3))
    if not asynchronous and which == "client":
        with there:
            pass


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("which", CLIENTS)
def test_b2_a_token_of_the_environment_is_that_of_the_other_environment(akua_sim, monkeypatch, which, asynchronous):
    monkeypatch.setenv("AKUA_API_TOKEN", "the-one-here")
    make = akua.AsyncClient if asynchronous else akua.Client
    data = pickle.dumps(CLIENTS[which](make(base_url=akua_sim.url, **OPTIONS)))
    assert b"the-one-here" not in data
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    assert reads(pickle.loads(data)) in ("clu_1", "ws_1")
    assert reads(pickle.loads(pickle.dumps(pickle.loads(data)))) in ("clu_1", "ws_1")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AKUA_API_TOKEN", None, "token"),
        ("AKUA_API_TOKEN", "two words", "token"),
        ("AKUA_CONTEXT", "x" * 54, "context"),
        ("HTTP_PROXY", None, None),
        ("http_proxy", "ftp://nowhere", "proxy"),
    ],
)
@pytest.mark.parametrize("asynchronous", [False, True])
def test_c4_unpickling_never_raises_its_calls_do(akua_sim, monkeypatch, tmp_path, asynchronous, name, value, told):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    make = akua.AsyncClient if asynchronous else akua.Client
    data = pickle.dumps(make(base_url=akua_sim.url))
    if value is None:
        monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv(name, value)
    there = pickle.loads(data)
    if told is None or "http_proxy" == name:
        # This machine is reached without a proxy, whatever it is.
        return
    with pytest.raises(akua.ConfigurationError, match=told):
        reads(there)
    assert akua_sim.log() == []
    # Where it is brought to next it may be of use again.
    data = pickle.dumps(there)
    monkeypatch.delenv("AKUA_CONTEXT", raising=False)
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    assert reads(pickle.loads(data)) == "clu_1"


def test_b2_a_proxy_with_a_password_stays_behind_and_is_not_passed_by(akua_sim, monkeypatch):
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    client = akua.Client(base_url=akua_sim.url, proxy="http://user:password@127.0.0.1:1")
    data = pickle.dumps(client)
    assert b"password" not in data
    with pytest.raises(akua.ConfigurationError, match="proxy.*stayed behind"):
        reads(pickle.loads(data))
    assert akua_sim.log() == []


def token_of_the_worker():
    return os.environ["A_TOKEN_OF_MINE"]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_callable_that_makes_tokens_goes_along(akua_sim, monkeypatch, asynchronous):
    monkeypatch.setenv("AKUA_API_TOKEN", "not this one")
    make = akua_sim.async_client if asynchronous else akua_sim.client
    data = pickle.dumps(make(token=token_of_the_worker))
    monkeypatch.setenv("A_TOKEN_OF_MINE", akua_sim.token)
    assert reads(pickle.loads(data)) == "clu_1"


class Mine(akua.AsyncClient):
    """Somebody's own, with more in it."""

    def __init__(self, owner, **options):
        super().__init__(**options)
        self.owner = owner


def test_b2_a_class_of_ones_own_on_top(akua_sim, monkeypatch):
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    mine = Mine("me", base_url=akua_sim.url, max_concurrency=3)
    assert copy.deepcopy(mine) is mine
    # Also after its first call, when it has threads.
    assert reads(mine) == "clu_1"
    there = pickle.loads(pickle.dumps(mine))
    assert (type(there), there.owner, there._runner.concurrency) == (Mine, "me", 3)
    assert reads(there) == "clu_1"
    with pytest.raises(TypeError):
        type("Other", (akua.Client,), {})


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_c4_a_pool_gets_an_answer(python, akua_sim, method):
    program = """
    import asyncio, multiprocessing, os, sys
    import akua

    def there_is(token):
        os.environ["AKUA_API_TOKEN"] = token

    def work(client):
        got = client.clusters.get("clu_1")
        if asyncio.iscoroutine(got):
            async def main():
                return await got
            return asyncio.run(main()).id
        return got.id

    if __name__ == "__main__":
        os.environ.pop("AKUA_API_TOKEN", None)
        url, token, method = sys.argv[1:]
        given = [kind(base_url=url, token=token, use_env=use_env)
                 for kind in (akua.Client, akua.AsyncClient) for use_env in (True, False)]
        for there in (None, "B"):
            if there:
                os.environ["AKUA_API_TOKEN"] = there
            with multiprocessing.get_context(method).Pool(1) as pool:
                for client in given:
                    try:
                        print(pool.apply(work, (client,)))
                    except akua.ConfigurationError as error:
                        assert "token=" in str(error), error
                        print("told")
        os.environ["AKUA_API_TOKEN"] = token
        # A server of forks has the environment that it was begun with.
        with multiprocessing.get_context(method).Pool(1, initializer=there_is, initargs=(token,)) as pool:
            print(pool.apply(work, (akua.Client(base_url=url),)))
            print(pool.apply(work, (akua.AsyncClient(base_url=url),)))
    """
    done = python(program, akua_sim.url, akua_sim.token, method)
    assert done.stdout.split() == ["told"] * 8 + ["clu_1"] * 2
    assert len(akua_sim.log()) == 2


def test_simulators_cannot_be_pickled(akua_sim):
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(akua_sim)
