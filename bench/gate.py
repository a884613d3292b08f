#!/usr/bin/env python3
"""The gate under load: frame to decision, identify over HTTP, memory, start; against 10,000 people.

Builds nothing: needs build/release's program and build/dev's gate_fixture. Real photographs come from
KFACE_DATA (LFW: a folder a person); the other people have random templates. Every answer is checked: a
wrong person let in ends the run with exit code 1.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
KFACE = ROOT / "build/release/tools/kface/kface"
FIXTURE = ROOT / "build/dev/tests/gate/gate_fixture"
MODEL = ["-m", "frozen", "--threshold", "0.5", "--allow-unmeasured"]


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True,
                          **options).stdout


def people_of(folder, number, photos_each):
    """The first `number` people with at least `photos_each` photos, each with so many."""
    chosen = []
    for person in sorted(folder.iterdir()):
        photos = sorted(person.glob("*.jpg")) + sorted(person.glob("*.png")) if person.is_dir() else []
        if len(photos) >= photos_each:
            chosen.append((person.name, photos[:photos_each]))
        if len(chosen) == number:
            break
    return chosen


def resident_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def prepare(home, work, people, filler):
    """A gallery with `people` enrolled by their first two photos as frames, and `filler` others."""
    run(KFACE, "gallery", "init", "--home", home)
    for name, photos in people:
        (work / "enrol" / name).mkdir(parents=True)
        (work / "probe" / name).mkdir(parents=True)
        for i, photo in enumerate(photos):
            run(FIXTURE, "frame", work / ("enrol" if i < 2 else "probe") / name / f"{i}.jpg", photo)
    print(run(KFACE, "enroll", "-m", "frozen", "--home", home, "--folder", work / "enrol", "--consent",
              "2026-11-25").strip().splitlines()[0])
    start = time.monotonic()
    run(FIXTURE, "fill", home, "frozen", filler)
    print(f"{filler} more people with random templates in {time.monotonic() - start:.0f} s")


def walk(home, video, plays, *options):
    """Plays a video into the gate; its last line, its decisions and its memory every second."""
    memory = []
    with tempfile.TemporaryFile("w+") as output:
        gate = subprocess.Popen([str(KFACE), "gate", *MODEL, "--home", str(home), "--camera", str(video),
                                 "--plays", str(plays), "--json", *options], stdout=output, text=True)
        while gate.poll() is None:
            time.sleep(0.5)
            try:
                memory.append(resident_kb(gate.pid))
            except (FileNotFoundError, AttributeError, ProcessLookupError):
                pass
        output.seek(0)
        lines = [json.loads(line) for line in output]
    if gate.returncode != 0:
        sys.exit(f"gate ended with {gate.returncode}")
    return lines[-1], lines[:-1], memory


def check(decisions, people, plays):
    """Everybody let in is who walked up."""
    expected = [name for name, _ in people] * plays
    granted = [each for each in decisions if each["verdict"] == "granted"]
    order = iter(expected)
    for each in granted:
        if not any(name == each["name"] for name in order):
            sys.exit(f"wrong: {each['name']} was let in, who did not come then")
    return len(granted), len(expected)


def first_decision(home, photo):
    """Process start to the decision on one photo, warm, three times: the median, seconds."""
    times = []
    for _ in range(3):
        start = time.monotonic()
        run(KFACE, "identify", *MODEL, "--home", home, photo, "--json")
        times.append(time.monotonic() - start)
    return sorted(times)[1]


def serve(home, work, seconds):
    token = json.loads(run(KFACE, "token", "add", "bench", "--role", "gate", "--home", home, "--json"))
    token_file = work / "token"
    token_file.write_text(token["token"])
    token_file.chmod(0o600)
    service = subprocess.Popen([str(KFACE), "serve", *MODEL, "--home", str(home), "--listen",
                                "127.0.0.1:0", "--json", "--token-rate", "10000", "--source-rate",
                                "10000"], stdout=subprocess.PIPE, text=True)
    try:
        url = json.loads(service.stdout.readline())["url"]
        subprocess.run([sys.executable, str(ROOT / "bench/serve_load.py"), "--url", url, "--token-file",
                        str(token_file), "--photos", str(work / "probe"), "--clients", "8", "--seconds",
                        str(seconds), "--overload", "4"], check=True)
        print(f"resident after it: {resident_kb(service.pid) / 1024:.0f} MB")
    finally:
        service.terminate()
        service.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20, help="real people")
    parser.add_argument("--filler", type=int, default=9980, help="people with random templates")
    parser.add_argument("--seconds", type=int, default=20, help="of each HTTP phase")
    parser.add_argument("--frames", type=int, default=0, help="also this many frames, for memory")
    arguments = parser.parse_args()
    data = pathlib.Path(os.environ.get("KFACE_DATA", "/nowhere")) / "lfw/images"
    if not data.is_dir():
        sys.exit("KFACE_DATA with LFW is needed (docs/protocols.md)")
    work = pathlib.Path(tempfile.mkdtemp(prefix="kface-bench-gate-"))
    try:
        home = work / "home"
        people = people_of(data, arguments.people, 4)
        prepare(home, work, people, arguments.filler)
        video = work / "walk.avi"
        run(FIXTURE, "video", video, *[photos[3] for _, photos in people])
        print(f"start to first decision, warm: {first_decision(home, people[0][1][3]):.2f} s")

        end, decisions, memory = walk(home, video, 1)
        granted, came = check(decisions, people, 1)
        print(f"camera, 640x480 at 15 a second: {end['frames']} frames, {end['dropped']} dropped, {came} "
              f"people came, {granted} let in; frame to decision: median "
              f"{end['decision_ms']['median']:.0f} ms, p95 {end['decision_ms']['p95']:.0f} ms; "
              f"resident {memory[-1] / 1024:.0f} MB")
        serve(home, work, arguments.seconds)
        if arguments.frames > 0:
            plays = -(-arguments.frames // end["frames"])
            start = time.monotonic()
            long_end, decisions, memory = walk(home, video, plays, "--every-frame")
            check(decisions, people, plays)
            tenth = len(memory) // 10
            print(f"memory over {long_end['frames']} frames: {memory[tenth] / 1024:.1f} MB after a tenth, "
                  f"{memory[-1] / 1024:.1f} MB at the end, {max(memory) / 1024:.1f} MB at most; "
                  f"{long_end['frames'] / (time.monotonic() - start):.0f} frames a second")
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
