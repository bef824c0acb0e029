//! Many lives of a sitting in one process, each driven by one seed: the real rules, stores and formats under an invented
//! clock and an invented network. A failing seed is printed and repeats: `SEED=n`.

mod clock;
mod machine;
