"""From turns to figures, and from figures to tables."""

import math
import statistics

import numpy as np

# Of outputs in single precision: the largest difference, relative to the largest value.
F32_TOLERANCE = 1e-4
# Of every feature in any other precision, with the baseline's.
LEAST_COSINE = 0.995
# Of kface, where another busy process takes half of each core.
MOST_SLOW_DOWN = 3.0


def percentile(samples, percent):
    """The smallest sample that at least `percent` of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary(turns):
    samples = [sample for turn in turns for sample in turn.samples_ms]
    return {
        "median_ms": statistics.median(samples),
        "p95_ms": percentile(samples, 95),
        "min_ms": min(samples),
        "samples": len(samples),
        "round_medians_ms": [statistics.median(turn.samples_ms) for turn in turns],
    }


def times_as_fast(figures, peer):
    """As the peer, round by round: median, lowest and highest."""
    ratios = [theirs / ours for ours, theirs in
              zip(figures["round_medians_ms"], peer["round_medians_ms"], strict=True)]
    return {"median": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios)}


def compare(output, reference):
    """Two outputs [batch, d]."""
    if output.shape != reference.shape:
        return {"error": math.inf, "cosine": 0.0}
    output = output.astype(np.float64)
    reference = reference.astype(np.float64)
    scale = np.abs(reference).max()
    lengths = np.linalg.norm(output, axis=1) * np.linalg.norm(reference, axis=1)
    if not np.isfinite(output).all() or scale == 0 or (lengths == 0).any():
        return {"error": math.inf, "cosine": 0.0}
    return {"error": float(np.abs(output - reference).max() / scale),
            "cosine": float(((output * reference).sum(axis=1) / lengths).min())}


def same_output(comparison, precision):
    if precision == "f32":
        return comparison["error"] <= F32_TOLERANCE
    return comparison["cosine"] >= LEAST_COSINE


def ratio_cell(row, peer):
    ratio = row["times_as_fast_as"].get(peer)
    if ratio is None:
        return ""
    text = f"{ratio['median']:.2f} ({ratio['lowest']:.2f}-{ratio['highest']:.2f})"
    return text + (f", asked {row['asked'][peer]}" if peer in row["asked"] else "")


def not_met(results):
    """The ratios and slow-downs that are not as asked, in words."""
    texts = []
    for workload in results["workloads"]:
        place = f"{workload['name']}, batch {workload['batch']}"
        for row in workload["engines"]:
            for peer, asked in row["asked"].items():
                found = row["times_as_fast_as"][peer]["median"]
                if found < asked:
                    texts.append(f"{place}: {row['engine']} is {found:.2f} times as fast as {peer}, "
                                 f"asked {asked}")
            slower = row.get("contended", {}).get("slower", 1)
            if row["asked"] and slower > MOST_SLOW_DOWN:
                texts.append(f"{place}: {row['engine']} slows down {slower:.1f} times where it "
                             f"shares the cores, asked at most {MOST_SLOW_DOWN}")
    return texts


def cells(row, peers):
    contended = row.get("contended")
    return [
        row["engine"],
        f"{row['median_ms']:.1f}",
        f"{row['p95_ms']:.1f}",
        f"{row['min_ms']:.1f}",
        *(ratio_cell(row, peer) for peer in peers),
        f"{row['error']:.1e}",
        f"{row['cosine']:.5f}",
        "yes" if row["same_output"] else "**NO**",
        f"{contended['median_ms']:.0f} ms, {contended['slower']:.1f} times slower"
        if contended else "",
    ]


def table(workload):
    """Markdown."""
    peers = [row["engine"] for row in workload["engines"]
             if any(row["engine"] in other["times_as_fast_as"] for other in workload["engines"])]
    heads = ["engine", "median ms", "p95", "min", *(f"times as fast as {peer}" for peer in peers),
             "max error", "cosine", "same output", "cores shared"]
    rows = [cells(row, peers) for row in workload["engines"]]
    kept = [i for i in range(len(heads)) if any(row[i] for row in rows)]
    lines = [[heads[i] for i in kept], *([row[i] for i in kept] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(kept))]
    texts = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
             for line in lines]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def markdown(results):
    machine = results["machine"]
    parts = [
        f"{machine['date']}, {machine['cpu']} (family/model {machine['cpu_family_model']}, "
        f"{' '.join(machine['instructions'])}), {machine['cores']} cores, "
        f"{results['threads']} threads each, {machine['system']}, commit {machine['commit']}. "
        f"Load before {machine['load_before']:.2f}; other processes used "
        f"{100 * machine['others_share']:.1f} % of the cores during the run, the host took "
        f"{100 * machine['stolen_share']:.1f} %."]
    parts += [f"WARNING: {warning}" for warning in results["warnings"]]
    for workload in results["workloads"]:
        rounds = f"{workload['rounds']} round" + ("s" if workload["rounds"] != 1 else "")
        parts.append(f"### {workload['name']}, batch {workload['batch']} ({rounds})\n\n"
                     f"{table(workload)}")
    libraries = {f"* {row['library']}: {row['details']}" for workload in results["workloads"]
                 for row in workload["engines"]}
    parts.append("\n".join(sorted(libraries)))
    return "\n\n".join(parts) + "\n"
