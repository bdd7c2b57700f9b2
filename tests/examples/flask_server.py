"""The example site behind the server that `make demo` starts, on a free port of loopback."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from examples.flask_app.logs import RouteLog

__all__ = ["served"]


@contextmanager
def served(app: Flask) -> Generator[int]:
    """Serve the site in threads; gives the port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=RouteLog)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
