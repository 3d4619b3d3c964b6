"""An app served for strangers, and everything around it that must stay as it is."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.serving import PROJECT, Server, end, serve
from tests.security.occupied import occupy
from tests.security.watching import FileWatch, MemoryPeak, Trap, family, listing
from tests.support.bad_inputs import Canary
from tests.support.hostile_videos import plain
from tests.support.http_client import HttpClient
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until

MEMORY = 700  # MiB that the server and its children may hold together, at any time
BESIDE = "LICENSE"  # in the server's working folder, read by nobody
_PLACES = ("runs", "models", "data", "home", "temporary")


@dataclass
class Guarded:
    """A served app with its folders, canaries and log.

    folder: holds runs, models, data, home and temporary files, the server's alone.
    """

    server: Server
    folder: Path
    log: Path
    canary: Canary
    trap: Trap
    files: FileWatch
    peak: float = field(default=0.0)

    def visit(self, **arguments: object) -> Visitor:
        return Visitor(self.server.url, **arguments)  # type: ignore[arg-type]

    def files_now(self) -> dict[Path, tuple[int, int]]:
        return listing(self.folder, PROJECT)

    def answers(self) -> bool:
        return HttpClient(self.server.url, timeout=10).request("GET", "/_stcore/health").status == 200

    @contextmanager
    def unharmed(self, quietly: bool = True, kept: str = "") -> Iterator[None]:
        """Assert that what happens inside leaves no file and no process, and touches no canary.

        quietly: nor any traceback in the server's log, which an honest visitor's file must not cause. kept: the name of
        a file that may be kept among the data; it is taken away.
        """
        self.canary.trace.unlink(missing_ok=True)
        before, written = self.files_now(), self.log.stat().st_size
        self.files.touches(), self.trap.connections()
        with MemoryPeak(self.server.process) as peak:
            yield
            wait_until(lambda: not family(self.server.process), 20, lambda: f"{family(self.server.process)} live on")
        self.peak = max(self.peak, peak.mebibytes)
        assert self.server.process.is_running() and self.answers(), "the server is gone"
        assert peak.mebibytes < MEMORY, f"the server took {peak.mebibytes:.0f} MiB"
        assert self.files.touches() == 0, "a file was read that is none of the visitor's"
        assert self.trap.connections() == 0, "the server connected to an address that an upload named"
        assert not self.canary.trace.exists(), "something was run"
        if kept:
            (self.folder / "data" / kept).unlink(missing_ok=True)
        after = self.files_now()
        assert after == before, f"files changed: {sorted(map(str, set(after.items()) ^ set(before.items())))}"
        with self.log.open("rb") as log:
            log.seek(written)
            words = log.read().decode(errors="replace")
        assert not quietly or "Traceback" not in words, words


@contextmanager
def guarded(folder: Path, mode: str, options: Sequence[str] = (), **variables: str) -> Iterator[Guarded]:
    """Start an app in a mode of EMOTION_MODE, with folders of its own that its operator has used, and a Ghostscript
    that leaves a trace."""
    for name in (*_PLACES, "tools"):
        (folder / name).mkdir()
    occupy(folder)
    trap, trace, video = Trap(), folder / "trace", folder / "canary.mp4"
    video.write_bytes(plain())
    _write_tool(folder / "tools" / "gs", trace)
    files = FileWatch(video, PROJECT / BESIDE)
    environment = {
        "EMOTION_MODE": mode,
        "EMOTION_MODELS": str(folder / "models"),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "PATH": f"{folder / 'tools'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",
        **variables,
    }
    log = folder.with_name(f"{folder.name}.log")
    child: subprocess.Popen[bytes] | None = None
    try:
        server, child = serve(folder / "runs", log, options, **environment)
        served = Guarded(server, folder, log, Canary(video, BESIDE, trace, trap.port), trap, files)
        with served.visit() as visitor:  # the first visitor's pages make locks and load the network
            visitor.open("train").open("analyze").press("Try the example picture")
        yield served
    finally:
        if child:
            end(child)
        trap.close()
        files.close()


def _write_tool(path: Path, trace: Path) -> None:
    path.write_text(f"#!/bin/sh\ntouch '{trace}'\n")
    path.chmod(0o755)


def is_one_sentence(text: str) -> bool:
    """Whether a visitor would understand it: no lines, no traceback, no path of the server."""
    return (
        "\n" not in text.strip()
        and text.rstrip().endswith((".", "!"))
        and not any(word in text for word in (str(PROJECT), "Traceback", "site-packages"))
    )
