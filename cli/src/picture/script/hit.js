// What is under the pointer: an event, a poll, a connection, or the name of a lane.

const NEAR = 9;

function hitAt(frame, x, y) {
  const { run, view } = frame;
  const row = Math.floor((y - AXIS + frame.top) / frame.rowHeight);
  const lane = y > AXIS ? run.lanes[row] : undefined;
  if (x < frame.gutter) return lane ? { lane } : null;
  const within = x - frame.gutter;
  if (within > frame.width) return null;
  const unit = view.unit(within);
  if (y <= AXIS) return { at: run.layout.nearest(unit), axis: true };
  const event = lane && nearestInLane(frame, lane, unit);
  if (event !== null && event !== undefined && Math.abs(view.x(run.layout.x[event]) - within) <= NEAR) return { at: event, lane };
  const wake = nearestConnection(frame, unit, y - AXIS);
  if (wake !== null) return { at: wake, lane };
  if (lane?.polls) {
    const poll = lane.polls[upToX(lane.polls, run.layout, unit)];
    if (poll && run.layout.at(poll.to) >= unit && Math.abs(y - AXIS - frame.rowY(row)) <= frame.half + 4) {
      return { at: poll.from, lane, poll };
    }
    const state = lane.states[upToX(lane.states, run.layout, unit)];
    if (state && run.layout.at(state.to) >= unit) return { lane, state, at: null };
  }
  return lane ? { lane, at: null, empty: true } : null;
}

// The event of a lane that is shown and stands nearest.
function nearestInLane(frame, lane, unit) {
  const { run } = frame;
  const { x } = run.layout;
  let low = 0;
  let high = lane.events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[lane.events[middle]] < unit) low = middle + 1;
    else high = middle;
  }
  let best = null;
  const look = (step, from) => {
    for (let i = from; i >= 0 && i < lane.events.length; i += step) {
      const at = lane.events[i];
      if (best !== null && Math.abs(x[at] - unit) >= Math.abs(x[best] - unit)) return;
      if (run.visible[at]) { best = at; return; }
    }
  };
  look(1, low);
  look(-1, low - 1);
  return best;
}

function nearestConnection(frame, unit, y) {
  const { run, view, model } = frame;
  if (view.scale < 3) return null;
  const around = 6 / view.scale;
  for (let at = run.layout.first(unit - around); at < run.layout.first(unit + around); at++) {
    if (!run.visible[at] || model.from[at] < 0) continue;
    const [from, to] = [run.rowOfLane[model.from[at]], run.rowOfLane[model.to[at]]];
    if (from < 0 || to < 0) continue;
    const a = frame.rowY(from);
    const b = frame.rowY(to);
    if (y > Math.min(a, b) - 4 && y < Math.max(a, b) + 4) return at;
  }
  return null;
}
