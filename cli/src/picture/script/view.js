// The part of the axis that is seen. Both runs are seen through the same one.

const SCALES = { least: 0.0002, most: 90, comfortable: 19 };
const GUTTER = { wide: 208, narrow: 132 };
const STRIP = 74;

class View {
  constructor(state) {
    this.state = state;
    this.left = 0;
    this.scale = SCALES.comfortable;
    // Of the drawing without the names of the lanes; known when it is laid out.
    this.width = 600;
    this.goal = null;
    // Whether the whole run is to be seen, also if its room changes.
    this.fitted = false;
  }

  get extent() {
    const shown = this.state.runs.filter((run, number) => number === 0 || this.state.beside);
    return Math.max(1, ...shown.map((run) => run.layout.width));
  }

  x(unit) {
    return (unit - this.left) * this.scale;
  }

  unit(x) {
    return this.left + x / this.scale;
  }

  fit() {
    this.goal = null;
    this.fitted = true;
    this.scale = Math.min(SCALES.comfortable * 1.6, this.width / this.extent);
    this.left = 0;
    this.changed();
  }

  // The whole run if it can be read so, or else the cursor at a size that can be.
  open() {
    this.scale = this.width / this.extent;
    if (this.scale >= SCALES.comfortable * 0.5) return this.fit();
    this.scale = SCALES.comfortable;
    this.center(this.state.shown.layout.at(this.state.cursor), 0.72);
  }

  center(unit, share = 0.5) {
    this.fitted = false;
    this.left = unit - (this.width * share) / this.scale;
    this.changed();
  }

  pan(pixels) {
    this.goal = null;
    this.fitted = false;
    this.left += pixels / this.scale;
    this.changed();
  }

  zoom(factor, at = this.width / 2) {
    this.goal = null;
    this.fitted = false;
    const unit = this.unit(at);
    const least = Math.min(SCALES.comfortable, (this.width / this.extent) * 0.9);
    this.scale = Math.max(Math.max(least, SCALES.least), Math.min(SCALES.most, this.scale * factor));
    this.left = unit - at / this.scale;
    this.changed();
  }

  // Moves no further than it must so that a place is seen.
  reveal(unit) {
    const margin = Math.min(120, this.width / 5);
    const x = this.x(unit);
    if (x >= margin && x <= this.width - margin) return;
    const left = unit - (this.width * (x < margin ? 0.35 : 0.65)) / this.scale;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (still || Math.abs(x) > this.width * 4) {
      this.left = left;
      this.changed();
    } else {
      this.goal = this.held(left);
      this.state.emit('view');
    }
  }

  // One frame of the way to where `reveal` goes; whether there is more of it.
  ease() {
    if (this.goal === null) return false;
    const rest = this.goal - this.left;
    if (Math.abs(rest) * this.scale < 1) {
      this.left = this.goal;
      this.goal = null;
      return false;
    }
    this.left += rest * 0.35;
    return true;
  }

  held(left) {
    const room = this.width / this.scale;
    const slack = Math.min(room * 0.3, 4);
    return Math.max(-slack, Math.min(left, Math.max(-slack, this.extent - room + slack)));
  }

  changed() {
    const room = this.width / this.scale;
    this.left = room >= this.extent ? Math.min(0, this.held(this.left)) : this.held(this.left);
    this.state.emit('view');
  }
}
