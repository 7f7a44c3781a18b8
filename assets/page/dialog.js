// The dialog over the page: small pages open in it. It is fetched when it is asked for; without scripts its links lead to
// pages.
const dialog = (() => {
  const DIALOG_PAGES = ['/switcher', '/help'];
  let box = null, wantedUrl = '';
  function createBox() {
    box = createElement('dialog', 'dialog over');
    box.setAttribute('aria-labelledby', 'over-title');
    box.setAttribute('closedby', 'any');
    document.body.append(box);
  }
  async function open(url) {
    wantedUrl = url;
    if (!box) createBox();
    const isWanted = () => wantedUrl === url;
    const fragment = await loadFragment(`${url}?as=dialog`, box, 'innerHTML', isWanted);
    if (!isWanted()) return;
    if (fragment.status && !fragment.isOk) return location.assign(url);
    if (!fragment.status) showOffline();
    if (!box.open) box.showModal();
    ($('[autofocus]', box) ?? $('button', box))?.focus();
  }
  function showOffline() {
    const heading = createElement('h2', '', 'No connection');
    heading.id = 'over-title';
    box.replaceChildren(heading, createElement('p', '', 'Try again when you are online.'));
  }
  on('click', event => {
    const link = event.target.closest('a');
    if (!link || event.defaultPrevented || !isPlainClick(event)) return;
    if (DIALOG_PAGES.includes(link.getAttribute('href'))) {
      event.preventDefault();
      open(link.pathname);
    } else if (box?.contains(link)) box.close(); // or it would still be open when the user comes back
  });
  addEventListener('pageshow', event => { if (event.persisted) box?.close(); });
  return {open};
})();
