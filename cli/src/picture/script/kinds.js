// The kinds of events: to which filter each belongs and by what shape it is drawn. A kind
// that is not known here is a dot with its words.

const GROUPS = [
  ['polls', 'Polls'],
  ['wakes', 'Wakes'],
  ['registrations', 'Registrations'],
  ['drops', 'Drops'],
  ['tasks', 'Tasks'],
  ['memory', 'Atomics'],
  ['timers', 'Timers'],
  ['io', 'I/O'],
  ['faults', 'Faults'],
  ['choices', 'Choices'],
  ['notes', 'Notes'],
  ['other', 'Other'],
];

// kind: [group, shape, room that it takes on the axis]
const KINDS = {
  spawned: ['tasks', 'plus', 1],
  polled: ['polls', null, 0.7],
  poll_ended: ['polls', null, 0.8],
  waker_cloned: ['registrations', 'ring', 1],
  waker_dropped: ['drops', 'dropped', 1],
  woken: ['wakes', 'wake', 1.1],
  woken_from_outside: ['wakes', 'wake', 1.1],
  let_in: ['wakes', 'wake', 1.1],
  handle_polled: ['tasks', 'handle', 0.9],
  handle_dropped: ['tasks', 'handle-dropped', 0.9],
  aborted: ['tasks', 'abort', 1],
  cancelled: ['faults', 'abort', 1],
  timer_set: ['timers', 'clock', 1],
  timer_dropped: ['timers', 'cross', 1],
  timer_fired: ['timers', 'bell', 1],
  event_set: ['timers', 'clock', 1],
  event_due: ['timers', 'bell', 1],
  clock_moved: ['timers', 'move', 1],
  became_ready: ['io', 'ready', 1],
  said_ready: ['faults', 'said-ready', 1],
  io: ['io', 'square', 1],
  submitted: ['io', 'square', 1],
  completed: ['io', 'done', 1],
  misused: ['faults', 'bolt', 1],
  chosen: ['choices', 'diamond', 0.7],
  awaiting: ['polls', 'await', 0.8],
  pointed: ['polls', 'await', 0.8],
  touched: ['memory', 'square', 0.7],
  marked: ['notes', 'flag', 1.2],
  noted: ['notes', 'speech', 1.2],
  rested: ['other', 'rest', 1],
  fair_tail: ['other', 'dot', 1],
  teardown: ['other', 'end', 1],
};

const UNKNOWN = ['other', 'dot', 1];

// A choice with `fault: true` is of a kind of fault; it struck unless the default was taken.
const struck = (event) => event.kind === 'chosen' && event.fault === true && event.option !== 0;
const deviates = (event) => event.kind === 'chosen' && event.fault !== true && event.option !== 0;

function groupOf(event) {
  if (struck(event) || (event.kind === 'polled' && event.spurious)) return 'faults';
  return (Object.hasOwn(KINDS, event.kind) ? KINDS[event.kind] : UNKNOWN)[0];
}

function shapeOf(event) {
  if (struck(event)) return 'bolt';
  if (event.kind === 'polled') return event.spurious ? 'bolt' : null;
  if (deviates(event)) return 'deviation';
  if (event.kind === 'waker_dropped' && event.left === 0) return 'last-dropped';
  return (Object.hasOwn(KINDS, event.kind) ? KINDS[event.kind] : UNKNOWN)[1];
}

function roomOf(event) {
  if (struck(event)) return 1;
  return (Object.hasOwn(KINDS, event.kind) ? KINDS[event.kind] : UNKNOWN)[2];
}

// Laws that name tasks which nothing can wake any more.
const SLEEPS_FOR_EVER = new Set([
  'pending-without-waker', 'stale-waker', 'waker-dropped', 'deadlock', 'stuck', 'suspected-stuck', 'snoozed', 'task-leak',
]);
