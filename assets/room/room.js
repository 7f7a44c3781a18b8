// The parts of a room's page that more than one of its scripts uses.
const list = $('#messages');
const log = $('#log'), pill = $('#pill'), end = $('#end'), state = $('#state');
const form = $('#composer'), text = $('textarea'), error = $('#say-error');
const ROW = '.message[id]'; // one that the server has told of
const number = row => row.id ? Number(row.id.slice(1)) : Infinity; // what is on its way there stands below all others
const isMine = row => form !== null && row.dataset.author === form.dataset.person;
// A page of the past has no stream until one has read down to the present. What belongs to the present alone begins then.
let stream = $('#live');
const beginnings = [];
const atPresent = begin => { if (stream) begin(); else beginnings.push(begin); };
const WRITTEN = `written in ${location.pathname}`;
