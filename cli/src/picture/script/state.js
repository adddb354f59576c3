// What is shown just now, and who wants to know when that changes.

class State {
  constructor(trace) {
    this.trace = trace;
    this.axis = 'steps';
    this.runs = [];
    // Which run the cursor is in, and at which event.
    this.active = 0;
    this.cursor = 0;
    this.hover = null;
    this.beside = false;
    this.groups = new Set(GROUPS.map(([id]) => id));
    this.laneText = '';
    this.namedOnly = false;
    this.hits = [];
    this.hitSet = new Set();
    // Whether what is behind the cursor is dimmed.
    this.veiled = false;
    this.listeners = new Map();
  }

  on(names, listener) {
    for (const name of names.split(' ')) {
      if (!this.listeners.has(name)) this.listeners.set(name, []);
      this.listeners.get(name).push(listener);
    }
  }

  emit(name) {
    for (const listener of this.listeners.get(name) ?? []) listener();
  }

  get shown() {
    return this.runs[this.active];
  }

  get event() {
    return this.shown.model.events[this.cursor];
  }

  // Moves the cursor to an event of a run.
  go(place, run = this.active) {
    if (run !== this.active && !this.beside && run === 1) this.showBeside(true);
    const last = this.runs[run].model.events.length - 1;
    if (last < 0) return;
    this.active = run;
    this.cursor = Math.max(0, Math.min(last, place));
    this.emit('cursor');
  }

  // The next event in a direction that the filter lets through, and that is as asked.
  next(direction, is = () => true) {
    const { model, visible } = this.shown;
    for (let at = this.cursor + direction; at >= 0 && at < model.events.length; at += direction) {
      if (visible[at] && is(model.events[at], at)) return at;
    }
    return null;
  }

  showBeside(beside) {
    if (!this.runs[1]) return;
    this.beside = beside;
    if (!beside && this.active === 1) {
      this.active = 0;
      this.cursor = Math.min(this.cursor, Math.max(0, this.runs[0].model.events.length - 1));
      this.emit('cursor');
    }
    this.emit('beside');
  }

  setAxis(axis) {
    this.axis = axis;
    for (const run of this.runs) run.layout = run.layouts[axis] ??= new Layout(run.model, axis);
    this.emit('axis');
  }

  // Anew which events and lanes are shown.
  filter() {
    for (const run of this.runs) run.sift(this);
    this.emit('filter');
  }
}

// A run with all that is known of it.
class ShownRun {
  constructor(trace, run, verdict, number, named) {
    this.number = number;
    this.model = new Model(run, verdict, named);
    this.layouts = {};
    this.layout = this.layouts.steps = new Layout(this.model, 'steps');
    this.visible = new Uint8Array(run.events.length);
    this.rowOfLane = new Int32Array(this.model.lanes.length);
    this.lanes = [];
    this.difference = trace.neighbour?.first_difference ?? null;
    this.blamed = new Map();
    if (number === 0) this.findBlamed(verdict);
    // The events that are shown, and how many there are of each group in the lanes that are.
    this.order = [];
    this.counts = {};
  }

  // The places of events by their index; they differ in runs that are not whole.
  placeOf(index) {
    if (index === null || index === undefined) return -1;
    const { events } = this.model;
    if (events[index]?.index === index) return index;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (events[middle].index < index) low = middle + 1;
      else high = middle;
    }
    return events[low]?.index === index ? low : -1;
  }

  findBlamed(verdict) {
    this.steps = new Set(verdict?.why?.steps ?? []);
    (verdict?.blamed ?? []).forEach(({ event }, number) => {
      const place = this.placeOf(event);
      if (place < 0) return;
      this.blamed.set(place, [...(this.blamed.get(place) ?? []), number + 1]);
    });
  }

  // Links are found when they are first asked for.
  get links() {
    return (this.known ??= new Links(this.model));
  }

  sift(state) {
    const { model } = this;
    const text = state.laneText.toLowerCase();
    const fits = (lane) => (!text || laneWords(lane).includes(text)) && (!state.namedOnly || lane.named || lane.type !== 'task');
    this.lanes = model.lanes.filter((lane) => fits(lane) && (lane.type === 'task' || lane.events.length > 0));
    this.rowOfLane.fill(-1);
    this.lanes.forEach((lane, row) => (this.rowOfLane[lane.number] = row));
    this.order = [];
    this.counts = Object.fromEntries(GROUPS.map(([id]) => [id, 0]));
    for (let at = 0; at < model.events.length; at++) {
      const inLane = this.rowOfLane[model.home[at]] >= 0;
      if (inLane) this.counts[model.group[at]]++;
      this.visible[at] = inLane && state.groups.has(model.group[at]) ? 1 : 0;
      if (this.visible[at]) this.order.push(at);
    }
  }

  // Where the law is broken: in the step that the verdict names where everything comes to rest,
  // or where the poll of one that is named ends. Of a run that passed its end.
  get failure() {
    const { verdict, events, teardown } = this.model;
    const end = teardown < 0 ? events.length : teardown;
    if (!verdict) return Math.max(0, end - 1);
    let last = end - 1;
    while (last > 0 && events[last].step > verdict.step) last--;
    let ended = null;
    for (let at = last; at >= 0 && events[at].step === verdict.step; at--) {
      if (events[at].kind === 'rested') return at;
      if (events[at].kind !== 'poll_ended') continue;
      if (this.model.lanes[this.model.home[at]].named) return at;
      ended ??= at;
    }
    return ended ?? Math.max(0, last);
  }
}

function laneWords(lane) {
  return (lane.words ??= [lane.label, lane.task?.name, place(lane.task?.spawned), lane.task?.future?.slice(0, 2000)].join(' ').toLowerCase());
}
