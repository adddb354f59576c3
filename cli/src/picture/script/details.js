// All that is known of one event, or of one task.

const NOT_FIELDS = new Set(['index', 'step', 'now', 'by', 'kind', 'words', 'at', 'stack']);

function showEvent(state, at, number) {
  const run = state.runs[number];
  const { model } = run;
  const event = model.events[at];
  const parts = [
    el('p', { class: 'from' }, `${number === 1 ? 'Neighbour run, ' : ''}event ${event.index}, ${line(event.kind)}`),
    el('h3', { class: 'words' }, `${line(whoOf(model, event))}: ${line(event.words ?? event.kind)}`),
    factList([['step', String(event.step)], ['time', duration(event.now ?? 0)], ...fieldsOf(model, event)]),
  ];
  const blamed = run.blamed.get(at);
  if (blamed) {
    parts.push(section('In the report', el('ul', { class: 'plain' }, ...blamed.map((which) =>
      el('li', {}, el('span', { class: 'badge' }, String(which)), ` ${shown(model.verdict.blamed[which - 1].what)}`)))));
  }
  const links = run.links.of(at);
  if (links.length) parts.push(section('Linked with', linkList(state, number, links)));
  const site = siteOf(event) ?? (blamed && model.verdict.blamed[blamed[0] - 1].site);
  if (site) {
    parts.push(section('Where', el('p', { class: 'site-line' }, el('code', {}, place(site)), site.function ? el('span', { class: 'function' }, ` in ${shown(site.function)}`) : null), sourceOf(state.trace, site, 6) ?? noSource()));
  }
  if (Array.isArray(event.stack) && event.stack.length > (event.at ? 0 : 1)) {
    parts.push(section('Called from', el('ol', { class: 'stack' }, ...event.stack.map((frame) =>
      el('li', {}, el('code', {}, place(frame)), frame.function ? el('span', { class: 'function' }, ` in ${shown(frame.function)}`) : null, sourceOf(state.trace, frame, 1))))));
  }
  const owner = event.owner?.task !== undefined ? model.ownerLane(event) : model.doer(event);
  if (owner) parts.push(el('p', { class: 'links' }, el('button', { type: 'button', class: 'link', onclick: () => state.select('lane', owner, number) }, `About ${short(owner.label, 60)}`)));
  byId('details').replaceChildren(...parts);
}

function noSource() {
  return el('p', { class: 'quiet' }, 'The trace has no source of this place.');
}

function linkList(state, number, links) {
  const { model } = state.runs[number];
  return el('ul', { class: 'plain' }, ...links.map(([what, to]) => {
    const event = model.events[to];
    return el('li', {}, el('button', { type: 'button', class: 'row', onclick: () => state.select('event', to, number) },
      el('span', { class: 'what' }, what),
      el('span', {}, `step ${event.step}: ${short(whoOf(model, event), 60)} ${short(event.words ?? event.kind, 120)}`)));
  }));
}

// The fields of the kind, in words as far as they are known.
function fieldsOf(model, event) {
  const task = (id) => model.taskLane(id)?.label ?? `task ${id}`;
  const out = [];
  for (const [name, value] of Object.entries(event)) {
    if (NOT_FIELDS.has(name) || value === undefined) continue;
    if (name === 'owner') out.push(['whose', value?.task !== undefined ? task(value.task) : `watched future ${value?.watch}`]);
    else if (name === 'child' || name === 'task') out.push([name, task(value)]);
    else if (name === 'resource') out.push([name, model.lane(`resource ${value}`)?.label ?? String(value)]);
    else if (name === 'deadline' || name === 'to') out.push([name, duration(value)]);
    else if (name === 'left') out.push(['clones left', value === 0 ? 'none: this was the last one' : String(value)]);
    else if (name === 'effective') out.push(['effect', value ? 'asks for a poll' : 'none: a poll was due already, or the task is over']);
    else if (name === 'spurious') { if (value) out.push(['spurious', 'nobody asked for this poll']); }
    else if (name === 'fault') out.push(['fault', value ? (event.option ? 'yes, it struck' : 'it might have struck and did not') : 'no']);
    else if (name === 'option') out.push(['option', `${value} of ${event.options}${value === 0 ? ', the default' : ', a deviation'}`]);
    else if (name !== 'options') out.push([name, value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  }
  return out;
}

function showLane(state, lane, number) {
  const { model } = state.runs[number];
  const parts = [el('p', { class: 'from' }, number === 1 ? 'Neighbour run' : 'This run'), el('h3', { class: 'words' }, line(lane.label))];
  const facts = [];
  if (lane.type === 'task') {
    const { task } = lane;
    if (task.daemon) facts.push(['daemon', 'it may wait for ever']);
    if (task.parent !== null && task.parent !== undefined) facts.push(['spawned by', model.taskLane(task.parent)?.label ?? `task ${task.parent}`]);
    if (task.spawned) facts.push(['spawned at', place(task.spawned)]);
    if (task.future) facts.push(['future', task.future]);
    const polls = lane.polls.filter((poll) => !poll.between);
    facts.push(['polls', String(polls.length)]);
    if (lane.waitsForEver !== undefined) {
      facts.push(['at the end', lane.neverWoken ? 'waits, and nothing will wake it' : 'waits']);
      facts.push(['since', `step ${model.events[Math.min(lane.waitsForEver, model.events.length - 1)].step}`]);
    } else if (polls.length) facts.push(['at the end', ENDS[lane.polls.at(-1).end]]);
  } else facts.push(...laneFacts(lane, model).map((said) => ['what', said]));
  facts.push(['events', lane.events.length.toLocaleString('en')]);
  parts.push(factList(facts));
  const links = [];
  if (lane.spawnedBy !== undefined) links.push(['Spawned by', lane.spawnedBy]);
  if (lane.polls?.length) links.push(['First poll', lane.polls[0].from], ['Last poll', lane.polls.at(-1).from]);
  if (lane.events.length) links.push(['First event', lane.events[0]], ['Last event', lane.events.at(-1)]);
  if (links.length) parts.push(section('Go to', linkList(state, number, links)));
  if (lane.task?.spawned) {
    const source = sourceOf(state.trace, lane.task.spawned, 3);
    if (source) parts.push(section('Spawned here', source));
  }
  parts.push(el('p', { class: 'links' }, el('button', { type: 'button', class: 'link', onclick: () => state.onlyLane(lane) }, 'Show only this lane'),
    el('button', { type: 'button', class: 'link', onclick: () => state.onlyLane(null) }, 'Show all lanes')));
  byId('details').replaceChildren(...parts);
}
