//! The window's TypeScript types are those of `view.rs`. `UPDATE=1 cargo test -p invigil-client --test contract`
//! writes them anew.

use invigil_client::view::{Act, Ask, Problem, Reply, View};
use std::{any::TypeId, fs, path::Path};
use ts_rs::{Config, TS, TypeVisitor};

/// Collects the declaration of every type that a type leads to, each once.
struct Declarations<'a> {
    config: &'a Config,
    seen: Vec<TypeId>,
    texts: Vec<(String, String)>,
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.seen.contains(&TypeId::of::<T>()) {
            return;
        }
        self.seen.push(TypeId::of::<T>());
        T::visit_generics(self);
        T::visit_dependencies(self);
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.texts.push((T::ident(self.config), format!("{docs}export {}\n", T::decl(self.config))));
        }
    }
}

#[test]
fn the_window_has_the_types_of_the_runtime() {
    let config = Config::default();
    let mut all = Declarations { config: &config, seen: vec![], texts: vec![] };
    all.visit::<Act>();
    all.visit::<Ask>();
    all.visit::<Reply>();
    all.visit::<View>();
    all.visit::<Problem>();
    all.texts.sort();
    let types: Vec<_> = all.texts.into_iter().map(|(_, text)| text).collect();
    let generated = format!(
        "// The window's contract, written from crates/client/src/view by its test `contract`. Do not edit.\n\n{}",
        types.join("\n")
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/shared/contract.ts");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "contract.ts is not up to date; run this test with UPDATE=1");
}
