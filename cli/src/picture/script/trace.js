// The trace as it stands in the page, or a sentence that says why it is not shown.

const VERSION = 1;

class Refusal extends Error {}

function readTrace(text) {
  let trace;
  try {
    trace = JSON.parse(text);
  } catch (error) {
    throw new Refusal(`This page holds no trace: its data is not JSON (${shown(error.message)}).`);
  }
  if (trace === null || typeof trace !== 'object' || trace.format !== 'reveille-trace') {
    throw new Refusal('This page holds no trace of reveille: its data does not say "format": "reveille-trace".');
  }
  if (!Number.isInteger(trace.version) || trace.version < 1) {
    throw new Refusal('This page holds a trace without a version.');
  }
  if (trace.version > VERSION) {
    throw new Refusal(
      `This trace has version ${trace.version}, and this page reads version ${VERSION}. ` +
        'It was written by a newer reveille: make the page with a newer cargo-reveille (cargo install cargo-reveille).',
    );
  }
  return complete(trace);
}

// Lists that are missing are empty, so that nobody else has to ask.
function complete(trace) {
  const list = (value) => (Array.isArray(value) ? value : []);
  const run = (value) => {
    const run = value && typeof value === 'object' ? value : {};
    for (const name of ['tasks', 'watches', 'resources', 'events']) run[name] = list(run[name]);
    return run;
  };
  trace.run = run(trace.run);
  for (const name of ['arguments', 'sources']) trace[name] = list(trace[name]);
  if (trace.verdict) {
    for (const name of ['others', 'facts', 'hints', 'blamed', 'waits']) trace.verdict[name] = list(trace.verdict[name]);
  }
  if (trace.neighbour) {
    trace.neighbour.run = run(trace.neighbour.run);
    trace.neighbour.first_difference ??= firstDifference(trace.run.events, trace.neighbour.run.events);
  }
  return trace;
}

// The place of the first event that is another one. Where it was done is no part of what it is.
function firstDifference(ours, theirs) {
  const same = (a, b) => {
    const names = Object.keys({ ...a, ...b });
    return names.every((name) => name === 'at' || name === 'stack' || a[name] === b[name] || JSON.stringify(a[name]) === JSON.stringify(b[name]));
  };
  const last = Math.min(ours.length, theirs.length);
  let at = 0;
  while (at < last && same(ours[at], theirs[at])) at++;
  return at;
}

// Where an event was done: its place, or the innermost frame of its stack.
function siteOf(event) {
  return event.at ?? (Array.isArray(event.stack) ? event.stack[0] : undefined);
}

// The excerpt that has a line of a file, if there is one.
function excerptOf(trace, site) {
  if (!site) return null;
  return trace.sources.find(
    ({ file, first, lines }) => file === site.file && first <= site.line && site.line < first + lines.length,
  );
}
