"""A test file as people write them: one test passes, one fails with an explained assertion."""

import pickle

import pytest
from tblib import pickling_support


def test_raises():
    with pytest.raises(ZeroDivisionError, match="division"):
        1 / 0


def test_is_explained():
    items = [1, 2]
    assert items == [1, 3]


def test_a_traceback_survives_pickling():
    pickling_support.install()
    try:
        1 / 0
    except ZeroDivisionError as error:
        copy = pickle.loads(pickle.dumps(error))
    assert copy.__traceback__.tb_frame.f_code.co_name == "test_a_traceback_survives_pickling"
