// Everything by the keyboard.

class Keyboard {
  constructor(parts) {
    Object.assign(this, parts);
    document.addEventListener('keydown', (event) => this.press(event));
  }

  press(event) {
    const { target, key } = event;
    const types = target instanceof HTMLInputElement && target.type !== 'range';
    if (this.help.isOpen) {
      // The dialog closes itself on Escape.
      if (key === '?') { event.preventDefault(); this.help.close(); }
      return;
    }
    if (key === 'Escape') return this.escape(target, types);
    if (types || event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = target.closest?.('button, select, a, [role="tab"]');
    if (onControl && (key === 'Enter' || key === ' ')) return;
    if (target instanceof HTMLSelectElement || (target.type === 'range' && key.startsWith('Arrow'))) return;
    // A panel that can be scrolled scrolls.
    if (target.closest?.('[role="tabpanel"]') && ['ArrowUp', 'ArrowDown', 'Home', 'End', ' '].includes(key)) return;
    const act = this.actOf(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  actOf({ key, shiftKey }) {
    const { state, view, player, side, search } = this;
    switch (key) {
      case 'ArrowRight': return () => (shiftKey ? player.step(1) : player.event(1));
      case 'ArrowLeft': return () => (shiftKey ? player.step(-1) : player.event(-1));
      case 'ArrowDown': return () => this.lane(1);
      case 'ArrowUp': return () => this.lane(-1);
      case 'Home': return () => state.go(0);
      case 'End': return () => state.go(state.shown.model.events.length - 1);
      case 'Enter': return () => state.event && state.select('event', state.cursor, state.active);
      case ' ': return () => player.toggle();
      case '/': return () => { search.input.focus(); search.input.select(); };
      case '?': return () => this.help.open();
      case 'n': return () => search.next(1);
      case 'N': return () => search.next(-1);
      case '+': case '=': return () => view.zoom(1.4, view.x(cursorX(state)));
      case '-': return () => view.zoom(1 / 1.4, view.x(cursorX(state)));
      case '0': return () => view.fit();
      case 'f': return () => player.toFailure();
      case 'd': return () => player.toDifference();
      case 'b': return () => state.showBeside(!state.beside);
      case 't': return () => state.setAxis(state.axis === 'steps' ? 'time' : 'steps');
      case 'c': return () => side.show('case');
      case 'e': return () => side.show('events');
      case 'r': return () => side.show('report');
      default: return null;
    }
  }

  escape(target, types) {
    const { state, player, side, search } = this;
    hideTooltip();
    if (types) {
      if (target.value) { target.value = ''; target.dispatchEvent(new Event('input')); }
      target.blur();
      this.focus();
    } else if (this.player.timer) player.stop();
    else if (side.close()) this.focus();
    else if (state.veiled) { state.veiled = false; state.emit('view'); }
    else if (search.input.value) { search.input.value = ''; search.find(); }
  }

  // The event of the next lane that stands nearest to the cursor.
  lane(direction) {
    const { state } = this;
    const run = state.shown;
    if (!state.event) return;
    const x = run.layout.x[state.cursor];
    let row = run.rowOfLane[run.model.home[state.cursor]] + direction;
    for (; row >= 0 && row < run.lanes.length; row += direction) {
      const at = nearestInLane({ run }, run.lanes[row], x);
      if (at !== null) return state.go(at);
    }
  }
}
