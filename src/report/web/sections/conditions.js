// How many images each condition has, and what the condition does to verification.
{
  function counts_table(name, values) {
    return table({ caption: attribute_name(name), kind: 'narrow',
      head: [[t('table.value'), { text: t('table.num_images'), kind: 'number' }]],
      body: Object.entries(values).map(([value, count]) =>
        [{ text: attribute_value(name, value), scope: 'row' },
          { text: whole(count), kind: 'number' }]) });
  }

  const models_of = (rows) => distinct(rows.map((row) => row.model));
  // The colours of the summary: seen people blue, unseen people orange, frozen grey.
  const model_colour = (model) => {
    if (model === 'frozen') return css('--frozen');
    if (model.endsWith(' pairs')) return css('--same');
    return css(model.endsWith(' identities') ? '--different' : '--third');
  };

  function bars_option(attribute, rows) {
    const values = distinct(rows.map((row) => row.value));
    const models = models_of(rows);
    const series = models.map((model) => ({
      name: model_name(model), type: 'bar', barMaxWidth: 34, itemStyle: { color: model_colour(model) },
      data: values.map((value) => value_of(rows.find((row) =>
        row.model === model && row.value === value)?.eer ?? null)),
    }));
    return {
      grid: { left: 56, right: 12, top: 24 + 22 * models.length, bottom: 48 }, series,
      legend: legend({ orient: 'vertical', left: 'left', type: 'plain' }),
      tooltip: tooltip({ trigger: 'axis', axisPointer: { type: 'shadow' },
        valueFormatter: (x) => (Number.isFinite(x) ? percent(x) : '–') }),
      xAxis: axis({ type: 'category', name: attribute_name(attribute), nameGap: 30,
        data: values.map((value) => attribute_value(attribute, value)) }),
      yAxis: axis({ type: 'value', name: t('metric.eer'), nameGap: 42, min: 0,
        axisLabel: { color: css('--muted'), fontSize: 11, formatter: short_percent } }),
    };
  }

  function effect_table(attribute, rows) {
    const values = distinct(rows.map((row) => row.value));
    const models = models_of(rows);
    const number = (key, kind) => ({ text: t(key), kind });
    const columns = [values.map((value) =>
      ({ text: attribute_value(attribute, value), scope: 'row' }))];
    for (const model of models) {
      const ours = values.map((value) =>
        rows.find((row) => row.model === model && row.value === value));
      columns.push(ours.map((row) => ({ text: whole(row?.num_same), kind: 'number edge' })),
        metric_cells(ours, 'eer', percent, null),
        metric_cells(ours, 'missed_at_threshold', percent, null),
        metric_cells(ours, 'mean_same_distance', two, null),
        metric_cells(ours, 'mean_different_distance', two, null));
    }
    return table({ caption: t('conditions.effect', { attribute: attribute_name(attribute) }),
      kind: 'wide', body: rows_of(columns),
      head: [[{ text: t('table.value'), rows: 2 }, ...models.map((model) =>
        ({ text: model_name(model), span: 5, kind: 'edge' }))],
      models.flatMap(() => [number('table.num_same', 'edge'), number('metric.eer.short'),
        number('table.missed'), number('table.mean_same'), number('table.mean_different')])] });
  }

  function effects(record) {
    const attributes = distinct(record.by_condition.map((row) => row.attribute));
    const rows_with = (attribute) =>
      record.by_condition.filter((row) => row.attribute === attribute);
    return [
      h('div', { class: 'plots' }, attributes.map((attribute) =>
        figure(t('conditions.figure', { attribute: attribute_name(attribute) }),
          () => bars_option(attribute, rows_with(attribute)), { height: 300 }).node)),
      attributes.map((attribute) => effect_table(attribute, rows_with(attribute)))];
  }

  kface.section({
    id: 'conditions',
    kinds: ['sweep'],
    has: (record) => Object.keys(record.dataset.attributes).length > 0
      || record.by_condition.length > 0,
    render: (record) => [
      paragraph(t('conditions.what')),
      record.dataset.simulated ? h('p', { class: 'notice' }, t('conditions.simulated')) : null,
      effects(record),
      h('h3', {}, t('conditions.counts')),
      h('div', { class: 'tables' }, Object.entries(record.dataset.attributes)
        .map(([name, values]) => counts_table(name, values)))],
  });
}
