//! The settings that a sitting's database is opened with. Each is read back, and none is taken on trust: a store that
//! does not keep one of them is refused.

use super::StoreError;
use rusqlite::{Connection, types::Value};

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name of its `PRAGMA`.
    pub name: &'static str,
    /// What it is set to.
    pub value: &'static str,
    /// What reading it gives then.
    pub reads: &'static str,
}

const fn setting(name: &'static str, value: &'static str, reads: &'static str) -> Setting {
    Setting { name, value, reads }
}

/// Every setting, in the order in which they are set; the key comes before them. `cipher_log_level` and
/// `cipher_memory_security` belong to the whole process, and the latter cannot be switched off again.
pub const SETTINGS: [Setting; 14] = [
    setting("cipher_log_level", "NONE", "NONE"),
    setting("cipher_memory_security", "ON", "1"),
    // Before WAL begins: the index of the WAL is in this process's memory then, and nobody else can write.
    setting("locking_mode", "EXCLUSIVE", "exclusive"),
    setting("journal_mode", "WAL", "wal"),
    setting("synchronous", "EXTRA", "3"),
    setting("fullfsync", "ON", "1"),
    setting("checkpoint_fullfsync", "ON", "1"),
    setting("secure_delete", "ON", "1"),
    setting("temp_store", "MEMORY", "2"),
    setting("foreign_keys", "ON", "1"),
    setting("trusted_schema", "OFF", "0"),
    setting("cell_size_check", "ON", "1"),
    setting("mmap_size", "0", "0"),
    setting("wal_autocheckpoint", "500", "500"),
];

/// Makes every setting, on a connection whose key is set.
pub(super) fn apply(connection: &Connection) -> Result<(), StoreError> {
    for Setting { name, value, .. } in SETTINGS {
        connection.execute_batch(&format!("PRAGMA {name} = {value};"))?;
    }
    Ok(())
}

/// Refuses a connection that is not encrypted or has another value in one setting.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    if read(connection, "cipher_version")?.is_none_or(|version| version.is_empty()) {
        return Err(StoreError::Setting("cipher_version"));
    }
    for Setting { name, reads, .. } in SETTINGS {
        if read(connection, name)?.as_deref() != Some(reads) {
            return Err(StoreError::Setting(name));
        }
    }
    Ok(())
}

/// What a setting reads as; `None` when there is no such setting.
fn read(connection: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare(&format!("PRAGMA {name}"))?;
    let mut rows = statement.query([])?;
    Ok(match rows.next()? {
        Some(row) => match row.get(0)? {
            Value::Text(text) => Some(text),
            Value::Integer(number) => Some(number.to_string()),
            Value::Null | Value::Real(_) | Value::Blob(_) => None,
        },
        None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, process::Command};

    /// Another value of each setting. What cannot be switched off again comes first.
    const OTHERS: [(&str, &str); 14] = [
        ("cipher_memory_security", "OFF"),
        ("cipher_log_level", "ERROR"),
        ("locking_mode", "NORMAL"),
        ("journal_mode", "DELETE"),
        ("synchronous", "FULL"),
        ("fullfsync", "OFF"),
        ("checkpoint_fullfsync", "OFF"),
        ("secure_delete", "FAST"),
        ("temp_store", "FILE"),
        ("foreign_keys", "OFF"),
        ("trusted_schema", "ON"),
        ("cell_size_check", "OFF"),
        ("mmap_size", "1048576"),
        ("wal_autocheckpoint", "1000"),
    ];
    const ALONE: &str = "INVIGIL_TEST_SETTINGS_ALONE";

    /// Two settings belong to the process, so the values are tried in a process of their own.
    #[test]
    fn a_differing_setting_is_refused_by_its_name() {
        if env::var_os(ALONE).is_some() {
            return try_all();
        }
        let own = env::current_exe().unwrap();
        let name = "store::settings::tests::a_differing_setting_is_refused_by_its_name";
        let output = Command::new(own).args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("14 settings refused"));
    }

    fn try_all() {
        let folder = tempfile::tempdir().unwrap();
        let connection = |name: &str| {
            let connection = Connection::open(folder.path().join(name)).unwrap();
            connection.pragma_update(None, "key", format!("x'{}'", "01".repeat(32))).unwrap();
            connection
        };
        let mut refused = 0;
        for (other, value) in OTHERS {
            let connection = connection(other);
            for setting in SETTINGS {
                let value = if setting.name == other { value } else { setting.value };
                connection.execute_batch(&format!("PRAGMA {} = {value};", setting.name)).unwrap();
            }
            let outcome = check(&connection);
            assert!(matches!(&outcome, Err(StoreError::Setting(name)) if *name == other), "{other}: {outcome:?}");
            refused += 1;
        }
        let connection = connection("right");
        apply(&connection).unwrap();
        check(&connection).unwrap();
        println!("{refused} settings refused");
    }
}
