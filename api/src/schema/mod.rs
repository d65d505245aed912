//! The GraphQL schema. A resolver decodes, makes one call of the domain, and encodes.

mod access;
mod ai_call;
mod analysis;
mod analysis_between;
mod analysis_parts;
mod analysis_superseded;
mod assessment;
mod assessment_mutation;
mod attempt;
mod compare;
mod compare_figures;
mod compare_query;
mod compare_words;
mod connection;
mod content;
mod content_input;
mod decision;
mod decision_mutation;
mod definition;
mod definition_mutation;
mod detectable;
mod diagnosis;
mod dimension_level;
mod event;
mod findings;
mod frozen_version;
mod gate;
mod gate_mutation;
mod health;
mod ids;
mod import;
mod judge;
mod judge_mutation;
mod limits;
mod loaders;
mod mask;
mod model;
mod plan;
mod preview;
mod probe;
mod provider;
mod provider_health;
mod provider_state;
mod query;
mod ranking;
mod registry;
mod registry_mutation;
mod report;
mod run;
mod run_command;
mod run_limits;
mod run_model;
mod run_mutation;
mod run_query;
mod run_settings;
mod sample_design;
mod scenario;
mod score;
mod scorer;
mod transcript;
mod turn;
mod user;
mod value;
mod version;
mod waiting;
mod words;

use async_graphql::{EmptySubscription, ID, MergedObject, Schema, SchemaBuilder, dataloader::DataLoader};

use crate::Api;
pub(crate) use frozen_version::aside;
pub(crate) use import::{ImportFile, import};
pub(crate) use limits::nesting_problem;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub(crate) struct Query(
    query::LibraryQuery,
    run_query::RunQuery,
    plan::PlanQuery,
    gate::GateQuery,
    judge::JudgeQuery,
    assessment::AssessmentQuery,
    assessment_mutation::AssessmentPlanQuery,
    registry::RegistryQuery,
    provider_state::ProviderStateQuery,
    health::HealthQuery,
    compare_query::CompareQuery,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    definition_mutation::DefinitionMutation,
    run_mutation::RunMutation,
    run_command::RunCommandMutation,
    gate_mutation::GateMutation,
    decision_mutation::DecisionMutation,
    analysis::AnalysisMutation,
    assessment_mutation::AssessmentMutation,
    judge_mutation::JudgeMutation,
    score::ScoreMutation,
    registry_mutation::RegistryMutation,
    provider_state::ProviderStateMutation,
);

/// The schema as it is served.
pub(crate) type ApiSchema = Schema<Query, Mutation, EmptySubscription>;

/// The schema over a database.
pub(crate) fn schema(api: &Api) -> ApiSchema {
    let rows = DataLoader::new(loaders::Rows::new(api.db.clone(), api.config.clone()), tokio::spawn);
    builder()
        .data(rows)
        .data(api.clone())
        .extension(mask::MaskErrors)
        .limit_depth(limits::DEPTH_MAX)
        .limit_complexity(limits::COMPLEXITY_MAX)
        .limit_directives(20)
        .finish()
}

/// The schema in its own language, as `schema.graphql` holds it.
pub(crate) fn sdl() -> String {
    builder().finish().sdl()
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .override_output_type_description::<ID>("An id of Probity: a text that means nothing else.")
}
