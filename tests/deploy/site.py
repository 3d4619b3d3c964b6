"""Two replicas behind nginx, with the configuration that deploy/nginx.conf has, on free ports of this computer."""

import datetime
import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.browser.serving import PROJECT, end, serve
from tests.support.waiting import wait_until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CONFIGURATION = PROJECT / "deploy" / "nginx.conf"
# One line a request: what the visitor's cookie said, the replicas that were asked, and for what.
_LOG = 'log_format seen "$cookie_replica|$upstream_addr|$request_method|$uri|$status";'
_MAIN = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {log}
    include {folder}/emotion.conf;
}}
"""


@dataclass(frozen=True)
class Request:
    """One line of nginx's log. cookie: a or b, empty for a visitor's first request."""

    cookie: str
    asked: list[str]
    method: str
    path: str
    status: int


@dataclass
class Site:
    """url: of nginx. plain: its port without TLS. replicas, addresses: by the name that the cookie gives them."""

    url: str
    plain: int
    folder: Path
    nginx: subprocess.Popen[bytes]
    replicas: dict[str, subprocess.Popen[bytes]]
    addresses: dict[str, str]

    @property
    def requests(self) -> list[Request]:
        fields = (line.split("|") for line in (self.folder / "access.log").read_text().splitlines())
        return [
            Request(cookie.strip("-"), asked.split(", "), method, path, int(status))
            for cookie, asked, method, path, status in fields
        ]

    def kill(self, name: str) -> None:
        """End a replica as a crash would."""
        self.replicas[name].kill()
        self.replicas[name].wait()

    def close(self) -> None:
        for child in (self.nginx, *self.replicas.values()):
            if child.poll() is None:
                end(child)


def open_site(folder: Path, script: str = "streamlit_app.py", **variables: str) -> Site:
    """Start two replicas of a script and nginx before them."""
    assert NGINX is not None
    served = {}
    for name in "ab":
        served[name] = serve(folder / name / "runs", folder / f"{name}.log", script=script, **variables)
    ports = {name: server.url.rsplit(":", 1)[1] for name, (server, _) in served.items()}
    secure, plain = free_port(), free_port()
    write_certificate(folder)
    (folder / "emotion.conf").write_text(configuration(folder, ports, secure, plain))
    user = "user root;" if Path(folder).owner() == "root" else ""
    (folder / "main.conf").write_text(_MAIN.format(folder=folder, log=_LOG, user=user))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "main.conf")]
    with (folder / "nginx.log").open("wb") as output:
        nginx = subprocess.Popen(command, stdout=output, stderr=output)
    site = Site(
        f"https://localhost:{secure}",
        plain,
        folder,
        nginx,
        {name: child for name, (_, child) in served.items()},
        {name: f"127.0.0.1:{port}" for name, port in ports.items()},
    )
    try:
        wait_until(lambda: _listens(secure), 20, lambda: (folder / "nginx.log").read_text())
    except BaseException:
        site.close()
        raise
    return site


def configuration(folder: Path, ports: dict[str, str], secure: int, plain: int) -> str:
    """The committed configuration with other names, ports and files, and nothing else changed but the log."""
    text = CONFIGURATION.read_text()
    for old, new in {
        "    listen [::]:443 ssl http2 default_server;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "    listen [::]:80;\n": "",
        "listen 443": f"listen 127.0.0.1:{secure}",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/letsencrypt/live/emotion.example.org": str(folder),
        "emotion.example.org": "localhost",
        ":8501": f":{ports['a']}",
        ":8502": f":{ports['b']}",
        "access_log off;": f"access_log {folder}/access.log seen;",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def write_certificate(folder: Path) -> None:
    """`fullchain.pem` and `privkey.pem` for localhost, signed by themselves, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def trusting(site: Site) -> ssl.SSLContext:
    """What a client needs to accept the site's certificate."""
    return ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
