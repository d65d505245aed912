//! The dimensions of a definition as factors of a design: levels alone, whatever their wordings.

use super::{
    Expansion,
    space::{Space, Variant},
};

/// The combinations of levels of a definition that is not a list of scenarios. Positions count
/// them as those of [`Expansion`] count variants: the first dimension varies slowest.
#[derive(Clone, Debug)]
pub struct LevelSpace {
    levels: Space,
    variants: Space,
}

impl LevelSpace {
    /// `None` = the scenarios are listed, or there is no dimension.
    pub fn of(expansion: &Expansion) -> Option<Self> {
        let content = expansion.content();
        if !content.scenarios.is_empty() || content.dimensions.is_empty() {
            return None;
        }
        let variants = expansion.space().clone();
        Some(Self { levels: variants.without_wordings(), variants })
    }

    /// How many levels each dimension has, in their order.
    pub fn level_counts(&self) -> Vec<u32> {
        let count = |variants: &Vec<Variant>| u32::try_from(variants.len()).unwrap_or(u32::MAX);
        self.levels.variants().iter().map(count).collect()
    }

    /// Combinations of levels that the rules leave.
    pub fn allowed_count(&self) -> u64 {
        self.levels.scenario_count()
    }

    /// Whether the rules leave this combination of levels.
    pub fn allows(&self, position: u64) -> bool {
        self.levels.allows(position)
    }

    /// The level of each dimension at a position.
    pub fn levels_at(&self, position: u64) -> Vec<u32> {
        self.levels.variants_at(position).map(|variant| variant.level).collect()
    }

    /// How many wordings a level has.
    pub fn wording_count(&self, dimension: usize, level: u32) -> u32 {
        let of_dimension = self.variants.variants().get(dimension).map(Vec::as_slice).unwrap_or_default();
        let count = of_dimension.iter().filter(|variant| variant.level == level).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The scenario with these levels in these wordings, as (level, wording) per dimension: its
    /// number among the definition's combinations.
    pub fn combination_of(&self, chosen: &[(u32, u32)]) -> u64 {
        self.variants.combination_of(chosen.iter().map(|&(level, wording)| Variant { level, wording }))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::LevelSpace;
    use crate::definition::{Expansion, fixture};

    #[test]
    fn a_combination_of_levels_in_a_wording_is_one_of_variants() {
        let mut content = fixture::two_dimensions();
        content.dimensions[0].levels[0].wordings.push("another".into());
        let expansion = Expansion::new(&content).unwrap();
        let space = LevelSpace::of(&expansion).unwrap();
        let counts = space.level_counts();
        assert_eq!(space.allowed_count(), counts.iter().map(|count| u64::from(*count)).product::<u64>());
        assert_eq!(space.wording_count(0, 0), content.dimensions[0].levels[0].wordings.len() as u32);
        for combination in expansion.iter() {
            let levels = expansion.levels_of(combination);
            let chosen: Vec<_> =
                levels.iter().map(|choice| (choice.level as u32, choice.wording as u32)).collect();
            assert_eq!(space.combination_of(&chosen), combination);
        }
        for position in 0..space.allowed_count() {
            assert_eq!(space.levels_at(position).len(), counts.len());
        }
    }

    #[test]
    fn rules_hold_for_levels() {
        let mut content = fixture::two_dimensions();
        let (dimension, level) = (&content.dimensions[0].name, &content.dimensions[0].levels[0].label);
        content.rules = vec![format!("exclude: {dimension}={level:?}")];
        let space = LevelSpace::of(&Expansion::new(&content).unwrap()).unwrap();
        let allowed = (0..).take(100).filter(|position| space.allows(*position)).count() as u64;
        assert_eq!(allowed, space.allowed_count());
        assert!(!space.allows(0));
    }
}
