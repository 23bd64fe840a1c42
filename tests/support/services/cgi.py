"""A CGI front for MapServer, on loopback: cgi.py PORT MAPSERV CONFIG. The path after the host is PATH_INFO."""

import http.server
import os
import subprocess
import sys

port, program, config = int(sys.argv[1]), sys.argv[2], sys.argv[3]


class Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        host, _, own = (self.headers.get("Host") or f"127.0.0.1:{port}").partition(":")
        environment = os.environ | {
            "MAPSERVER_CONFIG_FILE": config, "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": host, "SERVER_PORT": own or "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_ACCEPT": self.headers.get("Accept", ""),
        }
        answer = subprocess.run([program], env=environment, capture_output=True, timeout=30).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = [line.split(":", 1) for line in head.decode().split("\r\n") if ":" in line]
        status = next((int(v.split()[0]) for k, v in fields if k.lower() == "status"), 200)
        self.send_response(status)
        for name, value in fields:
            if name.lower() != "status":
                self.send_header(name, value.strip())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Front).serve_forever()
