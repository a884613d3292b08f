// A model on a dataset or a list of pairs: every figure with its interval, DET, CMC, and another
// model beside it.
{
  const at_rate = (key, rates) => Object.keys(rates ?? {}).map(Number).sort((a, b) => b - a)
    .map((far) => [t(key, { far: short_percent(far) }),
      Object.entries(rates).find(([name]) => Number(name) === far)[1], percent]);

  function lines(record) {
    return [
      [t('metric.eer'), record.eer, percent],
      ...at_rate('metric.tar_at', record.tar_at_far),
      [t('metric.far_at_threshold'), record.far_at_threshold, percent],
      [t('metric.frr_at_threshold'), record.frr_at_threshold, percent],
      [t('metric.accuracy_at_threshold'), record.accuracy, percent],
      [t('metric.d_prime'), record.d_prime, two],
      [t('metric.auc'), record.auc, plain(4)],
      [t('metric.overlap'), record.overlap, three],
      [t('metric.threshold_at_eer'), record.threshold_at_eer, three],
    ].filter(([, metric]) => metric !== undefined);
  }

  function figures_table(record) {
    const body = lines(record).map(([label, metric, format]) => {
      const interval = interval_of(metric);
      return [{ text: label, scope: 'row' }, { text: write(metric, format), kind: 'number' },
        { text: interval ? write_interval(interval, format) : value_of(metric) === null
          ? t('reason.far') : '–', kind: 'number' }];
    });
    return table({ caption: beside_acquire(t('evaluation.caption', {
      same: whole(record.num_same), different: whole(record.num_different),
      people: whole(record.num_identities) }), record), body,
    head: [[t('table.figure'), { text: t('table.value'), kind: 'number' },
      { text: t('table.interval'), kind: 'number' }]] });
  }

  function comparison(record) {
    const other = record.comparison;
    if (!other) return null;
    return [h('h3', {}, t('evaluation.against', { other: other.against })),
      h('p', { class: 'verdict' }, in_language(other.sentence))];
  }

  function det(record) {
    const points = det_points(record.det);
    if (points.length === 0) return null;
    return figure(beside_acquire(t('det.figure'), record), () => det_option(
      [{ name: record.model?.name ?? record.model ?? '', colour: css('--same'), points }]),
    { height: 420 }).node;
  }

  // [[rank, {value, ci95}]] of either shape: {rank: {"1": ...}} or {cmc: [...]}.
  function ranks_of(identification) {
    if (Array.isArray(identification?.cmc)) return identification.cmc.map((one, i) => [i + 1, one]);
    return Object.entries(identification?.rank ?? {}).map(([rank, one]) => [Number(rank), one]);
  }

  function cmc_option(ranks) {
    const line = (name, pick, style) => ({ name, type: 'line', symbolSize: 6,
      lineStyle: { color: css('--same'), width: 2, ...style }, itemStyle: { color: css('--same') },
      data: ranks.map(([rank, one]) => [rank, pick(one)]) });
    const bound = (side) => ({ ...line('', (one) => interval_of(one)?.[side] ?? null,
      { width: 1, type: 'dashed' }), symbol: 'none', silent: true });
    const lowest = Math.min(...ranks.map(([, one]) => interval_of(one)?.[0] ?? value_of(one)));
    return {
      grid: { left: 64, right: 24, top: 16, bottom: 52 },
      tooltip: tooltip({ trigger: 'axis', formatter: ([point]) => escape_html(
        `${t('axis.rank')} ${point.data[0]}: ${percent(point.data[1])}`) }),
      xAxis: axis({ type: 'value', name: t('axis.rank'), min: 1, max: ranks.at(-1)[0],
        minInterval: 1, splitLine: { show: false } }),
      yAxis: axis({ type: 'value', name: t('axis.found'), nameGap: 46, max: 1,
        min: Math.floor(10 * lowest) / 10,
        axisLabel: { color: css('--muted'), fontSize: 11, formatter: short_percent } }),
      series: [line(t('axis.found'), value_of), bound(0), bound(1)],
    };
  }

  function open_set(identification) {
    const open = identification.open_set;
    if (!open) return null;
    const goals = Object.entries(open.fnir_at_fpir).sort((a, b) => b[0] - a[0]);
    return table({ caption: t('identification.open', { enrolled: whole(open.num_enrolled),
      mated: whole(open.num_mated), nonmated: whole(open.num_nonmated), splits: open.splits }),
    head: [[t('identification.fpir'), { text: t('identification.fnir'), kind: 'number' },
      { text: t('table.interval'), kind: 'number' }]],
    body: goals.map(([fpir, one]) => [{ text: short_percent(Number(fpir)), scope: 'row' },
      { text: write(one, percent), kind: 'number' },
      { text: interval_of(one) ? write_interval(interval_of(one), percent)
        : one === null ? t('reason.far') : '–', kind: 'number' }]) });
  }

  function identification(record) {
    const ranks = ranks_of(record.identification);
    if (ranks.length === 0) return null;
    return [h('h3', {}, t('identification.title')), paragraph(t('identification.what', {
      enrolled: whole(record.identification.num_enrolled),
      probes: whole(record.identification.num_probes) })),
    figure(beside_acquire(t('identification.figure'), record), () => cmc_option(ranks),
      { height: 320 }).node,
    open_set(record.identification)];
  }

  function view2(record) {
    if (!record.view2) return null;
    return paragraph(t('evaluation.view2', { folds: record.view2.folds.length,
      accuracy: plain(2)(100 * record.view2.accuracy),
      error: plain(2)(100 * record.view2.standard_error),
      missing: whole(record.view2.num_missing), pairs: whole(record.view2.num_pairs) }), 'verdict');
  }

  kface.section({ id: 'evaluation', kinds: ['evaluate'],
    render: (record) => [paragraph(t('evaluation.what', {
      model: record.model?.name ?? record.model ?? '', recipe: record.recipe ?? '' })),
    view2(record), comparison(record), figures_table(record),
    det(record), identification(record)] });
}
