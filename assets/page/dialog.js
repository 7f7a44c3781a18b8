// Over the page: what is small enough opens there, and is a page of its own for whoever has no script. It is fetched when it is
// asked for, so no page carries it.
const over = (() => {
  let dialog = null, asked = '';
  function make() {
    dialog = element('dialog', 'dialog over');
    dialog.setAttribute('aria-labelledby', 'over-title');
    dialog.setAttribute('closedby', 'any');
    document.body.append(dialog);
  }
  async function open(address) {
    asked = address;
    const answer = await fetch(`${address}?as=dialog`).catch(() => null);
    if (asked !== address) return; // something else was asked for meanwhile
    if (answer && !answer.ok) return location.assign(address);
    if (!dialog) make();
    if (answer) await htmx.swap({text: await answer.text(), target: dialog, swap: 'innerHTML', sourceElement: dialog});
    else {
      const title = element('h2', '', 'No connection');
      title.id = 'over-title';
      dialog.replaceChildren(title, element('p', '', 'Try again when there is one.'));
    }
    if (!dialog.open) dialog.showModal();
    ($('[autofocus]', dialog) ?? $('button', dialog))?.focus();
  }
  on('click', event => {
    const link = event.target.closest('a');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (['/switch', '/help'].includes(link.getAttribute('href'))) {
      event.preventDefault();
      open(link.pathname);
    } else if (dialog?.contains(link)) dialog.close(); // or it would still be open when one comes back
  });
  addEventListener('pageshow', event => { if (event.persisted) dialog?.close(); });
  return {open};
})();
