//! GraphQL, downloads, access checks and the embedded web page.
