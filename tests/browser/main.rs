//! Taproom in a real browser: Chromium, driven over WebDriver. What only a browser can show is here: that the pages,
//! the script and the stream together do what somebody sits down for.
//!
//! Each test has its own server, its own data directory and its own browsers, and ends them. Nothing sleeps: a test waits
//! for what it claims, and says what it saw instead if that does not come. With `TAPROOM_SCREENSHOTS=DIRECTORY` the tests
//! about looks leave pictures there.

mod browser;
mod harness;
mod page;

mod accessibility;
mod accounts;
mod badges;
mod company;
mod completing;
mod days;
mod hiding;
mod hostile;
mod keyboard;
mod keys;
mod marks;
mod mending;
mod menu;
mod moving;
mod names;
mod notices;
mod once;
mod opened;
mod order;
mod pace;
mod past;
mod phone;
mod policy;
mod previewing;
mod reading;
mod resuming;
mod rooms;
mod sending;
mod switcher;
mod talking;
mod times;
mod undisturbed;
mod visits;
mod without_script;
