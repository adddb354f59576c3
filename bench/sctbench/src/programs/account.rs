//! A bank account: what the check expects is wrong, which shows only if it comes
//! after both the deposit and the withdrawal.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const ACCOUNT: Program = Program {
    name: "account",
    tier: Tier::T0,
    threads: 4,
    points: 8,
    published: Published {
        points: Some(8),
        artifact: Figures::means(18.0, 4.3, 4.1, 5.8),
        model: Figures::UNKNOWN,
    },
    body: main,
};

const OPENING: i32 = 1;
const DEPOSIT: i32 = 2;
const WITHDRAWAL: i32 = 4;

struct Account {
    lock: Mutex,
    balance: Cell<i32>,
    moves: Cell<u32>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let account = Rc::new(Account {
            lock: Mutex::new("m"),
            balance: Cell::new(OPENING),
            moves: Cell::new(0),
        });
        process.spawn(check(account.clone())).await;
        process.spawn(change(account.clone(), DEPOSIT)).await;
        process.spawn(change(account, -WITHDRAWAL)).await;
        process.leave().await;
    })
}

async fn change(account: Rc<Account>, by: i32) {
    account.lock.lock().await;
    account.balance.set(account.balance.get() + by);
    account.moves.set(account.moves.get() + 1);
    account.lock.unlock().await;
}

async fn check(account: Rc<Account>) {
    account.lock.lock().await;
    if account.moves.get() == 2 {
        // The sign of the deposit is the mistake.
        assert_eq!(account.balance.get(), OPENING - DEPOSIT - WITHDRAWAL);
    }
    account.lock.unlock().await;
}
