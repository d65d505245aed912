//! The definitions that come with Probity, to try it and to learn from.

/// The file names and texts of the samples, in the order to show them.
pub const SAMPLES: [(&str, &str); 3] = [
    ("rescue-dilemma.yaml", include_str!("../../../examples/rescue-dilemma.yaml")),
    ("found-wallet.yaml", include_str!("../../../examples/found-wallet.yaml")),
    ("capital-cities.yaml", include_str!("../../../examples/capital-cities.yaml")),
];
