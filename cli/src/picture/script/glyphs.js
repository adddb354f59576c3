// The shapes of events. Each is told from the others by its form; the colour only helps.

const ARC = Math.PI * 2;

function polygon(c, ...points) {
  c.beginPath();
  for (let i = 0; i < points.length; i += 2) c.lineTo(points[i], points[i + 1]);
  c.closePath();
}

function lines(c, ...points) {
  c.beginPath();
  for (let i = 0; i < points.length; i += 4) {
    c.moveTo(points[i], points[i + 1]);
    c.lineTo(points[i + 2], points[i + 3]);
  }
  c.stroke();
}

// shape: [colour, how it is drawn around the origin within five pixels, name in the legend]
const SHAPES = {
  plus: ['good', (c) => { c.lineWidth = 2; lines(c, -4, 0, 4, 0, 0, -4, 0, 4); }, 'spawns a task'],
  ring: ['accent', (c) => { c.beginPath(); c.arc(0, 0, 4, 0, ARC); both(c); }, 'a waker is cloned (registered)'],
  dropped: ['soft', (c) => { c.beginPath(); c.arc(0, 0, 4, 0, ARC); both(c); lines(c, -3, 3, 3, -3); }, 'a clone of a waker is dropped'],
  'last-dropped': ['bad', (c) => { c.beginPath(); c.arc(0, 0, 4.6, 0, ARC); both(c); c.lineWidth = 1.8; lines(c, -3.2, 3.2, 3.2, -3.2, -3.2, -3.2, 3.2, 3.2); }, 'the last clone of a waker is dropped'],
  wake: ['wake', (c) => { c.beginPath(); c.arc(0, 0, 2.6, 0, ARC); c.fill(); }, 'wakes a task (arrow to whom)'],
  handle: ['soft', (c) => { c.strokeRect(-3, -3, 6, 6); }, 'a join handle is polled'],
  'handle-dropped': ['soft', (c) => { c.strokeRect(-3, -3, 6, 6); lines(c, -3, 3, 3, -3); }, 'a join handle is dropped'],
  abort: ['bad', (c) => { polygon(c, -2, -5, 2, -5, 5, -2, 5, 2, 2, 5, -2, 5, -5, 2, -5, -2); both(c); lines(c, -2, -2, 2, 2, -2, 2, 2, -2); }, 'aborts or cancels'],
  clock: ['soft', (c) => { c.beginPath(); c.arc(0, 0, 4.5, 0, ARC); both(c); c.beginPath(); c.moveTo(0, -3); c.lineTo(0, 0); c.lineTo(2.4, 1.2); c.stroke(); }, 'sets a timer'],
  bell: ['accent', (c) => { polygon(c, -4.5, 4, 0, -5, 4.5, 4); c.fill(); }, 'a timer fires, an event comes'],
  cross: ['soft', (c) => { c.lineWidth = 1.6; lines(c, -3.5, -3.5, 3.5, 3.5, -3.5, 3.5, 3.5, -3.5); }, 'a timer is dropped'],
  move: ['soft', (c) => { c.beginPath(); c.moveTo(-3, -4); c.lineTo(2, 0); c.lineTo(-3, 4); c.stroke(); lines(c, 4, -4, 4, 4); }, 'virtual time moves on'],
  ready: ['good', (c) => { polygon(c, 0, -5, 5, 0, 0, 5, -5, 0); c.fill(); }, 'a resource becomes ready'],
  'said-ready': ['warn', (c) => { c.setLineDash([2, 1.5]); polygon(c, 0, -5, 5, 0, 0, 5, -5, 0); c.stroke(); }, 'is said to be ready and is not'],
  square: ['accent', (c) => { c.beginPath(); c.rect(-4, -4, 8, 8); both(c); }, 'reads, writes, submits'],
  done: ['accent', (c) => { c.fillRect(-4, -4, 8, 8); }, 'an operation completes'],
  bolt: ['warn', (c) => { polygon(c, 1.5, -6.5, -4, 1, -0.5, 1, -1.5, 6.5, 4, -1.5, 0.5, -1.5); c.fill(); }, 'a fault strikes'],
  diamond: ['faint', (c) => { polygon(c, 0, -3.4, 3.4, 0, 0, 3.4, -3.4, 0); c.stroke(); }, 'a choice, the default'],
  deviation: ['ink', (c) => { polygon(c, 0, -4, 4, 0, 0, 4, -4, 0); c.fill(); }, 'a choice that deviates'],
  await: ['soft', (c) => { c.beginPath(); for (const x of [-3.4, 0, 3.4]) { c.moveTo(x + 1.2, 0); c.arc(x, 0, 1.2, 0, ARC); } c.fill(); }, 'Pending at an await or a point'],
  flag: ['good', (c) => { lines(c, -3, -6, -3, 6); polygon(c, -3, -6, 5, -3, -3, 0); c.fill(); }, 'passes a mark'],
  speech: ['ink', (c) => { polygon(c, -5, -4.5, 5, -4.5, 5, 2, -1, 2, -3.5, 5, -3.5, 2, -5, 2); both(c); }, 'says something'],
  rest: ['bad', (c) => { c.fillRect(-3.5, -6, 2.5, 12); c.fillRect(1, -6, 2.5, 12); }, 'everything is at rest'],
  end: ['soft', (c) => { c.fillRect(-4, -4, 8, 8); }, 'the run is over'],
  dot: ['soft', (c) => { c.beginPath(); c.arc(0, 0, 2.5, 0, ARC); c.fill(); }, 'something else: see its words'],
};

// Filled with the ground, so that what is behind does not show through.
function both(c) {
  const fill = c.fillStyle;
  c.fillStyle = c.ground;
  c.fill();
  c.fillStyle = fill;
  c.stroke();
}

function glyph(context, paint, shape, x, y, size = 1) {
  const [colour, draw] = SHAPES[shape] ?? SHAPES.dot;
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  context.lineWidth = 1.4;
  context.lineJoin = 'round';
  context.fillStyle = context.strokeStyle = paint[colour];
  context.ground = paint.panel;
  draw(context);
  context.restore();
}
