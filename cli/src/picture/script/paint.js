// Colours, patterns and fonts of the drawing. The colours are those of the style sheet.

const COLOURS = [
  'page', 'panel', 'lane', 'named', 'ink', 'soft', 'faint', 'line', 'accent', 'bad', 'good', 'warn', 'wake', 'wake-pale', 'wake-far',
  'pending', 'pending-edge', 'ready', 'ready-edge', 'panicked', 'panicked-edge', 'cancelled', 'cancelled-edge', 'pair', 'hit', 'veil',
];

class Paint {
  constructor() {
    this.font = (size, weight = 400) => `${weight} ${size}px ${this.family}`;
    this.refresh();
  }

  refresh() {
    const style = getComputedStyle(document.documentElement);
    this.family = style.getPropertyValue('--sans').trim() || 'sans-serif';
    for (const name of COLOURS) this[name] = style.getPropertyValue(`--${name}`).trim();
    this.hatch = pattern(8, this['cancelled-edge'], (c) => { c.moveTo(-2, 10); c.lineTo(10, -2); c.moveTo(-2, 2); c.lineTo(2, -2); c.moveTo(6, 10); c.lineTo(10, 6); });
    this.crossed = pattern(8, `${this['panicked-edge']}70`, (c) => { c.moveTo(-1, 9); c.lineTo(9, -1); c.moveTo(-1, -1); c.lineTo(9, 9); });
    this.dots = pattern(6, this.faint, (c) => { c.moveTo(3, 2.5); c.lineTo(3, 3.5); });
    this.widths = new Map();
  }

  // The width of a text in the present font; the same texts come again in every frame.
  widthOf(context, text) {
    const key = context.font + text;
    let width = this.widths.get(key);
    if (width === undefined) {
      width = context.measureText(text).width;
      if (this.widths.size > 20000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }

  // As much of a text as there is room for.
  fitted(context, text, room) {
    if (room < 12) return '';
    if (this.widthOf(context, text) <= room) return text;
    let low = 0;
    let high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.widthOf(context, text.slice(0, middle) + '…') <= room) low = middle;
      else high = middle - 1;
    }
    return low < 2 ? '' : text.slice(0, low) + '…';
  }
}

function pattern(size, colour, path) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = size * 2;
  const context = tile.getContext('2d');
  context.scale(2, 2);
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.beginPath();
  path(context);
  context.stroke();
  const made = context.createPattern(tile, 'repeat');
  made.setTransform(new DOMMatrix().scale(0.5));
  return made;
}
