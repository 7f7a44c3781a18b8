// Badges: what is new in other rooms, as the stream tells it beside their names; in the title as far as one is notified of it,
// and a dot on the icon if there is anything.
const places = $('#places'), icon = $('link[rel=icon]');
const plain = icon.href, dotted = plain.replace(/%3C\/svg%3E$/, "%3Ccircle cx='392' cy='120' r='120' fill='%23d6293e'/%3E$&");
function dot(isThere) {
  const href = isThere ? dotted : plain;
  if (icon.href !== href) icon.href = href;
}
function lookAround() {
  const badges = [...places.querySelectorAll('.count')];
  elsewhere = badges.reduce((sum, badge) => sum + Number(badge.dataset.notify ?? 0), 0);
  isMore = badges.some(badge => badge.hasChildNodes());
  show();
}
new MutationObserver(lookAround).observe(places, {childList: true, subtree: true});
lookAround();
