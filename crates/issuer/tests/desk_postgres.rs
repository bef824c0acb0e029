//! The suite of `desk` once more, with the rows on PostgreSQL.

#[path = "desk/main.rs"]
mod desk;
