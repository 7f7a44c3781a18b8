// Autocomplete: suggestions for commands, people, rooms and emoji, in a list beside the text. Arrow keys choose, Enter and Tab
// insert, Escape closes the list until another trigger is typed.
for (const field of document.querySelectorAll('textarea[data-completes]')) {
  const PAUSE_MS = 60;
  // A trigger counts where a word may begin; a slash, where the text does.
  const TRIGGERS = [
    /^\s*(\/\p{L}*)$/u,
    /(?:^|[^\p{L}\p{N}_/@#&])(@(?:[^\s@](?:[^\n@]{0,30}[^\s@])?)?)$/u,
    /(?:^|[^\p{L}\p{N}_/@#&])(#[\p{L}\p{N}][^\s#]{0,79})$/u,
    /(?:^|[^\p{L}\p{N}_/:])(:[a-z0-9+-][a-z0-9_+-]+)$/iu, // with one letter it is as often a smiley
  ];
  const listbox = createElement('ul', 'suggest');
  let start = -1; // where the text begins that a suggestion replaces
  let closedAt = -1; // where the user has taken or closed the suggestions of a trigger
  let requests = 0, timer = null;
  let empty = null; // the last query without suggestions
  Object.assign(listbox, {id: 'choices', role: 'listbox', ariaLabel: 'Suggestions', hidden: true});
  field.closest('.composer, .field').append(listbox);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', listbox.id);

  // The trigger before the caret and the text behind it.
  function findQuery() {
    const end = field.selectionStart;
    if (end !== field.selectionEnd) return null;
    const skipped = Math.max(0, end - 200), before = field.value.slice(skipped, end);
    // The slash is the first of them. Of several the nearest counts.
    const matches = TRIGGERS.slice(skipped ? 1 : 0).map(trigger => trigger.exec(before)?.[1]).filter(Boolean);
    const q = matches.sort((a, b) => a.length - b.length)[0];
    return q ? {at: end - q.length, q} : null;
  }
  function close() {
    requests++;
    clearTimeout(timer);
    hide();
  }
  function hide() {
    listbox.hidden = true;
    listbox.replaceChildren();
    field.removeAttribute('aria-activedescendant');
  }
  function select(option) {
    for (const other of listbox.children) other.ariaSelected = String(other === option);
    field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({block: 'nearest'});
  }
  const selected = () => $('[aria-selected=true]', listbox);
  // What is shown may still belong to fewer letters.
  const matchesQuery = option => option.textContent.toLowerCase().includes(findQuery()?.q.slice(1).toLowerCase());
  async function load({at, q}) {
    const request = ++requests, url = field.dataset.completes + encodeURIComponent(q);
    const {isOk, html} = await fetchFragment(url, {headers: {'HX-Request': 'true'}});
    if (request !== requests) return; // the text has changed meanwhile
    if (!html || !isOk) {
      if (isOk) empty = {at, q};
      return close();
    }
    await swapFragment(html, listbox);
    if (request !== requests || findQuery()?.q !== q) return hide();
    start = at;
    listbox.hidden = false;
    select(listbox.firstElementChild);
  }
  function update() {
    const query = findQuery();
    if (query?.at !== closedAt) closedAt = -1;
    const isEmpty = query && empty && empty.at === query.at && query.q.startsWith(empty.q);
    if (!query || query.at === closedAt || isEmpty) return close();
    requests++;
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE_MS, query);
  }
  function insert(option) {
    const end = field.selectionStart, suggestion = option.dataset.insert;
    const words = /^\s/.test(field.value.slice(end)) ? suggestion.trimEnd() : suggestion;
    closedAt = start;
    close();
    field.focus();
    field.setSelectionRange(start, end);
    // As if it were typed: so it can be undone, and the draft is saved.
    if (document.execCommand('insertText', false, words)) return;
    field.setRangeText(words, start, end, 'end');
    field.dispatchEvent(new Event('input', {bubbles: true}));
  }

  field.addEventListener('input', event => { if (!event.isComposing) update(); });
  field.addEventListener('compositionstart', close);
  field.addEventListener('compositionend', update);
  field.addEventListener('blur', close);
  on('selectionchange', () => { if (!listbox.hidden && findQuery()?.at !== start) hide(); });
  field.form.addEventListener('submit', () => {
    closedAt = -1;
    close();
  });
  field.addEventListener('keydown', event => {
    if (listbox.hidden || event.isComposing || event.keyCode === 229) return; // 229: Safari's input methods
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) select(stepFrom([...listbox.children], selected(), step));
    else if ((event.key === 'Enter' || event.key === 'Tab') && matchesQuery(selected())) insert(selected());
    else if (event.key === 'Escape') {
      closedAt = start;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  listbox.addEventListener('mousedown', event => event.preventDefault()); // the text keeps the focus
  listbox.addEventListener('click', event => {
    const option = event.target.closest('[role=option]');
    if (option) insert(option);
  });
}
