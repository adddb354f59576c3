// Search over what is shown: words, names of tasks and resources, places, notes.

class Search {
  constructor(state) {
    this.state = state;
    this.input = byId('search');
    this.words = [];
    this.input.addEventListener('input', () => this.find());
    this.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
      this.next(event.shiftKey ? -1 : 1);
    });
    byId('hit-on').addEventListener('click', () => this.next(1));
    byId('hit-back').addEventListener('click', () => this.next(-1));
    state.on('filter', () => this.find());
    state.on('cursor', () => this.run !== state.active ? this.find() : this.tell());
  }

  // What is searched of an event; made when first asked for.
  textOf(run, at) {
    const known = (this.words[run.number] ??= []);
    if (known[at] !== undefined) return known[at];
    const event = run.model.events[at];
    const sites = [event.at, ...(Array.isArray(event.stack) ? event.stack : [])].filter(Boolean);
    const home = run.model.lanes[run.model.home[at]];
    const parts = [event.words, event.kind, whoOf(run.model, event), home.label, event.text, event.name, event.choice, event.future];
    for (const site of sites) parts.push(place(site), site.function);
    return (known[at] = parts.filter(Boolean).map((part) => String(part).slice(0, 4000)).join('\n').toLowerCase());
  }

  find() {
    const { state } = this;
    const run = state.shown;
    this.run = state.active;
    const wanted = this.input.value.trim().toLowerCase();
    state.hits = wanted ? run.order.filter((at) => this.textOf(run, at).includes(wanted)) : [];
    state.hitSet = new Set(state.hits);
    this.tell();
    state.emit('search');
  }

  tell() {
    const { state } = this;
    const which = state.hits.indexOf(state.cursor);
    const said = this.input.value.trim() === '' ? '' : state.hits.length === 0 ? 'no match'
      : which >= 0 ? `${which + 1} of ${state.hits.length}` : count(state.hits.length, 'match', 'matches');
    byId('hits').textContent = said;
    for (const id of ['hit-on', 'hit-back']) byId(id).disabled = state.hits.length === 0;
  }

  next(direction) {
    const { hits, cursor } = this.state;
    if (!hits.length) return;
    const after = direction > 0 ? hits.find((at) => at > cursor) : hits.findLast((at) => at < cursor);
    this.state.go(after ?? (direction > 0 ? hits[0] : hits.at(-1)));
  }
}
