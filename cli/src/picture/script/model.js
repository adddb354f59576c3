// What a run is made of for the eye: lanes, the polls of each task, and what it did between them.

// Where the events of nobody's poll stand.
const CLOCK = 'clock';
const RUN = 'run';

class Model {
  // The named tasks are those of the run that broke the law, in its neighbour too, so that their
  // lanes stand in the same order.
  constructor(run, verdict, named = namedTasks(verdict, run.events)) {
    this.run = run;
    this.events = run.events;
    this.verdict = verdict;
    this.named = named;
    this.tasks = new Map();
    for (const task of run.tasks) this.tasks.set(task.id, task);
    this.lanes = [];
    this.laneOfKey = new Map();
    this.laneOfTask = new Map();
    this.home = new Int32Array(this.events.length);
    this.group = new Array(this.events.length);
    this.shape = new Array(this.events.length);
    this.teardown = this.events.findIndex((event) => event.kind === 'teardown');
    this.makeLanes();
    this.placeEvents();
    this.followTasks();
    this.timers = followTimers(this.events);
    this.connect();
  }

  // The named tasks first, then the few others, then the world; a crowd stands behind.
  makeLanes() {
    const used = new Set();
    for (const event of this.events) {
      if (event.by !== null && event.by !== undefined) used.add(event.by);
      const task = event.owner?.task ?? event.child ?? event.task;
      if (task !== undefined) used.add(task);
    }
    for (const id of used) if (!this.tasks.has(id)) this.tasks.set(id, { id, name: null, label: `task ${id}`, parent: null });
    const all = [...this.tasks.values()];
    const first = this.named.filter((id) => this.tasks.has(id)).map((id) => this.tasks.get(id));
    const named = new Set(first.map((task) => task.id));
    const rest = all.filter((task) => !named.has(task.id)).sort((a, b) => a.id - b.id);
    const near = rest.length <= 24 ? rest : rest.filter((task) => task.id === 0);
    const add = (lane) => {
      lane.number = this.lanes.length;
      lane.events = [];
      this.lanes.push(lane);
      this.laneOfKey.set(lane.key, lane);
      if (lane.task) this.laneOfTask.set(lane.task.id, lane);
    };
    const taskLane = (task) => add({
      key: `task ${task.id}`, type: 'task', task, named: named.has(task.id), label: task.label ?? `task ${task.id}`,
      polls: [], states: [], insides: [],
    });
    first.forEach(taskLane);
    near.forEach(taskLane);
    add({ key: CLOCK, type: 'clock', label: 'clock', note: 'timers and what they wake' });
    for (const resource of this.run.resources) {
      add({ key: `resource ${resource.id}`, type: 'resource', resource, label: resource.name ?? `resource ${resource.id}` });
    }
    add({ key: RUN, type: 'run', label: 'run', note: 'choices, other threads, rest' });
    rest.filter((task) => !near.includes(task)).forEach(taskLane);
  }

  lane(key) {
    return this.laneOfKey.get(key);
  }

  taskLane(id) {
    return this.laneOfTask.get(id);
  }

  // The lane of whoever did it, if it was done in a poll.
  doer(event) {
    return event.by === null || event.by === undefined ? null : this.taskLane(event.by);
  }

  ownerLane(event) {
    if (event.owner?.task !== undefined) return this.taskLane(event.owner.task);
    return this.doer(event);
  }

  placeEvents() {
    let cause = null;
    this.events.forEach((event, at) => {
      const doer = this.doer(event);
      if (doer || event.kind === 'clock_moved') cause = null;
      const home = this.homeOf(event, doer, cause);
      // What is woken between polls is woken by what happened just before.
      if (!doer && home && (home.type === 'resource' || home.type === CLOCK)) cause = home;
      const lane = home ?? this.lane(RUN);
      this.home[at] = lane.number;
      lane.events.push(at);
      this.group[at] = groupOf(event);
      this.shape[at] = shapeOf(event);
    });
  }

  homeOf(event, doer, cause) {
    switch (event.kind) {
      case 'polled':
      case 'poll_ended':
        return this.ownerLane(event);
      case 'timer_set': case 'timer_dropped': case 'timer_fired': case 'event_set': case 'event_due': case 'clock_moved':
        return this.lane(CLOCK);
      case 'became_ready': case 'said_ready': case 'io': case 'submitted': case 'completed':
        return this.lane(`resource ${event.resource}`) ?? doer;
      case 'woken_from_outside':
        return this.lane(RUN);
      case 'let_in':
        return doer ?? this.lane(CLOCK);
      case 'woken': case 'waker_dropped': case 'waker_cloned':
        return doer ?? cause ?? this.lane(CLOCK);
      default:
        return doer;
    }
  }

  // From which lane to which an event reaches, as numbers of lanes; -1: nowhere.
  connect() {
    this.from = new Int32Array(this.events.length).fill(-1);
    this.to = new Int32Array(this.events.length).fill(-1);
    this.events.forEach((event, at) => {
      const kind = connectionOf(event);
      const [from, to] = kind ? endsOf(this, event, at, kind) : [];
      if (!from || !to) return;
      this.from[at] = from.number;
      this.to[at] = to.number;
    });
  }

  // Polls as [begin, end] of event places, and the states between: `waits`, `due`.
  followTasks() {
    const now = new Map();
    const of = (lane) => {
      if (!now.has(lane)) now.set(lane, { poll: null, state: null, since: 0, count: 0 });
      return now.get(lane);
    };
    const enter = (lane, state, at) => {
      const task = of(lane);
      if (task.state && task.since < at) lane.states.push({ state: task.state, from: task.since, to: at });
      task.state = state;
      task.since = at;
    };
    const insides = [];
    const ends = this.teardown < 0 ? this.events.length : this.teardown;
    const heldUp = new Set();
    for (let at = 0; at < this.events.length; at++) {
      const event = this.events[at];
      const lane = this.ownerLane(event);
      const last = this.doer(event)?.polls.at(-1);
      if (last && last.to !== null && last.to < at && (this.teardown < 0 || at < this.teardown) && this.events[last.to].step === event.step) last.tail = at;
      if (event.kind === 'spawned') {
        const child = this.taskLane(event.child);
        if (child) { child.spawnedBy = at; enter(child, 'due', at); }
      } else if (event.owner?.watch !== undefined) {
        followInside(insides, lane, event, at);
      } else if (event.kind === 'polled' && lane) {
        enter(lane, null, at);
        const task = of(lane);
        task.poll = { from: at, to: null, end: null, number: ++task.count, spurious: !!event.spurious };
        lane.polls.push(task.poll);
      } else if (event.kind === 'poll_ended' && lane) {
        const task = of(lane);
        if (task.poll) {
          task.poll.to = at;
          task.poll.end = event.end;
          task.poll = null;
          enter(lane, event.end === 'pending' ? (task.woken ? 'due' : 'waits') : null, at);
          task.woken = false;
        } else if (at > ends && this.teardown >= 0) {
          lane.droppedAt = at;
        } else {
          // Dropped between two polls, or a run of which the beginning is missing.
          const from = this.run.whole === false && !lane.polls.length ? 0 : at;
          lane.polls.push({ from, to: at, end: event.end, number: ++task.count, between: true });
          enter(lane, event.end === 'pending' ? 'waits' : null, at);
        }
      } else if (event.kind === 'woken' || event.kind === 'woken_from_outside' || event.kind === 'let_in') {
        const target = event.kind === 'let_in' ? this.taskLane(event.task) : lane;
        if (!target || at > ends) continue;
        const before = this.events[at - 1];
        if (event.kind === 'woken' && before?.kind === 'chosen' && before.choice === 'delayed-wake' && before.option) {
          heldUp.add(at);
          continue;
        }
        if (event.effective === false) continue;
        if (of(target).poll) of(target).woken = true;
        else if (of(target).state === 'waits') enter(target, 'due', at);
      }
    }
    this.heldUp = heldUp;
    this.finish(now);
  }

  // What has no end yet lasts to the end of the run.
  finish(now) {
    const last = this.events.length;
    for (const [lane, task] of now) {
      if (task.poll) { task.poll.to = last - 1; task.poll.end = 'unended'; }
      if (!task.state) continue;
      const forEver = task.state === 'waits';
      lane.states.push({ state: task.state, from: task.since, to: last, forEver });
      if (forEver) lane.waitsForEver = task.since;
    }
    const sleeps = this.verdict && SLEEPS_FOR_EVER.has(this.verdict.law);
    for (const lane of this.lanes) {
      lane.neverWoken = !!(sleeps && lane.named && lane.waitsForEver !== undefined && !lane.task.daemon && this.isStranded(lane));
    }
  }

  // Whom the law names itself, and whoever waits for such a one.
  isStranded(lane) {
    const { owner, others, waits } = this.verdict;
    const id = lane.task.id;
    return owner?.task === id || others.includes(id) || waits.some((edge) => edge.task === id);
  }

  // What a task does at an event: runs, is due, waits, is over, or is not born.
  stateAt(lane, at) {
    const poll = lane.polls[upTo(lane.polls, at)];
    if (poll && poll.to !== null && at < poll.to) return 'runs';
    const state = lane.states[upTo(lane.states, at)];
    if (state && at < state.to) return state.state;
    return poll ? 'over' : 'unborn';
  }
}

// The last entry that begins at or before a place.
function upTo(entries, at) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].from <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// Polls of watched futures stand inside the poll of their task.
function followInside(open, lane, event, at) {
  if (!lane?.insides) return;
  if (event.kind === 'polled') {
    const inside = { from: at, to: at, end: 'unended', watch: event.owner.watch };
    open.push(inside);
    lane.insides.push(inside);
  } else if (event.kind === 'poll_ended') {
    const which = open.findLastIndex((inside) => inside.watch === event.owner.watch);
    if (which >= 0) Object.assign(open.splice(which, 1)[0], { to: at, end: event.end });
  }
}

// Each timer from where it is set to where it fires or is dropped; those of one deadline in turn.
function followTimers(events) {
  const open = new Map();
  const spans = [];
  events.forEach((event, at) => {
    const key = `${event.kind.startsWith('event') ? 'event' : 'timer'} ${event.deadline}`;
    if (event.kind === 'timer_set' || event.kind === 'event_set') {
      const span = { from: at, to: events.length, end: null, row: 0 };
      spans.push(span);
      if (!open.has(key)) open.set(key, []);
      open.get(key).push(span);
    } else if (event.kind === 'timer_fired' || event.kind === 'timer_dropped' || event.kind === 'event_due') {
      const span = open.get(key)?.shift();
      if (span) { span.to = at; span.end = event.kind; }
    }
  });
  const rows = [];
  let crowded = 0;
  for (const span of spans) {
    let row = rows.findIndex((end) => end < span.from);
    if (row < 0) row = rows.length < 4 ? rows.length : crowded++ % 4;
    rows[row] = Math.max(rows[row] ?? 0, span.to);
    span.row = row;
  }
  return spans;
}

// In the order in which they matter: whom the law names, the others, the critical pair, who waits.
function namedTasks(verdict, events) {
  if (!verdict) return [];
  const watch = verdict.owner?.watch;
  const watching = watch === undefined ? null : events.find((event) => event.owner?.watch === watch)?.by;
  const ids = [verdict.owner?.task, watching, ...verdict.others, ...(verdict.why?.tasks ?? [])];
  for (const edge of verdict.waits) ids.push(edge.task, edge.for);
  return [...new Set(ids.filter((id) => Number.isInteger(id)))];
}
