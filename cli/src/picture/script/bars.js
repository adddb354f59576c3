// The polls of tasks as bars, and what a task does between them as a line: a dotted one
// while it waits, a full one while it is due to be polled. How a poll ended is told by
// the form of the bar too: square and hollow (Pending), round (Ready), torn and
// crossed (panicked), hatched and cut (cancelled).

const ENDS = {
  pending: 'Pending', ready: 'Ready', panicked: 'panics', cancelled: 'dropped', unended: 'does not return',
};

function drawStates(frame, lane, y) {
  const { c, paint, view } = frame;
  const { layout } = frame.run;
  const from = upToX(lane.states, layout, view.unit(0));
  for (let i = Math.max(0, from); i < lane.states.length; i++) {
    const { state, from: begin, to, forEver } = lane.states[i];
    const x0 = view.x(layout.at(begin));
    if (x0 > frame.width) break;
    const x1 = forEver ? frame.width : view.x(layout.at(to));
    if (x1 < 0) continue;
    if (forEver) { drawForEver(frame, lane, y, x0); continue; }
    c.lineWidth = state === 'due' ? 2.4 : 1.2;
    c.strokeStyle = state === 'due' ? paint.wake : paint.soft;
    c.setLineDash(state === 'due' ? [] : [1.5, 3.5]);
    c.beginPath();
    c.moveTo(Math.max(-4, x0), y);
    c.lineTo(Math.min(frame.width + 4, x1), y);
    c.stroke();
    c.setLineDash([]);
  }
}

// The wait that nobody ends, to the right edge of the drawing and out of it.
function drawForEver(frame, lane, y, x0) {
  const { c, paint } = frame;
  const never = lane.neverWoken;
  const from = Math.max(-4, x0);
  const to = frame.width - (frame.strip ? 0 : 2);
  if (to < from) return;
  c.strokeStyle = c.fillStyle = never ? paint.bad : paint.soft;
  c.lineWidth = never ? 2.2 : 1.2;
  c.setLineDash(never ? [7, 4] : [1.5, 3.5]);
  c.beginPath();
  c.moveTo(from, y);
  c.lineTo(to - 7, y);
  c.stroke();
  c.setLineDash([]);
  polygon(c, to, y, to - 9, y - 4.5, to - 9, y + 4.5);
  c.fill();
  if (!frame.roomy && !never) return;
  const said = never ? 'never woken' : lane.task.daemon ? 'may wait for ever' : frame.model.verdict ? 'still waits' : 'waits at the end';
  c.font = paint.font(11, never ? 600 : 400);
  const width = paint.widthOf(c, said);
  if (to - Math.max(from, 0) > width + 40) {
    c.textAlign = 'right';
    if (!frame.roomy) {
      const colour = c.fillStyle;
      c.fillStyle = lane.named ? paint.named : paint.panel;
      c.fillRect(to - 20 - width, y - 7, width + 8, 14);
      c.fillStyle = colour;
    }
    c.fillText(said, to - 16, frame.roomy ? y - 8 : y + 4);
    c.textAlign = 'left';
  }
}

function drawPolls(frame, lane, y, half) {
  const { view } = frame;
  const { layout } = frame.run;
  for (let i = Math.max(0, upToX(lane.polls, layout, view.unit(0))); i < lane.polls.length; i++) {
    const poll = lane.polls[i];
    let x0 = view.x(layout.at(poll.from));
    if (x0 > frame.width) break;
    let x1 = view.x(layout.at(poll.to));
    if (x1 < 0) continue;
    if (x1 - x0 < 5) { const middle = (x0 + x1) / 2; x0 = middle - 2.5; x1 = middle + 2.5; }
    const next = lane.polls[i + 1];
    const free = next ? view.x(layout.at(next.from)) - 6 : frame.width;
    drawBar(frame, poll, x0, x1, y, half, Math.min(Math.max(x1, x0 + 240), free) - x0);
    if (poll.tail) drawTail(frame, poll, x1, y);
  }
  for (let i = Math.max(0, upToX(lane.insides, layout, view.unit(0))); i < lane.insides.length; i++) {
    if (view.x(layout.at(lane.insides[i].from)) > frame.width) break;
    drawInside(frame, lane.insides[i], y, half);
  }
}

// What is done on the way out, when the poll is over: whoever waits for the task is woken.
function drawTail(frame, poll, x1, y) {
  const { c, paint, view, run } = frame;
  c.strokeStyle = paint[`${poll.end}-edge`] ?? paint.soft;
  c.lineWidth = 1.2;
  c.beginPath();
  c.moveTo(x1, y);
  c.lineTo(view.x(run.layout.at(poll.tail)) + 5, y);
  c.stroke();
}

function drawBar(frame, poll, x0, x1, y, half, room = x1 - x0) {
  const { c, paint } = frame;
  const [top, width, height] = [y - half, x1 - x0, half * 2];
  const fine = width > 10;
  outline(c, fine ? poll.end : 'plain', x0, top, width, height);
  c.fillStyle = paint[{ ready: 'ready', panicked: 'panicked', cancelled: 'cancelled' }[poll.end] ?? 'pending'];
  c.fill();
  if (fine && (poll.end === 'cancelled' || poll.end === 'panicked')) {
    c.fillStyle = poll.end === 'cancelled' ? paint.hatch : paint.crossed;
    c.fill();
  }
  c.strokeStyle = paint[`${poll.end}-edge`] ?? paint.bad;
  c.lineWidth = 1.3;
  if (poll.end === 'unended') c.setLineDash([4, 3]);
  c.stroke();
  c.setLineDash([]);
  if (frame.run.steps?.has(frame.model.events[poll.from]?.step)) {
    outline(c, 'plain', x0 - 3, top - 3, width + 6, height + 6);
    c.strokeStyle = paint.pair;
    c.lineWidth = 2;
    c.stroke();
  }
  if (!frame.roomy || room < 34) return;
  c.font = paint.font(10.5);
  c.fillStyle = paint.soft;
  c.fillText(endingOf(frame, poll, room), Math.max(2, x0), y + half + 11.5);
}

// As much as there is room for: the number of the poll, the words for how it ended (which may
// say where), or how it ended.
function endingOf({ c, paint, model }, poll, room) {
  if (poll.between) return paint.fitted(c, 'dropped', room);
  const end = ENDS[poll.end];
  const words = short(model.events[poll.to]?.words ?? end, 60);
  const told = poll.end !== 'unended' && words.toLowerCase().startsWith(end.toLowerCase()) ? words : end;
  const fits = [`poll ${poll.number}: ${told}`, told, `poll ${poll.number}: ${end}`].find((said) => paint.widthOf(c, said) <= room);
  return fits ?? paint.fitted(c, end, room);
}

function outline(c, end, x, y, width, height) {
  c.beginPath();
  const right = x + width;
  const bottom = y + height;
  if (end === 'ready') {
    c.roundRect(x, y, width, height, [2, height / 2, height / 2, 2]);
  } else if (end === 'panicked') {
    const teeth = height / 4;
    c.moveTo(x, y);
    for (let i = 0; i <= 4; i++) c.lineTo(right - (i % 2 ? 5 : 0), y + i * teeth);
    c.lineTo(x, bottom);
    c.closePath();
  } else if (end === 'cancelled') {
    c.moveTo(x, y);
    c.lineTo(right - 6, y);
    c.lineTo(right, y + 6);
    c.lineTo(right, bottom);
    c.lineTo(x, bottom);
    c.closePath();
  } else {
    c.roundRect(x, y, width, height, 2);
  }
}

// A watched future's poll inside the bar.
function drawInside(frame, inside, y, half) {
  const { c, paint, view } = frame;
  const { layout } = frame.run;
  const x0 = view.x(layout.at(inside.from));
  const x1 = view.x(layout.at(inside.to));
  if (x1 < 0 || x0 > frame.width) return;
  c.beginPath();
  c.roundRect(x0, y + half - 5, Math.max(3, x1 - x0), 3.5, 1.5);
  c.fillStyle = inside.end === 'ready' ? paint.good : paint['pending-edge'];
  c.fill();
}

// The clock's timers as lines from where they are set to where they end.
function drawTimers(frame, y, half) {
  const { c, paint, view } = frame;
  const { layout } = frame.run;
  const seen = frame.model.timers.filter((span) => layout.at(span.from) < view.unit(frame.width) && layout.at(span.to) > view.unit(0));
  // Of more than these no line could be followed.
  if (seen.length > 60) return;
  for (const span of seen) {
    const x0 = view.x(layout.at(span.from));
    const x1 = view.x(layout.at(span.to));
    if (x1 - x0 < 3) continue;
    const row = y - half + 3 + span.row * ((half * 2 - 6) / 3);
    c.strokeStyle = span.end === 'timer_dropped' ? paint.faint : paint.soft;
    c.lineWidth = 1.2;
    c.setLineDash(span.end === 'timer_dropped' ? [3, 3] : []);
    c.beginPath();
    c.moveTo(Math.max(-4, x0), y);
    c.lineTo(Math.max(-4, x0), row);
    c.lineTo(Math.min(frame.width + 4, x1), row);
    c.lineTo(Math.min(frame.width + 4, x1), y);
    c.stroke();
  }
  c.setLineDash([]);
}

// The last entry that begins left of a place on the axis.
function upToX(entries, layout, unit) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.at(entries[middle].from) <= unit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
