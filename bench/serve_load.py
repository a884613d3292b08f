#!/usr/bin/env python3
"""Load on a running `kface serve`: N clients that post photos to /v1/identify over connections that
they keep, for S seconds. Prints rate, latency, statuses, and checks every answer.

    kface token add load --role gate --home gate > load.token
    bench/serve_load.py --url http://127.0.0.1:8443 --token-file load.token \\
        --photos people --clients 8 --seconds 30
    bench/serve_load.py ... --overload 4     # N clients, then 4 N, then N again

--photos is a folder a person, named as the person is enrolled; photos of people who are not enrolled
lie in --strangers. Every photo is asked for once beforehand, alone; under load its answer must be
the same. Exit code 1: a wrong name, an answer that changed, a status that should not be, or no
recovery after the overload. Needs the standard library alone.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import platform
import ssl
import sys
import threading
import time
import urllib.parse

IMAGE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png",
               ".pgm": "image/x-portable-graymap", ".ppm": "image/x-portable-pixmap"}


class Photo:
    def __init__(self, path, name):
        self.path = path
        self.name = name  # of the person; None: a stranger
        self.type = IMAGE_TYPES[path.suffix.lower()]
        self.bytes = path.read_bytes()
        self.answer = None  # (status, verdict, name), asked for alone


class Client:
    """One connection that is kept, and opened again when the service closes it."""

    def __init__(self, url, token):
        self.url = urllib.parse.urlsplit(url)
        self.token = token
        self.connection = None

    def open(self):
        if self.url.scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname = False  # a gate's certificate is often its own
            context.verify_mode = ssl.CERT_NONE
            return http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=60,
                                               context=context)
        return http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)

    def identify(self, photo):
        """(status, body, retry_after); status 0: no answer."""
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": photo.type}
        for attempt in (1, 2):  # a kept connection may have ended meanwhile
            fresh = self.connection is None
            try:
                self.connection = self.connection or self.open()
                self.connection.request("POST", "/v1/identify?limit=1", photo.bytes, headers)
                response = self.connection.getresponse()
                body = response.read()
                if response.will_close:
                    self.close()
                return response.status, body, float(response.headers.get("Retry-After", 0))
            except (OSError, http.client.HTTPException):
                self.close()
                if fresh or attempt == 2:
                    return 0, b"", 0
        return 0, b"", 0

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def answer_of(status, body):
    if status == 200:
        decision = json.loads(body)["decision"]
        return status, decision["verdict"], decision["name"]
    if status == 422:
        return status, json.loads(body)["error"]["code"], None
    return status, None, None


def read_photos(folder, with_names, most):
    photos = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.suffix.lower() in IMAGE_TYPES and len(photos) < most:
            photos.append(Photo(path, path.parent.name if with_names else None))
    return photos


def ask_alone(args, token, photos):
    """Faults: names that are wrong."""
    client = Client(args.url, token)
    faults = []
    found = collections.Counter()
    for photo in photos:
        status, body, _ = client.identify(photo)
        photo.answer = answer_of(status, body)
        _, verdict, name = photo.answer
        found[verdict if status == 200 else str(status)] += 1
        if status not in (200, 422):
            faults.append(f"{photo.path}: status {status}")
        elif verdict == "granted" and name != photo.name:
            faults.append(f"{photo.path}: taken for somebody else")
    client.close()
    print(f"{len(photos)} photos asked for alone: {dict(found)}")
    return faults


def run_phase(args, token, photos, clients, what):
    statuses = collections.Counter()
    latencies = []
    faults = []
    lock = threading.Lock()
    end = time.monotonic() + args.seconds

    def work(number):
        client = Client(args.url, token)
        at = number * 7
        mine = []
        counted = collections.Counter()
        while time.monotonic() < end:
            photo = photos[at % len(photos)]
            at += 1
            start = time.perf_counter()
            status, body, _ = client.identify(photo)
            took = time.perf_counter() - start
            counted[status] += 1
            if status == 429:
                time.sleep(args.retry_wait)
            elif answer_of(status, body) != photo.answer:
                with lock:
                    faults.append(f"{what}: {photo.path}: {answer_of(status, body)[:2]} under load, "
                                  f"{photo.answer[:2]} alone")
            else:
                mine.append(took)
        client.close()
        with lock:
            statuses.update(counted)
            latencies.extend(mine)

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    latencies.sort()

    def percentile(p):
        return latencies[min(len(latencies) - 1, int(p * len(latencies)))] * 1000 if latencies else 0

    result = {"what": what, "clients": clients, "seconds": round(seconds, 1),
              "answered_per_s": round(len(latencies) / seconds, 1),
              "p50_ms": round(percentile(0.5), 1), "p95_ms": round(percentile(0.95), 1),
              "p99_ms": round(percentile(0.99), 1),
              "statuses": {str(k): v for k, v in sorted(statuses.items())}}
    print(f"{what:10} {clients:3} clients  {result['answered_per_s']:7.1f}/s  p50 "
          f"{result['p50_ms']:.0f} ms  p95 {result['p95_ms']:.0f} ms  p99 {result['p99_ms']:.0f} ms  "
          f"{result['statuses']}", flush=True)
    return result, faults


def check(args, results):
    faults = []
    for result in results:
        allowed = {"200", "422"} | ({"429"} if result["what"] == "overload" else set())
        wrong = {k: v for k, v in result["statuses"].items() if k not in allowed}
        if wrong:
            faults.append(f"{result['what']}: unexpected statuses {wrong}")
    if args.overload:
        if "429" not in results[1]["statuses"]:
            faults.append("overload: nothing was sent away")
        if results[2]["answered_per_s"] < 0.8 * results[0]["answered_per_s"]:
            faults.append("recovery: slower than before the overload")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8443")
    parser.add_argument("--token-file", required=True)
    parser.add_argument("--photos", required=True, help="a folder a person, named as enrolled")
    parser.add_argument("--strangers", help="photos of people who are not enrolled")
    parser.add_argument("--most-photos", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--overload", type=int, default=0, help="times as many clients; 0: none")
    parser.add_argument("--retry-wait", type=float, default=0.05,
                        help="seconds that a client waits after 429")
    parser.add_argument("--json", help="file for the figures")
    args = parser.parse_args()
    token = pathlib.Path(args.token_file).read_text().strip()
    photos = read_photos(args.photos, True, args.most_photos)
    if args.strangers:
        photos += read_photos(args.strangers, False, args.most_photos)
    if not photos:
        sys.exit("serve_load: no photos in " + args.photos)
    faults = ask_alone(args, token, photos)
    phases = [("load", args.clients)]
    if args.overload:
        phases += [("overload", args.clients * args.overload), ("recovery", args.clients)]
    results = []
    for what, clients in phases:
        result, found = run_phase(args, token, photos, clients, what)
        results.append(result)
        faults += found
    faults += check(args, results)
    if args.json:
        record = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(),
                  "photos": len(photos), "results": results, "faults": faults}
        pathlib.Path(args.json).write_text(json.dumps(record, indent=2) + "\n")
    for fault in faults[:20]:
        print("FAULT", fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
