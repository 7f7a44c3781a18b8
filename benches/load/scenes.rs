//! Which servers take part in which scenario, and in which order: Taproom first, then the servers it is compared with.

use std::io::{self, Write};
use std::rc::Rc;

use crate::backup;
use crate::fanout::{self, Pace};
use crate::figures::Figures;
use crate::fill::{Amount, Filled};
use crate::growth::{self, Axis};
use crate::nchan::Installed;
use crate::options::{Options, Scenario};
use crate::quiet;
use crate::report::{Report, Shape};
use crate::requests::{self, PostStyle};
use crate::server::Kind;
use crate::start;

/// Over how many rooms a long history is spread.
const HISTORY_ROOMS: usize = 1_000;

/// The run so far.
pub struct Scenes {
    /// What was measured.
    pub report: Report,
    frame: usize,
    nchan: Option<Installed>,
    filled: Vec<Rc<Filled>>,
}

impl Scenes {
    /// Nothing measured yet. Says so if nchan is wanted and not there.
    pub fn new(options: &Options) -> Self {
        let nchan = Installed::find();
        if nchan.is_none() && options.nchan.iter().any(|workers| *workers > 0) {
            let _nobody_reads = writeln!(io::stderr(), "there is no nginx with nchan here: measured without it");
        }
        Self { report: Report::default(), frame: options.frame, nchan, filled: Vec::new() }
    }

    /// One scenario, once with each server.
    pub fn run(&mut self, scenario: Scenario, options: &Options) -> io::Result<()> {
        match scenario {
            Scenario::Fanout => self.crowds(options, Pace::Window(options.window)),
            Scenario::Paced => self.crowds(options, Pace::Rate(options.rate)),
            Scenario::Memory => self.crowds(options, Pace::Silence),
            Scenario::Posts => self.posts(options),
            Scenario::Pages => self.pages(options),
            Scenario::Quiet => self.quiet(options),
            Scenario::Start => self.start(options),
            Scenario::Backup => self.backup(options),
            Scenario::Growth => Axis::ALL.into_iter().try_for_each(|axis| self.growth(axis, options)),
        }
    }

    fn crowds(&mut self, options: &Options, pace: Pace) -> io::Result<()> {
        let Options { listeners, rooms, .. } = options;
        let what = match pace {
            Pace::Window(window) => format!("{window} on the way at once"),
            Pace::Rate(rate) => format!("{rate} messages a second"),
            Pace::Silence => "no messages".to_owned(),
        };
        let title = format!("{listeners} listeners in {rooms} room(s), {what}");
        let ceilings = options.ceilings.iter().filter(|threads| **threads > 0).map(|threads| Kind::Ceiling(*threads));
        // A ceiling knows no rooms: everybody would hear everything.
        let ceilings = ceilings.filter(|_| *rooms == 1);
        for kind in chats(options).into_iter().chain(ceilings).chain(self.nchan(options)) {
            let run = fanout::run(&kind, pace, options, self.frame)?;
            if kind.is_chat() {
                self.frame = run.frame;
            }
            self.report.add(Shape::Servers, &title, kind.name(), run.figures);
        }
        Ok(())
    }

    fn posts(&mut self, options: &Options) -> io::Result<()> {
        for connections in &options.connections {
            for style in PostStyle::ALL {
                let title = format!("Durable posts, {connections} connection(s), {}", style.title());
                self.each(&title, &chats(options), |kind| requests::posts(kind, *connections, style, options))?;
            }
        }
        Ok(())
    }

    fn pages(&mut self, options: &Options) -> io::Result<()> {
        for connections in &options.connections {
            let title = format!("Page of a room with 50 messages, {connections} connection(s)");
            self.each(&title, &chats(options), |kind| requests::pages(kind, *connections, options))?;
        }
        Ok(())
    }

    fn quiet(&mut self, options: &Options) -> io::Result<()> {
        let (listeners, window, frame) = (options.listeners, options.window, self.frame);
        let title = format!("A quiet room beside one with {listeners} listeners, {window} on the way at once");
        let kinds: Vec<Kind> = chats(options).into_iter().chain(self.nchan(options)).collect();
        self.each(&title, &kinds, |kind| quiet::run(kind, options, frame))
    }

    fn start(&mut self, options: &Options) -> io::Result<()> {
        let (title, filled) = self.history("Start", options)?;
        self.each(&title, &chats(options), |kind| start::run(kind, &filled, options))
    }

    fn backup(&mut self, options: &Options) -> io::Result<()> {
        let (title, filled) = self.history("Posts while copies are made, 200 a second", options)?;
        self.each(&title, &chats(options), |kind| backup::run(kind, &filled, options))
    }

    fn growth(&mut self, axis: Axis, options: &Options) -> io::Result<()> {
        for size in axis.sizes(options) {
            let filled = axis.amount(size).map(|amount| self.file(amount, options)).transpose()?;
            for kind in chats(options) {
                let figures = match &filled {
                    Some(filled) => growth::file(&kind, filled, options)?,
                    None => growth::listeners(axis, size, &kind, options)?,
                };
                let title = format!("{}, {}", axis.title(), kind.name());
                let shape = if filled.is_some() { Shape::Growth } else { Shape::Sizes };
                self.report.add(shape, &title, size.to_string(), figures);
            }
        }
        Ok(())
    }

    /// A long history in many rooms: what a scene with it is called, and its file.
    fn history(&mut self, what: &str, options: &Options) -> io::Result<(String, Rc<Filled>)> {
        let rooms = HISTORY_ROOMS.min(options.history);
        let amount = Amount { rooms, each: options.history / rooms, first: 0 };
        let title = format!("{what}: {} messages in {rooms} rooms", amount.messages());
        Ok((title, self.file(amount, options)?))
    }

    /// The file with this in it. It is made when it is first asked for, and goes with the last round.
    fn file(&mut self, amount: Amount, options: &Options) -> io::Result<Rc<Filled>> {
        if let Some(filled) = self.filled.iter().find(|filled| filled.amount == amount) {
            return Ok(Rc::clone(filled));
        }
        let _nobody_reads = writeln!(io::stderr(), "writing a file with {} messages", amount.messages());
        let filled = Rc::new(Filled::make(amount, options)?);
        self.filled.push(Rc::clone(&filled));
        Ok(filled)
    }

    fn each(&mut self, title: &str, kinds: &[Kind], run: impl Fn(&Kind) -> io::Result<Figures>) -> io::Result<()> {
        for kind in kinds {
            let figures = run(kind)?;
            self.report.add(Shape::Servers, title, kind.name(), figures);
        }
        Ok(())
    }

    fn nchan(&self, options: &Options) -> Vec<Kind> {
        let workers = options.nchan.iter().copied().filter(|workers| *workers > 0);
        self.nchan.iter().flat_map(|nchan| workers.clone().map(|workers| Kind::Nchan(nchan.clone(), workers))).collect()
    }
}

fn chats(options: &Options) -> Vec<Kind> {
    std::iter::once(Kind::Taproom).chain(options.beside.clone().map(Kind::Other)).collect()
}
