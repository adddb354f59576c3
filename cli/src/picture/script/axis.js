// The axis above the lanes, and what stands in all lanes at once: the critical steps, the
// first difference, the end of the run, and the cursor.

const AXIS = 34;

// Behind everything.
function drawColumns(frame) {
  const { c, paint, view, run, model } = frame;
  const { marks, axis } = run.layout;
  const first = run.layout.markOf(view.unit(0));
  let drawn = -9;
  for (let i = first; i < marks.length; i++) {
    const mark = marks[i];
    const x0 = view.x(mark.from);
    if (x0 - mark.gap * view.scale > frame.width) break;
    const gap = mark.gap * view.scale;
    if (axis === 'time' && gap > 3) {
      c.fillStyle = paint.dots;
      c.fillRect(x0 - gap + 2, 0, gap - 4, frame.height);
    }
    const edge = axis === 'time' ? x0 : x0 - gap / 2;
    if (edge - drawn < (frame.detailed ? 12 : 60)) continue;
    drawn = edge;
    c.fillStyle = paint.line;
    c.fillRect(Math.round(edge), 0, 1, frame.height);
  }
  if (model.teardown >= 0) {
    const x = Math.max(0, view.x(run.layout.x[model.teardown]));
    if (x < frame.width) {
      c.fillStyle = paint.veil;
      c.fillRect(x, 0, frame.width - x, frame.height);
    }
  }
  if (run.steps?.size && axis === 'steps') {
    for (const mark of marks.slice(first)) {
      if (view.x(mark.from) > frame.width) break;
      if (!run.steps.has(mark.value)) continue;
      c.globalAlpha = 0.1;
      c.fillStyle = paint.pair;
      c.fillRect(view.x(mark.from) - 4, 0, (mark.to - mark.from) * view.scale + 8, frame.height);
      c.globalAlpha = 1;
    }
  }
}

function drawAxis(frame) {
  const { c, paint, view, run, model } = frame;
  const { marks, axis } = run.layout;
  c.fillStyle = paint.panel;
  c.fillRect(-2, 0, frame.width + frame.strip + 2, AXIS);
  c.fillStyle = paint.line;
  c.fillRect(-2, AXIS - 1, frame.width + frame.strip + 2, 1);
  let free = -Infinity;
  for (let i = run.layout.markOf(view.unit(0)); i < marks.length; i++) {
    const mark = marks[i];
    const x0 = view.x(mark.from);
    if (x0 > frame.width) break;
    const critical = axis === 'steps' && run.steps?.has(mark.value);
    if (x0 < free && !critical) continue;
    const x1 = view.x(mark.to);
    const said = axis === 'time' ? duration(mark.value) : String(mark.value);
    c.font = paint.font(11, critical ? 700 : 400);
    const width = paint.widthOf(c, said);
    // A wide step has its number where it is seen.
    const x = Math.min(Math.max(x0, 2), Math.max(x0, x1 - width));
    c.fillStyle = critical ? paint.pair : paint.soft;
    if (critical) { c.globalAlpha = 0.16; c.fillRect(x0 - 4, 0, x1 - x0 + 8, AXIS - 1); c.globalAlpha = 1; }
    c.fillText(said, x, AXIS - 11);
    const gap = mark.gap * view.scale;
    if (axis === 'time' && gap > 56 && i > 0) {
      c.fillStyle = paint.faint;
      c.font = paint.font(10);
      c.textAlign = 'center';
      c.fillText(`+${duration(mark.value - marks[i - 1].value)}`, x0 - gap / 2, AXIS - 11);
      c.textAlign = 'left';
    }
    free = Math.max(free, x + width + 12);
  }
  if (frame.strip && run.number === 0) {
    c.font = paint.font(11);
    c.fillStyle = paint.soft;
    c.fillText('waits for', frame.width + 10, AXIS - 11);
  }
  if (model.teardown >= 0) tag(frame, view.x(run.layout.x[model.teardown]), 'end of the run', paint.soft);
}

// A vertical line with its name at the axis.
function tag(frame, x, said, colour, below = 0) {
  const { c, paint } = frame;
  if (x < -1 || x > frame.width + 1) return;
  c.font = paint.font(10, 600);
  const width = paint.widthOf(c, said) + 8;
  const left = Math.min(x, frame.width - width);
  c.fillStyle = paint.panel;
  c.fillRect(left, 1 + below, width, 13);
  c.fillStyle = colour;
  c.fillText(said, left + 4, 11 + below);
}

// In front of everything; `top` is where the axis begins.
function drawMarks(frame, state) {
  const { c, paint, view, run, model } = frame;
  const down = frame.height + AXIS;
  if (run.difference !== null && state.runs[1] && model.events.length) {
    const x = view.x(run.layout.at(Math.min(run.difference, model.events.length))) - (view.scale > 6 ? roomAt(model, run.difference) * view.scale / 2 : 0);
    if (x > -2 && x < frame.width + 2) {
      c.strokeStyle = paint.warn;
      c.lineWidth = 1.6;
      c.setLineDash([6, 4]);
      c.beginPath();
      c.moveTo(x, state.beside ? 0 : AXIS - 8);
      c.lineTo(x, down);
      if (state.beside) c.stroke();
      c.setLineDash([]);
      polygon(c, x - 5, AXIS - 9, x + 5, AXIS - 9, x, AXIS - 1);
      c.fillStyle = paint.warn;
      c.fill();
      if (state.beside) tag(frame, x, 'first difference', paint.warn);
    }
  }
  for (const at of state.hits) {
    if (run.number !== state.active) break;
    const x = view.x(run.layout.x[at]);
    if (x < 0) continue;
    if (x > frame.width) break;
    c.fillStyle = paint.hit;
    c.fillRect(x - 1, AXIS - 5, 2.5, 4);
  }
  if (!state.shown.model.events.length) return;
  const x = view.x(cursorX(state));
  if (x >= -1 && x <= frame.width + 1) {
    if (state.veiled) {
      c.globalAlpha = 0.62;
      c.fillStyle = paint.panel;
      c.fillRect(x + 7, AXIS, Math.max(0, frame.width - x - 7), frame.height);
      c.globalAlpha = 1;
    }
    c.fillStyle = paint.ink;
    c.fillRect(Math.round(x) - 0.5, AXIS - 8, 1, down);
    polygon(c, x - 5, AXIS - 9, x + 5, AXIS - 9, x, AXIS - 2);
    c.fill();
  } else if (state.veiled && x < 0) {
    c.globalAlpha = 0.62;
    c.fillStyle = paint.panel;
    c.fillRect(0, AXIS, frame.width, frame.height);
    c.globalAlpha = 1;
  }
}

function cursorX(state) {
  const { layout, model } = state.shown;
  return model.events.length ? layout.at(state.cursor) : 0;
}

function roomAt(model, place) {
  const event = model.events[Math.min(place, model.events.length - 1)];
  return event ? roomOf(event) : 1;
}
