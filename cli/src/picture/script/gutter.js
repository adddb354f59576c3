// The names of the lanes at the left, with what each task does at the cursor.

const DOING = { runs: 'is polled', waits: 'waits', due: 'is due to be polled', over: 'is over', unborn: 'is not spawned yet' };

function drawGutter(frame, state) {
  const { c, paint, run, model, gutter } = frame;
  c.fillStyle = paint.panel;
  c.fillRect(-gutter, AXIS, gutter - 1, frame.height);
  c.fillStyle = paint.line;
  c.fillRect(-1, 0, 1, frame.height + AXIS);
  const cursor = placeAtCursor(state, run);
  for (let row = frame.firstRow; row <= frame.lastRow; row++) {
    const lane = run.lanes[row];
    const y = frame.rowY(row) + AXIS;
    if (lane.named) {
      c.fillStyle = lane.neverWoken ? paint.bad : paint.pair;
      c.fillRect(-gutter, y - frame.rowHeight / 2 + 2, 3, frame.rowHeight - 4);
    }
    drawDoing(frame, lane, cursor, -gutter + 18, y);
    const room = gutter - 44;
    const two = frame.rowHeight >= 32;
    c.font = paint.font(frame.rowHeight >= 22 ? 12.5 : 11, lane.named ? 650 : 450);
    c.fillStyle = lane.type === 'task' ? paint.ink : paint.soft;
    const name = (lane.shortLabel ??= short(lane.label, 80));
    c.fillText(paint.fitted(c, name, room), -gutter + 32, y + (two ? -2 : 4));
    if (!two) continue;
    c.font = paint.font(10.5);
    c.fillStyle = paint.soft;
    c.fillText(paint.fitted(c, (lane.under ??= underLine(lane, model)), room), -gutter + 32, y + 12);
  }
  // The corner above the names.
  c.fillStyle = paint.panel;
  c.fillRect(-gutter, 0, gutter - 1, AXIS);
  c.fillStyle = paint.line;
  c.fillRect(-gutter, AXIS - 1, gutter, 1);
  c.font = paint.font(11);
  c.fillStyle = paint.soft;
  c.textAlign = 'right';
  c.fillText(run.layout.axis === 'time' ? 'virtual time' : 'step', -10, AXIS - 11);
  c.textAlign = 'left';
}

function underLine(lane, model) {
  if (lane.type === 'resource') return 'resource';
  if (lane.type !== 'task') return lane.note;
  const parts = [];
  if (lane.task.daemon) parts.push('daemon');
  if (lane.task.spawned) parts.push(short(place(lane.task.spawned), 60));
  else if (lane.task.parent === null && lane.task.id === 0) parts.push('the body of the test');
  const parent = lane.task.parent;
  if (parent !== null && parent !== undefined && parent !== 0) {
    parts.push(`by ${short(model.taskLane(parent)?.label ?? `task ${parent}`, 30)}`);
  }
  return parts.join(' · ');
}

// A disc that is full while the task runs, half while it is due, hollow while it waits.
function drawDoing(frame, lane, cursor, x, y) {
  const { c, paint, model } = frame;
  if (lane.type !== 'task') {
    glyph(c, paint, { clock: 'clock', resource: 'square', run: 'diamond' }[lane.type], x, y);
    return;
  }
  const doing = model.stateAt(lane, cursor);
  c.lineWidth = 1.5;
  c.strokeStyle = c.fillStyle = doing === 'over' || doing === 'unborn' ? paint.faint : lane.neverWoken ? paint.bad : paint.accent;
  c.beginPath();
  c.arc(x, y, 4.5, 0, ARC);
  if (doing === 'runs') c.fill();
  else if (doing === 'unborn') { c.setLineDash([2, 2]); c.stroke(); c.setLineDash([]); }
  else c.stroke();
  if (doing === 'due') { c.beginPath(); c.arc(x, y, 4.5, -Math.PI / 2, Math.PI / 2); c.fill(); }
  if (doing === 'over') lines(c, x - 3, y, x + 3, y);
}

// Where the cursor is, as a place in this run.
function placeAtCursor(state, run) {
  if (run.number === state.active) return state.cursor;
  return Math.max(0, run.layout.first(cursorX(state) + 0.01) - 1);
}
