"""Writes that start an operation, and waiting for it: suspend, resume, delete, refresh, cancel."""

import copy
import pickle
import signal
import sys
import threading
import time

import akua
import pytest

LOST = {"delivery": {"send": "nothing", "end": "reset"}}
FAILS = {"fail": {"step": 2, "message": "no machines", "leaves": "half_done"}}


def launches(sim):
    """How many launches were accepted."""
    return sum(entry["effect"]["did"] == "accepted" for entry in sim.log())


def sent(sim):
    return [(entry["method"], entry["target"]) for entry in sim.log()]


def held(sim):
    """Nothing goes on by itself: an operation is under way until it is told."""
    sim.contract(operation_looks=None)
    return sim


def go_on(sim, operation, **how):
    sim.control({"op": "advance_operation", "id": operation, "to": "end", **how})


def test_a_cluster_is_suspended_and_resumed(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    launched = client.clusters.suspend(cluster)
    assert (launched.kind, launched.id) == ("suspend_cluster", "clu_1")
    assert (launched.end, launched.changed, launched.proof) == ("applied", True, "acknowledged")
    assert (launched.operation, launched.candidates, launched.attempts, launched.requests) == ("op_1", (), 1, 1)
    assert launched.token.startswith("akua-resume-2.")
    assert launched.explain().startswith("suspend of cluster clu_1: applied: accepted as operation op_1\n")
    shown = []
    waited = launched.wait(on_progress=shown.append)
    assert [one.state.value for one in shown] == ["RUNNING", "SUCCEEDED"]
    assert (waited.operation, waited.end, waited.later) == (shown[-1], "succeeded", ())
    assert (waited.now.state, waited.now.reconciling) == (akua.ClusterState.SUSPENDED, False)
    assert waited.message == "operation op_1: succeeded; cluster clu_1 is suspended now"
    # With the version that was just seen.
    assert client.clusters.resume(waited.now).wait().now.state is akua.ClusterState.ACTIVE
    assert launches(akua_sim) == 2


def test_each_has_its_call(client, akua_sim):
    made = [client.clusters.refresh_capabilities("clu_1"), client.clusters.delete("clu_2"), client.workspaces.delete("ws_1")]
    made.insert(1, client.operations.cancel(client.clusters.suspend("clu_3").operation))
    assert [(one.kind, one.id) for one in made] == [
        ("refresh_capabilities", "clu_1"),
        ("cancel_operation", "op_4"),
        ("delete_cluster", "clu_2"),
        ("delete_workspace", "ws_1"),
    ]
    assert [target for method, target in sent(akua_sim) if method != "GET"] == [
        "/v1/clusters/clu_1/capabilities:refresh",
        "/v1/clusters/clu_2",
        "/v1/workspaces/ws_1",
        "/v1/clusters/clu_3:suspend",
        "/v1/operations/op_4:cancel",
    ]


@pytest.mark.parametrize("kind", [akua.Clusters, akua.Workspaces, akua.Operations])
def test_no_kind_has_a_call_that_is_another_ones(kind):
    own = {
        akua.Clusters: {"create", "import_cluster", "suspend", "resume", "delete", "refresh_capabilities"},
        akua.Workspaces: {"create", "delete"},
        akua.Operations: {"cancel"},
    }
    for name in set().union(*own.values()):
        assert hasattr(kind, name) == hasattr(kind, f"{name}_once") == (name in own[kind]), name
    assert hasattr(kind, "wait") == (kind is akua.Operations)


def test_one_request_returns_the_operation(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    operation = client.clusters.suspend_once(cluster, idempotency_key="mine")
    assert (operation.id, operation.owner_id, operation.done) == ("op_1", "clu_1", False)
    assert client.operations.cancel_once(operation).id == "op_1"
    entry = akua_sim.log()[1]
    assert (entry["if_match"], entry["idempotency_key"]) == ("42", "mine")
    with pytest.raises(akua.ConflictError) as conflict:
        client.clusters.delete_once("clu_1", if_match="42")
    assert not conflict.value.may_have_taken_effect
    with pytest.raises(akua.ValidationError, match="if_match"):
        client.clusters.suspend_once("clu_2")
    akua_sim.inject(LOST, method="DELETE")
    with pytest.raises(akua.IndeterminateError) as lost:
        client.workspaces.delete_once(client.workspaces.get("ws_1"))
    assert (lost.value.resume_token, lost.value.may_have_taken_effect) == ("", True)


def test_options_are_those_that_a_launch_has(client, akua_sim):
    from akua import EditOptions, LaunchOptions

    given = {"context": None, "traceparent": None, "timeout": 9, "max_attempts": 2, "keep_resume_token": lambda token: None}
    given |= {"settle_reserve": 1, "backoff": 0, "backoff_limit": 0}
    assert set(LaunchOptions.__annotations__) == set(given)
    assert client.clusters.suspend("clu_1", **given).changed
    for name in set(EditOptions.__annotations__) - set(given):
        with pytest.raises(TypeError, match=f"suspend\\(\\) got an unexpected keyword argument '{name}'"):
            client.clusters.suspend("clu_2", **{name: 1})
    assert set(akua.WaitOptions.__annotations__) == {"context", "traceparent"}
    assert launches(akua_sim) == 1


def test_both_tokens_are_handed_out(client, akua_sim):
    kept = []
    launched = client.clusters.suspend("clu_1", keep_resume_token=lambda token: kept.append((token, launches(akua_sim))))
    assert [accepted for _, accepted in kept] == [0, 1]
    assert kept[1][0] == launched.token != kept[0][0]


def test_nothing_is_sent_if_the_token_can_not_be_kept(client, akua_sim):
    def keep(token):
        raise LookupError("the disk is full")

    with pytest.raises(LookupError, match="disk is full") as raised:
        client.clusters.suspend("clu_1", keep_resume_token=keep)
    assert launches(akua_sim) == 0
    if sys.version_info >= (3, 11):
        assert "could not be kept" in raised.value.__notes__[0]


def test_that_the_second_token_can_not_be_kept_is_told_and_loses_nothing(client, akua_sim, monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(unraisable.exc_value))

    def keep(token):
        if launches(akua_sim):
            raise LookupError("the disk is full")

    assert client.clusters.suspend("clu_1", keep_resume_token=keep).operation == "op_1"
    assert [type(error) for error in told] == [LookupError]


def test_who_wants_to_stop_then_is_told_that_it_was_accepted(client, akua_sim):
    def keep(token):
        if launches(akua_sim):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        client.clusters.suspend("clu_1", keep_resume_token=keep)
    became = raised.value.__cause__
    assert (type(became), became.effect) == (akua.CancelledError, "applied")
    assert client.operations.wait(became.resume_token).end == "succeeded"


def test_what_somebody_else_changed_first_is_a_conflict(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as conflict:
        client.clusters.suspend(cluster)
    error = conflict.value
    assert (error.kind, error.effect, error.end, error.current_etag) == ("conflict", "not_applied", "conflict", "43")
    assert error.seen_etag == "43"
    assert "decide anew" in error.hint and launches(akua_sim) == 0


def test_a_wrong_state_is_a_refusal_in_the_servers_words(client):
    with pytest.raises(akua.RejectedError) as refused:
        client.clusters.resume("clu_1")
    assert (refused.value.status, refused.value.server_errors[0].message) == (409, "The cluster is not suspended")
    with pytest.raises(akua.NotFoundError):
        client.clusters.delete("clu_99")


def test_what_already_is_so_is_unchanged_and_has_nothing_to_wait_for(akua_sim):
    with akua_sim.client(contract={"reads_linearizable": True}) as client:
        client.clusters.suspend("clu_1").wait()
        launched = client.clusters.suspend("clu_1")
        assert (launched.end, launched.changed, launched.proof) == ("unchanged", False, None)
        assert (launched.operation, launched.token, launched.wait()) == (None, None, None)
    assert launches(akua_sim) == 1


def test_what_nobody_knows_is_settled_by_its_token_and_never_issued_anew(client, akua_sim):
    held(akua_sim)
    akua_sim.inject(LOST, method="POST", times="forever")
    kept = []
    with pytest.raises(akua.IndeterminateError) as lost:
        client.clusters.suspend("clu_1", keep_resume_token=kept.append, max_attempts=1)
    error = lost.value
    assert (error.kind, error.effect, error.resume_token) == ("indeterminate", "unknown", kept[0])
    assert error.candidates == ("op_1",)
    go_on(akua_sim, "op_1")
    akua_sim.clear()
    launched = client.resolve(error.resume_token)
    assert (launched.kind, launched.changed, launched.proof) == ("suspend_cluster", True, "observed")
    assert (launched.operation, launched.wait(), launches(akua_sim)) == (None, None, 1)
    with pytest.raises(akua.ValidationError, match="another workspace context") as refused:
        client.resolve(kept[0], context="ws_1")
    assert (refused.value.effect, refused.value.may_still_land) == ("unknown", True)


def test_a_delete_whose_answer_is_lost_is_seen_to_have_worked(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.inject(LOST, method="DELETE")
    launched = client.clusters.delete(cluster)
    assert (launched.end, launched.proof, launched.operation) == ("applied", "observed", None)
    assert launches(akua_sim) == 1


def test_a_token_of_an_operation_has_nothing_to_resolve(client):
    token = client.clusters.suspend("clu_1").token
    with pytest.raises(akua.ValidationError, match="is that of an operation") as refused:
        client.resolve(token)
    assert refused.value.hint == "wait for the operation: `client.operations.wait(token)`" in refused.value.message
    # As in every language: it says nothing new of the write.
    assert (refused.value.effect, refused.value.may_still_land) == ("unknown", True)


def test_an_operation_fails(client, akua_sim):
    akua_sim.inject({"ends": FAILS}, method="POST")
    launched = client.clusters.suspend("clu_1")
    with pytest.raises(akua.OperationFailedError, match="no machines") as failed:
        launched.wait()
    error = failed.value
    assert (error.kind, error.end, error.effect) == ("operation_failed", "operation_failed", "not_applied")
    assert (error.operation.id, error.operation.state, error.operation.error.message) == ("op_1", "FAILED", "no machines")
    assert (error.now.id, error.later, error.message.splitlines()[0][:17]) == ("clu_1", (), "operation op_1: f")
    again = pickle.loads(pickle.dumps(error))
    assert (again.operation, again.now, str(again)) == (error.operation, error.now, str(error))


def test_what_others_have_started_since_is_told(client, akua_sim):
    token = client.clusters.suspend("clu_1").token
    client.operations.wait(token)
    akua_sim.control({"op": "act", "launch": "resume_cluster", "id": "clu_1"})
    waited = client.operations.wait(token)
    assert (waited.end, waited.later) == ("succeeded", ("op_2",))


@pytest.mark.parametrize(("asked", "told"), [({}, "no"), ({"asked": "yes"}, "yes"), ({"asked": "unknown"}, "unknown")])
def test_an_operation_is_cancelled(client, akua_sim, asked, told):
    akua_sim.inject({"ends": {"cancel": {"step": 1}}}, method="POST")
    launched = client.clusters.suspend("clu_1")
    with pytest.raises(akua.OperationCancelledError) as cancelled:
        client.operations.wait(launched.operation, **asked)
    assert (cancelled.value.asked_here, cancelled.value.operation.state) == (told, "CANCELLED")
    with pytest.raises(akua.ValidationError, match="asked"):
        client.operations.wait(launched.operation, asked="perhaps")


def test_whoever_cancels_has_asked_for_it(client):
    launched = client.operations.cancel(client.clusters.suspend("clu_1").operation)
    assert (launched.kind, launched.operation) == ("cancel_operation", "op_1")
    with pytest.raises(akua.OperationCancelledError) as cancelled:
        launched.wait()
    assert (cancelled.value.asked_here, cancelled.value.now.state) == ("yes", "active")
    with pytest.raises(akua.RejectedError):
        client.operations.cancel("op_1")


def test_a_person_ends_the_wait_and_the_token_goes_on(client, akua_sim):
    akua_sim.inject({"ends": {"person": {"step": 2, "as": "approval"}}}, method="POST")
    launched = client.clusters.suspend("clu_1")
    with pytest.raises(akua.StillRunningError) as running:
        launched.wait()
    error = running.value
    assert error.blocked_on == [step["name"] for step in error.operation.steps][1]
    assert (error.resume_token, error.operation.done) == (launched.token, False)
    with pytest.raises(akua.StillRunningError):
        launched.wait(timeout=1.5, stop_when_blocked=False)
    go_on(akua_sim, "op_1", ends="succeed")
    assert client.operations.wait(error.resume_token).end == "succeeded"


def test_its_time_is_its_own(akua_sim):
    held(akua_sim)
    with akua_sim.client(timeout=0.2) as client:
        launched = client.clusters.suspend("clu_1", timeout=9)
        began = time.monotonic()
        with pytest.raises(akua.StillRunningError) as running:
            client.operations.wait(launched.operation, timeout=1.2)
        assert 0.8 < time.monotonic() - began < 5
        assert (running.value.blocked_on, running.value.resume_token) == (None, "")
        # That of the client is none of its business.
        watch = lambda operation: operation.done or go_on(akua_sim, "op_1")
        assert client.operations.wait(launched.token, on_progress=watch, timeout=None).requests == 4


def test_an_operation_that_can_not_be_found_is_lost_track_of(client, akua_sim):
    token = client.clusters.suspend("clu_1").token
    akua_sim.inject({"carried_out": "no", "answer": {"status": 403}}, kind="operation", times="forever")
    with pytest.raises(akua.LostTrackError) as lost:
        client.operations.wait(token)
    assert (lost.value.kind, lost.value.operation, lost.value.resume_token) == ("lost_track", None, token)
    assert lost.value.now.id == "clu_1"


def test_whoever_watches_ends_the_wait_with_false(client, akua_sim):
    launched = client.clusters.suspend("clu_1")
    with pytest.raises(akua.StillRunningError) as running:
        launched.wait(on_progress=lambda operation: False)
    assert (running.value.operation.id, running.value.requests) == ("op_1", 1)
    # Only False does.
    for answer in (None, 0, True, "", []):
        assert client.operations.wait(launched.token, on_progress=lambda operation, answer=answer: answer).end == "succeeded"


def test_what_whoever_watches_raises_is_raised(client, akua_sim):
    def watch(operation):
        raise LookupError("mine")

    launched = client.clusters.suspend("clu_1")
    with pytest.raises(LookupError, match="mine") as raised:
        launched.wait(on_progress=watch)
    assert len([target for _, target in sent(akua_sim) if "/operations/" in target]) == 1
    if sys.version_info >= (3, 11):
        assert raised.value.__notes__ == ["akua: operation op_1: still running"]
    with pytest.raises(TypeError, match="on_progress is to be a callable that takes an operation"):
        launched.wait(on_progress=1)


def test_what_can_be_waited_for(client, akua_sim):
    kept = []
    launched = client.clusters.suspend("clu_1", keep_resume_token=kept.append)
    result = client.clusters.edit("clu_2", name="x", keep_resume_token=kept.append)
    operation = client.operations.get(launched.operation)
    for which in (launched.token, f" {launched.token}\n", launched.operation, operation):
        assert client.operations.wait(which).operation.id == "op_1"
    requests = len(akua_sim.log())
    for token, problem in ((kept[0], "launch"), (kept[2], "edit"), (launched.token[:-1], "resume-token"), ("", "`id`")):
        with pytest.raises(akua.ValidationError, match=problem):
            client.operations.wait(token)
    with pytest.raises(akua.ValidationError, match="another workspace context"):
        client.operations.wait(launched.token, context="ws_1")
    with pytest.raises(TypeError, match="Operation, its id, or a token"):
        client.operations.wait(result)
    assert len(akua_sim.log()) == requests


def test_a_launch_in_a_context_is_waited_for_in_it(akua_sim):
    with akua_sim.client(token=akua_sim.broad_token) as client:
        assert client.clusters.suspend("clu_1", context="ws_1").wait().now.state == "suspended"
        assert client.with_options(context="ws_1").clusters.resume("clu_1").wait().now.state == "active"


def test_they_can_be_kept_compared_and_shown(akua_sim):
    with akua_sim.client() as client:
        launched = client.clusters.suspend("clu_1")
        waited = launched.wait()
        other = client.clusters.suspend("clu_2")
    for one in (launched, waited):
        again = pickle.loads(pickle.dumps(one))
        assert again == one and hash(again) == hash(one) and repr(again) == repr(one)
        assert akua_sim.token not in repr(one) + one._repr_html_() + str(pickle.dumps(one))
    assert launched != other and copy.copy(launched) is copy.deepcopy(launched) is launched
    assert repr(launched) == (
        "Launched(kind='suspend_cluster', id='clu_1', end='applied', proof='acknowledged', operation='op_1')"
    )
    assert "op_1" in launched._repr_html_() and "suspended" in waited._repr_html_()
    # It holds no client where it was brought to, and says what to do.
    with pytest.raises(RuntimeError, match=r"client\.operations\.wait\(launched\.token\)"):
        pickle.loads(pickle.dumps(launched)).wait()
    with pytest.raises(RuntimeError, match="closed"):
        launched.wait()


def test_ctrl_c_ends_a_wait_and_does_nothing_to_the_operation(client, akua_sim, heard):
    held(akua_sim).contract(operation_waits="hold")
    launched = client.clusters.suspend("clu_1")

    def interrupt():
        while not any(target.endswith(":wait?timeout=30") for _, target in sent(akua_sim)):
            time.sleep(0.002)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt) as raised:
        launched.wait()
    thread.join()
    became = raised.value.__cause__
    assert (type(became), became.effect, became.resume_token) == (akua.CancelledError, "not_applied", launched.token)
    assert "does nothing to what it waits for" in became.message
    go_on(akua_sim, "op_1")
    assert client.operations.wait(became.resume_token).end == "succeeded"
