// Light, dark, or as the system has it. What was chosen is remembered if the browser lets us.

const THEMES = ['system', 'light', 'dark'];

class Theme {
  constructor(changed) {
    this.changed = changed;
    let kept = null;
    try { kept = localStorage.getItem('reveille-theme'); } catch { /* a page from a file may have no storage */ }
    this.set(THEMES.includes(kept) ? kept : 'system', false);
    byId('theme').addEventListener('click', () => this.set(THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length]));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.apply());
    // On paper it is light, and drawn at once: there is no next frame before the page is printed.
    addEventListener('beforeprint', () => this.apply('light', true));
    addEventListener('afterprint', () => this.apply());
  }

  set(theme, tell = true) {
    this.theme = theme;
    try { if (tell) localStorage.setItem('reveille-theme', theme); } catch { /* then it is for this time only */ }
    byId('theme').textContent = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[theme];
    this.apply();
  }

  apply(theme = this.theme, atOnce = false) {
    const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    this.changed(atOnce);
  }
}
