"""Runs commands in a network of their own, with a DNS listener: prints the names that were looked up by each, and the files that were made.

Standard input: a JSON list of [name, folder that may be written, [word, ...]]. Started by `unshare -n -m`.
"""
import fcntl, json, os, socket, struct, subprocess, sys, threading

with socket.socket() as s:  # bring the loopback interface up
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
resolv = os.path.join(sys.argv[1], "resolv.conf")
with open(resolv, "w") as f:
    f.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
subprocess.run(["mount", "--bind", resolv, os.path.realpath("/etc/resolv.conf")], check=True)

lookups = []


def listen():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    ready.set()
    while True:
        data, peer = server.recvfrom(512)
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode(errors="replace"))
            at += data[at] + 1
        lookups.append(".".join(labels))
        server.sendto(data[:2] + b"\x81\x83" + data[4:], peer)  # no such name


ready = threading.Event()
threading.Thread(target=listen, daemon=True).start()
ready.wait()
try:
    socket.gethostbyname("control.example")
except OSError:
    pass
results = {"control": list(lookups), "verbs": {}}
for name, home, words in json.load(sys.stdin):
    lookups.clear()
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "HOME": home}, timeout=300)
    results["verbs"][name] = {
        "status": done.returncode,
        "error": done.stderr[-500:],
        "lookups": list(lookups),
        "files": sorted(os.path.relpath(os.path.join(folder, file), home) for folder, _, files in os.walk(home) for file in files),
    }
print(json.dumps(results))
