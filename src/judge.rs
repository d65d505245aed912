//! `judge`: asks for marks, comparisons or readings of values of a run that is over.

use std::process::ExitCode;

use domain::{
    assessing::{self, AssessmentPlan, NewAssessment},
    judging::NewJudge,
    run::Commanded,
};
use entity::AssessmentKind;

use crate::{
    embedded::open,
    findings::find_run,
    flags::{JudgeFlags, Store},
    run::model_choice,
};

/// `probity judge`.
pub(crate) async fn judge(store: Store, flags: JudgeFlags) -> anyhow::Result<ExitCode> {
    let opened = open(store.config()?).await?;
    let run_id = find_run(&opened.db, &flags.run).await?;
    let kind = match &flags.what {
        what if what.rubric => AssessmentKind::Rubric,
        what if what.pairwise => AssessmentKind::Pairwise,
        _ => AssessmentKind::Feature,
    };
    let judge = flags.judge.as_deref().map(model_choice);
    let new = NewAssessment {
        kind,
        scorer: flags.scorer,
        version: flags.version,
        judge: judge.map(|model| NewJudge { model, calls_max: flags.max_calls }),
        pairs_max: flags.max_pairs,
        seed: flags.seed,
        rounds: None,
        only_missing: flags.only_missing,
    };
    let plan = assessing::plan(&opened.db, &opened.config, run_id, &new).await?;
    println!("{}", in_words(&plan));
    if flags.plan {
        return Ok(ExitCode::SUCCESS);
    }
    let commanded = Commanded { actor: &opened.actor, run_id, client_token: None };
    let row = assessing::assess_run(&opened.db, &opened.config, commanded, &new).await?;
    println!("Assessment {}: a worker that serves {} works on it.", row.id, row.provider_id);
    Ok(ExitCode::SUCCESS)
}

fn in_words(plan: &AssessmentPlan) -> String {
    let pairs = match (plan.pairs, plan.pairs_total) {
        (Some(drawn), Some(total)) => format!("{drawn} of {total} pairs in both orders: "),
        _ => String::new(),
    };
    #[expect(clippy::cast_precision_loss, reason = "shown with four decimals")]
    let cost = plan.cost_max_usd_micros.map_or("the judge has no price".to_owned(), |micros| {
        format!("at most ${:.4} without repairs", micros as f64 / 1e6)
    });
    format!("{pairs}{} questions, at most {} calls, {cost}.", plan.cases, plan.calls_max)
}
