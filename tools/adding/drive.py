"""Drives what was added, from Python: see tools/adding.sh."""

import sys

import akua

with akua.Client(base_url=sys.argv[1], token=sys.argv[2], use_env=False) as client:
    seen = client.clusters.get("clu_1")
    client.clusters.edit(seen, blurb="from Python")
    assert client.clusters.get("clu_1").blurb == "from Python"
    try:
        client.clusters.edit(seen, blurb="x" * 501)
    except akua.ValidationError as refused:
        assert refused.problems[0].field == "blurb"
    else:
        raise AssertionError("a blurb that is too long was not refused")

    assert len(list(client.widgets.list())) == 2
    seen = client.widgets.get("wid_1")
    made = client.widgets.update(seen, amount=9)
    assert (made.amount, made.in_use) == (9, True)
    client.widgets.edit(made, label="from Python", amount=10)
    now = client.widgets.get("wid_1")
    assert (now.label, now.amount) == ("from Python", 10)
    assert isinstance(now, akua.Widget)
print("Python: blurb of a cluster and widgets were read, listed, updated and edited")
