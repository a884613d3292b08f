// Plots that several sections share: estimates with their intervals, and curves on probit axes.

// A mean over splits or an estimate, as {value, low, high}; null where it cannot be said.
// The whisker is the 95 % interval where there is one, otherwise one standard deviation.
function estimate_of(metric) {
  const value = metric?.mean ?? value_of(metric);
  if (!Number.isFinite(value)) return null;
  const interval = interval_of(metric);
  if (interval) return { value, low: interval[0], high: interval[1], interval: true };
  if (Number.isFinite(metric?.sd)) {
    // Rates: a whisker is not drawn beyond 0 and 1.
    return { value, low: Math.max(0, value - metric.sd), high: Math.min(1, value + metric.sd) };
  }
  return { value, low: value, high: value };
}

const whisker_text = (one) => (one.low === one.high ? percent(one.value)
  : `${percent(one.value)} (${write_interval([one.low, one.high], percent)})`);

// A forest plot: one line a row, a dot with its whisker for each of `series`
// [{name, colour, of: row -> metric}]. `rows` are [{label, ...}], drawn from top to bottom.
// With `logarithmic`, an outlier leaves room for the others.
function forest_option(rows, series, { name = '', logarithmic = false } = {}) {
  const lowest = logarithmic ? log_floor(rows, series) : 0;
  const shift = (i) => (i - (series.length - 1) / 2) * 16; // px apart within a row
  const whiskers = (one, i) => ({
    type: 'custom', silent: true, z: 3, name: one.name, itemStyle: { color: one.colour },
    data: rows.map((row, at) => ({ at, estimate: estimate_of(one.of(row)) }))
      .filter(({ estimate }) => estimate)
      .map(({ at, estimate }) => [estimate.value, at, Math.max(estimate.low, lowest),
        estimate.high]),
    encode: { x: [0, 2, 3], y: 1 },
    renderItem: (params, api) => {
      const point = (rate) => {
        const [x, y] = api.coord([rate, api.value(1)]);
        return [x, y + shift(i)];
      };
      const [low, middle, high] = [2, 0, 3].map((dimension) => point(api.value(dimension)));
      const style = { stroke: one.colour, lineWidth: 2, fill: 'none' };
      const line = (x1, x2, y1, y2) => ({ type: 'line', style, shape: { x1, x2, y1, y2 } });
      const y = middle[1];
      return { type: 'group', children: [line(low[0], high[0], y, y),
        line(low[0], low[0], y - 4, y + 4), line(high[0], high[0], y - 4, y + 4),
        { type: 'circle', shape: { cx: middle[0], cy: y, r: 4.5 }, style: { fill: one.colour } }] };
    },
  });
  const longest = Math.max(...rows.map((row) => row.label.length));
  return {
    grid: { left: Math.min(220, 24 + 8 * longest), right: 28, bottom: name ? 48 : 28,
      top: series.length > 1 ? 36 : 12 },
    legend: series.length > 1 ? legend({ data: series.map((one) => one.name) }) : undefined,
    tooltip: tooltip({ trigger: 'axis', axisPointer: { type: 'shadow' },
      formatter: (points) => forest_tooltip(rows[points[0].dataIndex], series) }),
    xAxis: axis({ type: logarithmic ? 'log' : 'value', name, min: lowest,
      axisLabel: { color: css('--muted'), fontSize: 11, formatter: short_percent } }),
    yAxis: axis({ type: 'category', inverse: true, data: rows.map((row) => row.label),
      splitLine: { show: false },
      axisLabel: { color: css('--text'), fontSize: 12, interval: 0, width: 190,
        overflow: 'break' } }),
    // Bars that are not seen let the pointer find the row.
    series: [...series.map(whiskers),
      { type: 'bar', data: rows.map(() => lowest), itemStyle: { opacity: 0 }, silent: true }],
  };
}

// Every estimate of a forest plot.
const estimates_of = (rows, series) => rows.flatMap((row) =>
  series.map((one) => estimate_of(one.of(row)))).filter(Boolean);

// The power of ten well below all of them.
const log_floor = (rows, series) => 10 ** Math.floor(Math.log10(
  Math.min(...estimates_of(rows, series).map((one) => one.value)) / 2));

// Are some so much larger than others that a straight axis would press these together?
function needs_log(rows, series) {
  const values = estimates_of(rows, series).map((one) => one.value);
  return values.length > 1 && Math.min(...values) > 0
    && Math.max(...values) > 8 * Math.min(...values);
}

const forest_tooltip = (row, series) => [row.label, ...series.map((one) => {
  const estimate = estimate_of(one.of(row));
  return `${one.name}: ${estimate ? whisker_text(estimate) : '–'}`;
})].map(escape_html).join('<br>');

const forest_height = (rows, series) => 90 + rows.length * Math.max(30, 18 * series.length + 10);

// Where a rate stands on a normal-deviate axis: the inverse of the normal distribution (Acklam's
// rational approximation, error below 1.2e-9: far less than a pixel).
function probit(p) {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690,
    -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
    -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
    4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const chain = (numbers, x) => numbers.reduce((sum, number) => sum * x + number, 0);
  if (p > 0.5) return -probit(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return chain(c, q) / (chain(d, q) * q + 1);
  }
  const q = p - 0.5;
  return (chain(a, q * q) * q) / (chain(b, q * q) * q * q + 1);
}

const kProbitTicks = [1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8];

// An axis of rates between `lowest` and `highest`, by normal deviate.
function probit_axis(name, lowest, highest) {
  const ticks = kProbitTicks.filter((rate) => rate >= lowest && rate <= highest);
  const values = ticks.map(probit);
  const label = (value) => short_percent(ticks[values.findIndex((tick) =>
    Math.abs(tick - value) < 1e-6)] ?? 0);
  return axis({ type: 'value', name, min: probit(lowest), max: probit(highest), nameGap: 40,
    axisTick: { customValues: values }, minorTick: { show: false },
    axisLabel: { color: css('--muted'), fontSize: 11, customValues: values, formatter: label } });
}

// Points of a DET curve of either shape: [{far, fnmr}], or {fmr: [...], fnmr: [...]}.
const det_points = (det) => (Array.isArray(det)
  ? det.map((point) => [point.far ?? point.fmr, point.fnmr])
  : (det?.fmr ?? []).map((rate, i) => [rate, det.fnmr[i]]));

// curves: [{name, colour, points: [[FAR, FNMR]]}]
function det_option(curves) {
  // A rate of 0 or 1 lies infinitely far out.
  const inside = (points) => points.filter(([x, y]) => x > 0 && x < 1 && y > 0 && y < 1);
  const all = curves.flatMap((curve) => inside(curve.points));
  const floor = (values) => kProbitTicks.findLast((tick) => tick <= Math.min(...values)) ?? 1e-6;
  const lowest = [0, 1].map((side) => (all.length ? floor(all.map((point) => point[side])) : 0.01));
  return {
    grid: { left: 70, right: 24, top: curves.length > 1 ? 40 : 16, bottom: 56 },
    legend: curves.length > 1 ? legend({ data: curves.map((curve) => curve.name) }) : undefined,
    tooltip: tooltip({ trigger: 'item', formatter: ({ seriesName, data }) => escape_html(
      `${seriesName}: FAR ${short_percent(data[2])}, FNMR ${short_percent(data[3])}`) }),
    xAxis: probit_axis(t('axis.far'), lowest[0], 0.8),
    yAxis: { ...probit_axis(t('axis.fnmr'), lowest[1], 0.8), nameGap: 52 },
    series: curves.map((curve) => ({
      name: curve.name, type: 'line', symbolSize: 5, showSymbol: false,
      lineStyle: { color: curve.colour, width: 2 }, itemStyle: { color: curve.colour },
      data: inside(curve.points).map(([x, y]) => [probit(x), probit(y), x, y]),
    })),
  };
}

// How many photos never became a face: no figure is worth more than this allows.
const acquire_rate = (record) => (Number.isFinite(record.failure_to_acquire)
  ? t('acquire.rate', { rate: percent(record.failure_to_acquire) })
  : t('acquire.count', { rejected: whole(record.dataset.num_rejected) }));
const beside_acquire = (caption, record) => `${caption} · ${acquire_rate(record)}`;
