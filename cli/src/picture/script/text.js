// Texts of users as texts: what cannot be seen, or turns the direction of writing, is
// written out, and elements are made without markup.

// Controls but the line feed, white space but the blank, and what changes direction or joins.
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const writtenOut = (c) => `\\u{${c.charCodeAt(0).toString(16)}}`;

// A text of several lines.
function shown(text) {
  return String(text ?? '').replace(UNSEEN, writtenOut);
}

// A text in one line.
function line(text) {
  return shown(text).replace(/\n/g, '\\u{a}');
}

// The beginning of a text in one line: a type's name may be megabytes long.
function short(text, most) {
  const start = String(text ?? '').slice(0, most * 2);
  const said = line(start);
  return said.length > most || String(text ?? '').length > start.length ? said.slice(0, most - 1) + '…' : said;
}

// The same text without the line breaks of a narrow column: a line that was broken because it
// was long, and goes on in lower case. Lines that stand for themselves stay.
function reflowed(text) {
  const lines = String(text ?? '').split('\n');
  let out = lines[0];
  for (let i = 1; i < lines.length; i++) {
    const next = lines[i].trimStart();
    const broken = lines[i - 1].trimEnd().length >= 60 && !/[:.]$/.test(lines[i - 1].trimEnd()) && /^[a-z`]/.test(next) && !next.startsWith('called from');
    out += broken ? ' ' + next : '\n' + lines[i];
  }
  return shown(out);
}

// An element with attributes, handlers (`on..`) and children; texts stay texts.
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const byId = (id) => document.getElementById(id);

// Virtual time in the largest unit that needs no more than three digits before the point.
function duration(nanoseconds) {
  if (!nanoseconds) return '0';
  const units = [['s', 1e9], ['ms', 1e6], ['µs', 1e3]];
  const [name, size] = units.find(([, size]) => Math.abs(nanoseconds) >= size) ?? ['ns', 1];
  return `${Number((nanoseconds / size).toPrecision(name === 's' ? 12 : 6))} ${name}`;
}

function place(site) {
  return site ? `${line(site.file)}:${line(site.line)}` : '';
}

function count(number, one, many = one + 's') {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

// What copying puts on the clipboard is what is seen: no escape sequence gets into a terminal.
// A page that was opened from a file may have no clipboard; the selection then does.
async function copy(text, from) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const range = document.createRange();
    range.selectNodeContents(from);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand('copy');
  }
}
