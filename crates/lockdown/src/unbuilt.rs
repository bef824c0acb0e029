//! A control or a probe that this system does not have. It says so and does nothing.

use crate::{
    control::{Control, Unable},
    probe::{Blind, Probe},
};
use invigil_core::policy::{Control as ControlName, Holding, Probe as ProbeName};
use std::collections::BTreeSet;

/// Stands where something is missing, and says why.
#[derive(Debug, Clone)]
pub struct Unbuilt<Name> {
    name: Name,
    why: &'static str,
}

impl<Name: Copy> Unbuilt<Name> {
    /// Stands for `name`. `why` completes the sentence "there is none here: …".
    pub fn new(name: Name, why: &'static str) -> Self {
        Self { name, why }
    }
}

/// Every control of a system that has none of them.
pub fn controls(why: &'static str) -> Vec<Box<dyn Control>> {
    ControlName::ALL.map(|name| Box::new(Unbuilt::new(name, why)) as Box<dyn Control>).into()
}

/// Every probe of a system that has none of them.
pub fn probes(why: &'static str) -> Vec<Box<dyn Probe + Send>> {
    ProbeName::ALL.map(|name| Box::new(Unbuilt::new(name, why)) as Box<dyn Probe + Send>).into()
}

impl Control for Unbuilt<ControlName> {
    fn name(&self) -> ControlName {
        self.name
    }

    fn engage(&mut self) -> Result<(), Unable> {
        Err(Unable { control: self.name, attempt: "engaged", why: self.why.to_owned() })
    }

    fn holding(&mut self) -> Holding {
        Holding::Unsupported { why: self.why.to_owned() }
    }

    fn release(&mut self) -> Result<(), Unable> {
        Ok(())
    }
}

impl Probe for Unbuilt<ProbeName> {
    fn name(&self) -> ProbeName {
        self.name
    }

    fn look(&mut self) -> Result<BTreeSet<String>, Blind> {
        Err(Blind(self.why.to_owned()))
    }
}
