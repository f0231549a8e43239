"""Text that would do something if it were anything but text, and a server that would notice."""

import socket
import threading
from types import SimpleNamespace

import pytest

ACTIVE = """\
<img src="{address}/img"><link rel="stylesheet" href="{address}/style.css">
<style>@import url("{address}/import.css");</style>
<p style="background: url({address}/background)">x</p>
<link rel="attachment" href="file:///etc/hostname"><a rel="attachment" href="file:///etc/hostname">x</a>
<object data="{address}/object"></object><embed src="{address}/embed">
<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/svg"/></svg>
<style>@font-face {{ font-family: x; src: url({address}/font) }} * {{ font-family: x }}</style>
<iframe src="{address}/frame"></iframe><base href="{address}/">
<img src="file:///etc/hostname"><img src="data:image/svg+xml,<svg/>">
"}} @page {{ background: url({address}/page) }} "
</blockquote></article><h1>A heading</h1><script src={address}/script></script><!--
{{% include 'base.html' %}} {{{{ report }}}} %(number)s \\\\ &amp; &lt;
]]></title></head><meta http-equiv=refresh content=0;url={address}>
[A link]({address}/link) {address}/plain javascript:alert(1)"""


@pytest.fixture
def listener():
    """A server on this machine that counts who calls; nobody should."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stopped = threading.Event()

        def listen():
            while not stopped.is_set():
                try:
                    connection, _address = server.accept()
                except TimeoutError:
                    continue
                calls.append(connection.recv(200))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield SimpleNamespace(
            address=f"http://127.0.0.1:{server.getsockname()[1]}", calls=calls
        )
        stopped.set()
        thread.join()
