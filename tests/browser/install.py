"""Make sure there is a Chromium: `python -m tests.browser.install`.

Debian's package where that may be installed, else Playwright's own. Without either the browser tests cannot run:
a sentence says so, and under CI the exit status is 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def find_chromium() -> str | None:
    """Path of an installed Chromium, the system's before Playwright's."""
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    if system:
        return system
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Try both ways; a failure shows in `find_chromium`."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    if find_chromium() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if find_chromium() is None:
        install()
    if find_chromium() is None:
        print("No Chromium is installed and none could be installed, so the browser tests cannot run.")
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
