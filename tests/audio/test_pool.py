"""The parallel map."""

import threading

import pytest

from cohear.base.pool import available_cores, parallel_map


@pytest.mark.parametrize("jobs", [None, 1, 2, 5, 100])
@pytest.mark.parametrize("count", [0, 1, 7, 60])
def test_every_chunk_once(jobs, count):
    found = {}
    parallel_map(lambda chunk: chunk * 2, list(range(count)), jobs, found.__setitem__)
    assert found == {i: 2 * i for i in range(count)}


def test_results_arrive_in_the_calling_thread():
    threads = set()
    parallel_map(lambda _: None, list(range(20)), 4, lambda *_: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


def test_one_job_works_in_the_calling_thread():
    threads = set()
    parallel_map(lambda _: threads.add(threading.get_ident()), list(range(5)), 1, lambda *_: None)
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("jobs", [1, 3])
def test_first_error_is_raised_and_ends_the_work(jobs):
    begun = []

    def work(chunk):
        begun.append(chunk)
        raise ValueError(f"chunk {chunk}")

    with pytest.raises(ValueError, match="chunk"):
        parallel_map(work, list(range(1000)), jobs, lambda *_: None)
    assert len(begun) < 20


def test_interrupt_in_the_caller_ends_the_work():
    begun = []

    def interrupt(index, result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        parallel_map(begun.append, list(range(1000)), 3, interrupt)
    assert len(begun) < 20


def test_at_least_one_core():
    assert available_cores() >= 1
