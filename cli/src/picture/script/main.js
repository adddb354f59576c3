// Puts the parts together, and draws when something has changed.

class Page {
  constructor(trace) {
    this.state = new State(trace);
    const { state } = this;
    state.runs.push(new ShownRun(trace, trace.run, trace.verdict, 0));
    if (trace.neighbour) state.runs.push(new ShownRun(trace, trace.neighbour.run, null, 1, state.runs[0].model.named));
    this.view = new View(state);
    this.paint = new Paint();
    this.panes = [];
    this.asked = false;
    for (const run of state.runs) run.sift(state);
    // Where the law is broken, or the end of a run that passed.
    state.cursor = state.runs[0].failure;
    this.overview = new Overview(state, this.view, this.paint);
    this.side = new Side(state);
    this.list = new List(state);
    this.search = new Search(state);
    this.filter = new Filter(state);
    this.player = new Player(state);
    this.help = new Help(this.paint);
    showHead(trace);
    showCase(state);
    this.listen();
    this.theme = new Theme((atOnce) => {
      this.paint.refresh();
      if (atOnce) this.draw();
      else this.ask();
    });
    this.keyboard = new Keyboard({
      state, view: this.view, player: this.player, side: this.side, search: this.search, help: this.help,
      focus: () => this.panes[state.active]?.canvas.focus({ preventScroll: true }),
    });
    byId('main').hidden = false;
    this.makePanes();
    this.notice();
    state.emit('cursor');
    state.emit('filter');
    this.view.open();
    this.ask();
  }

  listen() {
    const { state, view } = this;
    state.on('view filter search tab', () => this.ask());
    state.on('axis', () => {
      byId('by-steps').setAttribute('aria-pressed', String(state.axis === 'steps'));
      byId('by-time').setAttribute('aria-pressed', String(state.axis === 'time'));
      view.goal = null;
      if (view.fitted) view.fit();
      else view.center(cursorX(state));
    });
    state.on('cursor', () => this.follow());
    // Whom the law names stands in the first lanes.
    state.on('failure', () => { this.panes[0].top = 0; this.ask(); });
    state.on('beside', () => { this.makePanes(); });
    byId('by-steps').addEventListener('click', () => state.setAxis('steps'));
    byId('by-time').addEventListener('click', () => state.setAxis('time'));
    byId('zoom-in').addEventListener('click', () => view.zoom(1.4));
    byId('zoom-out').addEventListener('click', () => view.zoom(1 / 1.4));
    byId('fit').addEventListener('click', () => view.fit());
    const beside = byId('neighbour');
    beside.addEventListener('click', () => state.showBeside(!state.beside));
    if (!state.runs[1]) {
      for (const button of [beside, byId('to-difference')]) {
        button.disabled = true;
        button.title = 'The trace has no neighbour; the case says why';
      }
    }
    new ResizeObserver(() => this.resize()).observe(byId('panes'));
  }

  // A run above the other.
  makePanes() {
    const { state } = this;
    byId('neighbour').setAttribute('aria-pressed', String(state.beside));
    const known = this.made ?? (this.made = []);
    const shown = state.runs.filter((run, number) => number === 0 || state.beside);
    this.panes = shown.map((run) => (known[run.number] ??= new Pane(state, this.view, this.paint, run, headingOf(state, run))));
    byId('panes').replaceChildren(...this.panes.map((pane) => pane.element));
    document.body.dataset.beside = String(state.beside);
    this.resize();
  }

  resize() {
    for (const pane of this.panes) pane.resize();
    if (this.view.fitted) this.view.fit();
    else this.view.changed();
  }

  follow() {
    const { state } = this;
    if (!state.event) return;
    this.view.reveal(cursorX(state));
    const lane = state.shown.model.lanes[state.shown.model.home[state.cursor]];
    this.panes[state.active]?.revealLane(lane);
    const said = `step ${state.event.step}, ${short(whoOf(state.shown.model, state.event), 60)}: ${short(state.event.words ?? state.event.kind, 160)}`;
    clearTimeout(this.telling);
    // Not each of many in a row.
    this.telling = setTimeout(() => (byId('announcer').textContent = said), 150);
    this.ask();
  }

  notice() {
    const { run } = this.state.trace;
    const said = [];
    if (run.events.length === 0) said.push('This run has no events: nothing was recorded, or nothing happened.');
    if (run.whole === false) {
      said.push(`This run is not whole: of ${count(run.count ?? 0, 'event')} the last ${count(run.events.length, 'one')} were kept, and of what was before only what was last seen of each task.`);
    }
    byId('notice').textContent = said.join(' ');
    byId('notice').hidden = said.length === 0;
  }

  // Draws once before the next picture of the screen, however often it is asked.
  ask() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      const more = this.view.ease();
      this.draw();
      if (more) this.ask();
    });
  }

  draw() {
    const before = performance.now();
    for (const pane of this.panes) pane.draw();
    this.overview.draw();
    this.tell(performance.now() - before);
  }

  // What tests, and whoever is curious, can read off the page.
  tell(took) {
    const { state } = this;
    Object.assign(byId('main').dataset, {
      cursor: state.cursor, run: state.active, axis: state.axis, events: state.shown.order.length, lanes: state.shown.lanes.length,
      hits: state.hits.length, scale: this.view.scale.toFixed(4), left: this.view.left.toFixed(2), drawn: took.toFixed(2), tab: this.side.open,
    });
  }
}

function headingOf(state, run) {
  const { trace } = state;
  if (run.number === 0) {
    return [el('strong', { class: trace.verdict ? 'bad' : 'good' }, trace.verdict ? `This run breaks ${line(trace.verdict.law)}` : 'This run passed')];
  }
  const { law, note } = trace.neighbour;
  return [el('strong', { class: law ? 'warn' : 'good' }, law ? `The neighbour breaks ${line(law)}` : 'The neighbour passes'), el('span', {}, line(note ?? ''))];
}

function start() {
  try {
    const page = new Page(readTrace(byId('trace').textContent));
    // For tests, and for whoever opens the console.
    window.reveille = page;
  } catch (error) {
    const refusal = byId('refusal');
    refusal.hidden = false;
    byId('main').hidden = true;
    if (error instanceof Refusal) {
      refusal.textContent = error.message;
      return;
    }
    refusal.textContent = `This trace cannot be shown: ${shown(error.message)}. The text report may still help.`;
    throw error;
  }
}

start();
