//! All figures of all rounds, and how they are shown: tables of medians with their spread, ratios between servers that
//! ran in the same round, or one JSON document with every value.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::figures::{Figure, Figures, Spread};
use crate::growth;
use crate::machine;
use crate::process;
use crate::table;

/// Ratios are shown for these.
const COMPARED: [&str; 5] = ["deliveries/s", "CPU us/delivery", "p99 ms", "answers/s", "CPU us/answer"];

/// These must be 0.
pub const WRONG: [&str; 7] = ["lost", "doubled", "disordered", "misrouted", "broken", "failed", "held after 1 s"];

/// What costs more than so many times as much at the largest size as at the smallest is said to grow.
const GROWS: f64 = 1.5;

/// Everything measured so far.
#[derive(Default)]
pub struct Report {
    scenes: Vec<Scene>,
    loads: Vec<f64>,
}

/// How a scene is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Servers beside each other, the first against each other one.
    Servers,
    /// One server, a row for each size.
    Sizes,
    /// The same; and what is much more at the largest size than at the smallest is said to grow.
    Growth,
}

/// One scenario with its settings, and the rounds of each server, or of each size, in it.
struct Scene {
    title: String,
    shape: Shape,
    runs: Vec<(String, Vec<Figures>)>,
}

impl Report {
    /// A round begins: notes what the machine is doing.
    pub fn round(&mut self) {
        self.loads.push(process::load());
    }

    /// Adds what one run of a server has brought, or one run at a size.
    pub fn add(&mut self, shape: Shape, title: &str, run: String, figures: Figures) {
        if !self.scenes.iter().any(|scene| scene.title == title) {
            self.scenes.push(Scene { title: title.to_owned(), shape, runs: Vec::new() });
        }
        let Some(scene) = self.scenes.iter_mut().find(|scene| scene.title == title) else { return };
        match scene.runs.iter_mut().find(|(name, _)| *name == run) {
            Some((_, rounds)) => rounds.push(figures),
            None => scene.runs.push((run, vec![figures])),
        }
    }

    /// All rounds of a server in the scene whose title starts so.
    pub fn rounds(&self, title: &str, server: &str) -> Option<&[Figures]> {
        let scene = self.scenes.iter().find(|scene| scene.title.starts_with(title))?;
        scene.runs.iter().find(|(name, _)| name == server).map(|(_, rounds)| rounds.as_slice())
    }

    /// The rounds of a server in every scene.
    pub fn all_rounds(&self, server: &str) -> impl Iterator<Item = &Figures> {
        let runs = self.scenes.iter().flat_map(|scene| &scene.runs);
        runs.filter(move |(name, _)| name == server).flat_map(|(_, rounds)| rounds)
    }

    /// The first thing that went wrong, if anything did. What a peer does wrong is shown, and is the peer's.
    pub fn first_wrong(&self) -> Option<String> {
        let runs = self.scenes.iter().flat_map(|scene| scene.runs.iter().map(move |run| (&scene.title, run)));
        let mut figures = runs.filter(|(_, (run, _))| !run.starts_with("nchan")).flat_map(|(title, (run, rounds))| {
            rounds.iter().flat_map(move |figures| figures.0.iter().map(move |figure| (title, run, figure)))
        });
        let (title, run, figure) = figures.find(|(_, _, figure)| WRONG.contains(&figure.name) && figure.value > 0.0)?;
        Some(format!("{title}, {run}: {} {}", figure.value, figure.name))
    }

    /// Shows it as tables in Markdown.
    pub fn write(&self, out: &mut impl Write, data: &Path, with_targets: bool) -> io::Result<()> {
        if with_targets {
            table::write(self, out)?;
        }
        for scene in &self.scenes {
            writeln!(out, "\n### {}\n", scene.title)?;
            match scene.shape {
                Shape::Servers => {
                    scene.write_figures(out)?;
                    scene.write_ratios(out)?;
                }
                Shape::Sizes => scene.write_sizes(out)?,
                Shape::Growth => {
                    scene.write_sizes(out)?;
                    scene.write_growth(out)?;
                }
            }
        }
        let load = Spread::of(&self.loads).map(|load| load.text(2)).unwrap_or_default();
        writeln!(out, "\n{}", machine::line(data))?;
        writeln!(out, "{} rounds; load of the machine before each: {load}", self.loads.len())
    }

    /// Shows it as JSON.
    pub fn write_json(&self, out: &mut impl Write, data: &Path, with_targets: bool) -> io::Result<()> {
        let scenes: Vec<Value> = self.scenes.iter().map(Scene::json).collect();
        let report = json!({
            "machine": machine::describe(data),
            "load_before_rounds": self.loads,
            "targets": if with_targets { table::json(self) } else { Value::Null },
            "scenarios": scenes,
        });
        writeln!(out, "{report:#}")
    }
}

impl Scene {
    fn shown(&self) -> &[Figure] {
        self.runs.first().and_then(|(_, rounds)| rounds.first()).map_or(&[], |figures| figures.0.as_slice())
    }

    fn write_figures(&self, out: &mut impl Write) -> io::Result<()> {
        let names: Vec<&str> = self.runs.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
        for figure in self.shown() {
            let cells: Vec<String> = self.runs.iter().map(|(_, rounds)| cell(rounds, figure)).collect();
            writeln!(out, "| {} | {} |", figure.name, cells.join(" | "))?;
        }
        Ok(())
    }

    /// The first server against each of the others, round by round: what the machine did in a round, it did to both.
    fn write_ratios(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(((first, ours), others)) = self.runs.split_first() else { return Ok(()) };
        for (other, theirs) in others {
            let ratios = COMPARED
                .iter()
                .filter_map(|name| Some(format!("{name} {}", Spread::of(&paired(ours, theirs, name))?.text(2))));
            let ratios: Vec<String> = ratios.collect();
            if !ratios.is_empty() {
                writeln!(out, "\n{first} / {other}: {}", ratios.join("; "))?;
            }
        }
        Ok(())
    }

    fn write_sizes(&self, out: &mut impl Write) -> io::Result<()> {
        let names: Vec<&str> = self.shown().iter().map(|figure| figure.name).collect();
        writeln!(out, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
        for (size, rounds) in &self.runs {
            let cells: Vec<String> = self.shown().iter().map(|figure| cell(rounds, figure)).collect();
            writeln!(out, "| {size} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }

    fn write_growth(&self, out: &mut impl Write) -> io::Result<()> {
        let (Some((least, few)), Some((most, many))) = (self.runs.first(), self.runs.last()) else { return Ok(()) };
        for Figure { name, decimals, .. } in self.shown().iter().filter(|figure| figure.name != growth::SIZE) {
            let (Some(from), Some(to)) = (Spread::of(&values(few, name)), Spread::of(&values(many, name))) else {
                continue;
            };
            if to.median > GROWS * from.median {
                let (from, to) = (from.text(*decimals), to.text(*decimals));
                writeln!(out, "\n**grows**: {name}, {from} with {least}, {to} with {most}")?;
            }
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let runs = self.runs.iter().map(|(name, rounds)| {
            let rounds = rounds.iter().map(|figures| {
                let figures = figures.0.iter().map(|figure| (figure.name.to_owned(), json!(figure.value)));
                Value::Object(figures.collect())
            });
            json!({ "server": name, "rounds": rounds.collect::<Vec<_>>() })
        });
        json!({ "scenario": self.title, "servers": runs.collect::<Vec<_>>() })
    }
}

/// The values of this name, one of each round that has it.
pub fn values(rounds: &[Figures], name: &str) -> Vec<f64> {
    rounds.iter().filter_map(|figures| figures.get(name)).collect()
}

/// Ours over theirs, round by round.
pub fn paired(ours: &[Figures], theirs: &[Figures], name: &str) -> Vec<f64> {
    ours.iter().zip(theirs).filter_map(|(a, b)| Some(a.get(name)? / b.get(name)?)).collect()
}

fn cell(rounds: &[Figures], figure: &Figure) -> String {
    Spread::of(&values(rounds, figure.name)).map_or_else(|| "-".to_owned(), |spread| spread.text(figure.decimals))
}
