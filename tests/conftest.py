"""What all tests share: Ctrl-C works as on a terminal, even where a shell's background job has it ignored."""

import signal

import pytest


@pytest.fixture(autouse=True)
def ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
