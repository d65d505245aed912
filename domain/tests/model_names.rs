//! How a run may name its models.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use domain::{
    access::AccessLog,
    auth::{Actor, local_actor},
    config::{Config, ModelConfig, ProviderConfig},
    db::Db,
    fleet, library,
    registry::{self, ModelChange, ModelKey},
    run::{self, Created, ModelChoice},
};
use entity::{Origin, model, run_model};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use test_support::{databases, new_run, sample};
use uuid::Uuid;

struct Names {
    db: Db,
    config: Config,
    actor: Actor,
    definition_id: Uuid,
}

impl Names {
    /// `sim` serves `pro` (versions `pro-1`, `pro-2`, default `pro-1`), `pro-0`, `both` and `a/b`;
    /// `lab` serves `both`. A worker with the keys of `serves` is online.
    async fn new(db: &Db, serves: &[&str]) -> Self {
        let mut config = test_support::config("http://127.0.0.1:9/v1");
        config.providers.insert("lab".into(), ProviderConfig::default());
        let pro = ModelConfig {
            versions: vec!["pro-1".into(), "pro-2".into()],
            default_version: Some("pro-1".into()),
            ..ModelConfig::default()
        };
        config.models.insert("sim/pro".into(), pro);
        for name in ["sim/pro-0", "sim/both", "lab/both", "sim/a/b"] {
            config.models.insert(name.into(), ModelConfig::default());
        }
        registry::sync(db, &config).await.unwrap();
        let serves: Vec<String> = serves.iter().map(|id| (*id).to_owned()).collect();
        fleet::register(db, "one", &serves).await.unwrap();
        let actor = local_actor(db).await.unwrap();
        let definition_id = library::create(db, &actor, &sample("capital")).await.unwrap().definition.id;
        Self { db: db.clone(), config, actor, definition_id }
    }

    async fn create(&self, choice: ModelChoice) -> domain::Result<Created> {
        let mut new = new_run(self.definition_id, &[]);
        new.models = vec![choice];
        run::create(&self.db, &self.config, &AccessLog::default(), &self.actor, &new).await
    }

    /// `provider/model` and what it is asked for on the wire, with the warnings.
    async fn asked(&self, name: &str) -> (String, Vec<String>) {
        let created = self.create(bare(name)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let row = self.row(created.run.id).await;
        assert_eq!(row.asked_for.as_deref(), Some(name));
        // That most models of these tests have no price is said too, and is not what they are about.
        let of_names =
            created.warnings.into_iter().filter(|warning| !warning.contains("for want of a price"));
        (format!("{}/{} {}", row.provider_id, row.model_id, row.wire_model), of_names.collect())
    }

    async fn row(&self, run_id: Uuid) -> run_model::Model {
        let found = run_model::Entity::find().filter(run_model::Column::RunId.eq(run_id));
        found.one(self.db.read()).await.unwrap().unwrap()
    }

    async fn refused(&self, name: &str) -> String {
        self.create(bare(name)).await.unwrap_err().to_string()
    }
}

fn bare(name: &str) -> ModelChoice {
    ModelChoice { provider: None, model: name.into(), version: None }
}

#[tokio::test]
async fn a_name_is_read_with_the_registry_at_hand() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim", "lab"]).await;
        for (name, meant) in [
            ("pro", "sim/pro pro-1"),
            ("pro@default", "sim/pro pro-1"),
            ("sim/pro@default", "sim/pro pro-1"),
            ("pro@pro-2", "sim/pro pro-2"),
            ("sim/pro@pro-2", "sim/pro pro-2"),
            ("pro-2", "sim/pro pro-2"),
            ("pro@pro", "sim/pro pro"),
            // A version that is a model of its own has that model's price.
            ("pro@pro-0", "sim/pro-0 pro-0"),
            ("a/b", "sim/a/b a/b"),
            ("sim/a/b", "sim/a/b a/b"),
            ("lab/both", "lab/both both"),
        ] {
            assert_eq!(names.asked(name).await, (meant.to_owned(), Vec::new()), "{name}");
        }
    }
}

#[tokio::test]
async fn a_name_that_two_serve_means_the_one_with_a_key_and_else_is_refused() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        assert_eq!(names.asked("both").await.0, "sim/both both");
        fleet::register(&database.db, "two", &["lab".into()]).await.unwrap();
        let said = names.refused("both").await;
        assert!(said.contains("lab and sim") && said.contains("name the provider"), "{said}");
    }
}

#[tokio::test]
async fn a_model_nobody_knows_is_asked_with_a_warning_where_its_provider_is_named() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        for (name, wire) in
            [("sim/prox", "prox"), ("sim/x/y@20260101", "x/y@20260101"), ("sim/z@default", "z")]
        {
            let (meant, warnings) = names.asked(name).await;
            assert!(meant.ends_with(&format!(" {wire}")), "{name}: {meant}");
            assert_eq!(warnings.len(), 1, "{warnings:?}");
            assert!(warnings[0].contains("costs is not known") && warnings[0].contains("budget"));
        }
        assert!(names.asked("sim/prox").await.1[0].contains("Near it: pro"));
        let used = model::Entity::find().filter(model::Column::Origin.eq(Origin::Used));
        assert_eq!(used.count(database.db.read()).await.unwrap(), 3, "a row each, on first use");
        let choice = ModelChoice {
            provider: Some("sim".into()),
            model: "prox".into(),
            version: Some("prox-7".into()),
        };
        let created = names.create(choice).await.unwrap();
        assert_eq!(names.row(created.run.id).await.wire_model, "prox-7");

        let said = names.refused("prox").await;
        assert!(said.contains("no model \"prox\"") && said.contains("Near it: pro"), "{said}");
        let said = names.refused("lab/new").await;
        assert!(said.contains("holds a key for lab"), "{said}");
        let choice = ModelChoice { provider: Some("nobody".into()), ..bare("x") };
        let said = names.create(choice).await.unwrap_err().to_string();
        assert!(said.contains("no provider nobody") && said.contains("sim"), "{said}");
        assert!(names.refused(&format!("sim/{}", "x".repeat(300))).await.contains("200 bytes"));
        assert!(names.refused("sim/a\0b").await.contains("name"));
    }
}

#[tokio::test]
async fn a_version_nobody_knows_needs_the_provider_too() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        let said = names.refused("pro@pro-9").await;
        assert!(said.contains("known are pro-1, pro-2") && said.contains("sim/pro"), "{said}");
        let (meant, warnings) = names.asked("sim/pro@pro-9").await;
        assert_eq!(meant, "sim/pro pro-9");
        assert!(warnings[0].contains("no version pro-9"), "{warnings:?}");
    }
}

#[tokio::test]
async fn the_default_version_of_a_run_stays_when_the_registry_moves_on() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        let created = names.create(bare("pro@default")).await.unwrap();
        let key = ModelKey { provider_id: "sim".into(), model_id: "pro".into() };
        let change = ModelChange { default_version: Some("pro-2".into()), ..ModelChange::default() };
        registry::set_model(&names.db, &names.actor, &key, &change, None).await.unwrap();
        let row = names.row(created.run.id).await;
        assert_eq!((row.asked_for.as_deref(), row.wire_model.as_str()), (Some("pro@default"), "pro-1"));
        assert_eq!(names.asked("pro@default").await.0, "sim/pro pro-2");
    }
}

#[tokio::test]
async fn a_retired_model_starts_no_run_until_it_is_offered_again() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        let key = ModelKey { provider_id: "sim".into(), model_id: "pro".into() };
        registry::retire_model(&names.db, &names.actor, &key, None).await.unwrap();
        registry::sync(&names.db, &names.config).await.unwrap();
        for name in ["pro", "sim/pro", "pro-2"] {
            assert!(names.refused(name).await.contains("not offered any more"), "{name}");
        }
        let offered = registry::available_models(&names.db, names.config.beat()).await.unwrap();
        assert!(offered.iter().all(|entry| entry.model.id != "pro"));
        let change = ModelChange { is_offered: Some(true), ..ModelChange::default() };
        registry::set_model(&names.db, &names.actor, &key, &change, None).await.unwrap();
        assert_eq!(names.asked("pro").await.0, "sim/pro pro-1");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_named_and_only_what_is_near_is_suggested() {
    for database in databases().await {
        let names = Names::new(&database.db, &["sim"]).await;
        let said = names.refused("nope/x").await;
        assert!(said.contains("There is no provider nope") && !said.contains("Near it"), "{said}");
        for far in ["x", "nope", "zzzzzz", "o"] {
            let said = names.refused(far).await;
            assert!(!said.contains("Near it") && said.contains("probity models"), "{far}: {said}");
        }
        let said = names.refused("gpt-4o-mnii").await;
        assert!(said.contains("Near it: gpt-4o-mini"), "{said}");
    }
}
