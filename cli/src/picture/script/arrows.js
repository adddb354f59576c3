// What goes from lane to lane: wakes, spawns, aborts, what tasks do to resources and timers,
// and at the right edge who waits for whom.

function drawConnections(frame) {
  const { c, paint, view, run, model } = frame;
  const { layout } = run;
  for (let at = frame.first; at < frame.last; at++) {
    if (!run.visible[at]) continue;
    if (model.from[at] < 0) continue;
    const event = model.events[at];
    const rowFrom = run.rowOfLane[model.from[at]];
    const rowTo = run.rowOfLane[model.to[at]];
    if (rowFrom < 0 || rowTo < 0) continue;
    if (Math.max(rowFrom, rowTo) < frame.firstRow || Math.min(rowFrom, rowTo) > frame.lastRow) continue;
    const x = view.x(layout.x[at]);
    const kind = connectionOf(event);
    if (kind === 'wake') drawWake(frame, event, at, x, rowFrom, rowTo);
    else drawStem(frame, kind, x, rowFrom, rowTo);
  }
  c.setLineDash([]);
  c.globalAlpha = 1;
  c.strokeStyle = paint.ink;
}

function connectionOf(event) {
  switch (event.kind) {
    case 'woken': case 'woken_from_outside': case 'let_in': return 'wake';
    case 'spawned': return 'spawn';
    case 'aborted': return 'abort';
    case 'timer_set': case 'timer_dropped': case 'event_set': return 'timer';
    case 'io': case 'submitted': case 'became_ready': case 'said_ready': case 'completed': return 'resource';
    default: return null;
  }
}

function endsOf(model, event, at, kind) {
  const home = model.lanes[model.home[at]];
  switch (kind) {
    case 'wake': return [home, event.kind === 'let_in' ? model.taskLane(event.task) : model.ownerLane(event)];
    case 'spawn': return [home, model.taskLane(event.child)];
    case 'abort': return [home, model.taskLane(event.task)];
    default: return [model.doer(event), home];
  }
}

function drawWake(frame, event, at, x, rowFrom, rowTo) {
  const { c, paint, model } = frame;
  const held = model.heldUp.has(at);
  const strong = event.effective !== false && !held;
  const after = model.teardown >= 0 && at > model.teardown;
  c.globalAlpha = after ? 0.35 : 1;
  c.strokeStyle = c.fillStyle = strong ? paint.wake : paint['wake-pale'];
  c.lineWidth = strong ? 1.8 : 1.1;
  c.setLineDash(strong ? [] : held ? [6, 3] : [2, 3]);
  const y0 = frame.rowY(rowFrom);
  const y1 = frame.rowY(rowTo);
  if (rowFrom === rowTo) {
    // It wakes itself: a loop above the bar.
    const top = y0 - frame.half - 2;
    c.beginPath();
    c.moveTo(x, y0);
    c.lineTo(x, top - 2);
    c.arc(x + 4, top - 2, 4, Math.PI, 0);
    c.lineTo(x + 8, top + 1);
    c.stroke();
    c.setLineDash([]);
    polygon(c, x + 8, top + 5, x + 5, top, x + 11, top);
    if (strong) c.fill(); else c.stroke();
    return;
  }
  const down = y1 > y0 ? 1 : -1;
  const tip = y1 - down * (frame.half * 0.15);
  if (event.kind === 'woken_from_outside') zigzag(c, x, y0, tip - down * 6);
  else {
    c.beginPath();
    c.moveTo(x, Math.max(-9, Math.min(frame.height + 9, y0)));
    c.lineTo(x, Math.max(-9, Math.min(frame.height + 9, tip - down * 6)));
    c.stroke();
  }
  c.setLineDash([]);
  const wide = strong ? 4.2 : 3.4;
  polygon(c, x, tip, x - wide, tip - down * 8, x + wide, tip - down * 8);
  if (strong) c.fill();
  else { c.lineWidth = 1.1; c.stroke(); }
}

// From another thread.
function zigzag(c, x, y0, y1) {
  const steps = Math.max(2, Math.round(Math.abs(y1 - y0) / 7));
  c.beginPath();
  c.moveTo(x, y0);
  for (let i = 1; i < steps; i++) c.lineTo(x + (i % 2 ? 3 : -3), y0 + ((y1 - y0) * i) / steps);
  c.lineTo(x, y1);
  c.stroke();
}

function drawStem(frame, kind, x, rowFrom, rowTo) {
  const { c, paint } = frame;
  if (rowFrom === rowTo) return;
  const y0 = frame.rowY(rowFrom);
  const y1 = frame.rowY(rowTo);
  c.globalAlpha = kind === 'spawn' || kind === 'abort' ? 1 : 0.75;
  c.strokeStyle = { spawn: paint.good, abort: paint.bad }[kind] ?? paint.faint;
  c.lineWidth = kind === 'spawn' || kind === 'abort' ? 1.4 : 1;
  c.setLineDash(kind === 'spawn' ? [5, 3] : kind === 'abort' ? [] : [1.5, 2.5]);
  c.beginPath();
  c.moveTo(x, Math.max(-9, Math.min(frame.height + 9, y0)));
  c.lineTo(x, Math.max(-9, Math.min(frame.height + 9, y1)));
  c.stroke();
  c.setLineDash([]);
  if (kind === 'spawn') { c.beginPath(); c.arc(x, y1, 3, 0, ARC); c.fillStyle = paint.good; c.fill(); }
  if (kind === 'abort') lines(c, x - 4, y1 - 4, x + 4, y1 + 4, x - 4, y1 + 4, x + 4, y1 - 4);
}

// Who waits for whom, in a strip at the right edge: down on the one side, up on the other, so
// that a circle looks like one.
function drawWaits(frame) {
  const { c, paint, model, run } = frame;
  const waits = frame.run.number === 0 ? model.verdict?.waits ?? [] : [];
  if (!frame.strip || !waits.length) return;
  const left = frame.width;
  const axis = left + 26;
  const inCircle = (model.circles ??= circles(waits));
  c.font = paint.font(11);
  c.fillStyle = paint.soft;
  for (const [number, edge] of waits.entries()) {
    const from = model.taskLane(edge.task);
    const to = model.taskLane(edge.for);
    if (!from || !to || run.rowOfLane[from.number] < 0 || run.rowOfLane[to.number] < 0) continue;
    const [far0, far1] = [frame.rowY(run.rowOfLane[from.number]), frame.rowY(run.rowOfLane[to.number])];
    if (Math.max(far0, far1) < 0 || Math.min(far0, far1) > frame.height) continue;
    const clamp = (y) => Math.max(8, Math.min(frame.height - 8, y));
    const [y0, y1] = [clamp(far0), clamp(far1)];
    const circle = inCircle.has(number);
    const down = y1 >= y0;
    const bow = Math.min(30, 13 + Math.abs(y1 - y0) * 0.12) * (down ? 1 : -1);
    c.strokeStyle = c.fillStyle = circle ? paint.bad : paint.soft;
    c.lineWidth = circle ? 2.4 : 1.5;
    c.beginPath();
    const [a, b] = down ? [y0 + 5, y1 - 5] : [y0 - 5, y1 + 5];
    c.moveTo(axis, a);
    c.bezierCurveTo(axis + bow * 1.4, a + (b - a) * 0.25, axis + bow * 1.4, b - (b - a) * 0.25, axis, b);
    c.stroke();
    const lean = Math.atan2(b - (b - (b - a) * 0.25), -bow * 1.4);
    arrowHead(c, axis, b, lean, 8);
  }
  for (const id of new Set(waits.flatMap((edge) => [edge.task, edge.for]))) {
    const lane = model.taskLane(id);
    if (!lane || run.rowOfLane[lane.number] < 0) continue;
    const y = frame.rowY(run.rowOfLane[lane.number]);
    c.beginPath();
    c.arc(axis, y, 4, 0, ARC);
    c.fillStyle = paint.panel;
    c.fill();
    c.lineWidth = 2;
    c.strokeStyle = [...inCircle].some((number) => waits[number].task === id) ? paint.bad : paint.soft;
    c.stroke();
  }
}

function arrowHead(c, x, y, angle, size) {
  c.save();
  c.translate(x, y);
  c.rotate(angle);
  polygon(c, 0, 0, -size, -size * 0.5, -size, size * 0.5);
  c.fill();
  c.restore();
}

// The edges from whose end their beginning can be reached again.
function circles(waits) {
  const next = new Map();
  for (const edge of waits) next.set(edge.task, [...(next.get(edge.task) ?? []), edge.for]);
  const reaches = (from, goal) => {
    const seen = new Set([from]);
    const open = [from];
    while (open.length) {
      const here = open.pop();
      if (here === goal) return true;
      for (const there of next.get(here) ?? []) if (!seen.has(there)) { seen.add(there); open.push(there); }
    }
    return false;
  };
  const numbers = waits.map((_, number) => number);
  return new Set(numbers.filter((number) => reaches(waits[number].for, waits[number].task)));
}
