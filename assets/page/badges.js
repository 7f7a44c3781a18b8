// Badges: what is new, on every page of somebody with a name. It stands beside the names of the rooms; in the title, as far as
// one is notified of it; and there is a dot on the icon if there is anything.
const places = $('#places'), icon = $('link[rel=icon]'), title = document.title;
const plain = icon.href, dotted = plain.replace(/%3C\/svg%3E$/, "%3Ccircle cx='392' cy='120' r='120' fill='%23d6293e'/%3E$&");
let unread = 0, away = 0; // not read yet in the room of the page: of what stands in its list, and of all that a hidden tab was told
let elsewhere = 0, isMore = false; // in other rooms: how much one is notified of, and whether there is anything
function show() {
  const count = Math.max(unread, away) + elsewhere, href = count || isMore ? dotted : plain;
  document.title = (count ? `(${count}) ` : '') + title;
  navigator.setAppBadge?.(count).catch(() => {});
  if (icon.href !== href) icon.href = href;
}
function lookAround() {
  const badges = [...places.querySelectorAll('.count')];
  elsewhere = badges.reduce((sum, badge) => sum + Number(badge.dataset.notify ?? 0), 0);
  isMore = badges.some(badge => badge.hasChildNodes());
  show();
}
if (places) {
  new MutationObserver(lookAround).observe(places, {childList: true, subtree: true});
  lookAround();
}
// The list of the rooms as it is now. What is in it stays what it is: what is pressed, how far one has scrolled, what has the focus.
let fetches = 0, isFetching = false;
async function refreshPlaces() {
  const nth = ++fetches;
  isFetching = true;
  const answer = await fetch(places.dataset.list).catch(() => null), list = answer?.ok ? await answer.text().catch(() => null) : null;
  if (nth !== fetches) return;
  isFetching = false;
  if (list === null) return;
  const focused = document.activeElement;
  await htmx.swap({text: list, target: $('.places', places), swap: 'innerMorph', sourceElement: places});
  if (places.contains(focused) && document.activeElement !== focused) focused.focus({preventScroll: true}); // not every engine moves it along
  lookAround();
}
