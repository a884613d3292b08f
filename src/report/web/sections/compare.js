// Recipes side by side: mean and standard deviation over the same identity-disjoint splits.
{
  const spread = (value, format) => (Number.isFinite(value?.mean)
    ? { kind: 'number', text: format(value.mean),
      interval: Number.isFinite(value.sd) ? `± ${format(value.sd)}` : null }
    : { kind: 'number', text: '–' });

  // {label, format, better, of: recipe -> SPREAD} for every metric that the record has.
  function metrics_of(recipes) {
    const fars = distinct(recipes.flatMap((recipe) => Object.keys(recipe.tar_at_far)))
      .sort((a, b) => b - a);
    return [
      { label: t('metric.eer'), format: percent, better: 'low', of: (recipe) => recipe.eer },
      ...fars.map((far) => ({ label: t('metric.tar_at', { far: short_percent(Number(far)) }),
        format: percent, better: 'high', of: (recipe) => recipe.tar_at_far[far] })),
      { label: t('metric.overlap'), format: three, better: 'low', of: (recipe) => recipe.overlap },
      { label: t('metric.auc'), format: three, better: 'high', of: (recipe) => recipe.auc },
    ].filter((metric) => recipes.some((recipe) => Number.isFinite(metric.of(recipe)?.mean)));
  }

  function column(recipes, metric) {
    const means = recipes.map((recipe) => metric.of(recipe)?.mean).filter(Number.isFinite);
    const best = metric.better === 'high' ? Math.max(...means) : Math.min(...means);
    return recipes.map((recipe) => ({ ...spread(metric.of(recipe), metric.format),
      best: means.length > 1 && metric.of(recipe)?.mean === best }));
  }

  // A bar from mean - sd to mean + sd with short ends, as ECharts draws custom shapes.
  function error_bar(params, api) {
    // All of these are rates: a whisker is not drawn beyond 0 and 1.
    const at = (rate) => api.coord([api.value(0), Math.min(1, Math.max(0, rate))]);
    const [low, high] = [at(api.value(1)), at(api.value(2))];
    const style = { stroke: css('--text'), lineWidth: 1.5, fill: 'none' };
    const line = (y1, y2, half) => ({ type: 'line', style,
      shape: { x1: low[0] - half, x2: low[0] + half, y1, y2 } });
    return { type: 'group',
      children: [line(low[1], high[1], 0), line(low[1], low[1], 5), line(high[1], high[1], 5)] };
  }

  function bars_option(recipes, metric) {
    const bounds = recipes.map((recipe, i) => {
      const { mean, sd } = metric.of(recipe) ?? {};
      return Number.isFinite(mean) && Number.isFinite(sd) ? [i, mean - sd, mean + sd] : null;
    }).filter(Boolean);
    return {
      grid: { left: 60, right: 12, top: 16, bottom: 40 },
      tooltip: tooltip({ trigger: 'axis', axisPointer: { type: 'shadow' },
        formatter: ([bar]) => {
          const cell = spread(metric.of(recipes[bar.dataIndex]), metric.format);
          return escape_html(`${bar.name}: ${cell.text} ${cell.interval ?? ''}`);
        } }),
      xAxis: axis({ type: 'category', data: recipes.map((recipe) => recipe.name),
        axisLabel: { color: css('--text'), fontSize: 12, interval: 0, hideOverlap: false,
          width: 72, overflow: 'break' } }),
      yAxis: axis({ type: 'value', min: 0, max: metric.better === 'high' ? 1 : null, axisLabel: { color: css('--muted'), fontSize: 11,
        formatter: metric.format === percent ? short_percent : undefined } }),
      series: [
        { type: 'bar', barMaxWidth: 48, itemStyle: { color: css('--same'), opacity: 0.75 },
          data: recipes.map((recipe) => metric.of(recipe)?.mean ?? null) },
        { type: 'custom', renderItem: error_bar, data: bounds, silent: true, z: 3,
          encode: { x: 0, y: [1, 2] } }],
    };
  }

  function render(record) {
    const { recipes } = record;
    const metrics = metrics_of(recipes);
    const columns = [recipes.map((recipe) => ({ text: recipe.name, scope: 'row' })),
      ...metrics.map((metric) => column(recipes, metric))];
    return [paragraph(t('compare.what', { splits: record.num_splits })),
      table({ caption: t('compare.caption', { splits: record.num_splits }), body: rows_of(columns),
        head: [[t('table.recipe'), ...metrics.map((metric) =>
          ({ text: metric.label, kind: 'number' }))]] }),
      h('div', { class: 'plots' }, metrics.map((metric) =>
        figure(metric.label, () => bars_option(recipes, metric), { height: 260 }).node))];
  }

  kface.section({ id: 'compare', kinds: ['compare'], render });
}
