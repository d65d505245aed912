//! The scenarios of a definition as CSV, for whoever wants to see every prompt before paying for
//! the answers. Written as they are expanded: nothing is stored, and memory does not grow with
//! their number.

use bytes::Bytes;
use futures::{Stream, StreamExt, stream};

use super::csv::{BOM, cell, number, unwritable, writer};
use crate::{
    definition::{DefinitionContent, Expansion, csv_columns, field_column},
    error::Result,
};

/// Scenarios of one chunk: a few milliseconds of work.
const CHUNK: usize = 500;

/// The file's bytes: one row per scenario in its order, with levels, scores and the exact texts.
///
/// # Errors
/// `Invalid` with the problems of the content.
pub fn scenarios_csv(
    content: &DefinitionContent,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
    let expansion = Expansion::new(content)?;
    let mut header = BOM.to_vec();
    write_header(&mut header, &expansion)?;
    let header = stream::once(std::future::ready(Ok(Bytes::from(header))));
    let rows = stream::try_unfold((expansion, 0), |(expansion, first): (Expansion, u64)| async move {
        let combinations: Vec<u64> = expansion.iter_from(first).take(CHUNK).collect();
        let Some(last) = combinations.last() else { return Ok(None) };
        let mut bytes = Vec::with_capacity(64 << 10);
        for combination in &combinations {
            write_row(&mut bytes, &expansion, *combination)?;
        }
        Ok(Some((Bytes::from(bytes), (expansion, last + 1))))
    });
    Ok(header.chain(rows))
}

fn write_header(bytes: &mut Vec<u8>, expansion: &Expansion) -> Result<()> {
    let content = expansion.content();
    let mut columns = vec!["scenario_key".to_owned()];
    for dimension in &content.dimensions {
        columns.extend(csv_columns(&dimension.name));
    }
    columns.extend(expansion.field_names().iter().map(|name| field_column(name)));
    columns.extend(["target", "system", "prompt"].map(str::to_owned));
    columns.extend((1..=content.follow_ups.len()).map(|number| format!("follow_up_{number}")));
    let mut writer = writer(bytes);
    writer.write_record(&columns).map_err(unwritable)?;
    writer.flush().map_err(|error| unwritable(error.into()))
}

fn write_row(bytes: &mut Vec<u8>, expansion: &Expansion, combination: u64) -> Result<()> {
    let scenario = expansion.scenario(combination);
    let prompts = expansion.prompts(combination);
    let mut row = vec![scenario.key];
    for choice in scenario.levels {
        let level = &expansion.content().dimensions[choice.dimension].levels[choice.level];
        row.extend([level.label.clone(), number(level.score)]);
    }
    if let Some(listed) = expansion.listed(combination) {
        let names = expansion.field_names().iter();
        row.extend(names.map(|name| listed.field(name).map(cell).unwrap_or_default().into_owned()));
    }
    row.push(expansion.target_of(combination).unwrap_or_default().to_owned());
    row.push(prompts.system.unwrap_or_default());
    row.push(prompts.first);
    row.extend(prompts.follow_ups);
    let mut writer = writer(bytes);
    writer.write_record(&row).map_err(unwritable)?;
    writer.flush().map_err(|error| unwritable(error.into()))
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;
    use crate::definition::{from_yaml, samples::SAMPLES};

    #[tokio::test]
    async fn every_scenario_is_a_row_with_its_exact_prompt() {
        for (file, text) in SAMPLES {
            let content = from_yaml(text.as_bytes()).unwrap();
            let expansion = Expansion::new(&content).unwrap();
            let parts: Vec<Bytes> = scenarios_csv(&content).unwrap().try_collect().await.unwrap();
            let bytes = parts.concat();
            let mut reader = ::csv::Reader::from_reader(bytes.strip_prefix(BOM).unwrap());
            let at = reader.headers().unwrap().iter().position(|column| column == "prompt").unwrap();
            let rows: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
            assert_eq!(rows.len() as u64, expansion.scenario_count(), "{file}");
            for (row, combination) in rows.iter().zip(expansion.iter()) {
                assert_eq!(&row[0], expansion.scenario(combination).key);
                assert_eq!(&row[at], expansion.prompts(combination).first);
            }
        }
    }
}
