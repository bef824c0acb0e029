//! Calendar months, which have no fixed length.

use invigil_core::Wall;

/// The time `months` calendar months after `from`; see [`Wall::plus_months`].
pub fn months_after(from: Wall, months: u32) -> Option<Wall> {
    from.plus_months(months)
}
