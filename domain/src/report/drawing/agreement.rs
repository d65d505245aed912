//! Who agrees with whom.

use super::{Anchor, Drawing, FAINT, INK, LEFT, WIDTH, fitting};
use crate::{
    analysis::{ResampledAnalysis, RunAnalysis},
    report::document::Figure,
};

/// More models would not fit beside each other.
const MODELS_MAX: usize = 12;

pub(super) fn draw(found: &RunAnalysis, drawn: &ResampledAnalysis) -> Option<Figure> {
    let agreement = found.agreement.as_ref()?;
    let models = &found.models;
    if models.len() > MODELS_MAX {
        return None;
    }
    let side = ((WIDTH - LEFT - 24.0) / models.len() as f64).min(64.0);
    let height = side.min(36.0);
    let top = 62.0;
    let mut drawing = Drawing::new();
    for (row, first) in models.iter().enumerate() {
        let y = top + height * row as f64;
        let name = format!("{} {}", row + 1, fitting(&first.label, 25));
        drawing.text((LEFT - 12.0, y + height / 2.0 + 4.0), Anchor::End, INK, &name);
        let x = |column: usize| LEFT + side * column as f64;
        drawing.text((x(row) + side / 2.0, top - 8.0), Anchor::Middle, INK, &(row + 1).to_string());
        for (column, second) in models.iter().enumerate() {
            let is_pair = |pair: &&crate::analysis::PairAgreement| {
                let ids = [pair.first_id, pair.second_id];
                ids == [first.run_model_id, second.run_model_id]
                    || ids == [second.run_model_id, first.run_model_id]
            };
            let kappa = agreement.pairs.iter().find(is_pair).and_then(|pair| pair.kappa.kappa);
            let (ground, words) = match kappa {
                _ if row == column => ("#f3f4f6".to_owned(), String::new()),
                Some(kappa) => (ground_of(kappa), format!("{kappa:.2}")),
                None => ("#ffffff".to_owned(), "–".to_owned()),
            };
            let ink = if kappa.is_some_and(|kappa| kappa > 0.6) && row != column { "#ffffff" } else { INK };
            drawing.rect((x(column) + 1.0, y + 1.0), (side - 2.0, height - 2.0), &ground);
            let middle = (x(column) + side / 2.0, y + height / 2.0 + 4.0);
            drawing.text(middle, Anchor::Middle, ink, &words);
        }
    }
    let bottom = top + height * models.len() as f64;
    let alpha = drawn.alpha.as_ref().unwrap_or(&agreement.alpha);
    let all = match (alpha.alpha, alpha.interval) {
        (Some(alpha), Some(interval)) => {
            format!(
                " All at once: Krippendorff's alpha {alpha:.2} [{:.2}, {:.2}].",
                interval.low, interval.high
            )
        }
        (Some(alpha), None) => format!(" All at once: Krippendorff's alpha {alpha:.2}."),
        (None, _) => String::new(),
    };
    let described = format!("Cohen's kappa of each pair: 1 is perfect, 0 as by chance.{all}");
    drawing.text((16.0, bottom + 24.0), Anchor::Start, FAINT, &described);
    let title = "Agreement between models";
    Some(Figure {
        id: "agreement",
        title: title.into(),
        svg: drawing.finish(bottom + 36.0, title, &described),
    })
}

/// White at 0 and below, dark blue at 1.
fn ground_of(kappa: f64) -> String {
    let share = kappa.clamp(0.0, 1.0);
    let channel = |dark: f64| (255.0 + (dark - 255.0) * share).round();
    format!("rgb({:.0},{:.0},{:.0})", channel(30.0), channel(64.0), channel(175.0))
}
