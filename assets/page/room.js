// The parts of a room's page that more than one of its scripts uses.
const list = $('#messages');
const log = $('#log'), pill = $('#pill'), end = $('#end'), stream = $('#live'), state = $('#state');
const form = $('#composer'), text = $('textarea'), error = $('#say-error');
const ROW = '.message[id]'; // one that the server has told of
const number = row => row.id ? Number(row.id.slice(1)) : Infinity; // what is on its way there stands below all others
const isMine = row => form !== null && row.dataset.author === form.dataset.person;
const WRITTEN = `written in ${location.pathname}`;
