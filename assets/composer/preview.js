// Preview: what is written as it will look, above it, by the button that leads to a page of it without a script. Whatever is
// written after that takes it away.
if (form) {
  const way = $('.preview', form);
  let shown = null;
  const hide = () => {
    shown?.remove();
    shown = null;
    way.ariaExpanded = 'false';
  };
  async function show() {
    const body = text.value, place = shown = element('div', 'composer-preview');
    Object.assign(place, {role: 'status', ariaLabel: 'Preview', tabIndex: 0});
    way.ariaExpanded = 'true';
    way.closest('.composer-box').prepend(place);
    const asked = {method: 'POST', headers: {'hx-request': 'true'}, body: new URLSearchParams({body})};
    const answer = await fetch(way.formAction, asked).catch(() => null), html = await answer?.text().catch(() => '');
    if (shown !== place) return;
    const target = answer?.ok ? place : element('p');
    await htmx.swap({text: html ?? '', target, swap: 'innerHTML', sourceElement: form});
    complain(answer?.ok ? '' : target.textContent || 'No preview: no connection.');
    if (!answer?.ok) hide();
  }
  way.ariaExpanded = 'false';
  way.addEventListener('click', event => {
    event.preventDefault();
    if (shown) hide(); else if (text.value.trim()) show();
  });
  for (const type of ['input', 'submit']) form.addEventListener(type, hide);
  form.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !shown) return;
    event.stopPropagation();
    hide();
    text.focus();
  }, true);
}
