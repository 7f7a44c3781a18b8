//! Figures of one run, and the median and spread of several.

/// What one run has brought, in the order in which it is shown.
#[derive(Clone, Debug, Default)]
pub struct Figures(pub Vec<Figure>);

/// One of it.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// What it is, with its unit.
    pub name: &'static str,
    /// How many decimals are worth showing.
    pub decimals: usize,
    /// The value.
    pub value: f64,
}

impl Figures {
    /// Adds one.
    pub fn add(&mut self, name: &'static str, decimals: usize, value: f64) {
        self.0.push(Figure { name, decimals, value });
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }
}

/// The value below which this share of all lie. Puts `values` in order.
pub fn percentile(values: &mut [u32], share: f64) -> f64 {
    values.sort_unstable();
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.saturating_sub(1)).copied().map_or(f64::NAN, f64::from)
}

/// The middle, the least and the most of some values.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The middle; between two, their mean.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of these.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), least, most })
    }

    /// As it is shown: the median, and the spread if there is one.
    pub fn text(self, decimals: usize) -> String {
        let Self { median, least, most } = self;
        if (most - least).abs() < f64::EPSILON {
            return format!("{median:.decimals$}");
        }
        format!("{median:.decimals$} [{least:.decimals$}..{most:.decimals$}]")
    }
}
