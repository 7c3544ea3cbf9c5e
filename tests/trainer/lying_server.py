"""A web server on this machine that serves one file, truly or with one lie after another."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STALL_S = 5.0  # a stall ends by itself, so that no test can hang


class LyingServer:
    """Serves `content` at every path; request n is answered by `lies[n]`, and truly when the lies are used up."""

    def __init__(self, content: bytes, server: ThreadingHTTPServer) -> None:
        self.content = content
        self.etag = f'"{sha256(content).hexdigest()[:16]}"'
        self.lies: list[Callable[[Answer], None]] = []
        self.requests: list[dict[str, str]] = []
        self.leave = threading.Event()
        self.url = f"http://127.0.0.1:{server.server_port}/file.bin"


class Answer(BaseHTTPRequestHandler):
    """One answer. Its methods are the lies."""

    lying: LyingServer

    def do_GET(self) -> None:
        self.lying.requests.append({key.lower(): value for key, value in self.headers.items()})
        number = len(self.lying.requests) - 1
        (self.lying.lies[number] if number < len(self.lying.lies) else Answer.honest)(self)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def start(self) -> int:
        """Return the first byte that is asked for; a range of another version counts as none."""
        wanted = self.headers.get("Range", "")
        condition = self.headers.get("If-Range", self.lying.etag)
        return int(wanted[6:-1]) if wanted and condition == self.lying.etag else 0

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for key, value in ({"ETag": self.lying.etag} | headers).items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()

    def honest(self, cut: int = 0, content: bytes | None = None) -> None:
        body, start = self.lying.content if content is None else content, self.start()
        if start > len(body):
            self.head(416, 0)
        elif start:
            self.head(206, len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.head(200, len(body))
        self.wfile.write(body[start : len(body) - cut])

    def page(self) -> None:
        body = b"<!DOCTYPE html>\n<html><body>Please sign in to the hotel network</body></html>"
        self.head(200, len(body), Content_Type="text/html")
        self.wfile.write(body)

    def whole(self) -> None:
        """Ignore the range."""
        self.head(200, len(self.lying.content))
        self.wfile.write(self.lying.content)

    def without_length(self) -> None:
        self.head(200, None, Connection="close")
        self.wfile.write(self.lying.content)

    def misplaced(self) -> None:
        """Answer a range with another one."""
        total = len(self.lying.content)
        self.head(206, total - 7, Content_Range=f"bytes 7-{total - 1}/{total}")
        self.wfile.write(self.lying.content[7:])


def truncate(to: int) -> Callable[[Answer], None]:
    return lambda answer: answer.honest(cut=len(answer.lying.content) - answer.start() - to)


def corrupt(answer: Answer) -> None:
    """Send as many bytes as there are, one of them wrong."""
    content = bytearray(answer.lying.content)
    content[-1] ^= 0xFF
    answer.honest(content=bytes(content))


def stall(after: int) -> Callable[[Answer], None]:
    def lie(answer: Answer) -> None:
        answer.head(200, len(answer.lying.content))
        answer.wfile.write(answer.lying.content[:after])
        answer.wfile.flush()
        answer.lying.leave.wait(STALL_S)

    return lie


def trickle(answer: Answer) -> None:
    """Send a byte now and then: never silent, never done."""
    answer.head(200, len(answer.lying.content))
    for _ in range(int(STALL_S / 0.05)):
        if answer.lying.leave.wait(0.05):
            return
        try:
            answer.wfile.write(b"x")
        except OSError:
            return  # the client has had enough


def status(code: int, **headers: str) -> Callable[[Answer], None]:
    return lambda answer: answer.head(code, 0, **headers)


def promise(length: int) -> Callable[[Answer], None]:
    """State a length that is not the file's."""

    def lie(answer: Answer) -> None:
        answer.head(200, length)
        answer.wfile.write(answer.lying.content)

    return lie


@contextmanager
def serve(content: bytes) -> Iterator[LyingServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Answer,), {}))
    server.daemon_threads = True
    lying = LyingServer(content, server)
    server.RequestHandlerClass.lying = lying  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield lying
    finally:
        lying.leave.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
