// Notifications: what this browser may show, and the sound. Only the button of the settings asks whether it may.
const notices = {
  mayShow: () => 'Notification' in window && Notification.permission === 'granted',
  isLoud() { try { return localStorage.getItem('sound') === 'on'; } catch { return false; } },
  // Shows one in the place of another with the same tag. Returns whether the browser lets a page do so: on phones many do not.
  show(title, body, tag, open) {
    try {
      const notice = new Notification(title, {body, tag, renotify: true, dir: 'auto'});
      notice.onclick = () => { focus(); notice.close(); open(); };
      return true;
    } catch { return false; }
  },
  // Two soft tones. A page in which nobody has clicked or typed yet may make none.
  sound() {
    if (navigator.userActivation?.hasBeenActive === false) return;
    const voice = new AudioContext();
    for (const [n, pitch] of [660, 880].entries()) {
      const tone = voice.createOscillator(), volume = voice.createGain(), from = voice.currentTime + n * .12;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(.08, from + .01);
      volume.gain.exponentialRampToValueAtTime(.0001, from + .3);
      tone.connect(volume).connect(voice.destination);
      tone.start(from);
      tone.stop(from + .3);
      if (n) tone.onended = () => voice.close();
    }
  },
};
if ($('#notices')) {
  const state = $('#notices-state'), allow = $('#notices-allow'), once = $('#notices-try'), loud = $('[name=sound]');
  const NEEDS_HTTPS = 'Browsers show notifications only for pages that come by https, and this one did not.';
  const CANNOT = 'This browser shows no notifications of pages. On a phone only installed apps have them.';
  const WORDS = {
    default: 'Nothing is shown until you allow it.',
    granted: 'This browser shows them. To stop that, take back the permission in the settings that it has for this site.',
    denied: 'This browser was told to show none. To change that, open the settings that it has for this site, beside its address, and allow notifications there.',
  };
  const tell = words => { if (state.textContent !== words) state.textContent = words; };
  const look = () => {
    const permission = isSecureContext && 'Notification' in window ? Notification.permission : null;
    tell(permission ? WORDS[permission] : isSecureContext ? CANNOT : NEEDS_HTTPS);
    allow.hidden = permission !== 'default';
    once.hidden = permission !== 'granted';
  };
  allow.addEventListener('click', async () => {
    await Notification.requestPermission();
    look();
    if (allow.hidden && !once.hidden) once.focus();
  });
  once.addEventListener('click', () => {
    if (!notices.show('Taproom', 'This is how it looks.', 'try', () => {})) tell(CANNOT);
  });
  loud.checked = notices.isLoud();
  loud.addEventListener('change', () => {
    try { localStorage.setItem('sound', loud.checked ? 'on' : 'off'); } catch { loud.checked = false; } // storage may be forbidden
  });
  $('#sound-try').addEventListener('click', () => notices.sound());
  addEventListener('focus', look); // somebody comes back from the settings of the browser
  look();
  $('#notices').hidden = false;
}
