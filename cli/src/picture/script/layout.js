// Where things stand on the horizontal axis.
//
// All events of a step happen at one virtual time, and many steps do too, so neither
// steps nor time are a scale that one could draw on. Instead each event has room of its
// own, in the order in which they happened. On the axis of steps a little more room
// parts one step from the next. On the axis of time the room between two instants grows
// with the logarithm of what lies between them, and an instant is as wide as it has
// events: time is elastic.

const STEP_GAP = 0.9;

class Layout {
  constructor(model, axis) {
    const events = model.events;
    this.axis = axis;
    this.x = new Float64Array(events.length);
    // The steps, or the instants: { at: the first event, value, from, to, gap: the room before it }.
    this.marks = [];
    let x = 0.5;
    let mark = null;
    events.forEach((event, at) => {
      const value = axis === 'time' ? event.now : event.step;
      if (mark === null || value !== mark.value) {
        const gap = mark === null ? 0 : axis === 'time' ? elastic(value - mark.value) : STEP_GAP;
        if (mark) mark.to = x;
        x += gap;
        mark = { at, value, from: x, to: x, gap };
        this.marks.push(mark);
      } else if (axis === 'time' && event.step !== events[at - 1].step) {
        x += STEP_GAP / 3;
      }
      const room = roomOf(event);
      this.x[at] = x + room / 2;
      x += room;
    });
    if (mark) mark.to = x;
    this.width = x + 0.5;
  }

  // The place of the event that stands nearest.
  nearest(x) {
    const after = this.first(x);
    if (after <= 0) return 0;
    if (after >= this.x.length) return this.x.length - 1;
    return x - this.x[after - 1] < this.x[after] - x ? after - 1 : after;
  }

  // The place of the first event that does not stand before.
  first(x) {
    let low = 0;
    let high = this.x.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.x[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Where an event stands, or for the place behind the last one the end.
  at(place) {
    return place < this.x.length ? this.x[place] : this.width;
  }

  markOf(x) {
    let low = 0;
    let high = this.marks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.marks[middle].from - this.marks[middle].gap <= x) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

// A microsecond is two events wide, a second about eight.
function elastic(nanoseconds) {
  return Math.min(10, 1.2 + 0.7 * Math.log10(1 + Math.max(0, nanoseconds) / 100));
}
