// The whole run in a strip: where much happens, where the blamed events are, and which part
// of it is seen. Under it the slider, which does the same for the keyboard.

class Overview {
  constructor(state, view, paint) {
    Object.assign(this, { state, view, paint });
    this.canvas = byId('overview');
    this.context = this.canvas.getContext('2d');
    const go = (event) => {
      if (!event.buttons) return;
      view.goal = null;
      view.center((event.offsetX / this.canvas.clientWidth) * view.extent);
    };
    this.canvas.addEventListener('pointerdown', go);
    this.canvas.addEventListener('pointermove', go);
    this.slider = byId('slider');
    this.slider.addEventListener('input', () => {
      state.veiled = true;
      state.go(Number(this.slider.value));
    });
    state.on('cursor beside', () => this.tell());
    state.on('filter axis', () => (this.density = null));
  }

  tell() {
    const { state, slider } = this;
    const { events } = state.shown.model;
    slider.max = Math.max(0, events.length - 1);
    slider.value = state.cursor;
    const event = state.event;
    const said = event
      ? `step ${event.step} of ${events.at(-1).step}, ${duration(event.now ?? 0)}, event ${event.index}`
      : 'no events';
    byId('where').textContent = said;
    slider.setAttribute('aria-valuetext', event ? `${said}: ${short(whoOf(state.shown.model, event), 60)} ${short(event.words ?? event.kind, 120)}` : said);
  }

  // How many events are shown in each of so many parts of the axis.
  measure(parts) {
    const run = this.state.shown;
    const density = new Float32Array(parts);
    for (const at of run.order) density[Math.min(parts - 1, Math.floor((run.layout.x[at] / this.view.extent) * parts))]++;
    const most = density.reduce((a, b) => Math.max(a, b), 1);
    this.density = { values: density.map((value) => value / most), parts, run, extent: this.view.extent };
  }

  draw() {
    const { canvas, context: c, paint, view, state } = this;
    const sharp = Math.min(3, devicePixelRatio || 1);
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    if (canvas.width !== Math.round(width * sharp)) {
      canvas.width = Math.round(width * sharp);
      canvas.height = Math.round(height * sharp);
    }
    const parts = Math.ceil(width / 3);
    const { density } = this;
    if (!density || density.parts !== parts || density.run !== state.shown || density.extent !== view.extent) this.measure(parts);
    c.setTransform(sharp, 0, 0, sharp, 0, 0);
    c.fillStyle = paint.lane;
    c.fillRect(0, 0, width, height);
    c.fillStyle = paint.faint;
    this.density.values.forEach((value, part) => {
      if (value) c.fillRect(part * 3, height - 2 - Math.sqrt(value) * (height - 6), 2, Math.sqrt(value) * (height - 6));
    });
    const x = (unit) => (unit / view.extent) * width;
    const run = state.runs[0];
    c.fillStyle = paint.bad;
    for (const at of run.blamed.keys()) c.fillRect(x(run.layout.x[at]) - 1, 0, 2.5, height);
    if (state.beside && run.difference !== null) {
      c.fillStyle = paint.warn;
      c.fillRect(x(run.layout.at(run.difference)) - 1, 0, 2, height);
    }
    c.fillStyle = paint.hit;
    let drawn = -9;
    for (const at of state.hits) {
      const here = x(state.shown.layout.x[at]);
      if (here - drawn < 2) continue;
      drawn = here;
      c.fillRect(here - 1, height - 5, 2, 5);
    }
    const from = Math.max(0, x(view.left));
    const to = Math.min(width, x(view.left + view.width / view.scale));
    c.globalAlpha = 0.55;
    c.fillStyle = paint.panel;
    c.fillRect(0, 0, from, height);
    c.fillRect(to, 0, width - to, height);
    c.globalAlpha = 1;
    c.strokeStyle = paint.soft;
    c.lineWidth = 1;
    c.strokeRect(from + 0.5, 0.5, Math.max(3, to - from - 1), height - 1);
    c.fillStyle = paint.accent;
    c.fillRect(x(cursorX(state)) - 1, 0, 2, height);
  }
}
