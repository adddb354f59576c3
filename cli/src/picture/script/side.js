// The tabs at the side, and which of them opens when something is chosen.

const TABS = ['case', 'details', 'events', 'report'];

class Side {
  constructor(state) {
    this.state = state;
    this.open = 'case';
    // What the details are about: an event or a lane.
    this.about = null;
    for (const name of TABS) {
      const tab = byId(`tab-${name}`);
      tab.addEventListener('click', () => this.show(name));
      tab.addEventListener('keydown', (event) => this.walk(event, name));
    }
    state.select = (what, which, run, keepZoom) => this.select(what, which, run, keepZoom);
    // The details follow the cursor while they are open.
    state.on('cursor', () => this.open === 'details' && state.event && this.tell({ at: state.cursor, run: state.active }));
    this.tell(null);
  }

  show(name) {
    this.open = name;
    for (const other of TABS) {
      const tab = byId(`tab-${other}`);
      tab.setAttribute('aria-selected', String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      byId(other).hidden = other !== name;
    }
    document.body.dataset.tab = name;
    if (name === 'details' && !this.about && this.state.event) this.tell({ at: this.state.cursor, run: this.state.active });
    this.state.emit('tab');
  }

  walk(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length];
    this.show(next);
    byId(`tab-${next}`).focus();
  }

  select(what, which, run) {
    if (what === 'lane') {
      this.tell({ lane: which, run });
      this.show('details');
      return;
    }
    this.about = { at: which, run };
    this.state.go(which, run);
    this.show('details');
    this.tell(this.about);
  }

  tell(about) {
    this.about = about;
    if (!about) {
      byId('details').replaceChildren(el('p', { class: 'quiet' }, 'Choose an event in the drawing or in the list: a click, or the arrow keys and Enter.'));
    } else if (about.lane) {
      showLane(this.state, about.lane, about.run);
    } else {
      showEvent(this.state, about.at, about.run);
    }
  }

  // Back to the case; whether there was anything to close.
  close() {
    if (this.open !== 'details') return false;
    this.tell(null);
    this.show('case');
    return true;
  }
}
