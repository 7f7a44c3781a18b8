// Replies: the quote above the text comes and goes without a new page, and is sent with the text.
const reply = {
  // The id of the message that is replied to, or an empty string.
  messageId: () => $('#replying input')?.value ?? '',
  cancel() {
    const preview = $('#replying');
    if (!preview) return;
    preview.replaceChildren();
    preview.hidden = true;
  },
  // Takes the quote from the page that has it.
  async start(url) {
    const options = {target: '#replying', select: '#replying', swap: 'outerHTML', source: log};
    await htmx.ajax('GET', url, options).catch(() => {});
    textField.focus();
  },
};
if (composerForm) whenLive(() => {
  on('click', event => {
    const link = event.target.closest('a');
    if (!link || !isPlainClick(event)) return;
    if (link.closest('#replying') && !link.matches('.quoted')) {
      event.preventDefault();
      reply.cancel();
      textField.focus();
    } else if (link.pathname === roomPath && new URLSearchParams(link.search).has('reply')) {
      event.preventDefault();
      $('#menu').hidePopover();
      reply.start(link.href);
    }
  });
  textField.addEventListener('keydown', event => { if (event.key === 'Escape' && reply.messageId()) reply.cancel(); });
});
