//! Futures made from others.

use futures_concurrency::future::{Join, Race};
use futures_util::FutureExt;
use futures_util::future::{join_all, select_all, try_join_all};
use reveille::laws::{self, Item};
use std::pin::Pin;
use std::rc::Rc;

#[test]
fn futures_util_fuse() {
    laws::fused_future(FutureExt::fuse).check();
}

#[test]
fn futures_util_shared() {
    laws::shared_future(|member| member.map(Rc::new).shared()).check();
}

#[test]
fn futures_util_join_all() {
    laws::join(join_all).check();
}

#[test]
fn futures_util_try_join_all() {
    laws::join(|members| try_join_all(members.into_iter().map(FutureExt::never_error))).check();
}

#[test]
fn futures_util_select_all() {
    laws::race(|members| select_all(members.into_iter().map(Box::pin)).map(|all| all.0)).check();
}

#[test]
fn futures_concurrency_join() {
    laws::join(|members| members.join()).check();
}

#[test]
fn futures_concurrency_race() {
    laws::race(|members| members.race()).check();
}

#[test]
fn futures_buffered_join_all() {
    laws::join(futures_buffered::join_all).check();
}

type Boxed = Pin<Box<dyn Future<Output = Item>>>;

#[test]
fn futures_lite_or() {
    laws::race(|members| {
        let boxed = members.into_iter().map(|member| Box::pin(member) as Boxed);
        boxed.reduce(|one, other| Box::pin(futures_lite::future::or(one, other))).unwrap()
    })
    .check();
}
