// Helpers that all scripts share. Every page works without scripts.
const $ = (selector, root = document) => root.querySelector(selector);
const createElement = (tagName, className = '', textContent = '') =>
  Object.assign(document.createElement(tagName), {className, textContent});
// What a view has rendered for scripts: the one element in a <template>.
const cloneTemplate = id => document.getElementById(id).content.firstElementChild.cloneNode(true);
const on = (type, listener) => document.addEventListener(type, listener);

// A click that opens a link in this tab.
const isPlainClick = event => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
// The item this many steps from the current one; after the last comes the first.
const stepFrom = (items, current, step) => items[(items.indexOf(current) + step + items.length) % items.length];

// Trusted Types: only htmx writes HTML, and never the text of a script.
if (window.trustedTypes) {
  const policy = trustedTypes.createPolicy('htmx', {createHTML: html => html, createScript: () => ''});
  htmx.registerExtension('trusted-types', {init: api => api.initSecurity(policy)});
}

// Fetches HTML. Without a connection the status is 0.
async function fetchFragment(url, options) {
  try {
    const response = await fetch(url, options);
    return {status: response.status, isOk: response.ok, html: await response.text()};
  } catch {
    return {status: 0, isOk: false, html: ''};
  }
}
function swapFragment(html, target, swap = 'innerHTML', sourceElement = target) {
  return htmx.swap({text: html, target, swap, sourceElement});
}
// Fetches HTML and puts it into the target, unless it is an error, or no longer wanted when it comes.
async function loadFragment(url, target, swap = 'innerHTML', isWanted = () => true) {
  const fragment = await fetchFragment(url);
  if (fragment.isOk && isWanted()) await swapFragment(fragment.html, target, swap);
  return fragment;
}
// The text of an error that was answered as HTML.
async function readText(html) {
  const paragraph = createElement('p');
  await swapFragment(html, paragraph);
  return paragraph.textContent;
}
