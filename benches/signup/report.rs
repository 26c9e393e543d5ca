//! The figures, each beside its goal.

use std::fmt;

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// It is told for what it is.
    None,
}

struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
}

/// All figures of a run.
#[derive(Default)]
pub struct Report(Vec<Figure>);

impl Report {
    /// Prints a heading.
    pub fn heading(&self, text: &str) {
        println!("\n{text}");
    }

    /// Prints a figure and keeps it.
    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        let figure = Figure { what: what.into(), value, unit, goal };
        println!("  {figure}");
        self.0.push(figure);
    }
}

impl Figure {
    fn verdict(&self) -> &'static str {
        let is_met = match self.goal {
            Goal::AtLeast(goal) => self.value >= goal,
            Goal::AtMost(goal) => self.value <= goal,
            Goal::None => return "",
        };
        if is_met { "ok" } else { "missed" }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, value, unit, goal } = self;
        let goal = match goal {
            Goal::AtLeast(goal) => format!(">= {goal}"),
            Goal::AtMost(goal) => format!("<= {goal}"),
            Goal::None => String::new(),
        };
        let digits = if *value >= 100.0 { 0 } else { 2 };
        write!(f, "{what:<62}{value:>10.digits$} {unit:<8} {goal:>8}  {}", self.verdict())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures: Vec<_> = self.0.iter().filter(|figure| !matches!(figure.goal, Goal::None)).collect();
        let met = figures.iter().filter(|figure| figure.verdict() == "ok").count();
        writeln!(f, "{:<62}{:>10} {:<8} {:>8}", "All figures with a goal", "measured", "", "goal")?;
        for figure in &figures {
            writeln!(f, "{figure}")?;
        }
        write!(f, "{met} of {} goals met", figures.len())
    }
}

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
