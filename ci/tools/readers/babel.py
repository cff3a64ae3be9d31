"""A server that answers everything with what is hard to write down: every byte, and what readers of XML stumble over.

It prints its URL and serves until it is ended.
"""

import http.server
import itertools

NASTY = [
    bytes(range(256)),
    b"]]> <![CDATA[ &amp; &#27; <!-- --> <?x?> \x1b[31mred\x1b[0m\r\n\ta",
    '{"error": {"code": "\\ud800", "message": "\\u0000\\u001b]]>\\ufffe\\uffff"}}'.encode(),
    '{"error": "\u202e\u2066\ufeff\u2028\U0010ffff\N{CRAB}"}'.encode(),
    b"x\n::error::y\n[[ATTACHMENT|/etc/hostname]]\n[[PROPERTY|a=b]]",
    b'{"error": ' + b"\xed\xa0\x80\xc0\x80\xff" * 40 + b"}",
]
TURNS = itertools.cycle(itertools.product(NASTY, (200, 400, 401, 404, 500)))


class Babel(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body, status = next(TURNS)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Request-Id", bytes(range(0x80, 0x100)).decode("latin-1"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Babel)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
