"""Tables: in notebooks, and for pandas and polars."""

import datetime
import html.parser
import json

import akua
import pytest

EVIL = '<script>alert("1")</script> & \'co\''


class Table(html.parser.HTMLParser):
    """The cells of a table; fails on a tag that should not be there."""

    ALLOWED = {"table", "caption", "thead", "tbody", "tr", "th", "td", "i"}

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.caption = [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert tag in self.ALLOWED
        assert set(dict(attributes)) <= {"style"}
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "caption" in self.open:
            self.caption += data
        elif {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_a_resource(client):
    table = Table(client.clusters.get("clu_1")._repr_html_())
    assert ["name", "cluster 1"] in table.rows
    assert ["reconciling", "no"] in table.rows
    assert table.caption == "Cluster clu_1"


def test_a_page(client):
    table = Table(next(client.clusters.list(page_size=2).pages())._repr_html_())
    assert table.rows[0][:3] == ["id", "html_url", "name"]
    assert [row[0] for row in table.rows[1:]] == ["clu_1", "clu_2"]
    assert table.caption == "2 of a list; the list goes on"


def test_a_result(client):
    table = Table(client.clusters.edit("clu_1", name="prod")._repr_html_())
    assert ["name", "prod"] in table.rows
    assert table.caption == "Cluster clu_1: changed, acknowledged, 1 write(s) sent"
    assert "unchanged" in Table(client.clusters.edit("clu_1", name="prod")._repr_html_()).caption


def test_a_conflict(client, akua_sim):
    cluster = client.clusters.get("clu_1")
    akua_sim.write("clu_1", name="theirs")
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, name="mine", region_id="reg_eu")
    table = Table(caught.value._repr_html_())
    assert table.rows == [
        ["field", "base", "ours", "theirs", "state"],
        ["name", "cluster 1", "mine", "theirs", "conflicting"],
        ["region_id", "–", "reg_eu", "–", "unseen"],
    ]
    assert "somebody else" in table.caption


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (1_700_000_000, "2023-11-14 22:13:20 UTC"),
        ("2023-11-07T05:31:56.25Z", "2023-11-07 05:31:56 UTC"),
        (2**62, str(2**62)),
    ],
)
def test_times_are_shown_as_dates_if_a_calendar_has_them(client, raw, shown):
    workspace = akua.Workspace.from_dict({**client.workspaces.get("ws_1").to_dict(), "created_at": raw})
    assert ["created_at", shown] in Table(workspace._repr_html_()).rows


def test_values_are_escaped(client, akua_sim):
    akua_sim.write("clu_1", name=EVIL, **{"<b>": EVIL})
    cluster = client.clusters.get("clu_1")
    assert ["name", EVIL] in Table(cluster._repr_html_()).rows
    page = Table(next(client.clusters.list().pages())._repr_html_())
    assert "<b>" in page.rows[0]
    assert EVIL in page.rows[1]
    Table(client.clusters.edit(cluster, name=EVIL + "x")._repr_html_())
    with pytest.raises(akua.ConflictError) as caught:
        client.clusters.edit(cluster, name=EVIL + "y")
    assert caught.value._repr_html_().count("&lt;script&gt;") >= 2
    Table(caught.value._repr_html_())


def rows_of(client):
    return client.clusters.list(page_size=2).to_dicts()


def test_d_times_are_datetimes_in_rows_as_on_objects(client):
    listed = client.clusters.list()
    rows = [*rows_of(client), *client.workspaces.list().to_dicts()]
    pages = [*client.clusters.list().pages(), *client.workspaces.list().pages()]
    assert rows == [row for page in pages for row in page.to_dicts()]
    for row in rows:
        calls = client.clusters if row["id"].startswith("clu") else client.workspaces
        one = calls.get(row["id"])
        for name in ("created_at", "updated_at"):
            assert row[name] == getattr(one, name)
            assert row[name].utcoffset() == datetime.timedelta(0)
        rest = {"created_at", "updated_at"}
        assert {**row, **{name: None for name in rest}} == {**one.to_dict(), **{name: None for name in rest}}
    # What JSON has stays as JSON has it.
    one = next(listed)
    assert (one.to_dict()["created_at"], json.loads(one.to_json())["created_at"]) == (one.created_at_unix, one.created_at_unix)
    assert akua.Cluster.from_dict(one.to_dict()) == one


def test_d_a_time_that_no_calendar_has_stays_as_it_was_answered(client, akua_sim):
    akua_sim.inject({"answer": {"set": {"/data/0/created_at": 2**62}}}, path="/v1/clusters", times=2)
    [row, *others] = client.clusters.list().to_dicts()
    assert row["created_at"] == 2**62
    assert isinstance(others[0]["created_at"], datetime.datetime)
    assert next(client.clusters.list().pages()).to_dicts() == [row, *others]


def test_pandas_in_one_line(client):
    import pandas

    table = pandas.DataFrame(rows_of(client))
    assert list(table["id"]) == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    assert table["reconciling"].dtype == bool
    assert str(table["created_at"].dtype).startswith("datetime64[") and table["created_at"].dt.tz is not None


def test_polars_in_one_line(client):
    import polars

    table = polars.DataFrame(rows_of(client))
    assert table["id"].to_list() == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    assert table.schema["created_at"] == polars.Datetime("us", "UTC")
