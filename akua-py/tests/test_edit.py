"""edit, edit_with, resolve and wait_settled: whatever happens in between, the truth is told."""

import akua
import pytest

LOST = {"delivery": {"send": "nothing", "end": "reset"}}


def writes(sim):
    return [entry for entry in sim.log() if entry["method"] == "PATCH"]


def landed(sim, id="clu_1"):
    return sum(version["author"]["by"] == "request" for version in sim.history(id))


def test_edit(client):
    cluster = client.clusters.get("clu_1")
    result = client.clusters.edit(cluster, name="prod-eu")
    assert result.changed
    assert result.proof == "acknowledged"
    assert (result.attempts, result.requests) == (1, 1)
    assert result.resource.name == "prod-eu"
    assert "applied" in result.explain()
    assert "PATCH" in result.explain()


def test_edit_of_what_already_is_so_sends_no_write(client, akua_sim):
    result = client.clusters.edit("clu_1", name="cluster 1")
    assert not result.changed
    assert result.proof is None
    assert result.attempts == 0
    assert result.resource.name == "cluster 1"
    assert writes(akua_sim) == []


def test_a3_what_the_server_stores_otherwise_is_listed(client, akua_sim):
    akua_sim.inject({"stores": "trimmed"}, method="PATCH")
    result = client.clusters.edit("clu_1", name=" prod ")
    assert (result.changed, result.proof, result.resource.name) == (True, "acknowledged", "prod")
    [report] = result.adjusted
    assert (report.field, report.base, report.ours, report.theirs) == ("name", "cluster 1", " prod ", "prod")
    assert result.not_taken == ()
    assert "adjusted=['name']" in repr(result)
    assert "adjusted by the server: name" in result.explain()


def test_a3_what_the_server_does_not_take_is_listed(client, akua_sim):
    akua_sim.inject({"stores": "some"}, method="PATCH")
    result = client.clusters.edit("clu_1", name="prod", provider="imported_byoc")
    assert [report.field for report in result.not_taken] == ["provider"]
    assert result.adjusted == ()
    plain = client.clusters.edit("clu_2", name="prod")
    assert (plain.adjusted, plain.not_taken) == ((), ())
    assert "adjusted" not in repr(plain)


def test_a3_a_200_that_changed_nothing_is_no_success(client, akua_sim):
    akua_sim.inject({"stores": "none"}, method="PATCH")
    with pytest.raises(akua.RejectedError, match="answered 200 and changed nothing") as caught:
        client.clusters.edit("clu_1", name="prod")
    error = caught.value
    assert (error.status, error.effect, error.current_etag) == (200, "not_applied", "42")
    assert not error.may_have_taken_effect
    assert (error.ours, error.theirs) == ({"name": "prod"}, {"name": "cluster 1"})
    assert error.resource.etag == "42"
    assert landed(akua_sim) == 0


def test_a4_a_value_that_somebody_else_has_written_is_unchanged(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="prod")
    result = client.clusters.edit(cluster, name="prod")
    assert (result.changed, result.proof, landed(akua_sim)) == (False, None, 0)


@pytest.mark.parametrize("wanted", ["mine again", "mine"])
@pytest.mark.parametrize("lag", [1, "forever"])
def test_a5_an_older_version_after_our_own_edit_is_nobodys_change(client, akua_sim, wanted, lag):
    mine = client.workspaces.edit("ws_1", name="mine").resource
    akua_sim.inject({"carried_out": "no", "answer": {"status": 409}}, method="PATCH", times="forever")
    akua_sim.inject({"stale_by": 1, "answer": {"set": {"updated_at": 1}}}, method="GET", times=lag)
    if (wanted, lag) == ("mine", 1):
        assert not client.workspaces.edit(mine, name=wanted).changed
        return
    with pytest.raises(akua.AkuaError) as told:
        client.workspaces.edit(mine, name=wanted)
    assert not isinstance(told.value, akua.ConflictError)
    assert "somebody else" not in str(told.value)
    assert told.value.effect == "not_applied"


def test_another_field_is_merged(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", provider="imported_byoc")
    result = client.clusters.edit(cluster, name="mine")
    assert (result.resource.name, result.resource.provider) == ("mine", "imported_byoc")
    assert result.attempts == 2


def test_on_conflict_fail_merges_nothing(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", provider="imported_byoc")
    with pytest.raises(akua.ConflictError):
        client.clusters.edit(cluster, name="mine", on_conflict="fail")
    assert landed(akua_sim) == 0


def test_the_same_field_is_a_conflict(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, name="mine")
    conflict = caught.value
    assert (conflict.base, conflict.ours) == ({"name": "cluster 1"}, {"name": "mine"})
    assert conflict.theirs == {"name": "theirs"}
    assert conflict.current_etag == "43"
    assert conflict.resource == client.clusters.get("clu_1")
    assert conflict.facts == (
        akua.FieldReport(field="name", base="cluster 1", ours="mine", theirs="theirs", state="conflicting", absent=()),
    )
    assert not conflict.may_have_taken_effect
    # The way out that the message names: ours over the version just seen.
    assert client.clusters.edit(conflict.resource, **conflict.ours).resource.name == "mine"


def test_a_write_only_field_is_not_merged_unless_told(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, region_id="reg_eu")
    assert caught.value.facts[0].state == "unseen"
    result = client.clusters.edit(cluster, region_id="reg_eu", overwrite_unseen=True)
    assert result.resource.name == "theirs"


def test_a_lost_answer_is_settled(client, akua_sim):
    akua_sim.inject(LOST, method="PATCH")
    result = client.clusters.edit("clu_1", name="prod")
    assert result.changed
    assert result.attempts == 2
    assert landed(akua_sim) == 1


def test_an_answer_lost_for_good_is_indeterminate(client, akua_sim):
    akua_sim.inject(LOST, method="PATCH", times="forever")
    cluster = client.clusters.get("clu_1")
    akua_sim.inject({"carried_out": "no", "answer": {"status": 503}}, method="GET", times="forever")
    with pytest.raises(akua.IndeterminateError) as caught:
        client.clusters.edit(cluster, name="prod", timeout=3)
    error = caught.value
    assert error.may_have_taken_effect
    assert error.may_still_land
    assert error.facts[0].ours == "prod"
    assert error.resume_token.startswith("akua-resume-1.")
    akua_sim.clear()
    result = client.resolve(error.resume_token)
    assert result.changed
    assert result.resource.name == "prod"
    assert landed(akua_sim) == 1


def test_resolve_by_looking_sends_no_write(client, akua_sim):
    akua_sim.inject({"hold": "until_released"}, method="PATCH", times="forever")
    cluster = client.clusters.get("clu_1")
    with pytest.raises(akua.IndeterminateError) as caught:
        client.clusters.edit(cluster, name="prod", timeout=2, max_attempts=1)
    before = len(writes(akua_sim))
    with pytest.raises(akua.IndeterminateError) as again:
        client.resolve(caught.value.resume_token, mode="look", timeout=2)
    assert again.value.may_still_land
    assert len(writes(akua_sim)) == before


def test_resolve_needs_the_kubeconfig_that_was_written(client, akua_sim):
    akua_sim.inject(LOST, method="PATCH", times="forever")
    with pytest.raises(akua.IndeterminateError) as caught:
        client.clusters.edit("clu_1", kubeconfig="the-secret-kubeconfig", timeout=2)
    error = caught.value
    assert "the-secret-kubeconfig" not in str(error) + error.explain() + error.resume_token + repr(vars(error))
    assert error.ours == {"kubeconfig": None}
    for wrong in ({}, {"kubeconfig": "another"}):
        with pytest.raises(akua.ValidationError, match="kubeconfig"):
            client.resolve(error.resume_token, mode="look", **wrong)


def test_resolve_of_a_workspace_edit(client, akua_sim):
    akua_sim.inject(LOST, method="PATCH", times="forever")
    with pytest.raises(akua.IndeterminateError) as caught:
        client.workspaces.edit("ws_1", name="blue", timeout=2, max_attempts=1)
    akua_sim.clear()
    assert client.resolve(caught.value.resume_token).resource.name == "blue"


@pytest.mark.parametrize("token", ["", "x", "akua-resume-9.a.b", "akua-resume-1.a.b"])
def test_a_token_that_is_none_is_refused(client, akua_sim, token):
    with pytest.raises(akua.ValidationError, match="resume-token"):
        client.resolve(token)
    assert akua_sim.log() == []


def test_a_mode_that_is_none_is_refused(client):
    with pytest.raises(akua.ValidationError, match="mode"):
        client.resolve("", mode="maybe")


def test_the_resume_token_is_handed_out_before_the_write(client, akua_sim):
    kept = []

    def keep(token):
        kept.append((token, len(writes(akua_sim))))

    client.clusters.edit("clu_1", name="prod", keep_resume_token=keep)
    [(token, sent_before)] = kept
    assert sent_before == 0
    assert client.resolve(token).resource.name == "prod"


def test_a_token_that_cannot_be_kept_stops_the_write(client, akua_sim):
    def keep(token):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        client.clusters.edit("clu_1", name="prod", keep_resume_token=keep)
    assert writes(akua_sim) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda cluster: {"name": cluster.name + "-eu"},
        lambda cluster: cluster.__replace__(name=cluster.name + "-eu"),
    ],
    ids=["dict", "copy"],
)
def test_edit_with(client, change):
    result = client.clusters.edit_with("clu_1", change)
    assert result.resource.name == "cluster 1-eu"


@pytest.mark.parametrize(
    "change",
    [lambda cluster: None, lambda cluster: {}, lambda cluster: cluster, lambda cluster: {"name": cluster.name}],
    ids=["none", "empty", "same", "same value"],
)
def test_edit_with_that_changes_nothing_sends_nothing(client, akua_sim, change):
    cluster = client.clusters.get("clu_1")
    result = client.clusters.edit_with(cluster.id, change)
    assert not result.changed
    assert writes(akua_sim) == []


def test_edit_with_is_asked_again_for_each_fresh_version(client, akua_sim):
    akua_sim.control(
        {
            "op": "script",
            "script": {
                "when": "before",
                "match": {"method": "PATCH"},
                "then": {"write": {"kind": "cluster", "id": "clu_1", "set": {"name": "7"}}},
            },
        }
    )
    akua_sim.write("clu_1", name="1")
    seen = []

    def count_up(cluster):
        seen.append(cluster.name)
        return {"name": str(int(cluster.name) + 1)}

    assert client.clusters.edit_with("clu_1", count_up).resource.name == "8"
    assert seen == ["1", "7"]


def test_what_the_closure_raises_is_raised_and_nothing_is_sent(client, akua_sim):
    class Mine(Exception):
        pass

    def change(cluster):
        raise Mine("no")

    with pytest.raises(Mine, match="no"):
        client.clusters.edit_with("clu_1", change)
    assert writes(akua_sim) == []


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        (lambda cluster: "name", TypeError, "dict"),
        (lambda cluster: 7, TypeError, "dict"),
        (lambda cluster: {"state": "active"}, akua.ValidationError, "state"),
        (lambda cluster: {"name": None}, TypeError, "None"),
        (lambda cluster: {"name": ""}, akua.ValidationError, "name"),
        (lambda cluster: cluster.__replace__(state="deleting"), akua.ValidationError, "state"),
        (lambda: None, TypeError, "positional"),
    ],
)
def test_a_closure_that_gives_nonsense_is_told(client, akua_sim, change, expected, words):
    with pytest.raises(expected, match=words):
        client.clusters.edit_with("clu_1", change)
    assert writes(akua_sim) == []


def test_edit_with_of_something_that_is_no_closure(client, akua_sim):
    with pytest.raises(TypeError, match="callable"):
        client.clusters.edit_with("clu_1", {"name": "x"})
    assert akua_sim.log() == []


def test_wait_settled_after_an_edit(client, akua_sim):
    akua_sim.contract(reconcile_ms=30)
    result = client.clusters.edit("clu_1", region_id="reg_eu")
    assert result.resource.reconciling
    cluster = client.clusters.wait_settled(result, timeout=20)
    assert not cluster.reconciling
    assert client.clusters.wait_settled("clu_1", after="42", name="cluster 1").id == "clu_1"
    assert client.clusters.wait_settled(cluster) == cluster


def test_wait_settled_that_does_not_come(client, akua_sim):
    akua_sim.contract(reconcile_ms=None)
    result = client.clusters.edit("clu_1", region_id="reg_eu")
    with pytest.raises(akua.TimeoutError) as caught:
        client.clusters.wait_settled(result, timeout=1)
    assert caught.value.resource.reconciling


def test_wait_settled_tells_of_another_change_and_of_the_end(akua_sim):
    client = akua_sim.client(contract={"reads_linearizable": True})
    result = client.clusters.edit("clu_1", name="mine")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.wait_settled(result, timeout=5)
    assert caught.value.resource.name == "theirs"
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.wait_settled("clu_1", name="mine", timeout=5)
    assert (caught.value.ours, caught.value.theirs) == ({"name": "mine"}, {"name": "theirs"})
    akua_sim.delete("clu_1")
    with pytest.raises(akua.NotFoundError):
        client.clusters.wait_settled(result, timeout=5)


def test_a15_another_version_that_may_be_an_older_one_is_told_as_that(client, akua_sim):
    client.clusters.edit("clu_1", name="mine")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.TimeoutError, match="whether it is newer than ours is not known") as caught:
        client.clusters.wait_settled("clu_1", name="mine", timeout=0.3)
    assert caught.value.resource.name == "theirs"


def test_results_can_be_named_in_annotations():
    assert akua.EditResult[akua.Cluster].__args__ == (akua.Cluster,)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"on_conflict": "overwrite"}, "on_conflict"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"max_versions": 0}, "max_versions"),
        ({"timeout": 0}, "timeout"),
        ({"context": ""}, "akua-context"),
    ],
)
def test_bad_options_are_named(client, akua_sim, options, field):
    with pytest.raises(akua.ValidationError) as caught:
        client.clusters.edit("clu_1", name="x", **options)
    assert caught.value.problems[0].field == field
    assert akua_sim.log() == []
