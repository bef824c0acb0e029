//! The database behind an issuer, changed by somebody who is not the issuer.

use super::support::Issuer;
use invigil_issuer::store::Store;

pub enum Raw {
    Sqlite(rusqlite::Connection),
    /// `None` once its connection has ended.
    Postgres(Option<postgres::Client>),
}

impl Drop for Raw {
    fn drop(&mut self) {
        // The end of a connection waits for the server.
        if let Self::Postgres(client) = self {
            tokio::task::block_in_place(|| drop(client.take()));
        }
    }
}

impl Raw {
    pub fn of(issuer: &Issuer) -> Self {
        match super::support::server() {
            None => Self::Sqlite(rusqlite::Connection::open(issuer.folder.path().join("issuer.db")).unwrap()),
            Some(server) => Self::Postgres(Some(tokio::task::block_in_place(|| server.client(&issuer.database())))),
        }
    }

    /// A store whose database version 3 has made, with these rows, opened by the present version. `BYTES` stands for some.
    pub fn version_3(folder: &std::path::Path, rows: &str) -> Store {
        match super::support::server() {
            None => {
                let connection = rusqlite::Connection::open(folder.join("issuer.db")).unwrap();
                let schemas = ["1", "2", "3"].map(|version| {
                    let schema = format!("{}/src/store/schema/sqlite-{version}.sql", env!("CARGO_MANIFEST_DIR"));
                    std::fs::read_to_string(schema).unwrap()
                });
                schemas.iter().for_each(|schema| connection.execute_batch(schema).unwrap());
                connection.execute_batch(&rows.replace("BYTES", "x'00'")).unwrap();
                connection.execute_batch("PRAGMA user_version = 3").unwrap();
                drop(connection);
                Store::open(folder).unwrap()
            }
            Some(server) => {
                let name = super::support::database(folder);
                let url = tokio::task::block_in_place(|| {
                    let url = server.make(&name);
                    let mut client = server.client(&name);
                    client.batch_execute(include_str!("../../src/store/schema/postgres-3.sql")).unwrap();
                    let version = "CREATE TABLE schema_version (version BIGINT PRIMARY KEY);
                        INSERT INTO schema_version VALUES (3)";
                    client.batch_execute(version).unwrap();
                    client.batch_execute(&rows.replace("BYTES", "'\\x00'")).unwrap();
                    url
                });
                Store::connect(&url, folder).unwrap()
            }
        }
    }

    fn execute(&mut self, sqlite: &str, postgres: &str) -> u64 {
        match self {
            Self::Sqlite(connection) => connection.execute(sqlite, []).unwrap() as u64,
            Self::Postgres(client) => {
                let client = client.as_mut().unwrap();
                tokio::task::block_in_place(|| client.execute(postgres, &[]).unwrap())
            }
        }
    }

    /// Takes away what keeps records as they are.
    pub fn unguard(&mut self) {
        self.execute("DROP TRIGGER records_stay", "DROP TRIGGER records_stay ON records");
    }

    /// Puts another line into a log.
    pub fn change_line(&mut self, sitting: &str, seq: u64, line: &[u8]) {
        let line = hex::encode(line);
        let rest = format!("WHERE sitting = '{sitting}' AND seq = {seq}");
        let changed = self.execute(
            &format!("UPDATE records SET line = x'{line}' {rest}"),
            &format!("UPDATE records SET line = '\\x{line}' {rest}"),
        );
        assert_eq!(changed, 1);
    }

    /// Writes other words into an admission.
    pub fn change_admission(&mut self, sitting: &str, from: &str, to: &str) {
        let changed = self.execute(
            &format!(
                "UPDATE sittings SET admission = CAST (replace (CAST (admission AS TEXT), '{from}', '{to}') AS BLOB)
                 WHERE id = '{sitting}'"
            ),
            &format!(
                "UPDATE sittings SET admission =
                    convert_to (replace (convert_from (admission, 'UTF8'), '{from}', '{to}'), 'UTF8')
                 WHERE id = '{sitting}'"
            ),
        );
        assert_eq!(changed, 1);
    }

    /// Writes other words into the programmes.
    pub fn change_programmes(&mut self, from: &str, to: &str) {
        let sql = format!("UPDATE programmes SET body = replace (body, '{from}', '{to}')");
        self.execute(&sql, &sql);
    }

    /// Lays so many emptied lines beside the only log there is.
    pub fn fill_aside(&mut self, lines: u32) {
        let insert = "INSERT INTO aside SELECT id, 1000000 + i, 'd', 1,";
        let changed = self.execute(
            &format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {lines})
                 {insert} x'00', NULL, NULL, 0 FROM n, sittings"
            ),
            &format!("{insert} '\\x00', NULL, NULL, 0 FROM generate_series (1, {lines}) AS n (i), sittings"),
        );
        assert_eq!(changed, u64::from(lines));
    }

    /// The place of each line beside the logs, whether it came too late, and whether an answer lies there too. Lines
    /// that were emptied are left out.
    pub fn aside(&mut self) -> Vec<(u64, bool, bool)> {
        let sql = |empty: &str| {
            format!(
                "SELECT seq, CAST (late AS BIGINT), CAST (content IS NOT NULL AS INTEGER) FROM aside
                 WHERE line <> {empty} ORDER BY seq, digest"
            )
        };
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(&sql("x'00'")).unwrap();
                let row = |row: &rusqlite::Row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?, row.get(2)?));
                statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
            }
            Self::Postgres(client) => {
                let client = client.as_mut().unwrap();
                let rows = tokio::task::block_in_place(|| client.query(&sql("'\\x00'"), &[]).unwrap());
                let row = |row: &postgres::Row| {
                    (row.get::<_, i64>(0).cast_unsigned(), row.get::<_, i64>(1) != 0, row.get::<_, i32>(2) != 0)
                };
                rows.iter().map(row).collect()
            }
        }
    }
}
