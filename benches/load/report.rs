//! All figures of all rounds, and how they are shown: tables of medians with their spread, ratios between servers that
//! ran in the same round, or one JSON document with every value.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::figures::{Figure, Figures, Spread};
use crate::process;

/// Ratios are shown for these.
const COMPARED: [&str; 5] = ["deliveries/s", "CPU us/delivery", "p99 ms", "answers/s", "CPU us/answer"];

/// These must be 0.
const WRONG: [&str; 7] = ["lost", "doubled", "disordered", "misrouted", "broken", "failed", "held after 1 s"];

/// Everything measured so far.
#[derive(Default)]
pub struct Report {
    scenes: Vec<Scene>,
    loads: Vec<f64>,
}

/// One scenario with its settings, and the rounds of each server in it.
struct Scene {
    title: String,
    servers: Vec<(String, Vec<Figures>)>,
}

impl Report {
    /// A round begins: notes what the machine is doing.
    pub fn round(&mut self) {
        self.loads.push(process::load());
    }

    /// Adds what one run of a server has brought.
    pub fn add(&mut self, title: &str, server: String, figures: Figures) {
        if !self.scenes.iter().any(|scene| scene.title == title) {
            self.scenes.push(Scene { title: title.to_owned(), servers: Vec::new() });
        }
        let Some(scene) = self.scenes.iter_mut().find(|scene| scene.title == title) else { return };
        match scene.servers.iter_mut().find(|(name, _)| *name == server) {
            Some((_, rounds)) => rounds.push(figures),
            None => scene.servers.push((server, vec![figures])),
        }
    }

    /// The first thing that went wrong, if anything did.
    pub fn first_wrong(&self) -> Option<String> {
        let runs = self.scenes.iter().flat_map(|scene| scene.servers.iter().map(move |server| (&scene.title, server)));
        let mut figures = runs.flat_map(|(title, (server, rounds))| {
            rounds.iter().flat_map(move |figures| figures.0.iter().map(move |figure| (title, server, figure)))
        });
        let (title, server, figure) =
            figures.find(|(_, _, figure)| WRONG.contains(&figure.name) && figure.value > 0.0)?;
        Some(format!("{title}, {server}: {} {}", figure.value, figure.name))
    }

    /// Shows it as tables in Markdown.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        for scene in &self.scenes {
            writeln!(out, "\n### {}\n", scene.title)?;
            scene.write_figures(out)?;
            scene.write_ratios(out)?;
        }
        let load = Spread::of(&self.loads).map(|load| load.text(2)).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        writeln!(out, "\n{cores} cores, {} rounds; load of the machine before each round: {load}", self.loads.len())
    }

    /// Shows it as JSON.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let scenes: Vec<Value> = self.scenes.iter().map(Scene::json).collect();
        let report = json!({
            "cores": std::thread::available_parallelism().map_or(0, usize::from),
            "load_before_rounds": self.loads,
            "scenarios": scenes,
        });
        writeln!(out, "{report:#}")
    }
}

impl Scene {
    fn write_figures(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(shown) = self.servers.first().and_then(|(_, rounds)| rounds.first()) else { return Ok(()) };
        let names: Vec<&str> = self.servers.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(out, "| | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
        for Figure { name, decimals, .. } in &shown.0 {
            let cells = self.servers.iter().map(|(_, rounds)| {
                let values: Vec<f64> = rounds.iter().filter_map(|figures| figures.get(name)).collect();
                Spread::of(&values).map_or_else(|| "-".to_owned(), |spread| spread.text(*decimals))
            });
            writeln!(out, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | "))?;
        }
        Ok(())
    }

    /// The first server against each of the others, round by round: what the machine did in a round, it did to both.
    fn write_ratios(&self, out: &mut impl Write) -> io::Result<()> {
        let Some(((first, ours), others)) = self.servers.split_first() else { return Ok(()) };
        for (other, theirs) in others {
            let ratios = COMPARED.iter().filter_map(|name| {
                let pairs = ours.iter().zip(theirs).filter_map(|(a, b)| Some(a.get(name)? / b.get(name)?));
                Some(format!("{name} {}", Spread::of(&pairs.collect::<Vec<_>>())?.text(2)))
            });
            writeln!(out, "\n{first} / {other}: {}", ratios.collect::<Vec<_>>().join("; "))?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let servers = self.servers.iter().map(|(name, rounds)| {
            let rounds = rounds.iter().map(|figures| {
                let figures = figures.0.iter().map(|figure| (figure.name.to_owned(), json!(figure.value)));
                Value::Object(figures.collect())
            });
            json!({ "server": name, "rounds": rounds.collect::<Vec<_>>() })
        });
        json!({ "scenario": self.title, "servers": servers.collect::<Vec<_>>() })
    }
}
