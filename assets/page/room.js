// The parts of a room's page that more than one of its scripts uses.
const list = $('#messages');
const log = $('#log'), pill = $('#pill'), end = $('#end'), stream = $('#live'), state = $('#state');
const form = $('#composer'), text = $('textarea'), error = $('#say-error');
const number = row => Number(row.id.slice(1));
const WRITTEN = `written in ${location.pathname}`;
