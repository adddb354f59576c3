//! Cells that are initialized once.

use reveille::laws::{self, Failed, Item, OnceCell};

/// A cell that is given a future, or makes one.
macro_rules! once_cell {
    ($test:ident, $cell:ty, $new:expr, $init:ident => $given:expr, { $($more:tt)* }) => {
        #[test]
        fn $test() {
            #[derive(Clone)]
            struct Adapter;

            impl OnceCell for Adapter {
                type Cell = $cell;

                fn make(&self) -> $cell {
                    $new
                }

                async fn get_or_init<'a>(
                    &self,
                    cell: &'a $cell,
                    $init: impl Future<Output = Item> + 'a,
                ) -> &'a Item {
                    cell.get_or_init($given).await
                }

                fn get_or_try_init<'a>(
                    &self,
                    cell: &'a $cell,
                    $init: impl Future<Output = Result<Item, Failed>> + 'a,
                ) -> Option<impl Future<Output = Result<&'a Item, Failed>>> {
                    Some(cell.get_or_try_init($given))
                }

                fn get<'a>(&self, cell: &'a $cell) -> Option<Option<&'a Item>> {
                    Some(cell.get())
                }

                $($more)*
            }

            laws::once_cell(Adapter).check();
        }
    };
}

once_cell!(
    tokio_once_cell,
    tokio::sync::OnceCell<Item>,
    tokio::sync::OnceCell::new(),
    init => || init,
    {
        fn set(&self, cell: &Self::Cell, item: Item) -> Option<impl Future<Output = bool>> {
            Some(async { cell.set(item).is_ok() })
        }
    }
);

once_cell!(
    async_lock_once_cell,
    async_lock::OnceCell<Item>,
    async_lock::OnceCell::new(),
    init => || init,
    {
        fn set(&self, cell: &Self::Cell, item: Item) -> Option<impl Future<Output = bool>> {
            Some(async { cell.set(item).await.is_ok() })
        }

        fn wait<'a>(&self, cell: &'a Self::Cell) -> Option<impl Future<Output = &'a Item>> {
            Some(cell.wait())
        }
    }
);

once_cell!(
    mea_once_cell,
    mea::once::OnceCell<Item>,
    mea::once::OnceCell::new(),
    init => async || init.await,
    {
        fn set(&self, cell: &Self::Cell, item: Item) -> Option<impl Future<Output = bool>> {
            Some(async { cell.set(item).await.is_ok() })
        }
    }
);

once_cell!(
    async_once_cell_once_cell,
    async_once_cell::OnceCell<Item>,
    async_once_cell::OnceCell::new(),
    init => init,
    {}
);
