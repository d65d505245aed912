"""What the statistics of `domain` must equal: data sets, and what scipy, statsmodels, scikit-learn,
krippendorff and choix say of them. Prints a JSON list of {kind, input, expected}; null is "no such figure".

Where none of these packages has a figure (CR2 errors, the interval on a scale, pass@k), it is written
out here from its definition, another way than in `domain`: dense matrices, root finding, enumeration.
"""

import itertools
import json
import math
import warnings

import choix
import krippendorff
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize, special, stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

warnings.simplefilter("ignore")
random = np.random.default_rng(20261128)
CASES = []


def case(kind, given, expected):
    CASES.append({"kind": kind, "input": given, "expected": expected})


def skewed(size, high=5):
    """Points of a scale from 1, most of them low."""
    return np.clip(np.rint(1 + random.exponential(1.0, size)), 1, high).astype(float)


def clustered(clusters, samples, draw):
    """(cluster, value), in no order, 1 to `samples` values each."""
    rows = [(c, v) for c in range(clusters) for v in draw(int(random.integers(1, samples + 1)))]
    return [(int(rows[i][0]), float(rows[i][1])) for i in random.permutation(len(rows))]


def cluster_means(values):
    frame = pd.DataFrame(values, columns=["cluster", "value"])
    return frame.groupby("cluster")["value"].mean().to_numpy()


def t_mean(means, confidence):
    n = len(means)
    if n == 0:
        return dict(mean=None, sd=None, standard_error=None, interval=None)
    if n == 1:
        return dict(mean=means[0], sd=None, standard_error=None, interval=None)
    error = stats.sem(means)
    if np.ptp(means) == 0:
        interval = (means[0], means[0])
    else:
        interval = stats.t.interval(confidence, n - 1, np.mean(means), error)
    return dict(mean=np.mean(means), sd=np.std(means, ddof=1), standard_error=error, interval=list(interval))


def score_interval(rate, trials, quantile):
    """Both solutions μ of (rate − μ)² = quantile²·μ(1 − μ)/trials."""
    reach = quantile**2 / trials
    return sorted(np.roots([1 + reach, -(2 * rate + reach), rate**2]).real)


def narrower(one, other):
    return [max(one[0], other[0]), min(one[1], other[1])]


def scale_interval(means, low, high, confidence):
    """Both means whose distance to the one found is t standard errors, as it would be there."""
    n = len(means)
    if n < 2:
        return None
    share = (np.mean(means) - low) / (high - low)
    error = 0.0 if np.ptp(means) == 0 else stats.sem(means) / (high - low)
    trials = n if error == 0 else max(n, share * (1 - share) / error**2)
    t = stats.t.ppf((1 + confidence) / 2, n - 1)
    found = narrower(score_interval(share, trials, t), score_interval(share, n, stats.norm.ppf((1 + confidence) / 2)))
    return [low + (high - low) * end for end in found]


def means():
    sets = [
        [], [(7, 2.0)], [(1, 2.0), (1, 4.0)], [(1, 1.0), (2, 2.0)], [(c, 3.0) for c in range(6)],
        [(1, 1.0), (1, 5.0), (2, 3.0)], [(c, float(c % 5 + 1)) for c in range(1000)],
        [(c, 1e9 + c % 3) for c in range(50)], [(c, 1.0) for c in range(4)] + [(5, 4.0)],
    ]
    sets += [clustered(int(random.integers(2, 60)), 6, skewed) for _ in range(25)]
    sets += [clustered(20000, 3, skewed)]
    for values in sets:
        for confidence in (0.95, 0.9, 0.99)[: 1 if len(values) > 1000 else 3]:
            found = cluster_means(values)
            case("mean", dict(values=values, confidence=confidence), t_mean(found, confidence))
            if len(values) and max(v for _, v in values) <= 5:
                given = dict(values=values, confidence=confidence, low=1.0, high=5.0)
                case("scale", given, dict(interval=scale_interval(found, 1.0, 5.0, confidence)))


def rates():
    sets = [
        [], [(1, 1)], [(1, 1), (1, 0)], [(1, 0), (2, 0)], [(c, 1) for c in range(9)], [(c, c % 3 == 0) for c in range(31)],
        [(c // 3, 1) for c in range(12)],
    ]
    sets += [clustered(int(random.integers(2, 40)), 5, lambda k: random.random(k) < random.random()) for _ in range(20)]
    for trials in sets:
        trials = [(c, bool(p)) for c, p in trials]
        frame = pd.DataFrame(trials, columns=["cluster", "passed"]).astype(float)
        n, groups, passes = len(frame), frame["cluster"].nunique(), frame["passed"].sum()
        rate = passes / n if n else None
        error = interval = None
        if groups > 1:
            fit = sm.OLS(frame["passed"], np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": frame["cluster"]})
            error = float(fit.bse.iloc[0])
        if n and groups == n:
            interval = list(proportion_confint(passes, n, 0.05, "wilson"))
        elif groups > 1:
            least = n**2 / (frame.groupby("cluster").size() ** 2).sum()
            effective = least if error < 1e-12 else min(n, max(least, rate * (1 - rate) / error**2))
            widest = score_interval(rate, least, stats.norm.ppf(0.975))
            interval = narrower(score_interval(rate, effective, stats.t.ppf(0.975, groups - 1)), widest)
        case("rate", dict(trials=trials), dict(rate=rate, standard_error=error, interval=interval))


def repeats():
    for _ in range(15):
        values = clustered(int(random.integers(1, 25)), 6, skewed)
        groups = [[v for c, v in values if c == cluster] for cluster in sorted({c for c, _ in values})]
        shares = [np.mean([a == b for a, b in itertools.combinations(g, 2)]) for g in groups if len(g) > 1]
        expected = t_mean(np.array(shares), 0.95) | dict(scale=scale_interval(np.array(shares), 0, 1, 0.95))
        case("retest", dict(values=values), expected)
        trials = [(c, v >= 2) for c, v in values]
        groups = [[v >= 2 for v in g] for g in groups]
        for k in (1, 2, 3):
            enough = [g for g in groups if len(g) >= k]
            any_of = np.array([np.mean([any(s) for s in itertools.combinations(g, k)]) for g in enough])
            all_of = np.array([np.mean([all(s) for s in itertools.combinations(g, k)]) for g in enough])
            for kind, chances in (("pass_at_k", any_of), ("pass_hat_k", all_of)):
                expected = t_mean(chances, 0.95) | dict(scale=scale_interval(chances, 0, 1, 0.95))
                case(kind, dict(trials=trials, k=k), expected)


def paired():
    sets = [
        ([], []), ([(1, 1.0)], [(2, 1.0)]), ([(1, 1.0)], [(1, 2.0)]), ([(1, 1.0), (2, 3.0)], [(1, 2.0), (2, 3.0)]),
        ([(1, 1.0), (2, 2.0), (3, 4.0)], [(1, 2.0), (2, 3.0), (3, 5.0)]), ([(c, 2.0) for c in range(8)],) * 2,
    ]
    for _ in range(25):
        scenarios = int(random.integers(3, 40))
        sides = [clustered(scenarios, 4, skewed) for _ in range(2)]
        missing = set(random.integers(0, scenarios, 2).tolist())
        sets.append((sides[0], [row for row in sides[1] if row[0] not in missing]))
    for first, second in sets:
        a, b = (pd.DataFrame(s, columns=["c", "v"]).groupby("c")["v"].mean() for s in (first, second))
        both = sorted(set(a.index) & set(b.index))
        difference = np.array(b[both] - a[both], dtype=float)
        difference[np.abs(difference) < 1e-12] = 0
        n = len(both)
        expected = t_mean(difference, 0.95) | dict(t=None, p_value=None, d_z=None, g_z=None)
        if n > 1 and np.ptp(difference) > 0:
            test = stats.ttest_rel(b[both], a[both])
            d = difference.mean() / difference.std(ddof=1)
            factor = special.gamma((n - 1) / 2) / (math.sqrt((n - 1) / 2) * special.gamma((n - 2) / 2)) if n > 2 else 0
            expected |= dict(t=test.statistic, p_value=test.pvalue, d_z=d, g_z=d * factor)
        expected |= dict(improved=(difference > 0).sum(), regressed=(difference < 0).sum(), equal=(difference == 0).sum())
        expected |= dict(only_baseline=len(a) - n, only_candidate=len(b) - n)
        p = None
        if 1 < n <= 12:
            p = stats.permutation_test((difference,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
        case("paired", dict(baseline=first, candidate=second), expected | dict(permutation=p))
        x, y = a[both].to_numpy(), b[both].to_numpy()
        rho = p = None
        if n > 1 and np.ptp(x) > 0 and np.ptp(y) > 0:
            rho, p = stats.spearmanr(x, y)
            p = p if n > 2 else None
        case("spearman", dict(first=x, second=y), dict(rho=rho, p_value=p))


def binary():
    for both, neither, b, c in [(0, 0, 0, 0), (5, 3, 0, 0), (3, 3, 1, 0), (10, 4, 2, 9), (0, 0, 40, 25), (100, 7, 300, 250)]:
        outcomes = [(1, 1)] * both + [(0, 0)] * neither + [(1, 0)] * b + [(0, 1)] * c
        p = mcnemar([[both, b], [c, neither]], exact=True).pvalue if outcomes else None
        given = {side: [(i, bool(o[at])) for i, o in enumerate(outcomes)] for at, side in enumerate(("baseline", "candidate"))}
        case("mcnemar", given, dict(p_value=p))


def families():
    for p in [[], [0.3], [0.01, 0.01, 0.01], [1.0, 0.0, 0.5]] + [random.random(int(k)) ** 3 for k in random.integers(2, 40, 10)]:
        expected = {m: multipletests(p, method=m)[1] if len(p) else [] for m in ("holm", "fdr_bh")}
        case("adjust", dict(p=p), expected)
    for pairs, alpha, power in itertools.product((2, 3, 5, 20, 137, 5000), (0.05, 0.01), (0.8, 0.95)):
        # `TTestPower.solve_power` stops early and is NaN where the far tail underflows: the same by scipy.
        critical = stats.t.ppf(1 - alpha / 2, pairs - 1)

        def lacking(d):
            shifted = stats.nct(pairs - 1, d * math.sqrt(pairs))
            return np.nansum([shifted.sf(critical), shifted.cdf(-critical)]) - power

        high = 0.01
        while lacking(high) < 0:
            high *= 1.2
        effect = optimize.brentq(lacking, high / 1.2, high, xtol=1e-15, rtol=1e-14)
        published = TTestPower().power(effect, pairs, alpha)
        assert math.isnan(published) or abs(published - power) < 1e-9, (pairs, alpha, power, published)
        case("power", dict(pairs=pairs, alpha=alpha, power=power), dict(effect_size=effect))


def agreement():
    tables = [([], 3), ([(1, 1)], 3), ([(0, 0), (1, 1)], 2), ([(0, 1), (1, 0)], 2), ([(2, 2)] * 9, 5)]
    for _ in range(15):
        first = random.integers(0, 5, int(random.integers(3, 80)))
        tables.append((list(zip(first, np.clip(first + random.integers(-1, 2, len(first)), 0, 4))), 5))
    for pairs, size in tables:
        for weights, name in ((None, "nominal"), ("linear", "linear"), ("quadratic", "quadratic")):
            kappa = error = None
            if pairs and (len({a for a, _ in pairs}) > 1 or len({b for _, b in pairs}) > 1):
                x, y = zip(*pairs)
                kappa = cohen_kappa_score(x, y, weights=weights, labels=range(size))
                table = np.zeros((size, size))
                np.add.at(table, (x, y), 1)
                found = cohens_kappa(table, wt=weights)
                assert abs(found.kappa - kappa) < 1e-12
                error = math.sqrt(max(found.var_kappa, 0))
            case("kappa", dict(pairs=pairs, size=size, weights=name), dict(kappa=kappa, standard_error=error))
    grids = [np.array([[1, 2, 3], [1, 2, 3.0]]), np.full((3, 4), 2.0), np.array([[1.0, np.nan], [np.nan, 2.0]])]
    for _ in range(15):
        grid = random.integers(1, 6, (int(random.integers(2, 7)), int(random.integers(2, 40)))).astype(float)
        grid[random.random(grid.shape) < 0.25] = np.nan
        grids.append(grid)
    for grid in grids:
        for level in ("nominal", "ordinal", "interval"):
            shown = grid[:, (~np.isnan(grid)).sum(axis=0) > 1]
            has = len(np.unique(shown[~np.isnan(shown)])) > 1
            alpha = krippendorff.alpha(reliability_data=grid, level_of_measurement=level) if has else None
            values = [(int(u), float(grid[m, u])) for m, u in np.argwhere(~np.isnan(grid))]
            case("alpha", dict(values=values, metric=level), dict(alpha=alpha))


def disagreements():
    for _ in range(6):
        rows = [(s, m, float(v)) for s in range(12) for m in range(5) if random.random() < 0.8 for v in skewed(int(random.integers(1, 4)))]
        frame = pd.DataFrame(rows, columns=["scenario", "model", "value"])
        grid = frame.groupby(["scenario", "model"])["value"].mean().unstack()
        grid = grid[grid.notna().sum(axis=1) > 1]
        apart = pd.DataFrame({m: grid[m] - grid.drop(columns=m).mean(axis=1) for m in grid}, index=grid.index)
        scale = dict(scenarios=grid.std(axis=1, ddof=1).to_dict(), models=apart.abs().mean().to_dict())
        samples = {key: list(group) for key, group in frame.groupby(["scenario", "model"])["value"]}
        differ = lambda s, a, b: np.mean([x != y for x in samples[s, a] for y in samples[s, b]])
        cells = {s: [m for m in grid.columns if (s, m) in samples] for s in grid.index}
        divided = {s: np.mean([differ(s, a, b) for a, b in itertools.combinations(ms, 2)]) for s, ms in cells.items()}
        alone = {m: np.mean([np.mean([differ(s, m, o) for o in ms if o != m]) for s, ms in cells.items() if m in ms]) for m in grid}
        for kind, expected in (("scale", scale), ("choice", dict(scenarios=divided, models=alone))):
            case("disagreement", dict(ratings=rows, distance=kind), {k: sorted(v.items()) for k, v in expected.items()})


def regressions():
    shapes = [(5, [2], 3), (9, [3], 4), (20, [3, 2], 2), (40, [3, 4, 2], 5), (150, [5, 5, 3], 3), (12, [2, 2], 1)]
    for (scenarios, counts, samples), by_score, models in itertools.product(shapes, (False, True), (1, 3)):
        levels = np.array([[random.integers(0, c) for c in counts] for _ in range(scenarios)])
        levels[: max(counts)] = [[i % c for c in counts] for i in range(max(counts))]
        levels[max(counts)] = 0
        cells = [(s, [*levels[s], m] if models > 1 else list(levels[s])) for s in range(scenarios) for m in range(models)]
        quirk = random.normal(0, 0.5, scenarios)
        values = [
            (c, float(np.clip(np.rint(2 + 0.4 * row[0] + quirk[s] + random.normal(0, 1)), 1, 5)))
            for c, (s, row) in enumerate(cells) for _ in range(int(random.integers(1, samples + 1)))
        ]
        counts = counts + ([models] if models > 1 else [])
        scores = [sorted(random.normal(0, 3, c).tolist()) if by_score and c > 2 else None for c in counts]
        columns, owner = [np.ones(len(values))], [-1]
        for f, count in enumerate(counts):
            own = np.array([cells[c][1][f] for c, _ in values])
            if scores[f]:
                columns.append(np.array(scores[f])[own])
                owner.append(f)
            for level in range(1, 0 if scores[f] else count):
                if level in own:
                    columns.append((own == level).astype(float))
                    owner.append(f)
        x, y = np.column_stack(columns), np.array([v for _, v in values])
        groups = np.array([cells[c][0] for c, _ in values])
        if len(set(groups)) <= x.shape[1]:
            continue
        fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        cr2, freedom = bell_mccaffrey(x, y, groups)
        owner, effects = np.array(owner), []
        for f in range(len(counts)):
            at = np.flatnonzero(owner == f)
            rest = sm.OLS(y, x[:, owner != f]).fit()
            wald = fit.f_test(np.eye(x.shape[1])[at])
            effects.append(dict(
                f=float(np.squeeze(wald.fvalue)), p_value=float(wald.pvalue),
                partial=(rest.ssr - fit.ssr) / rest.ssr, explained=(rest.ssr - fit.ssr) / fit.centered_tss,
                coefficients=[coefficient(fit, cr2, freedom, i) for i in at],
            ))
        given = dict(counts=counts, scores=scores, levels=[l for _, row in cells for l in row], clusters=[s for s, _ in cells], values=values)
        expected = dict(r_squared=fit.rsquared, residual_sd=math.sqrt(fit.ssr / (len(y) - x.shape[1])), effects=effects)
        case("regression", given, expected | dict(constant=coefficient(fit, cr2, freedom, 0)))


def coefficient(fit, cr2, freedom, i):
    reach = stats.t.ppf(0.975, freedom[i]) * cr2[i]
    return dict(
        estimate=fit.params[i], cr1=fit.bse[i], cr1_p=fit.pvalues[i], cr2=cr2[i], freedom=freedom[i],
        p_value=2 * stats.t.sf(abs(fit.params[i] / cr2[i]), freedom[i]),
        interval=[fit.params[i] - reach, fit.params[i] + reach],
    )


def bell_mccaffrey(x, y, groups):
    """CR2 errors and their degrees of freedom from dense n × n matrices."""
    inverse = np.linalg.inv(x.T @ x)
    residual_maker = np.eye(len(y)) - x @ inverse @ x.T
    residuals = residual_maker @ y
    labels = sorted(set(groups))
    adjusted, meat = [], np.zeros_like(inverse)
    for g in labels:
        at = np.flatnonzero(groups == g)
        values, vectors = np.linalg.eigh(residual_maker[np.ix_(at, at)])
        root = vectors @ np.diag([v**-0.5 if v > 1e-10 else 0 for v in values]) @ vectors.T
        score = x[at].T @ root @ residuals[at]
        meat += np.outer(score, score)
        adjusted.append((at, root))
    freedom = []
    for c in np.eye(x.shape[1]):
        parts = np.column_stack([residual_maker[:, at] @ root @ x[at] @ inverse @ c for at, root in adjusted])
        omega = parts.T @ parts
        freedom.append(min(max(np.trace(omega) ** 2 / np.trace(omega @ omega), 1), len(labels) - 1))
    return np.sqrt(np.diag(inverse @ meat @ inverse)), freedom


def rankings():
    for size, games, ties in [(2, 30, 5), (3, 60, 0), (5, 400, 60), (8, 1500, 100), (12, 4000, 0)]:
        truth = np.linspace(1, -1, size)
        rows, wins = [], np.zeros((size, size))
        for game in range(games):
            a, b = random.choice(size, 2, replace=False)
            tied = game < ties
            first = random.random() < 1 / (1 + math.exp(truth[b] - truth[a]))
            wins[a, b] += 0.5 if tied else float(first)
            wins[b, a] += 0.5 if tied else float(not first)
            rows.append((game // 3, int(a), int(b), "tie" if tied else "first" if first else "second"))
        found = choix.ilsr_pairwise_dense(wins, alpha=0, max_iter=100000, tol=1e-13)
        case("bradley_terry", dict(size=size, rows=rows), dict(strengths=found - found.mean()))


def designs():
    for levels, size in [([2, 2, 2], 4), ([3, 2, 4], 12), ([3, 2, 4], 24), ([5, 3, 3, 2], 40), ([2, 2], 2)]:
        rows = sorted(random.choice(math.prod(levels), size, replace=False).tolist())
        at = np.array(np.unravel_index(rows, levels)).T
        columns = [np.ones(size)]
        for f, count in enumerate(levels):
            # Any orthonormal contrasts have the same determinant: here those of polynomials.
            contrasts = np.linalg.qr(np.vander(np.arange(count), increasing=True))[0][:, 1:] * math.sqrt(count)
            columns += list(contrasts[at[:, f]].T)
        x = np.column_stack(columns)
        sign, logarithm = np.linalg.slogdet(x.T @ x / size)
        full = np.linalg.matrix_rank(x) == x.shape[1]
        case("design", dict(levels=levels, rows=rows), dict(efficiency=math.exp(logarithm / x.shape[1]) if full else 0.0))


def plain(value):
    if isinstance(value, (np.floating, np.integer)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("an expected figure is not finite")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    return value


for family in (means, rates, repeats, paired, binary, families, agreement, disagreements, regressions, rankings, designs):
    family()
print(json.dumps(plain(CASES)))
