// Renames: a user's new name replaces the old one wherever it stands on this page, and nothing else changes.
if (stream) stream.addEventListener('renamed', event => {
  const {user, name, initials, path} = JSON.parse(event.detail.data);
  const setText = (node, words) => { if (node && node.textContent !== words) node.textContent = words; };
  const roots = [document, $('#pending-message-template')?.content].filter(Boolean);
  const forEach = (selector, change) => roots.forEach(root => root.querySelectorAll(selector).forEach(change));
  forEach(`.message[data-author="${user}"]`, row => {
    const link = $('.author', row);
    setText($('.avatar', row), initials);
    setText(link, name);
    link?.setAttribute('href', path);
  });
  forEach(`.quoted[data-user="${user}"]`, quote => {
    setText($('.avatar', quote), initials);
    setText($('strong', quote), name);
  });
  forEach(`.quoted [data-user="${user}"]`, mention => setText(mention, `@${name}`));
  forEach(`.mention[data-user="${user}"]`, mention => setText(mention, `@${name}`));
  // The title of a reaction has the names of the first who reacted so, each between two signs that no name has.
  forEach(`[data-reactors~="${user}"]`, button => {
    const index = button.dataset.reactors.split(' ').indexOf(`${user}`);
    let n = 0;
    button.title = button.title.replace(/\u2068[^\u2069]*\u2069/g, before => n++ === index ? `\u2068${name}\u2069` : before);
    if (index === 0) setText($('.avatar', button), initials);
  });
});
