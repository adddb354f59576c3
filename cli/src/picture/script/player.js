// Plays the run event by event, and the buttons that move the cursor.

class Player {
  constructor(state) {
    this.state = state;
    this.timer = null;
    const on = (id, act) => byId(id).addEventListener('click', act);
    on('play', () => this.toggle());
    on('event-back', () => this.event(-1));
    on('event-on', () => this.event(1));
    on('step-back', () => this.step(-1));
    on('step-on', () => this.step(1));
    on('to-failure', () => this.toFailure());
    on('to-difference', () => this.toDifference());
    byId('speed').addEventListener('change', () => this.timer && this.start());
    byId('to-failure').textContent = state.trace.verdict ? 'Failure' : 'End';
    this.tell();
  }

  toggle() {
    if (this.timer) return this.stop();
    if (this.state.next(1) === null) this.state.go(0);
    this.state.veiled = true;
    this.start();
  }

  start() {
    clearInterval(this.timer);
    const speed = Number(byId('speed').value);
    // No faster than the eye: fast speeds take several events at a time.
    const together = Math.max(1, Math.round(speed / 25));
    this.timer = setInterval(() => {
      for (let i = 0; i < together; i++) {
        const next = this.state.next(1);
        if (next === null) return this.stop();
        if (i === together - 1) this.state.go(next);
        else this.state.cursor = next;
      }
    }, (1000 * together) / speed);
    this.tell();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.tell();
  }

  tell() {
    const button = byId('play');
    button.dataset.playing = String(this.timer !== null);
    button.setAttribute('aria-label', this.timer ? 'Pause' : 'Play');
  }

  event(direction) {
    const next = this.state.next(direction);
    if (next !== null) this.state.go(next);
  }

  // To the first event of the next step, or of the one before.
  step(direction) {
    const { state } = this;
    const { events } = state.shown.model;
    if (!events.length) return;
    const here = state.event.step;
    const first = (step) => state.next(direction, (event) => (direction > 0 ? event.step > step : event.step < step));
    const found = first(here);
    if (found === null) return state.go(direction > 0 ? events.length - 1 : 0);
    if (direction > 0) return state.go(found);
    const target = events[found].step;
    let at = found;
    while (at > 0 && events[at - 1].step === target) at--;
    while (at < found && !state.shown.visible[at]) at++;
    state.go(at);
  }

  toFailure() {
    this.state.go(this.state.runs[0].failure, 0);
    this.state.emit('failure');
  }

  toDifference() {
    const { state } = this;
    const { difference } = state.runs[0];
    if (difference === null) return;
    state.showBeside(true);
    state.go(Math.min(difference, state.shown.model.events.length - 1));
  }
}
