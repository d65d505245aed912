//! How often each decision was made.

use super::{Anchor, Drawing, FAINT, INK, LEFT, ROW, WIDTH, fitting};
use crate::{
    analysis::{Measure, RunAnalysis},
    report::document::Figure,
};

/// More decisions than these could not be told apart.
const VALUES_MAX: usize = 9;
/// From the low to the high end of a scale: darker is higher, also without colour.
const STEPS: [&str; 9] =
    ["#fde725", "#addc30", "#5ec962", "#28ae80", "#21918c", "#2c728e", "#3b528b", "#472d7b", "#440154"];
/// Choices, which have no order (Okabe & Ito, 2008, for colour-blind readers).
const KINDS: [&str; 9] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999", "#1f2937"];

pub(super) fn draw(found: &RunAnalysis) -> Option<Figure> {
    let values: Vec<&str> =
        found.models.first()?.distribution.iter().map(|share| share.value.as_str()).collect();
    let is_free = found.models.iter().any(|model| model.distinct_count.is_some());
    if is_free || values.is_empty() || values.len() > VALUES_MAX {
        return None;
    }
    let colour = |index: usize| match found.measure {
        Measure::Scale => STEPS.get(index * (STEPS.len() - 1) / (values.len() - 1).max(1)),
        Measure::ChoiceScore | Measure::Correct | Measure::None => KINDS.get(index),
    };
    let colour = |index: usize| colour(index).copied().unwrap_or(FAINT);
    let mut drawing = Drawing::new();
    let mut x = LEFT;
    let mut top = 44.0;
    for (index, value) in values.iter().enumerate() {
        let name = fitting(value, 24);
        let width = 26.0 + 7.5 * name.chars().count() as f64;
        if x + width > WIDTH - 16.0 {
            (x, top) = (LEFT, top + 20.0);
        }
        drawing.rect((x, top), (12.0, 12.0), colour(index));
        drawing.text((x + 18.0, top + 11.0), Anchor::Start, INK, &name);
        x += width;
    }
    top += 26.0;
    let room = WIDTH - 110.0 - LEFT;
    for (row, model) in found.models.iter().enumerate() {
        let y = top + ROW * row as f64;
        drawing.text((LEFT - 12.0, y + 15.0), Anchor::End, INK, &fitting(&model.label, 28));
        let total: u64 = model.distribution.iter().map(|share| share.count).sum();
        let mut x = LEFT;
        for (index, share) in model.distribution.iter().enumerate().filter(|(_, share)| share.count > 0) {
            let width = share.count as f64 / total as f64 * room;
            drawing.rect((x, y + 2.0), (width, ROW - 6.0), colour(index));
            // A number on a ground of its own can be read on any colour.
            let number = share.count.to_string();
            let needed = 7.5 * number.len() as f64 + 6.0;
            if width > needed + 4.0 {
                drawing.rect((x + (width - needed) / 2.0, y + 4.0), (needed, ROW - 10.0), "#ffffff");
                drawing.text((x + width / 2.0, y + 15.0), Anchor::Middle, INK, &number);
            }
            x += width;
        }
        let words = if total == 0 { "no decision".into() } else { format!("n = {total}") };
        drawing.text((WIDTH - 98.0, y + 15.0), Anchor::Start, FAINT, &words);
    }
    let bottom = top + ROW * found.models.len() as f64;
    let described = "Shares of the transcripts that decided; the number in a part is how many they are.";
    drawing.text((16.0, bottom + 20.0), Anchor::Start, FAINT, described);
    let title = "Decisions, by model";
    Some(Figure { id: "shares", title: title.into(), svg: drawing.finish(bottom + 32.0, title, described) })
}
