//! Figures as SVG: drawn without a library, since all of them are lines, dots, boxes and words. Each is
//! readable on its own, on a white ground of its own, and says what its marks are.

mod agreement;
mod effects;
mod means;
mod shares;

use std::fmt::Write;

use super::document::Figure;
use crate::analysis::{ResampledAnalysis, RunAnalysis};

/// A figure per finding.
pub(super) fn figures(found: &RunAnalysis, drawn: &ResampledAnalysis) -> Vec<Figure> {
    [means::draw(found), shares::draw(found), effects::draw(found), agreement::draw(found, drawn)]
        .into_iter()
        .flatten()
        .collect()
}

const INK: &str = "#1f2937";
const FAINT: &str = "#6b7280";
const LINE: &str = "#d1d5db";
const ACCENT: &str = "#1d4ed8";

/// The width of every figure, in pixels.
const WIDTH: f64 = 720.0;
/// Where names end and marks begin.
const LEFT: f64 = 210.0;
/// The height of a line.
const ROW: f64 = 24.0;

/// A drawing that grows downwards.
struct Drawing {
    body: String,
}

/// Where a text stands at its point.
#[derive(Copy, Clone)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Drawing {
    fn new() -> Self {
        Self { body: String::new() }
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{element}");
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str, width: f64) {
        self.add(format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        ));
    }

    fn dot(&mut self, (x, y): (f64, f64)) {
        self.add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{ACCENT}\"/>"));
    }

    fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str) {
        self.add(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>"
        ));
    }

    fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, colour: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            escaped(text)
        ));
    }

    /// An estimate with its interval on a line.
    fn interval(&mut self, x: &Axis, y: f64, estimate: f64, interval: Option<(f64, f64)>) {
        if let Some((low, high)) = interval {
            let (low, high) = (x.at(low), x.at(high));
            self.line((low, y), (high, y), ACCENT, 2.0);
            for end in [low, high] {
                self.line((end, y - 4.0), (end, y + 4.0), ACCENT, 2.0);
            }
        }
        self.dot((x.at(estimate), y));
    }

    /// Ticks with their numbers, and a line down from each.
    fn axis(&mut self, x: &Axis, top: f64, bottom: f64) {
        for tick in x.ticks() {
            let place = x.at(tick);
            self.line((place, top), (place, bottom), LINE, 1.0);
            self.text((place, bottom + 16.0), Anchor::Middle, FAINT, &short(tick));
        }
    }

    fn finish(self, height: f64, title: &str, description: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             <text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"{INK}\">{title}</text>\n{}</svg>\n",
            self.body,
            title = escaped(title),
            description = escaped(description),
        )
    }
}

/// From numbers to places.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn at(&self, number: f64) -> f64 {
        let width = (self.high - self.low).max(f64::MIN_POSITIVE);
        self.from + (number.clamp(self.low, self.high) - self.low) / width * (self.to - self.from)
    }

    /// Round numbers, four to nine of them.
    fn ticks(&self) -> Vec<f64> {
        let raw = (self.high - self.low) / 5.0;
        if !(raw > 0.0 && raw.is_finite()) {
            return vec![self.low];
        }
        let unit = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|by| by * unit).find(|step| *step >= raw * 0.999);
        let step = step.unwrap_or(raw);
        let first = (self.low / step - 1e-9).ceil();
        let mut ticks = Vec::new();
        while ticks.len() < 12 && (first + ticks.len() as f64) * step <= self.high + step * 1e-9 {
            ticks.push((first + ticks.len() as f64) * step);
        }
        ticks
    }
}

/// As few decimals as say it; never a negative zero.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A name as long as there is room for.
fn fitting(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

/// Text as XML; what XML does not allow is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        let mut drawing = Drawing::new();
        drawing.text((0.0, 0.0), Anchor::Start, INK, "</text><script>&\u{0}\"");
        let svg = drawing.finish(40.0, "<b>", "d");
        assert!(!svg.contains("<script") && !svg.contains("<b>") && !svg.contains('\u{0}'), "{svg}");
    }

    #[test]
    fn ticks_are_round_and_within_the_ends() {
        let axis = |low, high| Axis { low, high, from: 0.0, to: 100.0 };
        assert_eq!(axis(1.0, 5.0).ticks(), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(axis(0.0, 1.0).ticks().len(), 6);
        assert_eq!(axis(2.0, 2.0).ticks(), [2.0]);
        assert_eq!([short(-0.0), short(0.25), short(3.0)], ["0", "0.25", "3"]);
    }
}
