// What the law says: the sentence, the facts, the cause, what to try, and the line to paste.

function showHead(trace) {
  document.title = `${short(trace.test ?? 'a run', 120)} - Reveille`;
  byId('test').textContent = line(trace.test ?? 'a run');
  const { verdict } = trace;
  const parts = [];
  if (verdict) {
    parts.push(el('strong', { class: 'law bad' }, line(verdict.law)));
    parts.push(el('span', { class: `certainty ${verdict.certainty === 'certain' ? '' : 'warn'}` }, line(verdict.certainty ?? '')));
    parts.push(el('span', { class: 'sentence' }, line(verdict.sentence ?? '')));
  } else {
    parts.push(el('strong', { class: 'law good' }, 'passed'));
    parts.push(el('span', { class: 'sentence' }, 'no law was broken in this run'));
  }
  byId('verdict').replaceChildren(...parts);
}

function showCase(state) {
  const { trace } = state;
  const { verdict } = trace;
  const box = byId('case');
  const parts = [];
  if (verdict) {
    // The cause has a section of its own.
    const facts = verdict.facts.filter(({ label }) => !(verdict.why && label === 'why'));
    parts.push(section('What is known', factList(facts.map(({ label, text }) => [label, text]))));
    if (verdict.why) {
      const links = (verdict.why.steps ?? []).map((step) => stepButton(state, step));
      parts.push(section('Why', el('p', { class: 'text' }, reflowed(verdict.why.text)), links.length ? el('p', { class: 'links' }, ...links) : null));
    }
    if (verdict.blamed.length) parts.push(section('Places to look at', blamedList(state)));
    if (verdict.waits.length) parts.push(section('Who waits for whom', waitList(state)));
    if (verdict.advice) parts.push(section('Try', el('p', { class: 'text advice' }, reflowed(verdict.advice))));
    for (const hint of verdict.hints) parts.push(section('Fault', el('p', { class: 'text' }, reflowed(hint))));
  }
  if (trace.arguments.length) {
    parts.push(section('Arguments', factList(trace.arguments.map(({ name, value }) => [name, value]), 'code')));
  }
  if (trace.replay) parts.push(section('Replay', replayLine(trace.replay)));
  const found = [];
  if (trace.found) found.push(['found in', trace.found]);
  if (trace.shrunk) found.push(['shrunk', trace.shrunk]);
  if (trace.corpus) found.push(['kept in', trace.corpus]);
  if (trace.package) found.push(['package', trace.package]);
  const { run } = trace;
  found.push(['the run', `${count(run.steps ?? 0, 'step')}, ${count(run.count ?? run.events.length, 'event')}, ${count(run.tasks.length, 'task')}`]);
  if (run.hash) found.push(['hash', run.hash]);
  parts.push(section('This run', factList(found)));
  parts.push(section('Neighbour', neighbourWords(state)));
  box.replaceChildren(...parts);
  byId('report-text').textContent = shown(trace.report || 'The trace has no report.');
}

function section(title, ...content) {
  return el('section', {}, el('h3', {}, title), ...content);
}

function factList(facts, kind = '') {
  return el('dl', { class: `facts ${kind}` }, facts.flatMap(([label, text]) => [el('dt', {}, line(label)), el('dd', {}, reflowed(text))]));
}

function stepButton(state, step) {
  const { model } = state.runs[0];
  const at = model.events.findIndex((event) => event.step === step && event.kind === 'polled');
  const place = at >= 0 ? at : model.events.findIndex((event) => event.step === step);
  if (place < 0) return el('span', { class: 'gone' }, `step ${step}`);
  return el('button', { type: 'button', class: 'link', onclick: () => state.select('event', place, 0, true) }, `step ${step}`);
}

function blamedList(state) {
  const run = state.runs[0];
  const items = state.trace.verdict.blamed.map(({ what, event, site }, number) => {
    const at = run.placeOf(event);
    const words = [el('span', { class: 'badge' }, String(number + 1)), el('span', {}, shown(what)), site ? el('code', { class: 'site' }, place(site)) : null];
    const head = at >= 0
      ? el('button', { type: 'button', class: 'row', onclick: () => state.select('event', at, 0) }, ...words)
      : el('div', { class: 'row' }, ...words);
    return el('li', {}, head, sourceOf(state.trace, site, 2));
  });
  return el('ol', { class: 'blamed' }, ...items);
}

function waitList(state) {
  const { model } = state.runs[0];
  const name = (id) => short(model.taskLane(id)?.label ?? `task ${id}`, 80);
  const { waits } = state.trace.verdict;
  const inCircle = (model.circles ??= circles(waits));
  const rows = waits.slice(0, 200).map((edge, number) =>
    el('li', { class: inCircle.has(number) ? 'circle' : '' }, `${name(edge.task)} waits for ${name(edge.for)}`, inCircle.has(number) ? el('span', { class: 'tag' }, 'in a circle') : null));
  return el('ul', { class: 'waits' }, ...rows);
}

function replayLine(replay) {
  const code = el('code', { id: 'replay' }, line(replay));
  const button = el('button', { type: 'button', id: 'copy' }, 'Copy');
  button.addEventListener('click', async () => {
    button.textContent = (await copy(code.textContent, code)) ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
  return el('div', { class: 'replay' }, code, button);
}

function neighbourWords(state) {
  const { neighbour, verdict } = state.trace;
  if (!neighbour) {
    return el('p', { class: 'text' }, verdict
      ? 'There is none: in every order and without every fault that was tried, this test breaks the law, or no run was tried beside this one.'
      : 'There is none: a run that passes is compared with no other.');
  }
  const fate = neighbour.law ? `It breaks the law ${line(neighbour.law)}.` : 'It passes.';
  return el('div', {},
    el('p', { class: 'text' }, `${shown(neighbour.note)}. ${fate}`),
    el('p', { class: 'links' },
      el('button', { type: 'button', class: 'link', onclick: () => byId('neighbour').click() }, 'Show or hide it'),
      el('button', { type: 'button', class: 'link', onclick: () => byId('to-difference').click() }, 'First difference')));
}

// Lines around a place, with the line itself marked.
function sourceOf(trace, site, around) {
  const excerpt = excerptOf(trace, site);
  if (!excerpt) return null;
  const middle = site.line - excerpt.first;
  const from = Math.max(0, middle - around);
  const to = Math.min(excerpt.lines.length, middle + around + 1);
  const texts = excerpt.lines.slice(from, to).map((text) => String(text).slice(0, 2000));
  const indents = texts.filter((text) => text.trim()).map((text) => text.match(/^ */)[0].length);
  const indent = Math.min(...indents, 200);
  const rows = texts.map((text, number) => {
    const here = from + number === middle;
    return el('div', { class: here ? 'here' : null, 'aria-current': here ? 'location' : null },
      el('span', { class: 'number' }, String(excerpt.first + from + number)), el('span', { class: 'code-line' }, shown(text.slice(indent))));
  });
  return el('div', { class: 'source', role: 'group', 'aria-label': `${place(site)} and the lines around it`, tabindex: '0' }, ...rows);
}
