// The keys, and what the shapes mean.

const KEYS = [
  ['← →', 'previous, next event'],
  ['Shift + ← →', 'previous, next step'],
  ['↑ ↓', 'the nearest event in the lane above, below'],
  ['Home End', 'the first, the last event'],
  ['Enter', 'details of the event at the cursor'],
  ['Esc', 'close: this help, the details, the veil, the search'],
  ['Space', 'play or pause'],
  ['f', 'to where the law is broken'],
  ['d', 'to the first difference from the neighbour'],
  ['b', 'show or hide the neighbour'],
  ['t', 'axis of steps, axis of virtual time'],
  ['+ − 0', 'zoom in, zoom out, the whole run'],
  ['/', 'search'],
  ['n N', 'next, previous match'],
  ['c e r', 'the case, the list of events, the report'],
  ['?', 'this help'],
];

const MOUSE = [
  ['wheel', 'lanes up and down; along the run if all lanes are seen'],
  ['Shift + wheel', 'along the run'],
  ['Ctrl + wheel', 'zoom'],
  ['drag', 'move the drawing'],
  ['Alt + click', 'on a kind: show only that kind'],
];

class Help {
  constructor(paint) {
    this.paint = paint;
    this.dialog = byId('help');
    byId('help-button').addEventListener('click', () => this.open());
    this.dialog.addEventListener('click', (event) => event.target === this.dialog && this.close());
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    const keys = (pairs) => el('dl', { class: 'keys' }, pairs.flatMap(([key, what]) => [el('dt', {}, ...key.split(' ').map((part) => (part === '+' && key !== '+ − 0' ? ' + ' : el('kbd', {}, part)))), el('dd', {}, what)]));
    this.dialog.replaceChildren(
      el('div', { class: 'help-head' }, el('h2', { id: 'help-title' }, 'Keys and legend'), el('button', { type: 'button', autofocus: true, onclick: () => this.close() }, 'Close')),
      el('div', { class: 'help-body' },
        el('section', {}, el('h3', {}, 'Keys'), keys(KEYS), el('h3', {}, 'Pointer'), keys(MOUSE)),
        el('section', {}, el('h3', {}, 'Polls and lines'), this.legend(BARS), el('h3', {}, 'Arrows'), this.legend(ARROWS)),
        el('section', {}, el('h3', {}, 'Events'), this.legend(Object.entries(SHAPES).filter(([name]) => name !== 'wake').map(([name, [, , said]]) => [said, (c, paint) => glyph(c, paint, name, 20, 11)])))));
    if (!this.isOpen) this.dialog.showModal();
  }

  close() {
    this.dialog.close();
  }

  legend(entries) {
    return el('ul', { class: 'legend' }, ...entries.map(([said, draw]) => {
      const canvas = el('canvas', { width: '80', height: '44', 'aria-hidden': 'true' });
      const context = canvas.getContext('2d');
      context.scale(2, 2);
      draw(context, this.paint);
      return el('li', {}, canvas, el('span', {}, said));
    }));
  }
}

// An outline of a frame is enough to draw one bar.
const bar = (end) => (c, paint) => drawBar({ c, paint, run: {}, model: {}, roomy: false }, { end }, 3, 37, 11, 8);
const stroke = (name, width, dash) => (c, paint) => {
  c.strokeStyle = paint[name];
  c.lineWidth = width;
  c.setLineDash(dash);
  lines(c, 3, 11, 37, 11);
};
const arrow = (name, strong, dash) => (c, paint) => {
  stroke(name, strong ? 1.8 : 1.1, dash)(c, paint);
  c.setLineDash([]);
  c.fillStyle = c.strokeStyle = paint[name];
  polygon(c, 38, 11, 29, 7, 29, 15);
  if (strong) c.fill(); else c.stroke();
};

const BARS = [
  ['a poll that ended Pending', bar('pending')],
  ['a poll that ended Ready', bar('ready')],
  ['a poll that panicked', bar('panicked')],
  ['a task that was cancelled, its future dropped', bar('cancelled')],
  ['a poll that does not return', bar('unended')],
  ['waits', stroke('soft', 1.2, [1.5, 3.5])],
  ['is due to be polled', stroke('wake', 2.4, [])],
  ['waits and is never woken', stroke('bad', 2.2, [7, 4])],
];

const ARROWS = [
  ['a wake that asks for a poll', arrow('wake', true, [])],
  ['a wake without effect', arrow('wake-pale', false, [2, 3])],
  ['a wake that is held up', arrow('wake-pale', false, [6, 3])],
  ['a task is spawned', stroke('good', 1.4, [5, 3])],
  ['a resource or a timer is used', stroke('faint', 1, [1.5, 2.5])],
  ['one task waits for another; red: in a circle', stroke('bad', 2.4, [])],
];
