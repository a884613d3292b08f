"""Engines as processes: every one is started once, says that it is ready, and then runs as often as
it is asked to, so that the driver can let them take turns (the conversation: bench/README.md)."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import numpy as np

# Worker threads of some libraries spin for a while after their work; the next engine must not pay.
SETTLE_SECONDS = 0.25
TIMEOUT_SECONDS = 300


class EngineError(Exception):
    """An engine that could not be started or broke off; the text says why."""


@dataclasses.dataclass
class Turn:
    """What one engine measured in one round."""

    samples_ms: list


def start_process(arguments, environment, log_path):
    log = open(log_path, "wb")
    try:
        return subprocess.Popen([str(a) for a in arguments], env={**os.environ, **environment},
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                text=True)
    except OSError as error:
        raise EngineError(f"{arguments[0]}: {error.strerror}") from error
    finally:
        log.close()


def last_words(log_path):
    text = pathlib.Path(log_path).read_text(errors="replace").strip()
    return "\n".join(text.splitlines()[-5:]) or "it said nothing"


class Watchdog:
    """Kills a process that works longer than TIMEOUT_SECONDS on one request."""

    def __init__(self, process):
        self.timer = threading.Timer(TIMEOUT_SECONDS, process.kill)

    def __enter__(self):
        self.timer.start()

    def __exit__(self, *_):
        self.timer.cancel()


class Peer:
    """A process that keeps its network loaded between turns."""

    output_option = "--output"

    def __init__(self, name, command, environment=None, precision="f32"):
        self.name = name
        self.command = command
        self.environment = environment or {}
        self.precision = precision
        self.asked = {}
        self.info = {}
        self.process = None

    def start(self, workload, folder, threads):
        """Loads the network and writes the output once. Raises EngineError."""
        label = f"{workload.name}.{workload.batch}.{self.name}".replace(" ", "-").replace(",", "")
        self.output_path = folder / f"{label}.out.f32"
        self.log_path = folder / f"{label}.log"
        self.output_path.unlink(missing_ok=True)
        arguments = [*self.command, "--input", workload.input, self.output_option, self.output_path,
                     "--batch", workload.batch, "--threads", threads]
        self.process = start_process(arguments, self.environment, self.log_path)
        self.info = json.loads(self.answer("ready"))

    def answer(self, word):
        with Watchdog(self.process):
            line = self.process.stdout.readline()
        if not line.startswith(word + " "):
            self.process.kill()
            self.process.wait()
            raise EngineError(f"{self.name} broke off: {last_words(self.log_path)}")
        return line[len(word) + 1:]

    def turn(self, warm_up, runs):
        self.process.stdin.write(f"run {warm_up + runs}\n")
        self.process.stdin.flush()
        samples = [float(word) for word in self.answer("ms").split()]
        return Turn(samples[warm_up:])

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            with Watchdog(self.process):
                self.process.wait()
            self.process.stdout.close()
            self.process = None


class Kface(Peer):
    """`kface bench --serve`, which holds the same conversation."""

    def __init__(self, program, backbone, precision, options=(), asked=None):
        super().__init__(f"kface {precision}",
                         [program, "bench", "--serve", "--backbone", backbone, "--precision",
                          precision, *options], precision=precision)
        self.asked = asked or {}  # {peer: how many times as fast it shall be}

    output_option = "--save-output"


@dataclasses.dataclass
class Workload:
    """One network and batch, and who computes it; the first engine is the baseline, whose output
    the others must give."""

    name: str
    batch: int
    input: pathlib.Path
    engines: list
    runs: int = 5  # a turn
    rounds: int = 5
    warm_up: int = 1  # runs at the start of a turn that do not count

    @property
    def baseline(self):
        return self.engines[0]


def read_output(engine, batch):
    values = np.fromfile(engine.output_path, "<f4")
    if values.size == 0 or values.size % batch != 0:
        raise EngineError(f"{engine.name}: an output of {values.size} values is not {batch} features")
    return values.reshape(batch, -1)


def take_turns(workload, rounds, say):
    """Round-robin, A B C A B C ...: {engine name: [Turn a round]}."""
    turns = {engine.name: [] for engine in workload.engines}
    for number in range(rounds):
        say(f"{workload.name}, batch {workload.batch}: round {number + 1} of {rounds}")
        for engine in workload.engines:
            time.sleep(SETTLE_SECONDS)
            turns[engine.name].append(engine.turn(workload.warm_up, workload.runs))
    return turns


class Spinners:
    """One process a core that computes without end, to share the cores with."""

    PROGRAM = """
import os, sys
os.sched_setaffinity(0, {int(sys.argv[1])})
while os.getppid() == int(sys.argv[2]):
    for _ in range(1000000):
        pass
"""

    def __init__(self, cores):
        self.cores = cores
        self.processes = []

    def __enter__(self):
        for core in self.cores:
            self.processes.append(subprocess.Popen(
                [sys.executable, "-c", self.PROGRAM, str(core), str(os.getpid())]))
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
