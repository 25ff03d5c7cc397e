"""Starts Codebook Playground: `python app.py [--host H] [--port P] [--checkpoints DIR]`."""

import argparse
import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads sleep: two visitors share two cores
os.environ.setdefault("GOMP_SPINCOUNT", "100000")  # … but not between two layers: decoding is a fifth faster
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")


def parse() -> argparse.Namespace:
    """The options; Gradio's own environment variables are their defaults."""
    parser = argparse.ArgumentParser(description="Look at the tokens of a picture, and touch them.")
    parser.add_argument("--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))
    parser.add_argument("--checkpoints", metavar="DIR", help="another folder of codecs than the one shipped")
    return parser.parse_args()


def main() -> None:
    """Builds the page and serves it until Ctrl+C."""
    options = parse()
    from playground import zoo
    from playground.core.errors import InputError
    from playground.ui import app, server

    try:
        if options.checkpoints:
            zoo.use_folder(options.checkpoints)
        if not server.is_free(options.host, options.port):
            sentence = "Port {port} on {host} is taken. Choose another with --port."
            raise InputError(sentence, port=options.port, host=options.host)
    except InputError as error:
        sys.exit(f"{error}")
    page = app.build()
    print(f"Codebook Playground is at http://{options.host}:{options.port} (stop with Ctrl+C)", flush=True)
    app.launch(page, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
