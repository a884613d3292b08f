// A model by condition: estimates with intervals, a table, and train against test as a heat map.
{
  const pairings = ['within', 'against_reference', 'any'];
  const heat_metrics = ['eer', '0.01', '0.001'];

  const rows_of_pairing = (attribute) =>
    attribute.rows.filter((row) => row.pairs === kface.choices.pairing);
  const tar_of = (row, far) => row.tar_at_far?.[far] ?? null;
  const value_text = condition_value;
  const condition_text = (attribute, value) => (attribute.kind === 'quality'
    ? quality_text(attribute, value) : value_text(attribute, value));

  // "low (below 41.2)"
  function quality_text(attribute, value) {
    const [low, high] = attribute.bounds.map((bound) => `${+bound.toPrecision(3)}`);
    return t(`quality.${value}.bounds`, { low, high });
  }

  function rates_table(record, attribute) {
    const rows = rows_of_pairing(attribute);
    const number = (key) => ({ text: key, kind: 'number' });
    const columns = [
      rows.map((row) => ({ scope: 'row', text: condition_text(attribute, row.value)
        + (row.value === attribute.reference ? ` ${t('by_condition.reference')}` : '') })),
      rows.map((row) => ({ text: whole(row.num_same), kind: 'number' })),
      rows.map((row) => ({ text: whole(row.num_different), kind: 'number' })),
      metric_cells(rows, 'eer', percent, null),
      metric_cells(rows.map((row) => ({ tar: tar_of(row, '0.01') })), 'tar', percent, null),
      metric_cells(rows.map((row) => ({ tar: tar_of(row, '0.001') })), 'tar', percent, null),
      metric_cells(rows, 'frr_at_threshold', percent, null),
      metric_cells(rows, 'far_at_threshold', percent, null),
      metric_cells(rows, 'mean_same_distance', two, null),
      metric_cells(rows, 'mean_different_distance', two, null)];
    const tar = (far) => t('metric.tar_at.short', { far: short_percent(far) });
    const node = table({ kind: 'wide', body: rows_of(columns),
      caption: beside_acquire(t('by_condition.caption', {
        attribute: attribute_name(attribute.attribute),
        pairing: t(`pairing.${kface.choices.pairing}`) }), record),
      head: [[t('table.value'), number(t('table.num_same')), number(t('table.num_different')),
        number(t('metric.eer.short')), number(tar(0.01)), number(tar(0.001)),
        number(t('table.rejected_at')), number(t('table.accepted_at')),
        number(t('table.mean_same')), number(t('table.mean_different'))]] });
    const missing = rows.filter((row) => row.reason);
    return [node, missing.length === 0 ? null : h('ul', { class: 'reasons' }, missing.map((row) =>
      h('li', {}, `${condition_text(attribute, row.value)}: ${t('reason.pairs')} (${t('reason.counts',
        { same: whole(row.num_same), different: whole(row.num_different) })})`)))];
  }

  function counts_table(attribute) {
    const columns = [
      attribute.values.map((one) => ({ text: condition_text(attribute, one.value), scope: 'row' })),
      attribute.values.map((one) => ({ text: whole(one.num_images), kind: 'number' })),
      attribute.values.map((one) => ({ text: whole(one.num_identities), kind: 'number' })),
      ...(attribute.kind === 'quality' ? [] : [
        attribute.values.map((one) => ({ text: whole(one.num_rejected), kind: 'number' })),
        metric_cells(attribute.values, 'failure_to_acquire', percent, null)])];
    const number = (key) => ({ text: t(key), kind: 'number' });
    return table({ kind: 'narrow', body: rows_of(columns),
      caption: t('by_condition.counts', { attribute: attribute_name(attribute.attribute) }),
      head: [[t('table.value'), number('table.num_images'), number('table.people'),
        ...(attribute.kind === 'quality' ? []
          : [number('table.refused'), number('table.acquire')])]] });
  }

  // Names of a heat map's rows: what was fitted on.
  const train_text = (attribute, train) => (train.kind === 'value'
    ? value_text(attribute, train.value) : t(`train.${train.kind}`));

  const cell_metric = (cell) => (kface.choices.heat_metric === 'eer' ? cell.eer
    : cell.tar_at_far?.[kface.choices.heat_metric] ?? null);

  // The best figure of a column: which fit suits that condition most.
  const best_of = (column) => {
    const means = column.map((cell) => cell_metric(cell)?.mean).filter(Number.isFinite);
    return kface.choices.heat_metric === 'eer' ? Math.min(...means) : Math.max(...means);
  };

  function heat_cell(cell, scale, best) {
    const metric = cell_metric(cell);
    if (!Number.isFinite(metric?.mean)) {
      return h('td', { class: 'heat none', title: cell.reason ?? t('reason.far') }, '–');
    }
    const badness = (metric.mean - scale.low) / (scale.high - scale.low || 1);
    const heat = kface.choices.heat_metric === 'eer' ? badness : 1 - badness;
    return h('td', { class: metric.mean === best ? 'heat best-fit' : 'heat', style: `--heat: ${heat.toFixed(3)}`,
      title: Number.isFinite(metric.sd) ? `± ${percent(metric.sd)}` : null },
    percent(metric.mean));
  }

  function heat_table(record, attribute) {
    const map = attribute.heat_map;
    const rows = map[kface.choices.heat_pairs];
    const all = rows.flat().concat(map.all).map((cell) => cell_metric(cell)?.mean)
      .filter(Number.isFinite);
    const best = map.test.map((_, j) => best_of(rows.map((row) => row[j])));
    const scale = { low: Math.min(...all), high: Math.max(...all) };
    const caption = beside_acquire(t('heat.caption', { recipe: map.recipe,
      attribute: attribute_name(attribute.attribute), splits: map.num_splits,
      metric: t(`heat.metric.${kface.choices.heat_metric}`) }), record);
    const head = h('tr', {}, h('th', { scope: 'col' }, t('heat.train')),
      h('th', { scope: 'col' }, t('heat.images')),
      map.test.map((value) => h('th', { scope: 'col' }, value_text(attribute, value))),
      h('th', { scope: 'col', class: 'edge' }, t('heat.all')));
    const body = map.train.map((train, i) => h('tr', { class: train.kind },
      h('th', { scope: 'row' }, train_text(attribute, train)),
      h('td', { class: 'number' }, train.kind === 'frozen' ? '–' : whole(Math.round(train.num_images))),
      rows[i].map((cell, j) => heat_cell(cell, scale, best[j])),
      heat_cell(map.all[i], scale, best_of(map.all))));
    return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
      h('table', { class: 'heatmap' }, h('caption', {}, h('span', {}, caption)),
        h('thead', {}, h('tr', {}, h('td', { colspan: 2 }),
          h('th', { scope: 'colgroup', colspan: map.test.length },
            t(`heat.${kface.choices.heat_pairs}`,
              { reference: value_text(attribute, map.reference) })), h('td', {})),
        head),
        h('tbody', {}, body)));
  }

  function heat_reasons(attribute) {
    const map = attribute.heat_map;
    const codes = distinct(map[kface.choices.heat_pairs].flat().map((cell) => cell.reason_code)
      .filter(Boolean));
    return codes.length === 0 ? null : h('ul', { class: 'reasons' }, codes.map((code) =>
      h('li', {}, `–: ${t(`reason.${code}`)}`)));
  }

  function variety(map) {
    if (!map.variety) return null;
    const { mixed_equal: mixed, single, verdict } = map.variety;
    return h('p', { class: 'verdict' }, t('heat.variety', { mixed: percent(mixed),
      single: percent(single), splits: map.variety.num_splits }), ' ',
    h('b', {}, t(`heat.variety.${verdict.replace(' ', '_')}`)));
  }

  function heat_map(record, attribute) {
    if (!attribute.heat_map) {
      return attribute.heat_map_reason
        ? paragraph(t('heat.none', { reason: attribute.heat_map_reason }), 'reasons') : null;
    }
    return [heat_table(record, attribute), heat_reasons(attribute), variety(attribute.heat_map)];
  }

  function plot(record, attribute) {
    const series = () =>
      [{ name: t('metric.eer'), colour: css('--same'), of: (row) => row.row?.eer }];
    const rows = () => attribute.values.map(({ value }) => ({
      label: condition_text(attribute, value),
      row: rows_of_pairing(attribute).find((row) => row.value === value) }));
    return figure(beside_acquire(t('by_condition.figure',
      { attribute: attribute_name(attribute.attribute) }), record),
    () => forest_option(rows(), series(), { name: t('metric.eer') }),
    { height: forest_height(attribute.values, series()) });
  }

  // Where most conditions have no pair of their own, pairs with one photo under it must do.
  function usual_pairing(record) {
    const own = record.attributes.flatMap((attribute) => attribute.rows)
      .filter((row) => row.pairs === 'within');
    return own.filter((row) => row.eer === null).length > own.length / 2 ? 'any' : 'within';
  }

  function render(record) {
    kface.choices.pairing ??= usual_pairing(record);
    const holders = []; // parts that a choice makes anew: [node, function that fills it]
    const plots = [];
    const part = (fill) => {
      const node = h('div', {});
      holders.push([node, fill]);
      return node;
    };
    const refill = () => {
      holders.forEach(([node, fill]) => {
        node.replaceChildren();
        append(node, [fill()]);
      });
      plots.forEach((one) => one.redraw());
    };
    const options = (name, values) => values.map((value) =>
      ({ value, label: t(`${name}.${value}`) }));
    const controls = [
      choice('pairing', t('control.pairing'), options('pairing', pairings), refill),
      choice('heat_metric', t('control.heat_metric'), options('heat.metric', heat_metrics), refill),
      choice('heat_pairs', t('control.heat_pairs'),
        options('heat.choice', ['within', 'against_reference']), refill)];
    const bodies = record.attributes.map((attribute) => {
      const chart = plot(record, attribute);
      plots.push(chart);
      return [h('h3', {}, attribute_name(attribute.attribute)), chart.node,
        part(() => rates_table(record, attribute)),
        part(() => heat_map(record, attribute)),
        h('details', {}, h('summary', {}, t('by_condition.show_counts')), counts_table(attribute))];
    });
    refill();
    return [paragraph(t('by_condition.what')), paragraph(t('heat.what')),
      record.dataset.simulated ? h('p', { class: 'notice' }, t('conditions.simulated')) : null,
      record.model.fitted_on_these_images
        ? h('p', { class: 'notice' }, t('by_condition.seen')) : null,
      controls, bodies];
  }

  kface.section({ id: 'by_condition', kinds: ['conditions'], render });
}
