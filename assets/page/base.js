// What all scripts of the pages use, and what every page needs. Every page works without it.
const $ = (selector, root = document) => root.querySelector(selector);
const element = (name, classes = '', words = '') => Object.assign(document.createElement(name), {className: classes, textContent: words});
const on = (type, listener) => document.addEventListener(type, listener);

// Trusted Types: only htmx writes HTML, and never the text of a script.
if (window.trustedTypes) {
  const policy = trustedTypes.createPolicy('htmx', {createHTML: html => html, createScript: () => ''});
  htmx.registerExtension('trusted-types', {init: api => api.initSecurity(policy)});
}
