// Plots by Apache ECharts, drawn as SVG; colours come from the style sheet so that light, dark and
// print agree. `same` is blue and `different` orange (distinguishable without red and green); the
// ratios run along viridis.

const charts = [];
let printing = false;

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const is_dark = () => !printing && matchMedia('(prefers-color-scheme: dark)').matches;

// Stops of viridis without the end that would vanish on the page.
const kRatioColours = {
  light: ['#440154', '#472d7b', '#3b528b', '#2c728e', '#21918c', '#28ae80', '#5ec962', '#8fbf1f',
    '#c2a500'],
  dark: ['#b58bd6', '#9c8fe0', '#7fa0e6', '#5bb3dd', '#3cc4c4', '#3fd09c', '#74da6d', '#b5de2b',
    '#fde725'],
};
const ratio_colour = (index, count) => {
  const colours = kRatioColours[is_dark() ? 'dark' : 'light'];
  return colours[count > 1 ? Math.round((index * (colours.length - 1)) / (count - 1)) : 0];
};

// A figure whose plot is `make_option()`, made again when the theme or its choices change.
function figure(caption, make_option, { kind, height } = {}) {
  const box = h('div', { class: 'plot', role: 'img', 'aria-label': caption });
  if (height) box.style.height = `${height}px`;
  const chart = { box, make_option, instance: null };
  charts.push(chart);
  return { node: h('figure', { class: kind || null }, box, h('figcaption', {}, caption)),
    redraw: () => draw(chart) };
}

function draw(chart) {
  if (!chart.box.isConnected) return;
  if (!chart.instance) chart.instance = echarts.init(chart.box, null, { renderer: 'svg' });
  chart.instance.setOption({ ...base_option(), ...chart.make_option() }, true);
  let_scale(chart);
}

// With a view box the drawing shrinks to a sheet of paper that is narrower than the screen.
function let_scale({ box, instance }) {
  box.querySelector('svg').setAttribute('viewBox',
    `0 0 ${instance.getWidth()} ${instance.getHeight()}`);
}

const draw_all = () => charts.forEach(draw);
const resize_all = () => charts.filter((chart) => chart.instance).forEach((chart) => {
  chart.instance.resize();
  let_scale(chart);
});

function forget_charts() {
  charts.forEach((chart) => chart.instance?.dispose());
  charts.length = 0;
}

const base_option = () => ({
  animation: false,
  textStyle: { fontFamily: css('--font'), color: css('--text') },
  grid: { left: 56, right: 16, top: 36, bottom: 44 },
});

// For tooltips, the only place where ECharts takes markup.
const escape_html = (text) => echarts.format.encodeHTML(String(text));

const axis = (extra) => ({
  nameLocation: 'middle', nameGap: 28,
  nameTextStyle: { color: css('--muted'), fontSize: 12 },
  axisLabel: { color: css('--muted'), fontSize: 11, hideOverlap: true },
  axisLine: { lineStyle: { color: css('--line') } },
  splitLine: { lineStyle: { color: css('--line'), opacity: 0.6 } },
  ...extra,
});

const legend = (extra) => ({
  top: 0, left: 'center', type: 'scroll', icon: 'roundRect', itemWidth: 16, itemHeight: 9,
  textStyle: { color: css('--text'), fontSize: 12 },
  pageTextStyle: { color: css('--muted') }, inactiveColor: css('--inactive'), ...extra,
});

const tooltip = (extra) => ({
  confine: true, backgroundColor: css('--card'), borderColor: css('--line'),
  textStyle: { color: css('--text'), fontSize: 12 }, ...extra,
});

// Corners of the bars of a histogram, for a filled outline.
function outline(edges, densities) {
  const points = [[edges[0], 0]];
  densities.forEach((density, i) => points.push([edges[i], density], [edges[i + 1], density]));
  points.push([edges[edges.length - 1], 0]);
  return points;
}

// Both distributions of `result` with its threshold. Small ones carry no legend and no axis names.
function histogram_option(result, { small = false, range = null } = {}) {
  const { edges, same, different } = result.histogram;
  const area = (name, colour, densities) => ({
    name, type: 'line', symbol: 'none', data: outline(edges, densities),
    lineStyle: { color: colour, width: small ? 1 : 1.5 }, itemStyle: { color: colour },
    areaStyle: { color: colour, opacity: 0.35 }, emphasis: { disabled: true },
  });
  const series = [area(t('pairs.same'), css('--same'), same),
    area(t('pairs.different'), css('--different'), different)];
  if (Number.isFinite(value_of(result.threshold))) series[0].markLine = threshold_line(result, small);
  const [min, max] = range || [edges[0], edges[edges.length - 1]];
  return {
    grid: small ? { left: 6, right: 6, top: 8, bottom: 20 }
      : { left: 44, right: 16, top: 40, bottom: 44 },
    legend: small ? undefined : legend({ data: series.map((one) => one.name) }),
    xAxis: axis({ type: 'value', min, max, name: small ? '' : t('axis.distance'),
      splitLine: { show: false }, splitNumber: small ? 3 : 5 }),
    yAxis: axis({ type: 'value', show: !small, name: small ? '' : t('axis.density'), nameGap: 28,
      splitNumber: 4 }),
    series,
  };
}

function threshold_line(result, small) {
  const value = value_of(result.threshold);
  return {
    silent: true, symbol: 'none', animation: false,
    lineStyle: { color: css('--text'), type: 'dashed', width: small ? 1 : 1.5 },
    label: { show: !small, color: css('--text'), fontSize: 11, position: 'insideEndTop',
      rotate: 0, align: 'left', padding: [0, 0, 0, 4],
      formatter: `${t('metric.threshold')} ${three(value)}` },
    data: [{ xAxis: value }],
  };
}

// The widest range of distances among `results`, so that plots beside each other can be compared.
function common_range(results) {
  const lows = results.map((result) => result.histogram.edges[0]);
  const highs = results.map((result) => result.histogram.edges.at(-1));
  return [Math.min(...lows), Math.max(...highs)];
}
