"""Threads, forks, other processes, and the end of a client: nothing hangs, nothing is mixed up.

What would hang or crash if it failed runs in a Python of its own with a hard limit.
"""

import gc
import os
import pickle
import threading
import time

import akua
import pytest


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


def test_clients_are_pickled_without_their_secrets(akua_sim, monkeypatch):
    monkeypatch.delenv("AKUA_API_TOKEN", raising=False)
    options = {
        "context": "ws_1",
        "timeout": 7,
        "retry_attempts": 2,
        "contract": {"key_retention": 60.0},
        "proxy": "http://user:password@127.0.0.1:1",
    }
    with akua_sim.client(**options) as client:
        data = pickle.dumps(client.with_options(timeout=5))
        clusters = pickle.dumps(client.clusters)
    for secret in (akua_sim.token, "password"):
        assert secret.encode() not in data + clusters
    with pytest.raises(akua.ConfigurationError, match="token"):
        pickle.loads(data)
    monkeypatch.setenv("AKUA_API_TOKEN", akua_sim.token)
    assert pickle.loads(data).clusters.get("clu_1").id == "clu_1"
    assert pickle.loads(clusters).get("clu_1").id == "clu_1"
    assert pickle.loads(pickle.dumps(pickle.loads(data))).base_url == akua_sim.url


def token_of_the_worker():
    return os.environ["A_TOKEN_OF_MINE"]


def test_a_callable_that_makes_tokens_goes_along(akua_sim, monkeypatch):
    with akua_sim.client(token=token_of_the_worker) as client:
        data = pickle.dumps(client)
    monkeypatch.setenv("A_TOKEN_OF_MINE", akua_sim.token)
    assert pickle.loads(data).clusters.get("clu_1").id == "clu_1"


def test_simulators_cannot_be_pickled(akua_sim):
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(akua_sim)
