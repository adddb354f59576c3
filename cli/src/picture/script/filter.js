// Which kinds of events and which lanes are shown.

class Filter {
  constructor(state) {
    this.state = state;
    const box = byId('kinds');
    const present = new Set(state.runs.flatMap((run) => run.model.group));
    this.chips = GROUPS.filter(([id]) => present.has(id)).map(([id, name]) => {
      const number = el('span', { class: 'count' });
      const chip = el('button', { type: 'button', class: 'chip', 'aria-pressed': 'true', 'data-kind': id, title: `Show or hide ${name.toLowerCase()}; with Alt show only these` }, name, ' ', number);
      chip.addEventListener('click', (event) => this.toggle(id, event.altKey));
      box.append(chip);
      return { id, chip, number };
    });
    // Where there is little room the chips are behind a button.
    const opener = byId('kinds-button');
    opener.addEventListener('click', () => {
      const open = opener.getAttribute('aria-expanded') !== 'true';
      opener.setAttribute('aria-expanded', String(open));
      box.classList.toggle('open', open);
    });
    this.lanes = byId('lanes');
    this.lanes.addEventListener('input', () => { state.laneText = this.lanes.value.trim(); state.filter(); });
    this.named = byId('named-only');
    this.named.addEventListener('click', () => { state.namedOnly = !state.namedOnly; state.filter(); });
    this.named.disabled = state.runs[0].model.named.length === 0;
    state.onlyLane = (lane) => {
      this.lanes.value = lane ? lane.label : '';
      state.laneText = this.lanes.value;
      state.namedOnly = false;
      state.filter();
    };
    state.on('filter cursor beside', () => this.tell());
  }

  toggle(id, only) {
    const { groups } = this.state;
    if (only) {
      const alone = groups.size === 1 && groups.has(id);
      groups.clear();
      for (const [other] of GROUPS) if (alone || other === id) groups.add(other);
    } else if (!groups.delete(id)) groups.add(id);
    this.state.filter();
  }

  tell() {
    const { state } = this;
    for (const { id, chip, number } of this.chips) {
      chip.setAttribute('aria-pressed', String(state.groups.has(id)));
      number.textContent = (state.shown.counts[id] ?? 0).toLocaleString('en');
    }
    this.named.setAttribute('aria-pressed', String(state.namedOnly));
  }
}
