"""Tries the harness on tiny networks: its arithmetic on examples worked by hand, its conversation
with every peer that is there, and that it notices what it must notice. Seconds; no network."""

import math
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np

import figures
import machine
import run as driver
from engines import (EngineError, Kface, Peer, Spinners, Turn, Workload, read_output,
                     take_turns)

BENCH = pathlib.Path(__file__).resolve().parent
BATCH = 3
THREADS = 2
FAKE_KFACE = f"""#!{sys.executable}
import array, json, sys
assert sys.argv[1:7] == "bench --serve --backbone vgg-face --precision int8".split()
options = dict(zip(sys.argv[7::2], sys.argv[8::2]))
assert options["--batch"] == "{BATCH}" and options["--threads"] == "{THREADS}", options
assert options["--input"].endswith("vgg-face.{BATCH}.f32")
array.array("f", range(1, 7)).tofile(open(options["--save-output"], "wb"))
print("ready", json.dumps(dict(library="kface 1.2", details="int8", asserts=True, optimised=True)))
sys.stdout.flush()
for line in sys.stdin:
    print("ms", *([4.0] * int(line.split()[1])))
    sys.stdout.flush()
"""


def make_networks(folder, seed=None):
    more = [] if seed is None else ["--seed", str(seed)]
    subprocess.run([sys.executable, BENCH / "make_networks.py", folder, "--tiny", "--batches",
                    str(BATCH), *more], check=True)


def numpy_peer(folder, name="NumPy"):
    return Peer(name, [sys.executable, BENCH / "peers/numpy_vgg.py", "--network",
                       folder / "vgg-face.safetensors"])


def peers_that_are_there(programs, folder):
    onnx, tensors = folder / "vgg-face.onnx", folder / "vgg-face.safetensors"
    peers = []
    if (programs / "peer_opencv_dnn").exists():
        peers.append(driver.opencv(programs, onnx))
    if (programs / "peer_torch_vgg").exists():
        peers.append(driver.torch(programs, tensors, THREADS))
    if (BENCH / "peers/node_modules/onnxruntime-node").exists():
        peers.append(driver.ort(onnx))
    return peers


class Harness(unittest.TestCase):
    programs = pathlib.Path()

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        make_networks(cls.folder / "a")
        make_networks(cls.folder / "b", seed=7)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def workload(self, engines):
        workload = Workload("vgg-face", BATCH, self.folder / f"a/vgg-face.{BATCH}.f32", engines,
                            runs=2, rounds=2)
        try:
            for engine in engines:
                engine.start(workload, self.folder, THREADS)
            turns = take_turns(workload, workload.rounds, lambda text: None)
        finally:
            for engine in engines:
                engine.stop()
        return workload, turns

    def test_every_peer_computes_what_plain_numpy_computes(self):
        peers = peers_that_are_there(self.programs, self.folder / "a")
        print("with peers:", ", ".join(peer.name for peer in peers) or "none built", flush=True)
        workload, turns = self.workload([numpy_peer(self.folder / "a"), *peers])
        reference = read_output(workload.baseline, BATCH)
        self.assertEqual(reference.shape, (BATCH, 40))
        self.assertGreater(np.count_nonzero(reference), reference.size / 10)
        for engine in workload.engines:
            row = driver.row_of(engine, workload, turns)
            self.assertTrue(row["same_output"], row)
            self.assertLess(row["error"], 1e-5)
            self.assertEqual(row["samples"], 4)  # 2 rounds of 2; warming up does not count
            self.assertGreater(row["min_ms"], 0)

    def test_another_networks_output_is_noticed(self):
        other = numpy_peer(self.folder / "b", "other weights")
        workload, turns = self.workload([numpy_peer(self.folder / "a"), other])
        row = driver.row_of(other, workload, turns)
        self.assertFalse(row["same_output"])
        self.assertIn("**NO**", figures.cells(row, []))

    def test_kface_holds_the_conversation(self):
        program = self.folder / "kface"
        program.write_text(FAKE_KFACE)
        program.chmod(0o755)
        kface = Kface(program, "vgg-face", "int8", asked={"NumPy": 3.7})
        workload, turns = self.workload([numpy_peer(self.folder / "a"), kface])
        output = read_output(kface, BATCH)
        self.assertEqual(output.tolist(), [[1, 2], [3, 4], [5, 6]])
        row = driver.row_of(kface, workload, turns)
        self.assertEqual(list(row["times_as_fast_as"]), ["NumPy"])
        self.assertEqual((row["median_ms"], row["p95_ms"], row["samples"]), (4.0, 4.0, 4))
        self.assertEqual((row["library"], row["asserts"]), ("kface 1.2", True))

    def test_a_kface_that_fails_is_an_error_with_its_last_words(self):
        with self.assertRaisesRegex(EngineError, "kface f32 broke off(.|\n)*unknown-network"):
            program = self.folder / "failing-kface"
            program.write_text("#!/bin/sh\necho unknown-network >&2\nexit 1\n")
            program.chmod(0o755)
            self.workload([Kface(program, "x", "f32")])

    def test_an_engine_that_breaks_off_is_an_error_with_its_last_words(self):
        broken = Peer("broken", [sys.executable, BENCH / "peers/numpy_vgg.py", "--network",
                                 self.folder / "absent.safetensors"])
        with self.assertRaisesRegex(EngineError, "broken broke off(.|\n)*absent.safetensors"):
            self.workload([broken])

    def test_a_program_that_is_not_there_is_an_error(self):
        with self.assertRaisesRegex(EngineError, "absent: No such file"):
            self.workload([Peer("absent", [self.folder / "absent"])])

    def test_an_output_of_another_size_is_an_error(self):
        peer = numpy_peer(self.folder / "a")
        self.workload([peer])
        with self.assertRaisesRegex(EngineError, "120 values is not 7 features"):
            read_output(peer, 7)


class Figures(unittest.TestCase):
    def test_percentiles_are_samples(self):
        samples = list(range(20, 0, -1))
        self.assertEqual(figures.percentile(samples, 95), 19)
        self.assertEqual(figures.percentile(samples, 100), 20)
        self.assertEqual(figures.percentile([4.0], 95), 4.0)

    def test_a_summary_is_over_all_rounds(self):
        summary = figures.summary([Turn([1, 3, 2]), Turn([10, 12, 11])])
        self.assertEqual(summary["median_ms"], 6.5)
        self.assertEqual(summary["round_medians_ms"], [2, 11])
        self.assertEqual((summary["min_ms"], summary["p95_ms"], summary["samples"]), (1, 12, 6))

    def test_ratios_are_taken_round_by_round(self):
        ours = figures.summary([Turn([1]), Turn([2]), Turn([4])])
        theirs = figures.summary([Turn([2]), Turn([2]), Turn([12])])
        self.assertEqual(figures.times_as_fast(ours, theirs),
                         {"median": 2, "lowest": 1, "highest": 3})

    def test_what_is_slower_than_asked_is_told(self):
        row = {"engine": "kface f32", "asked": {"X": 2.0}, "contended": {"slower": 3.5},
               "times_as_fast_as": {"X": {"median": 1.5, "lowest": 1.4, "highest": 1.6}}}
        results = {"workloads": [{"name": "net", "batch": 1, "engines": [row]}]}
        self.assertEqual(figures.not_met(results), [
            "net, batch 1: kface f32 is 1.50 times as fast as X, asked 2.0",
            "net, batch 1: kface f32 slows down 3.5 times where it shares the cores, "
            "asked at most 3.0"])
        self.assertEqual(figures.ratio_cell(row, "X"), "1.50 (1.40-1.60), asked 2.0")
        row.update(asked={"X": 1.5}, contended={"slower": 3.0})
        self.assertEqual(figures.not_met(results), [])

    def test_errors_are_relative_to_the_largest_value_and_cosines_the_worst_of_the_batch(self):
        reference = np.array([[4.0, 0.0], [3.0, 0.0]])
        found = figures.compare(np.array([[4.0, 0.0], [3.0, 3.0]]), reference)
        self.assertEqual(found["error"], 0.75)
        self.assertAlmostEqual(found["cosine"], math.sqrt(0.5))

    def test_nan_zero_and_another_shape_are_never_the_same_output(self):
        reference = np.ones((2, 3))
        for output in (np.full((2, 3), np.nan), np.zeros((2, 3)), np.ones((3, 2))):
            for precision in ("f32", "int8"):
                self.assertFalse(figures.same_output(figures.compare(output, reference), precision))

    def test_reduced_precision_is_held_against_the_cosine_alone(self):
        found = {"error": 0.02, "cosine": 0.996}
        self.assertTrue(figures.same_output(found, "int8"))
        self.assertFalse(figures.same_output(found, "f32"))


class Machine(unittest.TestCase):
    def test_spinners_keep_their_cores_busy_and_are_gone_afterwards(self):
        cores = machine.choose_cores(1)
        before = machine.CpuMeter()
        with Spinners(cores) as spinners:
            time.sleep(0.5)
            self.assertTrue(all(process.poll() is None for process in spinners.processes))
        self.assertTrue(all(process.poll() is not None for process in spinners.processes))
        self.assertGreater(before.read()["ours"] - before.start["ours"], 0.05)

    def test_cores_are_as_many_as_asked_where_there_are(self):
        self.assertEqual(len(machine.choose_cores(1)), 1)


def run(programs):
    """Exit code. `programs`: where the peers written in C++ were built, if they were."""
    Harness.programs = programs
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    return 0 if unittest.TextTestRunner(stream=sys.stdout).run(suite).wasSuccessful() else 1
