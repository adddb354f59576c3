//! futures-lite 2.3.0: `zip` keeps a future that has ended until the other has, too. Fixed in 2.4.0
//! (pull request 106).
#![cfg(test)]

use futures_lite::future::zip;
use reveille::laws::{self, Item};
use std::pin::Pin;

type Items = Pin<Box<dyn Future<Output = Vec<Item>>>>;

#[test]
fn keeps_the_laws_of_joins() {
    laws::join(|members| {
        members.into_iter().fold(Box::pin(async { Vec::new() }) as Items, |all, member| {
            Box::pin(async {
                let (mut items, item) = zip(all, member).await;
                items.push(item);
                items
            })
        })
    })
    .check();
}
