//! What a suite gives to the thing under test, and sees what becomes of: items and values whose
//! drops are counted, futures and streams that the suite controls, what others make.

pub(super) mod inner;
pub(super) mod item;
pub(super) mod job;
pub(super) mod making;
pub(super) mod outputs;
pub(super) mod sink;
pub(super) mod value;
