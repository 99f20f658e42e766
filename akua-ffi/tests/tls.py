"""A simulator behind TLS: tls.py AKUA-SIM FOLDER COMMAND...

Runs the command with the simulator's address, its token and the file of its authority added, and ends as that does.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading


def pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    for end in (one, other):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        plain, _ = listener.accept()
        try:
            near = context.wrap_socket(plain, server_side=True)
        except OSError:
            continue
        far = socket.create_connection(("127.0.0.1", port))
        for ends in ((near, far), (far, near)):
            threading.Thread(target=pump, args=ends, daemon=True).start()


def main() -> int:
    sim, folder, *command = sys.argv[1:]
    ca, key, request, leaf, leaf_key = (os.path.join(folder, name) for name in ("ca.pem", "ca.key", "leaf.csr", "leaf.pem", "leaf.key"))
    names = os.path.join(folder, "names")
    with open(names, "w", encoding="utf-8") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for arguments in (
        ["req", "-x509", *ec, "-keyout", key, "-out", ca, "-days", "30", "-subj", "/CN=an authority"],
        ["req", *ec, "-keyout", leaf_key, "-out", request, "-subj", "/CN=localhost"],
        ["x509", "-req", "-in", request, "-CA", ca, "-CAkey", key, "-CAcreateserial", "-out", leaf, "-days", "30", "-extfile", names],
    ):
        subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL)
    with subprocess.Popen([sim, "--exit-on-stdin-close", "--seed", "clusters=3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as akua:
        said: dict[str, str] = {}
        while "control_token" not in said:
            name, _, value = akua.stdout.readline().strip().partition("=")
            said[name] = value
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf, leaf_key)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=serve, args=(listener, context, int(said["url"].rsplit(":", 1)[1])), daemon=True).start()
            url = f"https://localhost:{listener.getsockname()[1]}"
            status = subprocess.run([*command, url, said["token"], ca], check=False, timeout=120).returncode
        akua.stdin.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
