"""Tables: in notebooks, and for pandas and polars."""

import html.parser

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


def test_pandas_in_one_line(client):
    import pandas

    table = pandas.DataFrame(client.clusters.list(page_size=2).to_dicts())
    assert list(table["id"]) == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    assert table["reconciling"].dtype == bool
    assert table["created_at"].dtype == "int64"


def test_polars_in_one_line(client):
    import polars

    table = polars.DataFrame(client.clusters.list(page_size=2).to_dicts())
    assert table["id"].to_list() == ["clu_1", "clu_2", "clu_3", "clu_4", "clu_5"]
    assert table.schema["created_at"] == polars.Int64
