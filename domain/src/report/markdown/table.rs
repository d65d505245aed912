//! Tables that can be read before they are rendered.

use unicode_width::UnicodeWidthStr;

/// A table: texts at the left, numbers at the right.
pub(super) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    left: usize,
}

impl Table {
    /// With these columns, of which the first `left` hold texts.
    pub(super) fn new<S: Into<String>>(left: usize, header: impl IntoIterator<Item = S>) -> Self {
        Self { header: header.into_iter().map(Into::into).collect(), rows: Vec::new(), left }
    }

    /// Cells are Markdown already.
    pub(super) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The rows without the header.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Aligned in columns.
    pub(super) fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| {
                let cells = self.rows.iter().chain([&self.header]);
                cells.filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0).max(3)
            })
            .collect();
        let line = |cells: &[String]| {
            let padded = widths.iter().enumerate().map(|(column, width)| {
                let cell = cells.get(column).map_or("", String::as_str);
                let space = " ".repeat(width.saturating_sub(cell.width()));
                if column < self.left { format!("{cell}{space}") } else { format!("{space}{cell}") }
            });
            format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
        };
        let rule = widths.iter().enumerate().map(|(column, width)| match column < self.left {
            true => "-".repeat(*width),
            false => format!("{}:", "-".repeat(width - 1)),
        });
        let rule = format!("| {} |\n", rule.collect::<Vec<_>>().join(" | "));
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("{}{rule}{rows}", line(&self.header))
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_aligned_also_where_characters_are_wide() {
        let mut table = Table::new(1, ["Model", "n"]);
        table.row(["日本", "1,000"]);
        table.row(["x", "7"]);
        assert_eq!(
            table.text(),
            "| Model |     n |\n| ----- | ----: |\n| 日本  | 1,000 |\n| x     |     7 |\n"
        );
    }
}
