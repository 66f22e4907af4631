"""Serve the dashboard of a workspace on 127.0.0.1, until it is stopped."""

import signal
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from analytics.errors import BadInputError, RunFailedError
from analytics.warehouse import Workspace, published_folder

HOST = "127.0.0.1"
PORTS_TRIED = 20
SECONDS_TO_START = 60.0
SECONDS_TO_ANSWER = 5.0


def serve_dashboard(*, workspace: Path, port: int) -> None:
    """Start the dashboard, print its address once it answers, and wait until it is stopped.

    Takes the next free port when `port` is taken. Raises BadInputError when nothing is published.
    """
    place = Workspace(root=workspace)
    published_folder(place.published)
    free = _free_port(port)
    command = [sys.executable, "-m", "dashboards.serve", str(place.published.resolve()), str(free)]
    # A plain `kill` ends this process the way Ctrl+C does, so that the server ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log = place.root / "dashboard.log"
    with log.open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
    try:
        _wait_until_it_answers(server, free, log)
        print(f"The dashboard is open at http://{HOST}:{free} (Ctrl+C stops it).", flush=True)
        server.wait()
    except KeyboardInterrupt:
        print("\nStopped.")
    finally:
        server.terminate()
        server.wait()


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    give_up = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up:
        if server.poll() is not None:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise RunFailedError(
                f"The dashboard ended before it answered: {' '.join(last) or 'no message'} "
                f"The whole log: {log}"
            )
        if _answers(port):
            return
        time.sleep(0.1)
    raise RunFailedError(f"The dashboard did not answer on port {port} in {SECONDS_TO_START:g} s.")


def _answers(port: int) -> bool:
    """Whether Streamlit says that it is well; on a busy machine its port is open before that."""
    connection = HTTPConnection(HOST, port, timeout=SECONDS_TO_ANSWER)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise BadInputError(
        f"Ports {wanted} to {wanted + PORTS_TRIED - 1} are all taken. "
        "Give another one: --port 9000."
    )
