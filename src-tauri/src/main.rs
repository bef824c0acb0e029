//! The Tauri shell: one window, the controls that are bound to it, and three commands that forward to the runtime.
//!
//! No rule lives here. The shell follows the runtime's posture and reports what the system shows.

mod aloud;
mod controls;
mod doctor;
mod errands;
mod guard;
mod instance;
mod looks;
mod notify;
mod recovery;
mod watch;
mod window;

use errands::Errands;
use instance::Refused;
use invigil_client::{
    engine::{Engine, Options, Surroundings},
    folder,
    vault::SecretStore,
    view::{Act, Ask, Problem, Reply, View},
};
use invigil_lockdown::{
    Address, desktop,
    guard::{CANNOT_START_STATUS, RECOVERY_ARGUMENT},
    probes::aids,
};
use recovery::Trouble;
use std::{env, path::PathBuf, process::ExitCode, sync::Arc};
use tauri::{RunEvent, State, WindowEvent, ipc::Channel};

#[tauri::command]
async fn dispatch(engine: State<'_, Engine>, act: Act) -> Result<View, Problem> {
    engine.dispatch(act).await
}

#[tauri::command]
async fn lobby(app: tauri::AppHandle, engine: State<'_, Engine>, ask: Ask) -> Result<Reply, Problem> {
    let reply = engine.lobby(ask).await?;
    if let Reply::Said { text } = &reply {
        aloud::say(&app, text.clone());
    } else if reply == Reply::Done {
        app.exit(0);
    }
    Ok(reply)
}

#[tauri::command]
async fn subscribe(engine: State<'_, Engine>, channel: Channel<View>) -> Result<(), Problem> {
    let mut views = engine.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            let view = views.borrow_and_update().clone();
            if channel.send(view).is_err() || views.changed().await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn main() -> ExitCode {
    match start() {
        Ok(status) => status,
        Err(trouble) => {
            recovery::show(&trouble);
            // The guard must not start it again: the person has read why it cannot start.
            ExitCode::from(CANNOT_START_STATUS)
        }
    }
}

fn start() -> Result<ExitCode, Trouble> {
    let scrubbed = guard::scrub_environment().map_err(|why| Trouble::open_environment(&why))?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--version") {
        return Ok(say(&format!("invigil-desktop {}", env!("CARGO_PKG_VERSION"))));
    }
    let folder = folder::default_root();
    if arguments.iter().any(|argument| argument == RECOVERY_ARGUMENT) {
        recovery::show(&Trouble::crash_loop(&folder));
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.iter().any(|argument| argument == doctor::ARGUMENT) {
        return Ok(doctor::run(&arguments, &folder));
    }
    guard::start_under_guard(&arguments);
    let link = arguments.into_iter().find(|argument| argument.starts_with("invigil://"));
    let instance = match instance::claim(&folder, link.as_deref()) {
        Ok(instance) => instance,
        Err(Refused::Taken) => {
            return Ok(say("Invigil is already open (already-running). Its window has been brought to the front."));
        }
        Err(Refused::Trouble(trouble)) => return Err(trouble),
    };
    run(link, scrubbed, &instance).map_err(|problem| Trouble::of(&problem, &folder))?;
    Ok(ExitCode::SUCCESS)
}

/// Where the user looks for files that programs write for them.
fn files_folder() -> PathBuf {
    let downloads = gtk::glib::user_special_dir(gtk::glib::UserDirectory::Downloads);
    downloads.filter(|folder| folder.is_dir()).unwrap_or_else(gtk::glib::home_dir)
}

fn run(link: Option<String>, scrubbed: Vec<String>, instance: &instance::Instance) -> Result<(), Problem> {
    let internal = |error: &dyn std::fmt::Display| Problem::new("internal").with("why", error);
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    // Only a second call fails, and this is the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| internal(&error))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let pulse = guard::Pulse::find();
    let (engine, notices) = runtime.block_on(Engine::start(Options {
        folder: folder::default_root(),
        secret_store: SecretStore::Use,
        practice: practice_folders(),
        link,
        guard: pulse.as_ref().map(guard::Pulse::keys),
        files: files_folder(),
        scrubbed,
    }))?;
    engine.take_surroundings(Surroundings { desktop: desktop(), aids: Arc::new(aids_here), die: Arc::new(die) });
    instance.serve(&engine);
    let errands = Errands::start(engine.clone());
    let quit = errands.clone();
    let app = tauri::Builder::default()
        .manage(engine.clone())
        .invoke_handler(tauri::generate_handler![dispatch, subscribe, lobby])
        .setup(move |app| {
            let window = window::open(app.handle(), &errands)?;
            aloud::prepare(&window)?;
            controls::follow(window.gtk_window()?, &errands);
            watch::start(errands.clone());
            engine.look(Box::new(looks::open))?;
            notify::follow(&engine, notices);
            if let Some(pulse) = pulse {
                pulse.beat_from_main_loop(errands);
            }
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(|error| internal(&error))?;
    // Whether anybody is sitting must not be waited for here, so nothing ends before it is known.
    app.run(move |app, event| match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            end(app, &quit);
        }
        RunEvent::ExitRequested { api, code: None, .. } => {
            api.prevent_exit();
            end(app, &quit);
        }
        _ => {}
    });
    Ok(())
}

/// The aids that run in this session.
fn aids_here() -> Vec<String> {
    aids(Address::Session).into_iter().collect()
}

/// Ends this process as the kernel does with one that fails: without a word, at once, and with nothing put in order.
fn die() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
}

fn end(app: &tauri::AppHandle, errands: &Errands) {
    let app = app.clone();
    errands.quit(move || app.exit(0));
}

/// Practice packs lie beside the installed application, or where a developer says.
fn practice_folders() -> Vec<PathBuf> {
    let given = env::var_os("INVIGIL_PRACTICE").map(PathBuf::from);
    let shared = env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("share/invigil/practice")));
    let own = Some(folder::default_root().join("practice-packs"));
    [given, shared, own].into_iter().flatten().collect()
}

#[expect(clippy::print_stderr, reason = "the only way to speak before there is a window")]
fn say(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::SUCCESS
}
