"""Pages are sequences."""

import collections.abc
import operator

import akua
import pytest


@pytest.fixture
def page(client):
    return next(client.clusters.list(page_size=4).pages())


def test_d_a_page_is_a_sequence(page):
    assert isinstance(page, collections.abc.Sequence) and issubclass(akua.Page, collections.abc.Sequence)
    assert not isinstance(page, collections.abc.MutableSequence)
    first, *_, last = page
    assert (page.index(first), page.index(last), page.count(last)) == (0, 3, 1)
    assert first in page and "clu_1" not in page
    with pytest.raises(ValueError):
        page.index(None)
    assert [each.id for each in reversed(page)] == ["clu_4", "clu_3", "clu_2", "clu_1"]
    assert (page[0], page[-1], page[operator.index(2)]) == (first, last, [*page][2])
    for outside in (4, -5):
        with pytest.raises(IndexError):
            page[outside]
    with pytest.raises(TypeError):
        page["clu_1"]
    assert bool(page) and len(page) == 4


def test_d_slices_are_tuples(page):
    assert page[1:3] == (page[1], page[2])
    assert page[:] == tuple(page) and page[::-1] == tuple(reversed(page))
    assert page[9:] == ()


def test_d_a_page_can_be_matched_unpacked_and_sampled(page):
    import random

    match page:
        case [akua.Cluster(id="clu_1"), *rest]:
            assert len(rest) == 3
        case _:
            pytest.fail("no match")
    assert random.sample(page, 4)
    assert sorted(page, key=lambda each: each.name)[0] == page[0]


def test_d_pages_are_equal_if_they_are_alike(client, page):
    again = next(client.clusters.list(page_size=4).pages())
    assert page == again and hash(page) == hash(again) and not page != again
    assert page != tuple(page) and page != list(page) and tuple(page) == tuple(again)
    assert page != next(client.clusters.list(page_size=3).pages())
    assert akua.Page() == akua.Page([]) != akua.Page(next_cursor="x")
    with pytest.raises(TypeError):
        page < again


def test_d_a_page_stays_as_it_is(page):
    for name in ("has_more", "next_cursor", "anything"):
        with pytest.raises(AttributeError, match=name):
            setattr(page, name, None)
        with pytest.raises(AttributeError):
            delattr(page, name)
    with pytest.raises(TypeError):
        page[0] = None
    assert str(akua.Page[akua.Cluster]) == "akua.Page[akua.Cluster]"
