//! Reads a dimension from Markdown: a description and a table of its levels.

use super::{
    super::{
        super::{Dimension, Level, Problem, ProblemCode},
        bytes,
        locations::Place,
    },
    cell,
    lines::{Fence, Lines},
    read::Reading,
    text,
};

impl Reading {
    /// The dimension under a `##`: a description, then a table of levels.
    pub(super) fn dimension(
        &mut self,
        path: &str,
        name: String,
        line: u64,
        lines: Lines<'_, '_>,
    ) -> Dimension {
        self.places.add(path, Place::at(line, 1));
        self.places.add(format!("{path}.name"), Place::letters(line, 4));
        let mut fence: Option<Fence<'_>> = None;
        let table = lines.all.iter().position(|line| match &fence {
            Some(open) => {
                if open.is_closed_by(line) {
                    fence = None;
                }
                false
            }
            None => {
                fence = Fence::of(line);
                fence.is_none() && line.trim_start().starts_with('|')
            }
        });
        let table = table.unwrap_or(lines.all.len());
        let description = text::read(lines.part(0, table)).map(|block| block.text);
        let levels = self.table(path, line, lines.part(table, lines.all.len()));
        Dimension { name, description, levels }
    }

    fn table(&mut self, path: &str, heading: u64, lines: Lines<'_, '_>) -> Vec<Level> {
        self.places.add(format!("{path}.levels"), Place::at(heading, 1));
        let mut rows = lines.written();
        let Some((_, header)) = rows.next() else { return Vec::new() };
        let header_line = lines.number(0);
        let mut columns = Vec::new();
        for cell in cell::cells(header) {
            let column = Column::of(&cell.text);
            let is_known = column.is_some_and(|column| !columns.contains(&Some(column)));
            if !is_known {
                let message =
                    format!("The table has a column {:?}, once too often or of no meaning.", cell.text);
                let fix = "Its columns are Score, Label, Options and Target.";
                self.problems.push(bytes::syntax(header_line, cell.column, message, fix));
            }
            columns.push(column);
        }
        let mut levels = Vec::new();
        for (index, row) in rows {
            let line = lines.number(index);
            let cells = cell::cells(row);
            let is_rule = |cell: &cell::Cell| {
                cell.text.contains('-') && cell.text.trim_matches([':', '-', ' ']).is_empty()
            };
            if levels.is_empty() && !cells.is_empty() && cells.iter().all(is_rule) && index <= 2 {
                continue;
            }
            if !row.trim_start().starts_with('|') {
                let fix = "Put the description above the table.";
                self.problems.push(bytes::syntax(line, 1, "This text stands behind a table.", fix));
                break;
            }
            let path = format!("{path}.levels[{}]", levels.len());
            levels.push(self.level(&path, line, &columns, cells));
        }
        levels
    }

    fn level(&mut self, path: &str, line: u64, columns: &[Option<Column>], cells: Vec<cell::Cell>) -> Level {
        self.places.add(path, Place::at(line, 1));
        let mut level = Level { score: None, label: String::new(), wordings: Vec::new(), target: None };
        if let Some(cell) = cells.get(columns.len()) {
            let message = format!("The row has {} cells, the table {} columns.", cells.len(), columns.len());
            self.problems.push(bytes::syntax(
                line,
                cell.column,
                message,
                "Write `\\|` for a pipe in a text.",
            ));
        }
        for (column, cell) in columns.iter().zip(cells) {
            let place = Place::at(line, cell.column);
            match column {
                Some(Column::Score) => {
                    self.places.add(format!("{path}.score"), place);
                    level.score = cell.text.parse().ok().filter(|score: &f64| score.is_finite());
                    if level.score.is_none() && !["", "-", "–", "—"].contains(&cell.text.as_str()) {
                        let message = format!("{:?} is no number.", cell.text);
                        let fix = "Write a number such as 2 or 0.5, or leave the cell empty.";
                        let problem = Problem::new("", ProblemCode::WrongType, message, fix);
                        let problem = Problem { line: Some(line), column: Some(cell.column), ..problem };
                        self.problems.push(problem);
                    }
                }
                Some(Column::Label) => {
                    self.places.add(format!("{path}.label"), place);
                    level.label = cell::read_one(&cell.text);
                }
                Some(Column::Options) => {
                    self.places.add(format!("{path}.wordings"), place);
                    level.wordings = cell::read_several(&cell.text);
                }
                Some(Column::Target) => {
                    self.places.add(format!("{path}.target"), place);
                    level.target = Some(cell::read_one(&cell.text)).filter(|_| !cell.text.is_empty());
                }
                None => {}
            }
        }
        level
    }
}

/// The columns of a dimension's table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Score,
    Label,
    Options,
    Target,
}

impl Column {
    fn of(name: &str) -> Option<Self> {
        match name.trim_matches(['*', '_', '`', ' ']).to_lowercase().as_str() {
            "score" => Some(Self::Score),
            "label" | "level" => Some(Self::Label),
            "options" | "option" | "wordings" | "wording" => Some(Self::Options),
            "target" => Some(Self::Target),
            _ => None,
        }
    }
}
