//! What it cost.

use super::{
    NAME, Table,
    number::{MISSING, count, counted, usd},
    plain,
};
use crate::report::document::{Cost, Document, ModelCost, Price};

/// The cost in one sentence.
pub(super) fn sentence(cost: &Cost) -> String {
    let budget =
        cost.budget_usd.map_or(String::new(), |sum| format!(" of a budget of {} USD", usd(Some(sum))));
    match cost.total_usd {
        Some(total) if cost.models.iter().any(|model| model.transcripts_without_cost > 0) => {
            format!("What has a known price cost {} USD{budget}.", usd(Some(total)))
        }
        Some(total) => format!("It cost {} USD{budget}.", usd(Some(total))),
        None => "What it cost is not known: nothing that was answered has a price.".into(),
    }
}

pub(super) fn section(report: &Document) -> String {
    let cost = &report.cost;
    // As many decimals as the smallest sum needs, the same for all.
    let is_small = cost.models.iter().filter_map(|model| model.cost_usd).any(|sum| sum > 0.0 && sum < 1.0);
    let money = |sum: Option<f64>| match (sum, is_small) {
        (Some(sum), true) => format!("{sum:.6}"),
        (Some(sum), false) => format!("{sum:.2}"),
        (None, _) => MISSING.into(),
    };
    let mut table =
        Table::new(1, ["Model", "Input tokens", "Output tokens", "Cost (USD)", "Answers without a cost"]);
    for (model, done) in cost.models.iter().zip(&report.done.models) {
        let uncounted = model.transcripts_without_tokens;
        let answered = done.ledger.succeeded;
        table.row([
            plain(&model.model, NAME),
            tokens(model.input_tokens, uncounted),
            tokens(model.output_tokens, uncounted),
            money(model.cost_usd),
            match answered {
                0 => "0 of 0".into(),
                _ => format!("{} of {}", count(model.transcripts_without_cost), count(answered)),
            },
        ]);
    }
    if cost.models.len() > 1 {
        let without: i64 = cost.models.iter().map(|model| model.transcripts_without_cost).sum();
        let uncounted = cost.models.iter().map(|model| model.transcripts_without_tokens).sum();
        table.row([
            "**All**".to_owned(),
            tokens(cost.models.iter().map(|model| model.input_tokens).sum(), uncounted),
            tokens(cost.models.iter().map(|model| model.output_tokens).sum(), uncounted),
            money(cost.total_usd),
            format!("{} of {}", count(without), count(report.done.ledger.succeeded)),
        ]);
    }
    let mut text = format!("## Cost\n\n{}", table.text());
    if cost.budget_usd.is_some() {
        let mut budget = Table::new(1, ["Budget", "USD"]);
        budget.row(["Asked for".to_owned(), usd(cost.budget_usd)]);
        budget.row(["Spent".to_owned(), usd(cost.spent_usd)]);
        budget.row(["Of that presumed, of calls that nobody heard of".to_owned(), usd(cost.presumed_usd)]);
        budget.row(["Still reserved".to_owned(), usd(cost.reserved_usd)]);
        text.push_str(&format!("\n{}", budget.text()));
    }
    if let Some(high) = cost.planned_high_usd {
        text.push_str(&format!("\nThe plan said: {} USD at most.\n", usd(Some(high))));
    }
    text + &prices(&cost.models)
}

/// A sum of tokens, of which those of so many answers were not counted.
fn tokens(number: i64, uncounted: i64) -> String {
    match (number, uncounted) {
        (_, 0) => count(number),
        (0, _) => MISSING.to_owned(),
        _ => format!("{} or more", count(number)),
    }
}

fn prices(models: &[ModelCost]) -> String {
    let heads = [
        "Price (USD per million tokens)",
        "In effect from",
        "Input",
        "Cached input",
        "Cache write",
        "Output",
    ];
    let mut table = Table::new(2, heads);
    let mut unpriced = Vec::new();
    for model in models {
        let name = plain(&model.model, NAME);
        if model.prices.is_empty() {
            unpriced.push(name.clone());
        }
        for price in &model.prices {
            table.row(price_row(&name, price));
        }
    }
    let mut text = String::new();
    if !table.is_empty() {
        text.push_str(&format!("\n{}", table.text()));
    }
    if !unpriced.is_empty() {
        let noun = if unpriced.len() == 1 { "model" } else { "models" };
        text.push_str(&format!("\nWithout a known price: {noun} {}.\n", unpriced.join(", ")));
    }
    text
}

fn price_row(name: &str, price: &Price) -> [String; 6] {
    let tier = match price.above_input_tokens {
        0 => name.to_owned(),
        tokens => format!("{name}, prompts above {}", counted(tokens, "token")),
    };
    [
        tier,
        format!("{} ({})", price.effective_from.format("%Y-%m-%d"), price.origin),
        usd(Some(price.input_usd)),
        usd(price.cached_input_usd.or(Some(price.input_usd))),
        usd(price.cache_write_usd.or(Some(price.input_usd))),
        usd(Some(price.output_usd)),
    ]
}
