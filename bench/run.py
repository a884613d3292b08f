#!/usr/bin/python3
"""Times kface and its peers side by side, each checked to give the same output.

Every engine loads its network once and then they take turns, A B C A B C ..., on the same cores and
with the same number of threads, so that whatever the machine does meanwhile meets all of them.
Ratios are taken round by round. Writes FOLDER/results.json and FOLDER/results.md.

Exit code: 0; 1 if an output differs or an engine fails; 2 for wrong arguments.
"""

import argparse
import json
import os
import pathlib
import sys

import figures
import machine
from engines import (EngineError, Kface, Peer, Spinners, Workload, read_output, take_turns)

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
FORMAT = {"format": "kface-bench", "version": 1}
CONTENDED_ROUNDS = 3


def say(text):
    print(f"run.py: {text}", file=sys.stderr, flush=True)


def ort(network):
    return Peer("ONNX Runtime", ["node", BENCH / "peers/ort.mjs", "--network", network])


def opencv(programs, network):
    return Peer("OpenCV DNN", [programs / "peer_opencv_dnn", "--network", network])


def torch(programs, network, threads):
    return Peer("LibTorch", [programs / "peer_torch_vgg", "--network", network],
                {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)})


def dlib(programs, network, blas_threads):
    words = "1 thread" if blas_threads == 1 else f"{blas_threads} threads"
    return Peer(f"dlib, {words}", [programs / "peer_dlib_resnet", "--network", network],
                {"OPENBLAS_NUM_THREADS": str(blas_threads)})


# How many times as fast as a peer each precision shall be, by workload and batch.
ASKED = {
    ("vgg-face", 1): {"f32": {"ONNX Runtime": 1.9},
                      "bf16": {"ONNX Runtime": 2.2},  # the fastest without 8 bits
                      "int8": {"ONNX Runtime": 3.7}},
    ("vgg-face", 8): {"f32": {"ONNX Runtime": 2.2}, "int8": {"ONNX Runtime": 3.9}},
    ("dlib-resnet", 1): {"f32": {"dlib, 2 threads": 2.8}, "int8": {"dlib, 2 threads": 4.5}},
    ("mobilefacenet", 1): {"f32": {"ONNX Runtime": 1.5, "OpenCV DNN": 1.8}},
}
PRECISIONS = {
    "vgg-face": ["f32", "bf16", "int8"],
    "dlib-resnet": ["f32", "int8"],
    "mobilefacenet": ["f32"],
}


def kface_engines(options, name, batch):
    if options.peers_only:
        return []
    backbone, more = {
        "vgg-face": ("vgg-face", ["--models", options.folder / "networks"]),
        "dlib-resnet": ("dlib-resnet", ["--models", ROOT / "third_party/models"]),
        "mobilefacenet": (BENCH / "mobilefacenet.toml", ["--last-layer"]),
    }[name]
    asked = ASKED.get((name, batch), {})
    return [Kface(options.kface, backbone, precision, more, asked.get(precision, {}))
            for precision in PRECISIONS[name]]


def plan(options):
    networks = options.folder / "networks"
    programs = options.peers
    threads = options.threads

    def workload(name, batch, peers, **more):
        return Workload(name, batch, networks / f"{name}.{batch}.f32",
                        peers + kface_engines(options, name, batch), **more)

    vgg_onnx, vgg_tensors = networks / "vgg-face.onnx", networks / "vgg-face.safetensors"
    dlib_file = ROOT / "third_party/models/dlib_face_recognition_resnet_model_v1.dat"
    mobile = ROOT / "third_party/test-networks/fr_feature.onnx"
    workloads = [
        workload("vgg-face", batch,
                 [ort(vgg_onnx), opencv(programs, vgg_onnx), torch(programs, vgg_tensors, threads)],
                 runs=max(2, 5 // batch), rounds=5 if batch == 1 else 3)
        for batch in options.batches]
    workloads.append(workload("dlib-resnet", 1, [dlib(programs, dlib_file, threads),
                                                 dlib(programs, dlib_file, 1)],
                              runs=30, rounds=7, warm_up=5))
    workloads.append(workload("mobilefacenet", 1, [ort(mobile), opencv(programs, mobile)],
                              runs=50, rounds=7, warm_up=10))
    return [w for w in workloads if not options.only or w.name in options.only]


def row_of(engine, workload, turns):
    """What the results say of one engine of a workload, after its turns. Raises EngineError."""
    row = {"engine": engine.name, "precision": engine.precision, "asked": engine.asked,
           **engine.info, **figures.summary(turns[engine.name])}
    row["times_as_fast_as"] = {
        peer.name: figures.times_as_fast(row, figures.summary(turns[peer.name]))
        for peer in workload.engines if not isinstance(peer, Kface) and peer is not engine}
    row.update(figures.compare(read_output(engine, workload.batch),
                               read_output(workload.baseline, workload.batch)))
    row["same_output"] = figures.same_output(row, engine.precision)
    return row


def measure(workload, options, cores, contended):
    """The workload's part of the results. Raises EngineError."""
    folder = options.folder / "outputs"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for engine in workload.engines:
            say(f"{workload.name}, batch {workload.batch}: starting {engine.name}")
            engine.start(workload, folder, options.threads)
        rounds = options.rounds or workload.rounds
        turns = take_turns(workload, rounds, say)
        shared = {}
        if contended:
            say("again, with another busy process on each core")
            with Spinners(cores):
                shared = take_turns(workload, min(rounds, CONTENDED_ROUNDS), say)
    finally:
        for engine in workload.engines:
            engine.stop()
    rows = [row_of(engine, workload, turns) for engine in workload.engines]
    for row in rows:
        if shared:
            median = figures.summary(shared[row["engine"]])["median_ms"]
            row["contended"] = {"median_ms": median, "slower": median / row["median_ms"]}
    return {"name": workload.name, "batch": workload.batch, "rounds": rounds,
            "baseline": workload.baseline.name, "engines": rows}


def warnings_about(results):
    machine_facts = results["machine"]
    warnings = []
    if results["busy_before"] > machine.BUSY_FRACTION:
        warnings.append(f"the machine was {100 * results['busy_before']:.0f} % busy before the start")
    if machine_facts["others_share"] > machine.BUSY_FRACTION:
        warnings.append(f"other processes used {100 * machine_facts['others_share']:.0f} % of the "
                        "cores meanwhile: repeat it on an idle machine before quoting a figure")
    if machine_facts["stolen_share"] > machine.BUSY_FRACTION:
        warnings.append(f"the host took {100 * machine_facts['stolen_share']:.0f} % of the cores")
    built_badly = {row["engine"] for workload in results["workloads"]
                   for row in workload["engines"] if row["asserts"] or not row["optimised"]}
    for name in sorted(built_badly):
        warnings.append(f"{name} was built with asserts or without optimisation")
    return warnings


def run(options):
    cores = machine.choose_cores(options.threads)
    if len(cores) < options.threads:
        say(f"WARNING: {options.threads} threads share {len(cores)} core")
    os.sched_setaffinity(0, cores)  # every engine inherits it
    results = {**FORMAT, "threads": options.threads, "machine": machine.describe(cores),
               "busy_before": machine.busy_before(), "workloads": []}
    meter = machine.CpuMeter()
    contend = options.contended
    for workload in plan(options):
        results["workloads"].append(measure(workload, options, cores, contend))
        contend = False  # the first workload shows it
    others, stolen = meter.shares()
    results["machine"].update(others_share=others, stolen_share=stolen)
    results["warnings"] = warnings_about(results)
    text = figures.markdown(results)
    (options.folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (options.folder / "results.md").write_text(text)
    print(text)
    for text in figures.not_met(results):
        say(f"not as fast as asked: {text}")
    different = [f"{w['name']}, batch {w['batch']}: {row['engine']}" for w in results["workloads"]
                 for row in w["engines"] if not row["same_output"]]
    for name in different:
        say(f"FAILED: the output of {name} is not the baseline's")
    return 1 if different else 0


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="How it measures: bench/README.md")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench",
                        help="networks (make_networks.py) in, results out")
    parser.add_argument("--peers", type=pathlib.Path, default=ROOT / "build/bench/bench",
                        help="where the peers written in C++ were built")
    parser.add_argument("--kface", type=pathlib.Path,
                        default=ROOT / "build/release/tools/kface/kface")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8], help="of VGG-Face")
    parser.add_argument("--rounds", type=int, help="instead of each workload's own number")
    parser.add_argument("--only", nargs="+", choices=sorted(PRECISIONS), help="these networks alone")
    parser.add_argument("--peers-only", action="store_true", help="without kface")
    parser.add_argument("--contended", action="store_true",
                        help="the first workload again with another busy process on each core")
    parser.add_argument("--self-check", action="store_true",
                        help="try the harness itself on tiny networks, seconds; no figures")
    return parser.parse_args()


def main():
    options = parse()
    if options.self_check:
        import self_check
        return self_check.run(options.peers)
    try:
        return run(options)
    except EngineError as error:
        say(f"FAILED: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
