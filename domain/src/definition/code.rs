//! Stable names of problems and warnings, for programs.

use std::fmt;

use serde::Serialize;

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// The stable text, e.g. for an API's error code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// Why a definition is refused. A code keeps its meaning for ever.
    ProblemCode {
        /// The file is not valid UTF-8.
        InvalidUtf8 = "INVALID_UTF8",
        /// The file is not valid YAML or JSON.
        Syntax = "SYNTAX",
        /// A value is of the wrong type or shape.
        WrongType = "WRONG_TYPE",
        /// A field is missing.
        MissingField = "MISSING_FIELD",
        /// A field that no definition has.
        UnknownField = "UNKNOWN_FIELD",
        /// A field stands twice.
        DuplicateField = "DUPLICATE_FIELD",
        /// A file or content is too large.
        TooLarge = "TOO_LARGE",
        /// The name is blank.
        EmptyName = "EMPTY_NAME",
        /// A scorer lacks what its kind needs, or has what it does not take.
        InvalidScorer = "INVALID_SCORER",
        /// Two scorers have one name.
        DuplicateScorer = "DUPLICATE_SCORER",
        /// A value's name or alias is blank, too long or has no letter, or there are too many.
        InvalidValue = "INVALID_VALUE",
        /// Two values answer to one name.
        DuplicateValue = "DUPLICATE_VALUE",
        /// A name is too long.
        NameTooLong = "NAME_TOO_LONG",
        /// The template is blank.
        EmptyTemplate = "EMPTY_TEMPLATE",
        /// A follow-up is blank.
        EmptyFollowUp = "EMPTY_FOLLOW_UP",
        /// A tag is blank.
        EmptyTag = "EMPTY_TAG",
        /// A control character that a text may not hold.
        ControlCharacter = "CONTROL_CHARACTER",
        /// A line break where one line is expected.
        LineBreak = "LINE_BREAK",
        /// A placeholder without its dimension.
        UnknownPlaceholder = "UNKNOWN_PLACEHOLDER",
        /// Brackets around what cannot be a placeholder.
        InvalidPlaceholder = "INVALID_PLACEHOLDER",
        /// A bracket without its partner.
        UnmatchedBracket = "UNMATCHED_BRACKET",
        /// Too many dimensions.
        TooManyDimensions = "TOO_MANY_DIMENSIONS",
        /// A dimension's name is no identifier.
        InvalidDimensionName = "INVALID_DIMENSION_NAME",
        /// A dimension's name means something else.
        ReservedDimensionName = "RESERVED_DIMENSION_NAME",
        /// Two dimensions of one name, whatever the case.
        DuplicateDimension = "DUPLICATE_DIMENSION",
        /// Two dimensions would share a CSV column.
        CollidingColumn = "COLLIDING_COLUMN",
        /// A dimension without levels.
        EmptyDimension = "EMPTY_DIMENSION",
        /// A level without wording, or with a blank one.
        EmptyLevel = "EMPTY_LEVEL",
        /// A level without label.
        EmptyLabel = "EMPTY_LABEL",
        /// Two levels of one label in a dimension.
        DuplicateLabel = "DUPLICATE_LABEL",
        /// A score that is not a finite number.
        InvalidScore = "INVALID_SCORE",
        /// More combinations than allowed.
        TooManyCombinations = "TOO_MANY_COMBINATIONS",
        /// A rule that cannot be read.
        RuleSyntax = "RULE_SYNTAX",
        /// A rule names a dimension that does not exist.
        RuleUnknownDimension = "RULE_UNKNOWN_DIMENSION",
        /// A rule names a level that does not exist.
        RuleUnknownLevel = "RULE_UNKNOWN_LEVEL",
        /// A rule compares scores of a dimension that has none.
        RuleWithoutScores = "RULE_WITHOUT_SCORES",
        /// The rules have more conditions than allowed.
        TooManyConditions = "TOO_MANY_CONDITIONS",
        /// The rules leave no scenario.
        NoScenario = "NO_SCENARIO",
        /// A scale of fewer than two points.
        ScaleTooShort = "SCALE_TOO_SHORT",
        /// Two points of one value.
        DuplicateScaleValue = "DUPLICATE_SCALE_VALUE",
        /// Fewer than two choices.
        TooFewChoices = "TOO_FEW_CHOICES",
        /// A choice without name, or with a blank alias.
        EmptyChoice = "EMPTY_CHOICE",
        /// Two choices that answer to one name or alias.
        DuplicateChoice = "DUPLICATE_CHOICE",
        /// A target that is no choice.
        UnknownTarget = "UNKNOWN_TARGET",
        /// More than one dimension says what is right.
        AmbiguousTarget = "AMBIGUOUS_TARGET",
        /// Both dimensions and listed scenarios.
        DimensionsAndScenarios = "DIMENSIONS_AND_SCENARIOS",
        /// Too many listed scenarios.
        TooManyScenarios = "TOO_MANY_SCENARIOS",
        /// The key of a listed scenario is blank or too long.
        InvalidScenarioKey = "INVALID_SCENARIO_KEY",
        /// Two listed scenarios of one key.
        DuplicateScenario = "DUPLICATE_SCENARIO",
        /// A text of a listed scenario is blank.
        EmptyScenarioText = "EMPTY_SCENARIO_TEXT",
        /// A further key of a listed scenario has a name that it cannot have.
        InvalidFieldName = "INVALID_FIELD_NAME",
        /// Too many different further keys.
        TooManyFields = "TOO_MANY_FIELDS",
        /// Fewer turns than questions.
        TooFewTurns = "TOO_FEW_TURNS",
    }
}

codes! {
    /// What is legal but suspicious. A code keeps its meaning for ever.
    WarningCode {
        /// No system prompt is sent.
        NoPreamble = "NO_PREAMBLE",
        /// A dimension that no text mentions: its scenarios are the same prompt.
        UnusedDimension = "UNUSED_DIMENSION",
        /// A dimension that does not vary.
        SingleLevel = "SINGLE_LEVEL",
        /// 1,000 scenarios or more.
        ManyScenarios = "MANY_SCENARIOS",
        /// A dimension without scores.
        NoScores = "NO_SCORES",
        /// A dimension with scores on some levels only.
        PartialScores = "PARTIAL_SCORES",
        /// Two levels of one score.
        DuplicateScore = "DUPLICATE_SCORE",
        /// A rule that leaves nothing out.
        IdleRule = "IDLE_RULE",
        /// The model is never told how to answer.
        DecisionNotMentioned = "DECISION_NOT_MENTIONED",
        /// A dimension with targets on some levels only.
        PartialTargets = "PARTIAL_TARGETS",
        /// A wording that looks like a placeholder but is sent as it stands.
        PlaceholderInWording = "PLACEHOLDER_IN_WORDING",
    }
}
