//! The registry: what a start syncs, what an admin sets, and what a run keeps.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use chrono::{DateTime, Utc};
use domain::{
    auth::{Actor, local_actor},
    config::{Config, ModelConfig, PriceConfig},
    db::{Db, now},
    registry::{self, ModelChange, ModelKey, NewTier, Tariffs, available_model, set_model, set_price},
    run::FrozenRun,
};
use entity::{Origin, audit_event, model, model_version, price};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use test_support::{databases, sample};

fn config() -> Config {
    test_support::config("http://127.0.0.1:9/v1")
}

fn key(model: &str) -> ModelKey {
    ModelKey { provider_id: "sim".into(), model_id: model.into() }
}

fn tier(above: u32, input: i64, output: i64) -> NewTier {
    NewTier {
        above_input_tokens: above,
        input_usd_micros_per_million: input,
        cached_input_usd_micros_per_million: None,
        cache_write_usd_micros_per_million: None,
        output_usd_micros_per_million: output,
    }
}

fn priced(input_usd: f64) -> ModelConfig {
    let price = PriceConfig {
        from: "2026-01-01".parse().unwrap(),
        above_input_tokens: 0,
        input_usd,
        cached_input_usd: None,
        cache_write_usd: None,
        output_usd: 9.0,
    };
    let prices = vec![PriceConfig { above_input_tokens: 1_000, ..price.clone() }, price];
    ModelConfig { versions: vec!["own-1".into()], prices, ..ModelConfig::default() }
}

fn past() -> DateTime<Utc> {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

async fn prices(db: &Db, model_id: &str) -> Vec<price::Model> {
    price::Entity::find()
        .filter(price::Column::ModelId.eq(model_id))
        .order_by_asc(price::Column::RecordedAt)
        .order_by_asc(price::Column::AboveInputTokens)
        .all(db.read())
        .await
        .unwrap()
}

async fn input_price(db: &Db, model_id: &str) -> Option<i64> {
    let tariffs = Tariffs::at(db.read(), now()).await.unwrap();
    tariffs.of("sim", model_id).map(|tariff| tariff.base().input_usd_micros_per_million)
}

async fn audited(db: &Db) -> u64 {
    audit_event::Entity::find().count(db.read()).await.unwrap()
}

async fn code(result: domain::Result<()>) -> &'static str {
    result.unwrap_err().public_code().unwrap_or("INTERNAL")
}

#[tokio::test]
async fn a_second_start_writes_nothing_and_several_at_once_agree() {
    for database in databases().await {
        let (db, config) = (&database.db, config());
        let starts = (0..4).map(|_| registry::sync(db, &config));
        for started in futures::future::join_all(starts).await {
            started.unwrap();
        }
        let before = price::Entity::find().order_by_asc(price::Column::Id).all(db.read()).await.unwrap();
        registry::sync(db, &config).await.unwrap();
        let after = price::Entity::find().order_by_asc(price::Column::Id).all(db.read()).await.unwrap();
        assert_eq!(before, after, "{}", database.name);
        let configured: usize = config.models.values().map(|model| model.prices.len()).sum();
        assert_eq!(after.len(), configured);
        let models = model::Entity::find().all(db.read()).await.unwrap();
        assert_eq!(models.len(), config.models.len());
        assert!(models.iter().all(|model| model.origin == Origin::Builtin));
    }
}

#[tokio::test]
async fn a_configured_price_that_changes_is_superseded_with_all_its_tiers_and_never_edited() {
    for database in databases().await {
        let (db, mut config) = (&database.db, config());
        config.models.insert("sim/own".into(), priced(1.0));
        registry::sync(db, &config).await.unwrap();
        let before = prices(db, "own").await;
        assert!(before.iter().all(|row| row.origin == Origin::Config && row.superseded_at.is_none()));
        config.models.insert("sim/own".into(), priced(3.0));
        registry::sync(db, &config).await.unwrap();
        let after = prices(db, "own").await;
        assert_eq!((before.len(), after.len()), (2, 4));
        for (old, kept) in before.iter().zip(&after) {
            assert!(kept.superseded_at.is_some());
            assert_eq!(price::Model { superseded_at: None, ..kept.clone() }, *old);
        }
        assert_eq!(input_price(db, "own").await, Some(3_000_000));
    }
}

#[tokio::test]
async fn what_an_admin_set_survives_every_start() {
    for database in databases().await {
        let (db, mut config) = (&database.db, config());
        config.models.insert("sim/own".into(), priced(1.0));
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let change = ModelChange {
            display_name: Some("Ours".into()),
            versions: Some(vec!["own-2".into()]),
            default_version: Some("own-2".into()),
            context_tokens: Some(9),
            has_seed: Some(false),
            ..ModelChange::default()
        };
        set_model(db, &admin, &key("own"), &change, None).await.unwrap();
        set_price(db, &admin, &key("own"), past(), &[tier(0, 7, 8)], None).await.unwrap();
        config.models.get_mut("sim/own").unwrap().display_name = Some("Theirs".into());
        config.models.get_mut("sim/own").unwrap().prices[0].from = "2026-03-01".parse().unwrap();
        config.models.get_mut("sim/own").unwrap().prices[1].from = "2026-03-01".parse().unwrap();
        registry::sync(db, &config).await.unwrap();

        let own = available_model(db, config.beat(), "sim", "own").await.unwrap();
        assert_eq!((own.model.display_name.as_str(), own.model.origin), ("Ours", Origin::Admin));
        assert_eq!((own.model.context_tokens, own.model.has_seed), (Some(9), false));
        assert!(own.model.has_system_prompt, "what was not named stays");
        assert_eq!(own.versions, ["own-1", "own-2"]);
        assert_eq!(own.price.unwrap().base().input_usd_micros_per_million, 7, "{}", database.name);
        assert_eq!(audited(db).await, 2);
    }
}

#[tokio::test]
async fn an_admins_price_for_the_day_of_a_configured_one_takes_its_place() {
    for database in databases().await {
        let (db, mut config) = (&database.db, config());
        config.models.insert("sim/own".into(), priced(1.0));
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let day = "2026-01-01T00:00:00Z".parse().unwrap();
        set_price(db, &admin, &key("own"), day, &[tier(0, 5, 5), tier(10, 6, 6)], None).await.unwrap();
        registry::sync(db, &config).await.unwrap();
        let holding: Vec<_> =
            prices(db, "own").await.into_iter().filter(|row| row.superseded_at.is_none()).collect();
        assert_eq!(holding.iter().map(|row| row.above_input_tokens).collect::<Vec<_>>(), [0, 10]);
        assert_eq!(input_price(db, "own").await, Some(5));
    }
}

#[tokio::test]
async fn a_price_that_is_set_later_does_not_change_what_a_run_costs() {
    for database in databases().await {
        let (db, config) = (&database.db, config());
        registry::sync(db, &config).await.unwrap();
        let (admin, created) =
            test_support::start(db, &config, sample("capital"), &["sim-oracle"], |_| ()).await;
        let price_of_run = async || {
            let frozen = FrozenRun::load(db, created.run.id).await.unwrap();
            let model = frozen.models.into_values().next().unwrap();
            model.price.unwrap().base().clone()
        };
        let before = price_of_run().await;
        // Recorded a millisecond later at the earliest: the stored time has milliseconds.
        while now() <= created.run.created_at {
            tokio::task::yield_now().await;
        }
        set_price(db, &admin, &key("sim-oracle"), past(), &[tier(0, 1, 1)], None).await.unwrap();
        let day = before.effective_from;
        set_price(db, &admin, &key("sim-oracle"), day, &[tier(0, 2, 2)], None).await.unwrap();
        let after = price_of_run().await;
        assert_eq!((after.id, after.input_usd_micros_per_million), (before.id, 500_000), "{}", database.name);
        assert_eq!(input_price(db, "sim-oracle").await, Some(1), "runs from now on pay the new one");
    }
}

#[tokio::test]
async fn the_same_token_sets_a_price_once_and_refuses_another_input() {
    for database in databases().await {
        let (db, config) = (&database.db, config());
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let set = async |input: i64| {
            set_price(db, &admin, &key("sim-oracle"), past(), &[tier(0, input, 9)], Some("once")).await
        };
        set(1).await.unwrap();
        set(1).await.unwrap();
        assert_eq!(audited(db).await, 1);
        assert_eq!(code(set(2).await).await, "CONFLICT");
        assert_eq!(input_price(db, "sim-oracle").await, Some(1));
    }
}

#[tokio::test]
async fn of_prices_set_at_once_one_holds_and_all_are_kept() {
    for database in databases().await {
        let (db, config) = (&database.db, config());
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let (admin, oracle) = (&admin, key("sim-oracle"));
        let sets =
            (1..=6).map(|input| {
                let oracle = &oracle;
                async move {
                    set_price(db, admin, oracle, past(), &[tier(0, input, 9), tier(9, 99, 99)], None).await
                }
            });
        for set in futures::future::join_all(sets).await {
            set.unwrap();
        }
        let of_admin: Vec<_> =
            prices(db, "sim-oracle").await.into_iter().filter(|row| row.origin == Origin::Admin).collect();
        assert_eq!(of_admin.len(), 12);
        assert_eq!(of_admin.iter().filter(|row| row.superseded_at.is_none()).count(), 2, "{}", database.name);
    }
}

#[tokio::test]
async fn a_change_that_is_wrong_is_refused_by_field_and_leaves_nothing() {
    for database in databases().await {
        let (db, config) = (&database.db, config());
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let researcher = Actor { role: entity::Role::Researcher, ..admin.clone() };
        let change = ModelChange::default();
        let before = model::Entity::find().count(db.read()).await.unwrap();
        let oracle = key("sim-oracle");
        assert_eq!(code(set_model(db, &researcher, &oracle, &change, None).await).await, "FORBIDDEN");
        assert_eq!(
            code(set_price(db, &researcher, &oracle, past(), &[tier(0, 1, 1)], None).await).await,
            "FORBIDDEN"
        );
        assert_eq!(code(registry::retire_model(db, &researcher, &oracle, None).await).await, "FORBIDDEN");
        let wrong = async |key: ModelKey, change: ModelChange| {
            set_model(db, &admin, &key, &change, None).await.unwrap_err().to_string()
        };
        let nowhere = ModelKey { provider_id: "nobody".into(), model_id: "m".into() };
        let said = wrong(nowhere, change.clone()).await;
        assert!(said.contains("providerId") && said.contains("sim"), "{said}");
        assert!(wrong(key(" spaced"), change.clone()).await.contains("modelId"));
        assert!(wrong(key("a\0b"), change.clone()).await.contains("NUL"));
        let default = ModelChange { default_version: Some("none".into()), ..change.clone() };
        assert!(wrong(key("new"), default).await.contains("defaultVersion"));
        let empty = ModelChange { context_tokens: Some(0), ..change };
        assert!(wrong(key("new"), empty).await.contains("contextTokens"));
        let set = async |key: &ModelKey, tiers: &[NewTier]| {
            set_price(db, &admin, key, past(), tiers, None).await.unwrap_err().to_string()
        };
        assert!(set(&oracle, &[]).await.contains("base tier"));
        assert!(set(&oracle, &[tier(5, 1, 1)]).await.contains("base tier"));
        assert!(set(&oracle, &[tier(0, 1, 1), tier(0, 2, 2)]).await.contains("same aboveInputTokens"));
        assert!(set(&oracle, &[tier(0, -1, 1)]).await.contains("tiers[0]"));
        assert!(set(&key("nothing"), &[tier(0, 1, 1)]).await.contains("no model"));
        assert_eq!(model::Entity::find().count(db.read()).await.unwrap(), before);
        assert_eq!(audited(db).await, 0);
    }
}

#[tokio::test]
async fn the_prices_of_an_older_database_are_kept_when_it_is_brought_up_to_date() {
    use migration::{Migrator, MigratorTrait};
    let dir = tempfile::tempdir().unwrap();
    let mut urls = vec![Db::embedded_url(dir.path()).unwrap()];
    // A fresh database beside those that the other tests use.
    if let Some(postgres) = databases().await.into_iter().find(|database| database.db.is_postgres()) {
        let name = format!("old_{}", uuid::Uuid::now_v7().simple());
        postgres.db.write().execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (base, _) = postgres.url.rsplit_once('/').unwrap();
        urls.push(format!("{base}/{name}"));
    }
    for url in urls {
        let db = Db::connect(&url).await.unwrap();
        Migrator::up(db.write(), Some(1)).await.unwrap();
        let id = if db.is_postgres() {
            "'00000000-0000-0000-0000-0000000000ff'"
        } else {
            "x'000000000000000000000000000000ff'"
        };
        db.write()
            .execute_unprepared(&format!(
                "INSERT INTO providers VALUES ('sim', 'Sim', 'openai_chat', false);
                 INSERT INTO models VALUES ('sim', 'old', 'Old', NULL, NULL, true, false);
                 INSERT INTO model_versions VALUES ('sim', 'old', 'old-1');
                 INSERT INTO prices VALUES ({id}, 'sim', 'old', '2026-01-01T00:00:00+00:00', 4, NULL, 5)"
            ))
            .await
            .unwrap();
        db.migrate().await.unwrap();
        assert_eq!(db.pending_migration_count().await.unwrap(), 0);
        let kept = prices(&db, "old").await;
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].id.as_u128(), kept[0].above_input_tokens), (0xff, 0));
        assert_eq!(input_price(&db, "old").await, Some(4));
        let version = model_version::Entity::find().one(db.read()).await.unwrap().unwrap();
        assert_eq!(version.origin, Origin::Builtin);
        registry::sync(&db, &config()).await.unwrap();
        db.close().await;
    }
}

#[tokio::test]
async fn what_nobody_said_of_a_model_is_not_known_rather_than_false() {
    for database in databases().await {
        let (db, mut config) = (&database.db, config());
        config.models.insert("sim/own".into(), priced(1.0));
        config
            .models
            .insert("sim/told".into(), ModelConfig { has_reasoning: Some(false), ..ModelConfig::default() });
        registry::sync(db, &config).await.unwrap();
        let admin = local_actor(db).await.unwrap();
        let change = ModelChange { versions: Some(vec!["v-2".into()]), ..ModelChange::default() };
        for id in ["new", "told"] {
            set_model(db, &admin, &key(id), &change, None).await.unwrap();
        }
        for (id, known) in [("own", None), ("new", None), ("told", Some(false))] {
            let found = available_model(db, config.beat(), "sim", id).await.unwrap().model;
            assert_eq!((found.has_reasoning, found.has_structured_output), (known, None), "{id}");
        }
    }
}
