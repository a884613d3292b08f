// Recipes side by side: mean and spread over the same identity-disjoint splits.
{
  const spread = (value, format) => {
    if (!Number.isFinite(value?.mean)) return { kind: 'number', text: '–' };
    const interval = interval_of(value);
    return { kind: 'number', text: format(value.mean),
      interval: interval ? write_interval(interval, format).replace(kPercent, '')
        : Number.isFinite(value.sd) ? `± ${format(value.sd)}` : null };
  };

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

  // "better: −2.1 %" and the like, of a recipe against the frozen network.
  function against_cell(recipe) {
    const against = recipe.against_frozen?.eer;
    if (!against) return { text: '–', kind: 'number' };
    const interval = interval_of(against);
    const sign = (x) => `${x > 0 ? '+' : x < 0 ? '−' : ''}${plain(2)(Math.abs(100 * x))}`;
    const { value = against.difference } = against.difference ?? {};
    return { kind: 'number', text: against.verdict ? verdict_name(against.verdict) : '–',
      interval: [Number.isFinite(value) ? sign(value) : null,
        interval ? `[${interval.map(sign).join(', ')}]` : null].filter(Boolean).join(' ') };
  }

  const chosen_text = (chosen) => Object.entries(chosen).sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} × ${count}`).join(', ');

  // What a recipe chose, where it had a choice.
  const had_choice = (counts, name) => Object.keys(counts ?? {}).some((one) =>
    one !== name && one !== 'none');

  function said_of(record, recipe) {
    // Sentences that are findings stand in the summary already.
    const sentence = recipe.sentence ?? recipe.against_frozen?.sentence;
    const parts = [
      sentence && !record.findings?.length ? in_language(sentence) : null,
      had_choice(recipe.chosen, recipe.name)
        ? t('compare.chosen', { chosen: chosen_text(recipe.chosen) }) : null,
      had_choice(recipe.views, 'plain')
        ? t('compare.views', { views: chosen_text(recipe.views) }) : null].filter(Boolean);
    return parts.length === 0 ? null
      : h('li', {}, h('b', {}, recipe.name), ': ', parts.join(' '));
  }

  function sentences(record) {
    const said = record.recipes.map((recipe) => said_of(record, recipe)).filter(Boolean);
    return said.length === 0 ? null
      : [h('h3', {}, t('compare.verdicts')), h('ul', { class: 'verdicts' }, said)];
  }

  function plot(record, rows, metric) {
    const series = () => [{ name: metric.label, colour: css('--same'),
      of: (row) => metric.of(row.recipe) }];
    const logarithmic = metric.better === 'low' && needs_log(rows, series());
    return figure(beside_acquire(metric.label, record), () => forest_option(rows, series(),
      { name: logarithmic ? t('axis.logarithmic') : '', logarithmic }),
    { height: forest_height(rows, series()) }).node;
  }

  function render(record) {
    const { recipes } = record;
    const metrics = metrics_of(recipes);
    const against = recipes.some((recipe) => recipe.against_frozen);
    const columns = [recipes.map((recipe) => ({ text: recipe.name, scope: 'row' })),
      ...metrics.map((metric) => column(recipes, metric)),
      ...(against ? [recipes.map(against_cell)] : [])];
    const rows = recipes.map((recipe) => ({ label: recipe.name, recipe }));
    return [paragraph(t('compare.what', { splits: record.num_splits })),
      sentences(record),
      table({ caption: beside_acquire(t('compare.caption', { splits: record.num_splits }), record),
        body: rows_of(columns),
        head: [[t('table.recipe'), ...metrics.map((metric) =>
          ({ text: metric.label, kind: 'number' })),
        ...(against ? [{ text: t('table.against_frozen'), kind: 'number' }] : [])]] }),
      h('div', { class: 'plots' }, metrics.map((metric) => plot(record, rows, metric)))];
  }

  kface.section({ id: 'compare', kinds: ['compare'], render });
}
