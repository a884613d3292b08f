"""What the benchmark ran on, and whether it had the machine to itself."""

import os
import pathlib
import platform
import resource
import subprocess
import time

INSTRUCTIONS = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8")
BUSY_FRACTION = 0.05


def cpu_fields():
    fields = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    return fields


def first_sibling(core):
    path = pathlib.Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    try:
        return int(path.read_text().replace("-", ",").split(",")[0])
    except OSError:
        return core


def choose_cores(threads):
    """As many cores of this process as threads, no two of them halves of one."""
    usable = sorted(os.sched_getaffinity(0))
    physical = [core for core in usable if first_sibling(core) == core]
    chosen = (physical if len(physical) >= threads else usable)[:threads]
    return set(chosen)


def describe(cores):
    cpu = cpu_fields()
    flags = cpu.get("flags", "").split()
    names = dict(line.rstrip().split("=", 1)
                 for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    memory_kb = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {
        "cpu": cpu.get("model name", platform.machine()),
        "cpu_family_model": f"{cpu.get('cpu family', '?')}/{cpu.get('model', '?')}",
        "instructions": [name for name in INSTRUCTIONS if name in flags],
        "cores": os.cpu_count(),
        "cores_used": sorted(cores),
        "memory_gib": round(memory_kb / 2**20, 1),
        "system": names.get("PRETTY_NAME", "?").strip('"'),
        "kernel": platform.release(),
        "commit": commit(),
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
        "load_before": os.getloadavg()[0],
    }


def commit():
    folder = pathlib.Path(__file__).parent
    result = subprocess.run(["git", "-C", folder, "describe", "--always", "--dirty"],
                            capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


class CpuMeter:
    """CPU seconds of the whole machine, and how many of them were ours."""

    def __init__(self):
        self.start_time = time.monotonic()
        self.start = self.read()

    @staticmethod
    def read():
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, _, _, irq, soft_irq, steal = (
            int(word) / tick
            for word in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
        ours = sum(usage.ru_utime + usage.ru_stime
                   for usage in map(resource.getrusage,
                                    (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
        return {"busy": user + nice + system + irq + soft_irq, "steal": steal, "ours": ours}

    def shares(self):
        """(by others, stolen by the host) as fractions of all cores since the start. Complete only
        when every child has ended."""
        elapsed = (time.monotonic() - self.start_time) * os.cpu_count()
        now = self.read()
        change = {name: now[name] - self.start[name] for name in now}
        return (max(0.0, change["busy"] - change["ours"]) / elapsed, change["steal"] / elapsed)


def busy_before(seconds=1.0):
    """How busy the machine is while we do nothing, as a fraction of all cores."""
    meter = CpuMeter()
    time.sleep(seconds)
    return meter.shares()[0]
