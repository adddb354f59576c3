//! async-once-cell 0.4.2: a cell whose value was taken out still counts as initialized: a panic
//! when it is asked again. Fixed in 0.4.3.
#![cfg(test)]

use async_once_cell::OnceCell as Cell;
use reveille::laws::{self, Failed, Item, OnceCell};

#[derive(Clone)]
struct Adapter;

impl OnceCell for Adapter {
    type Cell = Cell<Item>;

    fn make(&self) -> Cell<Item> {
        Cell::new()
    }

    async fn get_or_init<'a>(
        &self,
        cell: &'a Cell<Item>,
        init: impl Future<Output = Item> + 'a,
    ) -> &'a Item {
        cell.get_or_init(init).await
    }

    fn get_or_try_init<'a>(
        &self,
        cell: &'a Cell<Item>,
        init: impl Future<Output = Result<Item, Failed>> + 'a,
    ) -> Option<impl Future<Output = Result<&'a Item, Failed>>> {
        Some(cell.get_or_try_init(init))
    }

    fn get<'a>(&self, cell: &'a Cell<Item>) -> Option<Option<&'a Item>> {
        Some(cell.get())
    }

    fn take(&self, cell: &mut Cell<Item>) -> Option<Option<Item>> {
        Some(cell.take())
    }
}

#[test]
fn keeps_the_laws_of_cells() {
    laws::once_cell(Adapter).check();
}
