// What was done, on which data, and the facts that matter most.
{
  const card = (kind, label, result) => {
    const interval = interval_of(result.eer);
    const far = Object.keys(result.tar_at_far).reverse()
      .find((key) => Number.isFinite(value_of(result.tar_at_far[key])));
    return h('div', { class: `fact ${kind}` }, h('h3', {}, label),
      h('p', { class: 'figure' }, write(result.eer, percent), h('span', {}, t('metric.eer'))),
      interval ? h('p', {}, t('summary.interval', { interval: write_interval(interval, percent) }))
        : null,
      far ? h('p', {}, t('summary.tar', { far: short_percent(Number(far)),
        tar: write(result.tar_at_far[far], percent) })) : null);
  };

  // Which sentence the three figures call for: comparing, not computing.
  function verdict(unseen, frozen) {
    const [ours, theirs] = [interval_of(unseen.eer), interval_of(frozen.eer)];
    if (ours && theirs && ours[0] <= theirs[1] && theirs[0] <= ours[1]) return 'unclear';
    return value_of(unseen.eer) > value_of(frozen.eer) ? 'worse' : 'better';
  }

  function honest_facts(record) {
    const ratio = chosen_ratio(record.ratios);
    const paper = find_result(record.ratios, ratio, 'pairs');
    const unseen = find_result(record.ratios, ratio, 'identities');
    if (!paper || !unseen) return null;
    const values = { ratio, accuracy: write_with_interval(paper.accuracy, two),
      paper: write(paper.eer, percent), unseen: write(unseen.eer, percent),
      frozen: write(record.frozen.eer, percent) };
    return [h('div', { class: 'facts' },
      card('seen', t('summary.card.pairs', values), paper),
      card('unseen', t('summary.card.identities', values), unseen),
      card('frozen', t('summary.card.frozen'), record.frozen)),
    h('ol', { class: 'headlines' }, h('li', {}, t('summary.fact.pairs', values)),
      h('li', {}, t('summary.fact.identities', values), ' ',
        t(`summary.verdict.${verdict(unseen, record.frozen)}`)))];
  }

  function compare_headline(record) {
    const known = record.recipes.filter((recipe) => Number.isFinite(recipe.eer?.mean));
    if (known.length === 0) return null;
    const best = known.reduce((a, b) => (b.eer.mean < a.eer.mean ? b : a));
    return h('ol', { class: 'headlines' },
      h('li', {}, t('summary.compare.best', { name: best.name, eer: percent(best.eer.mean) })));
  }

  function evaluate_headline(record) {
    const view2 = record.view2;
    return h('ol', { class: 'headlines' },
      h('li', {}, t('summary.evaluate.eer', { eer: write_with_interval(record.eer, percent),
        acquire: acquire_rate(record) })),
      view2 ? h('li', {}, t('summary.evaluate.view2', { accuracy: plain(2)(100 * view2.accuracy),
        error: plain(2)(100 * view2.standard_error) })) : null,
      record.comparison ? h('li', {}, in_language(record.comparison.sentence)) : null);
  }

  // For each attribute its hardest condition beside the reference.
  function conditions_headlines(record) {
    const hardest = (attribute) => {
      const rows = attribute.rows.filter((row) => row.pairs === 'within' && row.eer !== null);
      const reference = rows.find((row) => row.value === attribute.reference);
      if (!reference) return null;
      const worst = rows.reduce((a, b) => (value_of(b.eer) > value_of(a.eer) ? b : a));
      return worst === reference ? null : h('li', {}, t('summary.conditions.hardest', {
        attribute: attribute_name(attribute.attribute),
        worst: condition_value(attribute, worst.value),
        eer: write_with_interval(worst.eer, percent),
        reference: condition_value(attribute, reference.value),
        base: write_with_interval(reference.eer, percent) }));
    };
    return h('ul', { class: 'headlines' }, record.attributes.map(hardest));
  }

  function skipped(record) {
    if (!record.skipped?.length) return null;
    return [h('h3', {}, t('summary.skipped')), h('ul', {}, record.skipped.map((entry) =>
      h('li', {}, `${entry.ratio ?? t('images.count', { images: entry.images_per_person })}: ${
        entry.reason}`)))];
  }

  kface.section({
    id: 'summary',
    kinds: ['sweep', 'compare', 'conditions', 'evaluate'],
    render: (record) => [
      record.dataset.simulated
        ? h('p', { class: 'notice' }, h('strong', {}, t('summary.simulated.title')), ' ',
          t('summary.simulated')) : null,
      paragraph(t(`summary.done.${record.kind}`, { splits: record.num_splits })),
      record.kind === 'sweep' ? null : paragraph(acquire_sentence(record)),
      record.kind === 'sweep' ? honest_facts(record) : null,
      record.kind === 'compare' ? compare_headline(record) : null,
      record.kind === 'evaluate' ? evaluate_headline(record) : null,
      record.kind === 'conditions' ? conditions_headlines(record) : null,
      record.findings?.length && record.kind !== 'conditions' ? h('ul', { class: 'headlines' }, record.findings.map((finding) =>
        h('li', {}, finding[kface.language] ?? finding.en))) : null,
      skipped(record),
    ],
  });
}
