"""The three engines that browsers are made of, driven in one way: by WebDriver, with Selenium."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from needs import browser_arguments, chosen
from selenium.webdriver import ChromeOptions, FirefoxOptions, WebKitGTKOptions
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.common.service import Service
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.service import Service as WebKitService

from tests.world.deadline import DEADLINE, wait_for
from tests.world.marionette import Marionette
from tests.world.needs import need

# Firefox does nothing of its own accord, and asks nobody about updates, dangers and experiments.
# What delays WebSockets to a host that was away stays as everybody has it.
PREFERENCES = {
    "marionette.port": "0",
    "app.normandy.enabled": "false",
    "app.update.disabledForTesting": "true",
    "browser.newtabpage.enabled": "false",
    "browser.safebrowsing.malware.enabled": "false",
    "browser.safebrowsing.phishing.enabled": "false",
    "browser.shell.checkDefaultBrowser": "false",
    "browser.startup.homepage_override.mstone": '"ignore"',
    "browser.startup.page": "0",
    "datareporting.policy.dataSubmissionEnabled": "false",
    "extensions.update.enabled": "false",
    "intl.accept_languages": '"en-GB, en"',
    "network.captive-portal-service.enabled": "false",
    "network.connectivity-service.enabled": "false",
    "services.settings.server": '"data:,"',
}

SIZE = (1280, 900)


@contextmanager
def firefox(folder: Path) -> Iterator[WebDriver]:
    """Gecko, without a window."""
    lines = [f'user_pref("{name}", {value});\n' for name, value in PREFERENCES.items()]
    folder.joinpath("user.js").write_text("".join(lines), encoding="utf-8")
    arguments = ["--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    process = subprocess.Popen(
        [need("firefox"), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = folder / "MarionetteActivePort"
        number = wait_for(lambda: port.exists() and port.read_text(), "Firefox's port")
        marionette = Marionette(int(number))
        with WebDriver(marionette, options=FirefoxOptions()) as browser:
            browser.set_window_size(*SIZE)
            yield browser
        process.wait(DEADLINE)
    finally:
        process.kill()
        process.wait()


@contextmanager
def webkit(folder: Path) -> Iterator[WebDriver]:
    """WebKit in its small browser, on a screen that nobody sees."""
    driver = need("webkit")
    with screen() as display:
        environment = {**os.environ, "DISPLAY": display, "HOME": str(folder), "LANGUAGE": "en_GB"}
        with driven(WebKitService(driver, env=environment), WebKitGTKOptions()) as browser:
            yield browser


@contextmanager
def screen() -> Iterator[str]:
    """A display without a monitor."""
    reader, writer = os.pipe()
    command = [need("Xvfb"), "-displayfd", str(writer), "-screen", "0", "{}x{}x24".format(*SIZE)]
    process = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writer], stderr=subprocess.DEVNULL
    )
    os.close(writer)
    try:
        with os.fdopen(reader) as number:
            yield f":{number.readline().strip()}"
    finally:
        process.terminate()
        process.wait(DEADLINE)


@contextmanager
def chromium(folder: Path) -> Iterator[WebDriver]:
    """Blink, in the Chromium that its driver came with; it cannot drive one without windows."""
    options = ChromeOptions()
    options.binary_location = chosen("chromium") or ""
    for argument in [*browser_arguments(), "--headless", f"--user-data-dir={folder}"]:
        options.add_argument(argument)
    with driven(ChromeService(need("chromedriver")), options) as browser:
        yield browser


@contextmanager
def driven(service: Service, options: ArgOptions) -> Iterator[WebDriver]:
    """A browser that comes with a driver, which starts it."""
    service.start()
    try:
        connection = RemoteConnection(client_config=ClientConfig(service.service_url))
        with WebDriver(connection, options=options) as browser:
            browser.set_window_size(*SIZE)
            yield browser
    finally:
        service.stop()


ENGINES: dict[str, Callable[[Path], AbstractContextManager[WebDriver]]] = {
    "chromium": chromium,
    "firefox": firefox,
    "webkit": webkit,
}
