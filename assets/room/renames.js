// Names: whoever is called otherwise is so at once, wherever they stand here, and nothing else of the page moves.
if (stream) stream.addEventListener('renamed', event => {
  const {user, name, initials, path} = JSON.parse(event.detail.data);
  const put = (node, words) => { if (node && node.textContent !== words) node.textContent = words; };
  const all = (selector, change) => document.querySelectorAll(selector).forEach(change);
  all(`.message[data-author="${user}"]`, row => {
    const link = $('.author', row);
    put($('.avatar', row), initials);
    put(link, name);
    link?.setAttribute('href', path);
  });
  all(`.quoted[data-user="${user}"]`, quote => {
    put($('.avatar', quote), initials);
    put($('strong', quote), name);
  });
  all(`.quoted [data-user="${user}"]`, mention => put(mention, `@${name}`));
  all(`.mention[data-user="${user}"]`, mention => put(mention, `@${name}`));
  // The title of a reaction has the names of the first who reacted so, each between two signs that no name has.
  all(`[data-reactors~="${user}"]`, pill => {
    const place = pill.dataset.reactors.split(' ').indexOf(`${user}`);
    let nth = 0;
    pill.title = pill.title.replace(/\u2068[^\u2069]*\u2069/g, was => nth++ === place ? `\u2068${name}\u2069` : was);
    if (place === 0) put($('.avatar', pill), initials);
  });
});
