// Answering: the quote above what is written comes and goes without a new page, and goes out with what is written.
const answering = {
  // The number of the message that is being answered, or nothing.
  to: () => $('#replying input')?.value ?? '',
  stop() {
    const nothing = element('div');
    nothing.id = 'replying';
    nothing.hidden = true;
    $('#replying')?.replaceWith(nothing);
  },
  // Takes the quote from the page that would have it.
  async start(address) {
    const asked = {target: '#replying', select: '#replying', swap: 'outerHTML', source: log};
    await htmx.ajax('GET', address, asked).catch(() => {});
    text.focus();
  },
};
if (form) atPresent(() => {
  on('click', event => {
    const link = event.target.closest('a');
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.closest('#replying') && !link.matches('.quoted')) {
      event.preventDefault();
      answering.stop();
      text.focus();
    } else if (link.pathname === pill.pathname && new URLSearchParams(link.search).has('reply')) {
      event.preventDefault();
      $('#menu').hidePopover();
      answering.start(link.href);
    }
  });
  text.addEventListener('keydown', event => { if (event.key === 'Escape' && answering.to()) answering.stop(); });
});
