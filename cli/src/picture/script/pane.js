// One run on its canvas: the size of the canvas, the wheel and the pointer, and what is said
// of the thing under it.

class Pane {
  constructor(state, view, paint, run, heading) {
    Object.assign(this, { state, view, paint, run, top: 0 });
    this.heading = el('h2', { class: 'pane-title' });
    this.heading.append(...heading);
    this.canvas = el('canvas', {
      tabindex: '0',
      role: 'application',
      'aria-roledescription': 'timeline',
      'aria-label': run.number === 0 ? 'Timeline of this run. Arrow keys move the cursor, Enter shows details, question mark helps.' : 'Timeline of the neighbour run',
      'aria-describedby': 'where',
    });
    this.element = el('div', { class: 'pane' }, this.heading, el('div', { class: 'canvas' }, this.canvas));
    this.context = this.canvas.getContext('2d', { alpha: false });
    this.dragging = null;
    this.canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener('pointerdown', (event) => this.press(event));
    this.canvas.addEventListener('pointermove', (event) => this.move(event));
    this.canvas.addEventListener('pointerup', (event) => this.release(event));
    this.canvas.addEventListener('pointerleave', () => this.leave());
    this.canvas.addEventListener('focus', () => this.activate());
  }

  // The sharpness of the screen decides how many points the canvas has.
  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    const sharp = Math.min(3, devicePixelRatio || 1);
    const [width, height] = [Math.round(clientWidth * sharp), Math.round(clientHeight * sharp)];
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.sharp = sharp;
    this.view.width = Math.max(80, clientWidth - gutterFor(clientWidth) - stripFor(this.state));
  }

  draw() {
    this.top = Math.max(0, Math.min(this.top, this.overflow));
    this.context.setTransform(this.sharp, 0, 0, this.sharp, 0, 0);
    this.frame = makeFrame(this, this.state, this.view, this.paint);
    drawFrame(this.frame, this.state);
  }

  get overflow() {
    const { lanes } = this.run;
    const room = this.canvas.clientHeight - AXIS;
    return Math.max(0, lanes.length * rowHeightFor(lanes.length, room) - room);
  }

  // Scrolls no further than it must so that a lane is seen.
  revealLane(lane) {
    const row = this.run.rowOfLane[lane.number];
    if (row < 0) return;
    const room = this.canvas.clientHeight - AXIS;
    const height = rowHeightFor(this.run.lanes.length, room);
    if (row * height < this.top) this.top = row * height - height;
    else if ((row + 1) * height > this.top + room) this.top = (row + 2) * height - room;
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) {
      this.view.zoom(Math.exp(-dy * 0.0022), event.offsetX - this.frame.gutter);
    } else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
      this.view.pan(dx || dy);
    } else if (this.overflow > 0) {
      this.top += dy;
      this.state.emit('view');
    } else {
      this.view.pan(dy);
    }
  }

  press(event) {
    if (event.button !== 0) return;
    this.canvas.focus({ preventScroll: true });
    this.dragging = { x: event.offsetX, y: event.offsetY, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) {
    const { offsetX: x, offsetY: y } = event;
    if (this.dragging) {
      const [dx, dy] = [x - this.dragging.x, y - this.dragging.y];
      if (!this.dragging.moved && Math.hypot(dx, dy) < 4) return;
      if (this.frame.gutter < x || this.dragging.moved) this.view.pan(-dx);
      this.top -= dy;
      this.dragging = { x, y, moved: true };
      hideTooltip();
      return;
    }
    const hit = hitAt(this.frame, x, y);
    this.canvas.style.cursor = !hit || hit.empty || hit.state ? 'default' : 'pointer';
    if (!hit || hit.empty || hit.axis) return hideTooltip();
    showTooltip(tipOf(this, hit), event.clientX, event.clientY);
  }

  release(event) {
    const { dragging } = this;
    this.dragging = null;
    if (!dragging || dragging.moved) return;
    const hit = hitAt(this.frame, event.offsetX, event.offsetY);
    if (!hit) return;
    hideTooltip();
    if (event.offsetX < this.frame.gutter) this.state.select('lane', hit.lane, this.run.number);
    else if (hit.at !== null) this.state.select('event', hit.at, this.run.number, hit.axis);
    else this.state.go(this.run.layout.nearest(this.view.unit(event.offsetX - this.frame.gutter)), this.run.number);
  }

  leave() {
    hideTooltip();
  }

  activate() {
    if (this.state.active === this.run.number || !this.run.model.events.length) return;
    const place = placeAtCursor(this.state, this.run);
    this.state.go(place, this.run.number);
  }
}

// The words for what is under the pointer, as lines.
function tipOf(pane, { at, lane, state }) {
  const { model } = pane.run;
  if (at === null || at === undefined) {
    const said = [short(lane.label, 120)];
    if (state) said.push(state.forEver ? (lane.neverWoken ? 'waits, and is never woken' : 'waits at the end of the run') : DOING[state.state]);
    else said.push(...laneFacts(lane, model));
    return said;
  }
  const event = model.events[at];
  const said = [`${short(whoOf(model, event), 60)}: ${short(event.words ?? event.kind, 200)}`];
  said.push(`step ${event.step} · at ${duration(event.now ?? 0)} · event ${event.index}`);
  const site = siteOf(event);
  if (site) said.push(short(place(site), 120));
  for (const number of pane.run.blamed.get(at) ?? []) {
    said.push(`${number}: ${short(model.verdict.blamed[number - 1].what, 160)}`);
  }
  return said;
}

function whoOf(model, event) {
  if (event.by === null || event.by === undefined) return 'between polls';
  return model.taskLane(event.by)?.label ?? `task ${event.by}`;
}

function laneFacts(lane, model) {
  if (lane.type !== 'task') return [lane.type === 'resource' ? 'a resource: what is outside the program' : lane.note];
  const { task } = lane;
  const said = [];
  if (task.daemon) said.push('a daemon: it may wait for ever');
  if (task.parent !== null && task.parent !== undefined) said.push(`spawned by ${short(model.taskLane(task.parent)?.label ?? `task ${task.parent}`, 60)}`);
  if (task.spawned) said.push(`at ${short(place(task.spawned), 120)}`);
  if (task.future) said.push(short(task.future, 160));
  return said;
}

function showTooltip(said, x, y) {
  const tip = byId('tooltip');
  tip.replaceChildren(...said.map((words, number) => el('div', { class: number ? 'under' : 'words' }, words)));
  tip.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = tip;
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 12) : y + 18}px`;
}

function hideTooltip() {
  byId('tooltip').hidden = true;
}
