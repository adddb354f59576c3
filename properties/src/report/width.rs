//! How wide a report is: as wide as what asks for it says, and the same everywhere else.

/// Where nothing is said.
const USUAL: usize = 100;
/// Narrower ones cannot be read, wider ones neither.
const NARROWEST: usize = 60;
const WIDEST: usize = 200;

/// What the environment says in the variable that shells have for it.
pub(crate) fn width() -> usize {
    of(std::env::var("COLUMNS").ok().as_deref())
}

fn of(columns: Option<&str>) -> usize {
    let columns = columns.and_then(|columns| columns.trim().parse().ok());
    columns.unwrap_or(USUAL).clamp(NARROWEST, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_width_is_the_usual_one() {
        assert_eq!(of(None), USUAL);
        assert_eq!(of(Some("wide")), USUAL);
        assert_eq!(of(Some("-1")), USUAL);
        assert_eq!(of(Some("132")), 132);
        assert_eq!(of(Some("0")), NARROWEST);
        assert_eq!(of(Some("100000")), WIDEST);
    }
}
