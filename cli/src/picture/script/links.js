// What leads to what: from a wake to the poll it caused and back, from a waker's registration
// to the wake that used it, from a timer's setting to its end.

class Links {
  constructor(model) {
    const events = model.events;
    this.model = model;
    // By place of an event: the places it is linked with.
    this.poll = new Map();
    this.wakes = new Map();
    this.registration = new Map();
    this.uses = new Map();
    this.partner = new Map();
    this.followWakes(events);
    this.followRegistrations(events);
    this.followPairs(model, events);
  }

  followWakes(events) {
    const waiting = new Map();
    events.forEach((event, at) => {
      const key = ownerKey(event);
      if (isWake(event)) {
        if (!waiting.has(key)) waiting.set(key, []);
        waiting.get(key).push(at);
      } else if (event.kind === 'polled' && waiting.has(key)) {
        const wakes = waiting.get(key);
        waiting.delete(key);
        this.wakes.set(at, wakes);
        for (const wake of wakes) this.poll.set(wake, at);
      }
    });
  }

  // A wake uses the clone that was made last of that identity before it; which clone of several
  // it was, nobody knows.
  followRegistrations(events) {
    const latest = new Map();
    const handedOut = new Map();
    events.forEach((event, at) => {
      if (event.waker === undefined) return;
      const key = `${ownerKey(event)} ${event.waker}`;
      if (event.kind === 'waker_cloned') latest.set(key, at);
      else if (event.kind === 'polled') handedOut.set(key, at);
      else if (event.kind === 'woken' || event.kind === 'waker_dropped') {
        const clone = latest.get(key);
        const from = clone ?? handedOut.get(key);
        if (from === undefined) return;
        this.registration.set(at, from);
        if (clone === undefined) return;
        if (!this.uses.has(clone)) this.uses.set(clone, []);
        this.uses.get(clone).push(at);
      }
    });
  }

  followPairs(model, events) {
    const pair = (a, b) => { this.partner.set(a, b); this.partner.set(b, a); };
    for (const span of model.timers) if (span.to < events.length) pair(span.from, span.to);
    for (const lane of model.lanes) {
      for (const poll of [...(lane.polls ?? []), ...(lane.insides ?? [])]) {
        if (poll.end !== 'unended' && poll.from !== poll.to) pair(poll.from, poll.to);
      }
      if (lane.spawnedBy !== undefined && lane.polls.length && !lane.polls[0].between) {
        this.partner.set(lane.spawnedBy, lane.polls[0].from);
      }
    }
    const operations = new Map();
    events.forEach((event, at) => {
      if (event.kind === 'submitted') operations.set(event.operation, at);
      else if (event.kind === 'completed' && operations.has(event.operation)) pair(operations.get(event.operation), at);
    });
  }

  // [what it is, the place] for everything that an event is linked with.
  of(at) {
    const event = this.model.events[at];
    const out = [];
    const add = (what, place) => place !== undefined && out.push([what, place]);
    if (isWake(event)) {
      const asked = event.effective === false ? 'The poll that was due already' : 'The poll that it caused';
      add(asked, this.poll.get(at));
    }
    for (const wake of this.wakes.get(at) ?? []) {
      add(this.model.events[wake].effective === false ? 'Also woken by' : 'Caused by the wake', wake);
    }
    const from = this.registration.get(at);
    if (from !== undefined) {
      add(this.model.events[from].kind === 'waker_cloned' ? 'The registration that it used' : 'The poll that handed this waker out', from);
    }
    for (const use of this.uses.get(at) ?? []) {
      add(this.model.events[use].kind === 'woken' ? 'Used by the wake' : 'Dropped by', use);
    }
    const partner = this.partner.get(at);
    if (partner !== undefined) add(PARTNERS[event.kind] ?? 'Belongs to', partner);
    if (event.kind === 'polled' && event.owner?.task !== undefined && !this.wakes.has(at)) {
      const lane = this.model.taskLane(event.owner.task);
      if (lane?.polls[0]?.from === at) add('Spawned by', lane.spawnedBy);
    }
    return out.slice(0, 40);
  }
}

const PARTNERS = {
  polled: 'How the poll ended', poll_ended: 'Where the poll began', spawned: 'Its first poll',
  timer_set: 'How the timer ended', event_set: 'Where it came', timer_fired: 'Where it was set',
  timer_dropped: 'Where it was set', event_due: 'Where it was set',
  submitted: 'Its completion', completed: 'Where it was submitted',
};

const isWake = (event) => event.kind === 'woken' || event.kind === 'woken_from_outside' || event.kind === 'let_in';

function ownerKey(event) {
  if (event.kind === 'let_in') return `task ${event.task}`;
  return event.owner?.watch !== undefined ? `watch ${event.owner.watch}` : `task ${event.owner?.task}`;
}
