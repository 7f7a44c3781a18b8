// The parts of a room's page that several of its scripts use.
const messageList = $('#messages'), log = $('#log'), listEnd = $('#end');
const latestLink = $('#pill'), roomPath = latestLink.pathname;
const composerForm = $('#composer'), textField = $('textarea'), composerError = $('#say-error');
const ROW = '.message[id]'; // a message that the server knows
const findRows = () => [...messageList.querySelectorAll(ROW)];
const messageId = row => row.id ? Number(row.id.slice(1)) : Infinity; // unsent messages stand below all others
const isMine = row => composerForm !== null && row.dataset.author === composerForm.dataset.person;
// A page of the past gets its stream when the user has scrolled down to the present. Until then these wait.
let stream = $('#live');
const waitingForStream = [];
const whenLive = start => { if (stream) start(); else waitingForStream.push(start); };
const UNSENT_TEXT_KEY = `written in ${location.pathname}`; // what was typed when the page had to be reloaded
