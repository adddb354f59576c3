// The run from so far off that events fall together: what a task does is a strip, polls that
// touch are one, wakes that fall on one column are one line. What went wrong, and what is
// blamed, found or at the cursor, keeps its shape. All that has one colour is drawn at once.

const COLUMN = 2;

// How a poll ended is told by the height of its bar too.
const HEIGHTS = { 'pending-edge': 0.55, 'ready-edge': 0.95, 'cancelled-edge': 0.3 };

function drawFromFar(frame, state) {
  const rects = new Map();
  const add = (colour, x, y, width, height) => {
    if (!rects.has(colour)) rects.set(colour, []);
    rects.get(colour).push(x, y, width, height);
  };
  farConnections(frame, add);
  for (let row = frame.firstRow; row <= frame.lastRow; row++) {
    const lane = frame.run.lanes[row];
    if (lane.type === 'task') farStates(frame, lane, frame.rowY(row), add);
  }
  flush(frame, rects);
  for (let row = frame.firstRow; row <= frame.lastRow; row++) {
    const lane = frame.run.lanes[row];
    const y = frame.rowY(row);
    if (lane.type === 'task' && state.groups.has('polls')) farPolls(frame, lane, y, add);
    else if (lane.type !== 'task') farTicks(frame, lane, y, add);
    const last = lane.states?.at(-1);
    if (last?.forEver) drawForEver(frame, lane, y, frame.view.x(frame.run.layout.at(last.from)));
  }
  flush(frame, rects);
  farGlyphs(frame, state);
}

function flush({ c, paint }, rects) {
  for (const [colour, values] of rects) {
    c.fillStyle = paint[colour];
    c.beginPath();
    for (let i = 0; i < values.length; i += 4) c.rect(values[i], values[i + 1], values[i + 2], values[i + 3]);
    c.fill();
  }
  rects.clear();
}

// Entries that are seen, those of a kind that touch as one: (kind, x0, x1).
function merged(frame, entries, kindOf, tell) {
  const { view } = frame;
  const { layout } = frame.run;
  let [kind, x0, x1] = [null, 0, 0];
  for (let i = Math.max(0, upToX(entries, layout, view.unit(0))); i < entries.length; i++) {
    const begin = view.x(layout.at(entries[i].from));
    if (begin > frame.width) break;
    const end = Math.max(begin + 1.5, view.x(layout.at(entries[i].to)));
    const next = kindOf(entries[i]);
    if (kind === next && begin <= x1 + 1) { x1 = Math.max(x1, end); continue; }
    if (kind !== null && x1 >= 0) tell(kind, x0, x1);
    [kind, x0, x1] = [next, begin, end];
  }
  if (kind !== null && x1 >= 0) tell(kind, x0, x1);
}

function farStates(frame, lane, y, add) {
  merged(frame, lane.states, (state) => (state.forEver ? null : state.state), (kind, x0, x1) => {
    const due = kind === 'due';
    add(due ? 'wake' : 'faint', x0, y - (due ? 1.2 : 0.5), x1 - x0, due ? 2.4 : 1);
  });
}

function farPolls(frame, lane, y, add) {
  merged(frame, lane.polls, (poll) => `${poll.end}-edge`, (kind, x0, x1) => {
    const high = frame.half * (HEIGHTS[kind] ?? 1.1);
    add(frame.paint[kind] ? kind : 'bad', x0, y - high, Math.max(2, x1 - x0), high * 2);
  });
}

// What happens on the clock, on a resource, and between polls.
function farTicks(frame, lane, y, add) {
  const { view, run } = frame;
  const { x } = run.layout;
  let free = -Infinity;
  let low = 0;
  let high = lane.events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane.events[middle] < frame.first) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < lane.events.length && lane.events[i] < frame.last; i++) {
    const at = lane.events[i];
    const here = view.x(x[at]);
    if (here < free || !run.visible[at]) continue;
    free = here + COLUMN;
    add(frame.model.group[at] === 'faults' ? 'warn' : 'faint', here, y - 3, 1.4, 6);
  }
}

// A line for each column, from the highest lane that is reached to the lowest.
function farConnections(frame, add) {
  const { run, model, view } = frame;
  const { x } = run.layout;
  let [column, top, bottom] = [-1, 0, 0];
  const tell = () => {
    if (column < 0) return;
    const y0 = Math.max(-2, frame.rowY(top));
    add('wake-far', column * COLUMN, y0, 1, Math.min(frame.height + 2, frame.rowY(bottom)) - y0);
  };
  for (let at = frame.first; at < frame.last; at++) {
    if (model.from[at] < 0 || !run.visible[at]) continue;
    const a = run.rowOfLane[model.from[at]];
    const b = run.rowOfLane[model.to[at]];
    if (a < 0 || b < 0 || a === b) continue;
    const here = Math.floor(view.x(x[at]) / COLUMN);
    if (here !== column) {
      tell();
      [column, top, bottom] = [here, Math.min(a, b), Math.max(a, b)];
    } else {
      top = Math.min(top, a, b);
      bottom = Math.max(bottom, a, b);
    }
  }
  tell();
}

function farGlyphs(frame, state) {
  const { c, paint, view, run, model } = frame;
  const free = new Float64Array(run.lanes.length).fill(-Infinity);
  for (let at = frame.first; at < frame.last; at++) {
    if (!run.visible[at]) continue;
    const mine = run.number === state.active;
    const told = run.blamed.has(at) || (mine && (at === state.cursor || state.hitSet.has(at)));
    const shape = model.shape[at];
    if (!told && shape !== 'bolt' && shape !== 'abort' && shape !== 'rest') continue;
    const row = run.rowOfLane[model.home[at]];
    if (row < frame.firstRow || row > frame.lastRow) continue;
    const here = view.x(run.layout.x[at]);
    const lasting = run.blamed.has(at) || (mine && at === state.cursor);
    if (here < free[row] && !lasting) continue;
    free[row] = here + 7;
    if (told) drawRing(frame, state, at, here, frame.rowY(row));
    if (shape) glyph(c, paint, shape, here, frame.rowY(row), 0.7);
  }
}
