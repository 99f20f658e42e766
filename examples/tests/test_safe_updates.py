"""The notebook `safe_updates.ipynb` runs from top to bottom, and shows what its text says and what is stored in it.

It is run once for all tests here. Those at the end run what has to be noticed.
"""

import ast
import base64
import copy
import html.parser
import io
import pathlib
import re

import matplotlib.image
import nbclient
import nbformat
import notebooks
import numpy
import pytest

NOTEBOOK = pathlib.Path(__file__).parents[1] / "safe_updates.ipynb"


class Table(html.parser.HTMLParser):
    """The cells of the tables in a text, row by row, and their captions."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.caption, self.at = [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.at = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        if tag != "i":
            self.at = None

    def handle_data(self, data):
        if self.at == "caption":
            self.caption += data
        elif self.at in ("td", "th", "i"):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def stored():
    return notebooks.read(NOTEBOOK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def shown(stored, folder):
    return notebooks.run(stored, folder)


@pytest.fixture
def table(shown):
    """The table that a cell shows."""

    def find(id):
        [output] = notebooks.code(shown)[id].outputs
        return Table(output.data["text/html"])

    return find


@pytest.fixture
def printed(shown):
    """What a cell prints."""

    def find(id):
        [output] = notebooks.code(shown)[id].outputs
        return output.text if output.output_type == "stream" else output.data["text/plain"]

    return find


def test_it_shows_what_is_stored(stored, shown):
    assert notebooks.differences(stored, shown) == [], "run tools/accept.sh notebook, and look at what has changed"


def test_it_is_stored_without_traces_of_the_run(stored, shown):
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert text == notebooks.text(stored)
    assert stored.metadata == notebooks.METADATA
    assert [cell.metadata for cell in stored.cells] == [{}] * len(stored.cells)
    counts = [cell.execution_count for cell in notebooks.code(stored).values()]
    assert counts == list(range(1, len(counts) + 1))
    assert not re.search(r"/(home|root|tmp|usr|work)/|127\.0\.0\.1|localhost|sk_akua_|0x[0-9a-f]{6}", text)


def test_nothing_is_left_behind(shown, folder):
    assert list(folder.iterdir()) == []


def test_no_cell_warns(shown):
    outputs = [output for cell in notebooks.code(shown).values() for output in cell.outputs]
    assert {output.get("name", "stdout") for output in outputs} == {"stdout"}
    assert {output.output_type for output in outputs} == {"execute_result", "stream", "display_data"}


def test_cells_are_short(shown):
    long = {id for id, cell in notebooks.code(shown).items() if cell.source.count("\n") >= 12}
    assert long == {"weather-run"}


def test_one_cluster(table):
    assert table("one").caption == "Cluster clu_1"
    assert ["name", "shop"] in table("one").rows
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", dict(table("one").rows)["created_at"])
    assert table("one").rows[-1] == ["etag", "43"]


def test_all_clusters(table):
    head, *rows = table("page").rows
    names = [row[head.index("name")] for row in rows]
    assert names == ["shop", "maps", "billing", "search", "archive"]
    assert [row[head.index("etag")] for row in rows] == ["43", "1043", "2043", "3043", "4043"]


@pytest.mark.parametrize(
    ("id", "name", "writes"),
    [("change-one", "shop-eu", 1), ("conflict-ours", "billing-eu", 1), ("resolve-later", "archive-eu", 1)],
)
def test_a_change(table, id, name, writes):
    assert f"changed, acknowledged, {writes} write" in table(id).caption
    assert ["name", name] in table(id).rows


def test_a_change_tells_its_story(printed):
    first, *steps = printed("change-one-story").splitlines()
    assert first == "applied: the server acknowledged etag 44"
    assert "PATCH answered 200" in steps[-1]


def test_a_change_of_another_field_is_kept(table):
    assert ", 2 write" in table("other-field").caption
    assert ["name", "maps-eu"] in table("other-field").rows
    assert ["state", "suspended"] in table("other-field").rows


def test_a_conflict(table):
    assert table("conflict").rows == [
        ["field", "base", "ours", "theirs", "state"],
        ["name", "billing", "billing-eu", "billing-old", "conflicting"],
    ]
    assert table("conflict").caption.startswith("ConflictError: cluster clu_3: not applied")


def test_an_answer_that_is_lost_once(printed):
    story = printed("lost-once")
    assert story.startswith("applied")
    assert story.count("PATCH if-match 3043") == 2


def test_answers_that_stay_lost(table, printed):
    assert table("lost").caption.startswith("IndeterminateError: cluster clu_5: indeterminate: the answer to the write was lost")
    assert table("lost").rows[1:] == [["name", "archive", "archive-eu", "archive-eu", "done"]]
    assert printed("token").startswith("'akua-resume-1.")


def test_the_record_has_one_change_of_ours(printed):
    assert [version[1:] for version in ast.literal_eval(printed("record"))] == [
        ("cluster 5", "seed"),
        ("archive", "foreign"),
        ("archive-eu", "request"),
    ]


def test_a_resource_is_suspended_and_watched(table, printed, shown):
    refused = "suspend of cluster clu_1: not applied: somebody else changed it first"
    assert printed("life-conflict").startswith(refused)
    assert table("life-launch").caption == "suspend_cluster clu_1: applied"
    assert ["operation", "op_1"] in table("life-launch").rows
    progress, told = notebooks.code(shown)["life-wait"].outputs
    # What is stored is where the live table came to its end.
    assert [row[1:] for row in Table(progress.data["text/html"]).rows[1:]] == [["drain", "completed"], ["stop", "completed"]]
    assert told.text == "operation op_1: succeeded; cluster clu_1 is suspended now\n"


def test_another_kernel_waits_on(printed):
    assert printed("life-again") == "operation op_2: succeeded; cluster clu_1 is active now\n"


def test_a_delete_whose_answer_is_lost_has_worked(printed):
    first, *steps = printed("life-deleted").splitlines()
    assert first == "delete of cluster clu_5: applied: it is gone, by whomever"
    assert sum("DELETE if-match" in step for step in steps) == 2
    assert any("DELETE answered 404" in step for step in steps)


def test_a_night(table, printed):
    assert table("life-preview").caption == "3 fields would change"
    assert [row[0] for row in table("life-preview").rows[1:]] == ["clu_1", "clu_3", "clu_4"]
    head, *rows = table("life-run").rows
    assert head[1:5] == ["id", "state", "launch", "fate"]
    assert [row[1:5] for row in rows] == [
        ["clu_1", "applied", "applied", "succeeded"],
        ["clu_3", "failed", "applied", "operation_failed"],
        ["clu_4", "started", "applied", "still_running"],
    ]
    assert printed("life-morning") == "1 of 3 items tried: 2 applied, 1 failed\n"


def test_a_create_whose_answer_is_lost_makes_one(printed):
    story = printed("making-again")
    assert story.startswith("create of cluster cafe: applied: accepted as operation ")
    assert story.count("-> POST, attempt") == 2
    assert story.endswith("succeeded; cluster clu_6 is active now\n")
    assert printed("making-count") == "2 requests, and this is called cafe: ['clu_6']\n"


def test_a_create_of_which_nobody_can_know_takes_none_of_its_candidates(printed):
    first, *steps = printed("making-unknown").splitlines()
    assert first.startswith("create of workspace Team Blue: indeterminate: the answer to the write was lost")
    assert sum("-> POST" in step for step in steps) == 1
    head, *rows, asked = printed("making-candidates").splitlines()
    assert [row.split()[-1] for row in rows] == ["False", "True", "True"]
    assert all("Team Blue" in row for row in rows[1:]) and asked == "asked for 1 time"


def test_bad_weather(printed):
    ends = {known: int(edits) for known, edits in re.findall(r"^(.*?) {2,}(\d+)$", printed("weather-run"), re.MULTILINE)}
    writes = ["after 1 write", "after 2 writes", "after 3 writes", "after 4 writes"]
    assert list(ends) == [*writes, "later, by its token"]
    assert sum(ends.values()) == 160
    rows = re.findall(r"^(\d+ %) +(\d+) +(\d+)$", printed("weather-record"), re.MULTILINE)
    assert [(lost, made) for lost, _, made in rows] == [(f"{lost} %", "40") for lost in (0, 20, 40, 60)]
    sent = [int(writes) for _, writes, _ in rows]
    assert sent[0] == 40
    assert sorted(set(sent)) == sent
    times = dict(re.findall(r"^(\w+) +(\d+)$", printed("weather-record"), re.MULTILINE))
    assert times == {"count": "160", "min": "1", "max": "1"}


def coloured(notebook):
    """The picture of the plot, and where in it each of the five colours is."""
    cell = notebooks.code(notebook)["weather-plot"]
    [output] = cell.outputs
    pixels = notebooks.picture(output.data["image/png"])
    colours = [bytes.fromhex(colour) for colour in re.findall(r"#([0-9a-f]{6})", cell.source)]
    return pixels, [((pixels[:, :, :3] * 255).round() == list(colour)).all(axis=2) for colour in colours]


def test_the_plot(shown):
    pixels, places = coloured(shown)
    height, width, _ = pixels.shape
    assert height > 300
    assert width > 700
    assert len(places) == 5
    # Left of the legend: each end has its part of a bar, and the bar of the line that loses nothing has one colour.
    for place in places:
        assert place[:, : width * 3 // 4].sum() > 1000
    assert [place[:, : width // 5].any() for place in places] == [True, False, False, False, False]


# What has to be noticed.


def small(source):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="only")])


@pytest.mark.parametrize("source", ["1 / 0", "import warnings; warnings.warn('old', DeprecationWarning)"])
def test_a_cell_that_fails_or_warns_is_noticed(tmp_path, source):
    with pytest.raises(nbclient.exceptions.CellExecutionError):
        notebooks.run(small(source), tmp_path)


@pytest.mark.parametrize(
    ("id", "was", "becomes", "noticed"),
    [
        ("page", "archive", "nothing", True),
        ("conflict", "billing-old", "billing", True),
        ("weather-record", "40", "41", True),
        ("one", r"\d\d:\d\d:\d\d UTC", "00:00:00 UTC", False),
        ("lost-once", r"\b\d\.\d{3} s", "9.999 s", False),
        ("making-again", r" in \d\.\d{3} s", "", False),
    ],
)
def test_another_text_is_noticed_and_another_time_is_not(stored, id, was, becomes, noticed):
    other = copy.deepcopy(stored)
    [output] = notebooks.code(other)[id].outputs
    texts = output.data if "data" in output else output
    for kind in texts.keys() & {"text", "text/html"}:
        texts[kind], count = re.subn(was, becomes, texts[kind])
        assert count > 0
    assert notebooks.differences(other, stored) == ([id] if noticed else [])


def test_another_picture_is_noticed(stored):
    other = copy.deepcopy(stored)
    pixels, (*_, yellow, red) = coloured(other)
    # As if one of the four edits that were settled later had been known before.
    red[:, pixels.shape[1] * 3 // 4 :] = False
    rows = numpy.flatnonzero(red.any(axis=1))
    red[: rows[len(rows) * 3 // 4]] = False
    repainted = pixels.copy()
    repainted[red] = pixels[yellow][0]
    file = io.BytesIO()
    matplotlib.image.imsave(file, repainted, format="png")
    [output] = notebooks.code(other)["weather-plot"].outputs
    output.data["image/png"] = base64.b64encode(file.getvalue()).decode()
    assert notebooks.differences(other, stored) == ["weather-plot"]
