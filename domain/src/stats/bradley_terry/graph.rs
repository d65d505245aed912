//! Who has been compared with whom, and whether that is enough.

use crate::stats::StatsError;

/// Errors: `Disconnected` where no chain of comparisons leads from each to each; `Separated` where a
/// group never lost to the others.
pub(super) fn check_connected(names: &[String], wins: &[f64]) -> Result<(), StatsError> {
    let size = names.len();
    let met = |a: usize, b: usize| won(wins, size, a, b) || won(wins, size, b, a);
    let named = |members: Vec<usize>| -> Vec<String> {
        members.into_iter().filter_map(|member| names.get(member)).cloned().collect()
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for start in 0..size {
        if !groups.iter().flatten().any(|member| *member == start) {
            let reached = reached_from(size, start, met);
            groups.push((0..size).filter(|other| is_in(&reached, *other)).collect());
        }
    }
    if groups.len() > 1 {
        return Err(StatsError::Disconnected(groups.into_iter().map(named).collect()));
    }
    let sides = |is_winner: &dyn Fn(usize) -> bool| {
        let (winners, losers) = (0..size).partition(|member| is_winner(*member));
        StatsError::Separated { winners: named(winners), losers: named(losers) }
    };
    let beaten = reached_from(size, 0, |a, b| won(wins, size, a, b));
    if beaten.contains(&false) {
        // Whom the first beat, directly or through others, never beat the rest, else the rest were among them.
        return Err(sides(&|member| !is_in(&beaten, member)));
    }
    let beating = reached_from(size, 0, |a, b| won(wins, size, b, a));
    if beating.contains(&false) {
        return Err(sides(&|member| is_in(&beating, member)));
    }
    Ok(())
}

/// Whether a chain of wins leads from each to each: then, and only then, a maximum exists.
pub(super) fn is_strongly_connected(size: usize, wins: &[f64]) -> bool {
    !reached_from(size, 0, |a, b| won(wins, size, a, b)).contains(&false)
        && !reached_from(size, 0, |a, b| won(wins, size, b, a)).contains(&false)
}

fn won(wins: &[f64], size: usize, winner: usize, loser: usize) -> bool {
    wins.get(winner * size + loser).is_some_and(|won| *won > 0.0)
}

fn is_in(reached: &[bool], member: usize) -> bool {
    reached.get(member).copied().unwrap_or(false)
}

fn reached_from(size: usize, start: usize, is_step: impl Fn(usize, usize) -> bool) -> Vec<bool> {
    let mut reached = vec![false; size];
    let mut open = vec![start];
    reached.iter_mut().skip(start).take(1).for_each(|place| *place = true);
    while let Some(from) = open.pop() {
        for (to, place) in reached.iter_mut().enumerate() {
            if !*place && is_step(from, to) {
                *place = true;
                open.push(to);
            }
        }
    }
    reached
}
