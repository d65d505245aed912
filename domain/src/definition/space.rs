//! The combinations of a definition as numbers: a mixed-radix product over the variants of its
//! dimensions, less what the rules exclude. Nothing is held per combination.

use super::{
    DefinitionContent, Dimension,
    limits::COMBINATION_COUNT_MAX,
    rule::{Condition, RuleSet},
};

/// A level in one of its wordings, as indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) level: u32,
    pub(super) wording: u32,
}

/// The combinations at which a dimension has one level: those whose `combination / size % base` lies
/// between `first` and `last`.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct LevelDigits {
    /// Combinations that share the dimensions up to this one.
    pub size: u64,
    /// Variants of the dimension.
    pub base: u64,
    /// The level's first wording among them.
    pub first: u64,
    /// Its last one.
    pub last: u64,
}

/// How many combinations there are, before rules. `None` = more than allowed.
pub(super) fn combination_count(dimensions: &[Dimension]) -> Option<u64> {
    let counts = dimensions
        .iter()
        .map(|dimension| dimension.levels.iter().map(|level| level.wordings.len() as u64).sum::<u64>());
    // A dimension without variants is a problem of its own; here it must not hide another's size.
    counts
        .map(|count| count.max(1))
        .try_fold(1_u64, u64::checked_mul)
        .filter(|count| *count <= COMBINATION_COUNT_MAX)
}

#[derive(Clone, Debug)]
pub(super) struct Space {
    variants: Vec<Vec<Variant>>,
    /// `sizes[d]` = combinations that share their first `d` variants; the last one is 1.
    sizes: Vec<u64>,
    rules: RuleSet,
    scenario_count: u64,
}

impl Space {
    /// `None` = more combinations than allowed.
    pub(super) fn new(content: &DefinitionContent, rules: Vec<Condition>) -> Option<Self> {
        combination_count(&content.dimensions)?;
        let variants: Vec<Vec<Variant>> = content.dimensions.iter().map(variants_of).collect();
        let sizes = sizes_of(&variants);
        let mut space = Self { variants, sizes, rules: RuleSet(rules), scenario_count: 0 };
        space.scenario_count = space.count();
        Some(space)
    }

    /// As many combinations as there are listed scenarios, none left out.
    pub(super) fn listed(count: usize) -> Self {
        let variant = |level| Variant { level, wording: 0 };
        let variants = (0_u32..).take(count).map(variant).collect();
        let count = count as u64;
        Self {
            variants: vec![variants],
            sizes: vec![count, 1],
            rules: RuleSet::default(),
            scenario_count: count,
        }
    }

    /// The same levels, each in its first wording alone. Rules name levels, so they stay as they are.
    pub(super) fn without_wordings(&self) -> Self {
        let first = |variants: &Vec<Variant>| {
            variants.iter().copied().filter(|variant| variant.wording == 0).collect::<Vec<_>>()
        };
        let variants: Vec<Vec<Variant>> = self.variants.iter().map(first).collect();
        let mut space = Self { sizes: sizes_of(&variants), variants, ..self.clone() };
        space.scenario_count = space.count();
        space
    }

    /// Per dimension, its variants.
    pub(super) fn variants(&self) -> &[Vec<Variant>] {
        &self.variants
    }

    /// The combination of these variants, one per dimension.
    pub(super) fn combination_of(&self, chosen: impl Iterator<Item = Variant>) -> u64 {
        let places = self.variants.iter().zip(&self.sizes[1..]).zip(chosen);
        let moved = places.map(|((variants, size), chosen)| {
            variants.iter().position(|variant| *variant == chosen).unwrap_or(0) as u64 * size
        });
        moved.sum()
    }

    pub(super) fn combination_count(&self) -> u64 {
        self.sizes[0]
    }

    pub(super) fn scenario_count(&self) -> u64 {
        self.scenario_count
    }

    /// The variants of a combination, one per dimension. Never panics: the first digit wraps
    /// for a number that is too large.
    pub(super) fn variants_at(&self, combination: u64) -> impl Iterator<Item = Variant> {
        self.variants.iter().zip(&self.sizes[1..]).filter_map(move |(variants, size)| {
            // Below 10,000,000, so it fits.
            let digit = (combination / size) % (variants.len() as u64).max(1);
            variants.get(digit as usize).copied()
        })
    }

    /// Which digit of a combination a dimension is, and which values of it are this level.
    pub(super) fn digits_of(&self, dimension: usize, level: usize) -> Option<LevelDigits> {
        let variants = self.variants.get(dimension)?;
        let is_of = |variant: &&Variant| variant.level as usize == level;
        let first = variants.iter().position(|variant| is_of(&variant))?;
        let count = variants.iter().filter(is_of).count();
        Some(LevelDigits {
            size: *self.sizes.get(dimension + 1)?,
            base: variants.len() as u64,
            first: first as u64,
            last: (first + count - 1) as u64,
        })
    }

    pub(super) fn allows(&self, combination: u64) -> bool {
        let levels: Vec<u32> = self.variants_at(combination).map(|variant| variant.level).collect();
        combination < self.combination_count() && self.rules.excludes(&levels) == Some(false)
    }

    fn count(&self) -> u64 {
        let mentioned = self.rules.mentioned(self.variants.len());
        self.count_below(&mut Vec::new(), &mentioned)
    }

    /// Whole branches are counted at once where the levels so far settle the rules, and
    /// dimensions no rule mentions are multiplied, so the work does not grow with them.
    fn count_below(&self, levels: &mut Vec<u32>, mentioned: &[bool]) -> u64 {
        let depth = levels.len();
        let settled = self.rules.excludes(levels);
        let Some(variants) = self.variants.get(depth) else {
            return u64::from(settled == Some(false));
        };
        match settled {
            Some(true) => 0,
            Some(false) => self.sizes[depth],
            None if !mentioned[depth] => {
                levels.push(0);
                let each = self.count_below(levels, mentioned);
                levels.pop();
                each * variants.len() as u64
            }
            None => variants
                .chunk_by(|one, other| one.level == other.level)
                .map(|wordings| {
                    levels.push(wordings[0].level);
                    let each = self.count_below(levels, mentioned);
                    levels.pop();
                    each * wordings.len() as u64
                })
                .sum(),
        }
    }

    /// The combinations the rules leave, ascending, from this one on.
    pub(super) fn iter_from(&self, first: u64) -> Combinations<'_> {
        Combinations { space: self, next: first, allowed_before: first, levels: Vec::new() }
    }
}

fn sizes_of(variants: &[Vec<Variant>]) -> Vec<u64> {
    let mut sizes = vec![1; variants.len() + 1];
    for depth in (0..variants.len()).rev() {
        sizes[depth] = sizes[depth + 1] * variants[depth].len() as u64;
    }
    sizes
}

fn variants_of(dimension: &Dimension) -> Vec<Variant> {
    let levels = dimension.levels.iter().zip(0_u32..);
    levels
        .flat_map(|(level, index)| {
            (0_u32..).take(level.wordings.len()).map(move |wording| Variant { level: index, wording })
        })
        .collect()
}

/// The combinations that the rules leave, in order, found as they are asked for.
#[derive(Clone, Debug)]
pub struct Combinations<'a> {
    space: &'a Space,
    next: u64,
    /// Everything from `next` up to here is known to be allowed.
    allowed_before: u64,
    levels: Vec<u32>,
}

impl Iterator for Combinations<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let space = self.space;
        while self.next >= self.allowed_before {
            if self.next >= space.combination_count() {
                return None;
            }
            self.levels.clear();
            self.levels.extend(space.variants_at(self.next).map(|variant| variant.level));
            // The largest branch that begins at `next` and is settled is skipped or taken whole.
            for (depth, size) in space.sizes.iter().enumerate() {
                if !self.next.is_multiple_of(*size) {
                    continue;
                }
                match space.rules.excludes(&self.levels[..depth]) {
                    Some(true) => self.next += size,
                    Some(false) => self.allowed_before = self.next + size,
                    None => continue,
                }
                break;
            }
        }
        self.next += 1;
        Some(self.next - 1)
    }
}
