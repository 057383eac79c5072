"""A clinic's own web site: one plain page on another origin, with the one line that embeds."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Oak Street Family Clinic</title>
  <link rel="icon" href="data:,">
  <script src="{careline}/embed.js" data-clinic="oak" defer></script>
</head>
<body><h1>Oak Street Family Clinic</h1></body>
</html>"""


class ClinicSite:
    """Serves the page while entered. `embed` says whose chat it embeds."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        # Another host than Careline's 127.0.0.1, so another site to the browser.
        self.address = f"http://localhost:{self._server.server_port}"
        self.page = ""

    def embed(self, careline: str) -> Self:
        self.page = PAGE.format(careline=careline)
        return self

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(site: ClinicSite) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler
