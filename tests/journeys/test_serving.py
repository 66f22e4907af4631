"""The dashboard is served on 127.0.0.1 at the address printed, and ends with its command."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


def test_the_address_that_is_printed_answers_and_a_kill_ends_the_server(simulated_workspace):
    command = [Path(sys.executable).with_name("catchment"), "dashboard"]
    options = ["--workspace", simulated_workspace.root, "--port", str(free_port())]
    server = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        said = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert address, said
        with urllib.request.urlopen(f"{address.group(0)}/_stcore/health", timeout=20) as answer:
            assert answer.read() == b"ok"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)

    assert ends_to_answer(int(address.group(1)))


def test_a_taken_port_gives_way_to_the_next_free_one():
    from analytics.pipelines.serving import _free_port

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert _free_port(port) > port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ends_to_answer(port: int) -> bool:
    give_up = time.monotonic() + 15
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
        time.sleep(0.2)
    return False
