// The events as a list of texts, for whoever does not see the drawing or would rather read.
// Only the rows that are seen exist.

const ROW = 28;
// Browsers end elements at some millions of pixels.
const TALLEST = 8_000_000;

class List {
  constructor(state) {
    this.state = state;
    this.inner = el('div', { class: 'rows', role: 'listbox', 'aria-label': 'Events', tabindex: '0' });
    this.caption = el('p', { class: 'quiet caption', role: 'status' });
    this.box = el('div', { class: 'list-box' }, this.inner);
    byId('events').replaceChildren(this.caption, this.box);
    this.box.addEventListener('scroll', () => this.draw());
    this.inner.addEventListener('keydown', (event) => this.key(event));
    state.on('filter', () => { this.refresh(); });
    state.on('tab', () => { if (!byId('events').hidden) { this.refresh(); this.follow(); } });
    state.on('cursor', () => { if (!byId('events').hidden) { this.refresh(); this.follow(); } });
    state.on('search', () => this.draw());
  }

  get rows() {
    return this.state.shown.order;
  }

  refresh() {
    const { rows } = this;
    const run = this.state.active === 1 ? ' of the neighbour' : '';
    const all = this.state.shown.model.events.length;
    this.caption.textContent = rows.length === all ? `${count(all, 'event')}${run}` : `${count(rows.length, 'event')} of ${all.toLocaleString('en')}${run} pass the filter`;
    this.inner.style.height = `${Math.min(TALLEST, rows.length * ROW)}px`;
    this.draw();
  }

  // The row that the cursor is in, or the last one before it.
  get current() {
    const { rows } = this;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle] <= this.state.cursor) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  follow() {
    const top = this.current * ROW;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop + ROW) this.box.scrollTop = top - ROW * 2;
    else if (top > scrollTop + clientHeight - ROW * 2) this.box.scrollTop = top - clientHeight + ROW * 3;
    this.draw();
  }

  draw() {
    if (byId('events').hidden) return;
    const { rows, state } = this;
    const { scrollTop, clientHeight } = this.box;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - 4);
    const last = Math.min(rows.length, Math.ceil((scrollTop + clientHeight) / ROW) + 4);
    const made = [];
    for (let row = first; row < last; row++) made.push(this.row(row, rows[row]));
    this.inner.replaceChildren(...made);
    if (rows[this.current] === state.cursor) this.inner.setAttribute('aria-activedescendant', `event-${state.cursor}`);
    else this.inner.removeAttribute('aria-activedescendant');
  }

  row(row, at) {
    const { state } = this;
    const { model, blamed } = state.shown;
    const event = model.events[at];
    const before = row > 0 ? model.events[this.rows[row - 1]] : null;
    const marks = [
      at === state.cursor ? 'cursor' : '', state.hitSet.has(at) ? 'hit' : '', blamed.has(at) ? 'blamed' : '',
      before?.step !== event.step ? 'first' : '', model.group[at] === 'faults' ? 'fault' : '',
    ];
    const option = el('div', {
      id: `event-${at}`, role: 'option', class: `event ${marks.join(' ')}`,
      'aria-selected': String(at === state.cursor), 'aria-posinset': String(row + 1), 'aria-setsize': String(this.rows.length),
      onclick: () => state.select('event', at, state.active),
    },
    el('span', { class: 'step' }, before?.step === event.step ? '' : String(event.step)),
    el('span', { class: model.doer(event) ? 'who' : 'who nobody' }, short(whoOf(model, event), 40)),
    el('span', { class: 'said' }, short(event.words ?? event.kind, 200)),
    blamed.has(at) ? el('span', { class: 'badge' }, blamed.get(at).join(',')) : null,
    el('span', { class: 'time' }, before && before.now === event.now ? '' : duration(event.now ?? 0)));
    option.style.top = `${row * ROW}px`;
    return option;
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (!step && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') return this.state.select('event', this.state.cursor, this.state.active);
    const { rows, current } = this;
    if (!rows.length) return;
    const here = rows[current] === this.state.cursor ? current : current - (step > 0 ? 0 : -1);
    this.state.go(rows[Math.max(0, Math.min(rows.length - 1, here + step))]);
  }
}
