// The pairs that a model gets most wrong, as pictures.
{
  function chip(side) {
    const uri = kface.chips[side.chip];
    const picture = uri ? h('img', { src: uri, alt: t('pairs.alt', { identity: side.identity }) })
      : h('span', { class: 'absent' }, t('pairs.absent'));
    const conditions = Object.entries(side.attributes ?? {})
      .map(([name, value]) => attribute_value(name, value)).join(' · ');
    return h('div', { class: 'chip' }, picture, h('b', {}, side.identity),
      h('span', { class: 'id', title: side.id }, side.id),
      conditions ? h('span', {}, conditions) : null);
  }

  const pair_card = (pair) => h('li', { class: `pair ${pair.kind}` },
    h('p', {}, t('pairs.distance', { distance: three(pair.distance) })), chip(pair.a), chip(pair.b));

  function group(pairs, model, kind) {
    const wanted = pairs.filter((pair) => pair.model === model && pair.kind === kind);
    return wanted.length === 0 ? null : [h('h4', {}, t(`pairs.worst.${kind}`)),
      h('ul', { class: 'pairs' }, wanted.map(pair_card))];
  }

  kface.section({
    id: 'pairs',
    kinds: ['sweep'],
    has: (record) => record.worst_pairs.length > 0,
    render: (record) => [paragraph(t('pairs.what')),
      distinct(record.worst_pairs.map((pair) => pair.model)).map((model) =>
        [h('h3', {}, model_name(model)),
          ['same', 'different'].map((kind) => group(record.worst_pairs, model, kind))])],
  });
}
