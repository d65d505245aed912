//! Costs, checked by hand.

use chrono::{DateTime, Days, Utc};
use entity::{Origin, price};
use uuid::Uuid;

use super::{Tariff, TokenCounts, price::in_effect};

/// A tier with prices in micro-dollars per million tokens: input, cached, cache write, output.
fn tier(above: i64, prices: (i64, Option<i64>, Option<i64>, i64)) -> price::Model {
    let (input, cached, write, output) = prices;
    price::Model {
        id: Uuid::now_v7(),
        provider_id: "p".into(),
        model_id: "m".into(),
        effective_from: day(1),
        above_input_tokens: above,
        input_usd_micros_per_million: input,
        cached_input_usd_micros_per_million: cached,
        cache_write_usd_micros_per_million: write,
        output_usd_micros_per_million: output,
        origin: Origin::Builtin,
        recorded_at: day(1),
        superseded_at: None,
    }
}

fn day(number: u64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Days::new(number)
}

fn tokens(input: i64, cached: Option<i64>, write: Option<i64>, output: i64) -> TokenCounts {
    TokenCounts { input: Some(input), cached_input: cached, cache_write: write, output: Some(output) }
}

fn cost(tariff: &Tariff, tokens: TokenCounts) -> Option<i64> {
    tariff.cost_of(&tokens).map(|cost| cost.usd_micros)
}

/// As Gemini 2.5 Pro is sold: 1.25 / 0.125 / 10.00, above 200,000 tokens 2.50 / 0.25 / 15.00.
fn two_tiers() -> Tariff {
    let base = tier(0, (1_250_000, Some(125_000), None, 10_000_000));
    let long = tier(200_000, (2_500_000, Some(250_000), None, 15_000_000));
    Tariff::of(vec![long, base]).unwrap()
}

#[test]
fn the_base_tier_costs_input_and_output() {
    // GPT-4o, 2.50 and 10.00: 1,234 × 2.50 + 567 × 10.00 = 3,085 + 5,670 = 8,755 micro-dollars.
    let tariff = Tariff::of(vec![tier(0, (2_500_000, Some(1_250_000), None, 10_000_000))]).unwrap();
    assert_eq!(cost(&tariff, tokens(1_234, None, None, 567)), Some(8_755));
}

#[test]
fn tokens_read_from_the_cache_and_written_to_it_have_their_own_prices() {
    // Claude Sonnet 4.5, 3.00 / 0.30 read / 3.75 write / 15.00. Of 10,000 input tokens 6,000 are
    // read and 2,500 written: 1,500 × 3.00 + 6,000 × 0.30 + 2,500 × 3.75 + 800 × 15.00
    // = 4,500 + 1,800 + 9,375 + 12,000 = 27,675 micro-dollars.
    let tariff = Tariff::of(vec![tier(0, (3_000_000, Some(300_000), Some(3_750_000), 15_000_000))]).unwrap();
    assert_eq!(cost(&tariff, tokens(10_000, Some(6_000), Some(2_500), 800)), Some(27_675));
}

#[test]
fn a_long_prompt_is_costed_in_its_tier_from_the_first_token_on() {
    let tariff = two_tiers();
    // 250,000 input of which 50,000 cached, 1,000 output, all in the higher tier:
    // 200,000 × 2.50 + 50,000 × 0.25 + 1,000 × 15.00 = 500,000 + 12,500 + 15,000 = 527,500.
    assert_eq!(cost(&tariff, tokens(250_000, Some(50_000), None, 1_000)), Some(527_500));
    // At the bound itself the base tier holds: 200,000 × 1.25 + 1,000 × 10.00 = 260,000.
    assert_eq!(cost(&tariff, tokens(200_000, None, None, 1_000)), Some(260_000));
    // One token above: 200,001 × 2.50 + 15,000 = 515,002.5, rounded up.
    assert_eq!(cost(&tariff, tokens(200_001, None, None, 1_000)), Some(515_003));
}

#[test]
fn the_price_that_is_named_is_the_tier_that_was_used() {
    let tariff = two_tiers();
    let named = |input: i64| tariff.cost_of(&tokens(input, None, None, 1)).unwrap().price_id;
    assert_eq!(named(200_000), tariff.base().id);
    assert_eq!(named(200_001), tariff.tiers().last().unwrap().id);
    assert_ne!(named(200_000), named(200_001));
}

#[test]
fn a_fraction_of_a_micro_dollar_is_rounded_up_once_and_not_per_part() {
    let tariff = Tariff::of(vec![tier(0, (150_000, Some(75_000), None, 600_000))]).unwrap();
    // 0.15 → 1.
    assert_eq!(cost(&tariff, tokens(1, None, None, 0)), Some(1));
    // 2 × 0.15 + 1 × 0.075 + 1 × 0.60 = 0.975 → 1; per part it would be 3.
    assert_eq!(cost(&tariff, tokens(3, Some(1), None, 1)), Some(1));
    assert_eq!(cost(&tariff, tokens(0, None, None, 0)), Some(0));
}

#[test]
fn parts_without_a_price_cost_what_input_costs_and_parts_never_exceed_their_whole() {
    let tariff = Tariff::of(vec![tier(0, (1_000_000, None, None, 0))]).unwrap();
    assert_eq!(cost(&tariff, tokens(100, Some(40), Some(40), 0)), Some(100));
    let cached = Tariff::of(vec![tier(0, (1_000_000, Some(500_000), Some(2_000_000), 0))]).unwrap();
    assert_eq!(cost(&cached, tokens(100, Some(250), Some(250), 0)), Some(50));
}

#[test]
fn a_cost_beyond_what_a_float_can_count_is_exact() {
    let tariff = Tariff::of(vec![tier(0, (999_999_999_999, None, None, 1))]).unwrap();
    // 9,000,000,007 × 999,999.999999 = 9,000,000,006,990,999.999993, rounded up.
    assert_eq!(cost(&tariff, tokens(9_000_000_007, None, None, 0)), Some(9_000_000_006_991_000));
}

#[test]
fn tokens_that_nobody_counted_cost_an_unknown_sum() {
    let tariff = two_tiers();
    assert_eq!(cost(&tariff, TokenCounts { output: Some(5), ..TokenCounts::default() }), None);
    assert_eq!(cost(&tariff, TokenCounts { input: Some(5), ..TokenCounts::default() }), None);
}

#[test]
fn a_tariff_without_a_base_tier_is_none() {
    assert_eq!(Tariff::of(vec![tier(5, (1, None, None, 1))]), None);
    assert_eq!(Tariff::of(Vec::new()), None);
}

#[test]
fn an_admins_price_goes_before_a_later_built_in_one_but_not_for_what_was_made_before_it() {
    let built_in = price::Model { effective_from: day(20), ..tier(0, (1, None, None, 1)) };
    let admin = price::Model {
        origin: Origin::Admin,
        effective_from: day(10),
        recorded_at: day(30),
        ..tier(0, (2, None, None, 2))
    };
    let at = |day| in_effect(vec![built_in.clone(), admin.clone()], day).unwrap().base().id;
    assert_eq!(at(day(40)), admin.id);
    assert_eq!(at(day(25)), built_in.id);
}

#[test]
fn a_tariff_that_was_superseded_later_still_holds_as_a_whole_for_what_was_made_before() {
    let old = [tier(0, (1, None, None, 1)), tier(200, (2, None, None, 2))];
    let new = [0, 100].map(|above| price::Model { recorded_at: day(9), ..tier(above, (5, None, None, 5)) });
    let rows = new.iter().chain(&old).cloned().collect();
    let found = in_effect(rows, day(5)).unwrap();
    assert_eq!(found.tiers().map(|tier| tier.id).collect::<Vec<_>>(), old.map(|tier| tier.id));
}
