"""Holds this library's figures against scikit-learn's and SciPy's, on random pairs with ties.

Usage: check_figures.py PROGRAM, where PROGRAM is eval_print_figures.
"""
import json
import subprocess
import sys

import numpy as np
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn import metrics

FAR_GOALS = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
BINS = 20
compared = 0


def near(what, ours, theirs, tolerance=1e-12):
    global compared
    ours = np.asarray(ours, dtype=float)
    theirs = np.asarray(theirs, dtype=float)
    if ours.shape != theirs.shape:
        sys.exit(f"{what}: ours has shape {ours.shape}, theirs {theirs.shape}")
    worst = np.max(np.abs(ours - theirs), initial=0.0)
    if not worst <= tolerance:
        sys.exit(f"{what}: ours {ours}, theirs {theirs}, apart by {worst}")
    compared += ours.size


def equal_error(fpr, tpr):
    """As SciPy's users find it: where the interpolated ROC meets the falling diagonal."""
    return brentq(lambda x: 1.0 - x - interp1d(fpr, tpr)(x), 0.0, 1.0, xtol=1e-14)


def random_case(rng, people, images, overlap, pool):
    """All pairs of people x images; distances are drawn from few values, so that many tie."""
    identity = np.repeat(np.arange(people), images)
    a, b = np.triu_indices(people * images, 1)
    same = identity[a] == identity[b]
    values = np.sort(rng.normal(1.0, 0.4, pool)).astype(np.float32)
    place = np.clip(rng.normal(np.where(same, 0.5 - overlap, 0.5 + overlap), 0.2), 0, 0.999)
    return values[(place * pool).astype(int)], same, identity[a], identity[b]


def check_roc(case, ours):
    distance, same = case[:2]
    fpr, tpr, thresholds = metrics.roc_curve(same, -distance, drop_intermediate=False)
    # Their first point rejects everything at an arbitrary threshold.
    near("ROC", ours["roc"], np.column_stack([-thresholds, fpr, tpr])[1:])
    figures = ours["metrics"]
    near("AUC", figures["auc"], metrics.roc_auc_score(same, -distance))
    near("EER", figures["eer"], equal_error(fpr, tpr), 1e-11)
    for goal, tar, threshold in figures["tar_at_far"]:
        if np.sum(~same) < 3 / goal * (1 - 1e-12):
            if tar is not None or threshold is not None:
                sys.exit(f"a TAR at FAR {goal} from {np.sum(~same)} different pairs")
            continue
        within = fpr <= goal
        near("TAR at FAR", tar, tpr[within].max())
        if within.sum() > 1:
            near("threshold at FAR", threshold, -thresholds[within][-1])
        elif threshold is not None:
            sys.exit(f"a threshold at FAR {goal}, where there is none")


def check_det(case, ours):
    distance, same = case[:2]
    fpr, fnr, _ = metrics.det_curve(same, -distance)
    # Of the points at the lowest FAR that occurs they keep one, we all: compare from there on.
    inside = (fpr > fpr.min()) & (fpr < 1) & (fnr > 0) & (fnr < 1)
    theirs = np.column_stack([fpr, fnr])[inside]
    theirs = theirs[np.lexsort((-theirs[:, 1], theirs[:, 0]))]
    points = np.asarray(ours["det"])
    near("DET", points[points[:, 0] > fpr.min(), :2], theirs)
    near("probit", points[:, 2:], norm.ppf(points[:, :2]), 1e-9)


def check_distributions(case, ours):
    distance, same = case[:2]
    figures = ours["metrics"]
    genuine, impostor = distance[same].astype(float), distance[~same].astype(float)
    pooled = np.sqrt((genuine.var() + impostor.var()) / 2)
    near("d'", figures["d_prime"], (impostor.mean() - genuine.mean()) / pooled)
    limits = (float(distance.min()), float(distance.max()))
    histograms = [np.histogram(kind, BINS, limits, density=True)[0] for kind in (genuine, impostor)]
    near("same histogram", figures["same_histogram"], histograms[0], 1e-9)
    near("different histogram", figures["different_histogram"], histograms[1], 1e-9)
    width = (limits[1] - limits[0]) / BINS
    near("overlap", figures["overlap"], np.minimum(*histograms).sum() * width, 1e-9)


def check_decisions(case, ours):
    distance, same = case[:2]
    figures = ours["metrics"]
    accepted = distance <= np.float32(figures["threshold"])
    near("accuracy", figures["accuracy"], metrics.accuracy_score(same, accepted))
    (tn, fp), (fn, tp) = metrics.confusion_matrix(same, accepted)
    near("FAR at threshold", figures["far"], fp / (fp + tn))
    near("FRR at threshold", figures["frr"], fn / (fn + tp))
    weight, bias = figures["score"]
    probability = 1 / (1 + np.exp(-(weight * distance.astype(float) + bias)))
    near("loss", figures["loss"], metrics.log_loss(same, probability), 1e-9)


def check_weighted(case, weights, ours):
    """Resamples of people: pairs count w_i or w_i * w_j times, scikit-learn's sample_weight."""
    distance, same, a, b = case
    for w, figures in zip(weights, ours["weighted"]):
        pair_weight = np.where(same, w[a], w[a] * w[b]).astype(float)
        counted = pair_weight > 0  # pairs that are not there have no place on the curve
        fpr, tpr, thresholds = metrics.roc_curve(
            same[counted], -distance[counted], sample_weight=pair_weight[counted],
            drop_intermediate=False)
        near("weighted AUC", figures["auc"], metrics.auc(fpr, tpr))
        near("weighted EER", figures["eer"], equal_error(fpr, tpr), 1e-11)
        for i, goal in enumerate(FAR_GOALS):
            within = fpr <= goal
            near("weighted TAR at FAR", figures["tar"][i], tpr[within].max())
            just_below = np.nextafter(distance[counted].min(), np.float32(-np.inf))
            near("weighted threshold at FAR", figures["threshold"][i],
                 -thresholds[within][-1] if within.sum() > 1 else just_below)
        mean, variance = {}, {}
        for kind in (True, False):
            chosen = same == kind
            values = distance[chosen].astype(float)
            mean[kind] = np.average(values, weights=pair_weight[chosen])
            variance[kind] = np.average((values - mean[kind]) ** 2, weights=pair_weight[chosen])
        near("weighted d'", figures["d_prime"],
             (mean[False] - mean[True]) / np.sqrt((variance[True] + variance[False]) / 2), 1e-9)


def check_cmc(identity, embeddings, ours):
    unit = embeddings.astype(float)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    people = np.unique(identity)
    count = ours["identification"]["gallery_images"]
    gallery = np.concatenate([np.flatnonzero(identity == p)[:count] for p in people])
    templates = np.array([unit[gallery][identity[gallery] == p].mean(axis=0) for p in people])
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    probes = np.setdiff1d(np.arange(len(identity)), gallery)
    alike = unit[probes] @ templates.T
    for k, rate in enumerate(ours["identification"]["cmc"], start=1):
        if k >= len(people):  # everybody: they warn that it means nothing
            near(f"rank {k}", rate, 1)
            continue
        near(f"rank {k}", rate,
             metrics.top_k_accuracy_score(identity[probes], alike, k=k, labels=people))


def words(*arrays):
    return " ".join(repr(value) for array in arrays for value in np.ravel(array).tolist())


def check_case(program, seed):
    rng = np.random.default_rng(seed)
    people, images = int(rng.integers(12, 30)), int(rng.integers(2, 5))
    case = random_case(rng, people, images, rng.uniform(0, 0.3), int(rng.integers(20, 4000)))
    weights = rng.multinomial(people, np.full(people, 1 / people), size=4)
    identity = np.sort(rng.permutation(np.tile(np.arange(people), 4)))
    embeddings = (rng.normal(size=(people, 6))[identity] +
                  rng.normal(scale=0.7, size=(4 * people, 6))).astype(np.float32)
    text = " ".join([
        words([len(case[0]), people, len(weights)]),
        words(np.column_stack([x.astype(object) for x in
                               (case[0], case[1].astype(int), case[2], case[3])])),
        words(weights),
        words([len(identity), embeddings.shape[1]]),
        words(np.column_stack([identity.astype(object), embeddings.astype(object)]))])
    printed = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    ours = json.loads(printed.stdout)
    check_roc(case, ours)
    check_det(case, ours)
    check_distributions(case, ours)
    check_decisions(case, ours)
    check_weighted(case, weights, ours)
    check_cmc(identity, embeddings, ours)


def main():
    for seed in range(12):
        check_case(sys.argv[1], seed)
    if compared < 10000:
        sys.exit(f"only {compared} numbers were compared")
    print(f"{compared} numbers agree")


if __name__ == "__main__":
    main()
