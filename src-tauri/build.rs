//! Turns the window's three commands into permissions and embeds the built page.

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(&["dispatch", "subscribe", "lobby"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .unwrap_or_else(|error| panic!("the Tauri configuration is not usable: {error:#}"));
}
