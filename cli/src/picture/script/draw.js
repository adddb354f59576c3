// One frame of one run: what is in the way of the eye first, what it looks for last.

const ROWS = { least: 22, few: 28, most: 58 };

// All lanes are seen if they can be read then; the names of a few need room for two lines.
function rowHeightFor(lanes, room) {
  const least = lanes <= 60 ? ROWS.few : ROWS.least;
  return Math.max(least, Math.min(ROWS.most, Math.floor(room / Math.max(1, lanes))));
}

function makeFrame(pane, state, view, paint) {
  const { run, canvas } = pane;
  const { layout, model } = run;
  const gutter = gutterFor(canvas.clientWidth);
  const strip = stripFor(state);
  const rowHeight = rowHeightFor(run.lanes.length, canvas.clientHeight - AXIS);
  const frame = {
    c: pane.context, paint, view, run, model, gutter, strip, rowHeight,
    width: canvas.clientWidth - gutter - strip,
    height: canvas.clientHeight - AXIS,
    half: rowHeight >= 40 ? 10 : rowHeight >= 28 ? 8 : 6,
    top: pane.top,
    roomy: rowHeight >= 40,
    // Room enough for each event to be told from the next.
    detailed: view.scale >= 3.6,
  };
  const lift = frame.roomy ? 2 : 0;
  frame.rowY = (row) => row * rowHeight + rowHeight / 2 - pane.top + lift;
  frame.firstRow = Math.max(0, Math.floor(pane.top / rowHeight));
  frame.lastRow = Math.min(run.lanes.length - 1, Math.ceil((pane.top + frame.height) / rowHeight));
  frame.first = layout.first(view.unit(-20));
  frame.last = layout.first(view.unit(frame.width + 20));
  return frame;
}

const gutterFor = (width) => (width < 620 ? GUTTER.narrow : GUTTER.wide);
const stripFor = (state) => (state.trace.verdict?.waits.length ? STRIP : 0);

function drawFrame(frame, state) {
  const { c, paint, gutter } = frame;
  c.save();
  c.fillStyle = paint.panel;
  c.fillRect(0, 0, frame.gutter + frame.width + frame.strip, frame.height + AXIS);
  c.textBaseline = 'alphabetic';
  c.translate(gutter, AXIS);
  c.save();
  c.beginPath();
  c.rect(0, 0, frame.width + frame.strip, frame.height);
  c.clip();
  drawGround(frame);
  drawWaits(frame);
  c.save();
  c.beginPath();
  c.rect(0, 0, frame.width, frame.height);
  c.clip();
  drawColumns(frame);
  for (let row = frame.firstRow; row <= frame.lastRow; row++) {
    const lane = frame.run.lanes[row];
    const y = frame.rowY(row);
    if (lane.type === 'clock' && frame.detailed && state.groups.has('timers')) drawTimers(frame, y, frame.half);
    if (lane.type !== 'task' || !frame.detailed) continue;
    drawStates(frame, lane, y);
    if (state.groups.has('polls')) drawPolls(frame, lane, y, frame.half);
  }
  if (frame.detailed) {
    drawConnections(frame);
    drawGlyphs(frame, state);
  } else drawFromFar(frame, state);
  c.restore();
  c.restore();
  c.translate(0, -AXIS);
  drawAxis(frame);
  c.save();
  c.beginPath();
  c.rect(0, 0, frame.width, frame.height + AXIS);
  c.clip();
  drawMarks(frame, state);
  c.restore();
  drawGutter(frame, state);
  drawScrollBar(frame);
  c.restore();
}

function drawGround(frame) {
  const { c, paint, run } = frame;
  for (let row = frame.firstRow; row <= frame.lastRow; row++) {
    const lane = run.lanes[row];
    const top = row * frame.rowHeight - frame.top;
    if (lane.named || row % 2) {
      c.fillStyle = lane.named ? paint.named : paint.lane;
      c.fillRect(0, top, frame.width + frame.strip, frame.rowHeight);
    }
  }
}

function drawGlyphs(frame, state) {
  const { c, paint, view, run, model } = frame;
  const { layout } = run;
  const size = view.scale >= 12 ? 1 : view.scale >= 6 ? 0.8 : 0.6;
  for (let at = frame.first; at < frame.last; at++) {
    if (!run.visible[at]) continue;
    const shape = model.shape[at];
    const row = run.rowOfLane[model.home[at]];
    if (row < frame.firstRow || row > frame.lastRow) continue;
    const told = run.blamed.has(at) || (run.number === state.active && (at === state.cursor || state.hitSet.has(at)));
    if (shape === null && !told) continue;
    const x = view.x(layout.x[at]);
    const y = frame.rowY(row);
    const faded = model.teardown >= 0 && at > model.teardown;
    if (told) drawRing(frame, state, at, x, y);
    if (shape === null) continue;
    c.globalAlpha = faded ? 0.45 : 1;
    glyph(c, paint, shape, x, y, size);
    c.globalAlpha = 1;
    if (view.scale >= 12 && (shape === 'flag' || shape === 'speech')) drawSaid(frame, at, x, y);
  }
}

// The number in the list of blamed places, a match of the search, the cursor.
function drawRing(frame, state, at, x, y) {
  const { c, paint, run } = frame;
  const numbers = run.blamed.get(at);
  const ring = (radius, colour, width) => {
    c.beginPath();
    c.arc(x, y, radius, 0, ARC);
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.stroke();
  };
  if (run.number === state.active && state.hitSet.has(at)) ring(8, paint.hit, 2.5);
  if (run.number === state.active && at === state.cursor) ring(10.5, paint.ink, 1.5);
  if (!numbers) return;
  ring(8.5, paint.bad, 2.2);
  const said = numbers.join(',');
  c.font = paint.font(10, 700);
  const width = Math.max(13, paint.widthOf(c, said) + 7);
  const top = Math.max(2, y - 22);
  c.beginPath();
  c.roundRect(x + 3, top, width, 13, 6.5);
  c.fillStyle = paint.bad;
  c.fill();
  c.fillStyle = paint.panel;
  c.textAlign = 'center';
  c.fillText(said, x + 3 + width / 2, top + 10);
  c.textAlign = 'left';
}

// The name of a mark or the words of a note, above the lane.
function drawSaid(frame, at, x, y) {
  if (!frame.roomy) return;
  const { c, paint, model } = frame;
  const event = model.events[at];
  const said = short(event.kind === 'marked' ? event.name : event.text, 60);
  c.font = paint.font(10.5);
  c.fillStyle = paint.soft;
  c.fillText(paint.fitted(c, said, 150), x + 8, y - frame.half - 5);
}

function drawScrollBar(frame) {
  const { c, paint, run } = frame;
  const whole = run.lanes.length * frame.rowHeight;
  if (whole <= frame.height) return;
  const height = Math.max(24, (frame.height / whole) * frame.height);
  const top = AXIS + (frame.top / (whole - frame.height)) * (frame.height - height);
  c.globalAlpha = 0.5;
  c.fillStyle = paint.soft;
  c.beginPath();
  c.roundRect(frame.width + frame.strip - 8, top, 5, height, 2.5);
  c.fill();
  c.globalAlpha = 1;
}
