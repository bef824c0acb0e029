//! What this application keeps shut itself. Nothing outside it can tell whether it does; the window tests try.

use invigil_core::policy::{Control as Name, Holding};
use invigil_lockdown::{Control, Unable};

/// A way out that the application does not open while somebody sits.
pub struct Door {
    name: Name,
    why: &'static str,
    engaged: bool,
}

impl Door {
    /// Closing the window: `main` refuses while a sitting holds the machine.
    pub fn close() -> Self {
        Self { name: Name::Close, why: "the application refuses to close", engaged: false }
    }

    /// Menus, printing, dropping and new windows: `window` refuses them at any time.
    pub fn page() -> Self {
        Self { name: Name::Page, why: "the application opens nothing from its page", engaged: false }
    }
}

impl Control for Door {
    fn name(&self) -> Name {
        self.name
    }

    fn engage(&mut self) -> Result<(), Unable> {
        self.engaged = true;
        Ok(())
    }

    fn holding(&mut self) -> Holding {
        if self.engaged { Holding::Requested { why: self.why.to_owned() } } else { Holding::Released }
    }

    fn release(&mut self) -> Result<(), Unable> {
        self.engaged = false;
        Ok(())
    }
}
