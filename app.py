"""Starts Codebook Playground: `python app.py [--host H] [--port P] [--checkpoints DIR]`."""

import argparse
import errno
import os
import signal
import socket
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads sleep: two visitors share two cores
os.environ.setdefault("GOMP_SPINCOUNT", "100000")  # … but not between two layers: decoding is a fifth faster
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
HOST, PORT = "127.0.0.1", "7860"
REASONS = {
    errno.EADDRINUSE: "Port {port} on {host} is taken. Choose another with --port.",
    errno.EACCES: "Port {port} needs the rights of root. Choose one from 1024 on with --port.",
    errno.EADDRNOTAVAIL: "This machine has no address {host}. Use 127.0.0.1 or 0.0.0.0 with --host.",
}


def main() -> None:
    """Builds the page and serves it until Ctrl+C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    options = parse()
    host = options.host.strip("[]")
    check_address(host, options.port)
    from playground import zoo
    from playground.core.errors import InputError
    from playground.ui import app

    try:
        if options.checkpoints:
            zoo.use_folder(options.checkpoints)
    except InputError as error:
        sys.exit(f"{error}")
    shown = f"[{host}]" if ":" in host else host
    page = app.build()
    print(f"Codebook Playground is at http://{shown}:{options.port} (stop with Ctrl+C)", flush=True)
    app.launch(page, host=shown, port=options.port)


def parse() -> argparse.Namespace:
    """The options; Gradio's own environment variables are their defaults, unless they are empty."""
    parser = argparse.ArgumentParser(description="Look at the tokens of a picture, and touch them.")
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME") or HOST)
    parser.add_argument("--port", type=port_number, default=os.environ.get("GRADIO_SERVER_PORT") or PORT)
    parser.add_argument("--checkpoints", metavar="DIR", help="another folder of codecs than the one shipped")
    return parser.parse_args()


def port_number(text: str) -> int:
    """A port from its text. Raises ArgumentTypeError for what is none."""
    if not text.isdecimal() or len(text) > 5 or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text[:40]} is no port: a port is a number from 1 to 65535.")
    return int(text)


def check_address(host: str, port: int) -> None:
    """Raises SystemExit, with one sentence, when nothing can be served at `host` and `port`."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (socket.gaierror, UnicodeError):
        sys.exit(f"There is no host called {host[:80]}. Use 127.0.0.1 or 0.0.0.0 with --host.")
    except OSError as error:
        other = "Nothing can be served at port {port} on {host}: " + os.strerror(error.errno or 0) + "."
        sys.exit(REASONS.get(error.errno, other).format(host=host, port=port))


def stop(number: int, frame: object) -> None:
    """Ends the process at once, with one line: an orderly exit would wait for threads in the middle of a step."""
    os.write(2, b"\nStopped.\n")
    os._exit(128 + number)


if __name__ == "__main__":
    main()
