// The parts of a room's page that more than one of its scripts uses.
const list = $('#messages');
const log = $('#log'), pill = $('#pill'), end = $('#end'), stream = $('#live'), state = $('#state');
const form = $('#composer'), text = $('textarea'), error = $('#say-error');
const ROW = '.message[id]'; // one that the server has told of; what is still on its way there has no number
const number = row => Number(row.id.slice(1));
const isMine = row => form !== null && row.dataset.author === form.dataset.person;
const WRITTEN = `written in ${location.pathname}`;
