//! The models' means with their intervals.

use super::{Anchor, Axis, Drawing, FAINT, INK, LEFT, ROW, WIDTH, fitting};
use crate::{
    analysis::{Measure, RunAnalysis},
    report::document::Figure,
};

pub(super) fn draw(found: &RunAnalysis) -> Option<Figure> {
    // All of what is possible is shown: an axis that is cut makes differences look larger.
    let (low, high) = found.range?;
    let axis = Axis { low, high, from: LEFT, to: WIDTH - 200.0 };
    let top = 44.0;
    let bottom = top + ROW * found.models.len() as f64;
    let mut drawing = Drawing::new();
    drawing.axis(&axis, top, bottom);
    for (index, model) in found.models.iter().enumerate() {
        let y = top + ROW * (index as f64 + 0.5);
        drawing.text((LEFT - 12.0, y + 4.0), Anchor::End, INK, &fitting(&model.label, 28));
        let interval = model.interval.map(|interval| (interval.low, interval.high));
        let words = match (model.score.mean, interval) {
            (Some(mean), Some((low, high))) => {
                format!("{mean:.2} [{low:.2}, {high:.2}] n = {}", model.score.n)
            }
            (Some(mean), None) => format!("{mean:.2}, no interval, n = {}", model.score.n),
            (None, _) => "no decision".into(),
        };
        if let Some(mean) = model.score.mean {
            drawing.interval(&axis, y, mean, interval);
        }
        drawing.text((WIDTH - 188.0, y + 4.0), Anchor::Start, FAINT, &words);
    }
    let title = match found.measure {
        Measure::Correct => "Share of right decisions, by model",
        Measure::Scale | Measure::ChoiceScore | Measure::None => "Mean decision, by model",
    };
    let described = "A dot is a model's mean over scenarios; the line is its 95 % interval.";
    drawing.text((16.0, bottom + 40.0), Anchor::Start, FAINT, described);
    Some(Figure { id: "means", title: title.into(), svg: drawing.finish(bottom + 52.0, title, described) })
}
