//! Pages of lists, in the form that Relay made usual.

use async_graphql::SimpleObject;

/// Where a page lies in its list.
#[derive(Clone, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether there are rows behind this page.
    pub(crate) has_next_page: bool,
    /// Whether there are rows before this page: true where `after` was given.
    pub(crate) has_previous_page: bool,
    /// The cursor of the page's first row; null where the page is empty.
    pub(crate) start_cursor: Option<String>,
    /// The cursor of the page's last row, to be given as `after`; null where the page is empty.
    pub(crate) end_cursor: Option<String>,
}

/// Makes the connection and the edge of a list.
macro_rules! connection {
    ($(#[$doc:meta])* $connection:ident, $(#[$edge_doc:meta])* $edge:ident of $node:ty) => {
        $(#[$edge_doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $edge {
            /// The row's place in the list; give it as `after` to read on behind it.
            cursor: String,
            /// The row.
            node: $node,
        }

        $(#[$doc])*
        pub(crate) struct $connection {
            edges: Vec<$edge>,
            page_info: $crate::schema::connection::PageInfo,
            total: u64,
        }

        $(#[$doc])*
        #[async_graphql::Object]
        impl $connection {
            /// The rows of the page.
            async fn nodes(&self) -> Vec<&$node> {
                self.edges.iter().map(|edge| &edge.node).collect()
            }

            /// The rows of the page, each with its cursor.
            async fn edges(&self) -> &[$edge] {
                &self.edges
            }

            /// Where the page lies in the list.
            async fn page_info(&self) -> &$crate::schema::connection::PageInfo {
                &self.page_info
            }

            /// All rows of the list, whatever the page.
            async fn total_count(&self) -> u64 {
                self.total
            }
        }

        impl $connection {
            /// A page of the domain; `node` makes of each row what is shown.
            pub(crate) fn of<T>(
                page: domain::page::Page<T>,
                is_continued: bool,
                mut node: impl FnMut(T) -> domain::Result<$node>,
            ) -> domain::Result<Self> {
                let mut edges = Vec::with_capacity(page.rows.len());
                for (cursor, row) in page.rows {
                    edges.push($edge { cursor, node: node(row)? });
                }
                let page_info = $crate::schema::connection::PageInfo {
                    has_next_page: page.has_next,
                    has_previous_page: is_continued,
                    start_cursor: edges.first().map(|edge| edge.cursor.clone()),
                    end_cursor: edges.last().map(|edge| edge.cursor.clone()),
                };
                Ok(Self { edges, page_info, total: page.total })
            }
        }
    };
}

pub(crate) use connection;
