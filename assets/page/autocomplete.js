// Completing: what a sign and a few letters may go on to is offered in a list beside the text. Arrows choose, Enter and Tab take,
// Escape puts the list away until another sign is written.
for (const field of document.querySelectorAll('textarea[data-completes]')) {
  const PAUSE_MS = 60;
  // A sign counts where a word may begin; a slash, where the text does.
  const SIGNS = [
    /^\s*(\/\p{L}*)$/u,
    /(?:^|[^\p{L}\p{N}_/@#&])(@(?:[^\s@](?:[^\n@]{0,30}[^\s@])?)?)$/u,
    /(?:^|[^\p{L}\p{N}_/@#&])(#[\p{L}\p{N}][^\s#]{0,79})$/u,
    /(?:^|[^\p{L}\p{N}_/:])(:[a-z0-9+-][a-z0-9_+-]+)$/iu, // with one letter it is a smile as often as not
  ];
  const box = element('ul', 'suggest');
  let at = -1, settled = -1, asked = 0, timer = null, vain = null; // vain: what nothing was found for
  Object.assign(box, {id: 'choices', role: 'listbox', ariaLabel: 'What it may be', hidden: true});
  field.closest('.composer, .field').append(box);
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', box.id);

  function begun() {
    const end = field.selectionStart;
    if (end !== field.selectionEnd) return null;
    const before = field.value.slice(Math.max(0, end - 200), end), skipped = Math.max(0, end - 200);
    // The slash is the first of them. Of several the nearest counts.
    const found = SIGNS.slice(skipped ? 1 : 0).map(sign => sign.exec(before)?.[1]).filter(Boolean);
    const q = found.sort((a, b) => a.length - b.length)[0];
    return q ? {at: end - q.length, q} : null;
  }
  function close() {
    asked++;
    clearTimeout(timer);
    hide();
  }
  function hide() {
    box.hidden = true;
    box.replaceChildren();
    field.removeAttribute('aria-activedescendant');
  }
  function choose(option) {
    for (const other of box.children) other.ariaSelected = String(other === option);
    field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({block: 'nearest'});
  }
  const chosen = () => $('[aria-selected=true]', box);
  // What is offered may be what fewer letters led to.
  const fits = option => option.textContent.toLowerCase().includes(begun()?.q.slice(1).toLowerCase());
  async function ask({at: from, q}) {
    const mine = ++asked;
    const answer = await fetch(field.dataset.completes + encodeURIComponent(q), {headers: {'HX-Request': 'true'}}).catch(() => null);
    const html = answer?.ok ? await answer.text() : null;
    if (mine !== asked) return; // more was written meanwhile
    if (!html) {
      if (html === '') vain = {from, q};
      return close();
    }
    await htmx.swap({text: html, target: box, swap: 'innerHTML', sourceElement: box});
    if (mine !== asked || begun()?.q !== q) return hide();
    at = from;
    box.hidden = false;
    choose(box.firstElementChild);
  }
  function look() {
    const found = begun();
    if (found?.at !== settled) settled = -1;
    const isVain = found && vain && vain.from === found.at && found.q.startsWith(vain.q);
    if (!found || found.at === settled || isVain) return close();
    asked++;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS, found);
  }
  function take(option) {
    const end = field.selectionStart, {insert} = option.dataset;
    const words = /^\s/.test(field.value.slice(end)) ? insert.trimEnd() : insert;
    settled = at;
    close();
    field.focus();
    field.setSelectionRange(at, end);
    // As if it were typed: so it can be undone, and is kept as what is typed is.
    if (document.execCommand('insertText', false, words)) return;
    field.setRangeText(words, at, end, 'end');
    field.dispatchEvent(new Event('input', {bubbles: true}));
  }

  field.addEventListener('input', event => { if (!event.isComposing) look(); });
  field.addEventListener('compositionstart', close);
  field.addEventListener('compositionend', look);
  field.addEventListener('blur', close);
  on('selectionchange', () => { if (!box.hidden && begun()?.at !== at) hide(); });
  field.form.addEventListener('submit', () => {
    settled = -1;
    close();
  });
  field.addEventListener('keydown', event => {
    if (box.hidden || event.isComposing || event.keyCode === 229) return; // 229: Safari's input methods
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const options = [...box.children], step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) choose(options[(options.indexOf(chosen()) + step + options.length) % options.length]);
    else if ((event.key === 'Enter' || event.key === 'Tab') && fits(chosen())) take(chosen());
    else if (event.key === 'Escape') {
      settled = at;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  box.addEventListener('mousedown', event => event.preventDefault()); // the text keeps the focus
  box.addEventListener('click', event => {
    const option = event.target.closest('[role=option]');
    if (option) take(option);
  });
}
