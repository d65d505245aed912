//! What the levels of the dimensions do.

use super::{Anchor, Axis, Drawing, FAINT, INK, LEFT, ROW, WIDTH, fitting, short};
use crate::{
    analysis::{Effects, MODEL_FACTOR, RunAnalysis},
    report::document::Figure,
    stats::{Coefficient, FactorEffect},
};

/// Lines that are drawn; the rest stands in the table.
const LINES_MAX: usize = 24;

pub(super) fn draw(found: &RunAnalysis) -> Option<Figure> {
    let effects = found.effects.first()?;
    let mut lines: Vec<(&FactorEffect, &Coefficient)> = effects
        .by_level
        .factors
        .iter()
        .filter(|factor| factor.name != MODEL_FACTOR)
        .flat_map(|factor| factor.coefficients.iter().map(move |effect| (factor, effect)))
        .collect();
    let left_out = lines.len().saturating_sub(LINES_MAX);
    lines.truncate(LINES_MAX);
    let reach = lines
        .iter()
        .flat_map(|(_, effect)| [effect.interval.low, effect.interval.high])
        .filter(|end| end.is_finite())
        .fold(0.0_f64, |most, end| most.max(end.abs()));
    if lines.is_empty() || reach <= 0.0 {
        return None;
    }
    let axis = Axis { low: -reach, high: reach, from: LEFT + 90.0, to: WIDTH - 160.0 };
    let top = 44.0;
    let bottom = top + ROW * lines.len() as f64;
    let mut drawing = Drawing::new();
    drawing.axis(&axis, top, bottom);
    drawing.line((axis.at(0.0), top), (axis.at(0.0), bottom), INK, 1.5);
    for (index, (factor, effect)) in lines.iter().enumerate() {
        let y = top + ROW * (index as f64 + 0.5);
        let level = effect.level.as_deref().unwrap_or("per point");
        let name = format!("{}: {level}", factor.name);
        drawing.text((LEFT + 78.0, y + 4.0), Anchor::End, INK, &fitting(&name, 40));
        drawing.interval(&axis, y, effect.estimate, Some((effect.interval.low, effect.interval.high)));
        let sign = if effect.estimate > 0.0 { "+" } else { "" };
        let words = format!(
            "{sign}{} [{}, {}]",
            short(effect.estimate),
            short(effect.interval.low),
            short(effect.interval.high)
        );
        drawing.text((WIDTH - 148.0, y + 4.0), Anchor::Start, FAINT, &words);
    }
    let more = if left_out > 0 { format!(" {left_out} more are left out.") } else { String::new() };
    let described = format!("Change against each dimension's first level, with its 95 % interval.{more}");
    drawing.text((16.0, bottom + 40.0), Anchor::Start, FAINT, &described);
    let title = title_of(effects);
    Some(Figure { id: "effects", svg: drawing.finish(bottom + 52.0, &title, &described), title })
}

fn title_of(effects: &Effects) -> String {
    let what = match &effects.outcome {
        None => "the decision".to_owned(),
        Some(outcome) => format!("the share that chose {}", fitting(outcome, 30)),
    };
    let whose = if effects.run_model_id.is_none() { ", over all models" } else { "" };
    format!("What moves {what}{whose}")
}
